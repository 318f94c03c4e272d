"""The pages of launches: parents before children, the verb at the end."""

from django.urls import URLPattern, URLResolver, include, path

from checklist.views import evidence, item, launch, launches, section, status, turns, work

app_name = "checklist"

an_item: list[URLPattern] = [
    path("", item.item, name="item"),
    path("status/", item.item_status, name="item-status"),
    path("note/", item.item_note, name="item-note"),
    path("na-reason/", item.item_na_reason, name="item-na-reason"),
    path("assign/", item.item_assign, name="item-assign"),
    path("reword/", item.item_reword, name="item-reword"),
    path("remove/", item.item_remove, name="item-remove"),
    path("comment/", item.item_comment, name="item-comment"),
    path("questions/<uuid:comment>/resolve/", item.question_resolve, name="question-resolve"),
    path("evidence/link/", evidence.evidence_link, name="evidence-link"),
    path("evidence/upload/", evidence.evidence_upload, name="evidence-upload"),
]
a_section: list[URLPattern | URLResolver] = [
    path("", section.section, name="section"),
    path("status/", status.section_status, name="section-status"),
    path("ask/", section.section_ask, name="section-ask"),
    path("take-back/", section.section_take_back, name="section-take-back"),
    path("items/add/", section.item_add, name="item-add"),
    path("items/<uuid:pk>/", include(an_item)),
]
a_launch: list[URLPattern | URLResolver] = [
    path("", launch.launch, name="launch"),
    path("edit/", launches.launch_edit, name="launch-edit"),
    path("open/", launch.launch_open, name="launch-open"),
    path("items/", launch.items, name="items"),
    path("participants/", launches.participants, name="participants"),
    path("participants/<uuid:pk>/remove/", launches.participant_remove, name="participant-remove"),
    path("activity/", launch.activity, name="activity"),
    path("sections/<slug:number>/", include(a_section)),
    path("slots/<uuid:pk>/nudge/", turns.slot_nudge, name="slot-nudge"),
    path("evidence/<uuid:pk>/", evidence.evidence_file, name="evidence-file"),
    path("evidence/<uuid:pk>/remove/", evidence.evidence_remove, name="evidence-remove"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", work.my_work, name="my-work"),
    path("launches/", launches.launches, name="launches"),
    path("launches/start/", launches.launch_start, name="launch-start"),
    path("launches/<slug:slug>/", include(a_launch)),
]
