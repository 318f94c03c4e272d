"""Signatures and rounds for operators: to read, and only those of launches that they may see."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from checklist.models import Launch
from signoff.models import Condition, Round, Signature


class ReadOnlyAdmin[M: Model](admin.ModelAdmin):
    """Rows of visible launches, to read. Signing, voting and deciding have pages of their own."""

    actions = None
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        user = request.user
        assert isinstance(user, User)  # noqa: S101 - the admin asks for a person first
        return super().get_queryset(request).filter(launch__in=Launch.objects.visible_to(user))

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> Any:
        return self.fields or ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


@admin.register(Signature)
class SignatureAdmin(ReadOnlyAdmin[Signature]):
    list_display = ["signed_at", "signer_name", "act", "vote", "slot", "launch"]
    list_select_related = ["slot", "launch"]
    list_filter = ["act", "vote"]
    search_fields = ["signer_name", "launch__name", "slot__title", "sha256"]
    ordering = ["-signed_at", "pk"]
    fields = [
        "receipt",
        "launch",
        "slot",
        "round",
        "act",
        "vote",
        "signer_name",
        "signer_email",
        "authority_name",
        "standing_in_for",
        "appointed_by",
        "meaning_text",
        "comment",
        "signed_at",
        "zone",
        "level",
        "sha256",
        "material",
        "log_size",
    ]

    @admin.display(description=_("receipt"))
    def receipt(self, signature: Signature) -> str:
        return format_html('<a href="{}">{}</a>', signature.get_absolute_url(), signature.short)


@admin.register(Condition)
class ConditionAdmin(ReadOnlyAdmin[Condition]):
    list_display = ["text", "owner", "due_on", "before_launch", "done_at", "ended", "launch"]
    list_select_related = ["owner", "launch"]
    list_filter = ["origin", "before_launch", "ended"]
    search_fields = ["text", "owner__full_name", "launch__name"]
    ordering = ["-made_at", "pk"]
    fields = [
        "page",
        "launch",
        "round",
        "origin",
        "text",
        "owner",
        "due_on",
        "before_launch",
        "asked_by",
        "made_by",
        "made_at",
        "done_by",
        "done_at",
        "done_note",
        "ended",
        "ended_by",
        "ended_at",
        "ended_reason",
    ]

    @admin.display(description=_("page"))
    def page(self, condition: Condition) -> str:
        return format_html('<a href="{}">{}</a>', condition.get_absolute_url(), condition)


@admin.register(Round)
class RoundAdmin(ReadOnlyAdmin[Round]):
    list_display = ["launch", "number", "state", "opened_at", "opened_by", "closed_at"]
    list_select_related = ["launch", "opened_by"]
    list_filter = ["state"]
    search_fields = ["launch__name"]
    ordering = ["-opened_at", "pk"]
    fields = [
        "decision",
        "launch",
        "number",
        "state",
        "what_changed",
        "complete",
        "complete_reason",
        "acceptable",
        "acceptable_reason",
        "assessed",
        "assessed_reason",
        "opened_by",
        "opened_at",
        "closed_at",
        "close_reason",
    ]

    @admin.display(description=_("decision"))
    def decision(self, round_: Round) -> str:
        url = reverse("signoff:decision", args=[round_.launch.slug])
        return format_html('<a href="{}">{}</a>', url, round_)
