"""Search over everything that a person may see."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.requests import Request
from checklist.forms.search import SearchForm
from checklist.pages.search import search_page


@require_GET
def search(request: Request) -> HttpResponse:
    """Launches, what is in them, and their risks, with the words asked for."""
    page = search_page(SearchForm(request.GET), user=request.user, now=timezone.now())
    return render(request, "checklist/search.html", {"page": page})
