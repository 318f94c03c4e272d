"""What somebody holds, and handing it over."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.requests import Request
from checklist.actions.handover import hand_over
from checklist.forms.handover import HandOverForm
from checklist.handing import may_look
from checklist.pages.handover import HandoverPage, handover_page
from sentinel.errors import refusals_on


@require_http_methods(["GET", "POST"])
def handover(request: Request, pk: UUID) -> HttpResponse:
    """Everything that somebody holds in launches and that still matters; sent back, it goes to another person."""
    person = get_object_or_404(User, pk=pk)
    now = timezone.now()
    if not may_look(request.user, person):
        raise PermissionDenied("Only they, admins, launch managers and team leads see this.")
    sent = request.POST if request.method == "POST" else None
    page = _page(request, person, now)
    if sent is not None and page.groups and not page.tokens:
        raise PermissionDenied("Nothing here is yours to hand over.")
    form = HandOverForm(sent, tokens=page.tokens, takers=page.takers)
    if form.is_valid():
        with refusals_on(form):
            given = hand_over(person, by=request.user, **form.details())
            messages.success(request, _given(len(given), form.cleaned_data["to"]))
            return redirect("checklist:handover", person.pk)
        page = _page(request, person, now)
    code = 422 if form.errors else 200
    context = {"page": page, "form": form}
    return render(request, "checklist/handover.html", context, status=code)


def _page(request: Request, person: User, now: datetime) -> HandoverPage:
    ticked = request.POST.getlist("picked") if request.method == "POST" else None
    return handover_page(person, reader=request.user, now=now, ticked=ticked)


def _given(count: int, to: User) -> str:
    text = ngettext("%(n)d thing is with %(who)s now.", "%(n)d things are with %(who)s now.", count)
    return text % {"n": count, "who": to}
