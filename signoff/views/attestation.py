"""Attestations to take away: by an access token for programs, from the decision page for people."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language_from_request, override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from accounts.bearer import by_token
from accounts.models import ApiToken
from accounts.requests import Request
from accounts.rules import Scope
from checklist.views.loading import launch_for_token, visible_launch
from sentinel.errors import Refused
from sentinel.problems import answers_reading, problem
from signoff.attestation.issuing import attestation_of


@login_not_required
@csrf_exempt
@answers_reading
@by_token(Scope.VERDICT_READ)
def for_program(request: HttpRequest, token: ApiToken, slug: str) -> HttpResponse:
    """An attestation that was signed just now; 409 with the reasons where the launch is not approved."""
    launch, language = launch_for_token(token, slug), get_language_from_request(request)
    with override(language):
        try:
            content = attestation_of(launch, timezone.now())
        except Refused as refusal:
            return _refused(refusal, language)
    headers = {"Cache-Control": "private, no-store", "Vary": "Authorization"}
    return HttpResponse(content, content_type="application/json", headers=headers)


def _refused(refusal: Refused, language: str) -> HttpResponse:
    reasons = [
        {"code": error.code, "text": text}
        for error, text in zip(refusal.error_list, refusal.messages, strict=True)
    ]
    return problem(
        HTTPStatus.CONFLICT,
        "not_attested",
        " ".join(refusal.messages),
        {"Vary": "Authorization, Accept-Language", "Content-Language": language},
        reasons=reasons,
    )


@require_GET
@never_cache
def download(request: Request, slug: str) -> HttpResponse:
    """The same as a file; back to the decision, which says why, where there is none."""
    launch = visible_launch(request.user, slug)
    try:
        content = attestation_of(launch, timezone.now())
    except Refused as refusal:
        for sentence in refusal.messages:
            messages.error(request, sentence)
        return redirect("signoff:decision", slug)
    return HttpResponse(
        content,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{slug}-attestation.json"'},
    )
