"""How often each page asks the database: as often for many rows as for one."""

import pytest
from django.urls import reverse

from checklist.rules import ItemStatus, Phase
from signoff.actions import relaunch
from signoff.rules import Vote
from tests.factories.conditions import make_condition, make_wish
from tests.factories.launches import make_evidence, make_holder, manager_of, set_items
from tests.factories.signatures import (
    make_acceptance,
    make_asked_slot,
    make_ready_launch,
    make_round,
    make_signature,
    make_vote,
)
from tests.signoff.acting import make_go_launch
from tests.signoff.living import live, make_rolled_back_launch

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("count", [1, 3])]

SECTION = {"items": ("Audit", "Keys")}
AFTERWARDS = [Phase.POST_LAUNCH, Phase.REVIEW]


def decided(count):
    """A launch of some sections and executives that went through as many rounds and is stale again."""
    launch = make_ready_launch(*[SECTION] * count, executives=count)
    for number in range(count):
        make_round(launch, what_changed=f"Mended {number} times.")
        make_vote(launch.slots.executive().first(), vote=Vote.NO_GO)
    make_round(launch, what_changed="All is mended.")
    for slot in launch.slots.executive():
        make_vote(slot, vote=Vote.GO_CONDITIONAL, conditions=[make_wish()] * count)
    for section in launch.sections.all():
        set_items(section, status=ItemStatus.NA, na_reason="Elsewhere.")
    return launch


@pytest.fixture
def ask_as(client, django_assert_num_queries):
    def ask_as(person, url, queries):
        client.force_login(person)
        with django_assert_num_queries(queries):
            assert client.get(url).status_code == 200

    return ask_as


def sign_url(slot):
    return reverse("signoff:sign", args=[slot.launch.slug, slot.section.number])


def test_signing_for_the_first_time(ask_as, count):
    slot = make_asked_slot(*["Audit"] * count)
    for item in slot.section.items.all():
        make_evidence(item)

    ask_as(make_holder(slot), sign_url(slot), 13)


def test_signing_again_after_many_signatures(ask_as, count):
    slot = make_asked_slot(*["Audit"] * count)
    holder = make_holder(slot)
    for number in range(count):
        set_items(slot.section, status=ItemStatus.NA, na_reason=f"Reason {number}.")
        make_signature(slot, holder)
    set_items(slot.section, status=ItemStatus.DONE)

    ask_as(holder, sign_url(slot), 12)


def test_the_receipt_of_a_stale_signature(ask_as, count):
    slot = make_asked_slot(*["Audit"] * count)
    signature = make_signature(slot)
    set_items(slot.section, status=ItemStatus.NA, na_reason="Elsewhere.")

    ask_as(signature.signer, signature.get_absolute_url(), 7)


def test_the_receipt_of_a_stale_vote(ask_as, count):
    launch = decided(count)
    vote = launch.signatures.filter(vote=Vote.GO_CONDITIONAL).newest_first().first()

    ask_as(vote.signer, vote.get_absolute_url(), 10)


def test_withdrawing(ask_as, count):
    slot = make_asked_slot(*["Audit"] * count)
    signature = make_signature(slot)

    ask_as(signature.signer, reverse("signoff:withdraw", args=[signature.pk]), 6)


def test_the_decision(ask_as, count):
    launch = make_ready_launch(*[SECTION] * count, executives=count)
    make_round(launch)
    for slot in launch.slots.executive():
        make_vote(slot, vote=Vote.GO_CONDITIONAL, conditions=[make_wish()] * count)

    ask_as(manager_of(launch), reverse("signoff:decision", args=[launch.slug]), 12)


def test_the_decision_after_rounds_and_with_stale_votes(ask_as, count):
    launch = decided(count)

    ask_as(manager_of(launch), reverse("signoff:decision", args=[launch.slug]), 15)


@pytest.mark.parametrize("name", ["open-round", "answers", "cancel-round"])
def test_working_on_a_round(ask_as, count, name):
    launch = decided(count)

    ask_as(manager_of(launch), reverse(f"signoff:{name}", args=[launch.slug]), 12)


def test_voting(ask_as, count):
    launch = decided(count)
    slot = launch.slots.executive().first()
    voter = slot.signed_by

    ask_as(voter, reverse("signoff:vote", args=[launch.slug, slot.pk]), 20)


def with_left_overs(count):
    """A launch whose first round ended NO-GO and left conditions open; and its manager."""
    launch = make_ready_launch(SECTION, executives=2)
    make_round(launch)
    first, second = launch.slots.executive()
    make_vote(first, vote=Vote.GO_CONDITIONAL, conditions=[make_wish() for _ in range(count)])
    make_vote(second, vote=Vote.NO_GO)
    return launch, manager_of(launch)


def test_opening_a_round_over_what_is_left(ask_as, count):
    launch, manager = with_left_overs(count)

    ask_as(manager, reverse("signoff:open-round", args=[launch.slug]), 12)


def test_the_list_of_conditions(ask_as, count):
    launch, manager = with_left_overs(count)

    ask_as(manager, reverse("signoff:conditions", args=[launch.slug]), 5)


def test_a_condition(ask_as, count):
    launch, manager = with_left_overs(count)

    ask_as(manager, launch.conditions.first().get_absolute_url(), 5)


def test_a_round(ask_as, count):
    launch = decided(count)

    ask_as(manager_of(launch), reverse("signoff:round", args=[launch.slug, 1]), 13)


def test_two_rounds_compared(ask_as, count):
    launch = decided(count)
    for section in launch.sections.all():
        make_signature(section.slots.get())
    make_vote(launch.slots.executive().first(), vote=Vote.NO_GO)

    ask_as(manager_of(launch), reverse("signoff:compare", args=[launch.slug]), 15)


def test_my_work_with_conditions(ask_as, count):
    launch = make_ready_launch(SECTION)
    owner = make_condition(launch).owner
    for _ in range(count - 1):
        make_condition(make_ready_launch(SECTION), owner=owner)

    ask_as(owner, reverse("checklist:my-work"), 9)


@pytest.mark.parametrize("address", ["report/", "export.md"])
def test_the_report_and_its_file(ask_as, count, address):
    launch = decided(count)
    for section in launch.sections.all():
        for _ in range(count):
            make_evidence(section.items.first())
    queries = 15 if address == "report/" else 14

    ask_as(manager_of(launch), f"{launch.get_absolute_url()}{address}", queries)


@pytest.mark.usefixtures("seal_keys")
def test_the_certificate_of_a_decision_and_of_a_section(ask_as, count):
    launch = decided(count)
    for section in launch.sections.all():
        for _ in range(count):
            make_evidence(section.items.first())
    section, rounds = launch.sections.first(), f"{launch.get_absolute_url()}decision/rounds"

    ask_as(manager_of(launch), f"{rounds}/{count + 1}/certificate.pdf", 17)
    ask_as(manager_of(launch), f"{rounds}/1/certificate.pdf", 16)
    ask_as(manager_of(launch), f"{section.get_absolute_url()}certificate.pdf", 13)


@pytest.mark.usefixtures("seal_keys")
def test_the_certificate_of_sections_that_nobody_has_signed(ask_as, count):
    slot = make_asked_slot(*["Audit"] * count)
    for item in slot.section.items.all():
        make_evidence(item)

    ask_as(make_holder(slot), f"{slot.section.get_absolute_url()}certificate.pdf", 13)


def test_accepting_and_what_was_accepted(ask_as, count):
    slot = make_asked_slot(*["Audit"] * 2 * count)
    set_items(slot.section, status=ItemStatus.NOT_DONE)
    holder, items = make_holder(slot), list(slot.section.items.all())
    for item in items[:count]:
        signature = make_acceptance(item, by=holder)
    url = reverse("signoff:accept", args=[slot.launch.slug, slot.section.number])

    ask_as(holder, url, 12)
    ask_as(holder, slot.section.get_absolute_url(), 8)
    ask_as(holder, signature.get_absolute_url(), 4)


def lived(count):
    """A launch that went live as often, with tasks for afterwards and withdrawn signatures."""
    after = [{"phase": phase, "items": ("One",) * count} for phase in AFTERWARDS * count]
    launch = live(make_go_launch(*[SECTION] * count, *after))
    for _ in range(count - 1):
        launch = make_rolled_back_launch(launch)
        launch = relaunch(launch, by=manager_of(launch), reason="Faster.")
        launch = live(launch, reason="The bank asked for it.")
    return launch


def test_after_the_launch(ask_as, count):
    launch = lived(count)

    ask_as(manager_of(launch), reverse("checklist:post-launch", args=[launch.slug]), 7)


def test_its_life(ask_as, count):
    launch = lived(count)

    ask_as(manager_of(launch), reverse("checklist:life", args=[launch.slug]), 7)


def test_the_page_of_a_live_launch(ask_as, count):
    launch = lived(count)

    ask_as(manager_of(launch), reverse("checklist:launch", args=[launch.slug]), 11)


def test_closing(ask_as, count):
    launch = lived(count)

    ask_as(manager_of(launch), reverse("signoff:close", args=[launch.slug]), 7)
