"""The site, and a page of the whole ledger as an app would show it: after its own guard, with its own heading."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils import timezone

from audit.activity import activity_page
from audit.models import Entry


def ledger(request: HttpRequest) -> HttpResponse:
    page = activity_page(
        Entry.objects.all(), params=request.GET, zone=timezone.get_current_timezone()
    )
    context = {"page": page, "heading": "What happened", "within": None}
    return render(request, "audit/activity.html", context)


urlpatterns = [path("ledger/", ledger, name="ledger"), path("", include("sentinel.urls"))]
