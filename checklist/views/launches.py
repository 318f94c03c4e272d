"""The portfolio; starting a launch, changing it, and who takes part."""

from uuid import UUID

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission, requires
from accounts.requests import Request
from checklist.actions.launches import change_launch, share_launch, start_launch, unshare_launch
from checklist.forms.launches import EditLaunchForm, PortfolioFilter, ShareForm, StartForm
from checklist.pages.portfolio import portfolio
from checklist.views.loading import managed_launch
from checklist.views.messages import refusals_as_messages
from sentinel.errors import refusals_on

HOUR = 60 * 60


@require_GET
def launches(request: Request) -> HttpResponse:
    """A row a launch."""
    form = PortfolioFilter(request.GET)
    page = portfolio(form, request.GET, user=request.user, now=timezone.now())
    return render(request, "checklist/launches.html", {"page": page})


@require_http_methods(["GET", "POST"])
@requires(Permission.START_LAUNCH)
def launch_start(request: Request) -> HttpResponse:
    """Start a launch from a published checklist. The same form sent twice starts one."""
    initial = {"time_zone": request.user.time_zone}
    form = StartForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        once = f"start:{request.user.pk}:{form.cleaned_data['once'] or ''}"
        if form.cleaned_data["once"] and not cache.add(once, "", HOUR):
            return _started_already(request, cache.get(once))
        with refusals_on(form):
            launch = start_launch(by=request.user, **form.details())
            cache.set(once, launch.slug, HOUR)
            messages.success(request, _("“%(launch)s” is started.") % {"launch": launch})
            return redirect(launch)
        cache.delete(once)
    return render(request, "checklist/launch_start.html", {"form": form})


def _started_already(request: Request, slug: str) -> HttpResponse:
    messages.info(request, _("This launch was started already: you sent the form twice."))
    return redirect("checklist:launch", slug) if slug else redirect("checklist:launches")


@require_http_methods(["GET", "POST"])
def launch_edit(request: Request, slug: str) -> HttpResponse:
    """Change what a launch is about."""
    launch = managed_launch(request.user, slug)
    form = EditLaunchForm(request.POST if request.method == "POST" else None, launch=launch)
    if form.is_valid():
        with refusals_on(form):
            change_launch(launch, by=request.user, **form.changes())
            messages.success(request, _("The launch is saved."))
            return redirect(launch)
    return render(request, "checklist/launch_edit.html", {"form": form, "launch": launch})


@require_http_methods(["GET", "POST"])
def participants(request: Request, slug: str) -> HttpResponse:
    """Who was let in, and letting somebody in."""
    launch = managed_launch(request.user, slug)
    form = ShareForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            share_launch(launch, by=request.user, **form.details())
            messages.success(
                request, _("%(person)s takes part.") % {"person": form.cleaned_data["email"]}
            )
            return redirect("checklist:participants", launch.slug)
    people = list(launch.participants.select_related("user", "added_by"))
    context = {"form": form, "launch": launch, "people": people}
    return render(request, "checklist/participants.html", context)


@require_POST
def participant_remove(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """Take somebody out of a launch again."""
    launch = managed_launch(request.user, slug)
    participant = get_object_or_404(launch.participants.select_related("launch"), pk=pk)
    with refusals_as_messages(request):
        unshare_launch(participant, by=request.user)
        messages.success(request, _("%(person)s was taken out.") % {"person": participant})
    return redirect("checklist:participants", launch.slug)
