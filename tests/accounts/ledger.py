"""What the ledger says, for comparing."""

from audit.models import Entry
from audit.reading import read


def ledger():
    """Every line, oldest first: act, subject, old, new, reason."""
    lines = read(Entry.objects.order_by("seq"))
    return [(line.action, line.subject, line.old, line.new, str(line.reason)) for line in lines]


def actors():
    return list(Entry.objects.order_by("seq").values_list("actor", flat=True))
