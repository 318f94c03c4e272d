"""Each kind of news: whom it reaches, what it says and does not say, and when it is no longer so."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.mail.kinds import kinds
from accounts.mail.post import send_due
from accounts.mail.spread import spread_due
from accounts.models import Mail, News
from checklist.actions.appointments import appoint, appoint_deputy, end_appointment
from checklist.actions.asking import ask_signature, take_back_request
from checklist.actions.comments import add_comment
from checklist.actions.items import edit_item, set_status
from checklist.actions.launches import unshare_launch
from checklist.actions.turns import escalate, nudge
from checklist.clockwork import tell_of_acceptances, tell_of_what_is_due
from checklist.mails import KINDS
from checklist.models import Acceptance, Item, Section
from checklist.rules import ItemStatus
from signoff.actions import keep_condition
from signoff.clockwork import tell_of_conditions
from signoff.mails import KINDS as SIGNOFF_KINDS
from tests.factories.appointments import make_for_launch
from tests.factories.conditions import make_condition
from tests.factories.launches import (
    make_appointment,
    make_holder,
    make_launch,
    make_lead,
    make_member,
    make_participant,
    manager_of,
    set_items,
)
from tests.factories.people import make_admin, make_authority, make_user
from tests.factories.signatures import (
    make_acceptance,
    make_asked_slot,
    make_ready_launch,
    make_return,
    make_round,
    make_signature,
    make_vote,
    settle,
)
from tests.signoff.acting import withdraw
from tests.signoff.living import make_live_launch

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=11)


@pytest.fixture
def post(mailoutbox):
    """Send all there is to tell by then, and give each mail by whom it is for; but for copies of what people signed."""

    def post(wait=timedelta()):
        now = timezone.now() + wait
        mailoutbox.clear()
        spread_due(now)
        send_due(now)
        turns = [mail for mail in mailoutbox if not mail.subject.startswith("Keep this mail")]
        assert len({mail.to[0] for mail in turns}) == len(turns)
        return {mail.to[0]: mail for mail in turns}

    return post


def first_line(mail):
    return mail.body.partition("\n")[0]


def make_ready_section(**fields):
    return settle(make_launch(name="Aureus", **fields).sections.get())


def test_every_kind_is_known_under_a_code_of_its_own():
    codes = [kind.code for kind in (*KINDS, *SIGNOFF_KINDS)]

    assert len(set(codes)) == len(codes)
    assert set(codes) <= kinds.keys()


def test_a_signature_is_asked_of_each_holder(post):
    section = make_ready_section()
    slot, lead = section.slots.get(), make_lead(section)
    holders = [make_holder(slot) for _ in range(2)]

    ask_signature(section, by=lead)

    mails = post()
    assert mails.keys() == {holder.email for holder in holders}
    mail = mails[holders[0].email]
    assert first_line(mail) == "Your signature is asked for: 1. Section 1, Aureus 1.0."
    assert f"/launches/{section.launch.slug}/sections/1/sign/" in mail.body
    assert f"{lead} asked, " in mail.body


def test_whoever_was_appointed_for_this_launch_alone_is_asked_in_it(post):
    section, elsewhere = make_ready_section(), make_ready_section()
    holder = make_for_launch(section.slots.get()).holder
    make_for_launch(elsewhere.slots.get())

    ask_signature(section, by=make_lead(section))

    assert post().keys() == {holder.email}


def test_a_holder_who_asks_is_not_told(post):
    section = make_ready_section()
    lead = make_lead(section)
    make_appointment(section.slots.get().authorities.get(), lead)

    ask_signature(section, by=lead)

    assert post() == {}


def test_with_four_eyes_who_worked_there_is_not_asked(post):
    section = make_ready_section(four_eyes=True)
    worker, other = (make_holder(section.slots.get()) for _ in range(2))
    Item.objects.filter(pk=section.items.first().pk).update(status_by=worker)

    ask_signature(section, by=manager_of(section.launch))

    assert post().keys() == {other.email}


def test_a_request_that_was_taken_back_is_not_mailed(post):
    section = make_ready_section()
    make_holder(section.slots.get())
    ask_signature(section, by=manager_of(section.launch))
    take_back_request(Section.objects.get(pk=section.pk), by=manager_of(section.launch))

    assert post() == {}


def test_who_holds_the_authority_no_longer_is_not_mailed(post):
    section = make_ready_section()
    holder = make_holder(section.slots.get())
    ask_signature(section, by=manager_of(section.launch))
    spread_due(timezone.now())
    holder.appointments.update(ends_at=timezone.now())

    assert post() == {}


def test_a_return_is_told_to_the_leads_and_whoever_asked(post):
    slot = make_asked_slot(name="Aureus")
    asker, lead, holder = slot.section.asked_by, make_lead(slot.section), make_holder(slot)
    post()

    make_return(slot, by=holder, comment="The audit is old.")

    mails = post()
    assert mails.keys() == {asker.email, lead.email}
    mail = mails[lead.email]
    assert first_line(mail) == "A section was returned to you: 1. Section 1, Aureus 1.0."
    assert f"{holder} returned it:\nThe audit is old." in mail.body


def test_a_stale_signature_is_told_after_a_while_to_its_signer_and_the_leads(post):
    slot = make_asked_slot("Audit", name="Aureus")
    signature = make_signature(slot)
    leads = {lead.email for lead in (slot.section.asked_by, make_lead(slot.section))}
    worker = make_member(slot.section)
    post()

    set_status(slot.section.items.get(), by=worker, status=ItemStatus.NA, na_reason="No.")

    assert post() == {}
    mails = post(LATER)
    assert mails.keys() == {signature.signer.email} | leads
    mine = mails[signature.signer.email]
    assert first_line(mine) == (
        "Your signature no longer covers what is there: 1. Section 1, Aureus 1.0."
    )
    assert post(2 * LATER) == {}


def test_who_changed_what_they_lead_is_not_told(post):
    slot = make_asked_slot("Audit")
    signature, lead = make_signature(slot), slot.section.asked_by
    post()

    set_status(slot.section.items.get(), by=lead, status=ItemStatus.NA, na_reason="No.")

    assert post(LATER).keys() == {signature.signer.email}


def test_what_is_undone_within_a_while_is_told_to_nobody(post):
    slot = make_asked_slot("Audit")
    make_signature(slot)
    worker, item = make_member(slot.section), slot.section.items.get()
    post()
    for status in (ItemStatus.NOT_DONE, ItemStatus.DONE):
        set_status(item, by=worker, status=status)

    assert post(LATER) == {}


def test_a_change_back_and_forth_is_told_once(post):
    slot = make_asked_slot("Audit")
    signature, lead = make_signature(slot), slot.section.asked_by
    worker, item = make_member(slot.section), slot.section.items.get()
    post()
    for status in (ItemStatus.NOT_DONE, ItemStatus.DONE, ItemStatus.NOT_DONE):
        set_status(item, by=worker, status=status)

    assert post(LATER).keys() == {signature.signer.email, lead.email}
    assert Mail.objects.filter(recipient=lead).count() == 1


def test_one_change_beneath_a_section_and_votes_is_one_mail_a_person(post):
    launch = make_ready_launch(executives=2)
    make_round(launch)
    votes = [make_vote(slot) for slot in launch.slots.executive()]
    section = launch.sections.get()
    manager, signer, lead = manager_of(launch), section.slots.get().signed_by, section.asked_by
    worker = make_member(section)
    post()

    item = section.items.first()
    set_status(item, by=worker, status=ItemStatus.NA, na_reason="No.")

    mails = post(LATER)
    expected = {vote.signer.email for vote in votes} | {manager.email, signer.email, lead.email}
    assert mails.keys() == expected
    assert first_line(mails[votes[0].signer.email]).startswith("Your vote no longer covers")
    assert first_line(mails[manager.email]).startswith("Changed since it was signed: Executive")


def test_a_mention_carries_the_words(post):
    launch = make_launch(name="Aureus")
    manager, person = manager_of(launch), make_user(email="rui@example.org")

    item = launch.items.select_related("section").first()
    add_comment(item, by=manager, text="@rui, is it done?\n\nWe wait.")

    (mail,) = post().values()
    assert mail.to == [person.email]
    assert first_line(mail) == f"{manager} wrote to you: 1.1 Audit completed, Aureus 1.0."
    assert "@rui, is it done?\n\nWe wait." in mail.body
    assert f"{item.pk}/#comments" in mail.body


def test_who_mentions_themselves_is_not_told(post):
    launch = make_launch()
    manager = manager_of(launch)

    add_comment(launch.items.first(), by=manager, text=f"@{manager.full_name}")

    assert post() == {}


def test_who_is_given_an_item_is_told(post):
    launch = make_launch(name="Aureus")
    item, manager = launch.items.first(), manager_of(launch)
    owner = make_user()

    edit_item(item, by=manager, fields={"owner": owner, "due_on": date(2030, 1, 31)})

    (mail,) = post().values()
    assert mail.to == [owner.email]
    assert first_line(mail) == "An item is yours now: 1.1 Audit completed, Aureus 1.0."
    assert f"{manager} gave it to you. It is due Thu 31 Jan 2030." in mail.body


@pytest.mark.parametrize("fields", [{"owner": None}, {"due_on": date(2030, 1, 31)}])
def test_who_is_not_given_an_item_is_not_told(post, fields):
    launch = make_launch()
    item = launch.items.first()
    set_items(item.section, owner=make_user())

    edit_item(item, by=manager_of(launch), fields=fields)

    assert post() == {}


def test_who_takes_an_item_is_not_told(post):
    launch = make_launch()
    manager = manager_of(launch)

    edit_item(launch.items.first(), by=manager, fields={"owner": manager})

    assert post() == {}


def test_an_item_that_went_on_to_another_is_told_to_that_one(post):
    launch = make_launch()
    item, manager = launch.items.first(), manager_of(launch)
    for owner in (make_user(), second := make_user()):
        edit_item(Item.objects.get(pk=item.pk), by=manager, fields={"owner": owner})

    assert post().keys() == {second.email}


def test_the_end_of_an_acceptance_names_its_items_and_its_day(post):
    launch = make_launch({"items": ["Audit"]}, name="Aureus", time_zone="Asia/Tokyo")
    item = launch.items.select_related("section__launch", "launch").get()
    make_acceptance(item, until_on=date(2030, 1, 31), by=(by := make_holder(launch.slots.get())))
    ends = Acceptance.objects.get().until

    tell_of_acceptances(ends - timedelta(days=1))
    spread_due(ends)
    send_due(ends)
    tell_of_acceptances(ends)
    (mail,) = post(ends - timezone.now()).values()

    assert mail.to == [by.email]
    assert first_line(mail) == (
        "An acceptance has ended, and its items block again: 1. Section 1, Aureus 1.0."
    )
    assert "1.1 Audit" in mail.body
    assert "status=outstanding" in mail.body


def test_the_end_that_is_near_names_its_day(post):
    launch = make_launch({"items": ["Audit"]}, name="Aureus", time_zone="Asia/Tokyo")
    item = launch.items.select_related("section__launch", "launch").get()
    make_acceptance(item, until_on=date(2030, 1, 31))
    soon = Acceptance.objects.get().until - timedelta(days=2)

    tell_of_acceptances(soon)
    (mail,) = post(soon - timezone.now()).values()

    assert first_line(mail) == (
        "An acceptance ends with Thu 31 Jan 2030: 1. Section 1, Aureus 1.0."
    )


def test_a_reminder_says_who_reminds(post):
    slot = make_asked_slot(name="Aureus")
    holder, manager = make_holder(slot), manager_of(slot.launch)
    post()

    nudge(slot, by=manager)

    (mail,) = post().values()
    assert mail.to == [holder.email]
    assert first_line(mail) == (
        "A reminder: your signature is waited for: 1. Section 1, Aureus 1.0."
    )
    assert f"{manager} reminds you." in mail.body


def test_who_has_signed_meanwhile_is_not_reminded(post):
    slot = make_asked_slot()
    holder = make_holder(slot)
    nudge(slot, by=manager_of(slot.launch))
    make_signature(slot, by=holder)

    assert post() == {}


@pytest.mark.parametrize("count", [1, 2])
def test_what_is_passed_on_says_whose_turn_it_is(post, count):
    slot = make_asked_slot(name="Aureus", escalate_after_hours=1)
    holders = [make_holder(slot) for _ in range(count)]
    manager = manager_of(slot.launch)
    post()

    assert escalate(slot, now=timezone.now() + timedelta(days=7))

    (mail,) = post(timedelta(days=8)).values()
    reader, line = {
        1: (manager, "Still unsigned, and nobody is left to ask"),
        2: (holders[-1], "It is your turn now to sign"),
    }[count]
    assert mail.to == [reader.email]
    assert first_line(mail) == f"{line}: 1. Section 1, Aureus 1.0."


# Restricted launches


def everything_told(launch, person):
    """Everything that somebody can be told about a launch, by its actions."""
    manager = manager_of(launch)
    section = launch.sections.get()
    edit_item(section.items.first(), by=manager, fields={"owner": person})
    add_comment(section.items.first(), by=manager, text=f"@{person.full_name} Secret words")
    settle(section)
    ask_signature(section, by=manager)
    nudge(section.slots.get(), by=manager)


def test_of_a_restricted_launch_only_its_name_is_mailed(post):
    launch = make_launch({"title": "Hidden title"}, name="Vault", classification="restricted")
    person = make_holder(launch.slots.get(), full_name="Rui Alves")
    everything_told(launch, person)
    News.objects.update(act=News.objects.first().act)

    (mail,) = post().values()

    assert mail.body.count("Vault 1.0") == 4
    said = f"{mail.subject}\n{mail.body}"
    hidden = ("Hidden title", "Secret words", "Audit", "1.1", manager_of(launch).full_name)
    assert [text for text in hidden if text in said] == []


def test_who_may_see_it_no_longer_is_told_nothing(post):
    launch = make_launch(classification="restricted")
    person = make_user(full_name="Rui Alves")
    participant = make_participant(launch, person)
    add_comment(launch.items.first(), by=manager_of(launch), text="@Rui Alves")
    unshare_launch(participant, by=manager_of(launch))

    assert post() == {}


def test_a_launch_that_is_restricted_meanwhile_is_told_to_no_outsider(post):
    launch = make_launch()
    make_user(full_name="Rui Alves")
    add_comment(launch.items.first(), by=manager_of(launch), text="@Rui Alves")
    type(launch).objects.update(classification="restricted")

    assert post() == {}


@pytest.mark.parametrize("kind", [*KINDS, *SIGNOFF_KINDS])
def test_what_is_gone_is_told_to_nobody(kind):
    now, reader = timezone.now(), make_user()
    news = News(kind=kind.code, subject=f"thing:{reader.pk}", at=now)

    assert list(kind.audience(news, now)) == []
    assert kind.content(news, reader, now) is None


# Appointments


def test_whoever_is_appointed_is_told(post):
    holder, admin = make_user(), make_admin(full_name="A. Berg")

    appoint(make_authority(name="CISO"), holder, by=admin)

    mail = post()[holder.email]
    assert first_line(mail) == "You hold CISO now."
    assert "A. Berg appointed you." in mail.body


def test_a_deputy_is_told_for_whom(post):
    principal = make_user(full_name="R. Chen")
    held = make_appointment(make_authority(name="CISO"), principal)
    deputy, until = make_user(), timezone.now() + timedelta(days=3)

    appoint_deputy(held, deputy, by=make_admin(), ends_at=until, reason="Holiday.")

    mail = post()[deputy.email]
    assert first_line(mail) == "You stand in for R. Chen as CISO now."
    assert "The reason: Holiday." in mail.body


def test_an_appointment_that_has_ended_is_no_news(post):
    holder, admin = make_user(), make_admin()
    held = appoint(make_authority(), holder, by=admin)
    end_appointment(held, by=admin)

    assert holder.email not in post()


def make_signed_by_deputy(**fields):
    """A section signed by somebody who stands in, and whom they stand in for."""
    slot = make_asked_slot(**fields)
    principal, deputy = make_holder(slot, full_name="R. Chen"), make_user(full_name="M. Ito")
    held = principal.appointments.get()
    until = timezone.now() + timedelta(days=3)
    appoint_deputy(held, deputy, by=make_admin(), ends_at=until, reason="Holiday.")
    return make_signature(slot, by=deputy), principal


def test_whoever_was_away_is_told_what_was_signed_in_their_place(post):
    signature, principal = make_signed_by_deputy()

    mail = post()[principal.email]

    assert "M. Ito signed standing in for you: 1. Section 1" in mail.body
    assert signature.get_absolute_url() in mail.body
    assert "standing in for R. Chen, I have reviewed" in mail.body


def test_a_restricted_launch_s_mail_names_the_launch_alone(post):
    _signature, principal = make_signed_by_deputy(classification="restricted", name="Secret")

    mail = post()[principal.email]

    assert "Somebody signed standing in for you: Secret 1.0." in mail.body
    assert "Section 1" not in mail.body


def test_managers_are_told_of_what_is_withdrawn_once_it_is_live(post):
    launch = make_live_launch()
    signature = launch.signatures.get(act="sign")
    post()

    withdraw(signature, comment="I had not seen the scan.")

    mail = post()[manager_of(launch).email]
    assert "A signature was taken back after the launch went live: 1. Section 1" in mail.body
    assert "gave the reason: I had not seen the scan." in mail.body


# Days


def test_a_condition_is_told_of_before_its_day_and_once(post):
    now = timezone.now()
    due, later = (now.date() + timedelta(days=n) for n in (1, 9))
    soon = make_condition(make_launch(name="Aureus"), text="Rotate the keys", due_on=due)
    make_condition(make_launch(), due_on=later)

    tell_of_conditions(now)
    tell_of_conditions(now)
    mails = post()
    again = post()

    assert mails.keys() == {soon.owner.email}
    assert "A condition that you owe is due" in first_line(mails[soon.owner.email])
    assert "Rotate the keys" in mails[soon.owner.email].body
    assert again == {}


def test_a_condition_that_is_kept_is_no_news(post):
    now = timezone.now()
    condition = make_condition(make_launch(), due_on=now.date())
    tell_of_conditions(now)

    keep_condition(condition, by=condition.owner, note="Done.")

    assert post() == {}


def test_what_is_left_after_a_launch_is_told_of_when_it_is_due(post):
    launch = make_live_launch()
    after = launch.sections.get(phase="post_launch")
    lead, manager = make_lead_of(after), manager_of(launch)
    soon = launch.live_at + timedelta(hours=20)

    tell_of_what_is_due(launch.live_at + timedelta(hours=2))
    early = post()
    for _ in range(2):
        tell_of_what_is_due(soon)
    mails = post(timedelta(hours=21))

    assert early == {}
    assert mails.keys() == {lead.email, manager.email}
    assert "2 tasks after the launch are due" in first_line(mails[lead.email])
    assert "/post-launch/" in mails[lead.email].body


def make_lead_of(section):
    """A lead of the team that answers for a section which names none."""
    return make_user(lead_of=[section.launch.owner_team])


def test_what_is_settled_after_a_launch_is_no_news(post):
    launch = make_live_launch()
    now = launch.live_at + timedelta(hours=20)
    tell_of_what_is_due(now)

    for section in launch.sections.exclude(phase="readiness"):
        set_items(section, status=ItemStatus.DONE)

    assert post(timedelta(hours=21)) == {}
