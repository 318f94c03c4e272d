"""What proves a signature: the signer's own key, or this server's; and statements that wait for a key."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Credential, User
from signoff.models.signatures import Signature
from signoff.rules import ProofKind


class Proof(models.Model):
    """Who vouches for a signature's statement, with all that is needed to check it offline. Inserted, never changed."""

    record = models.OneToOneField(Signature, models.PROTECT, primary_key=True, related_name="proof")
    kind = models.CharField(max_length=10, choices=ProofKind)
    public_key = models.BinaryField()
    signature = models.BinaryField()
    credential = models.ForeignKey(
        Credential, models.PROTECT, null=True, blank=True, related_name="proofs"
    )
    aaguid = models.UUIDField(null=True, blank=True)
    backup_eligible = models.BooleanField(null=True, blank=True)
    backed_up = models.BooleanField(null=True, blank=True)
    authenticator_data = models.BinaryField(null=True, blank=True)
    client_data_json = models.BinaryField(null=True, blank=True)
    rp_id = models.CharField(max_length=253, blank=True)
    origin = models.CharField(max_length=300, blank=True)
    enrolment = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("proof")
        verbose_name_plural = _("proofs")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ProofKind.SERVER, credential=None, client_data_json=None)
                | Q(
                    kind=ProofKind.PASSKEY,
                    credential__isnull=False,
                    client_data_json__isnull=False,
                    authenticator_data__isnull=False,
                    enrolment__isnull=False,
                ),
                name="proof_is_of_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Pending(models.Model):
    """A statement that waits for its signer's key: one person's, in one session, for minutes; gone once signed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    session = models.CharField(max_length=64)
    statement = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    nonce = models.CharField(max_length=32, unique=True)
    log_size = models.BigIntegerField()
    log_root = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("statement that waits for a key")
        verbose_name_plural = _("statements that wait for a key")

    def __str__(self) -> str:
        return self.sha256
