"""All evidence of a launch to take away: what the page that checks, and verify.py, are given."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.limits import in_time, too_many
from accounts.requests import Request
from checklist.views.loading import visible_launch
from sentinel.errors import Refused
from signoff.bundle.writing import sealed_bundle


@require_GET
@never_cache
def evidence(request: Request, slug: str) -> HttpResponse:
    """The bundle of a launch, for whoever may read all of it."""
    launch = visible_launch(request.user, slug)
    if not in_time(request, "evidence"):
        return too_many(request)
    try:
        content = sealed_bundle(launch, now=timezone.now())
    except Refused as refusal:
        for sentence in refusal.messages:
            messages.error(request, sentence)
        return redirect("signoff:decision", slug)
    return HttpResponse(
        content,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{launch.slug}-evidence.zip"'},
    )
