"""The verdict for programs: by an access token, read only, the same derivation as on every page."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language_from_request, override
from django.views.decorators.csrf import csrf_exempt

from accounts.bearer import by_token
from accounts.models import ApiToken
from accounts.rules import Scope
from checklist.views.loading import launch_for_token
from sentinel.problems import answers_reading
from signoff.verdict_document import verdict_document


@login_not_required
@csrf_exempt
@answers_reading
@by_token(Scope.VERDICT_READ)
def verdict(request: HttpRequest, token: ApiToken, slug: str) -> HttpResponse:
    """How the launch stands now, with all reasons. Kept by nobody but the asker, and asked for anew each time."""
    launch, now = launch_for_token(token, slug), timezone.now()
    language = get_language_from_request(request)
    with override(language):
        document = verdict_document(launch, now)
    headers = {
        "ETag": document.etag,
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, Accept-Language",
        "Content-Language": language,
    }
    response = JsonResponse(document.body(now), headers=headers)
    return get_conditional_response(request, etag=document.etag, response=response) or response
