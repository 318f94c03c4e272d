"""How the ledger's lines about launches, sections, items, slots, appointments and templates read."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import time
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.formats import time_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from audit import words
from audit.words import Described
from checklist.models import (
    Appointment,
    Item,
    Launch,
    Risk,
    Section,
    Slot,
    TemplateItem,
    TemplateSection,
    TemplateSlot,
    TemplateVersion,
)
from checklist.rules import Classification, ItemStatus, LaunchState, Phase
from checklist.verbs import TemplateVerb, Verb

STATUSES = {
    ItemStatus.UNSET: _("not set"),
    ItemStatus.DONE: _("done"),
    ItemStatus.ATTENTION: _("attention"),
    ItemStatus.NOT_DONE: _("not done"),
    ItemStatus.NA: _("N/A"),
}
PHRASES: dict[str, words.Label] = {
    Verb.LAUNCH_STARTED: _("started"),
    Verb.LAUNCH_CHANGED: "",
    Verb.LAUNCH_OPENED: _("review opened"),
    Verb.LAUNCH_POSTPONED: _("target moved"),
    Verb.LAUNCH_RESUMED: _("review resumed"),
    Verb.LAUNCH_WENT_LIVE: _("went live by approval"),
    Verb.LAUNCH_WENT_LIVE_UNAPPROVED: _("went live without approval"),
    Verb.LAUNCH_ROLLED_BACK: _("rolled back"),
    Verb.LAUNCH_RELAUNCHED: _("relaunched: back in review"),
    Verb.LAUNCH_CLOSED: _("closed"),
    Verb.LAUNCH_CANCELLED: _("cancelled"),
    Verb.LAUNCH_SHARED: _("let into the launch"),
    Verb.LAUNCH_UNSHARED: _("taken out of the launch"),
    Verb.SECTION_ADDED: _("added"),
    Verb.SECTION_CHANGED: "",
    Verb.SLOT_ADDED: _("added"),
    Verb.SLOT_CHANGED: "",
    Verb.SLOT_STALE: _("no longer covered by its signature: something changed beneath it"),
    Verb.SLOT_HEALED: _("covered by its signature again: the change was undone"),
    Verb.ITEM_ADDED: _("added"),
    Verb.ITEM_CHANGED: "",
    Verb.ITEM_REMOVED: _("removed"),
    Verb.ITEM_ACCEPTED: _("accepted as it is"),
    Verb.ITEM_RELEASED: _("accepted no longer: the acceptance was taken back"),
    Verb.EVIDENCE_ADDED: _("evidence added"),
    Verb.EVIDENCE_REMOVED: _("evidence taken back"),
    Verb.COMMENT_ADDED: _("commented"),
    Verb.QUESTION_RESOLVED: _("question resolved"),
    Verb.RISK_RAISED: _("recorded"),
    Verb.RISK_CHANGED: "",
    Verb.RISK_CLOSED: _("closed"),
    Verb.RISK_REOPENED: _("opened again"),
    Verb.SIGNATURE_ASKED: _("signature asked"),
    Verb.SIGNATURE_NUDGED: _("reminded whoever may sign"),
    Verb.SIGNATURE_ESCALATED: _("nobody signed in time: escalated"),
    Verb.REQUEST_TAKEN_BACK: _("request for the signature taken back"),
    Verb.REQUEST_VOIDED: _("request for the signature void: an error came up"),
    Verb.APPOINTMENT_MADE: _("appointed"),
    Verb.APPOINTMENT_ENDED: _("appointment ended"),
    TemplateVerb.TEMPLATE_CREATED: _("created"),
    TemplateVerb.TEMPLATE_CHANGED: "",
    TemplateVerb.TEMPLATE_BROUGHT: _("made from a file"),
    TemplateVerb.TEMPLATE_PUBLISHED: _("published"),
    TemplateVerb.TEMPLATE_REMOVED: _("removed"),
    TemplateVerb.TEMPLATE_SECTION_ADDED: _("added"),
    TemplateVerb.TEMPLATE_SECTION_CHANGED: "",
    TemplateVerb.TEMPLATE_SECTION_REMOVED: _("removed"),
    TemplateVerb.TEMPLATE_ITEM_ADDED: _("added"),
    TemplateVerb.TEMPLATE_ITEM_CHANGED: "",
    TemplateVerb.TEMPLATE_ITEM_REMOVED: _("removed"),
    TemplateVerb.TEMPLATE_SLOT_ADDED: _("added"),
    TemplateVerb.TEMPLATE_SLOT_CHANGED: "",
    TemplateVerb.TEMPLATE_SLOT_REMOVED: _("removed"),
}
TOLD: dict[str, list[str]] = {
    Verb.LAUNCH_SHARED: ["is_manager"],
    Verb.ITEM_ACCEPTED: ["accepted_until"],
    Verb.EVIDENCE_ADDED: ["name"],
    Verb.EVIDENCE_REMOVED: ["name"],
    Verb.COMMENT_ADDED: ["text"],
    Verb.SIGNATURE_ESCALATED: ["escalated_to"],
    Verb.APPOINTMENT_MADE: ["starts_at", "ends_at"],
}
TOPICS = {
    "launch": _("Launch"),
    "section": _("Sections"),
    "slot": _("Signatures gone stale or healed"),
    "item": _("Items"),
    "evidence": _("Evidence"),
    "comment": _("Comments"),
    "question": _("Questions"),
    "risk": _("Risks"),
    "signature": _("Signatures"),
    "request": _("Requests taken back"),
    "appointment": _("Appointments"),
    "template": _("Templates"),
    "template_section": _("Template sections"),
    "template_item": _("Template items"),
    "template_slot": _("Template slots"),
}
FIELDS: dict[str, Any] = {
    "item.status": "",
    "item.na_reason": _("reason"),
    "item.note": _("note"),
    "item.owner": _("owner"),
    "item.due_on": _("due"),
    "item.team": _("team"),
    "item.authority": _("authority"),
    "item.number": _("number"),
    "item.text": "",
    "item.guidance": _("guidance"),
    "item.acceptance": None,
    "item.accepted_until": _("until"),
    "item.accepted_status": None,
    "item.evidence_demanded": _("evidence demanded"),
    "item.name": "",
    "item.is_question": None,
    "item.comment": None,
    "item.size": None,
    "risk.title": _("title"),
    "risk.description": _("description"),
    "risk.likelihood": _("likelihood"),
    "risk.impact": _("impact"),
    "risk.mitigation": _("mitigation"),
    "risk.owner": _("owner"),
    "risk.items": _("items"),
    "risk.number": None,
    "risk.closed_at": None,
    "item.mentioned": None,
    "launch.name": _("name"),
    "launch.version": _("version"),
    "launch.environment": _("environment"),
    "launch.artefact_digest": _("artefact digest"),
    "launch.description": _("description"),
    "launch.classification": _("classification"),
    "launch.owner_team": _("owner team"),
    "launch.next_review": _("next review"),
    "launch.four_eyes": _("four eyes"),
    "launch.executive_keys": _("executives vote with their own key"),
    "launch.target_on": _("target date"),
    "launch.target_time": _("target time"),
    "launch.time_zone": _("time zone"),
    "launch.next_review_on": _("next review"),
    "launch.live_at": _("live since"),
    "launch.escalate_after_hours": _("escalated after working hours"),
    # Said by the phrase already
    "launch.state": None,
    "launch.moment": None,
    "launch.live_round": None,
    "slot.escalated_to": _("to"),
    "slot.nudged_at": None,
    "slot.escalated_at": None,
    "section.asked_at": None,
    "section.asked_by": None,
    # Said by what the appointment is called
    "appointment.stands_in_for": None,
    "appointment.launch": None,
    "is_manager": "",
    "starts_at": _("from"),
    "ends_at": _("until"),
    "position": _("position"),
    "template.file": _("file"),
    "template.file_sha256": _("SHA-256"),
    "key": None,
    "number": _("number"),
    "guidance": _("guidance"),
    "phase": _("phase"),
    "authorities": _("authorities"),
    "evidence_demanded": _("evidence demanded"),
    "edition": _("edition"),
    "description": _("description"),
}
LINKS = {
    "item.owner": "user",
    "risk.owner": "user",
    "risk.items": "item",
    "slot.escalated_to": "user",
    "item.team": "team",
    "item.authority": "authority",
    "launch.owner_team": "team",
    "section.teams": "team",
    "appointment.authority": "authority",
    "appointment.holder": "user",
    "appointment.stands_in_for": "user",
    "appointment.launch": "launch",
}

type Describe = Callable[[set[UUID]], Mapping[UUID, Described]]

_known: ContextVar[Mapping[UUID, Model] | None] = ContextVar("known rows", default=None)


@contextmanager
def already_known(rows: Iterable[Model]) -> Iterator[None]:
    """Within, lines about these loaded rows cost no query."""
    token = _known.set({row.pk: row for row in rows})
    try:
        yield
    finally:
        _known.reset(token)


def register() -> None:
    """Tell the ledger our words; at start-up, once."""
    for kind, model, noun, related in [
        ("launch", Launch, _("launch"), []),
        ("section", Section, _("section"), ["launch"]),
        ("item", Item, _("item"), ["launch", "section"]),
        ("slot", Slot, _("slot"), ["launch", "section"]),
        ("risk", Risk, _("risk"), ["launch"]),
        (
            "appointment",
            Appointment,
            _("appointment"),
            ["holder", "authority", "stands_in_for", "launch"],
        ),
        ("template", TemplateVersion, _("template version"), []),
        ("template_section", TemplateSection, _("template section"), []),
        ("template_item", TemplateItem, _("template item"), []),
        ("template_slot", TemplateSlot, _("template slot"), []),
    ]:
        words.register_subjects(kind, _described(model, related), noun)
    words.register_phrases(PHRASES, TOLD)
    words.register_topics(TOPICS)
    words.register_fields(FIELDS)
    words.register_links(LINKS)
    words.register_values("item.status", lambda code: STATUSES[ItemStatus(code)])
    words.register_values("classification", lambda code: Classification(code).label)
    words.register_values("launch.state", lambda code: LaunchState(code).label)
    words.register_values("phase", lambda code: Phase(code).label)
    words.register_values("is_manager", lambda yes: _("as manager") if yes else _("as reader"))
    words.register_values("launch.target_time", _clock)


def _described(model: type[Model], related: list[str]) -> Describe:
    """Calls a model's rows by their own words, with the page to read about each."""

    def describe(ids: set[UUID]) -> Mapping[UUID, Described]:
        known = _known.get() or {}
        found = {pk: known[pk] for pk in ids if pk in known}
        if missing := ids - found.keys():
            rows = model._default_manager.filter(pk__in=missing)  # noqa: SLF001 - its public name
            rows = rows.select_related(*related) if related else rows
            found |= {row.pk: row for row in rows}
        return {pk: Described(_label(row), _page(row)) for pk, row in found.items()}

    return describe


def _label(row: Model) -> str:
    if not isinstance(row, Slot):
        return str(row)
    if row.section_id is None:
        return say("Decision, %(slot)s") % {"slot": row.title}
    return say("Section %(section)s, %(slot)s") % {"section": row.section, "slot": row.title}


def _page(row: Model) -> str:
    if isinstance(row, Slot):
        return row.section.get_absolute_url() if row.section else row.launch.get_absolute_url()
    address: Callable[[], str] = getattr(row, "get_absolute_url", lambda: "")
    return address()


def _clock(text: str) -> str:
    return time_format(time.fromisoformat(text), "H:i")
