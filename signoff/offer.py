"""What of a section somebody may accept, and why not: the same for the page that offers it and for the action."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from accounts.models import User
from checklist.material import digest
from checklist.models import Item, Launch, Risk, Section
from checklist.rules import ItemFacts, LaunchState, day_ends
from sentinel.reasons import Reason
from signoff.rules import AcceptingFacts, SignerFacts, accepting_refusals
from signoff.statements import acceptable_material


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to accept, until the end of which day, having seen which offer."""

    items: Collection[UUID]
    until_on: date
    seen: str
    risk: UUID | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A section's items before somebody who may accept some of them."""

    launch: Launch
    section: Section
    items: list[Item]
    facts: list[ItemFacts]
    user: User
    signer: SignerFacts
    risks: list[Risk]
    handed_on: frozenset[UUID]
    now: datetime

    @property
    def rows(self) -> list[tuple[Item, ItemFacts]]:
        """What is outstanding, accepted already or not."""
        rows = zip(self.items, self.facts, strict=True)
        return [(item, fact) for item, fact in rows if fact.outstanding]

    @property
    def digest(self) -> str:
        """The digest of number, text and status of everything offered."""
        return self.digest_of(fact for _item, fact in self.rows)

    def digest_of(self, facts: Iterable[ItemFacts]) -> str:
        return digest(acceptable_material(self.section.number, facts))

    def chosen(self, wish: Wish) -> list[tuple[Item, ItemFacts]]:
        rows = zip(self.items, self.facts, strict=True)
        return [(item, fact) for item, fact in rows if item.pk in wish.items]

    def until(self, wish: Wish) -> datetime:
        """The end of the day that was chosen, in the launch's zone (DESIGN 3.17)."""
        return day_ends(wish.until_on, self.launch.time_zone)

    def risk(self, wish: Wish) -> Risk | None:
        """The open risk that the acceptance names."""
        return next((risk for risk in self.risks if risk.pk == wish.risk), None)

    def is_own(self, item: Item, risk: Risk | None = None) -> bool:
        """Whoever answers for it does not accept it: the owner of the risk named, else of the item (DESIGN 3.6).

        Giving it away first is no way round.
        """
        row = risk or item
        return row.owner_id == self.user.pk or row.pk in self.handed_on

    def refusals(self, wish: Wish) -> list[Reason]:
        """Why these items cannot be accepted now by this person."""
        chosen, risk = self.chosen(wish), self.risk(wish)
        facts = AcceptingFacts(
            state=LaunchState(self.launch.state),
            items=tuple(fact for _item, fact in chosen),
            until=self.until(wish),
            now=self.now,
            answered_for=frozenset(fact.id for item, fact in chosen if self.is_own(item, risk)),
            unconcerned=risk is not None
            and not {item.pk for item, _fact in chosen} <= {item.pk for item in risk.items.all()},
        )
        reasons = accepting_refusals(facts, self.signer)
        gone = len(chosen) < len(set(wish.items)) or (wish.risk is not None and risk is None)
        if gone or wish.seen != self.digest:
            reasons.append(Reason("changed_meanwhile"))
        return reasons
