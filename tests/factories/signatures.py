"""Signatures, rounds and votes, made by the same actions as any; presence is taken for granted."""

from datetime import timedelta

from django.utils import timezone

from checklist.actions.asking import ask_signature
from checklist.actions.items import set_status
from checklist.material import digest
from checklist.models import Launch, Section, Slot
from checklist.reading import decision_material, item_facts, standing_of
from checklist.rules import ItemStatus, Phase
from signoff.actions import accept_items, cast_vote, open_round, return_section, sign_section
from signoff.offer import Wish
from signoff.presence import Presence
from signoff.rules import Answer, Question, Vote, derived_answers
from signoff.statements import acceptable_material
from tests.factories.launches import make_holder, make_launch, make_lead, manager_of, set_items
from tests.factories.people import make_authority


def presence_of(user):
    return Presence(user, "password")


def settle(section):
    """All items done."""
    set_items(section, status=ItemStatus.DONE)
    section.refresh_from_db()
    return section


def ask(section):
    """All items done, and the signature asked for by a lead. Gives the section's slot."""
    ask_signature(settle(section), by=make_lead(section))
    section.refresh_from_db()
    return section.slots.get()


def make_told_slot(*items, **fields):
    """The same, and nothing in it that the ledger does not tell of, for whoever compares the two."""
    launch = make_launch({"items": items} if items else {}, **fields)
    section, by = launch.sections.get(), manager_of(launch)
    for item in section.items.select_related("launch", "section"):
        set_status(item, by=by, status=ItemStatus.DONE)
    section.refresh_from_db()
    ask_signature(section, by=by)
    return section.slots.select_related("launch", "section").get()


def make_asked_slot(*items, **fields):
    """The slot of a launch's one section, its signature asked for."""
    launch = make_launch({"items": items} if items else {}, **fields)
    return ask(launch.sections.get())


def seen_in(slot):
    """The digest that a page about this slot would show now."""
    slot = Slot.objects.get(pk=slot.pk)
    if slot.section:
        return slot.section_material(slot.section.material)
    launch = Launch.objects.get(pk=slot.launch_id)
    return decision_material(launch, launch.sections.all(), slot, conditions="")


def offered_in(section):
    """The digest of what the section's acceptance page offers now."""
    section = Section.objects.get(pk=section.pk)
    facts = item_facts(section.launch, section.items.all())
    offered = [fact for fact in facts if fact.outstanding]
    return digest(acceptable_material(section.number, offered))


def make_acceptance(*items, by=None, until_on=None, reason="We can live with it."):
    """Some items of one section accepted until a day, by default until tomorrow."""
    section = items[0].section
    slot = section.slots.get()
    by = by or make_holder(slot)
    until_on = until_on or timezone.localdate() + timedelta(days=1)
    wish = Wish([item.pk for item in items], until_on, offered_in(section))
    return accept_items(slot, wish, presence=presence_of(by), reason=reason)


def make_signature(slot, by=None, **fields):
    """A section slot signed over what is there now."""
    by = by or make_holder(slot)
    return sign_section(slot, presence=presence_of(by), seen=seen_in(slot), **fields)


def make_return(slot, by=None, comment="Not yet."):
    """A section slot returned: by whoever signed it, where it is signed."""
    by = by or Slot.objects.get(pk=slot.pk).signed_by or make_holder(slot)
    return return_section(slot, presence=presence_of(by), comment=comment)


def make_ready_launch(*sections, executives=1, **fields):
    """A launch with nothing in the way of GO, and some executive slots, each with an authority of its own."""
    executive = [[make_authority()] for _ in range(executives)]
    launch = make_launch(*sections, executive=executive, **fields)
    for section in launch.sections.filter(phase=Phase.READINESS):
        make_signature(ask(section))
    launch.refresh_from_db()
    return launch


def derived(launch):
    """The answers that give what is derived; yes where nothing is."""
    standing = standing_of(launch, timezone.now())
    rows = derived_answers(standing.verdict.readiness, standing.risks)
    values = {row.question: row.value for row in rows}
    return [Answer(question, values[question] is not False) for question in Question]


def make_round(launch, **fields):
    launch.refresh_from_db()
    return open_round(launch, by=manager_of(launch), answers=derived(launch), **fields)


def make_vote(slot, by=None, vote=Vote.GO, comment="", conditions=()):
    by = by or make_holder(slot)
    comment = comment or ("Not like this." if vote is Vote.NO_GO else "")
    return cast_vote(
        slot,
        presence=presence_of(by),
        vote=vote,
        seen=seen_in(slot),
        comment=comment,
        conditions=conditions,
    )
