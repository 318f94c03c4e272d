"""What leaves the house by mail: each signer's copy, and the decision's; how it arrives, and what it is worth then."""

import json
from base64 import b64decode
from datetime import timedelta
from email import message_from_bytes, policy
from hashlib import sha256

import pytest
from django.test import override_settings
from django.utils import timezone

from accounts.mail.post import send_due
from accounts.mail.spread import spread_due
from accounts.mail.writing import write
from accounts.models import Mail, User
from audit import keys
from audit.copies import notes_in
from audit.merkle import leaf_hash
from audit.models import Checkpoint, Entry
from audit.notes import open_note
from audit.verification import verify as verify_ledger
from audit.verifier.verify import root_by_inclusion, verify
from checklist.models import Appointment
from signoff.actions import cancel_round
from signoff.bundle.trust import trust_file
from signoff.bundle.writing import make_bundle, written
from signoff.certificate import authority
from signoff.certificate.checking import checked
from signoff.models import Signature
from signoff.outside import sealed_signature
from signoff.rules import Act, Vote
from tests.accounts.letters import Sink, free_port, listening, mailers_at
from tests.attacks import logs
from tests.audit.making import make_change, make_entries
from tests.audit.sql import forge
from tests.factories.launches import make_holder, make_launch, manager_of
from tests.factories.signatures import (
    ask,
    make_acceptance,
    make_asked_slot,
    make_return,
    make_signature,
)
from tests.signoff.acting import make_go_launch, make_round, make_signed_launch, vote, withdraw
from tests.signoff.attestation.gating import make_attested, payload_of
from tests.signoff.bundle.making import tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings):
    """A mail server of the day; everything that is due is sent to it by `post_all`."""
    port = free_port()
    settings.MAILERS = mailers_at(port)
    sink = Sink()
    with listening(sink, port):
        yield sink


def post_all():
    """What tick does, a minute later."""
    later = timezone.now() + timedelta(minutes=1)
    spread_due(later)
    send_due(later)


def read(envelope):
    return message_from_bytes(envelope.content, policy=policy.default)


def received(sink, person=None):
    return [read(row) for row in sink.received if person is None or row.rcpt_tos == [person.email]]


def files_of(message):
    """As a mail program would save them."""
    return {
        part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()
    }


def copies_of(sink, person):
    """The copies of their signatures that somebody was sent."""
    found = [files_of(message) for message in received(sink, person)]
    return [files for files in found if "statement.json" in files]


def proved(proof, trusted):
    """The leaf that a proof brings, if it leads to the root of the checkpoint that it brings."""
    head, _, note = proof.decode().replace("\r\n", "\n").partition("\n\n")
    kind, extra, index, *path = head.split("\n")
    claim, _keys = open_note(note, [trusted])
    leaf = b64decode(extra.removeprefix("extra "))
    place = int(index.removeprefix("index "))
    root = root_by_inclusion(leaf_hash(leaf), place, claim.size, [b64decode(part) for part in path])
    assert (kind, root) == ("c2sp.org/tlog-proof@v1", claim.root)
    return json.loads(leaf)


def test_each_signature_is_mailed_once_to_whoever_gave_it(sink):
    slot = make_asked_slot()
    made = [make_return(slot), make_signature(ask(slot.section))]
    made.append(withdraw(made[-1]))
    item = make_launch({"items": ["Audit"]}).items.select_related("section__launch").get()
    accepted = make_acceptance(item)
    made.append(Signature.objects.get(act=Act.ACCEPT))
    launch = make_signed_launch()
    make_round(launch)
    made.append(vote(launch.slots.executive().get()))

    for _ in range(2):
        post_all()

    assert accepted
    for signature in made:
        copies = copies_of(sink, signature.signer)
        mine = [files for files in copies if files["statement.json"] == bytes(signature.statement)]
        (files,) = mine
        leaf = proved(files["proof.txt"], keys.log_key()[0])
        assert leaf["data"]["new"]["statement"] == sha256(files["statement.json"]).hexdigest()
        assert leaf["data"]["new"]["signature"] == str(signature.pk)
        assert files["proof.txt"].endswith(files["checkpoint.txt"])
    assert {signature.act for signature in made} == set(Act) - {Act.SET_ASIDE}


def test_the_mail_says_who_what_and_when_and_what_it_is_for(sink):
    signature = make_signature(make_asked_slot())

    post_all()

    (message,) = received(sink, signature.signer)
    text = message.get_body().get_content()
    entry = Entry.objects.get(subject=f"slot:{signature.slot_id}", action="signature.signed")
    for words in (
        signature.meaning_text,
        f"{signature.signer_name}, ",
        f"{signature.signed_at:%H:%M:%S} UTC",
        f"begins with {signature.short}",
        f"entry {entry.seq} of that ledger tells of your signature (leaf {bytes(entry.leaf_hash).hex()})",
        "keep it",
        "verify.py evidence.zip --trust trust.json --checkpoint checkpoint.txt",
        "http://localhost:8000/verify/",
        "nobody can switch it off",
    ):
        assert words in text
    assert "you choose here" not in text


def test_nobody_can_switch_it_off_nor_have_it_in_a_digest(sink):
    choices = dict.fromkeys(("mail_work", "mail_mentions", "mail_dates"), "never")
    slot = make_asked_slot()
    signer = make_holder(slot)
    User.objects.filter(pk=signer.pk).update(mail_signing="digest", digest_hour=5, **choices)

    make_signature(slot, by=signer)
    post_all()

    assert len(copies_of(sink, signer)) == 1


def test_the_checkpoint_is_the_one_that_was_signed_with_the_signature(sink):
    signature = make_signature(make_asked_slot())
    sealed = Checkpoint.objects.latest("size").note
    make_entries(make_change(seals=True))

    post_all()

    (files,) = copies_of(sink, signature.signer)
    assert files["checkpoint.txt"].replace(b"\r\n", b"\n").decode() == sealed


def test_a_mail_that_is_written_again_is_the_same(mailoutbox):
    make_signature(make_asked_slot())
    spread_due(timezone.now() + timedelta(minutes=1))
    mail = Mail.objects.latest("created_at")

    first, second = (write(mail, timezone.now()) for _ in range(2))
    assert (first.body, first.attachments) == (second.body, second.attachments)
    assert len(first.attachments) == 3


def test_without_a_key_no_checkpoint_comes_and_the_mail_says_so(sink, settings, tmp_path):
    slot = make_asked_slot()
    settings.KEYS_DIR = tmp_path / "none"
    signature = make_signature(slot)

    post_all()

    (message,) = received(sink, signature.signer)
    assert set(files_of(message)) == {"statement.json"}
    assert "the key that signs the ledger was not there" in message.get_body().get_content()


def test_a_ledger_that_lacks_entries_gives_no_proof_and_no_crash(sink):
    signature = make_signature(make_asked_slot())
    forge(
        "DELETE FROM audit_saltedtext WHERE entry_id = 1", "DELETE FROM audit_entry WHERE seq = 1"
    )

    post_all()

    (files,) = copies_of(sink, signature.signer)
    assert set(files) == {"checkpoint.txt", "statement.json"}


def test_whoever_was_deactivated_gets_none(sink):
    signature = make_signature(make_asked_slot())
    User.objects.filter(pk=signature.signer.pk).update(is_active=False)

    post_all()

    assert received(sink, signature.signer) == []


def test_of_a_restricted_launch_nothing_leaves_but_its_name_and_digests(sink):
    slot = make_asked_slot("Pin the vault", classification="restricted")
    signature = make_signature(slot, comment="Seen.")

    post_all()

    (message,) = received(sink, signature.signer)
    files = files_of(message)
    assert set(files) == {"checkpoint.txt", "proof.txt"}
    assert b"extra" not in files["proof.txt"]
    said = message["Subject"] + message.get_body().get_content()
    assert str(slot.launch) in said
    assert "Section" not in said
    assert "Authority" not in said


@pytest.fixture(scope="module")
def all_keys(tmp_path_factory):
    """Every key that a server has, those that seal certificates too: made once, since that takes a second."""
    folder = tmp_path_factory.mktemp("keys")
    with override_settings(KEYS_DIR=folder):
        for purpose in keys.Purpose:
            keys.make(purpose)
        authority.make(folder, now=timezone.now())
    return folder


class TestDecision:
    """What goes out when a round has been decided."""

    def mails(self, sink, launch):
        found = [message for row in people_of(launch) for message in received(sink, row)]
        return [message for message in found if "decision" in message["Subject"]]

    def test_voters_and_managers_are_sent_the_sealed_certificate_and_the_checkpoint(
        self, sink, settings, all_keys
    ):
        settings.KEYS_DIR = all_keys
        launch = make_go_launch(executive=2, name="Aureus")

        for _ in range(2):
            post_all()

        mails = self.mails(sink, launch)
        assert len(mails) == 3
        for message in mails:
            files = files_of(message)
            assert message["Subject"] == (
                "Keep this mail, it is the decision: GO, Aureus 1.0, round 1"
            )
            assert set(files) == {"checkpoint.txt", f"{launch.slug}-decision-1.pdf"}
            sealed = files[f"{launch.slug}-decision-1.pdf"]
            assert checked(sealed, authority.root(all_keys), now=timezone.now()).holds
            bundle = make_bundle(launch, now=timezone.now())
            assert verify(bundle, written(trust_file()), files["checkpoint.txt"]).status == 0

    def test_without_the_keys_to_seal_it_the_mail_goes_out_and_says_so(
        self, sink, settings, tmp_path
    ):
        settings.KEYS_DIR = tmp_path / "keys"
        keys.make(keys.Purpose.LOG)
        launch = make_go_launch(executive=2, name="Aureus")

        post_all()

        mails = self.mails(sink, launch)
        assert len(mails) == 3
        for message in mails:
            text = message.get_body().get_content()
            assert set(files_of(message)) == {"checkpoint.txt"}
            assert "The sealed certificate is not with this mail." in text
            assert "manage.py keys init" in text

    def test_an_artefacts_attestation_goes_with_it(self, sink):
        launch = make_attested()

        post_all()

        mails = self.mails(sink, launch)
        assert len(mails) == 4
        for message in mails:
            made = files_of(message)[f"{launch.slug}-attestation.json"]
            assert payload_of(made)["subject"][0]["digest"] == {
                "sha256": launch.artefact_digest.removeprefix("sha256:")
            }

    def test_without_the_key_to_attest_the_mail_goes_out_and_says_so(
        self, sink, settings, tmp_path
    ):
        settings.KEYS_DIR = tmp_path / "keys"
        keys.make(keys.Purpose.LOG)
        launch = make_attested()

        post_all()

        text = self.mails(sink, launch)[0].get_body().get_content()
        assert "No attestation is with this mail." in text

    def test_no_go_is_a_decision_and_a_cancelled_round_is_none(self, sink):
        refused, cancelled = make_signed_launch(), make_signed_launch()
        for launch in (refused, cancelled):
            make_round(launch)
        vote(refused.slots.executive().get(), value=Vote.NO_GO, comment="Not like this.")
        round_ = cancelled.rounds.get()
        cancel_round(round_, by=round_.opened_by, reason="Too early.")

        post_all()

        assert ["NO-GO" in message["Subject"] for message in self.mails(sink, refused)] == [
            True
        ] * 2
        assert self.mails(sink, cancelled) == []

    def test_no_request_waits_for_the_certificate(self, sink, django_capture_on_commit_callbacks):
        launch = make_signed_launch()
        make_round(launch)

        with django_capture_on_commit_callbacks(execute=True):
            signature = vote(launch.slots.executive().get())

        assert len(copies_of(sink, signature.signer)) == 1
        assert self.mails(sink, launch) == []

    def test_of_a_restricted_launch_only_its_name(self, sink):
        launch = make_go_launch(name="Aureus", classification="restricted")

        post_all()

        mails = self.mails(sink, launch)
        assert len(mails) == 2
        for message in mails:
            assert message["Subject"] == "Keep this mail, it is a decision: Aureus 1.0"
            assert set(files_of(message)) == {"checkpoint.txt"}
            assert "GO" not in message.get_body().get_content()

    def test_without_any_key_nothing_is_with_it_and_nothing_breaks(self, sink, settings, tmp_path):
        settings.KEYS_DIR = tmp_path / "none"
        launch = make_go_launch()

        post_all()

        mails = self.mails(sink, launch)
        assert len(mails) == 2
        for message in mails:
            assert files_of(message) == {}
            assert "the key that signs the ledger was not there" in message.get_content()


def people_of(launch):
    voters = User.objects.filter(signatures__launch=launch, signatures__act=Act.VOTE)
    return {*voters, manager_of(launch)}


def test_taking_a_signer_off_the_launch_does_not_keep_their_copy_from_them(sink):
    slot = make_asked_slot(classification="restricted")
    signature = make_signature(slot)
    Appointment.objects.filter(holder=signature.signer).update(ends_at=timezone.now())

    post_all()

    assert not signature.launch.is_visible_to(signature.signer)
    (message,) = received(sink, signature.signer)
    assert "checkpoint.txt" in files_of(message)


class TestWhatItIsWorth:
    """The attachment of the mail, as it was saved, against a bundle that is exported later."""

    @pytest.fixture(params=["as it came", "with the line ends of Windows", "with those of Unix"])
    def saved(self, request, sink):
        """A story; its trust file; the checkpoint that its first signer was mailed, and has saved."""
        story = tell()
        post_all()
        first = Signature.objects.order_by("signed_at").first()
        kept = copies_of(sink, first.signer)[0]["checkpoint.txt"]
        plain = kept.replace(b"\r\n", b"\n")
        windows = plain.replace(b"\n", b"\r\n")
        saved = {"as it came": kept, "with the line ends of Windows": windows}
        return story, story.trust(), saved.get(request.param, plain)

    def test_it_verifies_a_bundle_that_is_exported_later(self, saved):
        story, trust, kept = saved
        make_entries(make_change(), make_change(seals=True))

        report = verify(story.bundle(), trust, kept)

        assert report.status == 0
        assert told(report) == ["The checkpoint that you kept is the beginning of this ledger."]

    def test_every_signers_checkpoint_does(self, saved, sink):
        story, trust, _kept = saved
        bundle = story.bundle()
        copies = [copy for person in User.objects.all() for copy in copies_of(sink, person)]

        statuses = [verify(bundle, trust, copy["checkpoint.txt"]).status for copy in copies]
        assert statuses == [0] * Signature.objects.count()

    def test_it_exposes_a_tail_that_was_cut_off(self, saved, sink, tmp_path):
        """The decisive vote vanishes, with all that the database and the stolen key can take away: inside, all fits."""
        story, trust, _first = saved
        last = Signature.objects.order_by("signed_at").last()
        kept = copies_of(sink, last.signer)[0]["checkpoint.txt"]
        seq = sealed_signature(last).entry.seq
        logs.delete_signature(last)
        logs.rebuild(logs.all_leaves()[:seq], signers=[logs.stolen_key()], sizes=[seq])

        assert verify(story.bundle(), trust).status == 0
        assert found() == set()
        report = verify(story.bundle(), trust, kept)
        assert report.status == 2
        assert "The checkpoint that you kept is newer than the bundle's checkpoint." in told(report)
        assert found(saved_in(tmp_path, kept)) == {"log_shorter"}

    def test_it_exposes_a_log_that_was_made_anew_with_the_stolen_key(self, saved, tmp_path):
        story, trust, kept = saved
        leaves = logs.all_leaves()
        leaves[1] = leaves[1] | {"subject": "thing:00000000-0000-4000-8000-000000000000"}
        logs.rebuild(leaves, signers=[logs.stolen_key()], sizes=[len(leaves)])

        report = verify(story.bundle(), trust, kept)

        (said,) = told(report)
        assert report.status == 1
        assert said.startswith("The checkpoint that you kept was over another ledger")
        assert found() == set()
        assert found(saved_in(tmp_path, kept)) == {"root_differs"}


def told(report):
    return [line.told for line in report.lines if line.about == "outside"]


def saved_in(folder, attachment):
    (folder / "checkpoint.txt").write_bytes(attachment)
    return list(notes_in(folder / "checkpoint.txt"))


def found(kept=()):
    """What the operator's check says of the ledger, with what somebody brings."""
    return verify_ledger(trusted=keys.log_key()[0], kept=kept).codes
