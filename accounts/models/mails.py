"""What people are told: news, the mails that tell it, and which news is in which mail."""

from datetime import datetime
from typing import Self
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from accounts.rules import MailState


class News(models.Model):
    """Something that somebody is to be told. Written by the action that makes it so: both hold or neither.

    `kind` names what accounts.mail.kinds knows; `subject` is "<kind>:<uuid>". `whom` is one person whom it concerns in
    any case; who else, its kind says when it is told. The same turn has the same key, and is told once.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    act = models.UUIDField(editable=False)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    launch = models.UUIDField(null=True, editable=False)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    whom = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=240, unique=True)
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("piece of news")
        verbose_name_plural = _("news")
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(told_at=None), name="news_to_tell"),
            models.Index(fields=["act"], condition=models.Q(told_at=None), name="news_of_an_act"),
            models.Index(fields=["subject", "kind"], name="news_by_subject"),
            models.Index(fields=["told_at"], name="news_by_telling"),
        ]

    def __str__(self) -> str:
        return self.key


class MailQuerySet(models.QuerySet["Mail"]):
    def due(self, now: datetime) -> Self:
        return self.filter(state=MailState.WAITING, due_at__lte=now)


class Mail(models.Model):
    """One mail to one person. While it is being sent, `due_at` is when it is taken up again if that breaks off."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    recipient = models.ForeignKey(
        User, models.PROTECT, related_name="mails", verbose_name=_("recipient")
    )
    digest_on = models.DateField(_("digest of"), null=True)
    state = models.CharField(
        _("state"), max_length=10, choices=MailState, default=MailState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("made"))
    due_at = models.DateTimeField(_("due"))
    sent_at = models.DateTimeField(_("sent"), null=True)
    last_error = models.TextField(_("last error"), blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-created_at", "pk"]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state=MailState.WAITING), name="mail_to_send"
            ),
            models.Index(fields=["-created_at", "id"], name="mail_by_making"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "digest_on"],
                condition=models.Q(digest_on__isnull=False),
                name="mail_one_digest_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient}, {self.created_at:%Y-%m-%d %H:%M}"


class Notice(models.Model):
    """A piece of news for one person, in the mail that tells it. Without one it waits for the daily digest."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    news = models.ForeignKey(News, models.CASCADE, related_name="notices")
    recipient = models.ForeignKey(User, models.PROTECT, related_name="+")
    mail = models.ForeignKey(Mail, models.CASCADE, null=True, related_name="notices")

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["news__at", "pk"]
        indexes = [
            models.Index(
                fields=["recipient"], condition=models.Q(mail=None), name="notice_for_a_digest"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["news", "recipient"], name="notice_once_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.news_id}, {self.recipient_id}"
