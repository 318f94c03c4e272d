"""Commenting, asking open questions, resolving them: rows, entries, refusals."""

import pytest

from audit.ledger import Salted
from checklist.actions.comments import add_comment, resolve_question
from checklist.models import Comment
from tests.checklist.aftermath import acts, appended, forbidden, refused, said
from tests.factories.launches import make_comment, make_launch, make_member, manager_of
from tests.factories.people import make_user
from tests.signoff.acting import make_asked_launch, make_signed_launch, reread

pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    return make_launch().items.first()


def test_somebody_says_something(item):
    stranger = make_user()

    with appended() as entries:
        comment = add_comment(item, by=stranger, text="Have you seen this?")

    new = {
        "comment": str(comment.pk),
        "text": Salted("Have you seen this?"),
        "is_question": False,
    }
    assert entries == [said("comment.added", f"item:{item.pk}", new=new)]
    assert (comment.author, comment.is_open_question) == (stranger, False)
    assert (reread(item).comment_count, reread(item).open_questions) == (1, 0)


def test_a_comment_says_something(item):
    with refused(text=["blank"]):
        add_comment(item, by=make_user(), text="")


def test_an_open_question_counts_and_is_an_error_of_its_section(item):
    errors = item.section.errors

    comment = add_comment(item, by=make_member(item.section), text="Why?", is_question=True)

    assert comment.is_open_question
    assert (reread(item).comment_count, reread(item).open_questions) == (1, 1)
    assert reread(item.section).errors == errors + 1


def test_an_open_question_voids_the_standing_request():
    launch = make_asked_launch()
    section, item = launch.sections.get(), launch.items.first()
    asked = {"asked_at": section.asked_at, "asked_by": section.asked_by_id}

    with appended() as entries:
        add_comment(item, by=manager_of(launch), text="Why?", is_question=True)

    (_added, (action, subject, old, new, _reason)) = entries
    assert (action, subject) == ("request.voided", f"section:{section.pk}")
    assert old["asked_by"] == str(asked["asked_by"])
    assert new == {"asked_at": None, "asked_by": None}
    assert (reread(section).asked_at, reread(section).asked_by) == (None, None)


def test_a_comment_leaves_requests_and_signatures_alone():
    launch = make_signed_launch(executive=0)

    with appended() as entries:
        add_comment(launch.items.first(), by=make_user(), text="Well done.")

    assert acts(entries) == [("comment.added", f"item:{launch.items.first().pk}")]


def test_whoever_asked_resolves_without_a_reason(item):
    author = make_member(item.section)
    question = make_comment(item, is_question=True, author=author)

    with appended() as entries:
        resolve_question(question, by=author)

    new = {"comment": str(question.pk)}
    assert entries == [said("question.resolved", f"item:{item.pk}", new=new)]
    stored = Comment.objects.get(pk=question.pk)
    assert (stored.resolved_by, stored.is_open_question) == (author, False)
    assert (reread(item).comment_count, reread(item).open_questions) == (1, 0)


def test_a_manager_resolves_somebody_else_s_question_with_a_reason(item):
    question = make_comment(item, is_question=True, author=make_member(item.section))
    manager = manager_of(item.launch)

    with refused(resolution=["reason_required"]):
        resolve_question(question, by=manager)
    with appended() as entries:
        resolve_question(question, by=manager, resolution="Answered by phone.")

    new = {"comment": str(question.pk)}
    assert entries == [said("question.resolved", f"item:{item.pk}", {}, new, "Answered by phone.")]
    assert Comment.objects.get(pk=question.pk).resolution == "Answered by phone."


def test_nobody_else_resolves_a_question(item):
    question = make_comment(item, is_question=True, author=make_user())
    member = make_member(item.section)

    with forbidden():
        resolve_question(question, by=member, resolution="I think so.")


def test_only_an_open_question_is_resolved(item):
    author = make_member(item.section)
    remark = make_comment(item, author=author)
    question = make_comment(item, is_question=True, author=author)
    resolve_question(question, by=author)

    for comment in (remark, question):
        with refused("not_a_question"):
            resolve_question(comment, by=author)


def test_one_of_two_questions_resolved_leaves_the_other_open(item):
    author = make_member(item.section)
    first, _second = (make_comment(item, is_question=True, author=author) for _ in range(2))

    resolve_question(first, by=author)

    assert reread(item).open_questions == 1
