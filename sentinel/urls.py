"""The root map: a prefix for each app, sign-in, admin, health."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from accounts import key_views
from sentinel import health, styleguide

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Sentinel"

# allauth's addresses of keys, with our pages: what signs is kept beside what signs in.
of_keys = [
    path("", key_views.keys, name="mfa_list_webauthn"),
    path("add/", key_views.AddKeyView.as_view(), name="mfa_add_webauthn"),
    path("keys/<int:pk>/edit/", key_views.EditKeyView.as_view(), name="mfa_edit_webauthn"),
    path("keys/<int:pk>/remove/", key_views.RemoveKeyView.as_view(), name="mfa_remove_webauthn"),
]
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("account/2fa/webauthn/", include(of_keys)),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("signoff.urls")),
    path("", include("checklist.urls")),
]
if settings.DEBUG:
    urlpatterns += [path("styleguide/", styleguide.styleguide, name="styleguide")]
