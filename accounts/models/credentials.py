"""The passkeys that people sign with: beside allauth's own row for signing in, and kept after that is gone."""

from typing import Self
from uuid import uuid4

from allauth.mfa.models import Authenticator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from accounts.passkeys import Algorithm, PublicKey


class CredentialQuerySet(models.QuerySet["Credential"]):
    def live(self) -> Self:
        """Keys that nobody has revoked."""
        return self.filter(revoked_at=None)

    def usable_at(self, rp_id: str) -> Self:
        """Live keys that browsers offer at this host."""
        return self.live().filter(rp_id=rp_id)


class Credential(models.Model):
    """A person's passkey. Revoked, it stays: what it signed before is checked with it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="credentials")
    authenticator = models.OneToOneField(
        Authenticator, models.SET_NULL, null=True, blank=True, related_name="credential"
    )
    label = models.CharField(_("name"), max_length=100)
    credential_id = models.BinaryField(unique=True, max_length=1023)
    public_key = models.BinaryField()
    algorithm = models.CharField(max_length=5, choices=Algorithm)
    aaguid = models.UUIDField()
    backup_eligible = models.BooleanField()
    backed_up = models.BooleanField()
    sign_count = models.BigIntegerField()
    rp_id = models.CharField(_("site"), max_length=253)
    enrolled_at = models.DateTimeField(_("made"))
    enrolment = models.BigIntegerField(unique=True)
    endorsed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    endorsed_with = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+"
    )
    endorsed_at = models.DateTimeField(null=True, blank=True)
    endorsed_how = models.TextField(blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revoke_reason = models.TextField(blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")
        ordering = ["-enrolled_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(endorsed_by=None, endorsed_at=None)
                | Q(endorsed_by__isnull=False, endorsed_at__isnull=False) & ~Q(endorsed_how=""),
                name="credential_endorsed_by_somebody_somehow",
            ),
            models.CheckConstraint(
                condition=~Q(endorsed_by=models.F("user")) | Q(endorsed_with__isnull=False),
                name="credential_endorsed_by_another_or_a_key",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | ~Q(revoke_reason=""),
                name="credential_revoked_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None

    @property
    def is_endorsed(self) -> bool:
        """Has somebody checked whose it is?"""
        return self.endorsed_at is not None

    @property
    def answering(self) -> PublicKey:
        """The key as its answers are checked with it."""
        return PublicKey(bytes(self.public_key), Algorithm(self.algorithm), self.sign_count)
