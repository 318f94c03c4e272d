"""How one wants to be told: the page, and what may not be silent."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions import change_own_mail, change_own_profile
from accounts.mail.spread import spread_due
from accounts.models import Mail, User
from accounts.rules import MailChoice, MailGroup, mail_refusals
from tests.accounts.letters import make_kind, tell_of
from tests.checklist.aftermath import acts, appended, refused
from tests.factories.people import make_admin, make_user

NOW, DIGEST, NEVER = MailChoice.NOW, MailChoice.DIGEST, MailChoice.NEVER
CHOICES = {
    "mail_signing": "digest",
    "mail_work": "now",
    "mail_mentions": "never",
    "mail_dates": "now",
    "digest_hour": "9",
}


def wants(**choices):
    return {group: choices.get(group.value, NOW) for group in MailGroup}


@pytest.mark.parametrize(
    ("choices", "hour", "codes"),
    [
        (wants(), None, []),
        (wants(), 8, []),
        (wants(signing=DIGEST), 8, []),
        (wants(signing=NEVER), 8, ["never_silent"]),
        (wants(work=NEVER, mentions=NEVER, dates=NEVER), None, []),
        (wants(dates=DIGEST), None, ["digest_without_hour"]),
        (wants(dates=DIGEST), 0, []),
        (wants(signing=NEVER, work=DIGEST), None, ["never_silent", "digest_without_hour"]),
    ],
)
def test_what_has_to_reach_somebody_is_not_silent(choices, hour, codes):
    assert [reason.code for reason in mail_refusals(choices, hour)] == codes


@pytest.mark.django_db
def test_people_choose_on_their_page(client):
    person = make_user()
    client.force_login(person)

    with appended() as entries:
        response = client.post(reverse("accounts:mail"), CHOICES)

    person.refresh_from_db()
    assert response.headers["Location"] == reverse("accounts:mail")
    assert {name: getattr(person, name) for name in CHOICES} == CHOICES | {"digest_hour": 9}
    assert acts(entries) == [("person.changed", f"user:{person.pk}")]
    assert entries[0][2:4] == (
        {"mail_signing": "now", "mail_mentions": "now", "digest_hour": 8},
        {"mail_signing": "digest", "mail_mentions": "never", "digest_hour": 9},
    )


@pytest.mark.django_db
def test_choosing_what_holds_already_writes_nothing():
    person = make_user()

    with appended() as entries:
        change_own_mail(
            person,
            mail_signing=NOW,
            mail_work=NOW,
            mail_mentions=NOW,
            mail_dates=NOW,
            digest_hour=8,
        )

    assert entries == []


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [{"mail_signing": "never"}, {"digest_hour": "24"}])
def test_the_page_offers_no_silence_where_none_may_be(client, typed):
    client.force_login(make_user())

    response = client.post(reverse("accounts:mail"), CHOICES | typed)

    assert response.context["form"].has_error(*typed, "invalid_choice")


@pytest.mark.django_db
def test_a_digest_needs_its_hour(client):
    client.force_login(make_user())

    response = client.post(reverse("accounts:mail"), CHOICES | {"digest_hour": ""})

    assert response.context["form"].has_error("__all__", "digest_without_hour")


@pytest.mark.django_db
def test_the_action_refuses_silence_whatever_the_form_lets_through():
    with refused("never_silent"):
        change_own_mail(
            make_user(),
            mail_signing=NEVER,
            mail_work=NOW,
            mail_mentions=NOW,
            mail_dates=NOW,
            digest_hour=None,
        )


@pytest.mark.django_db
def test_who_ends_the_digest_is_told_at_once_what_it_held():
    person = make_user(mail_work="digest")
    tell_of(make_kind(person))
    spread_due(timezone.now())
    none = {f"mail_{group.value}": NOW for group in MailGroup}

    change_own_mail(person, **none, digest_hour=None)

    assert Mail.objects.get().notices.count() == 1


@pytest.mark.django_db
def test_in_another_zone_the_next_digest_is_another_moment():
    person = make_user(digest_due_at=timezone.now())

    change_own_profile(person, time_zone="Asia/Tokyo")

    assert User.objects.get(pk=person.pk).digest_due_at is None


@pytest.mark.django_db
def test_an_operator_sees_what_becomes_of_mails_and_tries_again(client):
    mail = Mail.objects.create(
        recipient=make_user(),
        state="failed",
        created_at=timezone.now(),
        due_at=timezone.now(),
        last_error="550 No such user",
    )
    client.force_login(make_admin())
    address = reverse("admin:accounts_mail_changelist")

    page = client.get(address)
    client.post(address, {"action": "send_again", "_selected_action": [mail.pk]})

    mail.refresh_from_db()
    assert "550 No such user" in page.text
    assert mail.state == "waiting"
