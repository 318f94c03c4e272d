"""Signatures and what they were over, which one stands, and the rounds of decision."""

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, User
from checklist.models import Launch, Section, Slot
from signoff.rules import NEEDS_REASON, TAKES_BACK, Act, Level, Question, RoundState, Vote


class Snapshot(models.Model):
    """The exact content that was signed, kept once under its own SHA-256, for ever."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    content = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")

    def __str__(self) -> str:
        return self.sha256


class Round(models.Model):
    """One decision about a launch: three answers, the executives' votes, an outcome."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    launch = models.ForeignKey(Launch, models.PROTECT, related_name="rounds")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=RoundState, default=RoundState.OPEN)
    what_changed = models.TextField(_("what changed since the last round"), blank=True)
    complete = models.BooleanField(Question.COMPLETE.label)
    complete_reason = models.TextField(blank=True)
    acceptable = models.BooleanField(Question.ACCEPTABLE.label)
    acceptable_reason = models.TextField(blank=True)
    assessed = models.BooleanField(Question.ASSESSED.label)
    assessed_reason = models.TextField(blank=True)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    close_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["launch", "-number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["launch", "number"], name="round_number"),
            models.UniqueConstraint(
                fields=["launch"],
                condition=Q(state__in=[RoundState.OPEN, RoundState.GO, RoundState.GO_CONDITIONAL]),
                name="round_is_the_only_open_one",
                violation_error_code="round_open",
                violation_error_message=_("A round is open already, or has ended GO."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Round %(number)d") % {"number": self.number})


class SignatureQuerySet(models.QuerySet["Signature"]):
    def for_receipt(self) -> Self:
        return self.select_related(
            "launch",
            "section",
            "slot",
            "round",
            "snapshot",
            "target",
            "signer",
            "proof__credential__endorsed_by",
        )

    def with_proof(self) -> Self:
        return self.select_related("proof__credential")

    def newest_first(self) -> Self:
        return self.order_by("-signed_at", "-pk")


class Signature(models.Model):
    """The record of a sign-off, return, acceptance, vote or withdrawal. Inserted, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    launch = models.ForeignKey(Launch, models.PROTECT, related_name="signatures")
    section = models.ForeignKey(
        Section, models.PROTECT, null=True, blank=True, related_name="signatures"
    )
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="signatures")
    round = models.ForeignKey(
        Round, models.PROTECT, null=True, blank=True, related_name="signatures"
    )
    act = models.CharField(max_length=10, choices=Act)
    vote = models.CharField(max_length=12, choices=Vote, blank=True)
    target = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="withdrawals"
    )
    signer = models.ForeignKey(User, models.PROTECT, related_name="signatures")
    signer_name = models.CharField(max_length=150)
    signer_email = models.EmailField()
    authority = models.ForeignKey(
        Authority, models.PROTECT, null=True, blank=True, related_name="+"
    )
    authority_name = models.CharField(max_length=100, blank=True)
    standing_in_for = models.CharField(max_length=150, blank=True)
    appointed_by = models.CharField(max_length=150, blank=True)
    meaning = models.CharField(max_length=40)
    meaning_text = models.TextField()
    comment = models.TextField(blank=True)
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="+")
    material = models.CharField(max_length=64)
    statement = models.BinaryField()
    sha256 = models.CharField(max_length=64, unique=True)
    nonce = models.CharField(max_length=32, unique=True)
    level = models.CharField(max_length=20, choices=Level, default=Level.RECORDED)
    signed_at = models.DateTimeField()
    zone = models.CharField(max_length=64)
    log_size = models.BigIntegerField()
    log_root = models.CharField(max_length=64)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["-signed_at", "pk"]
        indexes = [models.Index(fields=["slot", "-signed_at"], name="signature_by_slot")]
        constraints = [
            models.CheckConstraint(
                condition=Q(act=Act.VOTE, round__isnull=False) & ~Q(vote="")
                | ~Q(act=Act.VOTE) & Q(vote=""),
                name="signature_vote_has_its_round",
            ),
            models.CheckConstraint(
                condition=Q(act__in=TAKES_BACK, target__isnull=False)
                | ~Q(act__in=TAKES_BACK) & Q(target=None),
                name="signature_withdrawal_has_its_target",
            ),
            models.CheckConstraint(
                condition=~Q(act__in=NEEDS_REASON) | ~Q(comment=""),
                name="signature_return_has_a_reason",
                violation_error_code="reason_required",
                violation_error_message=_("Say why."),
            ),
            models.CheckConstraint(
                condition=~Q(vote=Vote.NO_GO) | ~Q(comment=""),
                name="signature_no_go_has_a_reason",
                violation_error_code="reason_required",
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signer_name}, {self.get_act_display()}"

    def get_absolute_url(self) -> str:
        return reverse("signoff:receipt", args=[self.pk])

    @property
    def short(self) -> str:
        """The first eight digits of the statement's digest, for reading aloud."""
        return self.sha256[:8]


class Standing(models.Model):
    """Which signature stands for a slot, and in which round. Taken away by withdrawal; the signature stays."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="standings")
    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="standings")
    signer = models.ForeignKey(User, models.PROTECT, related_name="+")
    signature = models.OneToOneField(Signature, models.PROTECT, related_name="standing")

    class Meta:
        verbose_name = _("standing signature")
        verbose_name_plural = _("standing signatures")
        constraints = [
            models.UniqueConstraint(
                fields=["slot"], condition=Q(round=None), name="standing_once_a_slot"
            ),
            models.UniqueConstraint(
                fields=["slot", "round"],
                condition=Q(round__isnull=False),
                name="standing_once_a_slot_and_round",
            ),
            models.UniqueConstraint(
                fields=["round", "signer"],
                condition=Q(round__isnull=False),
                name="standing_one_executive_slot_a_person",
            ),
        ]

    def __str__(self) -> str:
        return str(self.signature_id)
