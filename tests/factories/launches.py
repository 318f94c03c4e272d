"""Templates, launches, their items, and who holds which authority.

Templates and single rows are written directly. A launch is started by its action, so that its read
model is right.
"""

from datetime import timedelta
from itertools import count
from uuid import uuid4

from django.utils import timezone

from checklist.actions import steps
from checklist.actions.launches import start_launch
from checklist.actions.life import open_review
from checklist.actions.risks import raise_risk
from checklist.actions.templates import content_of
from checklist.material import digest
from checklist.models import (
    Appointment,
    Comment,
    Evidence,
    Item,
    Participant,
    Publication,
    TemplateItem,
    TemplateSection,
    TemplateSlot,
    TemplateVersion,
)
from checklist.rules import Phase
from tests.factories.people import (
    make_admin,
    make_authority,
    make_manager,
    make_team,
    make_user,
)

serial = count(1)
ITEMS = ("Audit completed", "Certificates installed")


def make_template(*sections, executive=(), published=True, **fields):
    """A template version. Each section is a dict for `make_template_section`; by default one.

    `executive` has a list of authorities for each executive slot.
    """
    number = next(serial)
    fields.setdefault("slug", f"template-{number}")
    fields.setdefault("name", f"Template {number}")
    version = TemplateVersion.objects.create(**fields)
    for section in sections or ({},):
        make_template_section(version, **section)
    for authorities in executive:
        make_template_slot(version, authorities=authorities)
    if published:
        publish(version)
    return version


def publish(version):
    return Publication.objects.create(
        version=version, published_at=timezone.now(), sha256=digest(content_of(version))
    )


def make_template_section(version, *, items=ITEMS, teams=None, authorities=None, **fields):
    """A section of a draft. Readiness sections get a team and one slot, unless told `()`."""
    position = fields.setdefault("position", version.sections.count() + 1)
    fields.setdefault("number", str(position))
    fields.setdefault("key", f"section-{position}")
    fields.setdefault("title", f"Section {position}")
    ready = fields.setdefault("phase", Phase.READINESS) == Phase.READINESS
    section = TemplateSection.objects.create(version=version, **fields)
    section.teams.set([make_team()] if teams is None and ready else teams or ())
    for text in items:
        make_template_item(section, text)
    authorities = [make_authority()] if authorities is None and ready else authorities
    if authorities:
        make_template_slot(version, section, authorities=authorities)
    return section


def make_template_item(section, text="One more thing", **fields):
    position = fields.setdefault("position", section.items.count() + 1)
    fields.setdefault("number", f"{section.number}.{position}")
    fields.setdefault("key", f"item-{section.number}-{position}")
    return TemplateItem.objects.create(
        version=section.version, section=section, text=text, **fields
    )


def make_template_slot(version, section=None, *, authorities=(), **fields):
    position = fields.setdefault("position", version.slots.count() + 1)
    fields.setdefault("key", f"slot-{position}")
    fields.setdefault("title", f"{section.title if section else 'Executive'} Sign-Off")
    slot = TemplateSlot.objects.create(version=version, section=section, **fields)
    slot.authorities.set(authorities)
    return slot


def make_launch(*sections, template=None, executive=(), by=None, in_review=True, **fields):
    """A launch in review, of a template made from `sections`, managed by `by`."""
    by = by or make_manager()
    fields.setdefault("name", f"Launch {next(serial)}")
    fields.setdefault("version", "1.0")
    fields.setdefault("environment", "production")
    fields["owner_team"] = fields.get("owner_team") or make_team()
    template = template or make_template(*sections, executive=executive)
    launch = start_launch(template, by=by, **fields)
    return open_review(launch, by=by) if in_review else launch


def manager_of(launch):
    return launch.participants.get(is_manager=True).user


def make_lead(section, **fields):
    """Somebody who leads the section's first team."""
    return make_user(lead_of=section.teams.all()[:1], **fields)


def make_member(section, **fields):
    """Somebody in the section's first team."""
    return make_user(*section.teams.all()[:1], **fields)


def make_participant(launch, user=None, *, is_manager=False):
    return Participant.objects.create(
        launch=launch,
        user=user or make_user(),
        is_manager=is_manager,
        added_by=launch.created_by,
    )


def make_item(section, **fields):
    """An item of the launch's own, in any status, with the read model brought up to date."""
    position = fields.setdefault("position", section.items.count() + 1)
    fields.setdefault("number", f"{section.number}.{position}")
    fields.setdefault("key", f"own-{uuid4().hex}")
    fields.setdefault("text", f"Item {position}")
    item = Item.objects.create(launch=section.launch, section=section, **fields)
    recount(section)
    return item


def set_items(section, **fields):
    """Write these values into all items of a section, and bring the read model up to date."""
    section.items.update(**fields)
    recount(section)


def recount(section):
    section.refresh_from_db()
    section.launch.refresh_from_db()
    steps.refresh(section, launch=section.launch, now=timezone.now())


def make_evidence(item, **fields):
    fields.setdefault("name", "Report")
    if not fields.get("file"):
        fields.setdefault("url", "https://example.org/report")
    fields.setdefault("added_by", item.launch.created_by)
    evidence = Evidence.objects.create(item=item, **fields)
    item.evidence_count = item.evidence.standing().count()
    item.save(update_fields=["evidence_count"])
    recount(item.section)
    return evidence


def make_comment(item, text="Looks good to me.", **fields):
    fields.setdefault("author", item.launch.created_by)
    comment = Comment.objects.create(item=item, text=text, **fields)
    item.comment_count = item.comments.count()
    item.open_questions = item.comments.filter(is_question=True, resolved_at=None).count()
    item.save(update_fields=["comment_count", "open_questions"])
    recount(item.section)
    return comment


def make_risk(launch, by=None, *, items=(), **fields):
    """A risk in the register, assessed or not, as `fields` have it."""
    fields.setdefault("title", f"Risk {next(serial)}")
    return raise_risk(launch, by=by or manager_of(launch), fields=fields, items=items)


def make_appointment(authority=None, holder=None, **fields):
    """Somebody holds an authority since yesterday."""
    fields.setdefault("starts_at", timezone.now() - timedelta(days=1))
    fields["made_by"] = fields.get("made_by") or make_admin()
    return Appointment.objects.create(
        authority=authority or make_authority(), holder=holder or make_user(), **fields
    )


def make_holder(slot, **fields):
    """Somebody who may sign this slot of a launch: a holder of its first authority."""
    holder = make_user(**fields)
    make_appointment(slot.authorities.first(), holder)
    return holder
