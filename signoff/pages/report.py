"""The report page: the launch's document on one page, the verdict on top."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import User
from checklist.models import Launch
from checklist.permissions import Right
from checklist.reading import launch_rights
from checklist.verdict_words import VerdictWords, verdict_words
from signoff.export.document import Document
from signoff.export.parts import document_of
from signoff.export.source import Source, source_of
from signoff.pages.people import to_the_second


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Everything the report page shows."""

    launch: Launch
    verdict: VerdictWords
    document: Document
    made: str
    download: str
    manages: bool


def report_page(launch: Launch, *, user: User, now: datetime) -> ReportPage:
    """The launch as it stands now, whole."""
    source = source_of(launch, now)
    return ReportPage(
        launch=launch,
        verdict=verdict_words(source.standing, now),
        document=document_of(source),
        made=made_words(source),
        download=reverse("signoff:export", args=[launch.slug, "md"]),
        manages=Right.MANAGE in launch_rights(user, launch, now),
    )


def made_words(source: Source) -> str:
    """When this page was made, and how much the ledger held then: what a copy on paper is held against."""
    text = ngettext(
        "As it stood %(when)s (%(zone)s), when the ledger had %(n)d entry.",
        "As it stood %(when)s (%(zone)s), when the ledger had %(n)d entries.",
        source.ledger_size,
    )
    zone = source.launch.time_zone
    return text % {
        "when": to_the_second(source.now, zone),
        "zone": zone,
        "n": source.ledger_size,
    }
