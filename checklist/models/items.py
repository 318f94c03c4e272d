"""Items, their evidence and what people say about them."""

from pathlib import PurePath
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Team, User
from checklist.models.acceptances import Acceptance
from checklist.models.launches import Launch, Section
from checklist.rules import ItemStatus


class ItemQuerySet(models.QuerySet["Item"]):
    def with_acceptance(self) -> Self:
        """With what the rules ask of each row besides itself and its evidence."""
        return self.select_related("acceptance")


class Item(models.Model):
    """One line of a launch's checklist."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    launch = models.ForeignKey(Launch, models.CASCADE, related_name="items")
    section = models.ForeignKey(Section, models.CASCADE, related_name="items")
    key = models.SlugField(max_length=80)
    from_template = models.BooleanField(_("from the template"), default=False)
    position = models.PositiveIntegerField(_("position"))
    number = models.CharField(_("number"), max_length=20, blank=True)
    text = models.CharField(_("text"), max_length=500)
    guidance = models.TextField(_("guidance"), blank=True)
    evidence_demanded = models.BooleanField(_("evidence demanded"), default=False)
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    authority = models.ForeignKey(
        Authority,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("authority"),
    )
    status = models.CharField(
        _("status"), max_length=10, choices=ItemStatus, default=ItemStatus.UNSET
    )
    na_reason = models.TextField(_("why it does not apply"), blank=True)
    note = models.TextField(_("note"), blank=True)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    status_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    status_at = models.DateTimeField(null=True, editable=False)

    # The acceptance that was given for it last, and the text and status it was given over.
    acceptance = models.ForeignKey(
        Acceptance, models.PROTECT, null=True, editable=False, related_name="items"
    )
    accepted_text = models.CharField(max_length=500, blank=True, editable=False)
    accepted_status = models.CharField(
        max_length=10, choices=ItemStatus, blank=True, editable=False
    )

    # Written by the steps of evidence and comments.
    evidence_count = models.PositiveIntegerField(default=0, editable=False)
    comment_count = models.PositiveIntegerField(default=0, editable=False)
    open_questions = models.PositiveIntegerField(default=0, editable=False)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["section", "position", "pk"]
        indexes = [models.Index(fields=["owner", "status"], name="item_by_owner")]
        constraints = [
            models.UniqueConstraint(fields=["launch", "key"], name="item_key"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.text}".strip()

    def get_absolute_url(self) -> str:
        return reverse("checklist:item", args=[self.launch.slug, self.section.number, self.pk])


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def standing(self) -> Self:
        return self.filter(removed_at=None)


def upload_name(evidence: "Evidence", filename: str) -> str:
    """Where a file is kept: by ids alone, so that no name a person chose touches the disk."""
    return str(PurePath("evidence", str(evidence.item.launch_id), str(evidence.pk)))


class Evidence(models.Model):
    """A link or a file that proves an item. Taken back, its row and its file stay: signatures may name them."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    item = models.ForeignKey(Item, models.CASCADE, related_name="evidence")
    name = models.CharField(_("name"), max_length=200)
    url = models.URLField(_("link"), max_length=1000, blank=True)
    file = models.FileField(_("file"), upload_to=upload_name, blank=True, max_length=200)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    size = models.PositiveBigIntegerField(null=True, editable=False)
    expires_on = models.DateField(_("counts until"), null=True, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False
    )
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["added_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(~Q(url="") & Q(file="", sha256=""))
                | (Q(url="") & ~Q(file="") & ~Q(sha256="")),
                name="evidence_is_a_link_or_a_file",
                violation_error_code="link_or_file",
                violation_error_message=_("Give a link or a file, one of the two."),
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="evidence_removal_has_its_author",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Comment(models.Model):
    """What somebody says about an item; flagged as a question it keeps the section from being signed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    item = models.ForeignKey(Item, models.CASCADE, related_name="comments")
    author = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    text = models.TextField(_("comment"))
    is_question = models.BooleanField(_("open question"), default=False)
    mentioned = models.ManyToManyField(User, blank=True, editable=False, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    resolved_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False
    )
    resolved_at = models.DateTimeField(null=True, editable=False)
    resolution = models.TextField(_("why it is resolved"), blank=True)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["-created_at", "id"], name="comment_by_creation")]
        constraints = [
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="comment_resolution_has_its_author",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_open_question(self) -> bool:
        return self.is_question and self.resolved_at is None
