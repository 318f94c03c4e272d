"""Access tokens as their pages show them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import ApiToken
from accounts.rules import Scope, TokenState

ENDED_SHOWN = 20

STATES = {
    TokenState.USABLE: "done",
    TokenState.EXPIRED: "unset",
    TokenState.REVOKED: "na",
    TokenState.ORPHANED: "na",
}


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token in words. Nothing of its secret but how it begins."""

    token: ApiToken
    may: str
    state: str
    label: str
    is_usable: bool


@dataclass(frozen=True, slots=True)
class TokenPage:
    """What the lists of tokens show: those in use, and the last ones that ended."""

    of_services: bool
    usable: list[TokenRow]
    ended: list[TokenRow]


def token_page(tokens: QuerySet[ApiToken], *, of_services: bool, now: datetime) -> TokenPage:
    """The tokens in use are few, by a rule; of those that ended the newest are shown. Two queries."""
    rows = tokens.select_related("owner", "made_by")
    in_use = rows.filter(revoked_at=None, expires_at__gt=now)
    ended = rows.exclude(revoked_at=None, expires_at__gt=now)[:ENDED_SHOWN]
    return TokenPage(
        of_services=of_services,
        usable=[token_row(token, now) for token in in_use],
        ended=[token_row(token, now) for token in ended],
    )


def token_row(token: ApiToken, now: datetime) -> TokenRow:
    state = token.state(now)
    return TokenRow(
        token=token,
        may=", ".join(map(scope_words, token.scope_list)),
        state=STATES[state],
        label=str(state.label),
        is_usable=state is TokenState.USABLE,
    )


def scope_words(code: str) -> str:
    """What a scope allows; a scope of a newer version than this one stands as it is."""
    return str(Scope(code).label) if code in Scope.values else _("something unknown here")
