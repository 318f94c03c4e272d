"""The launch page, and opening its review."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import Request
from audit.activity import activity_page
from audit.models import Entry
from audit.words import Described
from checklist.actions.life import open_review
from checklist.forms.launches import ItemsFilter
from checklist.pages.items import items_page
from checklist.pages.launch import launch_page
from checklist.views.loading import visible_launch
from checklist.views.messages import refusals_as_messages
from checklist.views.then import AT, launch_then


@require_GET
def launch(request: Request, slug: str) -> HttpResponse:
    """How the launch stands: the verdict first. With `at`, how it stood."""
    if AT in request.GET:
        return launch_then(request, slug)
    found = visible_launch(request.user, slug)
    shown = request.GET.get("show", "")
    page = launch_page(found, user=request.user, now=timezone.now(), shown=shown)
    return render(request, "checklist/launch.html", {"page": page, "launch": found})


@require_POST
def launch_open(request: Request, slug: str) -> HttpResponse:
    """Move a draft into review."""
    found = visible_launch(request.user, slug)
    with refusals_as_messages(request):
        open_review(found, by=request.user)
        messages.success(request, _("The review is open: sections can ask for their signatures."))
    return redirect(found)


@require_GET
def items(request: Request, slug: str) -> HttpResponse:
    """The launch's items over all sections: the rows that the verdict counts."""
    found = visible_launch(request.user, slug)
    asked = ItemsFilter(request.GET).asked()
    page = items_page(found, user=request.user, asked=asked, now=timezone.now())
    return render(request, "checklist/items.html", {"page": page, "launch": found})


@require_GET
def activity(request: Request, slug: str) -> HttpResponse:
    """Everything that happened in this launch, from the ledger."""
    found = visible_launch(request.user, slug)
    zone = timezone.get_current_timezone()
    page = activity_page(Entry.objects.of_launch(found.pk), params=request.GET, zone=zone)
    within = Described(str(found), found.get_absolute_url())
    context = {"page": page, "heading": _("Activity"), "within": within}
    return render(request, "audit/activity.html", context)
