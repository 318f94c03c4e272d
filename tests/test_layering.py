"""Imports run one way.

sentinel <- audit <- accounts <- checklist <- signoff, and in an app rules <- models <- actions <-
views.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ["sentinel", "audit", "accounts", "checklist", "signoff"]
LAYERS = ["rules", "models", "actions", "views"]
# The project's wiring names every app, and no app imports it.
WIRING = {"sentinel.settings", "sentinel.urls", "sentinel.wsgi"}


def imported(source, package):
    """Every name a module imports, inside functions too, with relative imports spelled out."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: 1 - node.level or None] if node.level else []
            base = ".".join(filter(None, [*above, node.module]))
            yield from (f"{base}.{alias.name}" for alias in node.names)


def points_up(module, name):
    """Whether the name belongs to a higher app, or to a higher layer of the module's own app."""
    (app, layer, *_), (other_app, other_layer, *_) = (
        [*dotted.split("."), ""] for dotted in (module, name)
    )
    order, here, there = APPS, app, other_app
    if app == other_app:
        order, here, there = LAYERS, layer, other_layer
    return here in order and there in order and order.index(there) > order.index(here)


def upward_imports(module, source, package):
    return [name for name in imported(source, package) if points_up(module, name)]


def modules():
    for path in (path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))):
        *folders, name = path.relative_to(ROOT).with_suffix("").parts
        package = ".".join(folders)
        module = package if name == "__init__" else f"{package}.{name}"
        if module not in WIRING and "migrations" not in folders:
            yield module, path.read_text(), package


def test_no_import_points_up():
    assert {m: up for m, *rest in modules() if (up := upward_imports(m, *rest))} == {}


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("checklist.actions", "from signoff.models import Signature"),
        ("checklist.actions", "def f():\n    import signoff.actions"),
        ("audit.ledger", "from accounts import models"),
        ("accounts.rules", "from .models import User"),
        ("checklist.rules", "from checklist import actions"),
        ("checklist.actions.items", "from ..views import section"),
        ("signoff.models", "from signoff.views.sign import page"),
        ("sentinel.health", "import checklist"),
    ],
)
def test_an_import_that_points_up_is_caught(module, source):
    assert len(upward_imports(module, source, package=module.rpartition(".")[0])) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("signoff.actions", "from checklist.actions import items"),
        ("checklist.views.section", "from ..rules import Status"),
        ("checklist.forms", "from checklist.models import Item"),
        ("audit.models", "from django.db import models"),
    ],
)
def test_an_import_that_points_down_passes(module, source):
    assert upward_imports(module, source, package=module.rpartition(".")[0]) == []
