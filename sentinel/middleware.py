"""What every request passes through that no app owns."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url


def signed_out_fragment(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer 401 where a fragment would be redirected to the sign-in page.

    An XMLHttpRequest follows a redirect silently, so htmx would put the sign-in page where the person was typing.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        to_sign_in = isinstance(response, HttpResponseRedirect) and response.url.startswith(
            resolve_url(settings.LOGIN_URL)
        )
        if to_sign_in and request.headers.get("HX-Request"):
            return HttpResponse(status=401)
        return response

    return middleware
