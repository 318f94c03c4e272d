"""What a program is told when it gets no answer: RFC 9457, one shape for every refusal of the API."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate

from django.http import HttpRequest, HttpResponse, JsonResponse


def problem(
    status: HTTPStatus,
    code: str,
    detail: str,
    headers: dict[str, str] | None = None,
    **members: Any,
) -> HttpResponse:
    """A refusal. `code` is for programs and stays; `detail` is for whoever reads the log; members beside them."""
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "code": code,
        "detail": detail,
        **members,
    }
    return JsonResponse(
        body,
        status=status,
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


type Answering[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


def answers_reading[**P](view: Answering[P]) -> Answering[P]:
    """GET and HEAD alone, as `require_safe`, with a problem in the API's shape for every other method."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return problem(
                HTTPStatus.METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "This address can only be read.",
                {"Allow": "GET, HEAD"},
            )
        return view(request, *args, **kwargs)

    return guarded
