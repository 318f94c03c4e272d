"""The pages of access tokens: a person's own ones, and those that admins make for services."""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import actions
from accounts.forms import ServiceTokenForm, TokenForm
from accounts.models import ApiToken
from accounts.permissions import Permission, requires
from accounts.requests import Request
from accounts.token_pages import token_page
from sentinel.errors import Refused, refusals_on

type Make = Callable[..., tuple[ApiToken, str]]


@require_GET
def tokens(request: Request) -> HttpResponse:
    """One's own tokens: what each may do, until when, and whether it is used."""
    page = token_page(request.user.tokens.all(), of_services=False, now=timezone.now())
    return render(request, "accounts/tokens.html", {"page": page})


@require_http_methods(["GET", "POST"])
@never_cache
@reauthentication_required  # type: ignore[untyped-decorator]
def token_new(request: Request) -> HttpResponse:
    """Make a token that reads what its owner reads."""
    return _made(request, TokenForm, actions.make_token, of_services=False)


@require_POST
def token_revoke(request: Request, pk: Any) -> HttpResponse:
    """End one of one's own tokens."""
    _revoke(request, get_object_or_404(request.user.tokens, pk=pk))
    return redirect("accounts:tokens")


@require_GET
@requires(Permission.OPERATE)
def service_tokens(request: Request) -> HttpResponse:
    """The tokens of services, whoever made them."""
    page = token_page(ApiToken.objects.of_services(), of_services=True, now=timezone.now())
    return render(request, "accounts/tokens.html", {"page": page})


@require_http_methods(["GET", "POST"])
@never_cache
@requires(Permission.OPERATE)
@reauthentication_required  # type: ignore[untyped-decorator]
def service_token_new(request: Request) -> HttpResponse:
    """Make a token for a service."""
    return _made(request, ServiceTokenForm, actions.make_service_token, of_services=True)


@require_POST
@requires(Permission.OPERATE)
def service_token_revoke(request: Request, pk: Any) -> HttpResponse:
    """End a service's token."""
    _revoke(request, get_object_or_404(ApiToken.objects.of_services(), pk=pk))
    return redirect("accounts:service-tokens")


def _made(
    request: Request, form_class: type[TokenForm], make: Make, *, of_services: bool
) -> HttpResponse:
    """The form; sent well, the page that shows the secret. Not a redirect: nothing but that answer holds it."""
    if not get_adapter(request).get_reauthentication_methods(request.user):
        raise PermissionDenied("Set a password first: nothing proves that it is you.")
    form = form_class(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            token, secret = make(by=request.user, **form.details())
            context = {"token": token, "secret": secret, "of_services": of_services}
            return render(request, "accounts/token_made.html", context)
    return render(request, "accounts/token_new.html", {"form": form, "of_services": of_services})


def _revoke(request: Request, token: ApiToken) -> None:
    try:
        actions.revoke_token(token, by=request.user)
    except Refused as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("“%(token)s” is revoked.") % {"token": token})
