"""The documents for pipelines hold: commands as they stand there, every member told, slots that there are."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from django.utils import timezone

from signoff.attestation.issuing import attestation_of
from tests.factories.conditions import make_wish
from tests.signoff.acting import make_round, make_signed_launch, reread, vote_if
from tests.signoff.attestation.gating import DIGEST, Gate, make_attested, payload_of

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "attestation.md").read_text()
BY_HAND = re.compile(r"## By hand\n\n```\n(.*?)```", re.DOTALL)
MEMBER = re.compile(r"`\u2026?(\w+)(?:\[\])?`")


def members_of(value):
    """Every name in a JSON value, however deep."""
    if isinstance(value, dict):
        return set(value).union(*map(members_of, value.values()))
    if isinstance(value, list):
        return set().union(*map(members_of, value))
    return set()


@pytest.mark.parametrize(("spoil", "told"), [("", "Verified OK"), ("x", "Verification failure")])
def test_openssl_and_jq_agree_by_hand(tmp_path, spoil, told):
    Gate.before(attestation_of(make_attested(), timezone.now()), tmp_path)
    commands = BY_HAND.search(GUIDE)[1].replace(">signed", f">signed; printf '{spoil}' >>signed")

    done = subprocess.run(
        ["bash", "-c", commands],  # noqa: S607 - whichever there is
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    verdict, _line, slots = done.stdout.partition("\n")
    assert verdict == told
    assert len(json.loads(slots[slots.index("[") :])) == 3


def test_every_member_is_told():
    launch = make_signed_launch(artefact_digest=DIGEST)
    make_round(launch)
    vote_if(launch.slots.get(section=None), make_wish())

    predicate = payload_of(attestation_of(reread(launch), timezone.now()))["predicate"]

    assert members_of(predicate) - set(MEMBER.findall(GUIDE)) == set()


def test_the_slots_of_the_examples_are_those_of_the_template():
    rows = json.loads((ROOT / "fixtures" / "aureus_sentinel_template.json").read_text())
    executive = {
        row["fields"]["key"]
        for row in rows
        if row["model"] == "checklist.templateslot" and row["fields"]["section"] is None
    }
    readme = (ROOT / "deploy" / "gate" / "README.md").read_text()

    assert set(re.findall(r"--slot ([a-z-]+)", readme)) == executive
