"""What people do with launches, any of it in any order, allowed or not: for the tests that follow whole stories."""

import random
from datetime import date, timedelta

from django.utils import timezone

from checklist.actions.asking import ask_signature, take_back_request
from checklist.actions.comments import add_comment, resolve_question
from checklist.actions.evidence import add_link, remove_evidence
from checklist.actions.items import add_item, edit_item, remove_item, set_status, set_statuses
from checklist.actions.launches import change_launch
from checklist.actions.life import postpone, resume, roll_back
from checklist.actions.risks import close_risk, edit_risk, raise_risk, reopen_risk
from checklist.models import Acceptance, Comment, Evidence, Item, Launch, Move, Risk, Section, Slot
from checklist.reading import standing_of
from checklist.rules import ItemStatus, SectionState
from signoff.actions import (
    Leftover,
    answer_questions,
    cancel_launch,
    cancel_round,
    close_launch,
    go_live,
    keep_condition,
    lift_condition,
    relaunch,
    reopen_condition,
)
from signoff.actions.life import unsettled
from signoff.models import Condition, Round, Signature, Standing
from signoff.rules import Answer, Question, Vote
from tests.factories.conditions import make_wish
from tests.factories.launches import (
    make_appointment,
    make_launch,
    make_template,
    make_template_item,
    make_template_section,
    manager_of,
    publish,
)
from tests.factories.people import make_authority, make_user
from tests.factories.signatures import make_acceptance, presence_of
from tests.signoff.acting import make_round, send_back, sign, vote, withdraw

ZONES = ("UTC", "Pacific/Kiritimati", "America/New_York")


class Play:
    """Some launches, and everybody who works on them."""

    def __init__(self, seed, launches=2):
        self.random = random.Random(seed)  # noqa: S311 - a repeatable story, no secret
        authorities = [make_authority(slug=f"authority-{seed}-{n}") for n in range(3)]
        self.holder = make_user(full_name="Holder")
        for authority in authorities:
            make_appointment(authority, self.holder)
        self.launches = [self._launch(authorities) for _ in range(launches)]
        self.people = [self.holder, make_user(), *(manager_of(row) for row in self.launches)]

    def _launch(self, authorities):
        template = make_template(
            {"items": ["One", "Two"], "authorities": authorities[:2]},
            {"items": ["Alone"], "authorities": authorities[2:]},
            {"items": ["Afterwards"], "phase": "post_launch"},
            executive=[authorities[:1]],
            published=False,
        )
        demanding = make_template_section(template, items=(), authorities=authorities[1:])
        for text in ("Proven", "Shown"):
            make_template_item(demanding, text, evidence_demanded=True)
        publish(template)
        return make_launch(template=template)

    def look(self):
        """Choose the launch that something happens to, and who does it: mostly whoever may."""
        self.launch = Launch.objects.get(pk=self.random.choice(self.launches).pk)
        self.by = manager_of(self.launch) if self.random.random() < 0.9 else self.any(self.people)

    def step(self):
        self.look()
        act = self.random.choice(ACTS)
        return self.advance() if self.random.random() < 0.6 else act(self)

    def advance(self):
        """The next thing on the way to GO, so that a story gets there now and then."""
        standing = standing_of(self.launch, timezone.now())
        for section, facts in zip(standing.sections, standing.facts, strict=True):
            if facts.state in {SectionState.ASKED, SectionState.STALE} and section.asked_at:
                return self._sign(section)
            if facts.blockers:
                return self._finish(section)
        return self.vote() if self.launch.outcome in {"open", "go", "conditional"} else self.open()

    def _sign(self, section):
        return sign(section.slots.get(), self.holder)

    def any(self, rows):
        rows = list(rows)
        return self.random.choice(rows) if rows else None

    def item(self):
        return self.any(self.launch.items.order_by("section__position", "position"))

    def section(self):
        return self.any(self.launch.sections.order_by("position"))

    def slot(self, *, executive):
        slots = self.launch.slots.filter(section__isnull=executive)
        return self.any(slots.order_by("position"))

    def day(self):
        today = timezone.now().date()
        return self.any(
            [None, today - timedelta(days=9), today + timedelta(days=9), date(2100, 1, 1)]
        )

    def status(self):
        reason = self.any(["", "No such thing here."])
        status = self.any([*ItemStatus, ItemStatus.DONE, ItemStatus.DONE])
        return set_status(self.item(), by=self.by, status=status, na_reason=reason)

    def finish(self):
        section = self.section()
        items = section.items.exclude(status=ItemStatus.NA)
        return set_statuses(
            section, [item.pk for item in items], by=self.by, status=ItemStatus.DONE
        )

    def _finish(self, section):
        for item in section.items.filter(status__in=["unset", "attention", "not_done"]):
            if item.evidence_demanded and not item.evidence_count:
                add_link(item, by=self.by, name="Proof", url="https://example.org/")
            set_status(item, by=self.by, status=ItemStatus.DONE)
        return ask_signature(section, by=self.by)

    def edit(self):
        fields = self.any(
            [
                {"note": self.any(["", "Still TBD", "Fine."])},
                {"na_reason": self.any(["Not here.", "Not used."])},
                {"owner": self.any([None, self.holder]), "due_on": self.day()},
            ]
        )
        return edit_item(self.item(), by=self.by, fields=fields)

    def reword(self):
        fields = self.any([{"text": self.any(["Less", "More"])}, {"evidence_demanded": True}])
        own = self.any(self.launch.items.filter(from_template=False).order_by("position"))
        return own and edit_item(own, by=self.by, fields=fields)

    def add(self):
        return add_item(
            self.section(), by=self.by, text="Our own", evidence_demanded=self.any([True, False])
        )

    def remove(self):
        own = self.any(self.launch.items.filter(from_template=False).order_by("position"))
        return own and remove_item(own, by=self.by, reason="Not ours.")

    def prove(self):
        name = self.any(["Report", "Scan"])
        demanding = self.launch.items.filter(evidence_demanded=True).order_by("number")
        return add_link(
            self.any(demanding),
            by=self.by,
            name=name,
            url="https://example.org/",
            expires_on=self.day(),
        )

    def disprove(self):
        proof = self.any(Evidence.objects.standing().filter(item__launch=self.launch))
        return proof and remove_evidence(proof, by=self.by)

    def comment(self):
        return add_comment(
            self.item(), by=self.by, text="Why?", is_question=self.random.random() < 0.3
        )

    def resolve(self):
        comment = self.any(Comment.objects.filter(item__launch=self.launch, is_question=True))
        return comment and resolve_question(comment, by=self.by, resolution="Answered.")

    def ask(self):
        return ask_signature(self.section(), by=self.by)

    def take_back(self):
        return take_back_request(self.section(), by=self.by)

    def sign(self):
        asked = self.launch.slots.filter(section__asked_at__isnull=False)
        slot = self.any(asked.order_by("position"))
        return slot and sign(slot, self.holder)

    def send_back(self):
        asked = self.launch.slots.filter(section__asked_at__isnull=False)
        slot = self.any(asked.order_by("position"))
        return slot and send_back(slot)

    def withdraw(self):
        standing = Standing.objects.filter(slot__launch=self.launch).order_by("pk")
        row = self.any(standing)
        return row and withdraw(row.signature, self.any([row.signer, self.by]))

    def accept(self):
        section = self.any(self.launch.sections.filter(phase="readiness").order_by("position"))
        items = list(section.items.filter(status__in=["unset", "attention", "not_done"]))
        chosen = [item for item in items if self.random.random() < 0.7]
        until = self.any([self.day(), timezone.now().date() + timedelta(days=5)])
        return chosen and make_acceptance(*chosen, by=self.holder, until_on=until)

    def release(self):
        given = Acceptance.objects.filter(launch=self.launch, items__isnull=False).order_by("at")
        row = self.any(given)
        return row and withdraw(Signature.objects.get(pk=row.signature), self.holder)

    def risk(self):
        fields = {
            "title": self.any(["Data loss", "Delay"]),
            "likelihood": self.any([None, 1, 5]),
            "impact": self.any([None, 2]),
            "mitigation": self.any(["", "Backups."]),
            "owner": self.any([None, self.holder]),
        }
        found = self.any(self.launch.risks.order_by("number"))
        if found is None or self.random.random() < 0.3:
            return raise_risk(self.launch, by=self.by, fields=fields, items=[self.item()])
        if self.random.random() < 0.3:
            return close_risk(found, by=self.by, reason="Gone.")
        if not found.is_open:
            return reopen_risk(found, by=self.by)
        return edit_risk(found, by=self.by, fields=fields)

    def open(self):
        answers = [Answer(q, given=self.any([True, False]), reason="Said so.") for q in Question]
        left = [row for row in self.launch.conditions.order_by("made_at") if row.is_left_over]
        dropped = {row.pk: "Never mind." for row in left if self.random.random() < 0.3}
        changed = self.any(["", "Much."])
        return make_round(self.launch, answers=answers, what_changed=changed, dropped=dropped)

    def answer(self):
        round_ = self.any(Round.objects.filter(launch=self.launch).order_by("number"))
        answers = [Answer(q, given=self.any([True, False]), reason="Said so.") for q in Question]
        return round_ and answer_questions(round_, by=self.by, answers=answers)

    def cancel(self):
        round_ = self.any(Round.objects.filter(launch=self.launch).order_by("number"))
        return round_ and cancel_round(round_, by=self.by, reason="Called off.")

    def vote(self):
        value, comment = self.any(
            [(Vote.GO, "")] * 3 + [(Vote.GO_CONDITIONAL, "")] * 3 + [(Vote.NO_GO, "No.")]
        )
        wishes = [self.wish() for _ in range(self.random.randint(1, 2))]
        conditions = wishes if value is Vote.GO_CONDITIONAL else []
        slot = self.slot(executive=True)
        return vote(slot, self.holder, value, comment=comment, conditions=conditions)

    def wish(self):
        before = self.random.random() < 0.6
        return make_wish(self.any(["Rotate", "Write"]), self.holder, before_launch=before)

    def condition(self):
        rows = Condition.objects.filter(launch=self.launch)
        return self.any(rows.order_by("made_at", "position"))

    def keep(self):
        row = self.condition()
        return row and keep_condition(row, by=self.by, note="Done.")

    def reopen(self):
        row = self.condition()
        return row and reopen_condition(row, by=self.by)

    def lift(self):
        row, by = self.condition(), self.any([self.holder, self.by])
        return row and lift_condition(row, presence=presence_of(by), reason="A slip.")

    def live(self):
        return go_live(self.launch, by=self.by, reason=self.any(["", "It had to be."]))

    def roll_back(self):
        return roll_back(self.launch, by=self.by, reason="Too slow.")

    def relaunch(self):
        return relaunch(self.launch, by=self.by, reason="Faster.")

    def postpone(self):
        until = self.any([None, timezone.now().date() + timedelta(days=30)])
        return postpone(self.launch, by=self.by, reason="Late.", target_on=until)

    def resume(self):
        until = timezone.now().date() + timedelta(days=self.random.randint(5, 50))
        return resume(self.launch, by=self.by, reason="Again.", target_on=until)

    def close(self):
        due_on = timezone.now().date() + timedelta(days=30)
        left = {row.pk: Leftover("Later.", self.by, due_on) for row in unsettled(self.launch)}
        return close_launch(self.launch, by=self.by, leftovers=left)

    def cancel_launch(self):
        return cancel_launch(self.launch, by=self.by, reason="Not needed.")

    def change(self):
        fields = self.any(
            [
                {"version": self.any(["1.0", "1.1"])},
                {"time_zone": self.any(ZONES)},
                {"target_on": self.day(), "target_time": None},
                {"description": self.any(["This", "That"])},
            ]
        )
        return change_launch(self.launch, by=self.by, **fields)


CHANGING = (
    Condition,
    Acceptance,
    Launch,
    Move,
    Risk,
    Section,
    Slot,
    Item,
    Evidence,
    Comment,
    Signature,
    Standing,
    Round,
)
WEIGHTS = [
    (Play.status, 6),
    (Play.finish, 2),
    (Play.edit, 5),
    (Play.reword, 2),
    (Play.add, 2),
    (Play.remove, 2),
    (Play.prove, 4),
    (Play.disprove, 3),
    (Play.comment, 3),
    (Play.resolve, 4),
    (Play.ask, 3),
    (Play.take_back, 1),
    (Play.sign, 3),
    (Play.send_back, 1),
    (Play.withdraw, 1),
    (Play.accept, 3),
    (Play.release, 1),
    (Play.risk, 3),
    (Play.keep, 3),
    (Play.reopen, 1),
    (Play.lift, 1),
    (Play.open, 4),
    (Play.answer, 2),
    (Play.cancel, 1),
    (Play.vote, 4),
    (Play.change, 6),
    (Play.live, 3),
    (Play.roll_back, 2),
    (Play.relaunch, 3),
    (Play.postpone, 1),
    (Play.resume, 2),
]
ACTS = [act for act, weight in WEIGHTS for _ in range(weight)]
FINAL = [Play.close, Play.cancel_launch]  # after which nothing happens to a launch any more


def rows():
    """Every value that people can change."""
    return [list(model.objects.order_by("pk").values_list()) for model in CHANGING]
