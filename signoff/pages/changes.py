"""What has changed since somebody signed, voted or looked: the differences as lines with their addresses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Authority
from checklist.models import Launch, Section, Slot
from checklist.pages.turns import moment
from signoff.diff import Difference, Differences, bare, differences
from signoff.models import Signature
from signoff.pages.content import content_of
from signoff.rules import Act

SALT = "signoff.shown"
MOST_LINES = 5

type Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A difference as a sentence, and where to look; both texts in full where the sentence shortens them."""

    text: str
    url: str
    old: str = ""
    new: str = ""
    in_full: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since `since`: material first, then edited notes; `listed` is beside a vote and no part of it."""

    since: str
    url: str
    material: tuple[ChangeLine, ...]
    notes: tuple[ChangeLine, ...]
    listed: tuple[ChangeLine, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.material or self.notes or self.listed)

    @property
    def is_short(self) -> bool:
        """So few lines that nothing is gained by folding them away."""
        return len(self.material) <= MOST_LINES

    @property
    def notes_heading(self) -> str:
        count = len(self.notes)
        return ngettext("%(n)d note edited since", "%(n)d notes edited since", count) % {"n": count}


def last_signed(slot: Slot) -> Signature | None:
    """The slot's last signature or return, with what it was over."""
    acts = [Act.SIGN, Act.RETURN]
    found = Signature.objects.filter(slot=slot, act__in=acts).select_related("snapshot")
    return found.with_proof().newest_first().first()


def since_signature(
    signature: Signature | None, now: Content, launch: Launch, section: Section
) -> Changes | None:
    """What changed in a section since it was last signed or returned; None before the first time."""
    if signature is None:
        return None
    texts = {
        Act.SIGN: _("Changed since %(who)s signed, %(when)s"),
        Act.RETURN: _("Changed since %(who)s returned it, %(when)s"),
    }
    parts = {"who": signature.signer_name, "when": moment(signature.signed_at)}
    since = texts[Act(signature.act)] % parts
    return section_changes(
        since, content_of(signature.snapshot), now, launch, section, signature.get_absolute_url()
    )


def section_changes(
    since: str, old: Content, new: Content, launch: Launch, section: Section, url: str = ""
) -> Changes:
    """Two contents of one section compared, each line with its item's address."""
    found = differences(old, new, authority_names(old, new))
    urls = item_urls(new, launch.slug, section.number)
    return changes(since, found, urls, url)


def changes(since: str, found: Differences, urls: Mapping[str, str], url: str = "") -> Changes:
    return Changes(since, url, lines(found.material, urls), lines(found.notes, urls))


def lines(found: Iterable[Difference], urls: Mapping[str, str]) -> tuple[ChangeLine, ...]:
    return tuple(
        ChangeLine(
            text=str(change),
            url=urls.get(change.where, ""),
            old=change.old,
            new=change.new,
            in_full=change.is_long,
        )
        for change in found
    )


def item_urls(content: Content, slug: str, number: str) -> dict[str, str]:
    """The address of each item of a section's content, by its id."""
    return {
        item["id"]: reverse("checklist:item", args=[slug, number, item["id"]])
        for item in content.get("items", [])
    }


def authority_names(*contents: Content) -> dict[str, str]:
    """The names of the authorities of these contents, asked for only where they differ."""
    slugs = {slug for content in contents for slug in content["authorities"]}
    if all(set(content["authorities"]) == slugs for content in contents):
        return {}
    return dict(Authority.objects.filter(slug__in=slugs).values_list("slug", "name"))


def shown_token(content: Content) -> str:
    """What a page shows, to travel with its form: what has changed meanwhile can then be told exactly."""
    return signing.dumps(bare(content), salt=SALT, compress=True)


def shown_in(token: str) -> dict[str, Any] | None:
    """What a form's page showed; None where the token is none of ours."""
    try:
        content: dict[str, Any] = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return content


def meanwhile() -> str:
    return _("Changed while this page was open")
