"""What holds on every page: the strict policy, no inline code, no 500 whatever is sent, a calm word to a stale form."""

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlencode
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.contrib import admin
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.urls import reverse

from accounts.forms import PeopleFilter
from audit.forms import ActivityFilter
from audit.models import Entry, Head
from checklist.actions.items import remove_item
from checklist.forms.importing import ReadingForm
from checklist.forms.items import SectionFilter
from checklist.forms.launches import ItemsFilter, PortfolioFilter
from checklist.forms.risks import RisksFilter
from checklist.forms.search import SearchForm
from checklist.models import TemplateVersion
from checklist.tokens import token_of
from sentinel.errors import MACHINE_FIELDS, SECRET_FIELDS
from tests.access.table import ARGUMENTS, ELSEWHERE, IN_A_LAUNCH, OF_SIGN_IN, of_item, posted
from tests.access.world import VISITORS, make_world
from tests.accounts.html import inline_code
from tests.factories.launches import make_item, make_template
from tests.factories.people import PASSWORD, make_admin, make_user

TABLE = [*IN_A_LAUNCH, *ELSEWHERE]
POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
OF_UPLOADS = {"default-src": "'none'", "sandbox": ""}
HEADERS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
UNSEEN = "a\x00b\x1b[31mc\u202ed\u2066e\ud800f\x85g\u200bh"
HUGE, NOBODY = "9" * 400, str(UUID(int=0))
SHAPED = {"artefact_digest"}  # looks like text, and is none
TO_TEXT = ["x" * 1_000_000, UNSEEN]
TO_OTHERS = {
    "date": ["0001-01-01", HUGE, UNSEEN],
    "time": [HUGE, UNSEEN],
    "hidden": [NOBODY, HUGE, UNSEEN],
    "select": [NOBODY, UNSEEN],
}
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
OF_A_KEY = {"mfa_edit_webauthn", "mfa_remove_webauthn"}
ASKING_THE_KEY = {"mfa_add_webauthn", "mfa_reauthenticate_webauthn"}  # the one here is not real
QUERIES = {
    "checklist:launches": PortfolioFilter.base_fields,
    "checklist:launch": ["at", "show"],
    "checklist:import-preview": ReadingForm.base_fields,
    "checklist:search": SearchForm.base_fields,
    "checklist:section": [*SectionFilter.base_fields, "at"],
    "checklist:risks": RisksFilter.base_fields,
    "checklist:items": ItemsFilter.base_fields,
    "checklist:item": ["set", "at"],
    "checklist:activity": [*ActivityFilter.base_fields, "before", "after"],
    "accounts:activity": [*ActivityFilter.base_fields, "before", "after"],
    "accounts:people": PeopleFilter.base_fields,
    "signoff:sign": ["slot"],
    "signoff:compare": ["from", "to"],
}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


# The pages, and who may see them


def who(letters, wanted, route):
    """A visitor with this letter: the signer on pages of signatures, else whoever manages, else anybody."""
    able = [visitor for visitor, letter in zip(VISITORS, letters, strict=True) if letter == wanted]
    first = "holder" if route.startswith("signoff:") else "manager"
    return first if first in able else (able or [None])[-1]


def pages(world):
    """Each page of ours once: its route, its address, and who visits it."""
    for route, on_get, _on_post, arguments, _what in TABLE:
        if visitor := who(on_get, "O", route):
            place = world.launch_for(visitor)
            yield route, reverse(route, args=arguments(place) if arguments else []), visitor


def pages_of_the_past(world, visitor="manager"):
    """Each page that takes a moment of its launch, at a signature and at the newest entry."""
    place = world.launch_for(visitor)
    of_launch = [place.launch.slug]
    of_section = [*of_launch, place.item.section.number]
    newest = Entry.objects.of_launch(place.launch.pk).newest_first().first().seq
    for at in (place.signature.pk, newest):
        for name, args in (
            ("launch", of_launch),
            ("section", of_section),
            ("item", [*of_section, place.item.pk]),
        ):
            yield f"{reverse(f'checklist:{name}', args=args)}?at={at}"


def posts(world):
    """Each form of ours once: its route, its address, who sends it, and what is valid there."""
    for route, _on_get, on_post, arguments, what in TABLE:
        if visitor := who(on_post, "W", route) or who(on_post, "O", route):
            place = world.launch_for(visitor)
            address = reverse(route, args=arguments(place) if arguments else [])
            yield route, address, visitor, posted(what, place) or {}


def operators_pages():
    """The admin's pages, and those of a row of each kind; of templates a published one and a draft."""
    yield reverse("admin:index")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield from (reverse(f"{name}_{page}") for page in ("changelist", "add"))
        for row in model._base_manager.all()[: 3 if model is TemplateVersion else 1]:
            yield from (
                reverse(f"{name}_{page}", args=[row.pk]) for page in ("change", "history", "delete")
            )


def make_keyed():
    """Somebody with an app, recovery codes and a key. Gives them and the key."""
    person = make_user()
    TOTP.activate(person, SECRET)
    RecoveryCodes.activate(person)
    data = {"name": "Laptop", "passwordless": True, "credential": {}}
    return person, Authenticator.objects.create(user=person, type="webauthn", data=data)


def visitors_pages():
    """allauth's pages for whoever is not signed in."""
    return [
        reverse(route, args=ARGUMENTS.get(route, []))
        for route, letters in OF_SIGN_IN.items()
        if letters[0] == "O"
    ]


def persons_pages(key=None):
    """allauth's pages for people: those who have no second factor, or those of this key's owner.

    And those of ours that ask, as some of them do, to prove anew who one is.
    """
    yield from (reverse(f"accounts:{name}") for name in ("token-new", "service-token-new"))
    for route, letters in OF_SIGN_IN.items():
        if route in OF_A_KEY:
            yield from [reverse(route, args=[key.pk])] if key else []
        elif letters[2] in "OR" and not (key and route in ASKING_THE_KEY):
            yield reverse(route, args=ARGUMENTS.get(route, []))
        elif letters[2] == "H" and key:
            yield reverse(route)


def client_of(person, **options):
    client = Client(**options)
    if person:
        client.force_login(person)
    return client


def proven(person):
    """A client of somebody who just gave their password."""
    client = client_of(person)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def strict(response):
    """What is not as strict as it should be in an answer."""
    sent = response.headers.get("Content-Security-Policy", "")
    policy = dict(part.strip().partition(" ")[::2] for part in sent.split(";") if part.strip())
    kind = response.headers.get("Content-Type", "")
    wrong = [name for name, value in HEADERS.items() if response.headers.get(name) != value]
    if policy != (OF_UPLOADS if kind == "application/octet-stream" else POLICY):
        wrong.append(sent or "no policy")
    if kind.startswith("text/html"):
        wrong += inline_code(response.text)
    return wrong


def lax(client, addresses):
    """Each address whose answer is not strict, with the reasons."""
    found = {address: strict(client.get(address, secure=True)) for address in addresses}
    assert found
    return {address: wrong for address, wrong in found.items() if wrong}


@pytest.mark.django_db
@pytest.mark.parametrize("visitor", [None, "anonymous", "stranger"])
def test_our_pages_are_strict_whoever_looks(visitor):
    world = make_world()

    found = [
        lax(client_of(world.people[visitor or able]), [address])
        for _route, address, able in pages(world)
    ]

    assert [wrong for wrong in found if wrong] == []


@pytest.mark.django_db
def test_the_pages_of_the_past_are_strict():
    world = make_world()
    client = client_of(world.people["manager"])

    assert {client.get(address).status_code for address in pages_of_the_past(world)} == {200}
    assert lax(client, pages_of_the_past(world)) == {}


@pytest.mark.django_db
@pytest.mark.ignore_template_errors  # the admin's own
def test_the_operators_pages_are_strict():
    make_world()
    make_template(published=False)

    assert lax(client_of(make_admin()), operators_pages()) == {}


@pytest.mark.django_db
def test_the_pages_of_signing_in_are_strict():
    keyed, key = make_keyed()

    assert lax(client_of(None), visitors_pages()) == {}
    assert lax(proven(make_admin()), persons_pages()) == {}
    assert lax(proven(keyed), persons_pages(key)) == {}


# What people, and others, may send


class Forms(HTMLParser):
    """What each form of a page that is posted would send, by its address: names, each with its kind of field."""

    def __init__(self, page):
        super().__init__()
        self.found, self.form = {}, {}
        self.page = page

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form" and given.get("method") == "post":
            self.form = self.found.setdefault(given.get("action") or self.page, {})
        elif tag in {"input", "select", "textarea"} and given.get("name"):
            self.form[given["name"]] = given.get("type", "text") if tag == "input" else tag


def forms_of(client, address):
    """The forms on a page, as `Forms` finds them; none in a file."""
    response = client.get(address)
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return {}
    forms = Forms(address)
    forms.feed(response.text)
    for names in forms.found.values():
        names.pop("csrfmiddlewaretoken", None)
    return forms.found


def fields_of(world, clients):
    """What the forms on our pages send, by address."""
    found = {}
    for _route, address, visitor in pages(world):
        found |= forms_of(clients[visitor], address)
    return found


def send(client, address, data):
    """Post it as a browser would, lone surrogates included, which the test client cannot encode."""
    data = {name: value for name, value in data.items() if value is not None}
    if any(isinstance(value, UploadedFile) for value in data.values()):
        return client.post(address, {n: printable(v) for n, v in data.items()})
    body = urlencode(data, doseq=True, errors="surrogatepass")
    return client.post(address, body, content_type="application/x-www-form-urlencoded")


def printable(value):
    return value.replace("\ud800", "") if isinstance(value, str) else value


def at_once(kinds):
    """All fields of text spoilt at once, one way after the other; and nothing sent at all."""
    texts = [n for n, kind in kinds.items() if kind in {"text", "textarea"} and n not in SHAPED]
    return [dict.fromkeys(texts, value) for value in TO_TEXT] + [dict.fromkeys(kinds)]


def one_by_one(kinds):
    """Each field in its turn, as fits its kind: an id of nobody's, a day long ago, what nobody sees."""
    return [
        {name: value} for name, kind in kinds.items() for value in TO_OTHERS.get(kind, [UNSEEN])
    ]


def spoilt(data, spoiling):
    """A form's data with fields spoilt; of a file it is the name."""
    return data | {
        name: SimpleUploadedFile(printable(value)[:300], b"proof")
        if value and isinstance(data.get(name), UploadedFile)
        else value
        for name, value in spoiling.items()
    }


def kept_raw():
    """Texts in our own tables that hold what nobody can see and nobody meant."""
    for app in ("accounts", "audit", "checklist", "signoff"):
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            names = [f.attname for f in model._meta.concrete_fields if is_text(f)]
            for row in model._base_manager.values_list(*names) if names else ():
                yield from (text for text in row if text and RAW.search(text))


def is_text(field):
    return isinstance(field, models.CharField | models.TextField)


def entries():
    return Head.objects.aggregate(size=models.Sum("size"))["size"]


def trouble(client, address, data):
    """What one hostile form does that it should not: nothing of it stays."""
    cache.clear()
    with transaction.atomic():
        before = entries()
        response = send(client, address, data)
        wrong = [repr(response.exc_info[1])] if response.status_code >= 500 else []
        if not wrong and UNSEEN in data.values() and entries() != before:
            wrong = [repr(text)[:80] for text in kept_raw()]
        transaction.set_rollback(True)
    return wrong


@pytest.mark.django_db
@pytest.mark.parametrize("ways", [at_once, one_by_one])
def test_no_form_of_ours_breaks_or_keeps_what_nobody_can_see(ways):
    world = make_world()
    clients = {
        visitor: client_of(person, raise_request_exception=False)
        for visitor, person in world.people.items()
    }
    fields = fields_of(world, clients)

    wrong = [
        (route, spoiling, found)
        for route, address, visitor, data in posts(world)
        for spoiling in ways(dict.fromkeys(data, "hidden") | fields.get(address, {}))
        for found in trouble(clients[visitor], address, spoilt(data, spoiling))
    ]

    assert wrong == []


@pytest.mark.django_db
def test_no_filter_of_ours_breaks():
    world = make_world()

    broken = []
    for route, address, visitor in pages(world):
        client = client_of(world.people[visitor], raise_request_exception=False)
        for name in QUERIES.get(route, ()):
            for value in [UNSEEN, HUGE, NOBODY, "0001-01-01"]:
                asked = urlencode({name: value}, errors="surrogatepass")
                if client.get(f"{address}?{asked}").status_code >= 500:
                    broken.append((route, name, value))

    assert broken == []


@pytest.mark.django_db
def test_no_form_of_sign_in_breaks():
    keyed, key = make_keyed()

    broken = []
    for client, addresses in (
        (client_of(None), visitors_pages()),
        (proven(make_admin()), persons_pages()),
        (proven(keyed), persons_pages(key)),
    ):
        client.raise_request_exception = False
        forms = {to: kinds for page in addresses for to, kinds in forms_of(client, page).items()}
        forms.pop(reverse("account_logout"), None)
        broken += [
            (to, spoiling, found)
            for to, kinds in forms.items()
            for spoiling in [*at_once(kinds), *one_by_one(kinds)]
            for found in trouble(client, to, spoiling)
        ]

    assert broken == []


# A form that comes too late, or for what is gone


@pytest.mark.django_db
def test_a_form_without_its_token_gives_back_what_was_typed():
    world = make_world()

    answers = {}
    for route, address, visitor, data in posts(world):
        client = client_of(world.people[visitor], enforce_csrf_checks=True)
        before = entries()
        response = client.post(address, data)
        answers[route] = response.status_code, given_back(response), entries() == before
        typed = [
            str(value)
            for name, value in data.items()
            if name not in {*SECRET_FIELDS, *MACHINE_FIELDS, "password2"}
            and not isinstance(value, UploadedFile)
        ]
        assert answers[route] == (403, typed, True), route
        assert "The page had grown old" in response.text
        assert data.get("password", "-- no password --") not in response.text


def given_back(response):
    kept = re.findall(r"<textarea[^>]* readonly>\n(.*?)</textarea>", response.text, re.DOTALL)
    return [unescape(text) for text in kept]


@pytest.mark.django_db
def test_a_removed_item_is_not_found():
    world = make_world()
    place = world.launches["restricted"]
    place.own = make_item(place.section)
    rows = [row for row in IN_A_LAUNCH if row[3] is of_item and "W" in row[2]]
    data = [posted(what, place) for *_row, what in rows]
    remove_item(place.own, by=world.people["manager"], reason="Twice")
    client = client_of(world.people["manager"])

    answers = [
        client.post(reverse(row[0], args=of_item(place)), sent).status_code
        for row, sent in zip(rows, data, strict=True)
    ]

    assert answers == [404] * len(rows)
    click = {"set": f"{token_of(place.own.pk)}:done:attention"}
    section = [place.launch.slug, place.section.number]
    assert client.post(reverse("checklist:section-status", args=section), click).status_code == 404


@pytest.mark.django_db
def test_a_section_that_is_gone_is_not_found():
    world = make_world()
    client = client_of(world.people["manager"])

    answers = {
        route: client.post(address.replace("/sections/1/", "/sections/99/"), data).status_code
        for route, address, _visitor, data in posts(world)
        if "/sections/1/" in address
    }

    assert len(answers) > 10
    assert set(answers.values()) == {404}


# For machines


def test_health_is_told_over_plain_http_too(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    answers = [client.get(path) for path in ("/healthz", "/account/login/")]

    assert [(answer.status_code, answer.text) for answer in answers] == [(200, "ok\n"), (301, "")]


@pytest.mark.django_db
def test_readiness_says_what_it_waits_for(client):
    ready = client.get(reverse("readyz"))
    MigrationRecorder.Migration.objects.filter(app="signoff").delete()
    waiting = client.get(reverse("readyz"))
    with connection.execute_wrapper(unreachable):
        gone = client.get(reverse("readyz"))

    assert [(answer.status_code, answer.text) for answer in (ready, waiting, gone)] == [
        (200, "ok\n"),
        (503, "migrations waiting\n"),
        (503, "database unreachable\n"),
    ]


def unreachable(_execute, _sql, _params, _many, _context):
    raise DatabaseError
