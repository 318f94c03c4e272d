"""Accepting outstanding items of a section."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.requests import Request
from checklist.views.loading import visible_section
from sentinel.errors import refusals_on
from signoff.actions import accept_items
from signoff.forms import AcceptForm, ticked_beforehand
from signoff.models import Signature
from signoff.offer import Wish
from signoff.pages.accept import accept_page, offer_of
from signoff.pages.desk import Desk, desk, wanted_slot
from signoff.presence import Presence, ways
from signoff.views.sending import asks_password, put_name_to, sent
from signoff.words import refuse


@asks_password
def accept(request: Request, slug: str, number: str) -> HttpResponse:
    """Tick what can be lived with until a day, and sign for it."""
    section = visible_section(request.user, slug, number)
    wanted = wanted_slot(request.GET.get("slot", ""))
    found = desk(section, wanted, user=request.user, now=timezone.now())
    offer = offer_of(found)
    form = AcceptForm(
        sent(request),
        offered=found.items,
        risks=offer.risks,
        **ways(request, asked=bool(found.held)),
    )
    if form.is_valid():
        with refusals_on(form):
            given = form.cleaned_data
            wish = Wish(given["items"], given["until_on"], given["seen"], given["risk"])
            refuse(offer.refusals(wish))
            act = partial(_accept, found, wish, given["comment"])
            return put_name_to(request, form, act, lambda _signed: _said(len(given["items"])))
    ticked = form.ticked if form.is_bound else ticked_beforehand(request.GET)
    context = {"page": accept_page(found, offer, ticked), "form": form}
    return render(request, "signoff/accept.html", context)


def _accept(found: Desk, wish: Wish, reason: str, presence: Presence) -> Signature:
    """The domain was asked before the signer, so that a refusal uses no one-time code up; the action asks it again."""
    return accept_items(found.slot, wish, presence=presence, reason=reason)


def _said(count: int) -> str:
    return ngettext("%(n)d item is accepted.", "%(n)d items are accepted.", count) % {"n": count}
