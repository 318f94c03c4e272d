"""A launch's life: its history, what comes after it, and the steps that no round knows of."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.requests import Request
from checklist.actions import life as actions
from checklist.forms.life import MomentForm, PostponeForm, ResumeForm
from checklist.models import Launch
from checklist.pages.life import life_page, step_page
from checklist.pages.post_launch import post_launch_page
from checklist.permissions import Right
from checklist.reading import launch_rights
from checklist.rules import Step
from checklist.verdict_words import target_words
from checklist.views.loading import visible_launch
from sentinel.errors import refusals_on


@require_GET
def life(request: Request, slug: str) -> HttpResponse:
    """What happened to the launch so far, and what its managers can do next."""
    found = visible_launch(request.user, slug)
    page = life_page(found, user=request.user, now=timezone.now())
    return render(request, "checklist/life.html", {"page": page, "launch": found})


@require_GET
def post_launch(request: Request, slug: str) -> HttpResponse:
    """The day and the week after the launch: clocks and tasks."""
    found = visible_launch(request.user, slug)
    page = post_launch_page(found, user=request.user, now=timezone.now())
    return render(request, "checklist/post_launch.html", {"page": page, "launch": found})


def managed_launch(request: Request, slug: str) -> Launch:
    """A launch that this person manages: 404 for what they may not see, 403 for what they may not manage."""
    launch = visible_launch(request.user, slug)
    if Right.MANAGE not in launch_rights(request.user, launch, timezone.now()):
        raise PermissionDenied("Only its managers move a launch on.")
    return launch


@require_http_methods(["GET", "POST"])
def postpone(request: Request, slug: str) -> HttpResponse:
    """Move the target to another date, or put the launch off without one."""
    launch = managed_launch(request, slug)
    form = PostponeForm(request.POST if request.method == "POST" else None, launch=launch)
    if form.is_valid():
        with refusals_on(form):
            actions.postpone(launch, by=request.user, **form.cleaned_data)
            messages.success(request, _("The target is moved."))
            return redirect(launch)
    says = [
        _("The target is %(target)s now, on the launch's clocks in %(zone)s.")
        % {"target": target_words(launch), "zone": launch.time_zone},
        _(
            "With a new date the review goes on as it is. Without one the launch stands still: nobody signs or votes "
            "until it is resumed. The old date stays on record, with your reason."
        ),
    ]
    page = step_page(launch, Step.POSTPONE, says)
    return render(request, "checklist/life_step.html", {"page": page, "form": form})


@require_http_methods(["GET", "POST"])
def resume(request: Request, slug: str) -> HttpResponse:
    """Take a postponed launch up again."""
    launch = managed_launch(request, slug)
    form = ResumeForm(request.POST if request.method == "POST" else None, launch=launch)
    if form.is_valid():
        with refusals_on(form):
            actions.resume(launch, by=request.user, **form.cleaned_data)
            messages.success(request, _("The review goes on."))
            return redirect(launch)
    says = [
        _(
            "The review goes on where it was: what is signed and voted stands as far as nothing has changed."
        )
    ]
    page = step_page(launch, Step.RESUME, says)
    return render(request, "checklist/life_step.html", {"page": page, "form": form})


@require_http_methods(["GET", "POST"])
def roll_back(request: Request, slug: str) -> HttpResponse:
    """Record that the launch was rolled back."""
    launch = managed_launch(request, slug)
    form = MomentForm(request.POST if request.method == "POST" else None, launch=launch)
    if form.is_valid():
        with refusals_on(form):
            actions.roll_back(launch, by=request.user, **form.cleaned_data)
            messages.success(request, _("The roll back is on record."))
            return redirect(launch)
    says = [
        _(
            "The launch is live no longer, and the tasks after it rest. Relaunching it then takes a new decision; "
            "what is signed in its sections still counts, as far as nothing changes."
        )
    ]
    page = step_page(launch, Step.ROLL_BACK, says)
    return render(request, "checklist/life_step.html", {"page": page, "form": form})
