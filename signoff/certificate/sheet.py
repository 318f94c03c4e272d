"""A record in words: what is printed, in the reader's language. Values in, values out."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checklist.rules import ItemStatus, SectionState, SlotState
from signoff.capacity import capacity_words
from signoff.certificate.glyphs import printable
from signoff.pages.content import yes_or_no
from signoff.pages.people import in_zone, to_the_second
from signoff.rules import Act, Question, RoundState, Vote
from signoff.statements import end_words

type Value = dict[str, Any]
type Rows = list[list[str]]

SHORT = 8
TONES = {
    RoundState.GO: "good",
    RoundState.GO_CONDITIONAL: "good",
    RoundState.LAUNCHED: "good",
    RoundState.NO_GO: "bad",
}
SECTION_TONES = {SectionState.SIGNED: "good", SectionState.COMPLETE: "good"}


def sheet_of(record: Value, *, digest: str, authority: str) -> Value:
    """All that the layout prints. `digest`: of the record; `authority`: the fingerprint of the root that seals."""
    zone = record["launch"]["time_zone"]
    signatures = {row["sha256"]: row for row in record["signatures"]}
    about = _decision(record) if record["about"] == "decision" else _section(record)
    value = {
        **about,
        "language": record["language"] or "en",
        "launch": _launch_name(record),
        "facts": _facts(record, zone),
        "verdict": record["verdict"]["text"],
        "verdict_at": _("How the launch stood when this was printed, %(when)s")
        % {"when": _second(record["printed"]["at"], zone)},
        "blockers": _blockers(record),
        "votes": _votes(record, signatures, zone),
        "answers": _answers(record),
        "sections": [_section_rows(row, signatures, zone) for row in record["sections"]],
        "over": _over(record),
        "conditions": [_condition(row, zone) for row in record["conditions"]],
        "acceptances": [_acceptance(row, zone) for row in record["acceptances"]],
        "contents": _contents(record, signatures, zone),
        "signatures": [_signature(row) for row in record["signatures"]],
        "check": _check(record, digest, authority),
        "foot": _foot(record, digest, zone),
        "words": _words(),
    }
    printed: Value = _printable(value)
    return printed


def _printable(value: Any) -> Any:
    match value:
        case str():
            return printable(value)
        case dict():
            return {key: _printable(part) for key, part in value.items()}
        case list() | tuple():
            return [_printable(part) for part in value]
    return value


def _time(text: str) -> datetime:
    found = parse_datetime(text)
    if found is None:
        raise ValueError(f"{text} is no moment.")
    return found


def _minute(text: str, zone: str) -> str:
    return in_zone(_time(text), zone)


def _second(text: str, zone: str) -> str:
    return to_the_second(_time(text), zone)


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text), "D j M Y")


def _launch_name(record: Value) -> str:
    launch = record["launch"]
    return f"{launch['name']} {launch['version']}"


def _decision(record: Value) -> Value:
    round_ = record["round"]
    state = RoundState(round_["state"])
    outcome = {
        RoundState.OPEN: _("Not decided yet"),
        RoundState.GO: _("GO"),
        RoundState.GO_CONDITIONAL: _("GO with conditions"),
        RoundState.NO_GO: _("NO-GO"),
        RoundState.CANCELLED: _("Cancelled without a decision"),
        RoundState.LAUNCHED: _("Ended by going live"),
    }[state]
    return {
        "kind": _("Certificate of decision"),
        "title": _("Decision about %(launch)s, round %(number)d")
        % {"launch": _launch_name(record), "number": round_["number"]},
        "outcome": outcome,
        "tone": TONES.get(state, "open"),
    }


def _section(record: Value) -> Value:
    (section,) = record["sections"]
    state = SectionState(section["state"])
    return {
        "kind": _("Certificate of a section"),
        "title": _("Section %(number)s of %(launch)s: %(title)s")
        % {
            "number": section["number"],
            "title": section["title"],
            "launch": _launch_name(record),
        },
        "outcome": str(state.label),
        "tone": SECTION_TONES.get(state, "open"),
    }


def _facts(record: Value, zone: str) -> Rows:
    launch, round_ = record["launch"], record["round"]
    facts = [
        [_("Environment"), launch["environment"]],
        [_("Owner team"), launch["owner_team"]],
        [_("Managed by"), ", ".join(launch["managers"])],
        [_("Artefact"), launch["artefact"]],
        [_("Times"), _("in the launch's zone, %(zone)s") % {"zone": zone}],
        [_("Target"), _minute(launch["target_at"], zone) if launch["target_at"] else ""],
        [_("Live since"), _minute(launch["live_at"], zone) if launch["live_at"] else ""],
        [
            _("Live without approval"),
            _minute(launch["unapproved_at"], zone) if launch["unapproved_at"] else "",
        ],
    ]
    if round_:
        parts = {"when": _minute(round_["opened_at"], zone), "who": round_["opened_by"]}
        closed = _minute(round_["closed_at"], zone) if round_["closed_at"] else ""
        facts += [
            [_("Round opened"), _("%(when)s by %(who)s") % parts],
            [_("Round ended"), closed],
            [_("Changed since the last round"), round_["what_changed"]],
            [_("Why it was cancelled"), round_["close_reason"]],
        ]
    return [row for row in facts if row[1]]


def _blockers(record: Value) -> list[str]:
    return list(record["verdict"]["blockers"])


def _signer(row: Value) -> list[str]:
    """Name, authority, and as whose deputy or by whose appointment, of whoever signed."""
    signer = row["statement"]["signer"]
    principal = signer.get("standing_in_for", {}).get("name", "")
    by = signer.get("appointed_for_launch", {}).get("by", "")
    return [signer["name"], capacity_words(signer["authority"], principal, by)]


def _votes(record: Value, signatures: dict[str, Value], zone: str) -> Rows:
    """An executive's place a row: title, name, role, vote, date, digest."""
    return [_vote(row["title"], signatures.get(row["signature"]), zone) for row in record["votes"]]


def _vote(title: str, row: Value | None, zone: str) -> list[str]:
    if row is None:
        return [title, "", "", _("Not cast"), "", ""]
    vote = str(Vote(row["statement"]["vote"]).label)
    word = vote if row["stands"] else _("%(vote)s, changed since") % {"vote": vote}
    when = _minute(row["statement"]["time"], zone)
    return [title, *_signer(row), word, when, row["sha256"][:SHORT]]


def _answers(record: Value) -> Rows:
    if not record["round"]:
        return []
    given = {row["question"]: row for row in record["round"]["answers"]}
    return [
        [
            str(question.label),
            yes_or_no(given=given[question.value]["given"]),
            given[question.value]["reason"],
        ]
        for question in Question
    ]


def _over(record: Value) -> str:
    if record["about"] == "section":
        return ""
    if record["over"] == "what is there":
        return _("The sections as they stood when this was printed.")
    if record["sections"]:
        return _("The sections as they stood when the last vote of this round was cast.")
    return _("Nobody voted in this round, so it covers no section.")


def _section_rows(section: Value, signatures: dict[str, Value], zone: str) -> Value:
    """A section's number and title, and a row a slot: state, name, role, date, digest."""
    return {
        "number": section["number"],
        "title": section["title"],
        "digest": section["material"][:SHORT],
        "slots": [_slot(row, signatures, zone) for row in section["slots"]]
        or [[_("Nobody has to sign"), "", "", "", ""]],
    }


def _slot(slot: Value, signatures: dict[str, Value], zone: str) -> list[str]:
    row = signatures.get(slot["signature"])
    state = str(SlotState(slot["state"]).label)
    if row:
        when = _minute(row["statement"]["time"], zone)
        return [state, *_signer(row), when, row["sha256"][:SHORT]]
    if slot["returned"]:
        returned = slot["returned"]
        return [state, returned["by"], returned["reason"], _minute(returned["at"], zone), ""]
    return [state, "", slot["title"], "", ""]


def _condition(row: Value, zone: str) -> list[str]:
    due = _("before the launch") if row["before_launch"] else _("after the launch")
    parts = {"day": _day(row["due"]), "when": due}
    return [
        row["text"],
        row["keeper"],
        _("%(day)s, %(when)s") % parts,
        row["asked_by"],
        _kept(row, zone),
    ]


def _kept(row: Value, zone: str) -> str:
    if row["done_at"]:
        parts = {"when": _minute(row["done_at"], zone), "how": row["done_note"]}
        return _("Done %(when)s: %(how)s") % parts
    if row["ended"]:
        return _("Ended: %(why)s") % {"why": row["ended_reason"]}
    return _("Open")


def _acceptance(row: Value, zone: str) -> list[str]:
    return [
        f"{row['number']} {row['text']}",
        row["by"],
        end_words(_time(row["until"]), zone),
        row["reason"],
        row["statement"][:SHORT],
    ]


def _contents(record: Value, signatures: dict[str, Value], zone: str) -> list[Value]:
    """What was signed of each section, item by item; of one that nobody has signed, what is there."""
    return [
        content
        for section in record["sections"]
        if (content := _content(section, record, signatures, zone))["items"]
    ]


def _content(
    section: Value, record: Value, signatures: dict[str, Value], zone: str
) -> dict[str, Any]:
    signed = [row for slot in section["slots"] if (row := signatures.get(slot["signature"]))]
    value = {"title": f"{section['number']}. {section['title']}"}
    if not signed:
        items = section.get("items", [])
        return value | {
            "note": _("Not signed: as it stood when printed."),
            "items": _items(items, zone),
        }
    last = max(signed, key=lambda row: row["statement"]["time"])
    digest = last["statement"]["content"]["sha256"]
    parts = {
        "who": last["statement"]["signer"]["name"],
        "when": _second(last["statement"]["time"], zone),
        "digest": digest,
    }
    note = _("As %(who)s signed it, %(when)s; content %(digest)s") % parts
    return value | {"note": note, "items": _items(record["contents"][digest]["items"], zone)}


def _items(items: Iterable[Value], zone: str) -> Rows:
    """Number, text with what is remarked of it, status in a word, status as a code for its colour."""
    return [
        [
            item["number"],
            item["text"],
            str(ItemStatus(item["status"]).label),
            item["status"],
            "\n".join(_remarks(item, zone)),
        ]
        for item in items
    ]


def _remarks(item: Value, zone: str) -> Iterable[str]:
    if item["na_reason"]:
        yield _("N/A: %(why)s") % {"why": item["na_reason"]}
    if item["acceptance"]:
        yield _("Accepted until %(until)s by %(who)s: %(why)s") % {
            "until": end_words(_time(item["acceptance"]["until"]), zone),
            "who": item.get("accepted_by", ""),
            "why": item.get("accepted_because", ""),
        }
    if item["owner"]:
        yield _("Owner: %(owner)s") % {"owner": item["owner"]}
    if item["note"]:
        yield _("Note: %(note)s") % {"note": item["note"]}
    for proof in item["evidence"]:
        sha256 = f" (SHA-256 {proof['sha256']})" if proof["sha256"] else ""
        yield _("Evidence: %(name)s") % {"name": f"{proof['name']} {proof['url']}".strip() + sha256}


def _signature(row: Value) -> Value:
    """A signature whole: the sentence, and a pair a line."""
    stated = row["statement"]
    signer, zone = stated["signer"], stated["zone"]
    name, capacity = _signer(row)
    place = _("Not in the ledger")
    if row["ledger"]:
        place = _("Entry %(seq)d, %(hash)s") % {
            "seq": row["ledger"]["seq"],
            "hash": row["ledger"]["leaf_hash"],
        }
    when = _("%(local)s (%(zone)s); %(utc)s") % {
        "local": _second(stated["time"], zone),
        "zone": zone,
        "utc": _second(stated["time"], "UTC"),
    }
    pairs = [
        [_("Signed by"), f"{name}, {capacity}" if capacity else name],
        [_("Account"), signer["email"]],
        [_("Time"), when],
        [_("Reason") if _is_refusal(stated) else _("Comment"), stated["comment"]],
        [_("Evidence"), row["level_text"]],
        [_("Whose key"), _whose_key(row)],
        [_("Statement"), row["sha256"]],
        [_("Content"), stated["content"]["sha256"]],
        [_("Ledger"), place],
        [_("Stands"), yes_or_no(given=row["stands"])],
    ]
    return {
        "sentence": stated["meaning_text"],
        "pairs": [pair for pair in pairs if pair[1]],
        "short": row["sha256"][:SHORT],
    }


def _whose_key(row: Value) -> str:
    """Of a signature with a passkey: whether anybody had made sure whose it is."""
    if row["identity_verified"] is None:
        return ""
    if row["identity_verified"]:
        return _("Somebody had made sure that it is theirs.")
    return _("Identity not verified: nobody had made sure whose key it is.")


def _is_refusal(stated: Value) -> bool:
    return stated["act"] not in {Act.SIGN, Act.VOTE} or stated.get("vote") == Vote.NO_GO


def _check(record: Value, digest: str, authority: str) -> Rows:
    ledger = record["printed"]["ledger"]
    return [
        [
            _("The seal"),
            _(
                "This file carries a digital seal. A PDF reader shows it as valid, and the file as unchanged, once it "
                "trusts the root whose SHA-256 fingerprint is below. Take the fingerprint from whoever runs this "
                "installation, by another way than this file."
            ),
        ],
        [_("Root"), authority],
        [
            _("The record"),
            _(
                "record.json is attached. It has every statement word for word, in canonical JSON (RFC 8785): "
                "SHA-256 over a statement gives the digest printed beside its signature."
            ),
        ],
        [_("Its SHA-256"), digest],
        [
            _("The ledger"),
            ngettext(
                "%(n)d entry when this was printed; root %(root)s",
                "%(n)d entries when this was printed; root %(root)s",
                ledger["size"],
            )
            % {"n": ledger["size"], "root": ledger["root"]},
        ],
        [_("Receipts"), record["launch"]["url"]],
        [
            _("Not proved"),
            _(
                "That a person named here was the one at the keyboard rests on how they signed; each signature says "
                "it under Evidence. What happened after the printing is not in this file."
            ),
        ],
    ]


def _foot(record: Value, digest: str, zone: str) -> str:
    return _("%(launch)s · printed %(when)s · record %(digest)s") % {
        "launch": _launch_name(record),
        "when": _minute(record["printed"]["at"], zone),
        "digest": digest[:SHORT],
    }


def _words() -> dict[str, Any]:
    """Headings and column names."""
    return {
        "votes": _("Executive votes"),
        "vote_columns": [_("For"), _("Name"), _("Role"), _("Vote"), _("Date"), _("Digest")],
        "answers": _("What was asked"),
        "answer_columns": [_("Question"), _("Answer"), _("Reason")],
        "sections": _("Sections"),
        "section_columns": [_("Section"), _("State"), _("Name"), _("Role"), _("Date"), _("Digest")],
        "conditions": _("Conditions"),
        "condition_columns": [_("Condition"), _("Owner"), _("Due"), _("Asked by"), _("State")],
        "acceptances": _("Accepted while outstanding"),
        "acceptance_columns": [
            _("Item"),
            _("Accepted by"),
            _("Until"),
            _("Reason"),
            _("Digest"),
        ],
        "blockers": _("What stood in the way when this was printed"),
        "check": _("How to check this certificate"),
        "contents": _("Annex A: what was signed, item by item"),
        "item_columns": [_("Number"), _("Item"), _("Status")],
        "signatures": _("Annex B: the signatures in full"),
        "no_signatures": _("There is no signature yet."),
        "page": _("Page"),
        "of": _("of"),
        "mark": _("Sentinel"),
        "record": _("The record of this certificate, canonical JSON (RFC 8785)"),
    }
