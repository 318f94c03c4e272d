"""The section page: its rows and its pre-check; asking for the signature; adding an item."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import Request, is_fragment
from checklist.actions.asking import ask_signature, take_back_request
from checklist.actions.items import add_item
from checklist.forms.items import AddItemForm, SectionFilter
from checklist.models import Section
from checklist.pages.section import Loaded, load, section_page
from checklist.views.loading import visible_section
from checklist.views.messages import refusals_as_messages
from checklist.views.then import AT, section_then
from sentinel.errors import refusals_on

# What htmx may ask for of this page, by the id of the place that it fills.
PARTS = {"check": "#check", "drawer": "#closed"}


@require_GET
def section(request: Request, slug: str, number: str) -> HttpResponse:
    """The section's items, and what is left before it can be signed. With `at`, as it was."""
    if AT in request.GET:
        return section_then(request, slug, number)
    found = visible_section(request.user, slug, number)
    loaded = load(found, user=request.user, now=timezone.now())
    page = section_page(loaded, SectionFilter(request.GET).asked())
    part = PARTS.get(request.htmx.target or "", "") if is_fragment(request) else ""
    return render(request, f"checklist/section.html{part}", {"page": page, "drawer": None})


@require_POST
def section_ask(request: Request, slug: str, number: str) -> HttpResponse:
    """Ask the section's authorities to sign."""
    found = visible_section(request.user, slug, number)
    with refusals_as_messages(request):
        ask_signature(found, by=request.user)
        messages.success(request, _("The signature has been asked for."))
    return redirect(found)


@require_POST
def section_take_back(request: Request, slug: str, number: str) -> HttpResponse:
    """Take the request back: the section wants more work."""
    found = visible_section(request.user, slug, number)
    with refusals_as_messages(request):
        take_back_request(found, by=request.user)
        messages.success(request, _("The request was taken back."))
    return redirect(found)


@require_POST
def item_add(request: Request, slug: str, number: str) -> HttpResponse:
    """Add an item of the launch's own."""
    found = visible_section(request.user, slug, number)
    form = AddItemForm(request.POST, auto_id="add_%s")
    if form.is_valid():
        with refusals_on(form):
            item = add_item(found, by=request.user, **form.cleaned_data)
            messages.success(request, _("“%(item)s” was added.") % {"item": item})
            return redirect(item)
    page = replace(section_page(_loaded(request, found), SectionFilter({}).asked()), add=form)
    return render(request, "checklist/section.html", {"page": page, "drawer": None}, status=422)


def _loaded(request: Request, found: Section) -> Loaded:
    return load(found, user=request.user, now=timezone.now())
