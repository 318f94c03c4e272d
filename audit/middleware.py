"""A ledger that does not fit stops every change: said as such, and not as a fault of the page."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit.head import BrokenLedger

logger = logging.getLogger(__name__)


class StoppedByLedger:
    """Answers 503 with what has happened where an action met a broken ledger; the log says the rest."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if not isinstance(problem, BrokenLedger):
            return None
        logger.error("%s", problem)
        return render(request, "ledger_stopped.html", status=503)
