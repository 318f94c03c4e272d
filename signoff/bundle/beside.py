"""What lies beside the evidence in a bundle: each decision's certificate, and the attestation of an approved launch."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from audit.verifier.verify import ATTESTATION
from checklist.models import Launch
from sentinel.errors import Refused
from signoff.attestation.issuing import attestation_of
from signoff.certificate.issuing import certify_decision
from signoff.rules import Act


def beside(launch: Launch, now: datetime) -> Iterator[tuple[str, bytes]]:
    """Each file by its name. What cannot be made now, by a key that is missing or approval, is left out."""
    rounds = launch.rounds.filter(signatures__act=Act.VOTE).distinct()
    with suppress(Refused):
        for round_ in rounds.select_related("opened_by").order_by("number"):
            certificate = certify_decision(launch, round_, now=now)
            yield f"certificates/decision-{round_.number}.pdf", certificate.content
    with suppress(Refused):
        yield ATTESTATION, attestation_of(launch, now)
