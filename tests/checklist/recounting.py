"""The read model once more, from rows alone: with nothing of checklist.rules, .reading or .material."""

import json
from datetime import datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from checklist.models import Launch
from checklist.rules import ItemStatus
from signoff.models import Condition, Round, Signature, Standing

SETTLED = ("done", "na")


def digest(value):
    encoded = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(encoded.encode()).hexdigest()


def ends(day, launch):
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(launch.time_zone))
    return midnight.astimezone(ZoneInfo("UTC"))


def recounted_item(item, launch, now):
    proofs = [proof for proof in item.evidence.all() if proof.removed_at is None]
    ends_at = [ends(p.expires_on, launch) if p.expires_on else None for p in proofs]
    counting = [end for end in ends_at if end is None or end > now]
    settled, demanded = item.status in SETTLED, item.evidence_demanded and item.status != "na"
    expired = demanded and bool(proofs) and not counting
    questions = [c for c in item.comments.all() if c.is_question and c.resolved_at is None]
    given = item.acceptance
    binds = given and (item.accepted_text, item.accepted_status) == (item.text, item.status)
    accepted = bool(binds) and given.until > now
    errors = [
        not settled and not accepted,
        item.status == "na" and not item.na_reason,
        demanded and not proofs and settled,
        expired,
        bool(questions),
    ]
    warnings = [
        not settled and item.owner_id is None,
        "TBD" in item.note,
        not settled and item.due_on is not None and ends(item.due_on, launch) <= now,
    ]
    return {
        "errors": sum(errors),
        "warnings": sum(warnings),
        "expired": expired,
        "blocks": expired or not (settled or accepted),
        "accepted": given.until if accepted else None,
        "ended": bool(binds) and given.until <= now,
        "expires": min(
            [
                *([max(counting)] if demanded and counting and None not in counting else []),
                *([given.until] if accepted else []),
            ],
            default=None,
        ),
        "counted": (len(proofs), len(item.comments.all()), len(questions)),
        "stored": (item.evidence_count, item.comment_count, item.open_questions),
        "material": {
            "number": item.number,
            "text": item.text,
            "status": item.status,
            "na_reason": item.na_reason,
            "evidence_demanded": item.evidence_demanded,
            "evidence": sorted(
                (
                    {"name": p.name, "url": p.url, "sha256": p.sha256, "verdict": None}
                    for p in proofs
                ),
                key=lambda proof: json.dumps(proof, sort_keys=True),
            ),
            "acceptance": {
                "statement": given.statement,
                "until": given.until.strftime("%Y-%m-%dT%H:%M:%S.") + f"{given.until:%f}"[:3] + "Z",
            }
            if binds
            else None,
        },
    }


def recounted_section(section, launch, now):
    now = launch.live_at if launch.live_at and section.phase == "readiness" else now
    items = list(section.items.order_by("position").prefetch_related("evidence", "comments"))
    rows = [recounted_item(item, launch, now) for item in items]
    blocking = [item for item, row in zip(items, rows, strict=True) if row["blocks"]]
    accepted = [row["accepted"] for row in rows if row["accepted"]]
    materials = sorted(
        (row["material"] for row in rows),
        key=lambda row: json.dumps(row, sort_keys=True, separators=(",", ":")),
    )
    assert [row["stored"] for row in rows] == [row["counted"] for row in rows]
    return {
        **{status: [item.status for item in items].count(status) for status in ItemStatus.values},
        "errors": sum(row["errors"] for row in rows) + (not items),
        "warnings": sum(row["warnings"] for row in rows),
        "expired": sum(row["expired"] for row in rows),
        "accepted": len(accepted),
        "acceptances_end": min(accepted, default=None),
        "acceptances_ended": sum(row["ended"] for row in rows),
        "acceptances_ending": accepted.count(min(accepted)) if accepted else 0,
        "next_blocker": f"{blocking[0].number} {blocking[0].text}".strip() if blocking else "",
        "next_blocker_item": blocking[0].pk if blocking else None,
        "next_expiry": min((row["expires"] for row in rows if row["expires"]), default=None),
        "material": digest({"v": 1, "title": section.title, "items": materials}),
    }


def slot_material(slot, section):
    authorities = sorted(authority.slug for authority in slot.authorities.all())
    return digest({"v": 1, "section": section["material"], "authorities": authorities})


def vote_material(slot, launch, sections, round_):
    answers = [
        {
            "question": name,
            "given": getattr(round_, name),
            "reason": getattr(round_, f"{name}_reason"),
        }
        for name in ("acceptable", "assessed", "complete")
    ]
    value = {
        "v": 1,
        "launch": {
            "id": str(launch.pk),
            "name": launch.name,
            "version": launch.version,
            "environment": launch.environment,
            "artefact": launch.artefact_digest,
        },
        "sections": {s.number: row["material"] for s, row in sections if s.phase == "readiness"},
        "answers": digest(answers),
        "acceptances": [],
        "authorities": sorted(authority.slug for authority in slot.authorities.all()),
    }
    if own := conditions_digest(slot):
        value["conditions"] = own
    return digest(value)


def conditions_digest(slot):
    """Of what whoever's vote lies in the slot asked for in it, as the statement has it."""
    if slot.signature is None:
        return ""
    rows = json.loads(bytes(Signature.objects.get(pk=slot.signature).statement))["conditions"]
    rows.sort(key=lambda row: json.dumps(row, sort_keys=True, ensure_ascii=False))
    return digest({"v": 1, "conditions": rows}) if rows else ""


def owed(launch):
    """The conditions that somebody owes now."""
    rows = Condition.objects.filter(launch=launch, done_at=None, ended="").select_related("round")
    return [row for row in rows if not row.round or row.round.state not in {"no_go", "cancelled"}]


def recounted_conditions(launch):
    rows = owed(launch)
    return {
        "open_conditions": len(rows),
        "open_before_launch": sum(row.before_launch for row in rows),
        "next_condition_due": min((row.due_on for row in rows), default=None),
    }


def recounted_launch(launch, sections):
    ready = [(section, row) for section, row in sections if section.phase == "readiness"]
    slots = [(slot, row) for section, row in ready for slot in section.slots.all()]
    unsigned = [slot for slot, row in slots if slot.signed_material != slot_material(slot, row)]
    outstanding = [row["unset"] + row["attention"] + row["not_done"] for _, row in ready]
    accepted = [row["accepted"] for _, row in ready]
    open_ = [n - m for n, m in zip(outstanding, accepted, strict=True)]
    empty = [not any(row[status] for status in ItemStatus.values) for _, row in ready]
    blockers = sum(n > 0 for n in open_) + sum(r["expired"] > 0 for _, r in ready)
    return {
        "outstanding": sum(outstanding),
        "accepted": sum(accepted),
        "blockers": blockers + sum(empty) + len(unsigned),
        "unsigned": len(unsigned),
        "slot_count": len(slots),
        "next_blocker": next((r["next_blocker"] for _, r in ready if r["next_blocker"]), ""),
        "next_expiry": min(
            (
                r["next_expiry"]
                for s, r in sections
                if r["next_expiry"] and not (launch.live_at and s.phase == "readiness")
            ),
            default=None,
        ),
        "next_due": recounted_due(launch, sections),
    }


def recounted_risks(launch):
    rows = [risk for risk in launch.risks.all() if risk.closed_at is None]
    lacking = [
        risk
        for risk in rows
        if not (risk.likelihood and risk.impact and risk.mitigation and risk.owner_id)
    ]
    scores = [(risk.likelihood or 0) * (risk.impact or 0) for risk in rows]
    return {
        "risk_count": len(rows),
        "risks_incomplete": len(lacking),
        "worst_risk": max(scores, default=0),
    }


def recounted_due(launch, sections):
    if launch.state in ("draft", "in_review"):
        return launch.target_at
    if launch.state == "closed":
        return ends(launch.next_review_on, launch)
    zone = ZoneInfo(launch.time_zone)
    if launch.state != "live":
        return None
    week = datetime.combine(
        launch.live_at.astimezone(zone).date() + timedelta(days=7),
        launch.live_at.astimezone(zone).time(),
        zone,
    ).astimezone(ZoneInfo("UTC"))
    due = {"post_launch": launch.live_at + timedelta(hours=24), "review": week}
    left = [s for s, row in sections if row["unset"] + row["attention"] + row["not_done"]]
    return min((due[s.phase] for s in left if s.phase in due), default=None)


def recounted_tone(launch, sections, blockers):
    rounds = Round.objects.filter(launch=launch).exclude(state="cancelled")
    round_ = rounds.order_by("-number").first()
    state = round_.state if round_ else ""
    if state == "launched" and launch.live_at is None and launch.state != "cancelled":
        state = ""
    assert launch.outcome == state or launch.state == "cancelled"
    if launch.state == "live":
        assert (launch.live_round is None) == bool(launch.live_reason)
        return "live" if launch.live_round else "unapproved"
    if launch.state not in ("draft", "in_review"):
        return launch.state.replace("_", "-")
    if state == "no_go":
        return "no-go"
    if blockers:
        return "not-ready"
    if state not in {"go", "conditional"} or any(row.before_launch for row in owed(launch)):
        return "ready"
    executive = launch.slots.filter(section=None)
    votes = [
        slot.signed_material == vote_material(slot, launch, sections, round_) for slot in executive
    ]
    return "approved" if all(votes) else "ready"


def assert_the_read_model_is_right(launch, now):
    launch = Launch.objects.get(pk=launch.pk)
    sections = [(s, recounted_section(s, launch, now)) for s in launch.sections.all()]
    for section, row in sections:
        assert {name: getattr(section, name) for name in row} == row
    recounted = recounted_launch(launch, sections) | recounted_risks(launch)
    recounted |= recounted_conditions(launch)
    assert {name: getattr(launch, name) for name in recounted} == recounted
    assert launch.tone == recounted_tone(launch, sections, recounted["blockers"])
    assert not (launch.tone == "approved" and recounted["blockers"])
    assert_slots_hold_what_stands(launch)
    return launch.tone


def assert_slots_hold_what_stands(launch):
    newest = Round.objects.filter(launch=launch).order_by("-number").first()
    over = newest and (
        newest.state == "cancelled" or (newest.state == "launched" and launch.live_at is None)
    )
    for slot in launch.slots.all():
        round_ = None if slot.section_id else newest
        rows = Standing.objects.filter(slot=slot, round=round_) if slot.section_id or newest else []
        standing = [] if over and not slot.section_id else [row.signature for row in rows]
        assert [slot.signature] == ([row.pk for row in standing] or [None])
        assert [slot.signed_for] == ([row.standing_in_for for row in standing] or [""])
        assert slot.conditions_digest == conditions_digest(slot)
