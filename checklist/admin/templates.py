"""Template versions: drafts edited in plain forms, published, copied into a new draft."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import BaseModelFormSet
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import say_refused
from checklist.actions.templates import (
    DraftEdit,
    DraftRow,
    new_template_version,
    publish_template,
    save_template_draft,
)
from checklist.admin.operators import operator
from checklist.models import TemplateItem, TemplateSection, TemplateSlot, TemplateVersion
from sentinel.errors import add_refusal
from sentinel.text import LineField, TextField

ON_THE_PAGE = [ActionLocation.CHANGE_FORM]


class RefusableForm(forms.ModelForm):
    """Shows what the action refused on the first try, beside what was typed."""

    refused: ValidationError | None = None

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.refused:
            add_refusal(self, self.refused)


class VersionForm(RefusableForm):
    name = LineField(label=gettext_lazy("Name"), widget=AdminTextInputWidget)
    description = TextField(
        label=gettext_lazy("Description"), required=False, widget=AdminTextareaWidget
    )
    edition = LineField(
        label=gettext_lazy("Edition"), max_length=60, required=False, widget=AdminTextInputWidget
    )
    next_review = LineField(
        label=gettext_lazy("Next review"), required=False, widget=AdminTextInputWidget
    )


class PlacedForm(RefusableForm):
    """A row with a place among its siblings: left empty, the last one."""

    position = forms.IntegerField(
        label=gettext_lazy("Position"), required=False, min_value=1, max_value=10_000
    )


class SectionForm(PlacedForm):
    title = LineField(label=gettext_lazy("Title"), widget=AdminTextInputWidget)
    guidance = TextField(label=gettext_lazy("Guidance"), required=False, widget=AdminTextareaWidget)


class ItemForm(PlacedForm):
    number = LineField(
        label=gettext_lazy("Number"),
        max_length=20,
        required=False,
        widget=forms.TextInput({"size": 6}),
    )
    text = LineField(label=gettext_lazy("Text"), max_length=500, widget=AdminTextInputWidget)
    guidance = TextField(
        label=gettext_lazy("Guidance"),
        required=False,
        widget=forms.Textarea({"rows": 2, "cols": 30}),
    )


class SlotForm(PlacedForm):
    title = LineField(label=gettext_lazy("Title"), widget=AdminTextInputWidget)


class RowInline(admin.TabularInline):
    """Rows of a draft. Their choices are read once for all of them."""

    extra = 1

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        return _with_choices_read(super().formfield_for_foreignkey(db_field, request, **kwargs))

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        return _with_choices_read(super().formfield_for_manytomany(db_field, request, **kwargs))


def _with_choices_read(field: Any) -> Any:
    field.choices = list(iter(field.choices))  # iter: list alone would count the rows first
    return field


class SectionInline(RowInline):
    model = TemplateSection
    form = SectionForm
    fields = ["position", "number", "title", "phase", "teams"]
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[TemplateSection]:
        return super().get_queryset(request).prefetch_related("teams")


class SlotInline(RowInline):
    model = TemplateSlot
    form = SlotForm
    fields = ["position", "title", "authorities"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[TemplateSlot]:
        return super().get_queryset(request).prefetch_related("authorities")


class ExecutiveSlotInline(SlotInline):
    verbose_name = gettext_lazy("executive slot")
    verbose_name_plural = gettext_lazy("executive slots")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[TemplateSlot]:
        return super().get_queryset(request).filter(section=None)


class ItemInline(RowInline):
    model = TemplateItem
    form = ItemForm
    fields = [
        "position",
        "number",
        "text",
        "guidance",
        "evidence_demanded",
        "team",
        "authority",
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[TemplateItem]:
        return super().get_queryset(request).select_related("team", "authority")


class DraftAdmin(admin.ModelAdmin):
    """A page of a draft, saved whole by one action. What it refuses is shown with what was typed."""

    def version_of(self, obj: Any) -> TemplateVersion:
        raise NotImplementedError

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not self.version_of(obj).is_published)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as refused:
            request.refused = refused  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"refused": getattr(request, "refused", None)})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Saved with its rows, below."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        edit = _edit_of(form, formsets)
        save_template_draft(self.version_of(form.instance), by=operator(request), edit=edit)


def _edit_of(form: Any, formsets: Iterable[BaseModelFormSet]) -> DraftEdit:
    rows, removed = [], []
    if isinstance(form.instance, TemplateSection):
        rows.append(_row(form))
    for formset in formsets:
        formset.save(commit=False)
        kept = [*formset.new_objects, *(row for row, _fields in formset.changed_objects)]
        rows += [_row(inner) for inner in formset.forms if inner.instance in kept]
        removed += formset.deleted_objects
    return DraftEdit(rows, removed)


def _row(form: Any) -> DraftRow:
    asked = form.cleaned_data
    return DraftRow(form.instance, asked.get("teams", asked.get("authorities")))


@admin.register(TemplateVersion)
class TemplateVersionAdmin(DraftAdmin):
    form = VersionForm
    fields = [
        "name",
        "slug",
        "number",
        "description",
        "edition",
        "classification",
        "owner_team",
        "next_review",
        "state",
    ]
    list_display = ["name", "number", "edition", "owner_team", "state"]
    list_select_related = ["owner_team", "publication"]
    search_fields = ["name", "slug"]
    inlines = [SectionInline, ExecutiveSlotInline]
    actions = ["publish", "make_new_version"]

    def version_of(self, obj: TemplateVersion) -> TemplateVersion:
        return obj

    def get_readonly_fields(
        self, request: HttpRequest, obj: TemplateVersion | None = None
    ) -> list[str]:
        """Versions of one template share its short name: it is chosen once."""
        return ["slug", "number", "state"] if obj else ["number", "state"]

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: TemplateVersion | None = None
    ) -> dict[str, Any]:
        return {} if obj else {"slug": ["name"]}

    @admin.display(description=gettext_lazy("state"))
    def state(self, version: TemplateVersion) -> str:
        if not version.is_published:
            return _("draft")
        day = timezone.localdate(version.publication.published_at)
        return _("published on %(day)s, SHA-256 %(sha256)s…") % {
            "day": day.isoformat(),
            "sha256": version.publication.sha256[:8],
        }

    @admin.action(
        description=gettext_lazy("Publish: nobody edits it any more"), location=ON_THE_PAGE
    )
    def publish(self, request: HttpRequest, queryset: models.QuerySet[TemplateVersion]) -> None:
        version = queryset.get()
        try:
            publish_template(version, by=operator(request))
        except ValidationError as refused:
            say_refused(request, refused)
        else:
            messages.success(request, _("%(version)s is published.") % {"version": version})

    @admin.action(description=gettext_lazy("Make a new version, as a draft"), location=ON_THE_PAGE)
    def make_new_version(
        self, request: HttpRequest, queryset: models.QuerySet[TemplateVersion]
    ) -> HttpResponseRedirect | None:
        try:
            draft = new_template_version(queryset.get(), by=operator(request))
        except ValidationError as refused:
            say_refused(request, refused)
            return None
        messages.success(request, _("%(version)s is a draft now.") % {"version": draft})
        return HttpResponseRedirect(
            reverse("admin:checklist_templateversion_change", args=[draft.pk])
        )


@admin.register(TemplateSection)
class TemplateSectionAdmin(DraftAdmin):
    """Reached from its version, which adds and removes sections."""

    form = SectionForm
    fields = ["version", "number", "title", "phase", "teams", "guidance", "position", "key"]
    readonly_fields = ["version", "key"]
    list_display = ["title", "version", "number", "phase"]
    list_select_related = ["version"]
    search_fields = ["title", "version__name"]
    inlines = [ItemInline, SlotInline]

    def version_of(self, obj: TemplateSection) -> TemplateVersion:
        return obj.version

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[TemplateSection]:
        return super().get_queryset(request).select_related("version__publication")
