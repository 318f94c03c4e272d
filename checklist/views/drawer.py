"""Answers of an item's forms: for htmx the drawer and its row, else the whole page or a way back to it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.requests import Request, is_fragment
from checklist.forms.items import SectionFilter, fingerprint
from checklist.markdown import has_markup
from checklist.markdown import render as markdown
from checklist.models import Item
from checklist.pages.item import ItemPage, item_page
from checklist.pages.rows import Row, row_of
from checklist.pages.section import load, section_head, section_page
from checklist.reading import viewer_of
from checklist.views.loading import visible_item

CHANGED = "section-changed"


def show(
    request: Request,
    item: Item,
    bound: Mapping[str, Form],
    *,
    wanted: str = "",
    status: int | None = None,
) -> HttpResponse:
    """The item with the forms that were sent, on its own or beside its section's list.

    Where somebody else was quicker with the status, its row is brought up to date as well.
    """
    now = timezone.now()
    if bound:
        item = _again(request, item)
    if not is_fragment(request):
        return _beside_the_list(request, item, bound, wanted=wanted, status=status)
    viewer = viewer_of(request.user, item.launch, now)
    drawer = item_page(item, viewer=viewer, now=now, bound=bound, wanted=wanted)
    code = _code(drawer, status)
    if drawer.choice:
        response = _with_row(request, drawer, now, status=code)
    else:
        context = {"drawer": drawer, "oob": False}
        response = render(request, "checklist/drawer.html", context, status=code)
    if bound:
        response["HX-Retarget"], response["HX-Reswap"] = "#drawer", "outerHTML"
    return response


def _code(drawer: ItemPage, status: int | None) -> int:
    return status or (409 if drawer.choice else 422)


def _beside_the_list(
    request: Request, item: Item, bound: Mapping[str, Form], *, wanted: str, status: int | None
) -> HttpResponse:
    loaded = load(item.section, user=request.user, now=timezone.now())
    drawer = item_page(item, viewer=loaded.viewer, now=loaded.now, bound=bound, wanted=wanted)
    page = section_page(loaded, SectionFilter(request.GET).asked())
    page = replace(page, rows=[replace(r, is_current=r.id == item.pk) for r in page.rows])
    context = {"page": page, "drawer": drawer, "oob": False}
    return render(request, "checklist/section.html", context, status=_code(drawer, status))


def done(request: Request, item: Item, said: str) -> HttpResponse:
    """What was asked for has happened: the drawer anew, and the item's row behind it."""
    if not is_fragment(request):
        messages.success(request, said)
        return redirect(item)
    now = timezone.now()
    item = _again(request, item)
    viewer = viewer_of(request.user, item.launch, now)
    drawer = item_page(item, viewer=viewer, now=now, bound={})
    return _with_row(request, replace(drawer, saved=said), now)


def note_saved(request: Request, item: Item) -> HttpResponse:
    """The note is kept: when, and nothing else on the page moves."""
    if not is_fragment(request):
        messages.success(request, _("The note is saved."))
        return redirect(item)
    now = timezone.now()
    context = {
        "saved": _("Saved %(time)s") % {"time": date_format(localtime(now), "H:i")},
        "seen": fingerprint({"note": item.note}),
        "note": markdown(item.note) if has_markup(item.note) else "",
        "rows": [_row(item, now)],
        "oob": True,
    }
    response = render(request, "checklist/note_saved.html", context)
    response["HX-Trigger"] = CHANGED
    return response


def _again(request: Request, item: Item) -> Item:
    return visible_item(request.user, item.launch.slug, item.section.number, item.pk)


def _row(item: Item, now: datetime, *, can_edit: bool = True) -> Row:
    number = item.section.number
    row = row_of(item, launch=item.launch, number=number, can_edit=can_edit, now=now)
    return replace(row, is_current=True)


def _with_row(
    request: Request, drawer: ItemPage, now: datetime, *, status: int = 200
) -> HttpResponse:
    """The drawer, with the row and the section's head as they are now."""
    item = drawer.item
    context = {
        "drawer": drawer,
        "rows": [_row(item, now, can_edit=drawer.can_set)],
        "head": section_head(item.section, list(item.section.slots.all()), item.launch),
        "oob": True,
    }
    response = render(request, "checklist/item_changed.html", context, status=status)
    response["HX-Trigger"] = CHANGED
    return response
