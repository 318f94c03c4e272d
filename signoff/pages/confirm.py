"""The moment before a key signs: the statement in words, its digits to compare, and what the browser is asked for."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from accounts.models import Credential
from accounts.passkeys import request_options
from signoff.models import Pending
from signoff.pages.people import to_the_second
from signoff.statements import challenge_of

# What the first step was sent and the second needs no more.
LEFT_OUT = frozenset({"csrfmiddlewaretoken", "password", "code", "pending", "assertion"})


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """Everything the page shows, and what it sends back beside the key's answer."""

    pending: Pending
    sentence: str
    signer: str
    when: str
    comment: str
    slot: str
    conditions: list[str]
    items: list[str]
    statement: str
    keys: str
    options: str
    again: list[tuple[str, str]]

    @property
    def digits(self) -> str:
        """The first eight digits, as people compare them."""
        return grouped(self.pending.sha256)


def grouped(digest: str) -> str:
    """The first eight digits of a digest, in two groups."""
    return f"{digest[:4]} {digest[4:8]}"


def confirm_page(
    pending: Pending, keys: Sequence[Credential], sent: QueryDict, rp_id: str
) -> ConfirmPage:
    said = json.loads(bytes(pending.statement))
    signer, at = said["signer"], datetime.fromisoformat(said["time"])
    return ConfirmPage(
        pending=pending,
        sentence=said["meaning_text"],
        signer=", ".join(filter(None, [signer["name"], signer["authority"]])),
        when=to_the_second(at, said["zone"]),
        comment=said["comment"],
        slot=said["slot"]["title"],
        conditions=[condition["text"] for condition in said["conditions"]],
        items=[f"{item['number']} {item['text']}" for item in said.get("items", [])],
        statement=json.dumps(said, indent=2, ensure_ascii=False),
        keys=", ".join(f"“{key}”" for key in keys),
        options=request_options(
            challenge_of(bytes(pending.statement)),
            rp_id,
            [bytes(key.credential_id) for key in keys],
        ),
        again=[
            (name, value)
            for name, values in sent.lists()
            if name not in LEFT_OUT
            for value in values
        ],
    )
