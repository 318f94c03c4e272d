"""Making and revoking access tokens: what is kept, what the ledger says, who may."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import actions
from accounts.models import ApiToken, token_hash
from accounts.rules import TOKENS_AT_ONCE, Scope
from accounts.verbs import Verb
from audit.models import Entry
from audit.reading import read
from audit.words import sentences
from sentinel.errors import Refused
from tests.accounts.ledger import actors, ledger
from tests.factories.people import make_admin, make_auditor, make_manager, make_token, make_user

pytestmark = pytest.mark.django_db

MONTH = timedelta(days=30)


def fields(**others):
    given = {"pk": uuid4(), "name": "Pipeline", "scopes": [Scope.VERDICT_READ], "lasts": MONTH}
    return given | others


def codes(refusal):
    return [error.code for error in refusal.value.error_list]


def test_a_token_is_kept_as_a_hash_alone():
    person = make_user()

    token, secret = actions.make_token(by=person, **fields(name="  My \u202epipeline "))

    stored = ApiToken.objects.values().get(pk=token.pk)
    assert secret.startswith("snt_")
    assert len(secret) == 47
    assert [value for value in stored.values() if secret in str(value)] == []
    assert (stored["sha256"], stored["prefix"]) == (token_hash(secret), secret[:8])
    assert (stored["name"], stored["owner_id"], stored["scopes"]) == (
        "My pipeline",
        person.pk,
        "verdict:read",
    )
    assert token.expires_at - token.created_at == MONTH


def test_the_ledger_tells_of_it_and_gives_nothing_away():
    person = make_user(full_name="Maya Ito")
    token, secret = actions.make_token(by=person, **fields())
    actions.revoke_token(token, by=person)

    made, revoked = ledger()[-2:]
    assert made[:2] == (Verb.TOKEN_MADE, f"token:{token.pk}")
    assert made[3].keys() == {"name", "prefix", "scopes", "owner", "launch_slug", "expires_at"}
    assert revoked[:3] == (Verb.TOKEN_REVOKED, f"token:{token.pk}", {"revoked_at": None})
    assert actors()[-2:] == [person.pk] * 2
    assert not any(
        part in str(line) for line in ledger() for part in (secret, secret[9:], token.sha256)
    )
    first, second = (line.text for line in sentences(read(Entry.objects.order_by("seq")))[-2:])
    assert first.startswith("Pipeline: access token made; may read verdicts; valid until ")
    assert second == "Pipeline: access token revoked, Maya Ito"


def test_a_service_s_token_is_nobody_s():
    admin = make_admin()

    token, _secret = actions.make_service_token(by=admin, launch_slug="aureus-1-0", **fields())

    assert (token.owner, token.made_by, token.launch_slug) == (None, admin, "aureus-1-0")
    assert ledger()[-1][3]["owner"] is None


@pytest.mark.parametrize("make_person", [make_user, make_manager, make_auditor])
def test_only_admins_make_and_revoke_tokens_of_services(make_person):
    service, person = make_token(), make_person()

    with pytest.raises(PermissionDenied):
        actions.make_service_token(by=person, **fields())
    with pytest.raises(PermissionDenied):
        actions.revoke_token(service, by=person)

    assert ApiToken.objects.get().revoked_at is None


def test_nobody_revokes_another_person_s_token():
    token = make_token(owner=make_user())

    with pytest.raises(PermissionDenied):
        actions.revoke_token(token, by=make_admin())


def test_another_admin_revokes_a_service_s_token():
    token, admin = make_token(), make_admin()

    actions.revoke_token(token, by=admin)

    token.refresh_from_db()
    assert (token.revoked_by, token.revoked_at is not None) == (admin, True)


def test_revoked_once():
    person = make_user()
    token = make_token(owner=person, revoked_at=timezone.now())

    with pytest.raises(Refused) as refusal:
        actions.revoke_token(token, by=person)

    assert codes(refusal) == ["token_revoked"]


def test_asked_for_twice_it_is_made_once():
    person, given = make_user(), fields()
    actions.make_token(by=person, **given)

    with pytest.raises(Refused) as refusal:
        actions.make_token(by=person, **given)

    assert codes(refusal) == ["token_made_already"]
    assert ApiToken.objects.count() == 1


def test_twenty_five_at_once_of_one_kind():
    admin = make_admin()
    for number in range(TOKENS_AT_ONCE):
        make_token(f"secret {number}", owner=admin)
    make_token("expired", owner=make_user(), expires_at=timezone.now())

    with pytest.raises(Refused) as refusal:
        actions.make_token(by=admin, **fields())
    actions.make_service_token(by=admin, **fields())
    actions.revoke_token(ApiToken.objects.filter(owner=admin).first(), by=admin)
    actions.make_token(by=admin, **fields())

    assert codes(refusal) == ["too_many_tokens"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"lasts": timedelta(days=366)}, "token_lasts_too_long"),
        ({"scopes": []}, "token_without_scope"),
    ],
)
def test_what_the_rules_refuse(given, code):
    with pytest.raises(Refused) as refusal:
        actions.make_token(by=make_user(), **fields(**given))

    assert codes(refusal) == [code]


def test_whoever_has_left_makes_none():
    person = make_user(is_active=False)

    with pytest.raises(Refused) as refusal:
        actions.make_token(by=person, **fields())

    assert codes(refusal) == ["inactive"]


def test_who_leaves_takes_their_tokens_along_for_good():
    admin, person = make_admin(), make_user()
    token = make_token(owner=person)
    other = make_token("another", owner=admin)
    service = make_token("service", made_by=person)

    actions.deactivate(person, by=admin, reason="Left")
    actions.reactivate(person, by=admin, reason="Back")

    states = {row: row.state(timezone.now()) for row in ApiToken.objects.all()}
    assert states == {token: "revoked", other: "usable", service: "usable"}
    assert [line[0] for line in ledger()[-3:]] == [
        Verb.PERSON_DEACTIVATED,
        Verb.TOKEN_REVOKED,
        Verb.PERSON_REACTIVATED,
    ]


def test_use_is_noted_once_a_minute_and_not_in_the_ledger():
    token, now = make_token(), timezone.now()

    moments = []
    for seconds in (0, 59, 60):
        actions.note_use(token, now + timedelta(seconds=seconds))
        token.refresh_from_db()
        moments.append(token.last_used_at)

    assert moments == [now, now, now + timedelta(seconds=60)]
    assert ledger() == []


@pytest.mark.parametrize(
    "broken",
    [
        {"expires_at": timezone.now() - timedelta(days=9)},
        {"owner": True, "launch_slug": "aureus"},
        {"revoked_by": True},
    ],
)
def test_what_the_database_refuses(broken):
    person = make_user()
    given = {name: person if value is True else value for name, value in broken.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        make_token(**given)
