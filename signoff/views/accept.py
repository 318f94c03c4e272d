"""Accepting outstanding items of a section."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.requests import Request
from checklist.views.loading import visible_section
from sentinel.errors import refusals_on
from signoff.actions import accept_items
from signoff.forms import AcceptForm, ticked_beforehand
from signoff.models import Signature
from signoff.offer import Offer, Wish
from signoff.pages.accept import accept_page, offer_of
from signoff.pages.desk import Desk, desk, wanted_slot
from signoff.presence import needs_code, prove_presence
from signoff.views.sending import asks_password, sent
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
        with_code=bool(found.held) and needs_code(request.user),
    )
    if form.is_valid():
        with refusals_on(form):
            signature = _accept(request, found, offer, form)
            messages.success(request, _said(len(form.cleaned_data["items"])))
            return redirect(signature)
    ticked = form.ticked if form.is_bound else ticked_beforehand(request.GET)
    context = {"page": accept_page(found, offer, ticked), "form": form}
    return render(request, "signoff/accept.html", context)


def _accept(request: Request, found: Desk, offer: Offer, form: AcceptForm) -> Signature:
    """The domain is asked first, so that a refusal uses no one-time code up; the action asks it again."""
    given = form.cleaned_data
    wish = Wish(given["items"], given["until_on"], given["seen"], given["risk"])
    refuse(offer.refusals(wish))
    presence = prove_presence(request, **form.proof)
    return accept_items(found.slot, wish, presence=presence, reason=given["comment"])


def _said(count: int) -> str:
    return ngettext("%(n)d item is accepted.", "%(n)d items are accepted.", count) % {"n": count}
