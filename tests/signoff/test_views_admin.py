"""Signatures and rounds in the admin: to read, and only of launches that the admin may see."""

import pytest
from django.urls import reverse

from checklist.rules import Classification
from signoff.models import Round, Signature
from tests.factories.people import make_admin
from tests.factories.signatures import make_ready_launch, make_round, make_vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    client.force_login(make_admin())
    return client


def decided(**fields):
    launch = make_ready_launch(**fields)
    round_ = make_round(launch)
    return round_, make_vote(launch.slots.executive().get())


def test_signatures_and_rounds_are_listed_and_lead_to_their_pages(admin):
    round_, vote = decided()

    signatures = admin.get(reverse("admin:signoff_signature_changelist"))
    signature = admin.get(reverse("admin:signoff_signature_change", args=[vote.pk]))
    rounds = admin.get(reverse("admin:signoff_round_change", args=[round_.pk]))

    assert vote.signer_name in signatures.text
    assert vote.get_absolute_url() in signature.text
    assert reverse("signoff:decision", args=[vote.launch.slug]) in rounds.text
    assert 'name="_save"' not in signature.text + rounds.text


def test_nothing_of_a_launch_that_the_admin_may_not_see(admin):
    round_, vote = decided(classification=Classification.RESTRICTED)

    for model, row in [("signature", vote), ("round", round_)]:
        listed = admin.get(reverse(f"admin:signoff_{model}_changelist"))
        opened = admin.get(reverse(f"admin:signoff_{model}_change", args=[row.pk]), follow=True)
        assert vote.launch.name not in listed.text + opened.text


@pytest.mark.parametrize("name", ["change", "delete"])
def test_nobody_changes_or_deletes(admin, name):
    round_, vote = decided()
    before = list(Signature.objects.values()), list(Round.objects.values())

    for model, row in [("signature", vote), ("round", round_)]:
        url = reverse(f"admin:signoff_{model}_{name}", args=[row.pk])
        assert admin.post(url, {"post": "yes"}).status_code == 403
        assert admin.post(reverse(f"admin:signoff_{model}_add"), {}).status_code == 403

    assert (list(Signature.objects.values()), list(Round.objects.values())) == before


def test_the_lists_offer_no_bulk_delete(admin):
    decided()

    assert "delete_selected" not in admin.get(reverse("admin:signoff_signature_changelist")).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_many_as_for_one(
    admin, django_assert_num_queries, count
):
    for _ in range(count):
        decided()

    with django_assert_num_queries(4):
        admin.get(reverse("admin:signoff_signature_changelist"))
