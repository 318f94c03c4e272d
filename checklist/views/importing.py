"""Bringing a checklist: the file, what was understood of it, the template or launch made of it, and that undone."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.limits import in_time, too_many
from accounts.permissions import Permission, allows, requires
from accounts.requests import Request
from checklist.actions.bringing import (
    bring_checklist,
    keep_upload,
    start_brought,
    undo_bringing,
)
from checklist.forms.importing import BringForm, LaunchPart, ReadingForm, UploadForm
from checklist.imports.apart import read_apart
from checklist.imports.draft import Draft
from checklist.imports.files import NotRead
from checklist.imports.template import Names
from checklist.models import Origin, Upload
from checklist.pages.importing import Brought, made, preview
from checklist.views.messages import refusals_as_messages
from sentinel.errors import refusals_on

MOST_LISTED = 10


@require_http_methods(["GET", "POST"])
@never_cache
@requires(Permission.BRING_CHECKLIST)
def import_(request: Request) -> HttpResponse:
    """Take a file and look whether it can be read. It is kept for an hour, of what it holds nothing."""
    is_sent = request.method == "POST"
    if is_sent and not in_time(request, "import"):
        return too_many(request)
    form = UploadForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    if form.is_valid():
        content = form.cleaned_data["file"]
        try:
            read_apart(form.name, content)
        except NotRead as trouble:
            form.add_error(None, str(trouble))
        else:
            return redirect(keep_upload(form.name, content, by=request.user))
    now = timezone.now()
    context = {
        "form": form,
        "waiting": Upload.objects.waiting_for(request.user, now).defer("content"),
        "brought": Origin.objects.for_page().brought_by(request.user)[:MOST_LISTED],
    }
    return render(request, "checklist/import.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@requires(Permission.BRING_CHECKLIST)
def import_preview(request: Request, pk: UUID) -> HttpResponse:
    """What was understood of a file, read as asked. POST makes a template of it: nothing was stored before."""
    return _bring(request, pk, _make)


@require_POST
@requires(Permission.BRING_CHECKLIST)
@requires(Permission.START_LAUNCH)
def import_start(request: Request, pk: UUID) -> HttpResponse:
    """Make a template of a file and start a launch from it at once, which stands as the file says."""
    return _bring(request, pk, _start)


type Act = Callable[[Request, Brought], HttpResponse | None]


def _bring(request: Request, pk: UUID, act: Act) -> HttpResponse:
    """Read a file that waits, and show it; or act on it, where all that was asked is answered."""
    upload = Upload.objects.waiting_for(request.user, timezone.now()).filter(pk=pk).first()
    if upload is None:  # made into a template already, perhaps by the same form sent twice
        return redirect(get_object_or_404(Origin.objects.brought_by(request.user), pk=pk))
    if not in_time(request, "import"):
        return too_many(request)
    data = request.POST if request.method == "POST" else None
    reading = ReadingForm(request.GET if data is None else data)
    try:
        draft = read_apart(upload.name, bytes(upload.content), reading.options)
    except NotRead as trouble:
        page = preview(upload, reading, trouble.draft, trouble=str(trouble))
    else:
        brought = Brought(upload, draft, *_forms(request, data, draft, starts=act is _start))
        if brought.form.is_valid() and (done := act(request, brought)):
            return done
        page = preview(upload, reading, draft, brought=brought)
    return render(request, "checklist/import_preview.html", {"page": page})


def _forms(
    request: Request, data: QueryDict | None, draft: Draft, *, starts: bool
) -> tuple[BringForm, LaunchPart | None]:
    """What is asked of this person: a launch of those only who may start one, and bound only where they do."""
    names = Names.known()
    names.meet(draft)
    may_make = allows(request.user, Permission.OPERATE)
    form = BringForm(data, draft=draft, names=names, may_make=may_make)
    if not allows(request.user, Permission.START_LAUNCH):
        return form, None
    zone = request.user.time_zone
    return form, LaunchPart(data if starts else None, draft=draft, time_zone=zone)


def _make(request: Request, brought: Brought) -> HttpResponse | None:
    brought.draft.title = brought.form.cleaned_data["title"]
    with refusals_on(brought.form):
        version = bring_checklist(
            brought.upload, brought.draft, by=request.user, names=brought.form.taught()
        )
        messages.success(request, _("%(version)s is made, as a draft.") % {"version": version})
        return redirect(version.origin)
    return None


def _start(request: Request, brought: Brought) -> HttpResponse | None:
    brought.draft.title = brought.form.cleaned_data["title"]
    if brought.launch is None or not brought.launch.is_valid():
        return None
    with refusals_on(brought.launch):
        launch = start_brought(
            brought.upload,
            brought.draft,
            by=request.user,
            names=brought.form.taught(),
            **brought.launch.details(),
        )
        messages.success(request, _("“%(launch)s” is started.") % {"launch": launch})
        return redirect(launch)
    return None


@require_GET
@requires(Permission.BRING_CHECKLIST)
def import_made(request: Request, pk: UUID) -> HttpResponse:
    """What was made of a file, where it is, and the way back."""
    page = made(
        get_object_or_404(Origin.objects.for_page().visible_to(request.user), pk=pk),
        user=request.user,
    )
    return render(request, "checklist/import_made.html", {"page": page})


@require_POST
@requires(Permission.BRING_CHECKLIST)
def import_undo(request: Request, pk: UUID) -> HttpResponse:
    """Take away what was made of a file, while nobody has touched it."""
    origin = get_object_or_404(Origin.objects.for_page().visible_to(request.user), pk=pk)
    with refusals_as_messages(request):
        undo_bringing(origin, by=request.user)
        messages.success(request, _("%(name)s is undone.") % {"name": origin})
        return redirect("checklist:import")
    return redirect(origin)
