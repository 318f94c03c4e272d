"""Rounds to read: one as it was, and two side by side."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.requests import Request
from checklist.views.loading import visible_launch
from signoff.pages.compare import compare_page
from signoff.pages.past_round import past_round
from signoff.pages.table import Table, table


@require_GET
def round_(request: Request, slug: str, number: int) -> HttpResponse:
    """A round with its answers, votes and conditions, and what they were over."""
    page = past_round(_table(request, slug), number)
    return render(request, "signoff/round.html", {"page": page})


@require_GET
def compare(request: Request, slug: str) -> HttpResponse:
    """What changed from one round to another."""
    asked = request.GET.get("from", ""), request.GET.get("to", "")
    page = compare_page(_table(request, slug), *asked)
    return render(request, "signoff/compare.html", {"page": page})


def _table(request: Request, slug: str) -> Table:
    return table(visible_launch(request.user, slug), user=request.user, now=timezone.now())
