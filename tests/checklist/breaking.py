"""Rows that break a constraint, offered to Django's validation and to the database."""

from uuid import uuid4

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction


def changed(row, **fields):
    """The row with other values, unsaved."""
    for name, value in fields.items():
        setattr(row, name, value)
    return row


def twin(row, **fields):
    """A second row like it, unsaved."""
    row.pk, row._state.adding = uuid4(), True
    return changed(row, **fields)


def constraints_of(app):
    models = apps.get_app_config(app).get_models()
    return {constraint.name for model in models for constraint in model._meta.constraints}


def assert_cleaning_refuses(row, code):
    """The part of `full_clean` that asks the constraints."""
    with pytest.raises(ValidationError) as refusal:
        row.validate_constraints()
    assert [error.code for error in refusal.value.error_dict["__all__"]] == [code]


def assert_the_database_refuses(row, name):
    """SQLite names the columns of a unique constraint instead of itself."""
    with pytest.raises(IntegrityError, match=f"{name}|UNIQUE"), transaction.atomic():
        row.save(force_insert=row._state.adding)
