"""What lies beside the evidence in a bundle: each decision's certificate, and the attestation of an approved launch."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from subprocess import SubprocessError

from audit.verifier.verify import ATTESTATION
from checklist.models import Launch
from sentinel.errors import Refused
from signoff.attestation.issuing import attestation_of
from signoff.certificate.issuing import certify_decision
from signoff.rules import Act

logger = logging.getLogger(__name__)


def beside(launch: Launch, now: datetime) -> Iterator[tuple[str, bytes]]:
    """Each file by its name. What cannot be made now is left out: for want of a key, or of approval."""
    rounds = launch.rounds.filter(signatures__act=Act.VOTE).distinct()
    try:
        for round_ in rounds.select_related("opened_by").order_by("number"):
            certificate = certify_decision(launch, round_, now=now)
            yield f"certificates/decision-{round_.number}.pdf", certificate.content
    except Refused:
        logger.info("A bundle goes without certificates: they cannot be sealed here.")
    except SubprocessError as trouble:
        logger.error("A certificate is not in its bundle. %s", trouble)  # noqa: TRY400 - the sentence says all
    with suppress(Refused):
        yield ATTESTATION, attestation_of(launch, now)
