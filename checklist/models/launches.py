"""Launches and their sections and slots, and who takes part in them."""

from datetime import datetime
from typing import Self
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Membership, Team, User, validate_time_zone
from accounts.permissions import Permission, allows
from checklist import material, rules
from checklist.models.appointments import Appointment
from checklist.rules import Classification, Counts, LaunchState, Outcome, Phase


class LaunchQuerySet(models.QuerySet["Launch"]):
    def visible_to(self, user: User, now: datetime | None = None) -> Self:
        """Internal launches for everybody signed in; restricted ones for participants and auditors (DESIGN 3.19).

        Participants are the members of its teams, the holders of its slots' authorities, and those it was shared
        with. No role is above that, admins included. Whoever has left sees nothing.
        """
        if not user.is_active:
            return self.none()
        if allows(user, Permission.READ_RESTRICTED):
            return self
        mine = Membership.objects.filter(user=user, team=OuterRef("teams"))
        of_team = Section.objects.filter(launch=OuterRef("pk")).filter(Exists(mine))
        held = Appointment.objects.current(now or timezone.now(), OuterRef("launch")).filter(
            holder=user, authority=OuterRef("authorities")
        )
        of_slot = Slot.objects.filter(launch=OuterRef("pk")).filter(Exists(held))
        owning = Membership.objects.filter(user=user, team=OuterRef("owner_team"))
        shared = Participant.objects.filter(user=user, launch=OuterRef("pk"))
        return self.filter(
            Q(classification=Classification.INTERNAL)
            | Exists(shared)
            | Exists(owning)
            | Exists(of_team)
            | Exists(of_slot)
        )

    def for_page(self) -> Self:
        return self.select_related("owner_team", "template")


class Launch(models.Model):
    """One system's release under review."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200)
    version = models.CharField(_("version"), max_length=60)
    environment = models.CharField(_("environment"), max_length=60)
    artefact_digest = models.CharField(_("artefact digest"), max_length=140, blank=True)
    description = models.TextField(_("description"), blank=True)
    classification = models.CharField(
        _("classification"), max_length=12, choices=Classification, default=Classification.INTERNAL
    )
    template = models.ForeignKey(
        "checklist.TemplateVersion", models.PROTECT, related_name="launches"
    )
    owner_team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    next_review = models.CharField(_("next review"), max_length=200, blank=True)
    four_eyes = models.BooleanField(_("four eyes"), default=False)
    executive_keys = models.BooleanField(_("executives vote with their own key"), default=False)
    state = models.CharField(
        _("state"), max_length=12, choices=LaunchState, default=LaunchState.DRAFT
    )
    escalate_after_hours = models.PositiveSmallIntegerField(
        _("escalate after working hours"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(rules.MOST_WORKING_HOURS)],
    )
    target_on = models.DateField(_("target date"), null=True, blank=True)
    target_time = models.TimeField(_("target time"), null=True, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_time_zone]
    )
    next_review_on = models.DateField(_("reviewed again on"), null=True, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    # Its life, written by the steps of checklist.actions.moves. `unapproved_at` stays for ever (DESIGN 3.15).
    review_opened_at = models.DateTimeField(null=True, editable=False)
    first_target_on = models.DateField(null=True, editable=False)
    times_moved = models.PositiveIntegerField(default=0, editable=False)
    live_at = models.DateTimeField(_("live since"), null=True, editable=False)
    live_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    live_round = models.UUIDField(null=True, editable=False)
    live_reason = models.TextField(blank=True, editable=False)
    unapproved_at = models.DateTimeField(null=True, editable=False)

    # The read model: written by refresh() and by the steps that signoff calls, recomputed by a test.
    revision = models.PositiveIntegerField(default=0, editable=False)
    target_at = models.DateTimeField(null=True, editable=False)
    next_due = models.DateTimeField(null=True, editable=False)
    outstanding = models.PositiveIntegerField(default=0, editable=False)
    accepted = models.PositiveIntegerField(default=0, editable=False)
    risk_count = models.PositiveIntegerField(default=0, editable=False)
    risks_incomplete = models.PositiveIntegerField(default=0, editable=False)
    worst_risk = models.PositiveSmallIntegerField(default=0, editable=False)
    blockers = models.PositiveIntegerField(default=0, editable=False)
    unsigned = models.PositiveIntegerField(default=0, editable=False)
    slot_count = models.PositiveIntegerField(default=0, editable=False)
    tone = models.CharField(
        max_length=12, choices=rules.Tone, default=rules.Tone.NOT_READY, editable=False
    )
    next_blocker = models.CharField(max_length=521, blank=True, editable=False)
    next_expiry = models.DateTimeField(null=True, editable=False)
    outcome = models.CharField(
        max_length=12, choices=Outcome, blank=True, default=Outcome.NONE, editable=False
    )
    decided_at = models.DateTimeField(null=True, editable=False)
    round_opened_at = models.DateTimeField(null=True, editable=False)
    first_signed_at = models.DateTimeField(null=True, editable=False)
    answers_digest = models.CharField(max_length=64, blank=True, editable=False)
    refused_because = models.TextField(blank=True, editable=False)
    open_conditions = models.PositiveIntegerField(default=0, editable=False)
    open_before_launch = models.PositiveIntegerField(default=0, editable=False)
    next_condition_due = models.DateField(null=True, editable=False)

    objects = LaunchQuerySet.as_manager()

    class Meta:
        verbose_name = _("launch")
        verbose_name_plural = _("launches")
        ordering = ["-created_at", "pk"]
        indexes = [
            models.Index(fields=["-created_at", "id"], name="launch_by_creation"),
            models.Index(fields=["target_at", "id"], name="launch_by_target"),
            models.Index(fields=["next_due", "id"], name="launch_by_next_due"),
            models.Index(fields=["name", "id"], name="launch_by_name"),
            models.Index(fields=["tone", "target_at", "id"], name="launch_by_tone"),
            models.Index(
                fields=["next_expiry"],
                condition=Q(next_expiry__isnull=False),
                name="launch_by_expiry",
            ),
            models.Index(
                fields=["outcome"],
                condition=Q(outcome__in=[Outcome.OPEN, Outcome.GO]),
                name="launch_that_takes_votes",
            ),
            models.Index(
                fields=["escalate_after_hours"],
                condition=Q(escalate_after_hours__isnull=False),
                name="launch_that_escalates",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(target_time=None) | Q(target_on__isnull=False),
                name="launch_time_needs_a_date",
                violation_error_code="time_without_date",
                violation_error_message=_("Give a target date as well, or leave the time out."),
            ),
            models.CheckConstraint(
                condition=Q(live_at=None, live_by=None, live_round=None, live_reason="")
                | Q(live_at__isnull=False, live_by__isnull=False)
                & (
                    Q(live_round__isnull=False, live_reason="")
                    | Q(live_round=None, unapproved_at__isnull=False) & ~Q(live_reason="")
                ),
                name="launch_is_live_by_a_round_or_a_reason",
                violation_error_code="live_without_reason",
                violation_error_message=_("Say why it went live without approval."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("checklist:launch", args=[self.slug])

    def is_visible_to(self, user: User) -> bool:
        """Whether `visible_to` has it, without a query for an internal launch."""
        if self.classification == Classification.INTERNAL:
            return user.is_active
        return Launch.objects.visible_to(user).filter(pk=self.pk).exists()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def is_frozen(self) -> bool:
        """It went live: readiness stands as it stood at that moment, until it is relaunched."""
        return self.live_at is not None

    def clock(self, phase: str, now: datetime) -> datetime:
        """The moment by which a section is weighed: readiness stands still once the launch is live."""
        return self.live_at if self.live_at and phase == Phase.READINESS else now

    @property
    def identity(self) -> dict[str, str]:
        """What a vote binds of the launch itself."""
        return {
            "id": str(self.pk),
            "name": self.name,
            "version": self.version,
            "environment": self.environment,
            "artefact": self.artefact_digest,
        }


class Participant(models.Model):
    """Somebody whom a manager let into a launch, as reader or as a further manager."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    launch = models.ForeignKey(Launch, models.CASCADE, related_name="participants")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    is_manager = models.BooleanField(_("launch manager"), default=False)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["launch", "user__full_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["launch", "user"],
                name="participant_once_a_launch",
                violation_error_code="twice",
                violation_error_message=_("This person takes part already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class Section(models.Model):
    """A numbered part of a launch, worked by its teams."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    launch = models.ForeignKey(Launch, models.CASCADE, related_name="sections")
    key = models.SlugField(max_length=80)
    position = models.PositiveIntegerField(_("position"))
    number = models.SlugField(_("number"), max_length=20)
    title = models.CharField(_("title"), max_length=200)
    phase = models.CharField(_("phase"), max_length=12, choices=Phase, default=Phase.READINESS)
    guidance = models.TextField(_("guidance"), blank=True)
    teams = models.ManyToManyField(Team, blank=True, related_name="+")
    asked_at = models.DateTimeField(null=True, editable=False)
    asked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    # The read model, written by refresh().
    revision = models.PositiveIntegerField(default=0, editable=False)
    unset = models.PositiveIntegerField(default=0, editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    attention = models.PositiveIntegerField(default=0, editable=False)
    not_done = models.PositiveIntegerField(default=0, editable=False)
    na = models.PositiveIntegerField(default=0, editable=False)
    errors = models.PositiveIntegerField(default=0, editable=False)
    warnings = models.PositiveIntegerField(default=0, editable=False)
    expired = models.PositiveIntegerField(default=0, editable=False)
    accepted = models.PositiveIntegerField(default=0, editable=False)
    acceptances_end = models.DateTimeField(null=True, editable=False)
    acceptances_ending = models.PositiveIntegerField(default=0, editable=False)
    acceptances_ended = models.PositiveIntegerField(default=0, editable=False)
    next_blocker = models.CharField(max_length=521, blank=True, editable=False)
    next_blocker_item = models.UUIDField(null=True, editable=False)
    next_expiry = models.DateTimeField(null=True, editable=False)
    material = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["launch", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["launch", "number"], name="section_number"),
            models.CheckConstraint(
                condition=Q(asked_at=None, asked_by=None)
                | Q(asked_at__isnull=False, asked_by__isnull=False),
                name="section_request_has_its_author",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("checklist:section", args=[self.launch.slug, self.number])

    @property
    def counts(self) -> Counts:
        return Counts(self.unset, self.done, self.attention, self.not_done, self.na)


class SlotQuerySet(models.QuerySet["Slot"]):
    def executive(self) -> Self:
        return self.filter(section=None)

    def of_sections(self) -> Self:
        return self.filter(section__isnull=False)


class Slot(models.Model):
    """A place for one signature, by any one holder of some authorities. Without a section: executive."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    launch = models.ForeignKey(Launch, models.CASCADE, related_name="slots")
    section = models.ForeignKey(
        Section, models.CASCADE, null=True, blank=True, related_name="slots"
    )
    key = models.SlugField(max_length=80)
    position = models.PositiveIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=200)
    authorities = models.ManyToManyField(Authority, related_name="+")
    authority_key = models.CharField(max_length=500, blank=True, editable=False)

    # What stands, written by the steps that signoff calls.
    signature = models.UUIDField(null=True, editable=False)
    signed_material = models.CharField(max_length=64, blank=True, editable=False)
    signed_at = models.DateTimeField(null=True, editable=False)
    signed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    signed_for = models.CharField(max_length=150, blank=True, editable=False)
    vote = models.CharField(max_length=12, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    stale_since = models.DateTimeField(null=True, editable=False)
    conditions_digest = models.CharField(max_length=64, blank=True, editable=False)
    returned_at = models.DateTimeField(null=True, editable=False)
    returned_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    return_reason = models.TextField(blank=True, editable=False)

    # What was done so that somebody signs.
    nudged_at = models.DateTimeField(null=True, editable=False)
    escalated_at = models.DateTimeField(null=True, editable=False)
    escalated_to = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ["launch", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["launch", "key"], name="slot_key"),
            models.CheckConstraint(
                condition=Q(signature=None, signed_material="", signed_at=None, signed_by=None)
                | Q(signature__isnull=False, signed_at__isnull=False, signed_by__isnull=False)
                & ~Q(signed_material=""),
                name="slot_signature_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def authority_slugs(self) -> list[str]:
        return self.authority_key.split()

    def section_material(self, section_digest: str) -> str:
        """The digest that a signature in this slot binds, given its section's."""
        return material.digest(material.of_slot(section_digest, self.authority_slugs))
