from django.urls import URLPattern, path

from accounts import key_views, token_views, views

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("profile/", views.profile, name="profile"),
    path("profile/tokens/", token_views.tokens, name="tokens"),
    path("profile/tokens/new/", token_views.token_new, name="token-new"),
    path("profile/tokens/<uuid:pk>/revoke/", token_views.token_revoke, name="token-revoke"),
    path("service-tokens/", token_views.service_tokens, name="service-tokens"),
    path("service-tokens/new/", token_views.service_token_new, name="service-token-new"),
    path(
        "service-tokens/<uuid:pk>/revoke/",
        token_views.service_token_revoke,
        name="service-token-revoke",
    ),
    path("profile/mail/", views.mail, name="mail"),
    path("people/", views.people, name="people"),
    path("people/<uuid:pk>/keys/", key_views.person_keys, name="person-keys"),
    path("keys/<uuid:pk>/endorse/", key_views.key_endorse, name="key-endorse"),
    path("keys/<uuid:pk>/endorse-own/", key_views.key_endorse_own, name="key-endorse-own"),
    path("keys/<uuid:pk>/revoke/", key_views.key_revoke, name="key-revoke"),
    path("activity/", views.activity, name="activity"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
]
