"""Conditions: the list of a launch, one of them, and what its people do about it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import Request
from checklist.views.loading import visible_launch
from checklist.views.messages import refusals_as_messages
from sentinel.errors import refusals_on
from signoff.actions import keep_condition, lift_condition, reopen_condition
from signoff.forms import KeepForm, LiftForm
from signoff.models import Condition
from signoff.pages.condition import ConditionPage, condition_page
from signoff.pages.condition_list import condition_list
from signoff.presence import needs_code, prove_presence
from signoff.rules import lifting_refusals
from signoff.views.sending import asks_password, sent
from signoff.words import refuse


@require_GET
def conditions(request: Request, slug: str) -> HttpResponse:
    """Everything that was promised for a launch: open, done, ended."""
    launch = visible_launch(request.user, slug)
    page = condition_list(launch, user=request.user, now=timezone.now())
    return render(request, "signoff/conditions.html", {"page": page})


@require_http_methods(["GET", "POST"])
def condition(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """One condition; sent back, it says that it is done, and how."""
    page = _page(request, slug, pk)
    if request.method == "POST" and not page.may_keep:
        raise PermissionDenied("Only its owner or a launch manager says that a condition is done.")
    form = KeepForm(sent(request))
    if form.is_valid():
        with refusals_on(form):
            keep_condition(page.condition, by=request.user, **form.cleaned_data)
            messages.success(request, _("The condition is done."))
            return redirect("signoff:conditions", slug)
        page = _page(request, slug, pk)
    return render(request, "signoff/condition.html", {"page": page, "form": form})


@require_POST
def condition_reopen(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """Take back that a condition is done."""
    page = _page(request, slug, pk)
    with refusals_as_messages(request):
        reopen_condition(page.condition, by=request.user)
        messages.success(request, _("The condition is open again."))
    return redirect(page.condition)


@asks_password
def condition_lift(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """Lift a condition that should not be, with a reason and a password."""
    page = _page(request, slug, pk)
    if not page.may_lift:
        raise PermissionDenied("Only whoever asked for a condition lifts it.")
    form = LiftForm(sent(request), with_code=needs_code(request.user))
    if form.is_valid():
        with refusals_on(form):
            _lift(request, page.condition, form)
            messages.success(request, _("The condition is lifted."))
            return redirect("signoff:conditions", slug)
        page = _page(request, slug, pk)
    return render(request, "signoff/condition_lift.html", {"page": page, "form": form})


def _lift(request: Request, row: Condition, form: LiftForm) -> None:
    """The domain is asked first, so that a refusal uses no one-time code up; the action asks it again."""
    refuse(lifting_refusals(row.facts))
    presence = prove_presence(request, **form.proof)
    lift_condition(row, presence=presence, reason=form.cleaned_data["reason"])


def _page(request: Request, slug: str, pk: UUID) -> ConditionPage:
    launch = visible_launch(request.user, slug)
    row = get_object_or_404(Condition.objects.for_page().filter(launch=launch), pk=pk)
    row.launch = launch
    return condition_page(row, user=request.user, now=timezone.now())
