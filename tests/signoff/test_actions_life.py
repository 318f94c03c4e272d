"""Going live, rolling back, relaunching, cancelling, postponing, closing: what each writes, and what it refuses."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from checklist.actions.asking import ask_signature
from checklist.actions.comments import add_comment, resolve_question
from checklist.actions.evidence import add_link
from checklist.actions.items import add_item, edit_item, remove_item, set_status, set_statuses
from checklist.actions.launches import change_launch, share_launch
from checklist.actions.life import open_review, postpone, resume, roll_back
from checklist.models import Move
from checklist.reading import standing_of
from checklist.rules import ItemStatus, LaunchState, Outcome, Phase, Step, Tone, quarter_after
from signoff import actions
from signoff.models import Condition, Round, Signature, Standing
from signoff.rules import Origin, RoundState, Vote
from tests.checklist.aftermath import acts, appended, forbidden, refused
from tests.checklist.recounting import assert_the_read_model_is_right
from tests.factories.launches import (
    make_comment,
    make_evidence,
    make_holder,
    make_launch,
    make_lead,
    manager_of,
    recount,
    set_items,
)
from tests.factories.people import make_admin, make_auditor, make_user
from tests.signoff.acting import (
    YES,
    make_go_launch,
    make_round,
    make_signed_launch,
    reread,
    sign,
    vote,
    withdraw,
)
from tests.signoff.living import (
    AFTER,
    WHY,
    leftovers,
    live,
    make_closed_launch,
    make_launch_in,
    make_live_launch,
    make_rolled_back_launch,
    make_unapproved_launch,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now
BLOCKED = ("not_approved",)


def right(launch, now=None):
    return assert_the_read_model_is_right(launch, now or NOW())


def after(launch):
    return launch.items.exclude(section__phase=Phase.READINESS)


# Going live


def test_an_approved_launch_goes_live_by_its_round():
    launch = make_go_launch({}, *AFTER)
    round_ = Round.objects.get(launch=launch)

    with appended() as entries:
        live(launch)

    launch, round_ = reread(launch), reread(round_)
    assert (launch.state, launch.live_round, launch.live_reason) == ("live", round_.pk, "")
    assert (launch.live_by, launch.unapproved_at) == (manager_of(launch), None)
    assert (round_.state, launch.outcome) == (RoundState.LAUNCHED, Outcome.LAUNCHED)
    assert acts(entries) == [
        ("launch.went_live", f"launch:{launch.pk}"),
        ("round.ended", f"round:{round_.pk}"),
    ]
    assert right(launch) == Tone.LIVE
    assert launch.next_due == launch.live_at + timedelta(hours=24)


def test_a_stale_go_is_no_approval():
    launch = make_go_launch({}, *AFTER)
    set_items(launch.sections.first(), status=ItemStatus.NOT_DONE)

    with refused(*BLOCKED):
        live(launch)


@pytest.mark.parametrize("reason", [WHY])
def test_without_approval_it_needs_a_reason_and_stays_red(reason):
    launch = make_launch({}, *AFTER)

    with refused("not_approved"):
        live(launch)
    with appended() as entries:
        live(launch, reason=reason)

    launch = reread(launch)
    assert (launch.live_round, launch.live_reason) == (None, reason)
    assert launch.unapproved_at == launch.live_at
    assert (entries[0][0], entries[0][4]) == ("launch.went_live_unapproved", reason)
    assert right(launch) == Tone.UNAPPROVED


def test_it_stays_on_record_whatever_comes_later():
    launch = make_unapproved_launch()
    first = launch.unapproved_at

    launch = make_rolled_back_launch(launch)
    launch = actions.relaunch(launch, by=manager_of(launch), reason="Faster now.")
    assert (launch.unapproved_at, launch.live_at, launch.live_reason) == (first, None, "")
    assert right(launch) == Tone.NOT_READY
    launch = make_closed_launch(live(launch, reason="Once more."))

    assert reread(launch).unapproved_at == first
    assert right(launch) == Tone.CLOSED


def test_an_approved_launch_keeps_no_reason_that_was_given_in_vain():
    launch = live(make_go_launch({}, *AFTER), reason=WHY)

    assert (launch.live_reason, launch.unapproved_at) == ("", None)
    assert launch.moves.get(step=Step.GO_LIVE).reason == ""


def test_an_open_round_ends_with_it():
    launch = make_signed_launch({}, *AFTER)
    round_ = make_round(launch)

    live(launch, reason=WHY)

    assert reread(round_).state == RoundState.LAUNCHED
    assert right(launch) == Tone.UNAPPROVED


def test_a_round_that_is_over_stays_as_it_ended():
    launch = make_signed_launch({}, *AFTER)
    round_ = make_round(launch)
    vote(launch.slots.executive().get(), value=Vote.NO_GO, comment="No.")

    live(launch, reason=WHY)

    assert reread(round_).state == RoundState.NO_GO
    assert right(launch) == Tone.UNAPPROVED


def test_an_open_condition_for_before_the_launch_is_no_approval():
    launch = make_go_launch({}, *AFTER)
    type(launch).objects.filter(pk=launch.pk).update(open_before_launch=1)

    with refused("not_approved"):
        live(launch)


@pytest.mark.parametrize(
    ("moment", "wanted"),
    [
        (timedelta(minutes=5), ["moment_to_come"]),
        (timedelta(minutes=-5), ["before_review", "before_last_vote"]),
    ],
)
def test_the_moment_has_passed_and_lies_behind_review_and_last_vote(moment, wanted):
    launch = make_go_launch({}, *AFTER)

    with refused(*wanted):
        live(launch, moment=NOW() + moment)


def test_the_moment_is_not_before_the_last_vote_of_several():
    launch = make_go_launch({}, *AFTER, executive=2)
    first, last = Signature.objects.filter(act="vote").order_by("signed_at")
    early = NOW() - timedelta(hours=3)
    type(launch).objects.filter(pk=launch.pk).update(review_opened_at=early)
    assert first.signed_at <= last.signed_at

    with refused("before_last_vote"):
        live(launch, moment=last.signed_at - timedelta(minutes=2))
    live(launch, moment=last.signed_at)

    assert reread(launch).live_at == last.signed_at


def test_a_moment_told_by_the_minute_reaches_the_vote_within_it():
    launch = make_go_launch({}, *AFTER)
    last = Signature.objects.get(act="vote").signed_at
    minute = last.replace(second=0, microsecond=0)

    launch = live(launch, moment=minute)

    assert launch.live_at >= last or last == minute


def test_without_approval_the_last_vote_does_not_bind():
    launch = make_signed_launch({}, *AFTER, executive=2)
    make_round(launch)
    vote(launch.slots.executive().first())
    early = NOW() - timedelta(hours=3)
    type(launch).objects.filter(pk=launch.pk).update(review_opened_at=early)

    launch = live(launch, moment=NOW() - timedelta(hours=1), reason=WHY)

    assert launch.live_round is None


@pytest.mark.parametrize("state", [s for s in LaunchState if s is not LaunchState.IN_REVIEW])
def test_only_a_launch_in_review_goes_live(state):
    launch = make_launch_in(state)

    with refused("cannot_go_live"):
        live(launch, reason=WHY)


# Who


def steps_of(launch):
    by = {"by": make_user()}
    return [
        lambda **k: postpone(launch, **by | k, reason=WHY),
        lambda **k: resume(launch, **by | k),
        lambda **k: roll_back(launch, **by | k, reason=WHY),
        lambda **k: actions.go_live(launch, **by | k, reason=WHY),
        lambda **k: actions.relaunch(launch, **by | k, reason=WHY),
        lambda **k: actions.cancel_launch(launch, **by | k, reason=WHY),
        lambda **k: actions.close_launch(launch, **by | k, leftovers={}),
    ]


@pytest.mark.parametrize("kind", [make_user, make_admin, "lead"])
@pytest.mark.parametrize("step", range(7))
def test_only_its_managers_move_a_launch(kind, step):
    launch = make_launch({}, *AFTER)
    person = make_lead(launch.sections.first()) if kind == "lead" else kind()

    with forbidden():
        steps_of(launch)[step](by=person)


# Frozen


def test_the_clock_changes_nothing_in_readiness_any_more():
    launch = make_go_launch({}, *AFTER)
    item = launch.sections.first().items.first()
    item.evidence_demanded = True
    item.save()
    make_evidence(item, expires_on=NOW().date() + timedelta(days=1))
    sign(item.section.slots.get())
    vote(launch.slots.executive().get())
    launch = live(launch)
    later = NOW() + timedelta(days=30)

    standing = standing_of(reread(launch), later)

    assert standing.verdict.tone is Tone.LIVE
    assert standing.verdict.readiness.ready
    assert right(launch, later) == Tone.LIVE


def test_what_had_expired_by_then_stays_expired():
    launch = make_launch({}, *AFTER)
    item = launch.sections.first().items.first()
    set_items(item.section, status=ItemStatus.DONE)
    item.refresh_from_db()
    item.evidence_demanded = True
    item.save()
    make_evidence(item, expires_on=date(2020, 1, 1))
    launch = live(launch, reason=WHY)

    codes = {r.code for r in standing_of(reread(launch), NOW()).verdict.readiness.blockers}

    assert "evidence_expired" in codes
    assert right(launch) == Tone.UNAPPROVED


def test_evidence_after_the_launch_still_expires():
    launch = make_live_launch()
    item = after(launch).first()
    item.evidence_demanded = True
    item.save()
    make_evidence(item, expires_on=NOW().date())
    recount(item.section)
    later = NOW() + timedelta(days=3)

    facts = standing_of(reread(launch), later).facts

    assert sum(f.expired for f in facts) == 1
    assert reread(launch).next_expiry is not None


EDITS = [
    lambda item, by: set_status(item, by=by, status=ItemStatus.NOT_DONE),
    lambda item, by: set_statuses(item.section, [item.pk], by=by, status=ItemStatus.NOT_DONE),
    lambda item, by: edit_item(item, by=by, fields={"note": "Later"}),
    lambda item, by: edit_item(item, by=by, fields={"owner": by}),
    lambda item, by: add_item(item.section, by=by, text="One more"),
    lambda item, by: remove_item(item, by=by, reason="Twice"),
    lambda item, by: add_link(item, by=by, name="Report", url="https://example.org/"),
    lambda item, by: add_comment(item, by=by, text="Why?", is_question=True),
    lambda item, by: ask_signature(item.section, by=by),
]
AT_REST = {
    LaunchState.LIVE: "launch_is_live",
    LaunchState.ROLLED_BACK: "launch_is_rolled_back",
    LaunchState.CLOSED: "launch_is_closed",
    LaunchState.CANCELLED: "launch_is_cancelled",
}


@pytest.mark.parametrize("state", AT_REST)
def test_nothing_in_readiness_is_edited_once_it_is_over(state):
    launch = make_launch_in(state)
    item, manager = launch.sections.first().items.first(), manager_of(launch)

    for edit in EDITS[:-1]:
        with refused(AT_REST[state]):
            edit(item, manager)


@pytest.mark.parametrize("state", AT_REST)
def test_no_round_is_opened_and_nothing_changed_any_more(state):
    launch, code = make_launch_in(state), AT_REST[state]
    manager = manager_of(launch)

    with refused(code, *["no_executive_slot"] * (not launch.slots.executive().exists())):
        actions.open_round(launch, by=manager, answers=no(launch))
    with refused(code):
        change_launch(launch, by=manager, version="9.9")


def no(launch):
    """Answers that differ from nothing."""
    complete = launch.outstanding == 0
    return [
        type(answer)(answer.question, given=complete or answer.question == "assessed")
        for answer in YES
    ]


@pytest.mark.parametrize("state", LaunchState)
def test_everybody_still_talks_and_lets_people_in(state):
    launch = make_launch_in(state)
    item, manager = launch.items.first(), manager_of(launch)

    add_comment(item, by=manager, text="I see.")
    share_launch(launch, by=manager, user=make_user())


def test_a_question_from_before_is_still_resolved():
    launch = make_launch({}, *AFTER)
    question = make_comment(launch.items.first(), is_question=True)
    launch = live(launch, reason=WHY)

    resolve_question(question, by=manager_of(launch), resolution="Settled by phone.")

    assert right(launch) == Tone.UNAPPROVED


@pytest.mark.parametrize("state", [LaunchState.LIVE, LaunchState.ROLLED_BACK])
def test_who_keeps_it_is_changed_while_it_is_live(state):
    launch = make_launch_in(state)

    change_launch(launch, by=manager_of(launch), classification="restricted", description="Ours")

    assert reread(launch).classification == "restricted"
    with refused(AT_REST[state]):
        change_launch(launch, by=manager_of(launch), description="x", name="Another")


def test_a_vote_is_refused_once_it_is_live():
    launch = make_live_launch()
    seat, slot = launch.slots.executive().get(), launch.slots.of_sections().get()
    voter, signer = make_holder(seat), make_holder(slot)

    with refused("launch_is_live"):
        vote(seat, voter)
    with refused("launch_is_live", "signed_already"):
        sign(slot, signer)


def test_the_answers_and_the_round_rest_with_it():
    launch = make_signed_launch({}, *AFTER)
    round_ = make_round(launch)
    live(launch, reason=WHY)

    with refused("launch_is_live"):
        actions.answer_questions(round_, by=manager_of(launch), answers=YES)
    with refused("launch_is_live"):
        actions.cancel_round(round_, by=manager_of(launch), reason="Late")


# Withdrawn afterwards


@pytest.mark.parametrize("kind", ["section", "executive"])
def test_a_withdrawal_afterwards_is_recorded_and_changes_nothing(kind):
    launch = make_live_launch()
    slots = launch.slots.executive() if kind == "executive" else launch.slots.of_sections()
    slot = slots.get()
    signature = Signature.objects.get(pk=slot.signature)
    before = standing_of(reread(launch), NOW()).verdict

    withdrawal = withdraw(signature)

    slot = reread(slot)
    assert slot.withdrawn_at == withdrawal.signed_at
    assert (slot.signature, slot.signed_by) == (signature.pk, signature.signer)
    assert standing_of(reread(launch), NOW()).verdict == before
    assert right(launch) == Tone.LIVE
    with refused("not_standing"):
        withdraw(signature)


def test_before_it_a_withdrawal_takes_the_signature_away():
    launch = make_go_launch({}, *AFTER)
    slot = launch.slots.of_sections().get()

    withdraw(Signature.objects.get(pk=slot.signature))

    assert (reread(slot).signature, reread(slot).withdrawn_at) == (None, None)
    with refused("not_approved"):
        live(launch)


def test_a_cancelled_launch_takes_no_withdrawal():
    launch = make_signed_launch({}, *AFTER)
    signature = Signature.objects.filter(act="sign").get()
    actions.cancel_launch(launch, by=manager_of(launch), reason="Not needed.")

    with refused("launch_is_cancelled"):
        withdraw(signature)


# Rolled back, relaunched


def test_a_roll_back_is_recorded_and_thaws_nothing():
    launch = make_live_launch()

    with appended() as entries:
        make_rolled_back_launch(launch)

    launch = reread(launch)
    assert launch.state == LaunchState.ROLLED_BACK
    assert acts(entries) == [("launch.rolled_back", f"launch:{launch.pk}")]
    assert (launch.live_at is not None, launch.next_due) == (True, None)
    assert right(launch) == Tone.ROLLED_BACK


def test_a_roll_back_comes_after_going_live_and_has_a_reason():
    launch = make_live_launch()
    manager = manager_of(launch)

    with refused("moment_to_come"):
        roll_back(launch, by=manager, reason=WHY, moment=NOW() + timedelta(minutes=2))
    with refused("before_live"):
        roll_back(launch, by=manager, reason=WHY, moment=launch.live_at - timedelta(minutes=2))
    with refused(reason=["reason_required"]):
        roll_back(launch, by=manager, reason="")


def test_a_relaunch_keeps_signatures_and_spends_the_go():
    launch = make_rolled_back_launch()
    signed = launch.slots.of_sections().get().signature

    with appended() as entries:
        actions.relaunch(launch, by=manager_of(launch), reason="Twice as fast now.")

    launch = reread(launch)
    assert (launch.state, launch.outcome) == (LaunchState.IN_REVIEW, Outcome.NONE)
    assert launch.slots.of_sections().get().signature == signed
    assert launch.slots.executive().get().signature is None
    assert acts(entries) == [("launch.relaunched", f"launch:{launch.pk}")]
    assert right(launch) == Tone.READY
    with refused("not_approved"):
        live(launch)


def test_after_a_relaunch_a_new_round_decides():
    launch = make_rolled_back_launch()
    launch = actions.relaunch(launch, by=manager_of(launch), reason="Twice as fast now.")

    round_ = make_round(launch)
    assert right(launch) == Tone.READY
    vote(launch.slots.executive().get())
    launch = live(launch)

    assert (round_.number, launch.live_round) == (2, round_.pk)
    assert right(launch) == Tone.LIVE


def test_a_cancelled_round_after_a_relaunch_brings_nothing_back():
    launch = make_rolled_back_launch()
    launch = actions.relaunch(launch, by=manager_of(launch), reason="Twice as fast now.")

    actions.cancel_round(make_round(launch), by=manager_of(launch), reason="Too early.")

    assert (reread(launch).outcome, right(launch)) == (Outcome.NONE, Tone.READY)


def test_what_was_withdrawn_while_it_was_live_counts_no_more():
    launch = make_live_launch()
    slot = launch.slots.of_sections().get()
    withdraw(Signature.objects.get(pk=slot.signature))
    launch = make_rolled_back_launch(launch)

    actions.relaunch(launch, by=manager_of(launch), reason="Twice as fast now.")

    assert (reread(slot).signature, reread(slot).withdrawn_at) == (None, None)
    assert not Standing.objects.filter(slot=slot).exists()
    assert right(launch) == Tone.NOT_READY


def test_a_relaunch_says_what_changed():
    launch = make_rolled_back_launch()

    with refused(reason=["reason_required"]):
        actions.relaunch(launch, by=manager_of(launch), reason="")


def test_the_clock_runs_again_after_a_relaunch():
    launch = make_go_launch({}, *AFTER)
    item = launch.sections.first().items.first()
    make_evidence(item, expires_on=NOW().date() + timedelta(days=1))
    item.refresh_from_db()
    item.evidence_demanded = True
    item.save()
    recount(item.section)
    launch = make_rolled_back_launch(live(launch, reason=WHY))
    launch = actions.relaunch(launch, by=manager_of(launch), reason="Faster.")
    later = NOW() + timedelta(days=5)

    codes = {r.code for r in standing_of(reread(launch), later).verdict.readiness.blockers}

    assert "evidence_expired" in codes
    assert right(launch) == Tone.NOT_READY


def test_what_comes_after_the_launch_starts_anew():
    launch = make_live_launch()
    item, other = after(launch)[:2]
    manager = manager_of(launch)
    set_status(item, by=manager, status=ItemStatus.DONE)
    proof = add_link(item, by=manager, name="Report", url="https://example.org/")
    set_status(other, by=manager, status=ItemStatus.NA, na_reason="No desk.")
    launch = make_rolled_back_launch(launch)

    with appended() as entries:
        actions.relaunch(launch, by=manager, reason="Faster.")

    item, other = reread(item), reread(other)
    assert (item.status, other.status, other.na_reason) == ("unset", "unset", "")
    assert (item.status_by, item.status_at, item.evidence_count) == (None, None, 0)
    assert reread(proof).removed_at is not None
    assert sorted(acts(entries)[1:]) == sorted(
        [
            ("item.changed", f"item:{item.pk}"),
            ("item.changed", f"item:{other.pk}"),
            ("evidence.removed", f"item:{item.pk}"),
        ]
    )
    right(launch)


def test_what_proved_a_task_that_is_not_set_goes_with_it():
    launch = make_live_launch()
    manager, item = manager_of(launch), after(launch).first()
    proof = add_link(item, by=manager, name="Report", url="https://example.org/")
    launch = make_rolled_back_launch(launch)

    with appended() as entries:
        actions.relaunch(launch, by=manager, reason="Faster.")

    assert acts(entries)[1:] == [("evidence.removed", f"item:{item.pk}")]
    assert reread(proof).removed_by == manager


# After the launch


@pytest.mark.parametrize("state", LaunchState)
def test_what_comes_after_is_set_while_it_is_live_only(state):
    launch = make_launch_in(state)
    item, manager = after(launch).first(), manager_of(launch)
    if state is LaunchState.LIVE:
        set_status(item, by=manager, status=ItemStatus.NOT_DONE)
        assert right(launch) == Tone.LIVE
        return
    code = AT_REST.get(state, "not_live_yet")

    for edit in (EDITS[0], EDITS[1], EDITS[6]):
        with refused(code):
            edit(item, manager)


@pytest.mark.parametrize("state", [LaunchState.DRAFT, LaunchState.IN_REVIEW, LaunchState.LIVE])
def test_what_comes_after_is_planned_before_too(state):
    launch = make_launch_in(state)
    item, manager = after(launch).first(), manager_of(launch)

    edit_item(item, by=manager, fields={"owner": manager})
    add_item(item.section, by=manager, text="One more")

    assert reread(item).owner == manager


def test_the_next_due_is_the_week_once_the_day_is_settled():
    launch = make_live_launch(time_zone="Europe/Berlin")
    day = launch.sections.get(phase=Phase.POST_LAUNCH)
    set_statuses(
        day, day.items.values_list("pk", flat=True), by=manager_of(launch), status=ItemStatus.DONE
    )

    right(launch)
    assert reread(launch).next_due > launch.live_at + timedelta(days=6)

    week = launch.sections.get(phase=Phase.REVIEW)
    set_status(week.items.get(), by=manager_of(launch), status=ItemStatus.DONE)
    assert reread(launch).next_due is None
    right(launch)


# Cancelled


@pytest.mark.parametrize(
    "state",
    [LaunchState.DRAFT, LaunchState.IN_REVIEW, LaunchState.POSTPONED, LaunchState.ROLLED_BACK],
)
def test_a_launch_is_cancelled_for_good(state):
    launch = make_launch_in(state)

    with appended() as entries:
        actions.cancel_launch(launch, by=manager_of(launch), reason="Not needed.")

    assert acts(entries) == [("launch.cancelled", f"launch:{launch.pk}")]
    assert right(launch) == Tone.CANCELLED
    with refused("in_review"):
        open_review(launch, by=manager_of(launch))


@pytest.mark.parametrize("state", [LaunchState.LIVE, LaunchState.CLOSED, LaunchState.CANCELLED])
def test_what_is_live_or_over_is_not_cancelled(state):
    launch = make_launch_in(state)

    with refused("cannot_cancel"):
        actions.cancel_launch(launch, by=manager_of(launch), reason="Not needed.")


@pytest.mark.parametrize("go", [True, False])
def test_its_round_is_cancelled_with_it(go):
    launch = make_signed_launch({}, *AFTER)
    round_ = make_round(launch)
    if go:
        vote(launch.slots.executive().get())

    with appended() as entries:
        actions.cancel_launch(launch, by=manager_of(launch), reason="Not needed.")

    round_ = reread(round_)
    assert (round_.state, round_.close_reason) == (RoundState.CANCELLED, "Not needed.")
    assert launch.slots.executive().get().signature is None
    assert [action for action, _subject in acts(entries)] == ["launch.cancelled", "round.cancelled"]
    assert right(launch) == Tone.CANCELLED


def test_cancelling_says_why():
    launch = make_launch()

    with refused(reason=["reason_required"]):
        actions.cancel_launch(launch, by=manager_of(launch), reason="")


# Postponed

SOON, LATER = date(2090, 6, 1), date(2090, 7, 1)


def test_a_new_date_leaves_it_in_review_with_the_old_one_on_record():
    launch = make_launch(target_on=SOON, target_time=time(9))

    with appended() as entries:
        postpone(launch, by=manager_of(launch), reason=WHY, target_on=LATER)

    launch, move = reread(launch), Move.objects.get(step=Step.POSTPONE)
    assert (launch.state, launch.target_on, launch.target_time) == ("in_review", LATER, None)
    assert (launch.first_target_on, launch.times_moved) == (SOON, 1)
    assert (move.old_target_on, move.old_target_time, move.new_target_on) == (SOON, time(9), LATER)
    (entry,) = entries
    assert (entry[0], entry[4]) == ("launch.postponed", WHY)
    assert entry[2] == {"target_on": "2090-06-01", "target_time": "09:00:00"}
    assert right(launch) == Tone.NOT_READY


def test_the_first_date_stays_the_first():
    launch = make_launch(target_on=SOON)
    manager = manager_of(launch)
    for day in (LATER, SOON, LATER):
        launch = postpone(launch, by=manager, reason=WHY, target_on=day)

    assert (launch.first_target_on, launch.times_moved) == (SOON, 3)


def test_a_first_date_in_review_is_no_move():
    launch = make_launch()

    launch = postpone(launch, by=manager_of(launch), reason=WHY, target_on=SOON)

    assert (launch.first_target_on, launch.times_moved) == (None, 0)


def test_without_a_date_it_stands_still_until_it_is_resumed():
    launch = make_signed_launch({}, *AFTER, target_on=SOON)
    make_round(launch)
    manager, slot = manager_of(launch), launch.slots.executive().get()
    voter = make_holder(slot)

    launch = postpone(launch, by=manager, reason=WHY)
    assert (launch.state, launch.target_on, right(launch)) == ("postponed", None, Tone.POSTPONED)
    with refused("launch_is_postponed"):
        vote(slot, voter)
    with refused("cannot_postpone"):
        postpone(launch, by=manager, reason=WHY, target_on=LATER)
    launch = resume(launch, by=manager, target_on=LATER)
    vote(slot, voter)

    assert (launch.first_target_on, launch.times_moved) == (SOON, 1)
    assert right(launch) == Tone.APPROVED


def test_readiness_is_worked_on_while_it_stands_still():
    launch = make_launch_in(LaunchState.POSTPONED)

    set_status(launch.sections.first().items.first(), by=manager_of(launch), status=ItemStatus.DONE)

    assert right(launch) == Tone.POSTPONED


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"target_on": SOON}, ["same_target"]),
        ({"target_on": date(2020, 1, 1)}, ["target_is_over"]),
    ],
)
def test_a_target_that_is_none_is_refused(fields, wanted):
    launch = make_launch(target_on=SOON)

    with refused(*wanted):
        postpone(launch, by=manager_of(launch), reason=WHY, **fields)


def test_a_postponement_says_why():
    launch = make_launch(target_on=SOON)

    with refused(reason=["reason_required"]):
        postpone(launch, by=manager_of(launch), reason="", target_on=LATER)


@pytest.mark.parametrize("fields", [{"target_on": LATER}, {"target_on": None}])
def test_in_review_the_target_is_not_changed_past_that(fields):
    launch = make_launch(target_on=SOON)

    with refused("postpone_instead"):
        change_launch(launch, by=manager_of(launch), **fields)
    change_launch(launch, by=manager_of(launch), target_on=SOON, name="Another")

    assert reread(launch).target_on == SOON


@pytest.mark.parametrize("state", [s for s in LaunchState if s is not LaunchState.POSTPONED])
def test_only_a_postponed_launch_is_resumed(state):
    launch = make_launch_in(state)

    with refused("cannot_resume"):
        resume(launch, by=manager_of(launch))


# Closed


def test_what_is_unsettled_lives_on_as_conditions():
    launch = make_live_launch()
    manager = manager_of(launch)
    item, *others = after(launch)
    set_status(item, by=manager, status=ItemStatus.DONE)

    with appended() as entries:
        actions.close_launch(launch, by=manager, leftovers=leftovers(launch))

    launch = reread(launch)
    made = list(Condition.objects.filter(launch=launch).order_by("position"))
    assert [row.text for row in made] == [f"{row}: Waits for the vendor." for row in others]
    assert {(row.origin, row.owner, row.before_launch) for row in made} == {
        (Origin.CLOSING, manager, False)
    }
    assert (launch.state, launch.open_conditions) == ("closed", 2)
    today = timezone.localdate(timezone=launch.zone)
    assert launch.next_review_on == quarter_after(today)
    assert [action for action, _s in acts(entries)] == ["launch.closed", *["condition.made"] * 2]
    assert right(launch) == Tone.CLOSED


def test_the_next_review_is_when_one_says():
    launch = make_live_launch()
    day = date(2090, 1, 1)

    launch = actions.close_launch(
        launch, by=manager_of(launch), leftovers=leftovers(launch), next_review_on=day
    )

    assert launch.next_review_on == day
    right(launch)


def test_closing_asks_of_exactly_what_is_unsettled():
    launch = make_live_launch()
    manager = manager_of(launch)
    said = leftovers(launch)
    fewer = dict(list(said.items())[1:])

    with refused("leftovers_changed"):
        actions.close_launch(launch, by=manager, leftovers=fewer)
    with refused(*["leftover_incomplete"] * 3):
        actions.close_launch(launch, by=manager, leftovers=leftovers(launch, reason=""))
    set_status(after(launch).first(), by=manager, status=ItemStatus.DONE)
    with refused("leftovers_changed"):
        actions.close_launch(launch, by=manager, leftovers=said)


def test_what_is_left_goes_to_somebody_here_by_a_day_to_come():
    launch = make_live_launch()
    outsider = make_auditor()
    said = leftovers(launch, owner=outsider, due_on=date(2020, 1, 1))

    with refused(*["condition_due_past", "condition_owner_outside"] * 3):
        actions.close_launch(launch, by=manager_of(launch), leftovers=said)


def test_the_next_review_is_still_to_come():
    launch = make_live_launch()
    today = timezone.localdate(timezone=launch.zone)

    with refused("review_date_over"):
        actions.close_launch(
            launch, by=manager_of(launch), leftovers=leftovers(launch), next_review_on=today
        )


@pytest.mark.parametrize("state", [s for s in LaunchState if s is not LaunchState.LIVE])
def test_only_a_live_launch_is_closed(state):
    launch = make_launch_in(state)

    with refused("cannot_close"):
        actions.close_launch(launch, by=manager_of(launch), leftovers={})


@pytest.mark.parametrize("state", [s for s in LaunchState if s is not LaunchState.LIVE])
def test_only_a_live_launch_is_rolled_back(state):
    launch = make_launch_in(state)

    with refused("cannot_roll_back"):
        roll_back(launch, by=manager_of(launch), reason=WHY)


@pytest.mark.parametrize("state", [s for s in LaunchState if s is not LaunchState.ROLLED_BACK])
def test_only_what_was_rolled_back_is_relaunched(state):
    launch = make_launch_in(state)

    with refused("cannot_relaunch"):
        actions.relaunch(launch, by=manager_of(launch), reason=WHY)


def test_a_closed_launch_takes_withdrawals():
    launch = make_closed_launch()
    slot = launch.slots.of_sections().get()

    withdraw(Signature.objects.get(pk=slot.signature))

    assert reread(slot).withdrawn_at is not None
    assert right(launch) == Tone.CLOSED
