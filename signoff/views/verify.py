"""The page that checks a bundle or a certificate.

For everybody who is signed in: it shows nothing but what the reader brought. Whoever trusts nobody here runs verify.py
on a computer of their own; this page runs the same file, and says so.
"""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.limits import in_time, too_many
from accounts.requests import Request
from sentinel.errors import refusals_on
from signoff.bundle.checking import checked
from signoff.bundle.trust import own_trust
from signoff.certificate import authority
from signoff.forms import VerifyForm
from signoff.pages.checked import CheckedPage, checked_page
from signoff.pages.checked_certificate import certificate_page


@require_http_methods(["GET", "POST"])
@never_cache
def verify(request: Request) -> HttpResponse:
    """Check what was sent, and answer with the result: nothing of it is kept, so there is nowhere to redirect to."""
    is_sent = request.method == "POST"
    if is_sent and not in_time(request, "verify"):
        return too_many(request)
    form = VerifyForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    if form.is_valid():
        with refusals_on(form):
            return render(request, "signoff/checked.html", {"page": _page(**form.cleaned_data)})
    return render(request, "signoff/verify.html", {"form": form})


def _page(bundle: bytes, trust: bytes | None, checkpoint: bytes | None) -> CheckedPage:
    if bundle.startswith(b"%PDF-"):
        from signoff.certificate.checking import (  # noqa: PLC0415 - a slow import, 0.4 s and 45 MB
            checked as checked_certificate,
        )

        root = authority.root(settings.KEYS_DIR)
        return certificate_page(checked_certificate(bundle, root, now=timezone.now()))
    found = checked(bundle, trust or own_trust(), checkpoint)
    return checked_page(found, own_trust=trust is None, kept=checkpoint is not None)
