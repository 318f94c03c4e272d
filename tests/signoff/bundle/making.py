"""A launch with signatures of every kind, and its bundle and trust file as verify.py reads them."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.actions import endorse_key
from accounts.passkeys import Answer
from accounts.requests import Site
from audit import actions
from audit.models import Checkpoint
from checklist.actions.appointments import appoint
from checklist.models import Launch
from signoff.actions import sign_section, withdraw
from signoff.actions.proving import prepare
from signoff.bundle.trust import trust_file
from signoff.bundle.writing import make_bundle, written
from signoff.presence import PASSKEY, KeyAnswer, Presence
from signoff.statements import challenge_of
from tests.factories.launches import make_launch
from tests.factories.passkeys import SITE, SoftKey, make_key
from tests.factories.people import make_admin, make_authority, make_user
from tests.factories.signatures import (
    ask,
    make_round,
    make_signature,
    make_vote,
    presence_of,
    seen_in,
)

ORIGIN = f"https://{SITE}"
HERE = Site(SITE, ORIGIN)
SESSION = "a" * 64


@dataclass
class Story:
    """A launch, and what leaves the house of it."""

    launch: Launch
    key: SoftKey
    early: str  # a checkpoint from before anything was signed

    def bundle(self, **options):
        return make_bundle(self.launch, now=timezone.now(), **options)

    def trust(self, **changes):
        return written(trust_file() | changes)


def sign_with_key(slot, holder, key, **client):
    """Sign a section as its page does: the statement waits, the key answers, the act is done again."""

    def act(presence):
        return sign_section(
            slot, presence=presence, seen=seen_in(slot), comment="Looked through. \u2705 Gut so."
        )

    pending = prepare(act, user=holder, session=SESSION)
    challenge = challenge_of(bytes(pending.statement))
    answer = Answer.read(key.answer(challenge, **({"origin": ORIGIN} | client)))
    return act(Presence(holder, PASSKEY, KeyAnswer(pending.pk, SESSION, answer, HERE)))


def appointed(slot, **fields):
    """Somebody who holds the slot's authority by an act that the ledger has."""
    holder = make_user(**fields)
    appoint(slot.authorities.get(), holder, by=make_admin())
    return holder


def tell():
    """Two sections: one signed with a vouched-for key, one signed by password, withdrawn and signed again; then GO."""
    actions.introduce_log_key(timezone.now())
    early = Checkpoint.objects.latest("size").note
    launch = make_launch(
        {"items": ("Alpha", "Beta")}, {"items": ("Gamma",)}, executive=[[make_authority()]]
    )
    first, second = (ask(section) for section in launch.sections.order_by("position"))
    holder = appointed(first, full_name="Zo\u00eb \u674e")
    credential, key = make_key(holder)
    endorse_key(credential, by=make_admin(), how="Seen with passport.")
    sign_with_key(first, holder, key)
    taken_back = make_signature(second, by=appointed(second))
    presence = presence_of(taken_back.signer)
    withdraw(taken_back, presence=presence, comment="I looked at the wrong one.")
    make_signature(second, by=taken_back.signer)
    launch.refresh_from_db()
    make_round(launch)
    executive = launch.slots.get(section=None)
    make_vote(executive, by=appointed(executive))
    return Story(launch, key, early)
