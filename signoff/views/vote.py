"""The signing moment of an executive."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import Request
from checklist.views.loading import visible_launch
from signoff.actions import cast_vote
from signoff.actions.promises import Wish
from signoff.forms import ConditionForms, VoteForm, condition_forms
from signoff.models import Signature
from signoff.pages.vote import Seat, seat, vote_page
from signoff.presence import Presence, keys_of, ways
from signoff.reading import people_of
from signoff.views.sending import asks_password, put_name_to, sent
from signoff.words import refuse


@asks_password
def vote(request: Request, slug: str, slot: UUID) -> HttpResponse:
    """Read what the vote commits to, then vote. No vote is cast over what has changed meanwhile."""
    found = _seat(request, slug, slot)
    form, asked = _forms(request, found)
    if form.is_valid() and asked.fits(form.cleaned_data["vote"]):
        with asked.refusals(form):
            wish = form.cleaned_data
            wishes = asked.wishes(wish["vote"])
            refuse(found.refusals(wish["vote"], wish["seen"], wishes))
            return put_name_to(request, form, partial(_cast, found, wish, wishes), _done)
        found = _seat(request, slug, slot)
    page = vote_page(found, request.POST.get("shown", ""))
    context = {"page": page, "form": form, "conditions": asked}
    return render(request, "signoff/vote.html", context)


def _seat(request: Request, slug: str, slot: UUID) -> Seat:
    launch = visible_launch(request.user, slug)
    has_key = launch.executive_keys and bool(keys_of(request))
    return seat(launch, slot, user=request.user, now=timezone.now(), has_key=has_key)


def _forms(request: Request, found: Seat) -> tuple[VoteForm, ConditionForms]:
    """The vote and its conditions. Who asks for more rows has not voted yet: all is kept but the password."""
    data, more = sent(request), "more" in request.POST
    people = people_of(found.launch, found.table.now) if found.held else []
    options = ways(request, asked=bool(found.held))
    options["asks_key"] = found.launch.executive_keys
    if more:
        options["initial"] = {"comment": request.POST.get("comment", "")}
    form = VoteForm(None if more else data, **options)
    return form, condition_forms(data, people, owed=found.owed, more=more)


def _cast(
    found: Seat, wish: dict[str, Any], wishes: Sequence[Wish], presence: Presence
) -> Signature:
    """The domain was asked before the voter, so that a refusal uses no one-time code up; the action asks it again."""
    return cast_vote(
        found.slot,
        presence=presence,
        vote=wish["vote"],
        seen=wish["seen"],
        comment=wish["comment"],
        conditions=wishes,
    )


def _done(signature: Signature) -> str:
    return _("Your vote is cast: %(vote)s.") % {"vote": signature.get_vote_display()}
