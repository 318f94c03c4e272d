"""The launch page, the section page and an item's drawer as they stood: the pages of today, over replayed rows."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from audit.leaves import Leaf
from audit.reading import line_of
from audit.words import Sentence, sentences
from checklist import reading, rules
from checklist.activity_words import already_known
from checklist.markdown import has_markup, render
from checklist.models import Item, Launch, Section
from checklist.pages.acceptance import acceptance_words
from checklist.pages.item import HISTORY, ItemPage, Said, happened, proof_line
from checklist.pages.launch import LaunchPage, page_of
from checklist.pages.names import Named, Names, names_of
from checklist.pages.rows import Asked
from checklist.pages.section import Loaded, SectionPage, section_page
from checklist.pages.then import NOBODY, Then, in_the_past
from checklist.replay.moments import Moment, moment_of, stood_at
from checklist.replay.rebuilding import Stood
from checklist.rules import OUTSTANDING
from checklist.tokens import token_of


@dataclass(frozen=True, slots=True)
class Scene:
    """A moment of a launch, how it stood, and what was told of it: first the moment's own entry."""

    moment: Moment
    stood: Stood
    told: list[Sentence]

    def section(self, number: str) -> Section:
        """The section that had this number then; 404 where none had."""
        return _found(row for row in self.stood.sections if row.number == number)

    def item(self, section: Section, pk: UUID) -> Item:
        """The item that was in the section then; 404 where it was not, or was removed already."""
        return _found(row for row in self.stood.items_in(section) if row.pk == pk)

    def at(self, url: str) -> Then:
        """What to say of the moment at the top of the page at `url`."""
        moment = self.moment
        activity = reverse("checklist:activity", args=[moment.launch.slug])
        return Then(
            seq=moment.leaf.seq,
            at=moment.at,
            told=self.told[0].text,
            unread=self.stood.unread,
            before=moment.before,
            after=moment.after,
            url=url,
            activity_url=f"{activity}?before={moment.leaves[-1].seq + 1}",
        )


def _found[Row](rows: Iterable[Row]) -> Row:
    for row in rows:
        return row
    raise Http404("It was not there then.")


def scene_of(launch: Launch, at: str, item: UUID | None = None) -> Scene:
    """A launch at the moment that an address means; `item` with its history up to then."""
    moment = moment_of(launch, at)
    telling = [moment.leaf, *(moment.history(item, HISTORY) if item else [])]
    stood = stood_at(moment, item, telling)
    return Scene(moment, stood, told(telling, stood))


def told(leaves: list[Leaf], stood: Stood) -> list[Sentence]:
    """Leaves in words. One query for each kind of what they name besides the launch's own rows."""
    known = [stood.launch, *stood.sections, *stood.slots, *stood.items, *stood.risks]
    with already_known(known):
        return sentences(line_of(leaf.readable, stood.texts) for leaf in leaves)


def _names(scene: Scene) -> Names:
    """Today's names of who held an authority then, of the teams and managers that there were. One query."""
    stood = scene.stood
    names = names_of(stood.launch, stood.slots, stood.now)
    return replace(
        names,
        teams={
            section.pk.hex: [Named(team.pk, team.name) for team in section.teams.all()]
            for section in stood.sections
        },
        managers=[Named(person.pk, str(person)) for person in stood.managers],
    )


def launch_page_then(scene: Scene, shown: str) -> LaunchPage:
    """The launch as it stood."""
    stood, said = scene.stood, scene.at(scene.moment.launch.get_absolute_url())
    page = page_of(stood.standing, _names(scene), NOBODY, now=stood.now, shown=shown)
    return replace(in_the_past(page, said.seq), at=said)


def section_page_then(scene: Scene, section: Section, asked: Asked) -> SectionPage:
    """A section of the launch as it stood."""
    stood, said = scene.stood, scene.at(section.get_absolute_url())
    items = stood.items_in(section)
    slots = stood.standing.slots_of(section)
    clock = stood.launch.clock(section.phase, stood.now)
    check = rules.pre_check(reading.weighed(stood.launch, items, stood.proofs), clock)
    facts = reading.section_facts(section, slots)
    loaded = Loaded(section, items, slots, NOBODY, facts, check, stood.now, _names(scene))
    page = in_the_past(section_page(loaded, replace(asked, who=Asked.ALL)), said.seq)
    return replace(page, tabs=(), closed=[], at=said)


def item_page_then(scene: Scene, item: Item) -> ItemPage:
    """An item of the launch as it stood, with nothing to do about it."""
    stood, launch = scene.stood, scene.stood.launch
    clock = launch.clock(item.section.phase, stood.now)
    comments = [row for row in stood.comments if row.item_id == item.pk]
    return ItemPage(
        item=item,
        token=token_of(item.pk),
        forms={},
        proofs=[proof_line(proof, item, clock) for proof in stood.proofs.get(item.pk, [])],
        said=[Said(row, render(row.text), None, needs_reason=False) for row in comments],
        history=[happened(line) for line in scene.told[1:]],
        can_comment=False,
        can_set=False,
        can_edit=False,
        can_lead=False,
        may_question=False,
        wanted="",
        choice=None,
        note=render(item.note),
        note_has_markup=has_markup(item.note),
        accepted=acceptance_words(item, launch, stood.now) if item.status in OUTSTANDING else None,
        accept_url="",
        risks=stood.risks_of(item),
        risk_url="",
        at=scene.at(item.section.get_absolute_url()),
    )
