"""The signing moment of a section."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
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
from signoff.presence import needs_code, prove_presence
from signoff.rules import Act
from signoff.views.sending import asks_password, sent
from signoff.words import refuse


@asks_password
def sign(request: Request, slug: str, number: str) -> HttpResponse:
    """Read what the signature is over, then sign or return. Nothing is signed over what has changed meanwhile."""
    section = visible_section(request.user, slug, number)
    found = _desk(request, section)
    form = SignForm(sent(request), with_code=bool(found.held) and needs_code(request.user))
    if form.is_valid():
        with refusals_on(form):
            signature = _act(request, found, form)
            messages.success(request, _done(signature))
            return redirect(signature)
        found = _desk(request, visible_section(request.user, slug, number))
    page = sign_page(found, form.data.get("shown", ""))
    return render(request, "signoff/sign.html", {"page": page, "form": form})


def _desk(request: Request, section: Section) -> Desk:
    wanted = wanted_slot(request.GET.get("slot", ""))
    return desk(section, wanted, user=request.user, now=timezone.now())


def _act(request: Request, found: Desk, form: SignForm) -> Signature:
    """The domain is asked first, so that a refusal uses no one-time code up; the action asks it again."""
    wish = form.cleaned_data
    refuse(found.refusals(wish["act"], wish["seen"]))
    presence = prove_presence(request, **form.proof)
    if wish["act"] is Act.RETURN:
        return return_section(found.slot, presence=presence, comment=wish["comment"])
    return sign_section(found.slot, presence=presence, seen=wish["seen"], comment=wish["comment"])


def _done(signature: Signature) -> str:
    texts = {Act.SIGN: _("%(section)s is signed."), Act.RETURN: _("%(section)s is returned.")}
    return texts[Act(signature.act)] % {"section": signature.section}
