"""What views that ask for a password have in common: what was sent, kept out of logs and caches."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.http import HttpResponse, QueryDict
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.requests import Request


def sent(request: Request) -> QueryDict | None:
    """What a form is bound to: nothing before it was sent."""
    return request.POST if request.method == "POST" else None


def asks_password[**P](
    view: Callable[Concatenate[Request, P], HttpResponse],
) -> Callable[Concatenate[Request, P], HttpResponse]:
    """A form with secrets: GET or POST, never cached, its secrets in no error report."""
    guarded = sensitive_post_parameters("password", "code")(never_cache(view))
    return wraps(view)(require_http_methods(["GET", "POST"])(guarded))
