"""My work: the page that people land on."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.requests import Request
from checklist.pages.work import work_of


@require_GET
def my_work(request: Request) -> HttpResponse:
    """What waits for whoever is signed in."""
    work = work_of(request.user, timezone.now())
    return render(request, "checklist/my_work.html", {"work": work})
