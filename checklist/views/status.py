"""Setting statuses from a section's list: one item by one click, or several at once."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.requests import Request, is_fragment
from checklist.actions.items import set_status, set_statuses
from checklist.forms.items import BulkForm, ClickForm, SectionFilter
from checklist.models import Item, Section
from checklist.pages.item import item_page
from checklist.pages.rows import Row, contested, refused, row_of, set_refusals, status_by
from checklist.pages.section import load, section_head, section_page
from checklist.reading import viewer_of
from checklist.rules import ItemStatus
from checklist.tokens import token_of
from checklist.views.drawer import CHANGED
from checklist.views.loading import visible_item, visible_section
from checklist.views.messages import sentences_of
from sentinel.errors import refusals_on


@require_POST
def section_status(request: Request, slug: str, number: str) -> HttpResponse:
    """The list's one form: a click on an item's button, or the bar for all that are selected."""
    if "set" in request.POST:
        return _set_one(request, slug, number)
    return _set_several(request, slug, number)


def _set_one(request: Request, slug: str, number: str) -> HttpResponse:
    form = ClickForm(request.POST)
    if not form.is_valid():
        return _unreadable(request, visible_section(request.user, slug, number), form)
    item = visible_item(request.user, slug, number, form.item)
    with refusals_on(form):
        item = set_status(item, by=request.user, **form.wish)
        return changed(request, item)
    return _not_set(request, slug, number, form)


def changed(request: Request, item: Item) -> HttpResponse:
    """The row and the section's head as they are now; without htmx, the list at that row."""
    if request.POST.get("back") == "post-launch":
        page = reverse("checklist:post-launch", args=[item.launch.slug])
        return redirect(f"{page}#i-{token_of(item.pk)}")
    if not is_fragment(request):
        return redirect(at_row(item))
    return _rows(request, item, [_row(item, timezone.now())])


def at_row(item: Item) -> str:
    """The address of an item's row in its section's list."""
    return f"{item.section.get_absolute_url()}#i-{token_of(item.pk)}"


def _row(item: Item, now: datetime) -> Row:
    """A row of whoever just set its status, and so may."""
    number, can_edit = item.section.number, not set_refusals(item.launch, item.section)
    return row_of(item, launch=item.launch, number=number, can_edit=can_edit, now=now)


def _rows(request: Request, item: Item, rows: list[Row], status: int = 200) -> HttpResponse:
    """Rows and head, each swapped in its place; the pre-check then asks for itself."""
    section = item.section
    head = section_head(section, list(section.slots.all()), item.launch)
    context = {"rows": rows, "head": head, "oob": True}
    response = render(request, "checklist/rows.html", context, status=status)
    response["HX-Trigger"] = f"{CHANGED}, item-{rows[0].token}"
    return response


def _not_set(request: Request, slug: str, number: str, form: ClickForm) -> HttpResponse:
    """Nothing was changed: why, beside the row. Where a reason is missing, the item opens and asks for it."""
    item = visible_item(request.user, slug, number, form.item)
    if form.has_error(NON_FIELD_ERRORS, "na_needs_reason"):
        return _ask_reason(request, item)
    row = _row(item, timezone.now())
    if form.has_error(NON_FIELD_ERRORS, "conflict"):
        row, status = contested(row, form.wish["status"], status_by(item)), 409
    else:
        row, status = refused(row, " ".join(sentences_of(form))), 422
    if is_fragment(request):
        return _rows(request, item, [row], status)
    return _whole_page(request, item.section, rows={row.id: row}, status=status)


def _ask_reason(request: Request, item: Item) -> HttpResponse:
    """N/A was chosen and wants a reason: the item's drawer, with that choice kept."""
    address = f"{item.get_absolute_url()}?set={ItemStatus.NA.value}"
    if not is_fragment(request):
        return redirect(f"{address}#na-reason")
    bound: dict[str, Form] = {}
    wanted = ItemStatus.NA.value
    now = timezone.now()
    viewer = viewer_of(request.user, item.launch, now)
    drawer = item_page(item, viewer=viewer, now=now, bound=bound, wanted=wanted)
    response = render(request, "checklist/drawer.html", {"drawer": drawer, "oob": True})
    response["HX-Push-Url"] = address
    response["HX-Trigger-After-Settle"] = "drawer-opened"
    return response


def _unreadable(request: Request, section: Section, form: ClickForm) -> HttpResponse:
    """What was sent is no click of ours."""
    if is_fragment(request):
        context = {"sentences": sentences_of(form)}
        return render(request, "checklist/notices.html", context, status=422)
    return _whole_page(request, section, problems=sentences_of(form), status=422)


def _whole_page(
    request: Request,
    section: Section,
    *,
    status: int,
    rows: dict[UUID, Row] | None = None,
    bulk: BulkForm | None = None,
    problems: list[str] | None = None,
) -> HttpResponse:
    """The section's page with what went wrong on it: the answer where there is no htmx."""
    page = section_page(
        load(section, user=request.user, now=timezone.now()), SectionFilter({}).asked(), bulk
    )
    picked = request.POST.getlist("items") if bulk else []
    selected = {value.partition(":")[0] for value in picked}
    shown = [
        replace((rows or {}).get(row.id, row), is_selected=row.token in selected)
        for row in page.rows
    ]
    page = replace(page, rows=shown, problems=problems or [])
    context = {"page": page, "drawer": None}
    return render(request, "checklist/section.html", context, status=status)


def _set_several(request: Request, slug: str, number: str) -> HttpResponse:
    section = visible_section(request.user, slug, number)
    here = section.items.values_list("pk", flat=True)
    form = BulkForm(request.POST, tokens=[token_of(pk) for pk in here])
    if form.is_valid():
        with refusals_on(form):
            items = set_statuses(section, by=request.user, **form.cleaned_data)
            messages.success(request, _set_words(len(items)))
            return redirect(section)
    return _whole_page(request, section, bulk=form, problems=sentences_of(form), status=422)


def _set_words(count: int) -> str:
    return ngettext("%(n)d item was set.", "%(n)d items were set.", count) % {"n": count}
