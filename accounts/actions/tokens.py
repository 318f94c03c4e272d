"""Writing access tokens. A secret exists only in the answer of the action that makes it."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts import rules
from accounts.models import ApiToken, User, token_hash
from accounts.permissions import Permission, allows
from accounts.rules import Scope
from accounts.verbs import Verb
from accounts.words import refusal
from audit.ledger import Change, Salted, append
from sentinel.reasons import Reason
from sentinel.text import clean_line

# So that whoever scans for leaked secrets can tell ours.
BEGINS_WITH = "snt_"
SECRET_BYTES = 32
SHOWN = 8


class TokenFields(TypedDict):
    """What is said of a token when it is made. `pk`: asked for twice, it is made once."""

    pk: UUID
    name: str
    scopes: Collection[Scope]
    lasts: timedelta


@transaction.atomic
def make_token(*, by: User, **fields: Unpack[TokenFields]) -> tuple[ApiToken, str]:
    """A token that sees what its owner sees. Gives it and its secret."""
    return _make(by=by, owner=by, launch_slug="", fields=fields)


@transaction.atomic
def make_service_token(
    *, by: User, launch_slug: str = "", **fields: Unpack[TokenFields]
) -> tuple[ApiToken, str]:
    """A token of nobody's, for a purpose; for one launch alone where it is named. Gives it and its secret."""
    if not allows(by, Permission.OPERATE):
        raise PermissionDenied(f"Your role may not {Permission.OPERATE}.")
    return _make(by=by, owner=None, launch_slug=launch_slug, fields=fields)


def _make(
    *, by: User, owner: User | None, launch_slug: str, fields: TokenFields
) -> tuple[ApiToken, str]:
    now = timezone.now()
    by = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if not by.is_active:
        raise refusal([Reason("inactive")])
    alike = ApiToken.objects.filter(made_by=by, owner=owner).usable(now)
    if reasons := rules.token_refusals(
        lasts=fields["lasts"], scopes=fields["scopes"], at_once=alike.count()
    ):
        raise refusal(reasons)
    if ApiToken.objects.filter(pk=fields["pk"]).exists():
        raise refusal([Reason("token_made_already")])
    secret = BEGINS_WITH + secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken(
        pk=fields["pk"],
        name=clean_line(fields["name"]),
        prefix=secret[:SHOWN],
        sha256=token_hash(secret),
        scopes=" ".join(sorted(fields["scopes"])),
        owner=owner,
        launch_slug=launch_slug,
        made_by=by,
        created_at=now,
        expires_at=now + fields["lasts"],
    )
    token.full_clean()
    token.save(force_insert=True)
    change = Change(Verb.TOKEN_MADE, subject_of(token), new=token_data(token))
    append([change], actor=by.pk, now=now)
    return token, secret


def subject_of(token: ApiToken) -> str:
    return f"token:{token.pk}"


def token_data(token: ApiToken) -> dict[str, Any]:
    """What a leaf says of a token: nothing that would let anybody in."""
    return {
        "name": Salted(token.name),
        "prefix": token.prefix,
        "scopes": token.scope_list,
        "owner": f"user:{token.owner_id}" if token.owner_id else None,
        "launch_slug": token.launch_slug,
        "expires_at": token.expires_at,
    }


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User) -> ApiToken:
    """End a token: one's own, or as an operator a service's."""
    now = timezone.now()
    token = ApiToken.objects.select_for_update(no_key=True, of=("self",)).get(pk=token.pk)
    mine = token.owner_id == by.pk if token.owner_id else allows(by, Permission.OPERATE)
    if not mine:
        raise PermissionDenied("This token is not yours to revoke.")
    if token.revoked_at:
        raise refusal([Reason("token_revoked")])
    append([_revoked(token, by=by, now=now)], actor=by.pk, now=now)
    return token


def end_tokens(owner: User, *, by: User | None, now: datetime) -> list[Change]:
    """A step: nothing of somebody who leaves lives again with them, should they come back."""
    tokens = ApiToken.objects.select_for_update(no_key=True).filter(owner=owner, revoked_at=None)
    return [_revoked(token, by=by, now=now) for token in tokens.order_by("pk")]


def _revoked(token: ApiToken, *, by: User | None, now: datetime) -> Change:
    token.revoked_at, token.revoked_by = now, by
    token.full_clean(exclude=["owner", "made_by", "sha256"])
    token.save(update_fields=["revoked_at", "revoked_by"])
    return Change(
        Verb.TOKEN_REVOKED,
        subject_of(token),
        old={"revoked_at": None},
        new={"revoked_at": now},
    )


def note_use(token: ApiToken, now: datetime) -> None:
    """Remember that a token was used. No entry in the ledger: nothing was changed."""
    if rules.use_is_to_be_noted(token.last_used_at, now):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
