"""The pages of launches: parents before children, the verb at the end."""

from django.urls import URLPattern, URLResolver, include, path

from checklist.views import (
    authorities,
    evidence,
    handover,
    importing,
    item,
    launch,
    launch_authorities,
    launches,
    life,
    risks,
    search,
    section,
    status,
    turns,
    work,
)

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
    path("post-launch/", life.post_launch, name="post-launch"),
    path("life/", life.life, name="life"),
    path("life/postpone/", life.postpone, name="postpone"),
    path("life/resume/", life.resume, name="resume"),
    path("life/roll-back/", life.roll_back, name="roll-back"),
    path("participants/", launches.participants, name="participants"),
    path("participants/<uuid:pk>/remove/", launches.participant_remove, name="participant-remove"),
    path("authorities/", launch_authorities.launch_authorities, name="launch-authorities"),
    path(
        "authorities/<slug:authority>/appoint/",
        launch_authorities.launch_appoint,
        name="launch-appoint",
    ),
    path(
        "authorities/<uuid:pk>/end/",
        launch_authorities.launch_appointment_end,
        name="launch-appointment-end",
    ),
    path("risks/", risks.risks, name="risks"),
    path("risks/add/", risks.risk_add, name="risk-add"),
    path("risks/<int:number>/", risks.risk, name="risk"),
    path("risks/<int:number>/close/", risks.risk_close, name="risk-close"),
    path("risks/<int:number>/reopen/", risks.risk_reopen, name="risk-reopen"),
    path("activity/", launch.activity, name="activity"),
    path("sections/<slug:number>/", include(a_section)),
    path("slots/<uuid:pk>/nudge/", turns.slot_nudge, name="slot-nudge"),
    path("evidence/<uuid:pk>/", evidence.evidence_file, name="evidence-file"),
    path("evidence/<uuid:pk>/remove/", evidence.evidence_remove, name="evidence-remove"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", work.my_work, name="my-work"),
    path("authorities/", authorities.authorities, name="authorities"),
    path(
        "authorities/<slug:authority>/appoint/",
        authorities.authority_appoint,
        name="authority-appoint",
    ),
    path("authorities/<uuid:pk>/deputy/", authorities.authority_deputy, name="authority-deputy"),
    path("authorities/<uuid:pk>/end/", authorities.appointment_end, name="appointment-end"),
    path("search/", search.search, name="search"),
    path("people/<uuid:pk>/handover/", handover.handover, name="handover"),
    path("import/", importing.import_, name="import"),
    path("import/<uuid:pk>/", importing.import_preview, name="import-preview"),
    path("import/<uuid:pk>/start/", importing.import_start, name="import-start"),
    path("import/made/<uuid:pk>/", importing.import_made, name="import-made"),
    path("import/made/<uuid:pk>/undo/", importing.import_undo, name="import-undo"),
    path("launches/", launches.launches, name="launches"),
    path("launches/start/", launches.launch_start, name="launch-start"),
    path("launches/<slug:slug>/", include(a_launch)),
]
