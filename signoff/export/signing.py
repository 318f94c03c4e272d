"""What is signed in the document: the sections' sign-offs, the four questions, the executives' lines."""

from django.conf import settings
from django.utils.translation import gettext as _

from checklist.models import Section, Slot
from checklist.pages.names import Names
from checklist.reading import slot_facts
from checklist.rules import GIVEN, SectionFacts, SectionState, SlotState
from signoff.capacity import capacity_words
from signoff.export.document import Piece, Question, SignOff
from signoff.export.items import BOX
from signoff.export.source import Source
from signoff.models import Signature
from signoff.pages.people import in_zone
from signoff.reading import answers_of
from signoff.rules import Answer, RoundState
from signoff.rules import Question as Asked

SYMBOLS = {
    SectionState.SIGNED: "✅",
    SectionState.COMPLETE: "✅",
    SectionState.STALE: "⚠️",
    SectionState.RETURNED: "❌",
}


def mark_of(facts: SectionFacts) -> Piece:
    """How a section stands, for its heading: ticked once it is signed, or settled where nobody has to sign."""
    state = facts.state
    return Piece(str(state.label), state=state.value, symbol=SYMBOLS.get(state, BOX))


def teams_of(names: Names, section: Section) -> str:
    """The teams of a section as one: "DevOps / SRE Team"."""
    teams = [team.name for team in names.teams_of(section)]
    shared = f" {teams[-1].split()[-1]}" if teams else ""
    if all(name.endswith(shared) for name in teams):
        teams = [*(name.removesuffix(shared) for name in teams[:-1]), *teams[-1:]]
    return " / ".join(teams)


def section_signoffs(source: Source, section: Section) -> list[SignOff]:
    """A section's places for signatures."""
    return [
        _signoff(source, slot, _section_remarks(source, slot, section))
        for slot in source.standing.slots_of(section)
    ]


def executive_signoffs(source: Source) -> list[SignOff]:
    """The executives' places in the newest round that counts."""
    facts = {slot.id: slot for slot in source.standing.verdict.decision.slots}
    return [
        _signoff(
            source,
            slot,
            [_changed_since()]
            if str(slot.pk) in facts and facts[str(slot.pk)].state is SlotState.STALE
            else [],
        )
        for slot in source.standing.executive
    ]


def _signoff(source: Source, slot: Slot, remarks: list[Piece]) -> SignOff:
    signature = source.signed.get(slot.pk)
    is_executive = slot.section_id is None
    if signature is None:
        return SignOff(slot.title, remarks=tuple(remarks), is_executive=is_executive)
    if signature.comment:
        remarks = [*remarks, Piece(signature.comment, label=_("Comment"))]
    return SignOff(
        title=slot.title,
        name=_printed(signature),
        date=in_zone(signature.signed_at, source.launch.time_zone),
        reference=signature.short,
        url=f"{settings.BASE_URL}{signature.get_absolute_url()}",
        vote=signature.get_vote_display() if signature.vote else "",
        remarks=tuple(remarks),
        is_executive=is_executive,
    )


def _printed(signature: Signature) -> str:
    """The signer as they were called then."""
    capacity = capacity_words(
        signature.authority_name, signature.standing_in_for, signature.appointed_by
    )
    parts = {"name": signature.signer_name, "authority": capacity}
    return _("%(name)s (%(authority)s)") % parts


def _section_remarks(source: Source, slot: Slot, section: Section) -> list[Piece]:
    state = slot_facts(slot, section).state
    if state is SlotState.STALE:
        return [_changed_since()]
    if state is SlotState.RETURNED and slot.returned_at:
        parts = {
            "who": slot.returned_by,
            "when": in_zone(slot.returned_at, source.launch.time_zone),
        }
        return [Piece(slot.return_reason, label=_("Returned by %(who)s, %(when)s") % parts)]
    return []


def _changed_since() -> Piece:
    return Piece(_("What was signed has changed since: the signature counts as missing."))


def questions(source: Source) -> list[Question]:
    """The four questions as the newest round that counts answers them; unanswered before there is one."""
    given = {row.question: row for row in answers_of(source.round)} if source.round else {}
    asked = [
        Question(
            text=str(question.label),
            options=(
                (_("Yes"), question in given and given[question].given),
                (_("No"), question in given and not given[question].given),
            ),
            remark=_reason(given[question]) if question in given else None,
        )
        for question in Asked
    ]
    return [*asked, _decision(source)]


def _reason(answer: Answer) -> Piece | None:
    return Piece(answer.reason, label=_("Reason")) if answer.reason else None


def _is_go(source: Source) -> bool:
    """GO of either kind, or the one that the launch went live by."""
    round_ = source.round
    if round_ is None:
        return False
    if round_.state == RoundState.LAUNCHED:
        return source.launch.live_round == round_.pk
    return round_.state in GIVEN


def _decision(source: Source) -> Question:
    state = RoundState(source.round.state) if source.round else None
    changed = source.standing.verdict.to_reaffirm
    return Question(
        text=_("Launch go/no-go decision:"),
        options=((_("GO"), _is_go(source)), (_("NO-GO"), state is RoundState.NO_GO)),
        remark=Piece(_("Something has changed under it since: it has to be affirmed again."))
        if changed
        else None,
    )
