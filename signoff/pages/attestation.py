"""Where the attestation of an approved launch is offered: its address, or why there is none."""

from dataclasses import dataclass

from django.urls import reverse

from checklist.reading import LaunchStanding
from checklist.rules import Tone
from signoff.attestation.issuing import lacking
from signoff.words import sentence


@dataclass(frozen=True, slots=True)
class AttestationLink:
    """The address of an attestation, or the sentence that says what it lacks."""

    url: str
    why_not: str = ""


def attestation_link(standing: LaunchStanding) -> AttestationLink | None:
    """Of a launch that is approved now; nothing for any other. No query."""
    if standing.verdict.tone is not Tone.APPROVED:
        return None
    url = reverse("signoff:attestation", args=[standing.launch.slug])
    return AttestationLink(url, " ".join(map(sentence, lacking(standing.launch))))
