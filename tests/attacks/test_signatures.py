"""What somebody who owns the database does to stored signatures, by SQL past the triggers, and what the check says."""

from hashlib import sha256
from uuid import uuid4

import pytest

from audit import keys
from audit.verification import verify
from signoff.models import Signature
from signoff.verification import check_signatures, pinned_sizes
from tests.attacks import logs
from tests.audit.sql import forge, key
from tests.factories.signatures import make_asked_slot, make_return, make_signature

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def signature():
    make_return(make_asked_slot())
    made = make_signature(make_asked_slot())
    assert found() == set()
    return made


def found():
    roots = verify(trusted=keys.log_key()[0], pinned=pinned_sizes(), full=False).roots
    return {finding.code for finding in check_signatures(roots)}


@pytest.mark.parametrize(
    "column",
    [
        "signer_name = 'Somebody Else'",
        "signer_email = 'else@aureus.example'",
        "authority_name = 'CEO'",
        "meaning_text = 'I promise nothing.'",
        "comment = 'Fine.'",
        "signed_at = '2001-01-01 00:00:00+00:00'",
        "zone = 'Asia/Tokyo'",
        "material = '00'",
        "level = 'other'",
        "log_size = 0",
    ],
)
def test_a_signatures_column_is_edited(signature, column):
    forge(f"UPDATE signoff_signature SET {column} WHERE sha256 = '{signature.sha256}'")

    assert "signature_column_differs" in found()


def test_a_signature_is_given_to_another_person(signature):
    other = Signature.objects.exclude(pk=signature.pk).get().signer_id
    forge(
        f"UPDATE signoff_signature SET signer_id = '{key(other)}' WHERE id = '{key(signature.pk)}'"
    )

    assert found() == {"signature_column_differs"}


@pytest.mark.parametrize("statement", [b"{}", b"", b"\xff", b"[" * 100_000])
def test_a_statement_is_edited(signature, statement):
    forge(
        (
            "UPDATE signoff_signature SET statement = %s WHERE sha256 = %s",
            [statement, signature.sha256],
        )
    )

    assert found() == {"statement_differs"}


def test_a_statement_and_its_digest_are_edited(signature):
    statement = bytes(signature.statement).replace(b"approve", b"disprove")
    digest = sha256(statement).hexdigest()
    forge(
        (
            "UPDATE signoff_signature SET statement = %s, sha256 = %s WHERE sha256 = %s",
            [statement, digest, signature.sha256],
        )
    )

    assert "signature_column_differs" in found()


def test_a_snapshot_is_edited(signature):
    content = bytes(signature.snapshot.content).replace(b'"done"', b'"open"')
    assert content != bytes(signature.snapshot.content)
    forge(
        (
            "UPDATE signoff_snapshot SET content = %s WHERE sha256 = %s",
            [content, signature.snapshot_id],
        )
    )

    assert found() == {"snapshot_differs"}


def test_a_signature_is_deleted(signature):
    logs.delete_signature(signature)

    assert found() == {"signature_missing"}


def test_a_signature_is_invented(signature):
    """A row that no entry tells of, made from another's: nobody signed it."""
    signature.pk, signature.nonce = uuid4(), "0" * 32
    statement = bytes(signature.statement).replace(b"approve", b"disprove")
    signature.statement, signature.sha256 = statement, sha256(statement).hexdigest()
    signature.save(force_insert=True)

    assert "signature_unknown" in found()


def test_the_log_below_a_signature_is_made_anew():
    """Even with the stolen key: each signer has signed what the log was, and a later one would not fit."""
    leaves = logs.all_leaves()
    leaves[0] = leaves[0] | {"subject": "thing:00000000-0000-4000-8000-000000000000"}
    logs.rebuild(leaves, signers=[logs.stolen_key()], sizes=[len(leaves)])

    assert found() == {"root_differs"}
