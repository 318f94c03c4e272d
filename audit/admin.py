"""The ledger for operators: what concerns the whole organisation, to read.

Admins have no way around a restricted launch, so entries of launches are not shown here at all.
"""

from typing import cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from audit.models import Entry, EntryQuerySet
from audit.reading import read
from audit.words import sentences

NEWEST = 1000


class NewestPaginator(Paginator):
    """Counts no further than the newest thousand: the whole ledger is on the activity page."""

    @cached_property
    def count(self) -> int:
        return cast(QuerySet, self.object_list)[:NEWEST].count()


class EntryChangeList(ChangeList):
    """Puts a page's rows into words at once, in as many queries for many as for one."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        for entry, sentence in zip(rows, sentences(read(rows)), strict=True):
            vars(entry)["sentence"] = sentence.text
        self.result_list = rows


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin[Entry]):
    list_display = ["at", "told"]
    list_display_links = ["at"]
    sortable_by = ()
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    paginator = NewestPaginator
    ordering = ["-seq"]
    actions = None
    fields = ["seq", "at", "told", "fingerprint"]
    readonly_fields = ["seq", "at", "told", "fingerprint"]

    def get_queryset(self, request: HttpRequest) -> EntryQuerySet:
        return Entry.objects.of_organisation()

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        return EntryChangeList

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

    @admin.display(description=_("what happened"))
    def told(self, entry: Entry) -> str:
        sentence: str | None = vars(entry).get("sentence")
        return sentence or sentences(read([entry]))[0].text

    @admin.display(description=_("hash of the leaf"))
    def fingerprint(self, entry: Entry) -> str:
        return bytes(entry.leaf_hash).hex()
