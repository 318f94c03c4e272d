"""The pages of passkeys: one's own, and those of others for admins. The ceremonies are allauth's."""

from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import flows
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts import actions
from accounts.actions import Endorsement, endorsers
from accounts.key_pages import key_rows
from accounts.keys import AnswerForm, EndorseKeyForm, RevokeKeyForm
from accounts.models import Credential, User
from accounts.passkeys import IDENTIFIERS, platform_of, request_options
from accounts.permissions import Permission, allows, requires
from accounts.requests import Request, site_of
from accounts.words import refusal
from sentinel.errors import refusals_on
from sentinel.reasons import Reason

ASKED = "key_endorsement"


@require_GET
def keys(request: Request) -> HttpResponse:
    """One's own keys: which sign, who vouches for them, when they were used."""
    rows = key_rows(request.user, reader=request.user)
    others = Authenticator.objects.filter(
        user=request.user, type=Authenticator.Type.WEBAUTHN, credential=None
    )
    context = {"rows": rows, "others": list(others), "person": None}
    return render(request, "accounts/keys.html", context)


@require_GET
@requires(Permission.OPERATE)
def person_keys(request: Request, pk: UUID) -> HttpResponse:
    """Somebody's keys, for whoever vouches for them."""
    person = get_object_or_404(User, pk=pk)
    context = {"rows": key_rows(person, reader=request.user), "others": [], "person": person}
    return render(request, "accounts/keys.html", context)


class AddKeyView(AddWebAuthnView):
    """Make a passkey. It signs from then on, and leads back to where it was missed."""

    def get_initial(self) -> dict[str, Any]:
        platform = platform_of(self.request.headers.get("User-Agent", ""))
        name = _("Key on this %(platform)s") % {"platform": platform} if platform else _("Passkey")
        return {**super().get_initial(), "name": name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        options = context["js_data"]["creation_options"]["publicKey"]
        fit = [kind for kind in options["pubKeyCredParams"] if kind["alg"] in IDENTIFIERS]
        context["js_data"] = {
            "creation_options": {"publicKey": {**options, "pubKeyCredParams": fit}}
        }
        return {**context, "back": _wanted(self.request)}

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        authenticator, codes = flows.add_authenticator(
            self.request, form.cleaned_data["name"], form.cleaned_data["credential"]
        )
        actions.enrol_key(authenticator, rp_id=site_of(self.request).rp_id)
        codes_page = reverse("mfa_view_recovery_codes") if codes else reverse("mfa_list_webauthn")
        return redirect(_wanted(self.request) or codes_page)


def _wanted(request: HttpRequest) -> str:
    """The page of ours that somebody came from for a key, or nothing."""
    url = request.POST.get("next", request.GET.get("next", ""))
    return url if url_has_allowed_host_and_scheme(url, allowed_hosts=None) else ""


class EditKeyView(EditWebAuthnView):
    """Another name, in both rows."""

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        if key := Credential.objects.filter(authenticator=form.instance).first():
            actions.rename_key(key, label=form.cleaned_data["name"], by=key.user)
        return answer


class RemoveKeyView(RemoveWebAuthnView):
    """A key that signs is revoked, with a reason; what only ever signed in goes as allauth has it go."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = Credential.objects.filter(authenticator=kwargs["pk"], user=request.user.pk).first()
        if key:
            return redirect("accounts:key-revoke", key.pk)
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer


@require_http_methods(["GET", "POST"])
@never_cache
@reauthentication_required  # type: ignore[untyped-decorator]
def key_revoke(request: Request, pk: UUID) -> HttpResponse:
    """End a key: one's own, or as an admin somebody else's who has lost it."""
    sees_all = allows(request.user, Permission.OPERATE)
    keys = Credential.objects.all() if sees_all else request.user.credentials
    key = get_object_or_404(keys.select_related("user"), pk=pk)
    form = RevokeKeyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            actions.revoke_key(key, by=request.user, **form.cleaned_data)
            get_adapter(request).send_notification_mail("mfa/email/webauthn_removed", key.user)
            messages.success(request, _("“%(key)s” is revoked.") % {"key": key})
            return redirect(_list_of(key, request.user))
    context = {"form": form, "key": key, "back": _list_of(key, request.user)}
    return render(request, "accounts/key_revoke.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@requires(Permission.OPERATE)
@reauthentication_required  # type: ignore[untyped-decorator]
def key_endorse(request: Request, pk: UUID) -> HttpResponse:
    """Vouch for somebody else's key: say how one made sure whose it is."""
    key = get_object_or_404(Credential.objects.select_related("user"), pk=pk)
    form = EndorseKeyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            actions.endorse_key(key, by=request.user, **form.cleaned_data)
            messages.success(request, _("You have vouched for “%(key)s”.") % {"key": key})
            return redirect("accounts:person-keys", key.user_id)
    return render(request, "accounts/key_endorse.html", {"form": form, "key": key})


@require_http_methods(["GET", "POST"])
@never_cache
def key_endorse_own(request: Request, pk: UUID) -> HttpResponse:
    """Vouch for one's newer key with an older one. What that has to answer to is kept in the session, once."""
    key = get_object_or_404(request.user.credentials, pk=pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            actions.endorse_own_key(
                key,
                by=request.user,
                asked=_asked(request, key),
                answer=form.cleaned_data["assertion"],
                origin=site_of(request).origin,
            )
            messages.success(request, _("You have vouched for “%(key)s”.") % {"key": key})
            return redirect("mfa_list_webauthn")
    asked, older = Endorsement.asked(timezone.now()), endorsers(key)
    request.session[ASKED] = [str(key.pk), asked.at.isoformat(), asked.nonce]
    options = request_options(
        asked.challenge(key), key.rp_id, [bytes(row.credential_id) for row in older]
    )
    context = {"form": form, "key": key, "older": older, "options": options}
    return render(request, "accounts/key_endorse_own.html", context)


def _asked(request: Request, key: Credential) -> Endorsement:
    """What this session was asked last, for this key; it is asked no second time."""
    pk, at, nonce = request.session.pop(ASKED, ["", "", ""])
    if pk != str(key.pk):
        raise refusal([Reason("endorsing_over")])
    return Endorsement(datetime.fromisoformat(at), nonce)


def _list_of(key: Credential, reader: User) -> str:
    if key.user_id == reader.pk:
        return reverse("mfa_list_webauthn")
    return reverse("accounts:person-keys", args=[key.user_id])
