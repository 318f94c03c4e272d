"""The organisation's authorities, for everybody to read; admins appoint there, name deputies and end."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Authority
from accounts.permissions import Permission, allows, requires
from accounts.requests import Request
from checklist.actions.appointments import appoint, appoint_deputy, end_appointment
from checklist.forms.appointments import AppointForm, DeputyForm
from checklist.models import Appointment
from checklist.pages.authorities import Opened, authorities_page
from checklist.views.messages import refusals_as_messages
from sentinel.errors import refusals_on


@require_GET
def authorities(request: Request) -> HttpResponse:
    """Who holds what until when, who stands in for whom and why. An admin opens one form at a time."""
    asked = request.GET
    opened = None
    if allows(request.user, Permission.OPERATE):
        if asked.get("deputy"):
            opened = Opened(asked["deputy"], DeputyForm())
        elif asked.get("appoint"):
            opened = Opened(asked["appoint"], AppointForm())
    return _page(request, opened)


@require_POST
@requires(Permission.OPERATE)
def authority_appoint(request: Request, authority: str) -> HttpResponse:
    """Appoint somebody for the whole organisation."""
    row = get_object_or_404(Authority, slug=authority)
    form = AppointForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            holder = form.cleaned_data["person"]
            ends_at = form.ends_at(holder.time_zone)
            made = appoint(row, holder, by=request.user, ends_at=ends_at)
            return _made(request, made)
    return _page(request, Opened(authority, form))


@require_POST
@requires(Permission.OPERATE)
def authority_deputy(request: Request, pk: UUID) -> HttpResponse:
    """Let somebody stand in for a holder who is away."""
    held = get_object_or_404(Appointment.objects.own().select_related("authority", "holder"), pk=pk)
    form = DeputyForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            made = appoint_deputy(
                held,
                form.cleaned_data["person"],
                by=request.user,
                ends_at=form.ends_at(held.holder.time_zone),
                reason=form.cleaned_data["reason"],
            )
            return _made(request, made)
    return _page(request, Opened(str(pk), form))


@require_POST
@requires(Permission.OPERATE)
def appointment_end(request: Request, pk: UUID) -> HttpResponse:
    """End an appointment now. What its holder signed stands."""
    rows = Appointment.objects.filter(launch=None)
    held = get_object_or_404(rows.select_related("authority", "holder", "stands_in_for"), pk=pk)
    with refusals_as_messages(request):
        end_appointment(held, by=request.user)
        messages.success(request, _("%(row)s: ended.") % {"row": held})
    return redirect("checklist:authorities")


def _made(request: Request, made: Appointment) -> HttpResponse:
    messages.success(request, _("%(row)s: appointed.") % {"row": made})
    return redirect("checklist:authorities")


def _page(request: Request, opened: Opened | None) -> HttpResponse:
    page = authorities_page(user=request.user, now=timezone.now(), opened=opened)
    return render(request, "checklist/authorities.html", {"page": page})
