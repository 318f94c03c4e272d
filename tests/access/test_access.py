"""The complete access table: every route, every kind of visitor, GET and POST."""

from contextlib import suppress
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch

from audit.models import Head
from tests.access.table import ARGUMENTS, BY_TOKEN, ELSEWHERE, IN_A_LAUNCH, OF_SIGN_IN, posted
from tests.access.world import VISITORS
from tests.factories.people import make_admin, make_auditor, make_user

CODES = {401: "U", 403: "N", 404: "H", 405: "M"}
TABLE = [*IN_A_LAUNCH, *ELSEWHERE]


def routes(resolver, namespaces=()):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (pattern.namespace,) if pattern.namespace else ()
            yield from routes(pattern, namespaces + inner)
        elif pattern.name:
            yield ":".join((*namespaces, pattern.name))


def outcome(response, *, wrote):
    """One letter for what a visitor got."""
    if response.status_code in CODES:
        return CODES[response.status_code]
    for letter, name in (("L", settings.LOGIN_URL), ("R", "account_reauthenticate")):
        if response.status_code == 302 and response.url.startswith(reverse(name)):
            return letter
    assert response.status_code in {200, 302, 409, 422}, response.status_code
    return "W" if wrote else "O"


def visits(world, method, route, arguments, what):
    """What each kind of visitor gets, in the table's order; what one of them wrote is taken back."""
    letters = []
    for visitor in VISITORS:
        with transaction.atomic():
            place = world.launch_for(visitor)
            client = Client()
            if person := world.people[visitor]:
                client.force_login(person)
            address = reverse(route, args=arguments(place) if arguments else [])
            before = entries()
            response = getattr(client, method)(address, posted(what, place))
            letters.append(outcome(response, wrote=entries() > before))
            transaction.set_rollback(True)
    return "".join(letters)


def entries():
    return Head.objects.values_list("size", flat=True).get()


@pytest.mark.parametrize(("route", "on_get", "_on_post", "arguments", "_what"), TABLE)
def test_who_may_get(world, route, on_get, _on_post, arguments, _what):
    assert visits(world, "get", route, arguments, None) == on_get


@pytest.mark.parametrize(("route", "_on_get", "on_post", "arguments", "what"), TABLE)
def test_who_may_post(world, route, _on_get, on_post, arguments, what):
    assert visits(world, "post", route, arguments, what) == on_post


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("bearer", BY_TOKEN)
@pytest.mark.parametrize("route", ["signoff:verdict-api", "signoff:attestation-api"])
def test_who_may_read_by_a_token(world, route, bearer, method):
    with transaction.atomic():
        launch, secret = world.token_of(bearer)
        address = reverse(route, args=[launch.slug])
        headers = {"Authorization": f"Bearer {secret}"}
        response = getattr(Client(), method)(address, headers=headers)
        transaction.set_rollback(True)

    assert outcome(response, wrote=False) == BY_TOKEN[bearer]


@pytest.mark.django_db
@pytest.mark.parametrize("make_person", [make_user, make_auditor, make_admin])
@pytest.mark.parametrize("route", OF_SIGN_IN)
def test_who_may_use_the_pages_of_signing_in(route, make_person):
    address, person, letters = reverse(route, args=ARGUMENTS.get(route, [])), make_person(), []

    for visitor in (None, person):
        for method in ("get", "post"):
            client = Client()
            if visitor:
                client.force_login(visitor)
            letters.append(outcome(getattr(client, method)(address), wrote=False))

    assert "".join(letters) == OF_SIGN_IN[route]


def test_the_tables_name_every_route_but_the_operators():
    named = {row[0] for row in TABLE} | OF_SIGN_IN.keys()

    assert named == {name for name in routes(get_resolver()) if not name.startswith("admin:")}


def admin_pages():
    """The operators' pages, each with arguments of the right kind where it needs some."""
    for name in {name for name in routes(get_resolver()) if name.startswith("admin:")}:
        for arguments in ([], [str(uuid4())], [ContentType.objects.first().pk, str(uuid4())]):
            with suppress(NoReverseMatch):
                yield reverse(name, args=arguments)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("visitor", sorted(set(VISITORS) - {"reader", "admin"}))
def test_the_operators_pages_are_closed_to_everybody_else(world, visitor, method):
    client, person = Client(), world.people[visitor]
    if person:
        client.force_login(person)

    answers = {address: getattr(client, method)(address) for address in admin_pages()}

    assert len(answers) > 60
    assert {a: r for a, r in answers.items() if not is_closed(r)} == {}


def is_closed(response):
    """Sent to sign in, or told no; signing out and what leads to our own pages is for everybody."""
    to = getattr(response, "url", "")
    own = tuple(
        map(reverse, ("admin:index", "admin:login", "account_login", "account_change_password"))
    )
    return response.status_code in {403, 404, 405} or to.startswith(own)
