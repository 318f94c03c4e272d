"""The signing moment of a section."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import Request
from checklist.models import Section
from checklist.views.loading import visible_section
from sentinel.errors import refusals_on
from signoff.actions import return_section, sign_section
from signoff.forms import SignForm
from signoff.models import Signature
from signoff.pages.desk import Desk, desk, wanted_slot
from signoff.pages.sign import sign_page
from signoff.presence import Presence, ways
from signoff.rules import Act
from signoff.views.sending import asks_password, put_name_to, sent
from signoff.words import refuse


@asks_password
def sign(request: Request, slug: str, number: str) -> HttpResponse:
    """Read what the signature is over, then sign or return. Nothing is signed over what has changed meanwhile."""
    section = visible_section(request.user, slug, number)
    found = _desk(request, section)
    form = SignForm(sent(request), **ways(request, asked=bool(found.held)))
    if form.is_valid():
        with refusals_on(form):
            wish = form.cleaned_data
            refuse(found.refusals(wish["act"], wish["seen"]))
            return put_name_to(request, form, partial(_act, found, wish), _done)
        found = _desk(request, visible_section(request.user, slug, number))
    page = sign_page(found, form.data.get("shown", ""))
    return render(request, "signoff/sign.html", {"page": page, "form": form})


def _desk(request: Request, section: Section) -> Desk:
    wanted = wanted_slot(request.GET.get("slot", ""))
    return desk(section, wanted, user=request.user, now=timezone.now())


def _act(found: Desk, wish: dict[str, Any], presence: Presence) -> Signature:
    """The domain was asked before the signer, so that a refusal uses no one-time code up; the action asks it again."""
    if wish["act"] is Act.RETURN:
        return return_section(found.slot, presence=presence, comment=wish["comment"])
    return sign_section(found.slot, presence=presence, seen=wish["seen"], comment=wish["comment"])


def _done(signature: Signature) -> str:
    texts = {Act.SIGN: _("%(section)s is signed."), Act.RETURN: _("%(section)s is returned.")}
    return texts[Act(signature.act)] % {"section": signature.section}
