"""What a signature leaves: its receipt, its statement and content as files, and the way to take it back."""

from functools import partial
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.requests import Request
from checklist.permissions import Right
from checklist.reading import launch_rights
from checklist.views.loading import seen
from sentinel.errors import refusals_on
from signoff import actions
from signoff.forms import WithdrawForm
from signoff.models import Signature
from signoff.pages.receipt import receipt_page
from signoff.pages.withdraw import REFUSALS, withdraw_page
from signoff.presence import Presence, ways
from signoff.rules import Act
from signoff.views.sending import asks_password, put_name_to, sent
from signoff.words import refuse


def visible_signature(user: User, pk: UUID) -> Signature:
    """A signature of a launch that this person may see, with what it was over."""
    signature = get_object_or_404(Signature.objects.for_receipt(), pk=pk)
    seen(signature.launch, user)
    return signature


@require_GET
def receipt(request: Request, pk: UUID) -> HttpResponse:
    """Who signed what, when, by which authority, and whether it stands."""
    signature = visible_signature(request.user, pk)
    page = receipt_page(signature, user=request.user, now=timezone.now())
    return render(request, "signoff/receipt.html", {"page": page})


@require_GET
def statement(request: Request, pk: UUID) -> HttpResponse:
    """The very bytes that were hashed, as a file."""
    signature = visible_signature(request.user, pk)
    return _file(bytes(signature.statement), f"statement-{signature.short}.json")


@require_GET
def content(request: Request, pk: UUID) -> HttpResponse:
    """The very bytes of the content that the statement names, as a file."""
    signature = visible_signature(request.user, pk)
    name = f"content-{signature.snapshot_id[:8]}.json"
    return _file(bytes(signature.snapshot.content), name)


def _file(data: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        data,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@asks_password
def withdraw(request: Request, pk: UUID) -> HttpResponse:
    """Take one's own signature back, with a reason. It stays on record; it stands no longer."""
    signature = visible_signature(request.user, pk)
    if signature.signer_id != request.user.pk:
        raise PermissionDenied("Only whoever signed withdraws a signature.")
    return _taking_back(request, Act.WITHDRAW, signature, _("Your signature is withdrawn."))


@asks_password
def set_aside(request: Request, pk: UUID) -> HttpResponse:
    """Set aside what somebody signed who has left: a launch manager, with a reason."""
    signature = visible_signature(request.user, pk)
    if Right.MANAGE not in launch_rights(request.user, signature.launch, timezone.now()):
        raise PermissionDenied(f"You may not {Right.MANAGE} here.")
    return _taking_back(request, Act.SET_ASIDE, signature, _("The signature is set aside."))


def _taking_back(request: Request, act: Act, signature: Signature, said: str) -> HttpResponse:
    """The domain is asked before the signer, so that a refusal uses no one-time code up; the action asks it again."""
    form = WithdrawForm(sent(request), **ways(request))
    if form.is_valid():
        with refusals_on(form):
            refuse(REFUSALS[act](signature, signature.launch))
            take_back = partial(_take_back, act, signature, form.cleaned_data["comment"])
            return put_name_to(request, form, take_back, lambda _signed: said)
    page = withdraw_page(act, signature, user=request.user, now=timezone.now())
    return render(request, "signoff/withdraw.html", {"page": page, "form": form})


def _take_back(act: Act, signature: Signature, comment: str, presence: Presence) -> Signature:
    act_on = {Act.WITHDRAW: actions.withdraw, Act.SET_ASIDE: actions.set_aside}[act]
    return act_on(signature, presence=presence, comment=comment)
