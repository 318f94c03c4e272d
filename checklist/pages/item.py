"""An item's drawer: what it is, its forms, its proofs, what was said about it, what happened to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.forms import Form
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from accounts.models import Membership, User
from audit.models import Entry
from audit.reading import read
from audit.words import Sentence, sentences
from checklist import reading
from checklist.activity_words import already_known
from checklist.forms.items import (
    AssignForm,
    CommentForm,
    FileForm,
    LinkForm,
    NaReasonForm,
    NoteForm,
    RemoveForm,
    ResolveForm,
    StatusForm,
    WordingForm,
)
from checklist.markdown import has_markup, render
from checklist.models import Comment, Evidence, Item, Participant, Risk
from checklist.pages.acceptance import AcceptanceWords, acceptance_words
from checklist.pages.check import section_url
from checklist.pages.links import accept_url
from checklist.pages.rows import set_refusals, status_by
from checklist.pages.then import Then
from checklist.permissions import Right, Viewer, may_accept, may_flag_question, rights
from checklist.rules import (
    OUTSTANDING,
    Doing,
    ItemStatus,
    LaunchState,
    Phase,
    day_ends,
    doing_refusals,
    planning,
)
from checklist.tokens import token_of
from sentinel.reasons import Reason

HISTORY = 12


@dataclass(frozen=True, slots=True)
class Proof:
    """A piece of evidence as a line."""

    evidence: Evidence
    expires: str
    counts: bool
    digest: str

    @property
    def digest_start(self) -> str:
        return " ".join(self.digest[at : at + 4] for at in range(0, 12, 4))


@dataclass(frozen=True, slots=True)
class Said:
    """A comment, and whether the reader may resolve it."""

    comment: Comment
    text: SafeString
    resolve: Form | None
    needs_reason: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Two values of one field, to choose from: what is there, and what the reader wanted."""

    theirs: str
    theirs_label: str
    theirs_by: str
    theirs_reason: str
    mine: str
    mine_label: str
    mine_reason: str


@dataclass(frozen=True, slots=True)
class Happened:
    """A line of the item's own history: it need not name the item."""

    at: datetime
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Everything an item's drawer shows."""

    item: Item
    token: str
    forms: dict[str, Form]
    proofs: list[Proof]
    said: list[Said]
    history: list[Happened]
    can_comment: bool
    can_set: bool
    can_edit: bool
    can_lead: bool
    may_question: bool
    wanted: str
    choice: Choice | None
    note: SafeString
    note_has_markup: bool
    accepted: AcceptanceWords | None
    accept_url: str
    risks: list[Risk]
    risk_url: str
    saved: str = ""
    at: Then | None = None
    buttons: tuple[tuple[str, str], ...] = field(
        default_factory=lambda: tuple((status.value, str(status.label)) for status in ItemStatus)
    )

    @property
    def section_url(self) -> str:
        url = section_url(self.item.launch, self.item.section)
        return url + (self.at.query if self.at else "")

    @property
    def due(self) -> str:
        return date_format(self.item.due_on, "D j M Y") if self.item.due_on else ""

    @property
    def asks_reason(self) -> bool:
        """N/A was chosen, or holds: its reason is asked for or shown."""
        return ItemStatus.NA in {self.wanted, self.item.status}

    @property
    def can_reword(self) -> bool:
        return self.can_lead and not self.item.from_template


def item_page(
    item: Item, *, viewer: Viewer, now: datetime, bound: Mapping[str, Form], wanted: str = ""
) -> ItemPage:
    """The item as one person sees it now; `bound` are the forms that were just sent, with their errors."""
    launch, section = item.launch, item.section
    prefetch_related_objects([section], "teams")
    granted = _open_rights(item, rights(viewer, reading.ground_of(launch, section, item)))
    can_set = Right.EDIT in granted and not set_refusals(launch, section)
    ground = reading.question_ground(launch, item)
    may_question = may_flag_question(viewer, ground) and not _plan_refusals(item)
    return ItemPage(
        item=item,
        token=token_of(item.pk),
        forms=_forms(item, granted, bound, may_question=may_question),
        proofs=_proofs(item, launch.clock(section.phase, now)),
        said=_said(item, viewer, granted, bound),
        history=_history(item),
        can_comment=Right.COMMENT in granted,
        can_set=can_set,
        can_edit=Right.EDIT in granted,
        can_lead=Right.LEAD in granted,
        may_question=may_question,
        wanted=wanted,
        choice=_choice(item, bound.get("status")),
        note=render(item.note),
        note_has_markup=has_markup(item.note),
        accepted=acceptance_words(item, launch, now) if item.status in OUTSTANDING else None,
        risks=_risks(item),
        risk_url=_risk_url(item) if may_question else "",
        accept_url=_accept_url(item) if may_accept(viewer, ground) else "",
    )


def _risks(item: Item) -> list[Risk]:
    """The open risks that name the item."""
    rows = list(item.risks.open())
    for risk in rows:
        risk.launch = item.launch
    return rows


def _risk_url(item: Item) -> str:
    return f"{reverse('checklist:risk-add', args=[item.launch.slug])}?item={item.pk}"


def _accept_url(item: Item) -> str:
    state = LaunchState(item.launch.state)
    if item.status not in OUTSTANDING or doing_refusals(state, Doing.ACCEPT):
        return ""
    return f"{accept_url(item.launch.slug, item.section.number)}?item={item.pk}"


def _open_rights(item: Item, granted: frozenset[Right]) -> frozenset[Right]:
    """What is left of somebody's rights in the launch's present state."""
    return granted - {Right.EDIT, Right.LEAD} if _plan_refusals(item) else granted


def _plan_refusals(item: Item) -> list[Reason]:
    state = LaunchState(item.launch.state)
    return doing_refusals(state, planning(Phase(item.section.phase)))


def _forms(
    item: Item, granted: frozenset[Right], bound: Mapping[str, Form], *, may_question: bool
) -> dict[str, Form]:
    """The forms that the reader's rights allow, unbound but for those just sent."""
    forms: dict[str, Form] = {}
    if Right.COMMENT in granted:
        forms["comment"] = CommentForm(may_question=may_question)
    if Right.EDIT in granted:
        forms |= {
            "status": StatusForm(auto_id="status_%s"),
            "note": NoteForm(item=item),
            "na_reason": NaReasonForm(item=item),
            "link": LinkForm(auto_id="link_%s"),
            "file": FileForm(auto_id="file_%s"),
        }
    if Right.LEAD in granted:
        forms["assign"] = AssignForm(item=item, people=people_for(item))
        forms["wording"] = WordingForm(item=item)
        forms["remove"] = RemoveForm(auto_id="remove_%s")
    return forms | dict(bound)


def people_for(item: Item) -> QuerySet[User]:
    """Who may be given an item: its teams' members, the launch's participants, whoever has it now."""
    section = item.section
    teams = section.teams.through.objects.filter(section=section).values("team")
    asked = Q(team__in=teams) | Q(team__in=[item.team_id, item.launch.owner_team_id])
    working = Membership.objects.filter(asked, user=OuterRef("pk"))
    sharing = Participant.objects.filter(launch=item.launch, user=OuterRef("pk"))
    there = Q(is_active=True) & (Exists(working) | Exists(sharing))
    people: QuerySet[User] = User.objects.filter(there | Q(pk=item.owner_id))
    return people


def _proofs(item: Item, now: datetime) -> list[Proof]:
    proofs = item.evidence.standing().select_related("added_by")
    return [proof_line(proof, item, now) for proof in proofs]


def proof_line(proof: Evidence, item: Item, now: datetime) -> Proof:
    """A piece of an item's evidence, and whether it counts at this moment."""
    ends = day_ends(proof.expires_on, item.launch.time_zone) if proof.expires_on else None
    day = date_format(proof.expires_on, "D j M Y") if proof.expires_on else ""
    return Proof(proof, day, ends is None or now < ends, proof.sha256)


def _said(
    item: Item, viewer: Viewer, granted: frozenset[Right], bound: Mapping[str, Form]
) -> list[Said]:
    found = []
    for comment in item.comments.select_related("author", "resolved_by"):
        asked_it = comment.author_id == viewer.id
        may = Right.MANAGE in granted or (asked_it and Right.COMMENT in granted)
        form = None
        if comment.is_open_question and may:
            form = bound.get(f"resolve {comment.pk}") or ResolveForm(
                auto_id=f"resolve_{comment.pk}_%s"
            )
        found.append(Said(comment, render(comment.text), form, not asked_it))
    return found


def _history(item: Item) -> list[Happened]:
    entries = Entry.objects.of_launch(item.launch_id).about(f"item:{item.pk}").newest_first()
    with already_known([item]):
        told = sentences(read(entries[:HISTORY]))
    return [happened(line) for line in told]


def happened(line: Sentence) -> Happened:
    """A sentence of the ledger about an item, without the item's name."""
    return Happened(line.at, line.text.removeprefix(f"{line.label}: "))


def _choice(item: Item, form: Form | None) -> Choice | None:
    """Both values, where somebody else set another status since the reader looked."""
    if form is None or not form.has_error(NON_FIELD_ERRORS, "conflict"):
        return None
    mine: ItemStatus = form.cleaned_data["status"]
    theirs = ItemStatus(item.status)
    return Choice(
        theirs=theirs.value,
        theirs_label=str(theirs.label),
        theirs_by=status_by(item),
        theirs_reason=item.na_reason if theirs is ItemStatus.NA else "",
        mine=mine.value,
        mine_label=str(mine.label),
        mine_reason=form.cleaned_data["na_reason"] if mine is ItemStatus.NA else "",
    )
