"""Is the person at the keyboard the one who is signed in? Password, code, limits."""

import time

import pytest
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.sessions.backends.cache import SessionStore
from django.test import RequestFactory

from signoff.presence import Presence, needs_code, prove_presence
from tests.checklist.aftermath import refused
from tests.factories.people import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def prove(user, password=PASSWORD, code="", ip="192.0.2.1"):
    request = RequestFactory().post("/", REMOTE_ADDR=ip)
    request.user, request.session = user, SessionStore()
    with context.request_context(request):
        return prove_presence(request, password=password, code=code)


def enrol(user):
    """Give somebody a device that makes codes; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_of(secret, *, ago=0):
    counter = int(time.time()) // 30 - ago
    return format_hotp_value(hotp_value(secret, counter))


def test_the_right_password_proves_presence():
    user = make_user()

    assert prove(user) == Presence(user, "password")


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), f"{PASSWORD} "])
def test_any_other_password_does_not(password):
    user = make_user()

    with refused(password=["password"]):
        prove(user, password)


def test_another_person_s_password_does_not():
    user, _other = make_user(), make_user(password="the other one's password")

    with refused(password=["password"]):
        prove(user, "the other one's password")


def test_somebody_without_a_password_is_told_to_set_one():
    user = make_user(password=None)

    for password in ("", "anything"):
        with refused(password=["no_password"]):
            prove(user, password)


def test_repeated_failures_bring_a_limit_that_says_so_and_the_right_password_waits_too():
    user, other = make_user(), make_user()
    for _ in range(5):
        with refused(password=["password"]):
            prove(user, "wrong")

    with refused(password=["too_many"]) as refusal:
        prove(user, PASSWORD, ip="192.0.2.9")

    assert refusal.value.messages != [""]
    assert prove(other, ip="192.0.2.9") == Presence(other, "password")


def test_successes_count_towards_no_limit():
    user = make_user()

    assert [prove(user).method for _ in range(12)] == ["password"] * 12


# One-time codes


def test_who_has_a_device_needs_a_code():
    user, other = make_user(), make_user()
    enrol(user)

    assert (needs_code(user), needs_code(other)) == (True, False)


def test_password_and_code_prove_presence():
    user = make_user()
    secret = enrol(user)

    presence = prove(user, code=code_of(secret))

    assert presence == Presence(user, "password+totp")
    assert Authenticator.objects.get(user=user).last_used_at is not None


@pytest.mark.parametrize("code", ["", "000000", "abc", "1" * 500])
def test_a_missing_or_wrong_code_does_not(code):
    user = make_user()
    enrol(user)

    with refused(code=["code"]):
        prove(user, code=code)


def test_a_code_works_once():
    user = make_user()
    secret = enrol(user)
    code = code_of(secret)
    prove(user, code=code)

    with refused(code=["code"]):
        prove(user, code=code)
    with refused(code=["code"]):
        prove(user, code=f"{code[:3]} {code[3:]}")


def test_an_old_code_does_not_work():
    user = make_user()
    secret = enrol(user)

    with refused(code=["code"]):
        prove(user, code=code_of(secret, ago=2))


def test_another_person_s_code_does_not_work():
    user, other = make_user(), make_user()
    enrol(user)

    with refused(code=["code"]):
        prove(user, code=code_of(enrol(other)))


def test_a_right_code_does_not_stand_in_for_the_password_and_is_not_used_up():
    user = make_user()
    code = code_of(enrol(user))

    with refused(password=["password"]):
        prove(user, "wrong", code=code)

    assert prove(user, code=code).method == "password+totp"


def test_a_recovery_code_is_no_code_for_signing():
    user = make_user()
    enrol(user)
    code = RecoveryCodes.activate(user).get_unused_codes()[0]

    with refused(code=["code"]):
        prove(user, code=code)


def test_repeated_wrong_codes_bring_a_limit_that_says_so():
    user = make_user()
    secret = enrol(user)
    for _ in range(5):
        with refused(code=["code"]):
            prove(user, code="000000")

    with refused(code=["too_many"]):
        prove(user, code=code_of(secret))


def test_a_right_code_clears_the_count_of_wrong_ones():
    user = make_user()
    secret = enrol(user)
    for _ in range(4):
        with refused(code=["code"]):
            prove(user, code="000000")
    prove(user, code=code_of(secret))

    for _ in range(5):
        with refused(code=["code"]):
            prove(user, code="000000")
