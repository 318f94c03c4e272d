"""How often a person may ask for what costs a processor. The numbers are in the settings."""

from allauth.core.internal import ratelimit
from django.http import HttpResponse

from accounts.requests import Request


def in_time(request: Request, action: str) -> bool:
    """Whether this is not more than somebody could read. allauth's public way counts no GET."""
    counted = ratelimit.consume(
        request, app="allauth.account", action=action, user=request.user, limit_get=True
    )
    return bool(counted)


def too_many(request: Request) -> HttpResponse:
    response: HttpResponse = ratelimit.respond_429(request)
    return response
