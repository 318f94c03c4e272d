"""Secrets of second factors are unreadable in a copy of the database."""

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import InvalidToken

from tests.factories.people import make_user

SECRET = "JBSWY3DPEHPK3PXP"


@pytest.mark.django_db
def test_a_totp_secret_is_stored_encrypted():
    TOTP.activate(make_user(), SECRET)

    stored = Authenticator.objects.get().data["secret"]

    assert SECRET not in stored
    assert get_adapter().decrypt(stored) == SECRET


def test_an_older_key_goes_on_reading(settings):
    kept = get_adapter().encrypt(SECRET)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a newer one", [settings.SECRET_KEY]

    assert get_adapter().decrypt(kept) == SECRET


def test_another_key_reads_nothing(settings):
    kept = get_adapter().encrypt(SECRET)
    settings.SECRET_KEY = "another one"

    with pytest.raises(InvalidToken):
        get_adapter().decrypt(kept)
