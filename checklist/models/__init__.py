"""The tables of checklists: what templates ask, what launches carry, who answers for it."""

from checklist.models.items import Comment, Evidence, Item
from checklist.models.launches import Appointment, Launch, Participant, Section, Slot
from checklist.models.moves import Move
from checklist.models.templates import (
    Publication,
    TemplateItem,
    TemplateSection,
    TemplateSlot,
    TemplateVersion,
)

__all__ = [
    "Appointment",
    "Comment",
    "Evidence",
    "Item",
    "Launch",
    "Move",
    "Participant",
    "Publication",
    "Section",
    "Slot",
    "TemplateItem",
    "TemplateSection",
    "TemplateSlot",
    "TemplateVersion",
]
