"""The signing moment of a section: the sentence, what changed, the exceptions, and why not where not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from checklist import rules
from checklist.models import Launch, Section, Slot
from checklist.pages.bars import Segment, segments
from checklist.pages.check import Gap, gaps
from checklist.pages.names import Named, any_of, waited_for
from checklist.pages.turns import moment, signer_of
from checklist.rules import GIVEN, Counts, Outcome, SlotState
from sentinel.reasons import Reason
from signoff import reading
from signoff.capacity import capacity_of
from signoff.diff import bare
from signoff.models import Signature
from signoff.pages.changes import (
    Changes,
    item_urls,
    meanwhile,
    section_changes,
    shown_in,
    shown_token,
    since_signature,
)
from signoff.pages.content import ItemLine, Remark, as_kept, does_not_apply, item_lines, lived_with
from signoff.pages.desk import Desk
from signoff.pages.people import Signer, signer
from signoff.pages.proof import proof_words
from signoff.rules import Act
from signoff.statements import meaning_of_section
from signoff.words import sentence

BADGES = {SlotState.WAITING: "open"}


@dataclass(frozen=True, slots=True)
class SignPage:
    """Everything the sign page shows."""

    launch: Launch
    section: Section
    slot: Slot
    state: str
    label: str
    stands: str
    stands_url: str
    authorities: str
    sentence: str
    return_sentence: str
    signer: Signer | None
    seen: str
    shown: str
    since: Changes | None
    meanwhile: Changes | None
    exceptions: list[Remark]
    items: list[ItemLine]
    segments: tuple[Segment, ...]
    asked: str
    reasons: list[Gap]
    can_sign: bool
    can_return: bool
    replaces: str
    takes_away: list[str]
    holders: str

    @property
    def can_act(self) -> bool:
        return self.can_sign or self.can_return

    @property
    def short(self) -> str:
        return self.seen[:8]


def sign_page(found: Desk, token: str = "") -> SignPage:
    """The signing moment in words. `token` is what an earlier state of the page had shown."""
    section, slot, launch = found.section, found.slot, found.launch
    content = as_kept(
        reading.section_snapshot(launch, section, slot, found.items, found.item_facts)
    )
    state = found.facts.slot.state
    since = since_signature(found.last, content, launch, section)
    urls = item_urls(content, launch.slug, section.number)
    holds = capacity_of(found.held[0]).clause if found.held else ""
    words = {"number": section.number, "title": section.title}
    authority = holds or any_of(found.authorities)
    sign, back = (found.refusals(act, found.seen) for act in (Act.SIGN, Act.RETURN))
    return SignPage(
        launch=launch,
        section=section,
        slot=slot,
        state=BADGES.get(state, state.value),
        label=str(state.label),
        stands=_stands(slot, state, found.last) if not since else "",
        stands_url=found.last.get_absolute_url() if found.last else "",
        authorities=any_of(found.authorities),
        sentence=meaning_of_section(Act.SIGN, authority=authority, **words).text,
        return_sentence=meaning_of_section(Act.RETURN, authority=authority, **words).text,
        signer=signer(found.user, found.held, found.now),
        seen=found.seen,
        shown=shown_token(content),
        since=since,
        meanwhile=_meanwhile(token, content, launch, section),
        exceptions=_exceptions(found, content, urls, since),
        items=item_lines(content),
        segments=segments(
            Counts.of(fact.status for fact in found.item_facts), section.get_absolute_url()
        ),
        asked=_asked(section),
        reasons=_reasons(found, sign, back),
        can_sign=not sign,
        can_return=not back,
        replaces=_replaces(slot, found.user) if not sign else "",
        takes_away=_takes_away(slot, launch) if not back else [],
        holders=_holders(found),
    )


def _meanwhile(
    token: str, content: dict[str, Any], launch: Launch, section: Section
) -> Changes | None:
    """What changed since the page that was sent back was made."""
    shown = shown_in(token)
    if shown is None or _subject(shown) != _subject(content):
        return None
    return section_changes(meanwhile(), shown, bare(content), launch, section)


def _subject(content: dict[str, Any]) -> tuple[str, str]:
    """Which section of which launch a content is of."""
    return content["launch"]["id"], content.get("section", {}).get("number", "")


def _stands(slot: Slot, state: SlotState, last: Signature | None) -> str:
    """What stands in the slot, or stood there last, with who, when and by whose key."""
    texts = {
        SlotState.SIGNED: _("Signed by %(who)s, %(when)s"),
        SlotState.STALE: _("Signed by %(who)s, %(when)s, and changed since"),
        SlotState.RETURNED: _("Returned by %(who)s, %(when)s"),
    }
    if state not in texts:
        return ""
    returned = state is SlotState.RETURNED
    who = slot.returned_by if returned else signer_of(slot)
    when = moment(slot.returned_at if returned else slot.signed_at)
    proof = proof_words(last).brief if last else ""
    return ", ".join(filter(None, [texts[state] % {"who": who, "when": when}, proof]))


def _asked(section: Section) -> str:
    if section.asked_at is None:
        return ""
    parts = {"who": section.asked_by, "when": moment(section.asked_at)}
    return _("%(who)s asked for the signature, %(when)s") % parts


def _reasons(found: Desk, sign: Sequence[Reason], back: Sequence[Reason]) -> list[Gap]:
    """Every reason in words: those of the content with their mends, the others with whom to ask."""
    errors = [reason for reason in sign if reason in found.facts.check.errors]
    others = {reason.code: reason for reason in [*sign, *back] if reason not in errors}
    if len(others) > 1:
        others.pop("nothing_to_return", None)
    asides = {"not_holder": _holders(found), "not_asked": _who_asks(found)}
    plain = [Gap(sentence(reason), "", asides.get(code, "")) for code, reason in others.items()]
    return plain + gaps(errors, launch=found.launch, section=found.section)


def _holders(found: Desk) -> str:
    holders = found.names.holders_of(found.slot)
    if not holders:
        return found.names.nobody_holds(found.slot)
    return _("%(who)s may sign here.") % {"who": any_of(waited_for(holders))}


def _who_asks(found: Desk) -> str:
    launch = found.launch
    owner = Named(launch.owner_team_id, launch.owner_team.name)
    teams = found.names.teams_of(found.section) or [owner]
    return _("A lead of %(team)s asks for it.") % {"team": any_of(team.name for team in teams)}


def _exceptions(
    found: Desk, content: dict[str, Any], urls: dict[str, str], since: Changes | None
) -> list[Remark]:
    """What is lived with, what does not apply, what is warned of, and that notes were edited: a line each."""
    warned = [
        Remark("attention", _("Warning"), gap.text, url=gap.url)
        for gap in gaps(found.facts.check.warnings, launch=found.launch, section=found.section)
    ]
    edited = []
    if since and since.notes:
        edited = [Remark("info", _("Edited notes"), since.notes_heading, url="#notes")]
    return [*lived_with(content, urls), *does_not_apply(found.item_facts, urls), *warned, *edited]


def _replaces(slot: Slot, user: User) -> str:
    """What signing puts another signature in the place of."""
    if not slot.signed_material:
        return ""
    parts = {"who": slot.signed_by, "when": moment(slot.signed_at)}
    if slot.signed_by == user:
        return _("It takes the place of your signature of %(when)s.") % parts
    return _("Your signature takes the place of that of %(who)s, %(when)s.") % parts


def _takes_away(slot: Slot, launch: Launch) -> list[str]:
    """What returning the section voids, said beforehand."""
    voids = []
    if slot.signed_material:
        parts = {"who": slot.signed_by, "when": moment(slot.signed_at)}
        voids.append(_("the signature of %(who)s, %(when)s, stands no longer") % parts)
    if launch.outcome == Outcome.OPEN or launch.outcome in GIVEN:
        voids.append(_("nobody can vote GO until the section is signed"))
    if launch.tone == rules.Tone.APPROVED:
        voids.append(_("the launch is approved no longer"))
    return voids
