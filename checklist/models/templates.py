"""What a checklist asks: templates in numbered versions. A published version is frozen by the database."""

from typing import Self
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Team, User
from checklist.rules import Classification, Phase


class TemplateVersionQuerySet(models.QuerySet["TemplateVersion"]):
    def published(self) -> Self:
        return self.filter(publication__isnull=False)

    def drafts(self) -> Self:
        return self.filter(publication__isnull=True)

    def get_by_natural_key(self, slug: str, number: int) -> "TemplateVersion":
        return self.get(slug=slug, number=number)


class TemplateVersion(models.Model):
    """One version of a checklist template, with all that a launch started from it begins with."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(_("short name"), max_length=80)
    number = models.PositiveIntegerField(_("version"), default=1)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    edition = models.CharField(_("edition"), max_length=60, blank=True)
    classification = models.CharField(
        _("classification"),
        max_length=12,
        choices=Classification,
        default=Classification.INTERNAL,
    )
    owner_team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner team")
    )
    next_review = models.CharField(_("next review"), max_length=200, blank=True)

    objects = TemplateVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("template version")
        verbose_name_plural = _("template versions")
        ordering = ["name", "-number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "number"],
                name="templateversion_once_a_number",
                violation_error_code="twice",
                violation_error_message=_("This template has a version of that number already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"

    def natural_key(self) -> tuple[str, int]:
        return (self.slug, self.number)

    @property
    def is_published(self) -> bool:
        return hasattr(self, "publication")


class Publication(models.Model):
    """The act that freezes a version, and the digest of what it froze. Inserted, never changed."""

    version = models.OneToOneField(
        TemplateVersion, models.PROTECT, primary_key=True, related_name="publication"
    )
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")

    def __str__(self) -> str:
        return str(self.version_id)


class TemplateSectionManager(models.Manager["TemplateSection"]):
    def get_by_natural_key(self, slug: str, number: int, key: str) -> "TemplateSection":
        return self.get(version__slug=slug, version__number=number, key=key)


class TemplateSection(models.Model):
    """A section that a launch will have."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    version = models.ForeignKey(TemplateVersion, models.CASCADE, related_name="sections")
    key = models.SlugField(_("key"), max_length=80)
    position = models.PositiveIntegerField(_("position"))
    number = models.SlugField(_("number"), max_length=20)
    title = models.CharField(_("title"), max_length=200)
    phase = models.CharField(_("phase"), max_length=12, choices=Phase, default=Phase.READINESS)
    guidance = models.TextField(_("guidance"), blank=True)
    teams = models.ManyToManyField(Team, verbose_name=_("teams"), blank=True, related_name="+")

    objects = TemplateSectionManager()

    class Meta:
        verbose_name = _("template section")
        verbose_name_plural = _("template sections")
        ordering = ["version", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="templatesection_key"),
            models.UniqueConstraint(
                fields=["version", "number"],
                name="templatesection_number",
                violation_error_code="twice",
                violation_error_message=_("This version has a section of that number already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def natural_key(self) -> tuple[str, int, str]:
        return (*self.version.natural_key(), self.key)

    natural_key.dependencies = ["checklist.templateversion"]  # type: ignore[attr-defined]


class TemplateItemManager(models.Manager["TemplateItem"]):
    def get_by_natural_key(self, slug: str, number: int, key: str) -> "TemplateItem":
        return self.get(version__slug=slug, version__number=number, key=key)


class TemplateItem(models.Model):
    """A line that a launch's section will have. Its key stays the same over versions."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    version = models.ForeignKey(TemplateVersion, models.CASCADE, related_name="items")
    section = models.ForeignKey(TemplateSection, models.CASCADE, related_name="items")
    key = models.SlugField(_("key"), max_length=80)
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

    objects = TemplateItemManager()

    class Meta:
        verbose_name = _("template item")
        verbose_name_plural = _("template items")
        ordering = ["section", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "key"],
                name="templateitem_key",
                violation_error_code="twice",
                violation_error_message=_("This version has an item of that key already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.text}".strip()

    def natural_key(self) -> tuple[str, int, str]:
        return (*self.version.natural_key(), self.key)

    natural_key.dependencies = ["checklist.templatesection"]  # type: ignore[attr-defined]


class TemplateSlotManager(models.Manager["TemplateSlot"]):
    def get_by_natural_key(self, slug: str, number: int, key: str) -> "TemplateSlot":
        return self.get(version__slug=slug, version__number=number, key=key)


class TemplateSlot(models.Model):
    """A place for one signature that a launch will have; without a section it is an executive one."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    version = models.ForeignKey(TemplateVersion, models.CASCADE, related_name="slots")
    section = models.ForeignKey(
        TemplateSection, models.CASCADE, null=True, blank=True, related_name="slots"
    )
    key = models.SlugField(_("key"), max_length=80)
    position = models.PositiveIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=200)
    authorities = models.ManyToManyField(
        Authority, verbose_name=_("any one of these authorities"), related_name="+"
    )

    objects = TemplateSlotManager()

    class Meta:
        verbose_name = _("template slot")
        verbose_name_plural = _("template slots")
        ordering = ["version", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="templateslot_key"),
        ]

    def __str__(self) -> str:
        return self.title

    def natural_key(self) -> tuple[str, int, str]:
        return (*self.version.natural_key(), self.key)

    natural_key.dependencies = ["checklist.templatesection"]  # type: ignore[attr-defined]
