"""The signing moment of an executive."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import Request
from checklist.views.loading import visible_launch
from sentinel.errors import refusals_on
from signoff.actions import cast_vote
from signoff.forms import VoteForm
from signoff.models import Signature
from signoff.pages.vote import Seat, seat, vote_page
from signoff.presence import needs_code, prove_presence
from signoff.views.sending import asks_password, sent
from signoff.words import refuse


@asks_password
def vote(request: Request, slug: str, slot: UUID) -> HttpResponse:
    """Read what the vote commits to, then vote GO or NO-GO. No vote is cast over what has changed meanwhile."""
    found = _seat(request, slug, slot)
    form = VoteForm(sent(request), with_code=bool(found.held) and needs_code(request.user))
    if form.is_valid():
        with refusals_on(form):
            signature = _cast(request, found, form)
            messages.success(
                request, _("Your vote is cast: %(vote)s.") % {"vote": signature.get_vote_display()}
            )
            return redirect(signature)
        found = _seat(request, slug, slot)
    page = vote_page(found, form.data.get("shown", ""))
    return render(request, "signoff/vote.html", {"page": page, "form": form})


def _seat(request: Request, slug: str, slot: UUID) -> Seat:
    launch = visible_launch(request.user, slug)
    return seat(launch, slot, user=request.user, now=timezone.now())


def _cast(request: Request, found: Seat, form: VoteForm) -> Signature:
    """The domain is asked first, so that a refusal uses no one-time code up; the action asks it again."""
    wish = form.cleaned_data
    refuse(found.refusals(wish["vote"], wish["seen"]))
    presence = prove_presence(request, **form.proof)
    return cast_vote(
        found.slot,
        presence=presence,
        vote=wish["vote"],
        seen=wish["seen"],
        comment=wish["comment"],
    )
