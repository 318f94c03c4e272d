"""Bundles of evidence as they leave the house, checked by the verifier that ships beside them."""

import json
import subprocess
import sys
import zipfile
from io import BytesIO, StringIO
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.actions import revoke_key
from accounts.models import Credential
from audit import actions, keys
from audit.models import Checkpoint
from audit.verifier import verify as verifier
from audit.verifier.verify import verify
from signoff.bundle.writing import zipped
from tests.attacks import logs
from tests.audit.making import make_change, make_entries
from tests.factories.launches import make_launch
from tests.signoff.bundle.making import tell

pytestmark = pytest.mark.django_db

VERIFIER = Path(verifier.__file__)


@pytest.fixture(autouse=True)
def keys_but_for_the_seal(settings, tmp_path):
    """What certificates add to a bundle, test_beside.py tells: here there are none, whatever ran before."""
    settings.KEYS_DIR = copytree(
        settings.KEYS_DIR, tmp_path / "some-keys", ignore=ignore_patterns("seal*")
    )


@pytest.fixture
def story():
    return tell()


def files_in(bundle):
    with zipfile.ZipFile(BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def told(report, *outcomes):
    return [line.told for line in report.lines if line.outcome in outcomes]


def test_a_bundle_holds(story):
    report = verify(story.bundle(), story.trust(), story.early.encode())

    assert told(report, "altered", "missing") == []
    assert report.status == 0
    held = told(report, "holds")
    assert any("own key signed the digest of just this statement" in line for line in held)
    assert any("is its word alone" in line for line in held)
    assert "The checkpoint that you kept is the beginning of this ledger." in held
    assert [line for line in told(report, "note") if "taken back" in line]


def test_the_verifier_runs_alone(story, tmp_path):
    """In a process of its own, in an empty folder, with nothing of ours to import."""
    (tmp_path / "verify.py").write_bytes(VERIFIER.read_bytes())
    (tmp_path / "evidence.zip").write_bytes(story.bundle())
    (tmp_path / "trust.json").write_bytes(story.trust())
    command = [sys.executable, "-W", "error", "verify.py", "evidence.zip", "--trust", "trust.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "EVERYTHING HOLDS." in done.stdout
    assert verifier.NOT_PROVED in done.stdout


def test_a_bundle_is_the_same_for_the_same_evidence(story):
    now = timezone.now()
    first = files_in(story.bundle())
    again = files_in(story.bundle())
    same = set(first) - {"manifest.json", "VERIFY.txt"}

    assert {name: first[name] for name in same} == {name: again[name] for name in same}
    assert zipped(first) == zipped(dict(reversed(first.items())))
    assert json.loads(first["manifest.json"])["made_at"] >= now.isoformat()[:10]


def test_what_was_written_since_is_sealed_first(story):
    make_entries(make_change())
    sealed = Checkpoint.objects.latest("size").size

    assert verify(story.bundle(), story.trust()).status == 0
    assert Checkpoint.objects.latest("size").size == sealed + 1


class TestMustNotDisturb:
    """What happens later to people, keys and hosts changes nothing that was signed."""

    def test_a_key_revoked_later(self, story):
        credential = Credential.objects.get()
        revoke_key(credential, by=credential.user, reason="Lost on the train.")

        assert verify(story.bundle(), story.trust()).status == 0

    def test_somebody_renamed_or_deactivated_later(self, story):
        user = Credential.objects.get().user
        user.full_name, user.is_active = "Another Name", False
        user.save()

        assert verify(story.bundle(), story.trust()).status == 0

    def test_a_host_that_was_renamed(self, story, settings):
        settings.BASE_URL = "https://moved.example"

        assert verify(story.bundle(), story.trust()).status == 0

    @pytest.mark.django_db(transaction=True)
    def test_a_rotated_log_key(self, settings, tmp_path):
        settings.KEYS_DIR = tmp_path / "keys"
        for purpose in keys.Purpose:
            keys.make(purpose)
        story = tell()
        actions.rotate_log_key(reason="The yearly change.", now=timezone.now())
        make_entries(make_change(seals=True))

        assert verify(story.bundle(), story.trust(), story.early.encode()).status == 0

    def test_an_erased_text(self, story):
        seq = next(
            int(name)
            for name, texts in json.loads(files_in(story.bundle())["texts.json"]).items()
            if "reason" in texts
        )
        actions.erase_text(seq, "reason", by=None, reason="She asked for it.")

        assert verify(story.bundle(), story.trust()).status == 0


def test_the_ledger_below_was_made_anew_with_the_stolen_key(story):
    """The thief re-hashes everything; what the signers signed of the log's root does not fit any more."""
    trust, leaves = story.trust(), logs.all_leaves()
    leaves[1] = leaves[1] | {"subject": "thing:00000000-0000-4000-8000-000000000000"}
    logs.rebuild(leaves, signers=[logs.stolen_key()], sizes=[len(leaves)])

    report = verify(story.bundle(), trust, story.early.encode())
    assert report.status == 1
    assert any("was over another ledger" in line for line in told(report, "altered"))


def test_a_later_bundle_that_lacks_what_somebody_kept(story):
    kept = Checkpoint.objects.latest("size").note.encode()
    leaves = logs.all_leaves()[:-1]
    trust = story.trust()
    logs.rebuild(leaves, signers=[logs.stolen_key()], sizes=[len(leaves)])

    assert verify(story.bundle(), trust, kept).status == 2


def test_another_size_that_somebody_kept_is_proved_when_it_is_asked_for(story):
    make_entries(make_change(), make_change(seals=True))
    kept = Checkpoint.objects.latest("size")
    make_entries(make_change(), make_change(seals=True))

    assert verify(story.bundle(), story.trust(), kept.note.encode()).status == 2
    assert verify(story.bundle(also=(kept.size,)), story.trust(), kept.note.encode()).status == 0


def test_the_commands_write_what_verifies(story, tmp_path):
    out = StringIO()
    bundle, trust = tmp_path / "evidence.zip", tmp_path / "trust.json"
    call_command("export_bundle", story.launch.slug, out=bundle, kept=[1], stdout=out)
    call_command("export_trust", out=trust, stdout=out)

    assert verifier.main([str(bundle), "--trust", str(trust)]) == 0
    assert out.getvalue().count("is written") == 2


def test_the_commands_say_what_is_wrong(story, tmp_path, settings):
    with pytest.raises(CommandError, match="no launch"):
        call_command("export_bundle", "nowhere", out=tmp_path / "x.zip")
    with pytest.raises(CommandError, match="Nothing was signed"):
        call_command("export_bundle", make_launch().slug, out=tmp_path / "x.zip")
    for command in (["export_bundle", story.launch.slug], ["export_trust"]):
        with pytest.raises(CommandError, match="could not be written"):
            call_command(*command, out=tmp_path / "no" / "x")
    settings.KEYS_DIR = tmp_path / "none"
    for command in (["export_bundle", story.launch.slug], ["export_trust"]):
        with pytest.raises(CommandError, match=r"manage\.py keys init"):
            call_command(*command, out=tmp_path / "x")


@pytest.mark.parametrize("count", [1, 3])
def test_a_bundle_asks_as_many_questions_whatever_there_is(django_assert_num_queries, count):
    stories = [tell() for _ in range(count)]
    bundle = stories[-1].bundle

    with django_assert_num_queries(19 + (connection.vendor == "postgresql")):
        bundle()
