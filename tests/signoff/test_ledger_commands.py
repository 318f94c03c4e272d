"""manage.py verify_ledger, checkpoint and keys: what an operator types, and what is answered."""

from io import StringIO

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.core.management import CommandError, call_command

from audit import keys
from audit.models import Checkpoint, Entry
from audit.verbs import Verb
from signoff.certificate import authority
from tests.audit.making import make_change, make_entries
from tests.audit.sql import forge
from tests.factories.signatures import make_signature, make_told_slot

pytestmark = pytest.mark.django_db


@pytest.fixture
def own_keys(settings, tmp_path):
    """A server whose keys have not been made yet."""
    settings.KEYS_DIR = tmp_path / "keys"


@pytest.fixture
def copy(settings, tmp_path):
    path = tmp_path / "checkpoints.txt"
    settings.CHECKPOINT_COPIES = [f"file:{path}"]
    return path


def told(*words, **options):
    out = StringIO()
    call_command(*words, stdout=out, stderr=out, **options)
    return out.getvalue()


def test_keys_are_made_once(own_keys):
    first = told("keys", "init")
    again = told("keys", "init")

    assert first.count("Made") == len(keys.Purpose) + 1
    assert again == ""
    assert Entry.objects.doing([Verb.KEY_MADE]).count() == 1


def test_the_public_keys_are_shown(own_keys):
    told("keys", "init")

    shown = told("keys", "show")

    assert f"log: {keys.log_key()[0]}" in shown
    assert shown.count("BEGIN PUBLIC KEY") == 2
    assert authority.fingerprint(keys.folder()) in shown
    assert "PRIVATE" not in shown


def test_one_public_key_is_shown_as_a_file(own_keys):
    told("keys", "init")

    shown = told("keys", "show", "attestation")

    assert load_pem_public_key(shown.encode()) == keys.attestation_key().public_key()
    assert shown in told("keys", "show")


def test_without_keys_it_is_said_what_to_do(own_keys):
    with pytest.raises(CommandError, match=r"manage\.py keys init"):
        told("keys", "show")


def test_the_seal_is_replaced(own_keys):
    told("keys", "init")
    before = authority.current(keys.folder()).certificate

    assert "sealed by" in told("keys", "rotate", "seal")
    assert authority.current(keys.folder()).certificate != before


def test_the_ledgers_key_is_replaced_for_a_reason_only(own_keys):
    told("keys", "init")

    with pytest.raises(CommandError, match="Say why"):
        told("keys", "rotate", "log")
    assert "Hand it out" in told("keys", "rotate", "log", reason="The yearly change.")


def test_a_checkpoint_is_shown_and_copied(copy):
    with pytest.raises(CommandError, match="no checkpoint yet"):
        told("checkpoint", "show")
    make_entries(make_change())

    assert told("checkpoint", "push") == "Copies that are up to date: 1.\n"
    assert told("checkpoint", "show") == Checkpoint.objects.get().note
    assert copy.read_text() == f"{Checkpoint.objects.get().note}\n"


def test_a_copy_that_fails_is_an_error(settings, tmp_path):
    (tmp_path / "taken").touch()
    settings.CHECKPOINT_COPIES = [f"file:{tmp_path}/taken/x"]
    make_entries(make_change())

    with pytest.raises(CommandError, match="taken"):
        told("checkpoint", "push")


def test_there_is_nothing_to_resume(copy):
    make_entries(make_change())
    told("checkpoint", "push")

    with pytest.raises(CommandError, match="nothing to resume"):
        told("checkpoint", "resume", reason="Why not?")


def test_a_ledger_that_holds_is_said_so_with_its_limits(copy):
    told("keys", "init")
    make_signature(make_told_slot())
    told("checkpoint", "push")

    quick, full = told("verify_ledger"), told("verify_ledger", full=True)

    assert "The ledger holds" in quick
    assert "--full reads them" in quick
    assert "--full reads them" not in full
    assert "Notes from outside: 1." in full


def test_what_is_under_no_checkpoint_is_said_so():
    told("keys", "init")
    make_entries(make_change(), make_change())

    answer = told("verify_ledger", full=True)

    assert "newest 2 entries are under no checkpoint" in answer
    assert "No note from outside" in answer


def test_what_does_not_hold_is_an_error(copy):
    told("keys", "init")
    slot = make_told_slot()
    signature = make_signature(slot)
    forge(("UPDATE signoff_signature SET comment = 'Fine.' WHERE sha256 = %s", [signature.sha256]))

    assert "The ledger holds" in told("verify_ledger")
    out = StringIO()
    with pytest.raises(CommandError, match="does not hold: 1 finding"):
        call_command("verify_ledger", full=True, stdout=out)
    assert f"Signature {signature.short}" in out.getvalue()


def test_a_key_and_notes_that_were_handed_out_are_compared(tmp_path):
    told("keys", "init")
    path = tmp_path / "kept.txt"
    path.write_text(f"{Checkpoint.objects.get().note}\n")
    key = str(keys.log_key()[0])

    assert "Notes from outside: 1." in told("verify_ledger", key=key, checkpoint=[path])
    with pytest.raises(CommandError, match="no key of a log"):
        told("verify_ledger", key="nonsense")
    path.write_text("nothing")
    with pytest.raises(CommandError, match="no checkpoint in it"):
        told("verify_ledger", checkpoint=[path])


def test_progress_is_told_where_it_is_asked_for():
    told("keys", "init")
    make_entries(*[make_change() for _ in range(3)])

    assert "4 of 4 entries" in told("verify_ledger", full=True, verbosity=2)


def test_a_text_is_erased_for_a_reason():
    make_entries(make_change(reason="A person's name."))

    assert told("erase_text", "0") == "reason\n"
    with pytest.raises(CommandError, match="Say why"):
        told("erase_text", "0", "reason")
    assert "erased" in told("erase_text", "0", "reason", reason="She asked for it.")
    with pytest.raises(CommandError, match="no such text"):
        told("erase_text", "0", "reason", reason="Again.")
    with pytest.raises(CommandError, match="has no text"):
        told("erase_text", "0")
