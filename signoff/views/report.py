"""The launch on one page, to print, and as a file."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.requests import Request
from checklist.views.loading import visible_launch
from signoff.export.formats import FORMATS, export
from signoff.pages.report import report_page


@require_GET
def report(request: Request, slug: str) -> HttpResponse:
    """All of a launch, in the shape of a document."""
    launch = visible_launch(request.user, slug)
    page = report_page(launch, user=request.user, now=timezone.now())
    return render(request, "signoff/report.html", {"page": page})


@require_GET
def download(request: Request, slug: str, extension: str) -> HttpResponse:
    """The same document as a file."""
    launch = visible_launch(request.user, slug)
    if extension not in FORMATS:
        raise Http404("No format of this name.")
    exported = export(launch, extension, now=timezone.now())
    return HttpResponse(
        exported.content,
        content_type=exported.content_type,
        headers={"Content-Disposition": f'attachment; filename="{exported.name}"'},
    )
