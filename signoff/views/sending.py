"""What views of signing have in common: secrets kept out of logs and caches, and the two steps with a key."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.requests import Request, site_of
from signoff.actions.proving import prepare
from signoff.forms.signatures import PresenceForm
from signoff.models import Signature
from signoff.pages.confirm import confirm_page
from signoff.presence import Presence, answered, prove_presence, session_of


def sent(request: Request) -> QueryDict | None:
    """What a form is bound to: nothing before it was sent."""
    return request.POST if request.method == "POST" else None


def asks_password[**P](
    view: Callable[Concatenate[Request, P], HttpResponse],
) -> Callable[Concatenate[Request, P], HttpResponse]:
    """A form with secrets: GET or POST, never cached, its secrets in no error report."""
    guarded = sensitive_post_parameters("password", "code")(never_cache(view))
    return wraps(view)(require_http_methods(["GET", "POST"])(guarded))


def put_name_to(
    request: Request,
    form: PresenceForm,
    act: Callable[[Presence], Signature],
    said: Callable[[Signature], str],
) -> HttpResponse:
    """Sign: with the password at once; with a key, show the statement first, then sign what its key has answered to."""
    if form.by_key and not form.cleaned_data["assertion"]:
        pending = prepare(act, user=request.user, session=session_of(request))
        page = confirm_page(pending, form.keys, request.POST, site_of(request).rp_id)
        return render(request, "signoff/confirm.html", {"page": page})
    signature = act(_presence(request, form))
    messages.success(request, said(signature))
    return redirect(signature)


def _presence(request: Request, form: PresenceForm) -> Presence:
    if form.by_key:
        sent = form.cleaned_data
        return answered(request, pending=sent["pending"], assertion=sent["assertion"])
    return prove_presence(request, **form.proof)
