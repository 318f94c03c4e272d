"""What a launch's document holds: items with what they have, who signed and who has not, what was decided."""

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from checklist.actions.evidence import add_file
from checklist.actions.risks import close_risk
from checklist.models import Launch
from checklist.rules import ItemStatus, Phase
from signoff.actions import cancel_round, keep_condition, open_round
from signoff.export.document import Items, Piece, Prose, Question, SignOff
from signoff.export.parts import document_of
from signoff.export.signing import teams_of
from signoff.export.source import source_of
from signoff.rules import Answer, Vote
from signoff.rules import Question as Asked
from tests.factories.conditions import make_condition
from tests.factories.launches import (
    make_evidence,
    make_item,
    make_launch,
    make_risk,
    make_template,
    make_template_item,
    make_template_section,
    make_template_slot,
    manager_of,
    publish,
    set_items,
)
from tests.factories.people import make_authority, make_team, make_user
from tests.factories.signatures import (
    make_acceptance,
    make_asked_slot,
    make_ready_launch,
    make_return,
    make_round,
    make_signature,
    make_vote,
)
from tests.signoff.acting import withdraw
from tests.signoff.living import make_live_launch, make_unapproved_launch

pytestmark = pytest.mark.django_db

HEADS = ["#", "Item", "Status", "Notes"]


def document(launch, now=None):
    launch = Launch.objects.for_page().get(pk=launch.pk)
    return document_of(source_of(launch, now or timezone.now()))


def blocks(launch, kind):
    return [b for part in document(launch).parts for b in part.blocks if isinstance(b, kind)]


def columns(launch):
    return [list(block.table.columns) for block in blocks(launch, Items)]


def headings(launch):
    return [(part.level, part.heading) for part in document(launch).parts]


def values(fields):
    return {row.label: row.value[0].text for row in fields.rows}


def one_item(**fields):
    """A launch of one section with one item, and that item."""
    launch = make_launch({"items": ()})
    return launch, make_item(launch.sections.get(), **fields)


def signoff(launch):
    return blocks(launch, SignOff)[0]


# Items


def test_a_plain_item_shows_number_text_status_and_note():
    launch, _item = one_item(text="Audit", note="Week 8", status=ItemStatus.ATTENTION)

    (items,) = blocks(launch, Items)

    assert list(items.table.columns) == HEADS
    assert items.table.rows == (
        (
            (Piece("1.1"),),
            (Piece("Audit"),),
            (Piece("Needs attention", state="attention", symbol="⚠️"),),
            (Piece("Week 8"),),
        ),
    )


def test_an_item_without_number_and_note_has_empty_cells():
    launch, _item = one_item(number="", text="Audit")

    (row,) = blocks(launch, Items)[0].table.rows

    assert (row[0], row[3]) == ((), ())


@pytest.mark.parametrize(
    ("reason", "note", "cell"),
    [
        ("Only backends", "", (Piece("Only backends", label="N/A"),)),
        (
            "Only backends",
            "Ask QA",
            (Piece("Only backends", label="N/A"), Piece("Ask QA", label="Note")),
        ),
        ("Same", "Same", (Piece("Same"),)),
        ("", "Ask QA", (Piece("Ask QA"),)),
        ("", "", ()),
    ],
)
def test_why_an_item_does_not_apply_stands_before_its_note(reason, note, cell):
    launch, _item = one_item(status=ItemStatus.NA, na_reason=reason, note=note)

    assert blocks(launch, Items)[0].table.rows[0][3] == cell


def test_a_reason_left_over_from_another_status_is_not_shown():
    launch, _item = one_item(status=ItemStatus.DONE, na_reason="Once", note="Now")

    assert blocks(launch, Items)[0].table.rows[0][3] == (Piece("Now"),)


def test_owner_due_date_responsible_and_evidence_have_columns_where_there_are_any():
    launch, item = one_item(owner=make_user(full_name="Ada"), due_on=date(2030, 5, 1))
    make_item(launch.sections.get())
    proof = make_evidence(item, name="Report", url="https://example.org/r")

    assert columns(launch) == [[*HEADS, "Evidence", "Owner", "Due"]]
    first, second = blocks(launch, Items)[0].table.rows
    assert first[4:] == (
        (Piece("Report", url=proof.url),),
        (Piece("Ada"),),
        (Piece("1 May 2030", whole=True),),
    )
    assert second[4:] == ((), (), ())


def test_responsible_is_whom_the_item_names():
    team, authority = make_team(name="DevOps Team"), make_authority(name="Fire Chief")
    launch, _item = one_item(team=team, authority=authority)

    assert columns(launch) == [["#", "Item", "Responsible", "Status", "Notes"]]
    assert blocks(launch, Items)[0].table.rows[0][2] == (Piece("DevOps, Fire Chief"),)


def test_a_file_is_named_with_its_digest_and_one_taken_back_is_not():
    launch, item = one_item()
    file = add_file(item, by=manager_of(launch), file=ContentFile(b"proof", "proof.txt"))
    make_evidence(item, removed_at=timezone.now(), removed_by=manager_of(launch))

    (row,) = blocks(launch, Items)[0].rows

    assert row.evidence == (
        Piece(
            f"proof.txt (SHA-256 {file.sha256})",
            url=f"http://localhost:8000/launches/{launch.slug}/evidence/{file.pk}/",
        ),
    )


def test_every_item_is_there_in_the_documents_order():
    launch = make_launch({"items": ("One", "Two")}, {"items": ()}, {"items": ("Three",)})

    assert [row.text for row in document(launch).items] == ["One", "Two", "Three"]


def test_a_section_without_items_says_so():
    launch = make_launch({"items": ()})

    (items,) = blocks(launch, Items)

    assert (items.table.rows, items.table.empty) == ((), "No items yet.")


def test_what_was_accepted_stays_outstanding_and_says_by_whom_until_when_and_why():
    slot = make_asked_slot("Audit", "Keys")
    set_items(slot.section, status=ItemStatus.NOT_DONE)
    item = slot.section.items.first()
    signature = make_acceptance(item, until_on=date(2040, 5, 1), reason="A month is fine.")
    launch = slot.launch

    first, second = blocks(launch, Items)[0].rows

    assert columns(launch) == [[*HEADS, "Accepted"]]
    assert first.mark.symbol == "❌"
    assert first.accepted == (
        Piece(f"Accepted by {signature.signer_name} until the end of Tue 1 May 2040."),
        Piece(
            signature.sha256[:8],
            label="Signature",
            url=f"http://localhost:8000/signatures/{signature.pk}/",
        ),
        Piece("A month is fine.", label="Reason"),
    )
    assert second.accepted == ()


def test_an_acceptance_is_told_to_have_ended_and_not_told_of_a_settled_item():
    slot = make_asked_slot("Audit")
    set_items(slot.section, status=ItemStatus.NOT_DONE)
    make_acceptance(slot.section.items.get())
    later = timezone.now() + timedelta(days=9)

    (row,) = document(slot.launch, later).items
    assert " ended with " in row.accepted[0].text

    set_items(slot.section, status=ItemStatus.DONE)
    (row,) = document(slot.launch).items
    assert row.accepted == ()


# What comes after the launch


def make_followed(*numbers, status=ItemStatus.UNSET, **fields):
    """A launch with a review, whose items have these numbers."""
    template = make_template({"items": ()}, published=False)
    review = make_template_section(template, phase=Phase.REVIEW, title="Review", items=())
    for number in numbers:
        make_template_item(review, number=number)
    publish(template)
    launch = make_launch(template=template)
    set_items(launch.sections.get(phase=Phase.REVIEW), status=status, **fields)
    return launch


def reviewed(launch):
    return blocks(launch, Items)[-1]


def test_a_review_of_texts_alone_is_a_list_to_tick_off():
    assert reviewed(make_followed("", "")).ticks
    assert reviewed(make_followed("", status=ItemStatus.DONE)).ticks


@pytest.mark.parametrize(
    "fields",
    [
        {"status": ItemStatus.NOT_DONE},
        {"status": ItemStatus.NA, "na_reason": "No."},
        {"note": "Later"},
        {"number": "1"},
        {"due_on": date(2030, 5, 1)},
    ],
)
def test_a_review_that_says_more_is_a_table(fields):
    launch = make_followed("", **fields)

    assert not reviewed(launch).ticks


def test_what_is_due_after_the_launch_comes_after_the_decision():
    launch = make_launch(
        {"title": "Review", "phase": Phase.REVIEW},
        {"title": "Security"},
        {"title": "First day", "phase": Phase.POST_LAUNCH},
    )

    assert headings(launch) == [
        (2, "Checklist Overview"),
        (2, "2. Security"),
        (2, "Final Sign-Off"),
        (3, "Pre-Launch Review"),
        (2, "First day"),
        (2, "Review"),
    ]
    assert columns(launch)[1] == ["#", "Item", "Responsible", "Status"]


# Signatures


def test_a_section_names_its_teams_and_whose_signature_it_needs():
    sre, devops = make_team(name="SRE Team"), make_team(name="DevOps Team")
    authorities = [make_authority(name="CISO"), make_authority(name="Security Lead")]
    launch = make_launch({"teams": [sre, devops], "authorities": authorities})

    assert values(document(launch).parts[1].blocks[0]) == {
        "Responsible": "DevOps / SRE Team",
        "Sign-Off Required": "CISO or Security Lead",
    }


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ((), ""),
        (("Business Operations",), "Business Operations"),
        (("Support Team", "Sales"), "Sales / Support Team"),
        (("Team", "Support Team"), "Support Team / Team"),
    ],
)
def test_teams_are_told_as_one(names, told):
    launch = make_launch({"teams": [make_team(name=name) for name in names]})
    source = source_of(launch, timezone.now())

    assert teams_of(source.names, source.standing.sections[0]) == told


def test_a_section_without_slot_needs_no_signature():
    launch = make_launch({"authorities": (), "teams": ()})

    document_ = document(launch)

    assert [type(block) for block in document_.parts[1].blocks] == [Items]
    assert blocks(launch, SignOff) == []


def test_a_blank_slot_is_blank():
    launch = make_launch({"title": "Security"})

    assert signoff(launch) == SignOff("Security Sign-Off")
    assert document(launch).parts[1].mark.symbol == "[ ]"


def test_a_signature_says_who_as_what_when_and_where_the_receipt_is():
    slot = make_asked_slot("Audit", time_zone="Asia/Tokyo")
    signature = make_signature(slot, comment="Well done.")
    name, authority = signature.signer_name, signature.authority_name
    signature.signer.full_name = "Somebody Else"
    signature.signer.save()

    signed = signoff(slot.launch)

    assert signed.name == f"{name} ({authority})"
    assert signed.date.endswith(" JST")
    assert signed.reference == signature.sha256[:8]
    assert signed.url == f"http://localhost:8000/signatures/{signature.pk}/"
    assert signed.remarks == (Piece("Well done.", label="Comment"),)
    assert document(slot.launch).parts[1].mark.symbol == "✅"


def test_a_stale_signature_is_not_passed_off_as_good():
    slot = make_asked_slot("Audit")
    make_signature(slot)
    set_items(slot.section, status=ItemStatus.NA, na_reason="Elsewhere.")

    stale = signoff(slot.launch)

    assert stale.reference
    assert [remark.text for remark in stale.remarks] == [
        "What was signed has changed since: the signature counts as missing."
    ]
    assert document(slot.launch).parts[1].mark.symbol == "⚠️"


def test_what_was_returned_says_by_whom_and_why_and_is_blank():
    slot = make_asked_slot("Audit")
    returned = make_return(slot, comment="Not yet.")

    blank = signoff(slot.launch)

    assert (blank.name, blank.reference) == ("", "")
    (remark,) = blank.remarks
    assert remark.text == "Not yet."
    assert remark.label.startswith(f"Returned by {returned.signer_name}, ")
    assert document(slot.launch).parts[1].mark.symbol == "❌"


def test_what_was_withdrawn_is_blank_again():
    slot = make_asked_slot("Audit")
    withdraw(make_signature(slot))

    assert signoff(slot.launch) == SignOff(slot.title)


def test_two_slots_of_a_section_are_two_lines():
    template = make_template({}, published=False)
    section = template.sections.get()
    make_template_slot(template, section, authorities=[make_authority()], title="Second")
    publish(template)

    assert len(blocks(make_launch(template=template), SignOff)) == 2


# The decision


def answers(launch):
    return [
        (
            [text for text, given in question.options if given],
            question.remark.text if question.remark else "",
        )
        for question in blocks(launch, Question)
    ]


def test_before_a_round_nothing_is_answered():
    launch = make_launch()

    assert answers(launch) == [([], "")] * 4
    assert [question.text for question in blocks(launch, Question)] == [
        "All checklists complete?",
        "Outstanding items acceptable for launch?",
        "Risk assessment completed?",
        "Launch go/no-go decision:",
    ]


def test_a_round_has_its_answers_and_is_not_decided_before_every_vote():
    launch = make_ready_launch(executives=2)
    make_round(launch)
    make_vote(launch.slots.executive().first())

    assert answers(launch) == [(["Yes"], "")] * 3 + [([], "")]
    assert [slot.vote for slot in blocks(launch, SignOff)] == ["", "GO", ""]


def test_an_answer_that_differs_has_its_reason():
    launch = make_launch(executive=[[make_authority()]])
    given = [Answer(question, given=True, reason="It is only a trial.") for question in Asked]
    open_round(launch, by=manager_of(launch), answers=given)

    assert answers(launch)[:3] == [(["Yes"], "It is only a trial.")] * 3


def test_go_is_ticked_and_told_when_it_has_to_be_affirmed_again():
    launch = make_ready_launch()
    make_round(launch)
    vote = make_vote(launch.slots.executive().get())
    assert answers(launch)[3] == (["GO"], "")
    assert blocks(launch, SignOff)[1].reference == vote.sha256[:8]

    set_items(launch.sections.get(), status=ItemStatus.NA, na_reason="Elsewhere.")

    options, remark = answers(launch)[3]
    assert options == ["GO"]
    assert remark == "Something has changed under it since: it has to be affirmed again."
    assert [slot.remarks != () for slot in blocks(launch, SignOff)] == [True, True]


def test_no_go_is_ticked_with_its_reason_and_stays_while_later_rounds_are_cancelled():
    launch = make_ready_launch()
    make_round(launch)
    make_vote(launch.slots.executive().get(), vote=Vote.NO_GO, comment="Keys were lost.")
    round_ = make_round(launch, what_changed="New keys.")
    assert answers(launch)[3] == ([], "")
    assert blocks(launch, SignOff)[1].vote == ""

    cancel_round(round_, by=manager_of(launch), reason="Too early.")

    executive = blocks(launch, SignOff)[1]
    assert answers(launch)[3] == (["NO-GO"], "")
    assert (executive.vote, executive.remarks) == (
        "NO-GO",
        (Piece("Keys were lost.", label="Comment"),),
    )


def test_a_launch_without_executive_slots_has_no_executive_part():
    assert (3, "Executive Approval") not in headings(make_launch())
    assert (3, "Executive Approval") in headings(make_launch(executive=[[make_authority()]]))


# Head and foot


def test_the_title_names_the_launch_once():
    template = make_template(name="Aureus - Readiness")

    assert document(make_launch(template=template, name="Aureus")).title == "Aureus - Readiness"
    assert document(make_launch(template=template, name="Pay")).title == "Pay - Aureus - Readiness"


def test_the_head_says_how_the_launch_stands():
    launch = make_launch(version="2.1")

    head = values(document(launch).head)

    assert head["Version"] == "2.1"
    assert head["Status"] == "NOT READY: 2 items outstanding, 1 section unsigned"
    assert head["Last Updated"]


def test_the_foot_says_whose_it_is_and_what_is_empty_is_left_out():
    launch = make_launch(owner_team=make_team(name="Payments Team"), classification="restricted")

    assert values(document(launch).foot) == {
        "Document Version": "1.0",
        "Classification": "Restricted",
        "Owner": "Payments Team",
    }


def test_a_copy_says_when_it_was_made_and_of_what():
    launch = make_launch(
        template=make_template(name="Basics", edition="Week 9"),
        name="Pay",
        time_zone="Asia/Tokyo",
        target_on=date(2030, 5, 1),
        artefact_digest="sha256:" + "a" * 64,
    )
    now = timezone.now() + timedelta(days=1)

    made = values(document(launch, now).made)

    assert made.pop("This copy made").endswith(" JST (Asia/Tokyo)")
    assert int(made.pop("Entries in the ledger")) > 1
    assert made == {
        "Launch": "Pay 1.0, production",
        "Target": "Wed 1 May 2030",
        "Artefact": "sha256:" + "a" * 64,
        "Checklist": "Basics v1 (Week 9)",
    }


def test_the_overview_is_the_launchs_own_description():
    launch = make_launch()
    Launch.objects.filter(pk=launch.pk).update(description="Why we do this.")

    assert blocks(launch, Prose) == [Prose("Why we do this.")]


def test_what_the_clock_ends_is_ended_in_the_document_too():
    launch, item = one_item(evidence_demanded=True, status=ItemStatus.DONE)
    make_evidence(item, expires_on=timezone.localdate() + timedelta(days=2))
    assert "expired" not in values(document(launch).head)["Status"]

    later = timezone.now() + timedelta(days=9)

    assert "expired" in values(document(launch, later).head)["Status"]


# What stands beside the checklist


def table_of(launch, heading):
    parts = [part for part in document(launch).parts if part.heading == heading]
    return [
        [" ".join(piece.text for piece in cell) for cell in row]
        for part in parts
        for block in part.blocks
        for row in block.rows
    ]


def test_the_register_of_risks_is_a_part_where_there_is_one():
    launch = make_launch()
    assert table_of(launch, "Risks") == []
    owner = make_user(full_name="M. Ito")
    make_risk(launch, title="Loss", likelihood=2, impact=5, mitigation="Twice.", owner=owner)
    make_risk(launch, title="Delay", description="Of the bank.")
    close_risk(launch.risks.get(number=2), by=manager_of(launch), reason="It came.")

    assert table_of(launch, "Risks") == [
        ["R1", "Loss", "high (likelihood 2 unlikely, impact 5 severe)", "Twice.", "M. Ito", ""],
        ["R2", "Delay\nOf the bank.", "not rated", "", "", "It came."],
    ]


def test_the_conditions_are_a_part_where_there_are_some():
    launch = make_launch()
    assert table_of(launch, "Conditions") == []
    owner = make_user(full_name="M. Ito")
    kept = make_condition(launch, text="Rotate | keys", owner=owner, due_on=date(2030, 1, 4))
    keep_condition(kept, by=owner, note="Rotated.")

    assert table_of(launch, "Conditions") == [
        ["Rotate | keys", "M. Ito", "Fri 4 Jan 2030", "after the launch", "M. Ito: Rotated."]
    ]


@pytest.mark.parametrize("approved", [True, False])
def test_when_it_went_live_is_told_and_that_it_was_not_approved(approved):
    launch = make_live_launch() if approved else make_unapproved_launch()

    told = values(document(launch).made)["Went live"]

    assert ("without approval: The bank asked for it." in told) is not approved
