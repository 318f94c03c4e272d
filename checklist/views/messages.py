"""Refusals of acts that have no form to show them: as messages on the page that follows."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm

from accounts.requests import Request


@contextmanager
def refusals_as_messages(request: Request) -> Iterator[None]:
    """Say what an action refuses on the next page."""
    try:
        yield
    except ValidationError as refusal:
        for sentence in refusal.messages:
            messages.error(request, sentence)


def sentences_of(form: BaseForm) -> list[str]:
    """All that is wrong with a form, without the names of its fields."""
    return [str(sentence) for errors in form.errors.values() for sentence in errors]
