"""What the clock does about the ledger: `manage.py tick` calls it. No rule needs it to be true."""

from datetime import datetime, timedelta

from audit.actions import seal_when_changed
from audit.checkpoints import misfits, push_newest
from audit.head import BrokenLedger
from audit.models import Checkpoint

BETWEEN_CHECKPOINTS = timedelta(hours=1)


def keep_checkpoints(now: datetime) -> None:
    """A checkpoint within an hour of a change, every copy up to date; BrokenLedger where the log does not fit them."""
    if found := list(misfits()):
        sizes = ", ".join(str(claim.size) for claim in found)
        raise BrokenLedger(f"The ledger does not fit its copies' checkpoints of {sizes} entries.")
    newest = Checkpoint.objects.order_by("size").last()
    if newest is None or now - newest.at >= BETWEEN_CHECKPOINTS:
        seal_when_changed()
    push_newest()
