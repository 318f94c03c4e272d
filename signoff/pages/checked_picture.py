"""The picture of a check: who signed when over which state of the ledger. Places and shapes: values in, values out.

From left to right in the order of the ledger, and not to scale: what was signed one after the other stands beside each
other. Across, places are hundredths of the width, so that a phone and a sheet of paper show the same; down, pixels.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from audit.verifier.verify import KEY, RECORDED, SERVER, Signature

LEFT, RIGHT = 4.0, 96.0
APART = 7.0  # of a phone's 300 pixels: a mark and a little
MOST_ROWS = 24
TOP, ROW, AXIS = 8, 48, 60
NAME, LANE = 15, 33  # in a row, from its top
MIDDLE = (36.0, 58.0)  # where a third label has room between those at the ends
SHAPES = {KEY: "key", SERVER: "server", RECORDED: "recorded"}


@dataclass(frozen=True, slots=True)
class Mark:
    """One signature, or some that are too near to each other to be told apart."""

    x: float
    signatures: tuple[Signature, ...]

    @property
    def count(self) -> int:
        return len(self.signatures)

    @property
    def holds(self) -> bool:
        return all(one.holds for one in self.signatures)

    @property
    def is_gone(self) -> bool:
        """All that is here was taken back."""
        return all(one.taken_back for one in self.signatures)

    @property
    def shape(self) -> str:
        kinds = {SHAPES.get(one.kind, "unknown") for one in self.signatures}
        return kinds.pop() if len(kinds) == 1 else "several"


@dataclass(frozen=True, slots=True)
class Row:
    """One person's signatures. `people` is more than one in the last row where there are too many."""

    y: int
    name: str
    capacity: str
    people: int
    marks: tuple[Mark, ...]

    @property
    def name_y(self) -> int:
        return self.y + NAME

    @property
    def lane_y(self) -> int:
        return self.y + LANE

    @property
    def until(self) -> float:
        """How far the ledger lies under this person's last signature."""
        return max((mark.x for mark in self.marks), default=LEFT)


@dataclass(frozen=True, slots=True)
class Tick:
    """A state of the ledger on the axis. `at`: the moment, as a statement gives it, of a signature over it."""

    x: float
    anchor: str
    size: int
    at: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it."""

    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    end: float  # the bundle's checkpoint
    kept: float | None
    undrawn: int = 0

    @property
    def bottom(self) -> int:
        """Where the axis lies."""
        return TOP + ROW * len(self.rows)

    @property
    def height(self) -> int:
        return self.bottom + AXIS


@dataclass
class _Scale:
    """The states of the ledger that the picture shows, in order."""

    sizes: list[int]
    places: dict[int, float] = field(init=False)

    def __post_init__(self) -> None:
        step = (RIGHT - LEFT) / max(1, len(self.sizes) - 1)
        self.places = {size: round(LEFT + step * at, 2) for at, size in enumerate(self.sizes)}


def picture_of(
    signatures: Iterable[Signature], size: int | None, kept: int | None = None
) -> Picture | None:
    """The picture; none where the state of the ledger or no signature is known."""
    rows = list(signatures)
    if not size:
        return None
    drawn = {one.digest: place for one in rows if (place := place_of(one, size)) is not None}
    if not drawn:
        return None
    scale = _Scale(sorted({0, size, *drawn.values(), *([kept] if kept else [])}))
    placed = [(scale.places[drawn[one.digest]], one) for one in rows if one.digest in drawn]
    return Picture(
        rows=tuple(_rows(placed)),
        ticks=tuple(_ticks(scale, placed)),
        end=RIGHT,
        kept=scale.places[kept] if kept else None,
        undrawn=len(rows) - len(placed),
    )


def place_of(one: Signature, size: int) -> int | None:
    """Over which state of the ledger it was signed; its entry's where it does not say, or says what cannot be."""
    for found in (one.log_size, one.entry):
        if found is not None and 0 <= found <= size:
            return found
    return None


type Placed = tuple[float, Signature]


def _rows(placed: Sequence[Placed]) -> Iterable[Row]:
    """A row a person, in the order of their first signatures; the last ones together where they are too many."""
    ordered = sorted(placed, key=lambda pair: (pair[0], pair[1].at, pair[1].digest))
    people: dict[str, list[Placed]] = {}
    for x, one in ordered:
        people.setdefault(one.person or one.name, []).append((x, one))
    alone = list(people.values())
    rest = alone[MOST_ROWS - 1 :] if len(alone) > MOST_ROWS else []
    for at, mine in enumerate(alone[: len(alone) - len(rest)]):
        capacities = {one.authority for _x, one in mine if one.authority}
        capacity = capacities.pop() if len(capacities) == 1 else ""
        yield Row(TOP + ROW * at, mine[0][1].name, capacity, 1, tuple(_marks(mine)))
    if rest:
        together = sorted((pair for mine in rest for pair in mine), key=lambda pair: pair[0])
        yield Row(TOP + ROW * (MOST_ROWS - 1), "", "", len(rest), tuple(_marks(together)))


def _marks(placed: Sequence[Placed]) -> Iterable[Mark]:
    """A mark a signature; those nearer than a mark is wide become one, which counts them."""
    start, near = -APART, list[Signature]()
    for x, one in placed:
        if x - start >= APART:
            if near:
                yield Mark(start, tuple(near))
            start, near = x, []
        near.append(one)
    yield Mark(start, tuple(near))


def _ticks(scale: _Scale, placed: Sequence[Placed]) -> Iterable[Tick]:
    """The two ends, and one between them where there is room."""
    moments = {x: min(one.at for _x, one in same) for x, same in _by_place(placed)}
    yield Tick(LEFT, "start", 0)
    for size in scale.sizes[1:-1]:
        x = scale.places[size]
        if MIDDLE[0] <= x <= MIDDLE[1] and x in moments:
            yield Tick(x, "middle", size, moments[x])
            break
    yield Tick(RIGHT, "end", scale.sizes[-1])


def _by_place(placed: Sequence[Placed]) -> Iterable[tuple[float, list[Placed]]]:
    ordered = sorted(placed, key=lambda pair: pair[0])
    return ((x, list(same)) for x, same in groupby(ordered, key=lambda pair: pair[0]))
