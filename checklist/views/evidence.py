"""Proofs of an item: a link, a file, taking one back, and the file itself as a download."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import Request
from checklist.actions.evidence import add_file, add_link, remove_evidence
from checklist.forms.items import FileForm, LinkForm
from checklist.views.drawer import done, show
from checklist.views.loading import visible_evidence, visible_item
from checklist.views.messages import refusals_as_messages
from sentinel.errors import refusals_on


@require_POST
def evidence_link(request: Request, slug: str, number: str, pk: UUID) -> HttpResponse:
    """Prove an item by a link."""
    item = visible_item(request.user, slug, number, pk)
    form = LinkForm(request.POST, auto_id="link_%s")
    if form.is_valid():
        with refusals_on(form):
            add_link(item, by=request.user, **form.cleaned_data)
            return done(request, item, _("The link is there."))
    return show(request, item, {"link": form})


@require_POST
def evidence_upload(request: Request, slug: str, number: str, pk: UUID) -> HttpResponse:
    """Prove an item by a file."""
    item = visible_item(request.user, slug, number, pk)
    form = FileForm(request.POST, request.FILES, auto_id="file_%s")
    if form.is_valid():
        with refusals_on(form):
            add_file(item, by=request.user, **form.details())
            return done(request, item, _("The file is kept."))
    return show(request, item, {"file": form})


@require_POST
def evidence_remove(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """Take a proof back."""
    proof = visible_evidence(request.user, slug, pk)
    with refusals_as_messages(request):
        remove_evidence(proof, by=request.user)
    return done(request, proof.item, _("The evidence was taken back."))


@require_GET
@never_cache
@csp_override({"default-src": [CSP.NONE], "sandbox": [""]})
def evidence_file(request: Request, slug: str, pk: UUID) -> FileResponse:
    """The file as it was kept: to be saved, never to be shown in this site's name."""
    proof = visible_evidence(request.user, slug, pk)
    if not proof.file.name or not proof.file.storage.exists(proof.file.name):
        raise Http404
    return FileResponse(
        proof.file.open("rb"),
        as_attachment=True,
        filename=proof.name,
        content_type="application/octet-stream",
    )
