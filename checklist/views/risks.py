"""The register of risks, and what can be done to one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import Request
from checklist.actions.risks import close_risk, edit_risk, raise_risk, reopen_risk
from checklist.forms.risks import CloseRiskForm, EditRiskForm, RiskForm, RisksFilter
from checklist.models import Risk
from checklist.pages.risks import people_of, risk_page, risks_page
from checklist.permissions import may_edit_risk
from checklist.reading import launch_ground, viewer_of
from checklist.views.loading import visible_launch
from checklist.views.messages import refusals_as_messages
from sentinel.errors import refusals_on


@require_GET
def risks(request: Request, slug: str) -> HttpResponse:
    """What may go wrong, how likely, how bad, and what is done about it."""
    launch = visible_launch(request.user, slug)
    viewer = viewer_of(request.user, launch, timezone.now())
    may_add = may_edit_risk(viewer, launch_ground(launch))
    asked = RisksFilter(request.GET).asked()
    page = risks_page(launch, viewer=viewer, asked=asked, may_add=may_add)
    return render(request, "checklist/risks.html", {"page": page, "launch": launch})


@require_http_methods(["GET", "POST"])
def risk_add(request: Request, slug: str) -> HttpResponse:
    """Record a risk; an address may name the items it concerns."""
    launch = visible_launch(request.user, slug)
    now = timezone.now()
    viewer = viewer_of(request.user, launch, now)
    if not may_edit_risk(viewer, launch_ground(launch)):
        raise PermissionDenied(
            "Only who works on, answers for or manages a launch keeps its risks."
        )
    concerned = RisksFilter(request.GET).asked()["item"]
    form = RiskForm(
        request.POST if request.method == "POST" else None,
        launch=launch,
        people=people_of(launch, now),
        initial={"items": [concerned] if concerned else []},
    )
    if form.is_valid():
        with refusals_on(form):
            risk = raise_risk(launch, by=request.user, **form.details())
            messages.success(request, _("“%(risk)s” is recorded.") % {"risk": risk})
            return redirect(risk)
    manages = viewer.manages and viewer.takes_part
    context = {"form": form, "launch": launch, "manages": manages}
    return render(request, "checklist/risk_add.html", context)


@require_http_methods(["GET", "POST"])
def risk(request: Request, slug: str, number: int) -> HttpResponse:
    """One risk: read by all who see the launch, changed by those who keep its risks."""
    found = _visible_risk(request, slug, number)
    form = EditRiskForm(
        request.POST if request.method == "POST" else None,
        risk=found,
        people=people_of(found.launch, timezone.now(), chosen=found.owner_id),
    )
    if request.method == "POST" and not _may_edit(request, found):
        raise PermissionDenied("You may not change this risk.")
    if form.is_valid():
        with refusals_on(form):
            saved = edit_risk(found, by=request.user, **form.edit())
            messages.success(request, _("The risk is saved."))
            return redirect(saved)
    return _show(request, found, form, CloseRiskForm())


@require_POST
def risk_close(request: Request, slug: str, number: int) -> HttpResponse:
    """Close a risk that is none any more."""
    found = _visible_risk(request, slug, number)
    form = CloseRiskForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            close_risk(found, by=request.user, **form.cleaned_data)
            messages.success(request, _("The risk is closed."))
            return redirect(found)
    if not _may_edit(request, found):
        raise PermissionDenied("You may not change this risk.")
    people = people_of(found.launch, timezone.now(), chosen=found.owner_id)
    return _show(request, found, EditRiskForm(risk=found, people=people), form)


@require_POST
def risk_reopen(request: Request, slug: str, number: int) -> HttpResponse:
    """Open a closed risk again."""
    found = _visible_risk(request, slug, number)
    with refusals_as_messages(request):
        reopen_risk(found, by=request.user)
        messages.success(request, _("The risk is open again."))
    return redirect(found)


def _visible_risk(request: Request, slug: str, number: int) -> Risk:
    """A risk of a launch that this person may see."""
    launch = visible_launch(request.user, slug)
    rows = Risk.objects.select_related("owner", "raised_by", "closed_by")
    found = get_object_or_404(rows.prefetch_related("items__section"), launch=launch, number=number)
    found.launch = launch
    return found


def _may_edit(request: Request, found: Risk) -> bool:
    viewer = viewer_of(request.user, found.launch, timezone.now())
    return may_edit_risk(viewer, launch_ground(found.launch), found.owner_id)


def _show(request: Request, found: Risk, form: Form, closing: Form) -> HttpResponse:
    viewer = viewer_of(request.user, found.launch, timezone.now())
    page = risk_page(found, viewer=viewer)
    context = {"page": page, "launch": found.launch, "form": form, "closing": closing}
    code = 422 if form.errors or closing.errors else 200
    return render(request, "checklist/risk.html", context, status=code)
