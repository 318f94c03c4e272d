"""Certificates to take away: of a round, of a section. Made anew each time, and not more often than somebody reads."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.limits import in_time, too_many
from accounts.requests import Request
from checklist.views.loading import visible_launch, visible_section
from sentinel.errors import Refused
from signoff.certificate.issuing import Certificate, certify_decision, certify_section


@require_GET
@never_cache
def decision(request: Request, slug: str, number: int) -> HttpResponse:
    """The certificate of one round."""
    launch = visible_launch(request.user, slug)
    round_ = get_object_or_404(launch.rounds.select_related("opened_by"), number=number)
    if not in_time(request, "certificate"):
        return too_many(request)
    try:
        return _file(certify_decision(launch, round_, now=timezone.now()))
    except Refused as refusal:
        return _said(request, refusal, "signoff:decision", slug)


@require_GET
@never_cache
def section(request: Request, slug: str, number: str) -> HttpResponse:
    """The certificate of one section, as it stands now."""
    found = visible_section(request.user, slug, number)
    if not in_time(request, "certificate"):
        return too_many(request)
    try:
        return _file(certify_section(found, now=timezone.now()))
    except Refused as refusal:
        return _said(request, refusal, "checklist:section", slug, number)


def _file(certificate: Certificate) -> HttpResponse:
    return HttpResponse(
        certificate.content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{certificate.name}"'},
    )


def _said(request: Request, refusal: Refused, page: str, *address: str) -> HttpResponse:
    """Back to the page it was asked for on, which says why there is none."""
    for sentence in refusal.messages:
        messages.error(request, sentence)
    return redirect(page, *address)
