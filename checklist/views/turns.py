"""Reminding whoever may sign."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import Request
from checklist.actions.turns import nudge
from checklist.mails import slot_url
from checklist.views.loading import visible_launch
from checklist.views.messages import refusals_as_messages


@require_POST
def slot_nudge(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """Remind whoever may sign in a slot, and go back to where it waits."""
    launch = visible_launch(request.user, slug)
    slots = launch.slots.select_related("launch", "section__launch")
    slot = get_object_or_404(slots, pk=pk)
    with refusals_as_messages(request):
        nudge(slot, by=request.user)
        messages.success(request, _("They are reminded."))
    return redirect(slot_url(slot))
