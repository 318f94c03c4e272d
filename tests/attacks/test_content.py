"""What somebody who owns the database does to what was signed, and to the rows that it was signed over.

Each attack on content of SIGNATURES.md is one test here; docs/attacks.md lists them. A signature has three digests: of
its *statement*, of the *snapshot* that the statement names, and of what in it is *material*.
"""

import json
import unicodedata
from hashlib import sha256
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from audit import keys
from audit.verification import verify as verify_ledger
from audit.verifier.verify import verify
from checklist import material
from checklist.actions.evidence import add_file, add_link
from checklist.actions.items import edit_item
from checklist.actions.templates import content_of, new_template_version, publish_template
from checklist.models import Item, Participant, Slot, TemplateItem, TemplateVersion
from checklist.replay.comparing import check_rows
from checklist.rules import SlotState
from checklist.turns import state_of
from sentinel.text import clean_line
from signoff.bundle.writing import zipped
from signoff.models import Signature
from signoff.pages.content import facts_of
from signoff.statements import canonical
from signoff.verification import check_signatures, pinned_sizes
from tests.audit.sql import forge, key
from tests.factories.launches import make_holder, make_template, manager_of
from tests.factories.people import make_user
from tests.factories.signatures import make_signature, make_told_slot
from tests.signoff.bundle.making import tell
from tests.signoff.bundle.test_bundle import files_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def signature(settings, tmp_path):
    """A section with notes and evidence, all told by the ledger, and signed."""
    settings.MEDIA_ROOT = tmp_path
    slot = make_told_slot("Alpha", "Beta")
    by = manager_of(slot.launch)
    for item in slot.section.items.select_related("launch", "section"):
        edit_item(item, by=by, fields={"note": "Seen by two of us."})
        add_link(item, by=by, name="Report", url="https://example.org/report")
        add_file(item, by=by, file=SimpleUploadedFile("report.pdf", b"%PDF-"))
    made = make_signature(slot)
    assert found() == set()
    return made


def found():
    """What `manage.py verify_ledger --full` finds of signatures and rows."""
    roots = verify_ledger(trusted=keys.log_key()[0], pinned=pinned_sizes(), full=False).roots
    return {finding.code for finding in [*check_signatures(roots), *check_rows()]}


NOTE = "UPDATE checklist_item SET note = 'Nobody looked.'"
LIVE = {
    "a note": (NOTE, {"row_differs"}),
    "a status": (
        "UPDATE checklist_item SET status = 'unset' WHERE text = 'Alpha'",
        {"row_differs", "digest_differs"},
    ),
    "a wording": (
        "UPDATE checklist_item SET text = 'Omega' WHERE text = 'Alpha'",
        {"row_differs", "digest_differs"},
    ),
    "the digest of evidence": (
        f"UPDATE checklist_evidence SET sha256 = '{64 * 'a'}' WHERE url = ''",
        {"row_differs", "digest_differs"},
    ),
    "where evidence lies": (
        "UPDATE checklist_evidence SET url = 'https://example.org/other' WHERE url <> ''",
        {"row_differs", "digest_differs"},
    ),
    "evidence taken away": (
        "UPDATE checklist_evidence SET removed_at = added_at, removed_by_id = added_by_id",
        {"row_missing", "digest_differs"},
    ),
    "the order of items": (
        "UPDATE checklist_item SET position = 3 - position",
        {"row_differs"},
    ),
    "the title of the section": (
        "UPDATE checklist_section SET title = 'Something easier'",
        {"row_differs", "digest_differs"},
    ),
    "whose signature is asked": (
        "UPDATE checklist_slot SET authority_key = 'intern'",
        {"row_differs"},
    ),
    "who signed": ("UPDATE checklist_slot SET signed_for = 'The CEO'", {"row_differs"}),
    "the digest that makes it stand": (
        f"UPDATE checklist_section SET material = '{64 * 'b'}'",
        {"digest_differs"},
    ),
    "the version that it is about": (
        "UPDATE checklist_launch SET version = '9.9'",
        {"row_differs"},
    ),
}


@pytest.mark.parametrize(("sql", "codes"), LIVE.values(), ids=LIVE)
def test_a_row_that_was_signed_over_is_edited(signature, sql, codes):
    """Past the ledger, which has another value: what was signed stays what it was, and says so."""
    forge(sql)

    assert found() == codes
    assert own_digests(signature) == {"statement", "snapshot", "material"}


def test_an_item_is_taken_away(signature):
    pk = key(Item.objects.get(text="Alpha").pk)
    forge(
        f"DELETE FROM checklist_evidence WHERE item_id = '{pk}'",
        f"DELETE FROM checklist_item WHERE id = '{pk}'",
    )

    assert found() == {"row_missing", "digest_differs"}


def test_an_item_is_put(signature):
    item = Item.objects.get(text="Alpha")
    item.pk, item.key, item.text = uuid4(), "put", "Never asked"
    item.save(force_insert=True)

    assert found() == {"row_unknown", "digest_differs"}


def test_somebody_makes_themselves_a_manager(signature):
    launch = signature.launch
    first = Participant.objects.get(launch=launch)
    Participant.objects.create(
        launch=launch,
        user=make_user(),
        is_manager=True,
        added_by=first.user,
        added_at=first.added_at,
    )

    assert found() == {"row_differs"}


def test_a_launch_is_gone(signature):
    """Other entries stay: the one that started it says what is missing."""
    pk = key(make_told_slot("Gamma").launch_id)
    wanted = {"slot_authorities": "slot_id", "section_teams": "section_id"}
    joins = [
        f"DELETE FROM checklist_{table} WHERE {column} IN"
        f" (SELECT id FROM checklist_{table.partition('_')[0]} WHERE launch_id = '{pk}')"
        for table, column in wanted.items()
    ]
    tables = ["item", "slot", "section", "participant", "move"]
    rows = [f"DELETE FROM checklist_{table} WHERE launch_id = '{pk}'" for table in tables]
    forge(*joins, *rows, f"DELETE FROM checklist_launch WHERE id = '{pk}'")

    assert found() == {"row_missing"}


def test_work_that_goes_on_during_the_check_is_no_attack(signature):
    """Between the reading of entries and that of rows somebody saves a note: it is looked at again."""
    item = Item.objects.select_related("launch", "section").get(text="Alpha")
    notes = iter(["While you looked."])

    def interrupted(execute, sql, *rest):
        for note in notes if "audit_saltedtext" in sql else ():
            edit_item(item, by=manager_of(signature.launch), fields={"note": note})
        return execute(sql, *rest)

    with connection.execute_wrapper(interrupted):
        codes = found()

    assert codes == set()
    assert Item.objects.get(pk=item.pk).note == "While you looked."


def test_the_template_under_a_launch_is_edited():
    """The launch has its own rows, and keeps them; the template is no longer what was published."""
    template = make_template({"items": ("Alpha",)}, published=False)
    publish_template(template, by=None)
    signature = make_signature(make_told_slot(template=template))
    before = found()
    forge("UPDATE checklist_templateitem SET text = 'Nothing to do'")

    assert (before, found()) == (set(), {"template_differs"})
    fitted = material.digest(content_of(template))
    forge(("UPDATE checklist_publication SET sha256 = %s", [fitted]))
    assert found() == {"template_differs"}  # the ledger has the digest that was published
    assert [item["text"] for item in kept(signature)["items"]] == ["Alpha"]


def own_digests(signature):
    """Which of a signature's digests are of what is stored."""
    row = Signature.objects.select_related("snapshot").get(pk=signature.pk)
    statement, raw = json.loads(bytes(row.statement)), bytes(row.snapshot.content)
    holds = {
        "statement": sha256(bytes(row.statement)).hexdigest() == row.sha256,
        "snapshot": sha256(raw).hexdigest() == statement["content"]["sha256"],
        "material": material_in(json.loads(raw)) == statement["content"]["material"],
    }
    return {name for name, held in holds.items() if held}


def material_in(content):
    section = material.digest(material.of_section(content["section"]["title"], facts_of(content)))
    return material.digest(material.of_slot(section, content["authorities"]))


def kept(signature):
    return json.loads(bytes(Signature.objects.get(pk=signature.pk).snapshot.content))


def first(content, **changes):
    content["items"][0] |= changes


SNAPSHOTS = {
    "a note": (lambda content: first(content, note="Nobody looked."), {"material"}),
    "the order of items": (lambda content: content["items"].reverse(), {"material"}),
    "an owner": (lambda content: first(content, owner="Somebody else"), {"material"}),
    "a status": (lambda content: first(content, status="not_done"), set()),
    "a wording": (lambda content: first(content, text="Omega"), set()),
    "a number": (lambda content: first(content, number="9.9"), set()),
    "the digest of evidence": (
        lambda content: content["items"][0]["evidence"][0].update(sha256=64 * "a"),
        set(),
    ),
    "an item taken away": (lambda content: content["items"].pop(), set()),
    "the title of the section": (lambda content: content["section"].update(title="Easy"), set()),
    "the authorities": (lambda content: content.update(authorities=["intern"]), set()),
}


@pytest.mark.parametrize(("change", "left"), SNAPSHOTS.values(), ids=SNAPSHOTS)
def test_the_content_that_was_signed_is_edited(signature, change, left):
    """The snapshot's digest breaks in any case; the material one where the rules would ask for a new signature."""
    content = kept(signature)
    change(content)
    forge(("UPDATE signoff_snapshot SET content = %s", [canonical(content)]))

    assert own_digests(signature) == {"statement"} | left
    assert found() == {"snapshot_differs"}


STATEMENTS = {
    "the meaning": lambda said: said.update(meaning="section.return"),
    "the meaning in words": lambda said: said.update(meaning_text="I promise nothing."),
    "the printed name": lambda said: said["signer"].update(name="Somebody Else"),
    "the authority": lambda said: said["signer"].update(authority="CEO"),
    "the time, back-dated": lambda said: said.update(time="2001-01-01T00:00:00.000Z"),
    "the comment": lambda said: said.update(comment="Only if it rains."),
    "what it is over": lambda said: said["content"].update(sha256=64 * "a"),
}


STATED = ("statement", "sha256", "meaning", "meaning_text")
STATED += ("signer_name", "authority_name", "comment", "signed_at")


@pytest.mark.parametrize("change", STATEMENTS.values(), ids=STATEMENTS)
def test_what_somebody_stated_is_edited(signature, change):
    """Made to fit: bytes, digest and each column; the ledger names the statement by the digest that was signed."""
    said = json.loads(bytes(signature.statement))
    change(said)
    raw = canonical(said)
    values = [raw, sha256(raw).hexdigest(), said["meaning"], said["meaning_text"]]
    values += [said["signer"]["name"], said["signer"]["authority"], said["comment"], said["time"]]
    forge(
        (
            f"UPDATE signoff_signature SET {', '.join(f'{column} = %s' for column in STATED)}",
            values,
        )
    )

    assert "signature_column_differs" in found()


@pytest.mark.parametrize("change", STATEMENTS.values(), ids=STATEMENTS)
def test_what_somebody_stated_is_edited_in_a_bundle(change):
    """Filed and proved under the digest that it has now: the signer's own key has signed another statement."""
    story = tell()
    files, trust = files_in(story.bundle()), story.trust()
    old = story.launch.signatures.get(level="personal-key").sha256
    said = json.loads(files.pop(f"statements/{old}.json"))
    change(said)
    raw = canonical(said)
    new = sha256(raw).hexdigest()
    files[f"statements/{new}.json"] = raw
    files[f"proofs/{new}.json"] = files.pop(f"proofs/{old}.json")

    report = verify(zipped(files), trust)

    told = {line.told for line in report.lines if line.outcome == "altered"}
    assert report.status == 1
    assert "The key signed another statement." in told


class TestNames:
    """Names that look like others, or break what reads them."""

    def test_two_spellings_of_a_name_are_one_statement(self):
        slot = make_told_slot("Alpha")
        decomposed = unicodedata.normalize("NFD", "Zo\u00eb \u00c5str\u00f6m")
        signature = make_signature(slot, by=make_holder(slot, full_name=decomposed))

        said = json.loads(bytes(signature.statement))

        assert said["signer"]["name"] == "Zo\u00eb \u00c5str\u00f6m"
        assert bytes(signature.statement) == canonical(said)

    @pytest.mark.parametrize("name", ["\u202egnihton", "A\u200bB", "A\x00B", "A\x1b[2JB"])
    def test_what_cannot_be_seen_comes_into_no_name(self, name):
        cleaned = clean_line(name)

        assert all(unicodedata.category(sign) not in {"Cc", "Cf"} for sign in cleaned)

    def test_a_key_that_stands_twice_is_refused(self):
        story = tell()
        files = files_in(story.bundle())
        name = next(name for name in files if name.startswith("statements/"))
        raw = files.pop(name)[:-1] + b',"comment":"Fine."}'
        files[f"statements/{sha256(raw).hexdigest()}.json"] = raw

        report = verify(zipped(files), story.trust())

        assert report.status == 1
        assert "A name stands twice in the same object." in {line.told for line in report.lines}


class TestMustNotDisturb:
    """What changes without harm to what was signed."""

    def test_key_order_and_white_space_of_what_is_not_signed_itself(self):
        """What is signed is kept to the byte; whatever stands beside it may be written as one likes."""
        story = tell()
        files = files_in(story.bundle())
        for name in files:
            if name.startswith(("proofs/", "log/")) and name.endswith(".json"):
                files[name] = turned(files[name])
        for name in ("manifest.json", "texts.json"):
            files[name] = turned(files[name])

        assert verify(zipped(files), turned(story.trust())).status == 0

    def test_key_order_and_white_space_of_content_change_no_digest(self, signature):
        content = kept(signature)
        again = json.loads(turned(json.dumps(content).encode()))

        assert material_in(again) == signature.material
        assert sha256(canonical(again)).hexdigest() == signature.snapshot_id

    def test_another_template_and_a_later_version_of_its_own(self, signature):
        template = TemplateVersion.objects.get(pk=signature.launch.template_id)
        later = new_template_version(template, by=None)
        TemplateItem.objects.filter(version=later).update(text="Asked otherwise")
        publish_template(later, by=None)
        publish_template(make_template(published=False), by=None)

        slot = Slot.objects.select_related("section", "launch").get(pk=signature.slot_id)
        assert found() == set()
        assert state_of(slot) is SlotState.SIGNED

    def test_a_note_edited_by_the_rules(self, signature):
        """It is shown to whoever decides, and takes nothing away."""
        item = Item.objects.select_related("launch", "section").get(text="Alpha")
        edit_item(item, by=manager_of(signature.launch), fields={"note": "Seen again."})

        slot = Slot.objects.select_related("section", "launch").get(pk=signature.slot_id)
        assert found() == set()
        assert state_of(slot) is SlotState.SIGNED
        assert own_digests(signature) == {"statement", "snapshot", "material"}


def turned(raw):
    """The same JSON with its keys the other way round, and other white space."""

    def backwards(pairs):
        return dict(reversed(pairs))

    return json.dumps(json.loads(raw, object_pairs_hook=backwards), indent=5).encode()
