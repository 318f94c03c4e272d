"""What can happen in a launch: the ledger's words for it."""

from enum import StrEnum


class Verb(StrEnum):
    """An action of this app, as a leaf names it. Never renamed: old leaves keep their word."""

    LAUNCH_STARTED = "launch.started"
    LAUNCH_CHANGED = "launch.changed"
    LAUNCH_OPENED = "launch.opened"
    LAUNCH_SHARED = "launch.shared"
    LAUNCH_UNSHARED = "launch.unshared"
    SECTION_ADDED = "section.added"
    SECTION_CHANGED = "section.changed"
    SLOT_ADDED = "slot.added"
    SLOT_CHANGED = "slot.changed"
    SLOT_STALE = "slot.stale"
    SLOT_HEALED = "slot.healed"
    ITEM_ADDED = "item.added"
    ITEM_CHANGED = "item.changed"
    ITEM_REMOVED = "item.removed"
    ITEM_ACCEPTED = "item.accepted"
    ITEM_RELEASED = "item.released"
    EVIDENCE_ADDED = "evidence.added"
    EVIDENCE_REMOVED = "evidence.removed"
    COMMENT_ADDED = "comment.added"
    QUESTION_RESOLVED = "question.resolved"
    SIGNATURE_ASKED = "signature.asked"
    SIGNATURE_NUDGED = "signature.nudged"
    SIGNATURE_ESCALATED = "signature.escalated"
    REQUEST_TAKEN_BACK = "request.taken_back"
    REQUEST_VOIDED = "request.voided"
    APPOINTMENT_MADE = "appointment.made"
    APPOINTMENT_ENDED = "appointment.ended"


class TemplateVerb(StrEnum):
    """What can happen to a checklist template, as a leaf names it. Never renamed."""

    TEMPLATE_CREATED = "template.created"
    TEMPLATE_CHANGED = "template.changed"
    TEMPLATE_PUBLISHED = "template.published"
    TEMPLATE_SECTION_ADDED = "template_section.added"
    TEMPLATE_SECTION_CHANGED = "template_section.changed"
    TEMPLATE_SECTION_REMOVED = "template_section.removed"
    TEMPLATE_ITEM_ADDED = "template_item.added"
    TEMPLATE_ITEM_CHANGED = "template_item.changed"
    TEMPLATE_ITEM_REMOVED = "template_item.removed"
    TEMPLATE_SLOT_ADDED = "template_slot.added"
    TEMPLATE_SLOT_CHANGED = "template_slot.changed"
    TEMPLATE_SLOT_REMOVED = "template_slot.removed"
