"""The ledger's tables. Entries are inserted, never changed: the database's triggers hold that."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryQuerySet(models.QuerySet["Entry"]):
    def newest_first(self) -> "EntryQuerySet":
        return self.order_by("-seq")

    def oldest_first(self) -> "EntryQuerySet":
        return self.order_by("seq")

    def of_launch(self, launch: object) -> "EntryQuerySet":
        return self.filter(launch=launch)

    def of_organisation(self) -> "EntryQuerySet":
        """What concerns no launch: people, teams, authorities, templates."""
        return self.filter(launch=None)

    def about(self, subject: str) -> "EntryQuerySet":
        return self.filter(subject=subject)

    def about_any(self, subjects: Collection[str]) -> "EntryQuerySet":
        return self.filter(subject__in=subjects)

    def before(self, seq: int) -> "EntryQuerySet":
        return self.filter(seq__lt=seq)

    def after(self, seq: int) -> "EntryQuerySet":
        return self.filter(seq__gt=seq)

    def by(self, actors: Collection[UUID]) -> "EntryQuerySet":
        return self.filter(actor__in=actors)

    def doing(self, actions: Collection[str]) -> "EntryQuerySet":
        return self.filter(action__in=actions)

    def since(self, moment: datetime) -> "EntryQuerySet":
        """From a moment on. Time never goes back here, so a bound in time is one of `seq`."""
        first = Entry.objects.filter(at__gte=moment).order_by("at", "seq").values("seq")[:1]
        return self.filter(seq__gte=models.Subquery(first))

    def until(self, moment: datetime) -> "EntryQuerySet":
        """Before a moment."""
        last = Entry.objects.filter(at__lt=moment).order_by("-at", "-seq").values("seq")[:1]
        return self.filter(seq__lte=models.Subquery(last))


class Entry(models.Model):
    """One leaf of the log. `leaf` is what counts; the columns after its hash serve search only."""

    seq = models.BigIntegerField(primary_key=True)
    leaf = models.BinaryField()
    leaf_hash = models.BinaryField()
    at = models.DateTimeField()
    actor = models.UUIDField(null=True)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=128)
    launch = models.UUIDField(null=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["seq"]
        indexes = [
            models.Index(fields=["launch", "-seq"], name="entry_by_launch"),
            models.Index(fields=["subject", "-seq"], name="entry_by_subject"),
            models.Index(fields=["actor", "-seq"], name="entry_by_actor"),
            models.Index(fields=["action", "-seq"], name="entry_by_action"),
            models.Index(fields=["at", "seq"], name="entry_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action} {self.subject}"


class SaltedText(models.Model):
    """Free text of an entry, kept beside the log: the leaf holds SHA-256(salt + text).

    It can be erased, and never changed.
    """

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="texts")
    path = models.CharField(max_length=200)
    salt = models.BinaryField()
    text = models.TextField()

    class Meta:
        verbose_name = _("text beside the ledger")
        verbose_name_plural = _("texts beside the ledger")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "path"], name="saltedtext_once_a_path")
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.path}"


class Head(models.Model):
    """The log's state, one row: how many leaves, their frontier and root. It moves forward only."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    frontier = models.BinaryField(default=bytes)
    root = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("head of the ledger")
        verbose_name_plural = _("heads of the ledger")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="head_is_one_row"),
        ]

    def __str__(self) -> str:
        return f"{self.size} entries"


class Tile(models.Model):
    """The root of one full block of 256 leaves: what makes proofs cheap. Written with the leaf that fills the block."""

    number = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()

    class Meta:
        verbose_name = _("block of the ledger")
        verbose_name_plural = _("blocks of the ledger")
        ordering = ["number"]

    def __str__(self) -> str:
        return str(self.number)


class Checkpoint(models.Model):
    """A signed note of how the log stood: what outsiders keep, and what rewritten history cannot match."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ["size"]

    def __str__(self) -> str:
        return str(self.size)
