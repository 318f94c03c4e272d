"""The tables of checklists: what templates ask, what launches carry, who answers for it."""

from checklist.models.acceptances import Acceptance
from checklist.models.appointments import Appointment
from checklist.models.items import Comment, Evidence, Item
from checklist.models.launches import Launch, Participant, Section, Slot
from checklist.models.moves import Move
from checklist.models.origins import Origin, Upload
from checklist.models.risks import Risk
from checklist.models.templates import (
    Publication,
    TemplateItem,
    TemplateSection,
    TemplateSlot,
    TemplateVersion,
)

__all__ = [
    "Acceptance",
    "Appointment",
    "Comment",
    "Evidence",
    "Item",
    "Launch",
    "Move",
    "Origin",
    "Participant",
    "Publication",
    "Risk",
    "Section",
    "Slot",
    "TemplateItem",
    "TemplateSection",
    "TemplateSlot",
    "TemplateVersion",
    "Upload",
]
