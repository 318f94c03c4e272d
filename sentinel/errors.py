"""What an action refuses, how forms show it, and the page for a form that came too late."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

SECRET_FIELDS = frozenset({"password", "password1", "password2", "oldpassword", "code"})
MACHINE_FIELDS = frozenset(
    {"csrfmiddlewaretoken", "seen", "shown", "once", "set", "items", "picked", "act", "back"}
)


class Refused(ValidationError):
    """The domain says no: a sentence for the person, a code for the caller."""

    def __init__(self, message: Any, code: str = "refused", params: Any = None) -> None:
        super().__init__(message, code=code, params=params)


@contextmanager
def refusals_on(form: BaseForm) -> Iterator[None]:
    """Show what an action refuses as errors of the form that asked for it."""
    try:
        yield
    except ValidationError as refusal:
        add_refusal(form, refusal)


def add_refusal(form: BaseForm, refusal: ValidationError) -> None:
    """Put each message beside its field, or on top of the form where the form lacks that field."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that nothing was saved, and give back what was typed so that it can be copied."""
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in SECRET_FIELDS | MACHINE_FIELDS
        for value in values
        if value.strip()
    ]
    return render(request, "403_csrf.html", {"typed": typed, "reason": reason}, status=403)
