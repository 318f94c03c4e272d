"""Passkeys as their pages show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import Credential, User
from accounts.rules import endorsing_refusals


class Mark(NamedTuple):
    """How a key stands: the state whose colour and icon it shares, and its word."""

    state: str
    label: str


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key in words."""

    key: Credential
    mark: Mark
    made: str
    vouched: str
    used: str
    ended: str
    vouch_url: str


def key_rows(person: User, *, reader: User) -> list[KeyRow]:
    """All keys that somebody has or had, those that sign first. One query."""
    rows = person.credentials.select_related(
        "authenticator", "endorsed_by", "endorsed_with", "revoked_by"
    )
    found = sorted(rows, key=lambda key: not key.is_live)
    return [key_row(key, reader, older=found) for key in found]


def key_row(key: Credential, reader: User, older: Sequence[Credential] = ()) -> KeyRow:
    """A key in words; `older` are the others of its owner, which may vouch for it."""
    is_own = key.user_id == reader.pk
    may = not endorsing_refusals(is_live=key.is_live, is_endorsed=key.is_endorsed, is_own=False)
    return KeyRow(
        key=key,
        mark=_mark(key),
        made=_("%(when)s at %(site)s") % {"when": _day(key.enrolled_at), "site": key.rp_id},
        vouched=_vouched(key),
        used=_used(key),
        ended=_ended(key),
        vouch_url=_vouch_url(key, older, is_own=is_own) if may else "",
    )


def _vouch_url(key: Credential, older: Sequence[Credential], *, is_own: bool) -> str:
    """Where it is vouched for: by the admin who reads, or with an older key of its owner."""
    if not is_own:
        return reverse("accounts:key-endorse", args=[key.pk])
    if any(row.is_live and row.is_endorsed and row.rp_id == key.rp_id for row in older):
        return reverse("accounts:key-endorse-own", args=[key.pk])
    return ""


def _mark(key: Credential) -> Mark:
    if not key.is_live:
        return Mark("na", _("Revoked"))
    if key.is_endorsed:
        return Mark("done", _("Identity verified"))
    return Mark("attention", _("Identity not verified"))


def _vouched(key: Credential) -> str:
    if key.endorsed_at is None:
        return _("Nobody has made sure yet whose key it is.")
    parts = {"who": key.endorsed_by, "when": _day(key.endorsed_at), "how": key.endorsed_how}
    if key.endorsed_with:
        parts["key"] = key.endorsed_with.label
        return _("With the older key “%(key)s”, %(when)s") % parts
    return _("By %(who)s, %(when)s: %(how)s") % parts


def _used(key: Credential) -> str:
    """When it last signed, or signed its owner in."""
    signed_in = key.authenticator.last_used_at if key.authenticator else None
    moments = _known([key.last_used_at, signed_in])
    return date_format(localtime(max(moments)), "D j M Y H:i") if moments else _("never")


def _known(moments: Iterable[datetime | None]) -> list[datetime]:
    return [moment for moment in moments if moment]


def _ended(key: Credential) -> str:
    if key.revoked_at is None:
        return ""
    parts = {"who": key.revoked_by, "when": _day(key.revoked_at), "why": key.revoke_reason}
    return _("Revoked by %(who)s, %(when)s: %(why)s") % parts


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "j M Y")
