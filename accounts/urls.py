from django.urls import URLPattern, path

from accounts import views

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("profile/", views.profile, name="profile"),
    path("profile/mail/", views.mail, name="mail"),
    path("people/", views.people, name="people"),
    path("activity/", views.activity, name="activity"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
]
