"""What a check of the ledger comes to."""

from dataclasses import dataclass, field

from audit.merkle import EMPTY_ROOT


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold: a sentence for an operator, and the entry where it is one's."""

    code: str
    told: str
    seq: int | None = None

    def __str__(self) -> str:
        return self.told if self.seq is None else f"Entry {self.seq}: {self.told}"


@dataclass(frozen=True, slots=True)
class Erasure:
    """A text that was erased on purpose: where it was, and which entry says so."""

    seq: int
    path: str
    told_in: int


@dataclass(slots=True)
class Result:
    """Over what a check went, and what it found.

    `sealed` is how many entries the newest good checkpoint is over; `lost` counts kept notes about a part of the log
    that a restored backup no longer has, as an entry says.
    """

    size: int = 0
    root: bytes = EMPTY_ROOT
    roots: dict[int, bytes] = field(default_factory=dict)
    checkpoints: int = 0
    sealed: int = 0
    lost: int = 0
    erasures: list[Erasure] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.findings

    @property
    def codes(self) -> set[str]:
        return {finding.code for finding in self.findings}
