"""Files that people bring: one that waits while it is looked through, and where a template came from."""

from datetime import datetime
from typing import Self
from uuid import uuid4

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import Permission, allows
from checklist.models.templates import TemplateVersion


class UploadQuerySet(models.QuerySet["Upload"]):
    def waiting_for(self, user: User, now: datetime) -> Self:
        """What this person brought and may go on with: nobody else sees it."""
        return self.filter(owner=user, expires_at__gt=now)

    def expired(self, now: datetime) -> Self:
        return self.filter(expires_at__lte=now)


class Upload(models.Model):
    """A file between being brought and becoming a template. Nothing serves it back."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    owner = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    content = models.BinaryField(_("content"))
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("checklist:import-preview", args=[self.pk])


class OriginQuerySet(models.QuerySet["Origin"]):
    def for_page(self) -> Self:
        return self.select_related("version__publication", "brought_by")

    def brought_by(self, user: User) -> Self:
        return self.filter(brought_by=user)

    def visible_to(self, user: User) -> Self:
        """One's own; whoever operates this installation sees all."""
        return self if allows(user, Permission.OPERATE) else self.brought_by(user)


class Origin(models.Model):
    """Which file a template version was made from, by whom, and the digest of what was made."""

    version = models.OneToOneField(
        TemplateVersion, models.CASCADE, primary_key=True, related_name="origin"
    )
    name = models.CharField(_("name of the file"), max_length=200)
    file_sha256 = models.CharField(max_length=64)
    content_sha256 = models.CharField(max_length=64)
    brought_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    brought_at = models.DateTimeField()

    objects = OriginQuerySet.as_manager()

    class Meta:
        verbose_name = _("origin")
        verbose_name_plural = _("origins")
        ordering = ["-brought_at", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("checklist:import-made", args=[self.pk])
