"""The steps of a launch's life that its rounds know of: going live, relaunching, closing, cancelling."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import Request
from checklist.forms.life import LiveForm, ReasonForm
from checklist.views.life import managed_launch
from sentinel.errors import refusals_on
from signoff import actions
from signoff.actions import Leftover
from signoff.pages import life as pages
from signoff.views.sending import sent

STEP = "checklist/life_step.html"


@require_http_methods(["GET", "POST"])
def go_live(request: Request, slug: str) -> HttpResponse:
    """Record that the launch went live."""
    launch, now = managed_launch(request, slug), timezone.now()
    approved = pages.is_approved(launch, now)
    form = LiveForm(sent(request), launch=launch, approved=approved)
    if form.is_valid():
        with refusals_on(form):
            actions.go_live(launch, by=request.user, **form.cleaned_data)
            messages.success(request, _("It is live, and on record."))
            return redirect("checklist:post-launch", slug)
    page = pages.live_page(launch, now=now, approved=approved)
    return render(request, STEP, {"page": page, "form": form})


@require_http_methods(["GET", "POST"])
def relaunch(request: Request, slug: str) -> HttpResponse:
    """Take a launch that was rolled back into review again."""
    launch = managed_launch(request, slug)
    form = ReasonForm(sent(request))
    form.fields["reason"].label = _("What changed since it was rolled back")
    if form.is_valid():
        with refusals_on(form):
            actions.relaunch(launch, by=request.user, **form.cleaned_data)
            messages.success(request, _("It is back in review."))
            return redirect(launch)
    return render(request, STEP, {"page": pages.relaunch_page(launch), "form": form})


@require_http_methods(["GET", "POST"])
def cancel(request: Request, slug: str) -> HttpResponse:
    """End the launch for good."""
    launch = managed_launch(request, slug)
    form = ReasonForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            actions.cancel_launch(launch, by=request.user, **form.cleaned_data)
            messages.success(request, _("The launch is cancelled."))
            return redirect(launch)
    return render(request, STEP, {"page": pages.cancel_page(launch), "form": form})


@require_http_methods(["GET", "POST"])
def close(request: Request, slug: str) -> HttpResponse:
    """Close the launch: what is unsettled lives on as conditions, and it is looked at again some day."""
    launch, now = managed_launch(request, slug), timezone.now()
    form = pages.close_form(launch, sent(request), now)
    if form.is_valid():
        with refusals_on(form):
            actions.close_launch(
                launch,
                by=request.user,
                leftovers={pk: Leftover(**left) for pk, left in form.settled().items()},
                next_review_on=form.cleaned_data["next_review_on"],
            )
            messages.success(request, _("The launch is closed."))
            return redirect(launch)
    page = pages.close_page(launch, form)
    return render(request, "signoff/close.html", {"page": page.step, "close": page, "form": form})
