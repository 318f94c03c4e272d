"""Where a certificate is offered: its address, or why there is none."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from checklist.models import Launch
from signoff.certificate.authority import sealing_refusals
from signoff.models import Round
from signoff.words import sentence


@dataclass(frozen=True, slots=True)
class CertificateLink:
    """The address of a certificate, or the sentence that says what an operator has to do first."""

    url: str
    why_not: str = ""


def decision_certificate(launch: Launch, round_: Round, now: datetime) -> CertificateLink:
    """Of a round. No query."""
    url = reverse("signoff:decision-certificate", args=[launch.slug, round_.number])
    refusals = sealing_refusals(settings.KEYS_DIR, now)
    return CertificateLink(url, " ".join(map(sentence, refusals)))
