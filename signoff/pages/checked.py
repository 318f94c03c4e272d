"""The result of a check: the verdict in words, what it does not prove, and the checks in groups, the worst first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from audit.verifier.verify import (
    ALTERED,
    HOLDS,
    MISSING,
    NOT_PROVED,
    NOTE,
    Line,
    Signature,
)
from signoff.bundle.checking import Found
from signoff.pages.checked_drawing import Drawing, drawing_of
from signoff.pages.checked_picture import picture_of
from signoff.pages.checked_signature import SignatureWords, signature_words

VERDICTS: dict[int, tuple[str, Promise]] = {
    0: ("complete", lazy("EVERYTHING HOLDS")),
    1: ("no-go", lazy("SOMETHING WAS ALTERED")),
    2: ("warning", lazy("SOMETHING IS MISSING")),
}
OUTCOMES: dict[str, tuple[str, Promise]] = {
    ALTERED: ("not_done", lazy("Altered")),
    MISSING: ("attention", lazy("Missing")),
    NOTE: ("info", lazy("To know")),
    HOLDS: ("done", lazy("Holds")),
}
MOST_UNFOLDED = 12
WORST_FIRST = (ALTERED, MISSING, HOLDS, NOTE)
ABOUT: dict[str, tuple[Promise, Promise]] = {
    "trust": (
        lazy("The trust file"),
        lazy("Whose word counts: the keys of the ledger, of this installation and of people."),
    ),
    "bundle": (
        lazy("The bundle"),
        lazy("That it is one of Sentinel's, and that no signature that it promises is gone."),
    ),
    "ledger": (
        lazy("The ledger"),
        lazy("That nothing was changed, removed or inserted below these signatures."),
    ),
    "attestation": (
        lazy("The attestation"),
        lazy("That what a deployment was told rests on these votes, and was signed here."),
    ),
    "certificate": (
        lazy("The certificates"),
        lazy("Sealed papers to read; drop one here by itself to have its seal checked."),
    ),
    "outside": (
        lazy("The checkpoint that was kept elsewhere"),
        lazy(
            "That this ledger is the one that somebody outside saw earlier, and was not made anew."
        ),
    ),
}
OF_SIGNATURES = lazy(
    "That this person stated just this, over this content, with the ledger as it stood then."
)


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its outcome as class, icon and word, and its sentence."""

    state: str
    word: str
    told: str


@dataclass(frozen=True, slots=True)
class Group:
    """The checks about one thing. `about` is the signature in words, where they are about one."""

    title: str
    why: str
    state: str
    word: str
    checks: list[Check]
    is_bad: bool
    about: SignatureWords | None = None


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """A signature in the table that says what the picture shows."""

    words: SignatureWords
    state: str
    word: str


@dataclass(frozen=True, slots=True)
class CheckedPage:
    """All that the page of a result shows."""

    tone: str
    word: str
    details: list[str]
    about: str
    whom: list[str]
    not_proved: str
    groups: list[Group]
    left_out: int = 0
    drawing: Drawing | None = None
    rows: tuple[SignatureRow, ...] = ()

    @property
    def bad(self) -> list[Group]:
        return [group for group in self.groups if group.is_bad]

    @property
    def good(self) -> list[Group]:
        return [group for group in self.groups if not group.is_bad]

    @property
    def good_things(self) -> list[Group]:
        return [group for group in self.good if not group.about]

    @property
    def good_signatures(self) -> list[Group]:
        return [group for group in self.good if group.about]

    @property
    def folds(self) -> bool:
        """Whether the signatures that hold are too many to lie open."""
        return len(self.good_signatures) > MOST_UNFOLDED


def checked_page(found: Found, *, own_trust: bool, kept: bool) -> CheckedPage:
    """The result for a bundle. `own_trust`: by this server's own trust file; `kept`: with a kept checkpoint."""
    tone, word = VERDICTS[found.status]
    signatures = sorted(found.signatures, key=lambda one: (one.at, one.digest))
    picture = picture_of(signatures, found.size, found.kept_size)
    return CheckedPage(
        tone=tone,
        word=str(word),
        details=_details(found),
        about=_about(found),
        whom=_whom(own_trust=own_trust, kept=kept),
        not_proved=NOT_PROVED,
        groups=_groups(found.lines, signatures),
        left_out=found.left_out,
        drawing=drawing_of(picture) if picture else None,
        rows=tuple(_row(one) for one in signatures),
    )


def _details(found: Found) -> list[str]:
    """The verdict counted: of the signatures, and of the checks that do not hold."""
    outcomes = Counter(line.outcome for line in found.lines)
    told = []
    for outcome, one, many in (
        (ALTERED, "%(n)d check found something altered", "%(n)d checks found something altered"),
        (MISSING, "%(n)d check found something missing", "%(n)d checks found something missing"),
    ):
        if count := outcomes[outcome]:
            told.append(ngettext(one, many, count) % {"n": count})
    holding = sum(one.holds for one in found.signatures)
    parts = {"holding": holding, "all": len(found.signatures)}
    if found.signatures:
        told.append(_("%(holding)d of %(all)d signatures hold") % parts)
    return told


def _about(found: Found) -> str:
    """What the bundle is about, as far as that was checked."""
    launches = {one.launch for one in found.signatures if one.holds and one.launch.strip()}
    told = ", ".join(sorted(launches)[:3])
    if found.size is None:
        return told
    state = ngettext(
        "the ledger had %(n)d entry when the bundle was made",
        "the ledger had %(n)d entries when the bundle was made",
        found.size,
    ) % {"n": found.size}
    return f"{told}; {state}" if told else f"{state[0].upper()}{state[1:]}"


def _whom(*, own_trust: bool, kept: bool) -> list[str]:
    """Against what was checked, and what that is worth."""
    trust = (
        _(
            "Checked by the trust file of this very server. That finds what somebody changed in the bundle since it "
            "left here; it proves nothing against this server or whoever runs it. For that, give a trust file that "
            "reached you by another way, or run verify.py on a computer of your own."
        )
        if own_trust
        else _(
            "Checked by the trust file that you gave: it is worth as much as the way it reached you."
        )
    )
    without = _(
        "No checkpoint from outside was given, so a ledger that was made anew would not be noticed."
    )
    return [trust] if kept else [trust, without]


def _row(one: Signature) -> SignatureRow:
    state, word = OUTCOMES[HOLDS] if one.holds else ("not_done", lazy("Does not hold"))
    return SignatureRow(signature_words(one), state, str(word))


def _groups(lines: Iterable[Line], signatures: list[Signature]) -> list[Group]:
    """The lines by what they are about; those with something altered first, then missing, then as they were made."""
    known = {one.digest: one for one in signatures}
    order = [*ABOUT, *known]
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.signature or line.about, []).append(line)
    groups = [
        (_worst(mine), order.index(key) if key in order else len(order), _group(key, mine, known))
        for key, mine in found.items()
    ]
    return [group for _w, _o, group in sorted(groups, key=lambda row: row[:2])]


def _worst(lines: list[Line]) -> int:
    """What a group comes to: where nothing in it was checked, it does not hold, it is only to be known."""
    outcomes = {line.outcome for line in lines}
    return next(at for at, one in enumerate(WORST_FIRST) if one in outcomes)


def _group(key: str, lines: list[Line], known: dict[str, Signature]) -> Group:
    worst = WORST_FIRST[_worst(lines)]
    state, word = OUTCOMES[worst]
    title, why = ABOUT.get(key, (_("A signature, %(digest)s") % {"digest": key[:8]}, OF_SIGNATURES))
    return Group(
        title=str(title),
        why=str(why),
        state=state,
        word=str(word),
        checks=[_check(line) for line in sorted(lines, key=_order)],
        is_bad=worst in {ALTERED, MISSING},
        about=signature_words(known[key]) if key in known else None,
    )


def _order(line: Line) -> int:
    return (ALTERED, MISSING, NOTE, HOLDS).index(line.outcome)


def _check(line: Line) -> Check:
    state, word = OUTCOMES[line.outcome]
    return Check(state, str(word), line.told)
