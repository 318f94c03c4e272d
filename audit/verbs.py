"""What happens to the ledger itself, as its leaves call it."""

from enum import StrEnum


class Verb(StrEnum):
    KEY_MADE = "ledger.key_made"
    KEY_ROTATED = "ledger.key_rotated"
    RESUMED = "ledger.resumed"
    TEXT_ERASED = "ledger.text_erased"
