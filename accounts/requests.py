"""The request as our views see it: somebody is signed in."""

from typing import NamedTuple

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class Request(HttpRequest):
    """A request behind the sign-in: `user` is a person, `htmx` tells a fragment request."""

    user: User
    htmx: HtmxDetails


def is_fragment(request: Request) -> bool:
    """Does htmx ask for a part of the page? (Not so when it restores its history.)"""
    return bool(request.htmx) and not request.htmx.history_restore_request


class Site(NamedTuple):
    """A site as keys and browsers name it."""

    rp_id: str
    origin: str


def site_of(request: HttpRequest) -> Site:
    """Where the browser says it is."""
    host = request.get_host()
    return Site(host.partition(":")[0], f"{request.scheme}://{host}")
