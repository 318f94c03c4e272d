"""An item's drawer, and what can be done to one item besides its evidence."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import Request
from checklist.actions.comments import add_comment, resolve_question
from checklist.actions.items import edit_item, remove_item, set_status
from checklist.forms.items import (
    AssignForm,
    CommentForm,
    EditForm,
    NaReasonForm,
    NoteForm,
    RemoveForm,
    ResolveForm,
    StatusForm,
    WordingForm,
)
from checklist.models import Item
from checklist.pages.item import people_for
from checklist.pages.mentions import comment_said
from checklist.views.drawer import done, note_saved, show
from checklist.views.loading import visible_item
from checklist.views.then import AT, item_then
from sentinel.errors import refusals_on


@require_GET
def item(request: Request, slug: str, number: str, pk: UUID) -> HttpResponse:
    """The item beside its section's list; for htmx the drawer alone. With `at`, as it was."""
    if AT in request.GET:
        return item_then(request, slug, number, pk)
    found = visible_item(request.user, slug, number, pk)
    return show(request, found, {}, wanted=request.GET.get("set", ""), status=200)


@require_POST
def item_status(request: Request, slug: str, number: str, pk: UUID) -> HttpResponse:
    """Set the status from the drawer, with the reason where it is N/A."""
    found = visible_item(request.user, slug, number, pk)
    form = StatusForm(request.POST, auto_id="status_%s")
    if form.is_valid():
        with refusals_on(form):
            set_status(found, by=request.user, **form.cleaned_data)
            return done(request, found, _("The status is set."))
    return show(request, found, {"status": form}, wanted=form.data.get("status", ""))


@require_POST
def item_note(request: Request, slug: str, number: str, pk: UUID) -> HttpResponse:
    """Save the note; over htmx that happens on leaving the field."""
    found = visible_item(request.user, slug, number, pk)
    form = NoteForm(request.POST, item=found)
    if form.is_valid():
        with refusals_on(form):
            saved = edit_item(found, by=request.user, **form.edit)
            return note_saved(request, saved)
    return _edit_again(request, found, {"note": form})


@require_POST
def item_na_reason(request: Request, slug: str, number: str, pk: UUID) -> HttpResponse:
    """Say better why an item does not apply."""
    found = visible_item(request.user, slug, number, pk)
    return _edit(request, found, "na_reason", NaReasonForm(request.POST, item=found))


@require_POST
def item_assign(request: Request, slug: str, number: str, pk: UUID) -> HttpResponse:
    """Give an item an owner, a day, a team, an authority."""
    found = visible_item(request.user, slug, number, pk)
    form = AssignForm(request.POST, item=found, people=people_for(found))
    return _edit(request, found, "assign", form)


@require_POST
def item_reword(request: Request, slug: str, number: str, pk: UUID) -> HttpResponse:
    """Word an item of the launch's own differently."""
    found = visible_item(request.user, slug, number, pk)
    return _edit(request, found, "wording", WordingForm(request.POST, item=found))


def _edit(request: Request, found: Item, name: str, form: EditForm) -> HttpResponse:
    if form.is_valid():
        with refusals_on(form):
            edit_item(found, by=request.user, **form.edit)
            return done(request, found, _("Saved."))
    return _edit_again(request, found, {name: form})


def _edit_again(request: Request, found: Item, bound: Mapping[str, EditForm]) -> HttpResponse:
    """The form with what was typed; where somebody else was quicker, beside what is there now."""
    (form,) = bound.values()
    if not form.is_contested:
        return show(request, found, bound)
    now_there = visible_item(request.user, found.launch.slug, found.section.number, found.pk)
    form.look_again(now_there)
    return show(request, now_there, bound, status=409)


@require_POST
def item_remove(request: Request, slug: str, number: str, pk: UUID) -> HttpResponse:
    """Remove an item of the launch's own."""
    found = visible_item(request.user, slug, number, pk)
    form = RemoveForm(request.POST, auto_id="remove_%s")
    if form.is_valid():
        with refusals_on(form):
            remove_item(found, by=request.user, **form.cleaned_data)
            messages.success(request, _("“%(item)s” was removed.") % {"item": found})
            return redirect(found.section)
    return show(request, found, {"remove": form})


@require_POST
def item_comment(request: Request, slug: str, number: str, pk: UUID) -> HttpResponse:
    """Say something about an item, or put an open question."""
    found = visible_item(request.user, slug, number, pk)
    form = CommentForm(request.POST, may_question=True)
    if form.is_valid():
        with refusals_on(form):
            comment = add_comment(found, by=request.user, **form.cleaned_data)
            return done(request, found, comment_said(comment, found.launch))
    return show(request, found, {"comment": form})


@require_POST
def question_resolve(
    request: Request, slug: str, number: str, pk: UUID, comment: UUID
) -> HttpResponse:
    """Close an open question."""
    found = visible_item(request.user, slug, number, pk)
    question = get_object_or_404(found.comments, pk=comment)
    form = ResolveForm(request.POST, auto_id=f"resolve_{comment}_%s")
    if form.is_valid():
        with refusals_on(form):
            resolve_question(question, by=request.user, **form.cleaned_data)
            return done(request, found, _("The question is resolved."))
    bound: dict[str, Form] = {f"resolve {comment}": form}
    return show(request, found, bound)
