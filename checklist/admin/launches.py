"""Launches and their sections, to look at: with the verdict that everybody else sees, and its reasons."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from checklist.admin.operators import operator
from checklist.models import Launch, Section
from checklist.reading import standing_of
from checklist.rules import SectionFacts
from checklist.verdict_words import alarm_words
from checklist.words import sentence
from sentinel.reasons import Reason


class ReadingAdmin(admin.ModelAdmin):
    """Rows of launches that this person may see, to look at: no role is above that (DESIGN 3.19)."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Launch)
class LaunchAdmin(ReadingAdmin):
    fields = [
        "name",
        "version",
        "environment",
        "verdict",
        "state",
        "classification",
        "owner_team",
        "template",
        "target_at",
        "time_zone",
        "live_at",
        "live_reason",
        "next_review_on",
        "four_eyes",
        "executive_keys",
        "description",
        "created_by",
        "created_at",
    ]
    list_display = ["__str__", "environment", "state", "tone", "blockers", "owner_team"]
    list_select_related = ["owner_team"]
    list_filter = ["tone", "state"]
    search_fields = ["name", "slug"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Launch]:
        return super().get_queryset(request) & Launch.objects.visible_to(operator(request))

    @admin.display(description=gettext_lazy("verdict"))
    def verdict(self, launch: Launch) -> SafeString:
        derived = standing_of(launch, timezone.now()).verdict
        return _with_reasons(derived.tone.label, derived.readiness.blockers, alarm_words(launch))


@admin.register(Section)
class SectionAdmin(ReadingAdmin):
    fields = ["launch", "number", "title", "phase", "standing", "guidance", "teams"]
    list_display = ["__str__", "launch", "phase", "unset", "attention", "not_done", "done", "na"]
    list_select_related = ["launch"]
    search_fields = ["title", "launch__name", "launch__slug"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Section]:
        visible = Launch.objects.visible_to(operator(request))
        return super().get_queryset(request).filter(launch__in=visible).select_related("launch")

    @admin.display(description=gettext_lazy("state"))
    def standing(self, section: Section) -> SafeString:
        facts = _facts_of(section)
        return _with_reasons(facts.state.label, facts.blockers)


def _facts_of(section: Section) -> SectionFacts:
    """A section as the launch's own derivation sees it."""
    facts = standing_of(section.launch, timezone.now()).facts
    return next(row for row in facts if row.number == section.number)


def _with_reasons(word: str | Promise, reasons: Iterable[Reason], alarm: str = "") -> SafeString:
    if alarm:
        word = f"{word}. {alarm}"
    lines = format_html_join("", "<li>{}</li>", ((sentence(reason),) for reason in reasons))
    return format_html("{}<ul>{}</ul>", word, lines) if lines else format_html("{}", word)
