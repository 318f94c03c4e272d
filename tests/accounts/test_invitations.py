"""Inviting, by mail or by hand, and coming in by a link that works once."""

import logging
import re
from datetime import timedelta
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.management.commands.createsuperuser import Command as CreateSuperuser
from accounts.models import Invitation, Membership, User, token_hash
from accounts.rules import InvitationState, Role, Standing
from accounts.tasks import send_invitation
from audit.models import Entry
from sentinel.errors import Refused
from tests.accounts.ledger import actors, ledger
from tests.factories.people import (
    PASSWORD,
    make_admin,
    make_invitation,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db

DETAILS = {
    "full_name": "Maya Ito",
    "title": "Security Lead",
    "time_zone": "Asia/Tokyo",
    "language": "en",
}
ARRIVAL = DETAILS | {"password": PASSWORD, "password2": PASSWORD}
STATES = {
    InvitationState.USED: {"used_at": timezone.now()},
    InvitationState.REVOKED: {"revoked_at": timezone.now()},
    InvitationState.EXPIRED: {"expires_at": timezone.now() - timedelta(seconds=1)},
}


def token_in(text):
    return re.search(r"http://localhost:8000/invitations/([^/\s]+)/", text)[1]


def acts():
    return [line[0] for line in ledger()]


def address(token="its-token"):  # noqa: S107
    return reverse("accounts:invitation", args=[token])


def test_an_invitation_goes_out_by_mail(mailoutbox, django_capture_on_commit_callbacks):
    admin, team = make_admin(full_name="Ada Admin"), make_team()

    with django_capture_on_commit_callbacks(execute=True):
        invitation = actions.invite(
            email="Maya@Example.org",
            full_name="Maya Ito",
            role=Role.MANAGER,
            teams=[team],
            by=admin,
        )

    (mail,) = mailoutbox
    stored = Invitation.objects.get()
    data = {
        "email": "maya@example.org",
        "full_name": "Maya Ito",
        "role": "manager",
        "teams": [f"team:{team.pk}"],
    }
    act, subject, old, new, _reason = ledger()[0]
    assert (act, subject, old) == ("person.invited", f"invitation:{invitation.pk}", {})
    assert {name: new[name] for name in data} == data
    assert acts() == ["person.invited", "invitation.link_made"]
    assert actors() == [admin.pk, None]
    assert mail.to == ["maya@example.org"]
    assert "Ada Admin invites you" in mail.body
    assert stored.token_sha256 == token_hash(token_in(mail.body))


def test_a_name_cannot_write_into_the_mail(mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        actions.invite(
            email="maya@example.org",
            full_name="Maya\r\nBcc: all@example.org",
            role=Role.MEMBER,
            by=None,
        )

    (mail,) = mailoutbox
    assert mail.recipients() == ["maya@example.org"]
    assert mail.body.startswith("Dear Maya Bcc: all@example.org,\n")


@pytest.mark.parametrize(
    ("active", "code"), [(True, "known"), (False, "left")], ids=["here", "left"]
)
def test_nobody_is_invited_who_has_an_account(active, code):
    make_user(email="maya@example.org", is_active=active)

    with pytest.raises(Refused) as refused:
        actions.invite(email="Maya@example.org", role=Role.MEMBER, by=None)

    assert [error.code for error in refused.value.error_dict["email"]] == [code]


def test_nobody_has_two_open_invitations():
    make_invitation(email="maya@example.org")

    with pytest.raises(Refused) as refused:
        actions.invite(email="maya@example.org", role=Role.MEMBER, by=None)

    assert [error.code for error in refused.value.error_dict["email"]] == ["invited"]


def test_sending_again_makes_a_new_link(mailoutbox, django_capture_on_commit_callbacks):
    invitation = make_invitation("first", expires_at=timezone.now() - timedelta(days=1))

    with django_capture_on_commit_callbacks(execute=True):
        actions.renew_invitation(invitation, by=make_admin())

    (mail,) = mailoutbox
    invitation.refresh_from_db()
    assert invitation.state(timezone.now()) is InvitationState.OPEN
    assert not Invitation.objects.with_token("first").exists()
    assert Invitation.objects.with_token(token_in(mail.body)).get() == invitation
    assert acts() == ["invitation.renewed", "invitation.link_made"]


def test_nobody_is_invited_again_who_has_come_in_another_way():
    invitation = make_invitation(email="maya@example.org")
    make_user(email="maya@example.org")

    with pytest.raises(Refused) as refused:
        actions.renew_invitation(invitation, by=None)

    assert [error.code for error in refused.value.error_dict["email"]] == ["known"]


@pytest.mark.parametrize("state", [InvitationState.USED, InvitationState.REVOKED])
@pytest.mark.parametrize("act", [actions.renew_invitation, actions.revoke_invitation])
def test_what_is_over_is_neither_sent_again_nor_taken_back(act, state):
    invitation = make_invitation(**STATES[state])

    with pytest.raises(Refused) as refused:
        act(invitation, by=None)

    assert refused.value.code == state
    assert not Entry.objects.exists()


@pytest.mark.parametrize("state", STATES)
def test_what_is_over_gets_no_link(state):
    with pytest.raises(Refused) as refused:
        actions.make_link(make_invitation(**STATES[state]))

    assert refused.value.code == state


def test_an_invitation_is_taken_back():
    invitation = make_invitation()

    actions.revoke_invitation(invitation, by=None)

    invitation.refresh_from_db()
    assert invitation.state(timezone.now()) is InvitationState.REVOKED
    assert acts() == ["invitation.revoked"]


def test_a_late_task_mails_nothing_for_an_invitation_taken_back(mailoutbox):
    invitation = make_invitation(revoked_at=timezone.now())

    result = send_invitation.enqueue(str(invitation.pk))

    assert (result.status.name, mailoutbox) == ("SUCCESSFUL", [])


def test_a_guest_becomes_a_person():
    teams = [make_team(), make_team(is_active=False)]
    invitation = make_invitation(email="maya@example.org", role=Role.MANAGER, teams=teams)

    person = actions.accept_invitation("its-token", password=PASSWORD, **DETAILS)

    invitation.refresh_from_db()
    assert (person.email, person.role, person.title) == (
        "maya@example.org",
        Role.MANAGER,
        "Security Lead",
    )
    assert person.check_password(PASSWORD)
    assert EmailAddress.objects.filter(user=person, verified=True, primary=True).exists()
    assert [(m.team, m.standing) for m in Membership.objects.all()] == [(teams[0], Standing.MEMBER)]
    assert invitation.state(timezone.now()) is InvitationState.USED
    assert acts() == ["person.joined", "membership.set", "invitation.accepted"]
    assert actors() == [person.pk] * 3


def test_a_link_works_once():
    make_invitation()
    actions.accept_invitation("its-token", password=PASSWORD, **DETAILS)

    with pytest.raises(Refused) as refused:
        actions.accept_invitation("its-token", password=PASSWORD, **DETAILS)

    assert refused.value.code == "used"
    assert User.objects.count() == 1


@pytest.mark.parametrize("state", STATES)
def test_a_link_that_is_over_lets_nobody_in(state):
    make_invitation(**STATES[state])

    with pytest.raises(Refused) as refused:
        actions.accept_invitation("its-token", password=PASSWORD, **DETAILS)

    assert refused.value.code == state
    assert not User.objects.exists()


def test_a_link_that_never_was_lets_nobody_in():
    with pytest.raises(Refused) as refused:
        actions.accept_invitation("its-token", password=PASSWORD, **DETAILS)

    assert refused.value.code == "unknown"


def test_what_is_refused_leaves_the_link_unused(client):
    invitation = make_invitation()

    response = client.post(address(), ARRIVAL | {"password": "short", "password2": "short"})

    invitation.refresh_from_db()
    assert response.context["form"].has_error("password", "password_too_short")
    assert invitation.state(timezone.now()) is InvitationState.OPEN
    assert not User.objects.exists()


def test_two_passwords_that_differ_are_refused(client):
    make_invitation()

    response = client.post(address(), ARRIVAL | {"password2": "something else"})

    assert response.context["form"].errors == {"password2": ["The two passwords differ."]}


def test_an_empty_arrival_keeps_the_link(client):
    make_invitation()

    response = client.post(address(), {})

    assert set(response.context["form"].errors) == {
        "full_name",
        "time_zone",
        "language",
        "password",
        "password2",
    }


def test_looking_does_not_use_the_link_up(client):
    make_invitation(email="maya@example.org", full_name="Maya Ito")

    pages = [client.get(address()) for _ in range(2)]

    assert ["maya@example.org" in page.text for page in pages] == [True, True]
    assert pages[1].headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in pages[1].headers["Cache-Control"]
    assert Invitation.objects.usable(timezone.now()).exists()


def test_joining_signs_in(client):
    make_invitation(email="maya@example.org")

    response = client.post(address(), ARRIVAL)

    person = User.objects.get()
    assert response.headers["Location"] == reverse("checklist:my-work")
    assert client.session["_auth_user_id"] == str(person.pk)


def test_the_address_cannot_be_chosen(client):
    make_invitation(email="maya@example.org")

    client.post(address(), ARRIVAL | {"email": "ceo@example.org", "role": "admin"})

    assert User.objects.values_list("email", "role").get() == ("maya@example.org", Role.MEMBER)


def test_a_hostile_name_comes_out_harmless(client):
    make_invitation()

    client.post(address(), ARRIVAL | {"full_name": "\u202e<script>Maya\x00\u2069</script>"})

    page = client.get(reverse("accounts:people"))
    assert User.objects.get().full_name == "<script>Maya</script>"
    assert "&lt;script&gt;Maya&lt;/script&gt;" in page.text
    assert "<script>Maya" not in page.text


@pytest.mark.parametrize("state", STATES)
def test_a_link_that_is_over_says_so(client, state):
    make_invitation(**STATES[state])

    response = client.get(address())

    assert response.status_code == 410
    assert response.context["sentence"]


def test_an_unknown_link_says_so(client):
    response = client.get(address("x" * 2000 + "%00"))

    assert response.status_code == 404
    assert "leads to no invitation" in response.text


def test_guessing_links_is_slowed_down(client):
    statuses = [client.post(address("guess")).status_code for _ in range(21)]

    assert statuses == [404] * 20 + [429]


def test_a_signed_in_visitor_becomes_the_guest(client):
    make_invitation(email="maya@example.org")
    client.force_login(make_user())

    client.post(address(), ARRIVAL)

    guest = User.objects.get(email="maya@example.org")
    assert client.session["_auth_user_id"] == str(guest.pk)


def invited_by_command(*arguments):
    out = StringIO()
    call_command("invite", *arguments, stdout=out)
    return token_in(out.getvalue())


def test_the_first_admin_comes_by_the_command(client, mailoutbox):
    token = invited_by_command("Ada@Example.org", "--role", "admin", "--name", "Ada Admin")

    client.post(address(token), ARRIVAL)

    assert User.objects.get().is_staff
    assert (acts()[0], actors()[0], mailoutbox) == ("person.invited", None, [])


def test_the_command_may_be_run_again():
    first = invited_by_command("ada@example.org", "--role", "admin")
    second = invited_by_command("ada@example.org")

    states = [Invitation.objects.with_token(t).get().state(timezone.now()) for t in (first, second)]
    assert states == [InvitationState.REVOKED, InvitationState.OPEN]


def test_the_command_refuses_in_a_sentence():
    make_user(email="ada@example.org")

    with pytest.raises(CommandError, match=r"^This person has an account already\.$"):
        invited_by_command("ada@example.org")


def test_djangos_own_command_names_ours(capsys):
    with pytest.raises(SystemExit):
        CreateSuperuser().run_from_argv(["manage.py", "createsuperuser", "--email", "a@b.c"])

    assert "manage.py invite EMAIL --role admin" in capsys.readouterr().err


def test_a_mail_that_fails_leaves_the_invitation(
    settings, caplog, django_capture_on_commit_callbacks
):
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "localhost", "port": 1},
        }
    }

    with caplog.at_level(logging.ERROR), django_capture_on_commit_callbacks(execute=True):
        actions.invite(email="maya@example.org", role=Role.MEMBER, by=None)

    assert Invitation.objects.usable(timezone.now()).exists()
    assert "django.tasks" in {record.name for record in caplog.records}
