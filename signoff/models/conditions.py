"""Conditions: the promises that a GO was given for, and those that a closed launch leaves."""

from datetime import datetime
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from checklist.models import Launch
from checklist.rules import day_ends
from signoff.models.signatures import Round, Signature
from signoff.rules import (
    COUNTS,
    WITH_REASON,
    ConditionFacts,
    ConditionState,
    Ending,
    Origin,
)

TEXT_LENGTH = 2000


class ConditionQuerySet(models.QuerySet["Condition"]):
    def owed(self) -> Self:
        """What somebody owes now: neither done nor ended, of no round or of one that is not over."""
        return self.standing().filter(done_at=None)

    def standing(self) -> Self:
        """What counts now, done or not: not ended, of no round or of one that is not over."""
        return self.filter(Q(round=None) | Q(round__state__in=COUNTS), ended="")

    def left_over(self) -> Self:
        """What rounds that are over left undone: the next round offers it again."""
        return self.filter(done_at=None, ended="", round__isnull=False).exclude(
            round__state__in=COUNTS
        )

    def kept_by(self, user: User) -> Self:
        """Those that are this person's to keep: handed over to them, or theirs from the start."""
        return self.filter(Q(handed_to=user) | Q(handed_to=None, owner=user))

    def for_page(self) -> Self:
        return self.select_related(
            "round", "signature", "owner", "handed_to", "asked_by", "done_by", "ended_by"
        )


class Condition(models.Model):
    """A promise: who does what by when, before the launch or after it. Made once, never reworded; kept or ended.

    `owner` is whom it was asked of, as a vote may have signed it, and stays; `handed_to` is who keeps it since then.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    launch = models.ForeignKey(Launch, models.PROTECT, related_name="conditions")
    round = models.ForeignKey(
        Round, models.PROTECT, null=True, blank=True, related_name="conditions"
    )
    signature = models.ForeignKey(
        Signature, models.PROTECT, null=True, blank=True, related_name="conditions"
    )
    carried_from = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="carried_to"
    )
    position = models.PositiveIntegerField(default=1)
    origin = models.CharField(_("from"), max_length=10, choices=Origin)
    text = models.TextField(_("condition"), max_length=TEXT_LENGTH)
    owner = models.ForeignKey(
        User, models.PROTECT, related_name="conditions", verbose_name=_("owner")
    )
    handed_to = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("handed over to"),
    )
    due_on = models.DateField(_("due"))
    before_launch = models.BooleanField(_("before the launch"), default=False)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    done_note = models.TextField(_("how it was kept"), blank=True)
    ended = models.CharField(
        _("ended"), max_length=10, choices=Ending, blank=True, default=Ending.NONE
    )
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.TextField(_("why it ended"), blank=True)

    objects = ConditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        ordering = ["launch", "-before_launch", "due_on", "made_at", "position", "pk"]
        indexes = [
            models.Index(fields=["owner", "done_at", "due_on"], name="condition_by_owner"),
            models.Index(
                fields=["due_on"], condition=Q(done_at=None, ended=""), name="condition_by_due_day"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="condition_says_something",
                violation_error_code="text_required",
                violation_error_message=_("Say what has to be done."),
            ),
            models.CheckConstraint(
                condition=Q(origin=Origin.VOTE, round__isnull=False, signature__isnull=False)
                | Q(origin=Origin.CARRIED, round__isnull=False, carried_from__isnull=False)
                | Q(origin=Origin.CLOSING, round=None, signature=None),
                name="condition_has_its_origin",
                violation_error_code="origin",
                violation_error_message=_(
                    "A condition comes from a vote, from an earlier round or from closing the launch."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(origin=Origin.CLOSING) | Q(before_launch=False),
                name="condition_of_closing_is_for_afterwards",
                violation_error_code="before_launch",
                violation_error_message=_("What a closed launch leaves is for after the launch."),
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None, done_note="")
                | Q(done_at__isnull=False, done_by__isnull=False) & ~Q(done_note=""),
                name="condition_is_done_by_somebody",
                violation_error_code="note_required",
                violation_error_message=_("Say how it was done."),
            ),
            models.CheckConstraint(
                condition=Q(ended=Ending.NONE, ended_at=None, ended_by=None, ended_reason="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended=Ending.NONE),
                name="condition_is_ended_by_somebody",
                violation_error_code="ended",
                violation_error_message=_("Somebody ends a condition, at some moment."),
            ),
            models.CheckConstraint(
                condition=~Q(ended__in=WITH_REASON) | ~Q(ended_reason=""),
                name="condition_ends_with_a_reason",
                violation_error_code="reason_required",
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("signoff:condition", args=[self.launch.slug, self.pk])

    @property
    def keeper(self) -> User:
        """Who has to do it now."""
        return self.handed_to or self.owner

    @property
    def is_owed(self) -> bool:
        """Does it count: has its round not been decided against, or cancelled?"""
        return self.round is None or self.round.state in COUNTS

    @property
    def counts(self) -> bool:
        """Does it count now, done or not: as `standing` has it?"""
        return self.ended == Ending.NONE and self.is_owed

    @property
    def is_left_over(self) -> bool:
        """Is it what a round that is over left undone: as `left_over` has it?"""
        return self.ended == Ending.NONE and self.done_at is None and not self.is_owed

    @property
    def facts(self) -> ConditionFacts:
        return ConditionFacts(
            due_at=day_ends(self.due_on, self.launch.time_zone),
            owner=self.handed_to_id or self.owner_id,
            asked_by=self.asked_by_id,
            done=self.done_at is not None,
            ended=self.ended != Ending.NONE,
            owed=self.is_owed,
        )

    def state(self, now: datetime) -> ConditionState:
        return self.facts.state(now)
