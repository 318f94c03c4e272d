"""The guard of the API: who asks by an access token, and may they ask for this. A session counts for nothing here."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate

from allauth.core.internal import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions
from accounts.models import ApiToken
from accounts.rules import Scope, TokenState
from sentinel.problems import problem

type TokenView[**P] = Callable[Concatenate[HttpRequest, ApiToken, P], HttpResponse]
type Guarded[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]

LONGEST_HEADER = 300
WAIT = "60"


def by_token[**P](scope: Scope) -> Callable[[TokenView[P]], Guarded[P]]:
    """Give the view the token that asks; answer 401, 403, 404 and 429 as problems."""

    def decorate(view: TokenView[P]) -> Guarded[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            now = timezone.now()
            secret = presented(request)
            token = ApiToken.objects.select_related("owner", "made_by").with_secret(secret).first()
            if token is None or token.state(now) is not TokenState.USABLE:
                return _unknown(request, secret)
            if not _within(request, "api_token", key=str(token.pk)):
                return _too_many()
            actions.note_use(token, now)
            if not token.allows(scope):
                return _out_of_scope(scope)
            try:
                return view(request, token, *args, **kwargs)
            except Http404:
                return _hidden()

        return guarded

    return decorate


def presented(request: HttpRequest) -> str:
    """The secret in the Authorization header, "" where there is none. Nowhere else is looked for one."""
    header = request.headers.get("Authorization", "")[:LONGEST_HEADER]
    scheme, _space, secret = header.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _within(request: HttpRequest, action: str, key: str | None = None) -> bool:
    """Count this request. allauth's internals, since its public way counts no GET."""
    app = "allauth.account"
    return bool(ratelimit.consume(request, app=app, action=action, key=key, limit_get=True))


def _unknown(request: HttpRequest, secret: str) -> HttpResponse:
    """One answer for every token that does not count, so that nothing can be learned from it."""
    if not _within(request, "api_refused"):
        return _too_many()
    challenge = 'Bearer realm="Sentinel"'
    if not secret:
        detail = _("Send an access token: Authorization: Bearer followed by the token.")
        return problem(
            HTTPStatus.UNAUTHORIZED, "token_missing", detail, {"WWW-Authenticate": challenge}
        )
    challenge += ', error="invalid_token"'
    detail = _("This access token is unknown, has expired or was revoked.")
    return problem(
        HTTPStatus.UNAUTHORIZED, "token_invalid", detail, {"WWW-Authenticate": challenge}
    )


def _out_of_scope(scope: Scope) -> HttpResponse:
    challenge = f'Bearer realm="Sentinel", error="insufficient_scope", scope="{scope.value}"'
    detail = _("This access token may not do this.")
    return problem(HTTPStatus.FORBIDDEN, "token_scope", detail, {"WWW-Authenticate": challenge})


def _hidden() -> HttpResponse:
    detail = _("There is nothing at this address that this token may see.")
    return problem(HTTPStatus.NOT_FOUND, "not_found", detail)


def _too_many() -> HttpResponse:
    detail = _("Too many requests. Wait a minute.")
    return problem(HTTPStatus.TOO_MANY_REQUESTS, "too_many_requests", detail, {"Retry-After": WAIT})
