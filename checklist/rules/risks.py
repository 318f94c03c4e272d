"""Risks: how a likelihood and an impact weigh, what a risk lacks, whether a register is assessed (DESIGN 3.11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Likelihood(IntegerChoices):
    """How likely something is, on the scale of a 5 x 5 matrix."""

    RARE = 1, _("1 rare")
    UNLIKELY = 2, _("2 unlikely")
    POSSIBLE = 3, _("3 possible")
    LIKELY = 4, _("4 likely")
    ALMOST_CERTAIN = 5, _("5 almost certain")


class Impact(IntegerChoices):
    """How bad it would be, on the scale of a 5 x 5 matrix."""

    NEGLIGIBLE = 1, _("1 negligible")
    MINOR = 2, _("2 minor")
    MODERATE = 3, _("3 moderate")
    MAJOR = 4, _("4 major")
    SEVERE = 5, _("5 severe")


class Level(TextChoices):
    """A score in one word. The bands are ours: organisations draw them differently, and no rule hangs on them."""

    UNRATED = "unrated", _("not rated")
    LOW = "low", _("low")
    MODERATE = "moderate", _("moderate")
    HIGH = "high", _("high")
    CRITICAL = "critical", _("critical")

    @classmethod
    def of(cls, score: int) -> Level:
        """The level of a score: 1-4 low, 5-9 moderate, 10-15 high, 16-25 critical; 0 is not rated."""
        bands = ((16, cls.CRITICAL), (10, cls.HIGH), (5, cls.MODERATE), (1, cls.LOW))
        return next((level for least, level in bands if score >= least), cls.UNRATED)


class Lack(TextChoices):
    """What an assessed risk has and this one lacks."""

    LIKELIHOOD = "likelihood", _("likelihood")
    IMPACT = "impact", _("impact")
    MITIGATION = "mitigation", _("mitigation")
    OWNER = "owner", _("owner")


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """All that the rules ask of an open risk."""

    likelihood: int | None
    impact: int | None
    mitigation: str
    has_owner: bool

    @property
    def score(self) -> int:
        """Likelihood times impact, 1 to 25; 0 while one of them is missing."""
        return (self.likelihood or 0) * (self.impact or 0)

    @property
    def level(self) -> Level:
        return Level.of(self.score)

    @property
    def lacks(self) -> tuple[Lack, ...]:
        missing = {
            Lack.LIKELIHOOD: not self.likelihood,
            Lack.IMPACT: not self.impact,
            Lack.MITIGATION: not self.mitigation.strip(),
            Lack.OWNER: not self.has_owner,
        }
        return tuple(lack for lack, is_missing in missing.items() if is_missing)


@dataclass(frozen=True, slots=True)
class Assessment:
    """A launch's register of open risks, counted."""

    total: int = 0
    incomplete: int = 0
    worst: int = 0

    @property
    def is_done(self) -> bool | None:
        """The third question of a decision: every risk is assessed. None while nothing is recorded to tell it from."""
        return self.incomplete == 0 if self.total else None

    @property
    def level(self) -> Level:
        return Level.of(self.worst)


def assess(risks: Iterable[RiskFacts]) -> Assessment:
    """Count the open risks of a launch."""
    rows = list(risks)
    return Assessment(
        total=len(rows),
        incomplete=sum(bool(row.lacks) for row in rows),
        worst=max((row.score for row in rows), default=0),
    )
