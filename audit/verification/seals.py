"""Checkpoints against the log: who had to sign each, and the root it claims against the one that the entries give."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from audit.models import Checkpoint, Entry, Head
from audit.notes import BadNote, LogKey, open_note
from audit.reading import decoded
from audit.verbs import Verb
from audit.verification.findings import Finding

NO_ENTRY = -1


@dataclass(frozen=True, slots=True)
class Reign:
    """A key of the log, and the entry that put it in the place of the one before."""

    key: LogKey
    since: int


def reigns() -> tuple[list[Reign], list[Finding]]:
    """The log's keys, in the order in which its entries name them, and what is wrong with that order."""
    found: list[Reign] = []
    findings = []
    for seq, data in _told([Verb.KEY_MADE, Verb.KEY_ROTATED]):
        try:
            key = LogKey.parse(str(data["new"]["key"]))
            before = LogKey.parse(str(data["old"]["key"])) if data["old"] else None
        except (KeyError, BadNote):
            findings.append(Finding("key_unreadable", "the key that it names cannot be read", seq))
            continue
        if before != (found[-1].key if found else None):
            findings.append(Finding("key_chain", "the key that it replaces was not the log's", seq))
            continue
        found.append(Reign(key, seq if before else NO_ENTRY))
    return found, findings


def _told(actions: list[Verb]) -> Iterator[tuple[int, dict[str, Any]]]:
    """What entries say that do these things, by their leaves and not by their columns."""
    rows = Entry.objects.doing(actions).oldest_first().values_list("seq", "leaf", "leaf_hash")
    for seq, raw, digest in rows:
        leaf = decoded(raw, digest)
        if leaf and leaf["action"] in actions:
            yield seq, leaf["data"]


def unsealed(known: list[Reign]) -> Iterator[Finding]:
    """Where a key took over and no checkpoint signed by both says so: whoever writes entries could claim it."""
    taken_over = [reign for reign in known if reign.since != NO_ENTRY]
    sizes = stored_among({reign.since + 1 for reign in taken_over})
    for reign in taken_over:
        if reign.since + 1 not in sizes:
            yield Finding(
                "key_chain", "no checkpoint says that the key before it agreed", reign.since
            )


def signers(known: list[Reign], size: int) -> set[LogKey]:
    """Who has to sign a checkpoint of that size: the key that reigned; where one took over just then, both."""
    reigned = [reign for reign in known if reign.since < size]
    takes_over = len(reigned) > 1 and reigned[-1].since == size - 1
    return {reign.key for reign in reigned[-2 if takes_over else -1 :]}


def check_note(
    note: str,
    known: list[Reign],
    roots: Mapping[int, bytes],
    *,
    size: int | None = None,
    where: str,
) -> Iterator[Finding]:
    """What is wrong with one note; `size` is what its row says, `where` names it in sentences."""
    try:
        claim, signed = open_note(note, [reign.key for reign in known])
    except BadNote as bad:
        yield Finding("note_bad", f"{where}: {bad}")
        return
    if (size is not None and claim.size != size) or claim.origin not in {r.key.name for r in known}:
        yield Finding("note_foreign", f"{where}: it is of another size or log than its place says.")
    elif signers(known, claim.size) - signed:
        yield Finding("note_unsigned", f"{where}: it is not signed by the key of its time.")
    elif claim.size not in roots:
        yield Finding(
            "log_shorter", f"{where}: the log is shorter than it was: its end is cut off."
        )
    elif roots[claim.size] != claim.root:
        yield Finding(
            "root_differs", f"{where}: the entries below it are not those that it was signed over."
        )


def size_of(note: str) -> int:
    """Of how many entries a note tells, good or not; -1 where it tells of none."""
    lines = note.split("\n")
    return int(lines[1]) if len(lines) > 1 and lines[1].isdecimal() and lines[1].isascii() else -1


@dataclass(frozen=True, slots=True)
class Gap:
    """An operator went on with a log that had lost its end: from which size, up to which, it had been another one."""

    fits: int
    known: int

    def explains(self, size: int) -> bool:
        return self.fits < size <= self.known


def resumptions() -> list[Gap]:
    """Where the ledger itself says that it was resumed."""
    found = []
    for _seq, data in _told([Verb.RESUMED]):
        match data["new"]:
            case {"fits": int(fits), "copies": [{"size": int()}, *_] as copies}:
                found.append(Gap(fits, max(int(copy["size"]) for copy in copies)))
    return found


def stored_among(sizes: Collection[int]) -> set[int]:
    """Of which of these sizes the database keeps a checkpoint."""
    rows = Checkpoint.objects.filter(size__in=sizes) if sizes else Checkpoint.objects.none()
    return set(rows.values_list("size", flat=True))


def stored_sizes() -> set[int]:
    return set(Checkpoint.objects.values_list("size", flat=True))


def stored(seen: int) -> Iterable[tuple[int, str]]:
    """The checkpoints that the database keeps, but for those that were signed since so much of the log was read."""
    now = Head.objects.aggregate(size=Max("size"))["size"] or 0
    rows = Checkpoint.objects.exclude(size__gt=seen, size__lte=now).order_by("size")
    return rows.values_list("size", "note").iterator(chunk_size=2000)
