"""How the ledger's lines about the ledger itself read."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audit import words
from audit.verbs import Verb
from audit.words import Described, Label

PHRASES: dict[str, Label] = {
    Verb.KEY_MADE: _("introduced"),
    Verb.KEY_ROTATED: _("replaced by another"),
    Verb.RESUMED: _("resumed although its copies knew another"),
    Verb.TEXT_ERASED: _("a text erased"),
}
FIELDS: dict[str, Label | None] = {
    "key.purpose": None,
    "key.key": _("key"),
    "ledger.copies": None,
    "ledger.fits": None,
    "ledger.entry": _("entry"),
    "ledger.path": _("place"),
}


def register() -> None:
    """Tell the ledger its own words; at start-up, once."""
    words.register_subjects("ledger", lambda ids: _all(ids, str(_("The ledger"))), _("ledger"))
    words.register_subjects("key", lambda ids: _all(ids, str(_("The ledger's key"))), _("key"))
    words.register_phrases(PHRASES, {Verb.TEXT_ERASED: ["entry", "path"]})
    words.register_topics({"ledger": _("Ledger")})
    words.register_fields(FIELDS)


def _all(ids: set[UUID], name: str) -> Mapping[UUID, Described]:
    return dict.fromkeys(ids, Described(name))
