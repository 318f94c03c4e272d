"""The document's parts in their order: a further part is a function here, named in PARTS."""

from collections.abc import Callable, Iterable

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from checklist.models import Section
from checklist.rules import ItemStatus, Phase, SectionFacts
from checklist.verdict_words import target_words, verdict_words
from signoff.export.beside import conditions, risks
from signoff.export.document import (
    Block,
    Document,
    Field,
    Fields,
    Legend,
    Part,
    Piece,
    Prose,
    plain,
)
from signoff.export.items import SYMBOLS, items_of
from signoff.export.signing import (
    executive_signoffs,
    mark_of,
    questions,
    section_signoffs,
    teams_of,
)
from signoff.export.source import Source
from signoff.pages.people import in_zone, to_the_second


def document_of(source: Source) -> Document:
    """A launch's document."""
    return Document(
        title=title_of(source),
        head=_head(source),
        parts=tuple(part for parts in PARTS for part in parts(source)),
        foot=_foot(source),
        made=_made(source),
    )


def title_of(source: Source) -> str:
    """The checklist's name, and the launch's before it where the checklist does not say it."""
    launch, name = source.launch, source.launch.template.name
    return name if name.startswith(launch.name) else f"{launch.name} - {name}"


def _head(source: Source) -> Fields:
    launch = source.launch
    return _fields(
        (_("Version"), launch.version),
        (_("Last Updated"), in_zone(source.changed_at, launch.time_zone)),
        (_("Status"), verdict_words(source.standing, source.now)),
    )


def _foot(source: Source) -> Fields:
    launch = source.launch
    return _fields(
        (_("Document Version"), launch.version),
        (_("Classification"), capfirst(launch.get_classification_display())),
        (_("Owner"), launch.owner_team),
        (_("Next Review"), launch.next_review),
    )


def _made(source: Source) -> Fields:
    """What this copy is a copy of, and when it was made."""
    launch, template = source.launch, source.launch.template
    edition = f"{template} ({template.edition})" if template.edition else str(template)
    target = target_words(launch) if launch.target_on else ""
    made = {"when": to_the_second(source.now, launch.time_zone), "zone": launch.time_zone}
    return _fields(
        (_("Launch"), f"{launch}, {launch.environment}"),
        (_("Target"), target),
        (_("Went live"), _live(source)),
        (_("Artefact"), launch.artefact_digest),
        (_("Checklist"), edition),
        (_("This copy made"), _("%(when)s (%(zone)s)") % made),
        (_("Entries in the ledger"), source.ledger_size),
    )


def _live(source: Source) -> str:
    """When it went live, and that it was not approved then."""
    launch = source.launch
    if launch.live_at is None:
        return ""
    when = in_zone(launch.live_at, launch.time_zone)
    if launch.live_round:
        return when
    text = _("%(when)s, without approval: %(reason)s")
    return text % {"when": when, "reason": launch.live_reason}


def _fields(*rows: tuple[str, object]) -> Fields:
    return Fields(tuple(Field(label, plain(value)) for label, value in rows if str(value)))


def overview(source: Source) -> Iterable[Part]:
    """What the checklist is for, and what its symbols mean."""
    words = {
        ItemStatus.DONE: _("Completed and verified"),
        ItemStatus.ATTENTION: _("In progress or needs attention"),
        ItemStatus.NOT_DONE: _("Not completed"),
        ItemStatus.NA: _("Not applicable for this deployment"),
    }
    marks = (Piece(text, state=s.value, symbol=SYMBOLS[s]) for s, text in words.items())
    about = [Prose(source.launch.description)] if source.launch.description else []
    legend = Legend(_("Sign-Off Requirements:"), tuple(marks))
    yield Part(_("Checklist Overview"), (*about, legend))


def readiness(source: Source) -> Iterable[Part]:
    """The sections that are signed before the launch."""
    for section, facts in _sections(source, Phase.READINESS):
        yield Part(str(section), (*_section(source, section),), mark=mark_of(facts))


def final_signoff(source: Source) -> Iterable[Part]:
    """The decision: the four questions, and the executives."""
    yield Part(_("Final Sign-Off"), ())
    yield Part(_("Pre-Launch Review"), (*questions(source),), level=3)
    if executives := executive_signoffs(source):
        yield Part(_("Executive Approval"), (*executives,), level=3)


def afterwards(source: Source) -> Iterable[Part]:
    """What is due once it is live: a day after, a week after."""
    for phase in (Phase.POST_LAUNCH, Phase.REVIEW):
        for section, _facts in _sections(source, phase):
            yield Part(section.title, (*_section(source, section),))


PARTS: tuple[Callable[[Source], Iterable[Part]], ...] = (
    overview,
    readiness,
    risks,
    final_signoff,
    conditions,
    afterwards,
)


def _sections(source: Source, phase: Phase) -> Iterable[tuple[Section, SectionFacts]]:
    standing = source.standing
    rows = zip(standing.sections, standing.facts, strict=True)
    return [(section, facts) for section, facts in rows if facts.phase is phase]


def _section(source: Source, section: Section) -> Iterable[Block]:
    slots = source.standing.slots_of(section)
    asked = ", ".join(dict.fromkeys(source.names.asked_in(slot) for slot in slots))
    facts = _fields(
        (_("Responsible"), teams_of(source.names, section)), (_("Sign-Off Required"), asked)
    )
    if facts.rows:
        yield facts
    yield items_of(source, section)
    yield from section_signoffs(source, section)
