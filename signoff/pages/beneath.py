"""What has changed beneath a vote: a changed section told item by item, as far as its signature's snapshot knows."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from checklist import reading
from checklist.models import Item, Launch, Section
from checklist.reading import LaunchStanding
from signoff import statements
from signoff.diff import Aspect, Difference, Differences, differences
from signoff.listed import conditions_changed
from signoff.models import Signature
from signoff.pages.changes import ChangeLine, Changes, authority_names, item_urls, lines
from signoff.pages.content import as_kept, content_of
from signoff.statements import SnapshotItem

type Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Compared:
    """Two contents of a decision, and how to introduce what differs."""

    since: str
    url: str
    old: Content
    new: Content

    def found(self) -> Differences:
        return differences(self.old, self.new, authority_names(self.old, self.new))


def changes_beneath[K](standing: LaunchStanding, asked: Mapping[K, Compared]) -> dict[K, Changes]:
    """What changed for each of several votes. Three queries where a section changed, whatever their number."""
    found = {key: compared.found() for key, compared in asked.items()}
    wanted = {
        (change.where, digest)
        for key, compared in asked.items()
        for change in found[key].material
        if change.aspect is Aspect.SECTION
        for digest in _signatures(compared.old, change.where)[:1]
    }
    depth = Depth.of(standing, wanted)
    return {
        key: depth.told(compared, found[key].material, standing.launch)
        for key, compared in asked.items()
    }


def _signatures(content: Content, number: str) -> list[str]:
    rows = [row for row in content["sections"] if row["number"] == number]
    return [signed["sha256"] for row in rows for signed in row["signatures"]]


@dataclass(frozen=True, slots=True)
class Depth:
    """Some sections as they are now, and as they were under the signatures beneath a vote."""

    urls: dict[str, str]
    now: dict[str, dict[str, Any]]
    signed: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, standing: LaunchStanding, wanted: set[tuple[str, str]]) -> "Depth":
        urls = {row.number: _url(standing.launch, row) for row in standing.sections}
        numbers = {number for number, _digest in wanted}
        sections = [row for row in standing.sections if row.number in numbers]
        if not sections:
            return cls(urls, {}, {})
        signatures = Signature.objects.filter(sha256__in=[digest for _number, digest in wanted])
        rows = signatures.select_related("snapshot")
        return cls(
            urls,
            _contents(standing.launch, sections),
            {row.sha256: content_of(row.snapshot) for row in rows},
        )

    def told(self, compared: Compared, found: tuple[Difference, ...], launch: Launch) -> Changes:
        material: list[ChangeLine] = []
        notes: list[ChangeLine] = []
        for change in found:
            inner = self._within(compared.old, change)
            if not inner:
                material += lines([change], self.urls)
                continue
            urls = item_urls(self.now[change.where], launch.slug, change.where)
            material += lines(inner.material, urls)
            notes += lines(inner.notes, urls)
        listed = lines(conditions_changed(compared.old, compared.new), {})
        return Changes(compared.since, compared.url, tuple(material), tuple(notes), listed)

    def _within(self, old: Content, change: Difference) -> Differences:
        """The differences inside a changed section; none where no signature kept what it was."""
        known = [self.signed[d] for d in _signatures(old, change.where) if d in self.signed]
        if change.aspect is not Aspect.SECTION or not known or change.where not in self.now:
            return Differences()
        before = known[0]
        return differences(before, {**self.now[change.where], "authorities": before["authorities"]})


def _url(launch: Launch, section: Section) -> str:
    section.launch = launch
    return section.get_absolute_url()


def _contents(launch: Launch, sections: list[Section]) -> dict[str, dict[str, Any]]:
    """Sections as a snapshot would have them now, as far as a comparison looks."""
    items = list(Item.objects.filter(section__in=sections).select_related("owner"))
    rows: dict[UUID, list[SnapshotItem]] = defaultdict(list)
    for item, facts in zip(items, reading.facts_of(launch, items), strict=True):
        rows[item.section_id].append(SnapshotItem(facts, item.key, str(item.owner or "")))
    return dict(_content(section, rows[section.pk]) for section in sections)


def _content(section: Section, rows: list[SnapshotItem]) -> tuple[str, dict[str, Any]]:
    content = statements.section_snapshot(
        launch={},
        template={},
        section={"number": section.number, "title": section.title},
        authorities=(),
        items=rows,
    )
    return section.number, as_kept(content)
