"""What an action left behind: its ledger entries; and that a refused one left nothing at all."""

from contextlib import contextmanager

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError

from audit.ledger import Salted
from audit.models import Entry
from audit.reading import Written, read

APPS = ("checklist", "signoff", "audit")


def said(action, subject, old=None, new=None, reason=""):
    """One entry as `appended` gives it."""
    return (action, subject, old or {}, new or {}, reason)


@contextmanager
def appended():
    """The entries that the block appended, oldest first; texts kept beside the log are `Salted`."""
    before, entries = Entry.objects.count(), []
    yield entries
    for line in read(Entry.objects.filter(seq__gte=before).order_by("seq")):
        sides = _salted(line.old), _salted(line.new)
        entries.append((line.action, line.subject, *sides, str(line.reason)))


def acts(entries):
    """Only what was done to what: enough where the values are asserted elsewhere."""
    return [(action, subject) for action, subject, *_ in entries]


def _salted(value):
    match value:
        case Written():
            return Salted(str(value))
        case dict():
            return {name: _salted(part) for name, part in value.items()}
        case list():
            return [_salted(part) for part in value]
    return value


def everything():
    """Every row of our own tables but accounts', as values."""
    models = [m for app in APPS for m in apps.get_app_config(app).get_models(True)]
    return {model._meta.label: _rows(model) for model in models}


def _rows(model):
    rows = model._base_manager.order_by("pk").values_list()
    return [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in rows]


def codes(refusal):
    """The codes of a refusal: a list, or one a field."""
    if hasattr(refusal, "error_dict"):
        return {name: [e.code for e in errors] for name, errors in refusal.error_dict.items()}
    return [error.code for error in refusal.error_list]


@contextmanager
def refused(*wanted, **fields):
    """The block is refused with exactly these codes, and leaves neither row nor entry."""
    before = everything()
    with pytest.raises(ValidationError) as refusal:
        yield refusal
    assert codes(refusal.value) == (fields or list(wanted))
    assert everything() == before


@contextmanager
def forbidden():
    """The block is not this person's to do, and leaves neither row nor entry."""
    before = everything()
    with pytest.raises(PermissionDenied):
        yield
    assert everything() == before
