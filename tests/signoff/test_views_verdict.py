"""The verdict for programs: the same derivation as on the launch page, and strict about who asks."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from checklist.models import Launch
from checklist.reading import standing_of
from checklist.rules import Classification, ItemStatus, Tone
from sentinel.reasons import Reason
from signoff.actions import cancel_round
from signoff.models import Round
from signoff.rules import Vote
from signoff.verdict_document import reason_part
from tests.factories.launches import make_evidence, make_launch, manager_of, set_items
from tests.factories.people import make_authority, make_token, make_user
from tests.factories.signatures import (
    ask,
    make_ready_launch,
    make_return,
    make_round,
    make_vote,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def verdict(client):
    """What a service is answered that asks how a launch stands."""
    make_token()

    def verdict(launch, secret="its-secret", slug=None, **headers):  # noqa: S107
        sent = {"Authorization": f"Bearer {secret}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return client.get(address(slug or launch.slug), headers=sent)

    return verdict


def address(slug):
    return reverse("signoff:verdict-api", args=[slug])


# Launches in every state that the product knows


def draft():
    return make_launch({}, in_review=False)


def in_work():
    return make_launch({}, {}, executive=[[make_authority()]])


def without_sections():
    launch = make_launch({})
    launch.sections.all().delete()
    return launch


def signed():
    return make_ready_launch({}, {})


def asked():
    launch = make_launch({}, {})
    ask(launch.sections.first())
    return launch


def returned():
    launch = make_launch({}, {})
    make_return(ask(launch.sections.first()))
    return launch


def stale():
    launch = make_ready_launch({}, {})
    set_items(launch.sections.first(), status=ItemStatus.NA, na_reason="Elsewhere")
    return launch


def run_out():
    """Ready, until the clock ended an item's evidence; nothing was stored since."""
    launch = make_ready_launch({})
    section = launch.sections.get()
    item = section.items.first()
    item.evidence_demanded = True
    item.save()
    make_evidence(item, expires_on=timezone.now().date() + timedelta(days=2))
    past = timezone.now() - timedelta(days=5)
    item.evidence.update(expires_on=past.date())
    launch.sections.update(next_expiry=past)
    Launch.objects.filter(pk=launch.pk).update(next_expiry=past)
    return launch


def open_round():
    launch = make_ready_launch({}, executives=2)
    make_round(launch)
    make_vote(launch.slots.executive().first())
    return launch


def approved():
    launch = make_ready_launch({}, {}, executives=2)
    make_round(launch)
    for slot in launch.slots.executive():
        make_vote(slot)
    return launch


def approved_once():
    launch = approved()
    set_items(launch.sections.first(), status=ItemStatus.NA, na_reason="Elsewhere")
    return launch


def refused():
    launch = make_ready_launch({}, executives=2)
    make_round(launch)
    make_vote(launch.slots.executive().first(), vote=Vote.NO_GO)
    return launch


def cancelled():
    launch = open_round()
    cancel_round(Round.objects.get(launch=launch), by=manager_of(launch), reason="Late")
    return launch


STATES = [
    draft,
    in_work,
    without_sections,
    signed,
    asked,
    returned,
    stale,
    run_out,
    open_round,
    approved,
    approved_once,
    refused,
    cancelled,
]


@pytest.mark.parametrize("make", STATES)
def test_it_says_what_the_launch_page_says(client, verdict, make):
    launch = make()
    body = verdict(launch).json()
    client.force_login(make_user())
    page = client.get(reverse("checklist:launch", args=[launch.slug])).context["page"]
    weighed = standing_of(Launch.objects.get(pk=launch.pk), timezone.now()).verdict

    assert (body["verdict"]["code"], body["verdict"]["text"]) == (
        page.verdict.tone,
        str(page.verdict),
    )
    assert [reason["code"] for reason in body["reasons"]] == [
        reason.code for reason in weighed.readiness.blockers
    ]
    assert body["verdict"]["ready"] is weighed.readiness.ready
    assert body["verdict"]["approved"] is (weighed.tone is Tone.APPROVED)
    assert body["staleness"]["reaffirm"] is weighed.to_reaffirm
    assert [section["state"] for section in body["sections"]] == [
        row.state for phase in page.phases for row in phase.rows
    ]
    assert all(reason["text"] for reason in body["reasons"])


def test_the_whole_of_it(verdict, settings):
    settings.BASE_URL = "https://sentinel.example"
    launch = approved_once()
    first, second = launch.sections.all()
    votes = launch.slots.executive()

    body = verdict(launch).json()

    assert body.keys() == {
        "launch",
        "verdict",
        "reasons",
        "counts",
        "sections",
        "round",
        "staleness",
        "open",
        "as_of",
    }
    assert body["launch"] == {
        "slug": launch.slug,
        "name": launch.name,
        "version": "1.0",
        "environment": "production",
        "artefact_digest": "",
        "state": "in_review",
        "target_at": None,
        "url": f"https://sentinel.example{launch.get_absolute_url()}",
    }
    assert body["verdict"] == {
        "code": "not-ready",
        "text": "NOT READY: 1 section changed since signed",
        "ready": False,
        "approved": False,
    }
    assert body["reasons"] == [
        {
            "code": "slot_stale",
            "subject": {"kind": "section", "number": "1"},
            "params": {"number": "1", "title": first.title, "slot": first.slots.get().title},
            "text": f"1. {first.title} has changed since it was signed.",
        }
    ]
    assert body["counts"] == {
        "total": 4,
        "settled": 4,
        "outstanding": 0,
        "accepted": 0,
        "unset": 0,
        "done": 2,
        "attention": 0,
        "not_done": 0,
        "na": 2,
        "slots": 2,
        "unsigned": 1,
    }
    assert set(body["open"].values()) == {0}
    assert [(s["number"], s["title"], s["phase"], s["state"]) for s in body["sections"]] == [
        ("1", first.title, "readiness", "stale"),
        ("2", second.title, "readiness", "signed"),
    ]
    assert body["sections"][0]["slots"][0].keys() == {"title", "state", "signed_at"}
    assert (body["round"]["number"], body["round"]["state"]) == (1, "go")
    assert [(v["slot"], v["vote"], v["stale"]) for v in body["round"]["votes"]] == [
        (slot.title, "go", True) for slot in votes
    ]
    assert body["staleness"] == {
        "sections": ["1"],
        "votes": [slot.title for slot in votes],
        "reaffirm": True,
    }


def test_a_round_without_votes_yet(verdict):
    launch = open_round()

    votes = verdict(launch).json()["round"]["votes"]

    assert [(vote["vote"], vote["stale"]) for vote in votes] == [("go", False), (None, False)]


def test_no_person_is_named(verdict):
    launch = approved()
    people = [slot.signed_by for slot in launch.slots.select_related("signed_by")]

    told = verdict(launch).text

    assert people
    assert not any(part in told for p in people for part in (p.full_name, p.email, str(p.pk)))


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("section:4", {"kind": "section", "number": "4"}),
        ("item:abc", {"kind": "item", "id": "abc"}),
        ("", None),
    ],
)
def test_whom_a_reason_concerns(subject, told):
    assert reason_part(Reason("no_sections", subject)).subject == told


# Who asks


@pytest.mark.parametrize(
    "header", ["", "its-secret", "Basic its-secret", "Bearer", "Bearer ", "Token its-secret"]
)
def test_without_a_token_it_is_asked_for(client, header):
    make_token()

    response = client.get(address(in_work().slug), headers={"Authorization": header})

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="Sentinel"'
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json() == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "code": "token_missing",
        "detail": "Send an access token: Authorization: Bearer followed by the token.",
    }


def test_every_token_that_does_not_count_gets_the_same_answer(client, verdict):
    launch, now = in_work(), timezone.now()
    make_token("expired", expires_at=now)
    make_token("revoked", revoked_at=now)
    make_token("leaver", owner=make_user(is_active=False))

    answers = {
        verdict(launch, secret).text for secret in ("expired", "revoked", "leaver", "x" * 999)
    }
    response = verdict(launch, "no-such")

    assert answers == {response.text}
    assert response.json()["code"] == "token_invalid"
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def test_neither_an_address_nor_a_cookie_nor_a_session_is_a_token(client):
    token = make_token(owner=make_user())
    client.force_login(token.owner)
    client.cookies["Authorization"] = "Bearer its-secret"

    response = client.get(
        address(in_work().slug), {"token": "its-secret", "access_token": "its-secret"}
    )

    assert response.status_code == 401


def test_the_token_decides_and_not_the_session_beside_it(client):
    launch = make_launch({}, classification=Classification.RESTRICTED)
    make_token(owner=make_user())
    client.force_login(manager_of(launch))

    response = client.get(address(launch.slug), headers={"Authorization": "Bearer its-secret"})

    assert response.status_code == 404


def test_hidden_and_missing_are_the_same_answer(verdict):
    hidden = make_launch({}, classification=Classification.RESTRICTED)

    answers = [verdict(hidden), verdict(hidden, slug="no-such-launch")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text
    assert answers[0].json()["code"] == "not_found"


def test_who_is_taken_out_of_a_launch_reads_it_no_more(verdict):
    launch = make_launch({}, classification=Classification.RESTRICTED)
    manager = manager_of(launch)
    make_token("theirs", owner=manager)
    before = verdict(launch, "theirs").status_code

    launch.participants.filter(user=manager).delete()

    assert (before, verdict(launch, "theirs").status_code) == (200, 404)


def test_a_service_keeps_reading_an_internal_launch_when_its_maker_leaves(verdict):
    launch = in_work()
    make_token("of a leaver", made_by=make_user(is_active=False))
    make_token("named", launch_slug=launch.slug, made_by=make_user(is_active=False))

    answers = [verdict(launch, secret).status_code for secret in ("of a leaver", "named")]

    assert answers == [200, 200]


def test_a_token_for_something_else_says_what_is_missing(verdict):
    make_token("other", scopes="rockets:launch")

    response = verdict(in_work(), "other")

    assert (response.status_code, response.json()["code"]) == (403, "token_scope")
    assert 'scope="verdict:read"' in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_it_is_only_read(client, method):
    client.handler.enforce_csrf_checks = True

    response = getattr(client, method)(address("any"))

    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert response.headers["Allow"] == "GET, HEAD"


def test_a_token_that_asks_too_often_waits(verdict, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"api_token": "2/m/key"}
    launch = in_work()
    make_token("another")

    answers = [verdict(launch) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "60"
    assert answers[2].json()["code"] == "too_many_requests"
    assert verdict(launch, "another").status_code == 200


def test_whoever_tries_tokens_waits_and_the_others_do_not(verdict, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"api_refused": "2/m/ip"}
    launch = in_work()

    tried = [verdict(launch, f"guess {number}").status_code for number in range(3)]

    assert tried == [401, 401, 429]
    assert verdict(launch).status_code == 200


def test_use_is_seen(verdict):
    launch, token = in_work(), make_token("seen")

    verdict(launch, "seen")

    token.refresh_from_db()
    assert timezone.now() - token.last_used_at < timedelta(minutes=1)


# How it is kept and asked again


def test_what_has_not_changed_is_not_sent_again(verdict):
    launch = in_work()
    first = verdict(launch)

    again = verdict(launch, If_None_Match=first.headers["ETag"])
    set_items(launch.sections.first(), status=ItemStatus.DONE)
    changed = verdict(launch, If_None_Match=first.headers["ETag"])

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert changed.status_code == 200
    assert changed.headers["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Accept-Language"} <= set(changed.headers["Vary"].split(", "))


def test_the_clock_alone_changes_the_tag(verdict):
    launch = make_ready_launch({})
    item = launch.sections.get().items.first()
    make_evidence(item, expires_on=timezone.now().date() + timedelta(days=2))
    item.refresh_from_db()
    item.evidence_demanded = True
    item.save()
    before = verdict(launch)
    past = timezone.now() - timedelta(days=5)
    item.evidence.update(expires_on=past.date())
    launch.sections.update(next_expiry=past)

    after = verdict(launch, If_None_Match=before.headers["ETag"])

    assert after.status_code == 200
    assert "evidence_expired" in [reason["code"] for reason in after.json()["reasons"]]


def test_the_reader_s_language_is_asked_of_the_request(client, verdict):
    response = verdict(in_work(), Accept_Language="xx, en;q=0.5")

    assert response.headers["Content-Language"] == "en"


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("restricted", "queries"), [(False, 6), (True, 7)])
def test_how_often_it_asks(client, django_assert_num_queries, count, restricted, queries):
    kind = Classification.RESTRICTED if restricted else Classification.INTERNAL
    launch = make_ready_launch(*[{}] * count, executives=count, classification=kind)
    for number in range(count):
        make_round(launch, what_changed=f"Mended {number} times.")
        make_vote(launch.slots.executive().first(), vote=Vote.NO_GO)
    make_token(owner=manager_of(launch))

    with django_assert_num_queries(queries):
        client.get(address(launch.slug), headers={"Authorization": "Bearer its-secret"})
