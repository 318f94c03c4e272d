"""The ledger in words. Apps bring theirs, since audit knows people and launches only as ids.

Each app registers once, in its `AppConfig.ready()`; registering again replaces. A field is named
"item.status", for one kind of subject, or "status", for all of them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from audit.reading import Line, Redacted, Written
from audit.values import Text, humanised, local, plain, shortened, uuid_in

PERSON = "user"
NAMES = ("title", "name", "text")
NOTHING: tuple[Any, ...] = (None, "", [], {})

type Label = str | Promise
type Describe = Callable[[set[UUID]], Mapping[UUID, Described]]
type Known = Mapping[str, Mapping[UUID, Described]]


@dataclass(frozen=True, slots=True)
class Described:
    """How a subject is called, and the page to read about it ("" where it has none)."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a sentence. No `label`: the values speak for themselves. No `old`: only told."""

    label: str
    old: Text | None
    new: Text

    def __str__(self) -> str:
        if self.old is None:
            told = _("%(field)s %(new)s") % {"field": self.label, "new": self.new}
        else:
            parts = {"field": self.label, "old": self.old, "new": self.new}
            told = _("%(field)s %(old)s → %(new)s") % parts
        return told.strip()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A line of the ledger for people: what (`label`, `url`), what happened to it, why, who, when.

    `str()` has it all; `text` leaves the time out, for lists that show it in a column of its own.
    """

    seq: int
    at: datetime
    actor: str
    label: str
    url: str
    phrase: str
    changes: tuple[FieldChange, ...] = ()
    reason: Text | None = None
    readable: bool = True

    def __str__(self) -> str:
        return _("%(sentence)s, %(when)s") % {"sentence": self.text, "when": self.when}

    @property
    def text(self) -> str:
        told = "; ".join(filter(None, [self.phrase, *map(str, self.changes)]))
        what = f"{told} {self.reason}" if self.reason else told
        if not self.actor:
            return _("%(label)s: %(what)s") % {"label": self.label, "what": what}
        parts = {"label": self.label, "what": what, "who": self.actor}
        return _("%(label)s: %(what)s, %(who)s") % parts

    @property
    def whole(self) -> list[tuple[str, str]]:
        """The texts that this sentence shortens, in full, each with what it is."""
        found = [(_("reason"), self.reason)]
        for change in self.changes:
            found.append((_("%(field)s before") % {"field": change.label}, change.old))
            found.append((_("%(field)s now") % {"field": change.label}, change.new))
        return [(name.strip(), text.full) for name, text in found if text and text.full]

    @property
    def when(self) -> str:
        """Weekday and time, as in "Tue 14:02", in the zone the sentence was made for."""
        return date_format(self.at, "D H:i")

    @property
    def clock(self) -> str:
        """The time alone, for lists with a heading a day."""
        return date_format(self.at, "H:i")


@dataclass
class Vocabulary:
    """What the apps registered."""

    describers: dict[str, Describe] = field(default_factory=dict)
    nouns: dict[str, Label] = field(default_factory=dict)
    phrases: dict[str, Label] = field(default_factory=dict)
    told: dict[str, Sequence[str]] = field(default_factory=dict)
    topics: dict[str, Label] = field(default_factory=dict)
    fields: dict[str, Label | None] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    values: dict[str, Callable[[Any], Label]] = field(default_factory=dict)
    find_people: Callable[[str], Collection[UUID]] = lambda _text: ()


vocabulary = Vocabulary()


def register_subjects(kind: str, describe: Describe, noun: Label = "") -> None:
    """How subjects "<kind>:<uuid>" are called: `describe` answers for a whole page, in one query.

    It may leave out what no longer exists: the line's own words, or `noun`, stand in. Kind "user"
    names actors too. Kinds that share one `describe` are asked for together.
    """
    vocabulary.describers[kind] = describe
    vocabulary.nouns[kind] = noun


def register_phrases(
    phrases: Mapping[str, Label], told: Mapping[str, Sequence[str]] | None = None
) -> None:
    """What each act did, as "signed"; an empty phrase leaves it to the changed fields.

    The filter knows an act by its phrase alone, so every act has one, if an empty one. A creation
    shows none of its fields but those that `told` names for its act: the vote of a vote.
    """
    vocabulary.phrases |= phrases
    vocabulary.told |= told or {}


def register_topics(topics: Mapping[str, Label]) -> None:
    """Names of kinds of change, for the filter: a topic is an act's part before the dot."""
    vocabulary.topics |= topics


def register_fields(fields: Mapping[str, Label | None]) -> None:
    """Names of fields, in the order to tell them: "" where none is needed, None to tell nothing."""
    vocabulary.fields |= fields


def register_links(links: Mapping[str, str]) -> None:
    """Fields whose values are ids, or lists of ids, and of which kind: {"item.owner": "user"}."""
    vocabulary.links |= links


def register_values(field: str, say: Callable[[Any], Label]) -> None:
    """How a field's codes read; of a list, each part. Where `say` fails, the code stands plain."""
    vocabulary.values[field] = say


def register_people(find: Callable[[str], Collection[UUID]]) -> None:
    """How the filter finds people by a name or an e-mail address: a few ids, by an index."""
    vocabulary.find_people = find


def topics() -> dict[str, Label]:
    """The kinds of change that the registered acts make up, and their names."""
    found = {act.partition(".")[0] for act in vocabulary.phrases}
    return {t: vocabulary.topics.get(t) or humanised(t).capitalize() for t in found}


def acts_of(topic: str) -> list[str]:
    """The registered acts of one kind of change."""
    return sorted(act for act in vocabulary.phrases if act.partition(".")[0] == topic)


def sentences(lines: Iterable[Line]) -> list[Sentence]:
    """A sentence for each line, in the current language and zone; one query a kind of subject."""
    rows = list(lines)
    known = _describe(rows)
    return [_sentence(line, known) if line.readable else _unreadable(line) for line in rows]


def _describe(lines: list[Line]) -> Known:
    wanted: dict[str, set[UUID]] = {}
    for line in lines:
        for kind, uuid in _named(line):
            wanted.setdefault(kind, set()).add(uuid)
    asked: dict[Describe, set[UUID]] = {}
    for kind, ids in wanted.items():
        if describe := vocabulary.describers.get(kind):
            asked.setdefault(describe, set()).update(ids)
    answers = {describe: describe(ids) for describe, ids in asked.items()}
    return {kind: answers[d] for kind in wanted if (d := vocabulary.describers.get(kind))}


def _named(line: Line) -> Iterator[tuple[str, UUID]]:
    if line.actor:
        yield PERSON, line.actor
    if subject := _reference(line.subject):
        yield subject
    for name, value in chain(line.old.items(), line.new.items()):
        yield from _named_in(value, _kind(line), name)


def _named_in(value: Any, kind: str, name: str) -> Iterator[tuple[str, UUID]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _named_in(part, kind, key)
    elif isinstance(value, list):
        for part in value:
            yield from _named_in(part, kind, name)
    elif found := _link(value, kind, name):
        yield found


def _link(value: Any, kind: str, name: str) -> tuple[str, UUID] | None:
    """Whom a value points at: by its field, or because it says so itself as "<kind>:<uuid>"."""
    if not isinstance(value, str) or isinstance(value, Written):
        return None
    target, uuid = _lookup(vocabulary.links, kind, name), uuid_in(value)
    return (target, uuid) if target and uuid else _reference(value)


def _reference(text: str) -> tuple[str, UUID] | None:
    kind, _colon, rest = text.rpartition(":")
    uuid = uuid_in(rest)
    return (kind, uuid) if kind and uuid else None


def _kind(line: Line) -> str:
    return line.subject.partition(":")[0]


def _lookup[T](table: Mapping[str, T], kind: str, name: str) -> T | None:
    return table[f"{kind}.{name}"] if f"{kind}.{name}" in table else table.get(name)


def _sentence(line: Line, known: Known) -> Sentence:
    subject = _subject(line, known)
    changes = tuple(_changes(line, known))
    return Sentence(
        seq=line.seq,
        at=local(line.at),
        actor=_actor(line.actor, known),
        label=subject.label,
        url=subject.url,
        phrase=_phrase(line, changed=bool(changes)),
        changes=changes,
        reason=_quoted(line.reason) if line.reason else None,
    )


def _unreadable(line: Line) -> Sentence:
    label = _("Entry %(number)s") % {"number": number_format(line.seq)}
    phrase = _("this entry cannot be read")
    return Sentence(line.seq, local(line.at), "", label, "", phrase, readable=False)


def _actor(actor: UUID | None, known: Known) -> str:
    if actor is None:
        return "Sentinel"
    person = known.get(PERSON, {}).get(actor)
    return person.label if person else _("someone unknown")


def _subject(line: Line, known: Known) -> Described:
    kind, uuid = _reference(line.subject) or ("", None)
    found = known.get(kind, {}).get(uuid) if uuid else None
    if found:
        return Described(str(shortened(found.label)), found.url)
    return Described(_own_name(line) or _gone(kind))


def _own_name(line: Line) -> str:
    """What the line itself calls its subject, once the subject is no longer there to be asked."""
    fields = line.old | line.new
    names = (fields.get(name) for name in ("number", *NAMES))
    number, *found = (name if isinstance(name, str) else "" for name in names)
    name = next(filter(None, found), "")
    return str(shortened(f"{number} {name}".strip())) if name else ""


def _gone(kind: str) -> str:
    noun = vocabulary.nouns.get(kind) or humanised(kind) or _("something")
    return _("%(noun)s, no longer here") % {"noun": noun}


def _phrase(line: Line, *, changed: bool) -> str:
    if phrase := str(vocabulary.phrases.get(line.action, "")):
        return phrase
    if line.new and not line.old:
        return _("added")
    if line.old and not line.new:
        return _("removed")
    if changed:
        return ""
    if line.action in vocabulary.phrases:
        return _("changed")
    return humanised(line.action.rpartition(".")[2])


def _changes(line: Line, known: Known) -> Iterator[FieldChange]:
    """What to tell of the fields: of a change what differs, of a whole row what `told` names.

    Where there was nothing before there is only what came, and where there is nothing at all nothing is told.
    """
    kind = _kind(line)
    if line.old and line.new:
        names = [name for name in line.old | line.new if _differs(line, name)]
        told = [(name, line.old.get(name), line.new.get(name)) for name in names]
    else:
        side = line.new or line.old
        names = [name for name in vocabulary.told.get(line.action, ()) if name in side]
        told = [(name, None, side[name]) for name in names if side[name] not in NOTHING]
    for name, old, new in sorted(told, key=lambda change: _place(kind, change[0])):
        label = _label(kind, name)
        if label is not None:
            before = None if old in NOTHING else _text(old, kind, name, known)
            yield FieldChange(label, before, _text(new, kind, name, known))


def _differs(line: Line, name: str) -> bool:
    old, new = line.old.get(name), line.new.get(name)
    return isinstance(old, Redacted) or old != new


def _label(kind: str, name: str) -> str | None:
    for key in (f"{kind}.{name}", name):
        if key in vocabulary.fields:
            label = vocabulary.fields[key]
            return None if label is None else str(label)
    return humanised(name)


def _place(kind: str, name: str) -> tuple[int, str]:
    for key in (f"{kind}.{name}", name):
        if key in vocabulary.fields:
            return list(vocabulary.fields).index(key), name
    return len(vocabulary.fields), name


def _text(value: Any, kind: str, name: str, known: Known) -> Text:
    if isinstance(value, Redacted) or (isinstance(value, Written) and value):
        return _quoted(value)
    return shortened(_said(value, kind, name, known))


def _quoted(text: str | Redacted) -> Text:
    """A person's own words, as a quotation."""
    if isinstance(text, Redacted):
        return Text(str(text))
    words = shortened(text)
    return Text(_("“%(text)s”") % {"text": words.short}, words.full)


def _said(value: Any, kind: str, name: str, known: Known) -> str:
    if value in NOTHING:
        return _("none")
    match value:
        case Written() | Redacted():
            return str(value)
        case list():
            return ", ".join(_said(part, kind, name, known) for part in value)
        case dict():
            return ", ".join(_said_parts(value, kind, known))
    if found := _link(value, kind, name):
        target, uuid = found
        described = known.get(target, {}).get(uuid)
        return described.label if described else _gone(target)
    return _coded(value, _lookup(vocabulary.values, kind, name))


def _said_parts(value: Mapping[str, Any], kind: str, known: Known) -> Iterator[str]:
    for name, part in value.items():
        label = _label(kind, name)
        if label is not None:
            yield f"{label} {_said(part, kind, name, known)}".strip()


def _coded(value: Any, say: Callable[[Any], Label] | None) -> str:
    """A code in its field's words; plainly where it has none, or none for this code any more."""
    if say is None:
        return plain(value)
    try:
        return str(say(value))
    except (ValueError, LookupError, TypeError, AttributeError):
        return plain(value)
