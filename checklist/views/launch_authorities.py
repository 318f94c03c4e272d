"""A launch's authorities: who may sign what, and a manager's way out where nobody may."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Authority
from accounts.permissions import Permission, allows
from accounts.requests import Request
from checklist.actions.appointments import appoint_for_launch, end_appointment
from checklist.forms.appointments import LaunchAppointForm
from checklist.models import Launch
from checklist.pages.authorities import launch_authorities_page
from checklist.permissions import Right
from checklist.reading import launch_rights
from checklist.rules import vacancy_refusals
from checklist.vacancy import vacancy_of
from checklist.views.loading import managed_launch, visible_launch
from checklist.views.messages import refusals_as_messages
from checklist.words import sentence
from sentinel.errors import refusals_on


@require_GET
def launch_authorities(request: Request, slug: str) -> HttpResponse:
    """Who may sign on this launch, and by which authority."""
    launch = visible_launch(request.user, slug)
    page = launch_authorities_page(launch, user=request.user, now=timezone.now())
    return render(request, "checklist/launch_authorities.html", {"page": page, "launch": launch})


@require_http_methods(["GET", "POST"])
def launch_appoint(request: Request, slug: str, authority: str) -> HttpResponse:
    """Fill a vacant authority for this launch alone."""
    launch = managed_launch(request.user, slug)
    row = get_object_or_404(Authority, slug=authority)
    vacancy = vacancy_of(launch, row, timezone.now())
    if not vacancy.is_asked_for:
        raise Http404("No slot of this launch asks for this authority.")
    form = LaunchAppointForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            made = appoint_for_launch(
                launch,
                row,
                form.cleaned_data["person"],
                by=request.user,
                reason=form.cleaned_data["reason"],
                ends_at=form.ends_at(launch.time_zone),
            )
            messages.success(request, _("%(row)s: appointed.") % {"row": made})
            return redirect("checklist:launch-authorities", launch.slug)
    refusals = [sentence(reason) for reason in vacancy_refusals(vacancy)]
    context = {"launch": launch, "authority": row, "form": form, "refusals": refusals}
    return render(request, "checklist/launch_appoint.html", context)


@require_POST
def launch_appointment_end(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """End an appointment that is for this launch alone. What its holder signed stands."""
    launch = visible_launch(request.user, slug)
    _demand_ender(request, launch)
    rows = launch.appointments.select_related("authority", "holder", "stands_in_for", "launch")
    held = get_object_or_404(rows, pk=pk)
    with refusals_as_messages(request):
        end_appointment(held, by=request.user)
        messages.success(request, _("%(row)s: ended.") % {"row": held})
    return redirect("checklist:launch-authorities", launch.slug)


def _demand_ender(request: Request, launch: Launch) -> None:
    """Its managers, and admins who may see it."""
    manages = Right.MANAGE in launch_rights(request.user, launch, timezone.now())
    if not manages and not allows(request.user, Permission.OPERATE):
        raise PermissionDenied("Only its managers end an appointment for a launch.")
