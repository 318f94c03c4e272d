"""The pages of signatures and decisions: parents before children, the verb at the end."""

from django.urls import URLPattern, URLResolver, include, path

from signoff.views import (
    accept,
    attestation,
    certificate,
    conditions,
    decision,
    evidence,
    life,
    receipt,
    report,
    rounds,
    sign,
    verdict,
    verify,
    vote,
)

app_name = "signoff"

a_signature: list[URLPattern] = [
    path("", receipt.receipt, name="receipt"),
    path("statement.json", receipt.statement, name="statement"),
    path("content.json", receipt.content, name="content"),
    path("withdraw/", receipt.withdraw, name="withdraw"),
    path("set-aside/", receipt.set_aside, name="set-aside"),
]
a_decision: list[URLPattern] = [
    path("", decision.decision, name="decision"),
    path("open/", decision.round_open, name="open-round"),
    path("answers/", decision.round_answers, name="answers"),
    path("cancel/", decision.round_cancel, name="cancel-round"),
    path("slots/<uuid:slot>/vote/", vote.vote, name="vote"),
    path("rounds/<int:number>/", rounds.round_, name="round"),
    path("rounds/<int:number>/certificate.pdf", certificate.decision, name="decision-certificate"),
    path("attestation.json", attestation.download, name="attestation"),
    path("compare/", rounds.compare, name="compare"),
    path("evidence.zip", evidence.evidence, name="evidence"),
]
a_condition: list[URLPattern] = [
    path("", conditions.condition, name="condition"),
    path("reopen/", conditions.condition_reopen, name="condition-reopen"),
    path("lift/", conditions.condition_lift, name="condition-lift"),
]
a_life: list[URLPattern] = [
    path("go-live/", life.go_live, name="go-live"),
    path("relaunch/", life.relaunch, name="relaunch"),
    path("close/", life.close, name="close"),
    path("cancel/", life.cancel, name="cancel"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("signatures/<uuid:pk>/", include(a_signature)),
    path("launches/<slug:slug>/sections/<slug:number>/sign/", sign.sign, name="sign"),
    path("launches/<slug:slug>/sections/<slug:number>/accept/", accept.accept, name="accept"),
    path(
        "launches/<slug:slug>/sections/<slug:number>/certificate.pdf",
        certificate.section,
        name="section-certificate",
    ),
    path("launches/<slug:slug>/decision/", include(a_decision)),
    path("launches/<slug:slug>/life/", include(a_life)),
    path("launches/<slug:slug>/conditions/", conditions.conditions, name="conditions"),
    path("launches/<slug:slug>/conditions/<uuid:pk>/", include(a_condition)),
    path("launches/<slug:slug>/report/", report.report, name="report"),
    path("launches/<slug:slug>/export.<slug:extension>", report.download, name="export"),
    path("verify/", verify.verify, name="verify"),
    path("api/launches/<slug:slug>/verdict", verdict.verdict, name="verdict-api"),
    path(
        "api/launches/<slug:slug>/attestation",
        attestation.for_program,
        name="attestation-api",
    ),
]
