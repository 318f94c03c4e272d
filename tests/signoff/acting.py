"""Launches ready to be signed or decided, and people who sign and vote, by the real actions."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from threading import Barrier

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection

from audit import keys
from checklist.actions.asking import ask_signature
from checklist.rules import ItemStatus
from signoff import actions
from signoff.rules import Answer, Question, Vote
from tests.checklist.aftermath import codes
from tests.factories.conditions import make_wish
from tests.factories.launches import make_holder, make_launch, manager_of, set_items
from tests.factories.people import make_authority
from tests.factories.signatures import make_return, presence_of, seen_in

TIMES = range(6)  # how often a race is run
YES = tuple(Answer(question, given=True) for question in Question)


def make_asked_launch(*sections, executive=0, **fields):
    """A launch whose items are all done and whose signatures are asked for."""
    authorities = [[make_authority()] for _ in range(executive)]
    launch = make_launch(*sections, executive=authorities, **fields)
    for section in launch.sections.filter(phase="readiness"):
        set_items(section, status=ItemStatus.DONE)
        ask_signature(section, by=manager_of(launch))
    return reread(launch)


def make_signed_launch(*sections, executive=1, **fields):
    """A launch whose sections are all signed: nothing blocks a decision."""
    launch = make_asked_launch(*sections, executive=executive, **fields)
    for slot in launch.slots.of_sections():
        sign(slot)
    return reread(launch)


def make_round(launch, **fields):
    return actions.open_round(launch, **{"by": launch.created_by, "answers": YES} | fields)


def make_go_launch(*sections, executive=1, **fields):
    """A launch whose newest round ended GO."""
    launch = make_signed_launch(*sections, executive=executive, **fields)
    make_round(launch)
    for slot in launch.slots.executive():
        vote(slot)
    return reread(launch)


def reread(row):
    return type(row).objects.get(pk=row.pk)


def sign(slot, by=None, *, seen=None, comment=""):
    by = by or make_holder(slot)
    seen = seen_in(slot) if seen is None else seen
    return actions.sign_section(slot, presence=presence_of(by), seen=seen, comment=comment)


send_back = make_return


def vote(slot, by=None, value=Vote.GO, *, seen=None, comment="", conditions=()):
    by = by or make_holder(slot)
    return actions.cast_vote(
        slot,
        presence=presence_of(by),
        vote=value,
        seen=seen_in(slot) if seen is None else seen,
        comment=comment,
        conditions=conditions,
    )


def vote_if(slot, *wishes, by=None, **options):
    """GO, with these conditions: by default one."""
    return vote(slot, by, Vote.GO_CONDITIONAL, conditions=wishes or [make_wish()], **options)


def withdraw(signature, by=None, *, comment="I was mistaken."):
    presence = presence_of(by or signature.signer)
    return actions.withdraw(signature, presence=presence, comment=comment)


def server_key_sha256():
    """What leaves call this server's key by."""
    public = keys.load(keys.Purpose.SERVER).public_key()
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return sha256(spki).hexdigest()


def at_once(*calls):
    """Run each call in a thread of its own, all let go together: what each returned or raised."""
    barrier = Barrier(len(calls))

    def run(call):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        futures = [pool.submit(run, call) for call in calls]
    return [future.exception() or future.result() for future in futures]


def kinds(results):
    """What came of it all: the types of what was made, and every exception itself."""
    return {result if isinstance(result, Exception) else type(result) for result in results}


def split(results):
    """What went through, and the codes of what did not."""
    done = [result for result in results if not isinstance(result, Exception)]
    return done, [codes(result) for result in results if isinstance(result, Exception)]
