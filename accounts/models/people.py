"""People, teams, authorities, invitations and access tokens."""

from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any, Self
from uuid import UUID, uuid4
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rules import (
    InvitationState,
    MailChoice,
    MailGroup,
    Role,
    Scope,
    Standing,
    TokenState,
    invitation_state,
    token_state,
)
from sentinel.text import clean_email


@cache
def time_zones() -> list[str]:
    """The zones that people live in: UTC, and those named after a place. Slow to read."""
    return [
        "UTC",
        *sorted(n for n in available_timezones() if "/" in n and not n.startswith("Etc/")),
    ]


def validate_time_zone(name: str) -> None:
    """Refuse what the time zone database does not know."""
    if name not in time_zones():
        raise ValidationError(_("“%(name)s” is no time zone."), code="zone", params={"name": name})


def token_hash(token: str) -> str:
    """What is kept of a one-time token."""
    return sha256(token.encode()).hexdigest()


def languages() -> list[tuple[str, Any]]:
    """The languages this installation speaks."""
    return list(settings.LANGUAGES)


def mail_choice(group: MailGroup) -> models.CharField:
    """When somebody wants to be told of a group's kinds."""
    return models.CharField(
        group.label, max_length=10, choices=MailChoice, default=MailChoice.NOW, editable=False
    )


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def matching(self, words: str) -> Self:
        """Whose name, title or team contains these words."""
        in_team = Membership.objects.filter(user=models.OuterRef("pk"), team__name__icontains=words)
        by_name = models.Q(full_name__icontains=words) | models.Q(title__icontains=words)
        return self.filter(by_name | models.Exists(in_team))

    def after(self, pk: UUID) -> Self:
        """Who comes after this person in the order of names."""
        name = models.Subquery(User.objects.filter(pk=pk).values("full_name")[:1])
        return self.filter(models.Q(full_name__gt=name) | models.Q(full_name=name, pk__gt=pk))

    def with_teams(self) -> Self:
        memberships = Membership.objects.select_related("team").order_by("team__name", "pk")
        return self.prefetch_related(models.Prefetch("memberships", memberships))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)["User"]):  # type: ignore[misc]
    def get_by_natural_key(self, email: str | None) -> "User":
        person: User = self.get(email=clean_email(email or ""))
        return person


class User(AbstractBaseUser):
    """A person. Never deleted: what they did stays theirs; whoever leaves is deactivated."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(
        _("e-mail"),
        unique=True,
        error_messages={"unique": _("A person with this e-mail address is here already.")},
    )
    full_name = models.CharField(_("full name"), max_length=150)
    title = models.CharField(_("title"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.MEMBER)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_time_zone]
    )
    language = models.CharField(_("language"), max_length=10, choices=languages, default="en")
    mail_signing = mail_choice(MailGroup.SIGNING)
    mail_work = mail_choice(MailGroup.WORK)
    mail_mentions = mail_choice(MailGroup.MENTIONS)
    mail_dates = mail_choice(MailGroup.DATES)
    digest_hour = models.PositiveSmallIntegerField(
        _("hour of the daily digest"), null=True, blank=True, default=8, editable=False
    )
    digest_due_at = models.DateTimeField(null=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["full_name", "pk"]
        indexes = [
            models.Index(fields=["full_name", "id"], name="user_by_name"),
            models.Index(
                fields=["full_name"],
                condition=models.Q(is_active=True, role=Role.ADMIN),
                name="user_operators",
            ),
            models.Index(fields=["digest_due_at"], name="user_by_digest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="user_email_is_lower_case",
                violation_error_code="lower_case",
                violation_error_message=_("E-mail addresses are kept in lower case."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def wants(self, group: MailGroup) -> MailChoice:
        """When this person wants to be told of a group's kinds."""
        return MailChoice(getattr(self, f"mail_{group.value}"))

    def get_short_name(self) -> str:
        """How Django's admin greets."""
        return str(self)

    @property
    def is_staff(self) -> bool:
        """May open the operators' pages: what Django's admin asks."""
        return self.is_active and self.role == Role.ADMIN

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's admin asks by model; ours is all or nothing. Each admin class narrows it."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class NamedManager[M: models.Model](models.Manager[M]):
    """Rows that fixtures name by their slug."""

    def get_by_natural_key(self, slug: str) -> M:
        return self.get(slug=slug)


class Team(models.Model):
    """Who does the work."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=100, unique=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = NamedManager["Team"]()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def leads(self) -> Self:
        return self.filter(standing=Standing.LEAD)

    def of_active_people(self) -> Self:
        return self.filter(user__is_active=True)


class Membership(models.Model):
    """A person in a team, as member or lead."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    standing = models.CharField(
        _("standing"), max_length=10, choices=Standing, default=Standing.MEMBER
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["team__name", "user__full_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "user"],
                name="membership_once_a_team",
                violation_error_code="twice",
                violation_error_message=_("This person is in the team already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.team}"


class Authority(models.Model):
    """A sign-off role: CISO, Engineering Manager, COO. Who holds it, appointments say."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=100, unique=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = NamedManager["Authority"]()

    class Meta:
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def usable(self, now: datetime) -> Self:
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=now)

    def with_token(self, token: str) -> Self:
        return self.filter(token_sha256=token_hash(token))


class Invitation(models.Model):
    """A one-time way in for one e-mail address. Only the hash of its token is kept."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(_("e-mail"))
    full_name = models.CharField(_("full name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.MEMBER)
    teams = models.ManyToManyField(Team, verbose_name=_("teams"), blank=True, related_name="+")
    token_sha256 = models.CharField(
        max_length=64, unique=True, null=True, blank=True, editable=False
    )
    invited_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="invitations_sent"
    )
    invited_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(editable=False)
    used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-invited_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="invitation_email_is_lower_case",
                violation_error_code="lower_case",
                violation_error_message=_("E-mail addresses are kept in lower case."),
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def state(self, now: datetime) -> InvitationState:
        """What has become of this invitation by `now`."""
        return invitation_state(
            used_at=self.used_at, revoked_at=self.revoked_at, expires_at=self.expires_at, now=now
        )


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self, now: datetime) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=now)

    def of_services(self) -> Self:
        return self.filter(owner=None)

    def with_secret(self, secret: str) -> Self:
        return self.filter(sha256=token_hash(secret))


class ApiToken(models.Model):
    """What a program shows to be let in: as its owner, or as a service. Only the hash of its secret is kept."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("begins with"), max_length=8, editable=False)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.CharField(_("may"), max_length=200)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="tokens"
    )
    # A launch's address and no key: this app knows launches only by name. An address is never given twice.
    launch_slug = models.SlugField(_("only for the launch"), max_length=80, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"), editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        ordering = ["-created_at", "pk"]
        indexes = [models.Index(fields=["owner", "-created_at"], name="token_by_owner")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")),
                name="token_expires_after_it_is_made",
            ),
            models.CheckConstraint(
                condition=models.Q(owner=None) | models.Q(launch_slug=""),
                name="token_of_a_person_names_no_launch",
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_by=None) | models.Q(revoked_at__isnull=False),
                name="token_revoked_by_somebody_is_revoked",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_list(self) -> list[str]:
        return self.scopes.split()

    def allows(self, scope: Scope) -> bool:
        return scope in self.scope_list

    def state(self, now: datetime) -> TokenState:
        """What has become of this token by `now`."""
        return token_state(
            revoked_at=self.revoked_at,
            expires_at=self.expires_at,
            owner_is_here=self.owner is None or self.owner.is_active,
            now=now,
        )
