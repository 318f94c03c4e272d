"""A certificate made whole: read, recorded, printed, sealed. What pages and commands ask for."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from checklist.models import Launch, Section
from signoff.certificate.authority import fingerprint, sealing_refusals
from signoff.certificate.record import Value, record_of
from signoff.certificate.render import pdf_of
from signoff.certificate.source import Source, decision_source, section_source
from signoff.models import Round
from signoff.words import refuse


@dataclass(frozen=True, slots=True)
class Certificate:
    """A sealed file, what it is called, and the record in it."""

    name: str
    content: bytes
    record: Value


def certify_decision(launch: Launch, round_: Round, *, now: datetime) -> Certificate:
    """The certificate of a round. Refused where there are no keys to seal it with."""
    refuse(sealing_refusals(settings.KEYS_DIR, now))
    name = f"{launch.slug}-decision-{round_.number}.pdf"
    return _certificate(name, decision_source(launch, round_, now), now)


def certify_section(section: Section, *, now: datetime) -> Certificate:
    """The certificate of a section as it stands now."""
    refuse(sealing_refusals(settings.KEYS_DIR, now))
    name = f"{section.launch.slug}-section-{section.number}.pdf"
    return _certificate(name, section_source(section, now), now)


def _certificate(name: str, source: Source, now: datetime) -> Certificate:
    from signoff.certificate.seal import sealed  # noqa: PLC0415 - a slow import, 0.4 s and 45 MB

    record = record_of(source)
    pdf = pdf_of(record, authority=fingerprint(settings.KEYS_DIR), now=now)
    content = sealed(pdf, settings.KEYS_DIR, now=now, timestamps=settings.TSA_URL)
    return Certificate(name, content, record)
