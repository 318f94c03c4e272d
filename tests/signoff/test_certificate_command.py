"""manage.py certificate: what it writes, and the sentence where it cannot."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from signoff.certificate import authority
from signoff.certificate.checking import checked
from signoff.rules import Vote
from tests.factories.launches import make_launch
from tests.signoff.acting import make_round, make_signed_launch, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def launch():
    """Two rounds: NO-GO, then one that is open."""
    launch = make_signed_launch()
    make_round(launch)
    vote(launch.slots.executive().get(), value=Vote.NO_GO, comment="Not like this.")
    make_round(launch, what_changed="All is mended.")
    return launch


@pytest.mark.parametrize(
    ("options", "about", "round_"),
    [
        ([], "decision", 2),
        (["--round", "1"], "decision", 1),
        (["--section", "1"], "section", None),
    ],
)
def test_it_writes_a_sealed_file(launch, seal_keys, tmp_path, options, about, round_):
    out = tmp_path / "certificate.pdf"

    told = StringIO()
    call_command("certificate", launch.slug, "--out", str(out), *options, stdout=told)

    found = checked(out.read_bytes(), authority.root(seal_keys), now=timezone.now())
    assert (found.holds, found.record["about"]) == (True, about)
    assert (found.record["round"] or {}).get("number") == round_
    assert told.getvalue() == f"{out} is written.\n"


@pytest.mark.usefixtures("seal_keys")
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--section", "9"], "has no section 9."),
        (["--round", "9"], "has no such round of decision."),
    ],
)
def test_it_says_what_there_is_not(launch, tmp_path, options, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("certificate", launch.slug, "--out", str(tmp_path / "c.pdf"), *options)


@pytest.mark.usefixtures("seal_keys")
def test_it_says_that_nothing_was_put_to_the_vote(tmp_path):
    with pytest.raises(CommandError, match="has no such round"):
        call_command("certificate", make_launch().slug, "--out", str(tmp_path / "c.pdf"))


def test_it_says_that_there_is_no_such_launch(tmp_path):
    with pytest.raises(CommandError, match="There is no launch with the short name “none”"):
        call_command("certificate", "none", "--out", str(tmp_path / "c.pdf"))


def test_it_says_that_there_are_no_keys(launch, settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "none"

    with pytest.raises(CommandError, match="keys init"):
        call_command("certificate", launch.slug, "--out", str(tmp_path / "c.pdf"))


@pytest.mark.usefixtures("seal_keys")
def test_it_says_that_the_file_cannot_be_written(launch, tmp_path):
    with pytest.raises(CommandError, match="could not be written"):
        call_command("certificate", launch.slug, "--out", str(tmp_path))
