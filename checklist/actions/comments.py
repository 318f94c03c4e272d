"""Talking about items. A comment flagged as a question keeps its section from being signed until it is resolved."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.mail.outbox import Tell, tell
from accounts.models import User
from audit.ledger import Change, Salted, append
from checklist import mails, reading
from checklist.actions import steps
from checklist.actions.common import allow, demand, lock_launch, refuse
from checklist.mentions import mentions_in
from checklist.models import Comment, Item, Launch
from checklist.permissions import Right, may_flag_question
from checklist.rules import Doing, Phase, planning
from checklist.verbs import Verb
from sentinel.errors import Refused
from sentinel.reasons import Reason


@transaction.atomic
def add_comment(item: Item, *, by: User, text: str, is_question: bool = False) -> Comment:
    """Say something about an item; as an open question only by its teams, authorities or managers."""
    now = timezone.now()
    launch = lock_launch(item.launch)
    item = get_object_or_404(Item.objects.select_related("section", "launch"), pk=item.pk)
    viewer = demand(Right.COMMENT, by=by, launch=launch, now=now, section=item.section, item=item)
    if is_question and not may_flag_question(viewer, reading.question_ground(launch, item)):
        raise PermissionDenied("Only the section's teams, authorities and managers flag questions.")
    allow(planning(Phase(item.section.phase)) if is_question else Doing.COMMENT, launch)
    comment = Comment(item=item, author=by, text=text, is_question=is_question, created_at=now)
    comment.full_clean()
    comment.save()
    mentioned = mentions_in(text, launch).told
    if mentioned:
        comment.mentioned.set(mentioned)
        _tell(comment, mentioned, launch, now=now)
    change = Change(
        Verb.COMMENT_ADDED,
        f"item:{item.pk}",
        launch.pk,
        new={"comment": comment.pk, "text": Salted(text), "is_question": is_question}
        | ({"mentioned": [person.pk for person in mentioned]} if mentioned else {}),
    )
    _count(item, launch, change, actor=by, now=now)
    return comment


def _tell(comment: Comment, people: Sequence[User], launch: Launch, *, now: datetime) -> None:
    told = [
        Tell(mails.MENTIONED, f"comment:{comment.pk}", "", launch.pk, whom=person)
        for person in people
    ]
    tell(told, by=comment.author, now=now)


@transaction.atomic
def resolve_question(comment: Comment, *, by: User, resolution: str = "") -> Comment:
    """Close an open question: whoever asked it, or a manager with a reason (DESIGN 3.5)."""
    now = timezone.now()
    launch = lock_launch(comment.item.launch)
    item = get_object_or_404(Item.objects.select_related("section", "launch"), pk=comment.item_id)
    comment = get_object_or_404(Comment, pk=comment.pk)
    comment.item = item
    if not comment.is_open_question:
        refuse([Reason("not_a_question")])
    right = Right.COMMENT if comment.author_id == by.pk else Right.MANAGE
    demand(right, by=by, launch=launch, now=now, section=item.section, item=item)
    if right is Right.MANAGE and not resolution:
        message = _("Say why you close somebody else's question.")
        raise Refused({"resolution": ValidationError(message, code="reason_required")})
    comment.resolved_by, comment.resolved_at, comment.resolution = by, now, resolution
    comment.save(update_fields=["resolved_by", "resolved_at", "resolution"])
    change = Change(
        Verb.QUESTION_RESOLVED,
        f"item:{item.pk}",
        launch.pk,
        new={"comment": comment.pk},
        reason=resolution,
    )
    _count(item, launch, change, actor=by, now=now)
    return comment


def _count(item: Item, launch: Launch, change: Change, *, actor: User, now: datetime) -> None:
    """Count the item's comments anew, refresh its section, append: how saying and resolving both end."""
    comments = list(item.comments.all())
    item.comment_count = len(comments)
    item.open_questions = sum(comment.is_open_question for comment in comments)
    item.save(update_fields=["comment_count", "open_questions"])
    append([change, *steps.refresh(item.section, launch=launch, now=now)], actor=actor.pk, now=now)
