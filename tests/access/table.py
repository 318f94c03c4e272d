"""Who may do what, route by route: the whole of it, to be read like a contract.

Columns, for GET and for POST: anonymous, stranger, reader, member, lead, holder, manager, auditor, admin, deputy,
participant, outsider. All visit a restricted launch, but for the reader, who is the same stranger at an internal one.
The deputy stands in for the holder; the participant was let in by a manager; the outsider owns an item and is mentioned
in a comment, which gives no access. Nobody is let in by being admin.

U without a token, 401 · R asked to prove anew who they are
L sent to sign in · H hidden, 404 · N forbidden, 403 · M no such method, 405 · O answered, nothing written · W written
"""

from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from checklist.forms.items import fingerprint
from checklist.forms.launches import EditLaunchForm
from checklist.tokens import token_of
from tests.factories.bringing import FILE
from tests.factories.people import PASSWORD
from tests.factories.signatures import offered_in, seen_in


def of_item(place):
    """An item of the launch's own, which may be reworded and removed."""
    return [place.launch.slug, place.own.section.number, place.own.pk]


def of_condition(place):
    """A condition that the holder asked for, and owes."""
    return [place.launch.slug, place.condition.pk]


DATA = Path(__file__).resolve().parents[1] / "data"
EVIDENCE, TRUST = DATA / "evidence-v1.zip", DATA / "trust-v1.json"
NEVER = "LMMMMMMMMMMM"
READ = "LHOOOOOOHOOH"
OPEN = "LOOOOOOOOOOO"

# route, its GET, its POST, its arguments, what is posted
IN_A_LAUNCH = [
    ("checklist:launch", READ, NEVER, lambda p: [p.launch.slug], None),
    ("checklist:launch-edit", "LHNNNNONHNNH", "LHNNNNWNHNNH", lambda p: [p.launch.slug], "launch"),
    ("checklist:launch-open", NEVER, "LHNNNNONHNNH", lambda p: [p.launch.slug], None),
    ("checklist:items", READ, NEVER, lambda p: [p.launch.slug], None),
    ("checklist:post-launch", READ, NEVER, lambda p: [p.launch.slug], None),
    ("checklist:life", READ, NEVER, lambda p: [p.launch.slug], None),
    ("checklist:postpone", "LHNNNNONHNNH", "LHNNNNWNHNNH", lambda p: [p.launch.slug], "later"),
    ("checklist:resume", "LHNNNNONHNNH", "LHNNNNONHNNH", lambda p: [p.launch.slug], "later"),
    ("checklist:roll-back", "LHNNNNONHNNH", "LHNNNNONHNNH", lambda p: [p.launch.slug], "why"),
    ("signoff:go-live", "LHNNNNONHNNH", "LHNNNNWNHNNH", lambda p: [p.launch.slug], "why"),
    ("signoff:relaunch", "LHNNNNONHNNH", "LHNNNNONHNNH", lambda p: [p.launch.slug], "why"),
    ("signoff:close", "LHNNNNONHNNH", "LHNNNNONHNNH", lambda p: [p.launch.slug], {}),
    ("signoff:cancel", "LHNNNNONHNNH", "LHNNNNWNHNNH", lambda p: [p.launch.slug], "why"),
    ("checklist:participants", "LHNNNNONHNNH", "LHNNNNWNHNNH", lambda p: [p.launch.slug], "guest"),
    (
        "checklist:participant-remove",
        NEVER,
        "LHNNNNWNHNNH",
        lambda p: [p.launch.slug, p.participant.pk],
        None,
    ),
    ("checklist:launch-authorities", READ, NEVER, lambda p: [p.launch.slug], None),
    (
        "checklist:launch-appoint",
        "LHNNNNONHNNH",
        "LHNNNNWNHNNH",
        lambda p: [p.launch.slug, p.vacant.slug],
        "deputy",
    ),
    (
        "checklist:launch-appointment-end",
        NEVER,
        "LHNNNNWNHNNH",
        lambda p: [p.launch.slug, p.held_here.pk],
        None,
    ),
    ("checklist:risks", READ, NEVER, lambda p: [p.launch.slug], None),
    (
        "checklist:risk-add",
        "LHNOOOONHONH",
        "LHNWWWWNHWNH",
        lambda p: [p.launch.slug],
        {"title": "Loss"},
    ),
    (
        "checklist:risk",
        READ,
        "LHNWWWWNHWNH",
        lambda p: [p.launch.slug, p.risk.number],
        {"title": "Loss of data", "seen": 0},
    ),
    (
        "checklist:risk-close",
        NEVER,
        "LHNWWWWNHWNH",
        lambda p: [p.launch.slug, p.risk.number],
        {"reason": "Gone"},
    ),
    (
        "checklist:risk-reopen",
        NEVER,
        "LHNWWWWNHWNH",
        lambda p: [p.launch.slug, p.closed_risk.number],
        None,
    ),
    (
        "checklist:slot-nudge",
        NEVER,
        "LHNNWNWNHNNH",
        lambda p: [p.launch.slug, p.asked.slots.get().pk],
        None,
    ),
    ("checklist:activity", READ, NEVER, lambda p: [p.launch.slug], None),
    ("checklist:section", READ, NEVER, lambda p: [p.launch.slug, p.section.number], None),
    (
        "checklist:section-status",
        NEVER,
        "LHNWWNWNHNNH",
        lambda p: [p.launch.slug, p.section.number],
        "click",
    ),
    (
        "checklist:section-ask",
        NEVER,
        "LHNNWNWNHNNH",
        lambda p: [p.launch.slug, p.ready.number],
        None,
    ),
    (
        "checklist:section-take-back",
        NEVER,
        "LHNNWNWNHNNH",
        lambda p: [p.launch.slug, p.asked.number],
        None,
    ),
    (
        "checklist:item-add",
        NEVER,
        "LHNNWNWNHNNH",
        lambda p: [p.launch.slug, p.section.number],
        {"text": "One more"},
    ),
    ("checklist:item", READ, NEVER, of_item, None),
    (
        "checklist:item-status",
        NEVER,
        "LHNWWNWNHNNH",
        of_item,
        {"status": "attention", "seen": "done"},
    ),
    ("checklist:item-note", NEVER, "LHNWWNWNHNNH", of_item, "note"),
    ("checklist:item-na-reason", NEVER, "LHNWWNWNHNNH", of_item, "reason"),
    ("checklist:item-assign", NEVER, "LHNNWNWNHNNH", of_item, "day"),
    ("checklist:item-reword", NEVER, "LHNNWNWNHNNH", of_item, "words"),
    (
        "checklist:item-remove",
        NEVER,
        "LHNNWNWNHNNH",
        lambda p: [p.launch.slug, p.section.number, p.spare.pk],
        {"reason": "Twice"},
    ),
    ("checklist:item-comment", NEVER, "LHWWWWWNHWWH", of_item, {"text": "I see"}),
    (
        "checklist:question-resolve",
        NEVER,
        "LHNNNNWNHNNH",
        lambda p: [*of_item(p), p.question.pk],
        {"resolution": "Answered"},
    ),
    (
        "checklist:evidence-link",
        NEVER,
        "LHNWWNWNHNNH",
        of_item,
        {"name": "Report", "url": "https://example.org/"},
    ),
    ("checklist:evidence-upload", NEVER, "LHNWWNWNHNNH", of_item, "upload"),
    ("checklist:evidence-file", READ, NEVER, lambda p: [p.launch.slug, p.file.pk], None),
    (
        "checklist:evidence-remove",
        NEVER,
        "LHNWWNWNHNNH",
        lambda p: [p.launch.slug, p.link.pk],
        None,
    ),
    ("signoff:sign", READ, "LHOOOWOOHWOH", lambda p: [p.launch.slug, p.asked.number], "sign"),
    ("signoff:accept", READ, "LHOOOWOOHWOH", lambda p: [p.launch.slug, p.section.number], "accept"),
    ("signoff:receipt", READ, NEVER, lambda p: [p.signature.pk], None),
    ("signoff:statement", READ, NEVER, lambda p: [p.signature.pk], None),
    ("signoff:content", READ, NEVER, lambda p: [p.signature.pk], None),
    ("signoff:withdraw", "LHNNNONNHNNH", "LHNNNWNNHNNH", lambda p: [p.signature.pk], "withdraw"),
    (
        "signoff:set-aside",
        "LHNNNNONHNNH",
        "LHNNNNWNHNNH",
        lambda p: [p.left_behind.pk],
        "withdraw",
    ),
    ("signoff:decision", READ, NEVER, lambda p: [p.launch.slug], None),
    ("signoff:open-round", "LHNNNNONHNNH", "LHNNNNONHNNH", lambda p: [p.launch.slug], "answers"),
    ("signoff:answers", "LHNNNNONHNNH", "LHNNNNWNHNNH", lambda p: [p.launch.slug], "answers"),
    (
        "signoff:cancel-round",
        "LHNNNNONHNNH",
        "LHNNNNWNHNNH",
        lambda p: [p.launch.slug],
        {"reason": "Late"},
    ),
    ("signoff:report", READ, NEVER, lambda p: [p.launch.slug], None),
    ("signoff:export", READ, NEVER, lambda p: [p.launch.slug, "md"], None),
    ("signoff:round", READ, NEVER, lambda p: [p.launch.slug, 1], None),
    ("signoff:decision-certificate", READ, NEVER, lambda p: [p.launch.slug, 1], None),
    (
        "signoff:section-certificate",
        READ,
        NEVER,
        lambda p: [p.launch.slug, p.section.number],
        None,
    ),
    ("signoff:attestation", READ, NEVER, lambda p: [p.launch.slug], None),
    ("signoff:evidence", READ, NEVER, lambda p: [p.launch.slug], None),
    ("signoff:compare", READ, NEVER, lambda p: [p.launch.slug], None),
    ("signoff:conditions", READ, NEVER, lambda p: [p.launch.slug], None),
    ("signoff:condition", READ, "LHNNNWWNHNNH", of_condition, {"note": "Rotated"}),
    (
        "signoff:condition-reopen",
        NEVER,
        "LHNNNWWNHNNH",
        lambda p: [p.launch.slug, p.kept.pk],
        None,
    ),
    ("signoff:condition-lift", "LHNNNONNHNNH", "LHNNNWNNHNNH", of_condition, "lift"),
    ("signoff:verdict-api", "UUUUUUUUUUUU", "MMMMMMMMMMMM", lambda p: [p.launch.slug], None),
    ("signoff:attestation-api", "UUUUUUUUUUUU", "MMMMMMMMMMMM", lambda p: [p.launch.slug], None),
    ("signoff:vote", READ, "LHOOOWOOHWOH", lambda p: [p.launch.slug, p.seat.pk], "vote"),
]

ELSEWHERE = [
    ("checklist:my-work", OPEN, NEVER, None, None),
    ("checklist:search", OPEN, NEVER, None, None),
    ("checklist:launches", OPEN, NEVER, None, None),
    ("checklist:launch-start", "LNNNNNONNNNN", "LNNNNNWNNNNN", None, "start"),
    ("checklist:import", "LNNNNNONONNN", "LNNNNNONONNN", None, "file"),
    # One's own: the manager's here. Whoever operates this installation sees what was made, and no upload
    (
        "checklist:import-preview",
        "LNNNNNONHNNN",
        "LNNNNNWNHNNN",
        lambda p: [p.upload.pk],
        {"title": "Brought"},
    ),
    (
        "checklist:import-start",
        NEVER,
        "LNNNNNWNNNNN",
        lambda p: [p.upload.pk],
        "brought",
    ),
    ("checklist:import-made", "LNNNNNONONNN", NEVER, lambda p: [p.brought.pk], None),
    ("checklist:import-undo", NEVER, "LNNNNNWNWNNN", lambda p: [p.brought.pk], None),
    ("checklist:authorities", OPEN, NEVER, None, None),
    (
        "checklist:authority-appoint",
        NEVER,
        "LNNNNNNNWNNN",
        lambda p: [p.vacant.slug],
        "deputy",
    ),
    ("checklist:authority-deputy", NEVER, "LNNNNNNNWNNN", lambda p: [p.held.pk], "deputy"),
    ("checklist:appointment-end", NEVER, "LNNNNNNNWNNN", lambda p: [p.held.pk], None),
    ("accounts:profile", OPEN, "LWWWWWWWWWWW", None, "profile"),
    ("accounts:tokens", OPEN, NEVER, None, None),
    ("accounts:token-new", "LRRRRRRRRRRR", "LRRRRRRRRRRR", None, "token"),
    ("accounts:token-revoke", NEVER, "LHHHHHWHHHHH", lambda p: [p.token.pk], None),
    ("accounts:service-tokens", "LNNNNNNNONNN", NEVER, None, None),
    ("accounts:service-token-new", "LNNNNNNNRNNN", "LNNNNNNNRNNN", None, "token"),
    ("accounts:service-token-revoke", NEVER, "LNNNNNNNWNNN", lambda p: [p.service.pk], None),
    ("accounts:mail", OPEN, "LWWWWWWWWWWW", None, "mail"),
    ("accounts:people", OPEN, NEVER, None, None),
    # Of the holder, who may not pass on what they may accept; the admin sees nothing of a restricted launch
    (
        "checklist:handover",
        "LNNNOOONONNN",
        "LNNNWOWNONNN",
        lambda p: [p.holder.pk],
        "handover",
    ),
    ("accounts:person-keys", "LNNNNNNNONNN", NEVER, lambda p: [p.key.user_id], None),
    (
        "accounts:key-endorse",
        "LNNNNNNNRNNN",
        "LNNNNNNNRNNN",
        lambda p: [p.key.pk],
        {"how": "Met"},
    ),
    (
        "accounts:key-endorse-own",
        "LHHHHOHHHHHH",
        "LHHHHOHHHHHH",
        lambda p: [p.key.pk],
        {"assertion": "{}"},
    ),
    ("accounts:key-revoke", "LRRRRRRRRRRR", "LRRRRRRRRRRR", lambda p: [p.key.pk], "why"),
    ("signoff:verify", OPEN, OPEN, None, "evidence"),
    ("accounts:activity", "LNNNNNNOONNN", NEVER, None, None),
    ("accounts:invitation", "OOOOOOOOOOOO", "WWWWWWWWWWWW", lambda p: ["its-token"], "arrival"),
    ("healthz", "OOOOOOOOOOOO", "MMMMMMMMMMMM", None, None),
    ("readyz", "OOOOOOOOOOOO", "MMMMMMMMMMMM", None, None),
]

# The same launches by an access token, GET and HEAD alike: of each visitor, of services, and some that count no more.
BY_TOKEN = {
    "stranger": "H",
    "reader": "O",
    "member": "O",
    "lead": "O",
    "holder": "O",
    "manager": "O",
    "auditor": "O",
    "admin": "H",
    "a service": "H",
    "a service, at an internal launch": "O",
    "a service of this launch, made by an outsider": "H",
    "a service of this launch, made by somebody who takes part": "O",
    "a service of this internal launch": "O",
    "a service of another launch": "H",
    "a member's, expired": "U",
    "a member's, revoked": "U",
    "a member's, for something else": "N",
    "a member's who has left": "U",
    "nobody's": "U",
}


def posted(what, place):
    """What a visitor sends to a route: valid, so that only who they are decides."""
    return FORMS[what](place) if isinstance(what, str) else what


FORMS = {
    "note": lambda p: edited(p, note="Noted"),
    "reason": lambda p: edited(p, na_reason="No"),
    "day": lambda p: edited(p, owner=None, due_on="2030-01-01", team=None, authority=None),
    "words": lambda p: edited(
        p, number=p.own.number, text="Reworded", guidance="", evidence_demanded=False
    ),
    "click": lambda p: {"set": f"{token_of(p.item.pk)}:done:attention"},
    "guest": lambda p: {"email": p.holder.email},
    "deputy": lambda p: {
        "person": p.participant.user.email,
        "until": "2030-01-01",
        "reason": "Away",
    },
    "launch": lambda p: (
        about(p) | {"environment": "staging", "seen": EditLaunchForm(launch=p.launch).fingerprint}
    ),
    "start": lambda p: about(p) | {"template": p.launch.template_id, "once": p.launch.pk},
    "upload": lambda _p: {"file": SimpleUploadedFile("proof.txt", b"proof")},
    "sign": lambda p: signing(p.asked.slots.get()) | {"act": "sign"},
    "evidence": lambda _p: {
        "bundle": SimpleUploadedFile("evidence.zip", EVIDENCE.read_bytes()),
        "trust": SimpleUploadedFile("trust.json", TRUST.read_bytes()),
    },
    "brought": lambda p: about(p) | {"title": "Brought"},
    "file": lambda _p: {"file": SimpleUploadedFile("mine.md", FILE)},
    "accept": lambda p: {
        "items": [p.unsettled.pk],
        "until_on": "2030-01-01",
        "seen": offered_in(p.section),
        "password": PASSWORD,
        "comment": "Because",
    },
    "vote": lambda p: signing(p.seat) | {"vote": "no_go"},
    "lift": lambda _p: {"password": PASSWORD, "reason": "A slip"},
    "withdraw": lambda _p: {"password": PASSWORD, "comment": "A mistake"},
    "handover": lambda p: {
        "picked": [f"item:{token_of(p.handed.pk)}"],
        "to": p.launch.created_by_id,
        "reason": "They go",
    },
    "later": lambda _p: {"target_on": "2099-12-11", "reason": "A supplier is late"},
    "why": lambda _p: {"reason": "It had to be"},
    "answers": lambda _p: {
        "complete": "yes",
        "complete_reason": "Known",
        "acceptable": "yes",
        "acceptable_reason": "Known",
        "assessed": "no",
    },
    "token": lambda _p: {
        "once": "7a1c9d1e-2d5c-4f0e-9a58-4f6cf6c5b0de",
        "name": "Pipeline",
        "scopes": ["verdict:read"],
        "days": "30",
    },
    "profile": lambda _p: {"full_name": "New Name", "time_zone": "UTC", "language": "en"},
    "mail": lambda _p: {
        "mail_signing": "digest",
        "mail_work": "now",
        "mail_mentions": "never",
        "mail_dates": "now",
        "digest_hour": "9",
    },
    "arrival": lambda _p: {
        "full_name": "New Person",
        "time_zone": "UTC",
        "language": "en",
        "password": "a long enough one",
        "password2": "a long enough one",
    },
}


def edited(place, **fields):
    """Fields of the item of the launch's own, as a form sends them that saw what is there."""
    seen = fingerprint({name: getattr(place.own, name) for name in fields})
    return {name: value for name, value in fields.items() if value} | {"seen": seen}


def about(place):
    return {
        "name": "Aureus",
        "version": "2.0",
        "environment": "production",
        "time_zone": "UTC",
        "classification": place.launch.classification,
        "owner_team": place.launch.owner_team_id,
    }


def signing(slot):
    return {"seen": seen_in(slot), "password": PASSWORD, "comment": "Because"}


# What django-allauth serves, the same for every role: anonymous GET and POST, then signed in. R asks to sign in anew.
OF_SIGN_IN = {
    "account_change_password": "LLOO",
    "account_confirm_email": "OHOH",
    "account_confirm_login_code": "LLOO",
    "account_email": "LLOO",
    "account_email_verification_sent": "OMOM",
    "account_inactive": "OMOM",
    "account_login": "OOOO",
    "account_logout": "LLOL",
    "account_reauthenticate": "LLOO",
    "account_reset_password": "OOOO",
    "account_reset_password_done": "OMOM",
    "account_reset_password_from_key": "OOOO",
    "account_reset_password_from_key_done": "OMOM",
    "account_set_password": "LLOO",
    "account_signup": "OOOO",
    "mfa_activate_totp": "LLRR",
    "mfa_add_webauthn": "LLRR",
    "mfa_authenticate": "LLOO",
    "mfa_deactivate_totp": "LLHH",
    "mfa_download_recovery_codes": "LLHH",
    "mfa_edit_webauthn": "LLRR",
    "mfa_generate_recovery_codes": "LLRR",
    "mfa_index": "LLOM",
    "mfa_list_webauthn": "LLOM",
    "mfa_login_webauthn": "LLOO",
    "mfa_reauthenticate": "LLRR",
    "mfa_reauthenticate_webauthn": "LLRR",
    "mfa_remove_webauthn": "LLRR",
    "mfa_view_recovery_codes": "LLHM",
}
ARGUMENTS = {
    "account_confirm_email": ["key"],
    "account_reset_password_from_key": ["1", "x-y"],
    "mfa_edit_webauthn": [1],
    "mfa_remove_webauthn": [1],
}
