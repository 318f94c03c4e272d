"""The kinds of news that are evidence: what a signer, and whoever answers for a decision, keeps outside of this server.

Nobody chooses about them, and nobody's access decides: whoever signed is sent it. Of a restricted launch a mail holds
its name, digests and the ledger's, and nothing that is in it.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from subprocess import SubprocessError

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.mail.kinds import Attachment, Content, Kind
from accounts.models import News, User
from audit.head import BrokenLedger
from checklist.mails import subject_id
from checklist.models import Launch
from checklist.pages.links import decision_url
from checklist.reading import standing_of
from checklist.rules import Classification, Tone
from checklist.turns import managers_of
from sentinel.errors import Refused
from signoff.attestation.issuing import attestation_of
from signoff.capacity import capacity_words
from signoff.certificate.issuing import certify_decision
from signoff.models import Round, Signature
from signoff.outside import Sealed, sealed_decision, sealed_signature

logger = logging.getLogger(__name__)

# A certificate takes about half a second to make: tick does it, and no request waits for it.
BY_TICK = timedelta(seconds=1)


def _is_open(launch: Launch) -> bool:
    return launch.classification != Classification.RESTRICTED


def _verify_url() -> str:
    return f"{settings.BASE_URL}{reverse('signoff:verify')}"


def _text(name: str, text: str) -> Attachment:
    return Attachment(name, text.encode(), "text/plain")


def _checkpoint(sealed: Sealed | None) -> tuple[Attachment, ...]:
    return (_text("checkpoint.txt", sealed.note),) if sealed else ()


def _proof(sealed: Sealed | None, *, with_leaf: bool) -> tuple[Attachment, ...]:
    if sealed is None:
        return ()
    try:
        return (_text("proof.txt", sealed.proof(with_leaf=with_leaf)),)
    except BrokenLedger as broken:
        logger.error("A signer is mailed no proof. %s", broken)  # noqa: TRY400 - the sentence says all
        return ()


# A signature


def _say_signed(news: News, _reader: User, _now: datetime) -> Content | None:
    rows = Signature.objects.select_related("launch", "section", "slot")
    signature = rows.filter(pk=subject_id(news)).first()
    if signature is None:
        return None
    launch, sealed = signature.launch, sealed_signature(signature)
    is_open, proof = _is_open(launch), _proof(sealed, with_leaf=_is_open(launch))
    files = [*_checkpoint(sealed), *proof]
    if is_open:
        statement = bytes(signature.statement)
        files.append(Attachment("statement.json", statement, "application/json"))
    context = {
        "thing": f"{signature.section or signature.slot.title}, {launch}" if is_open else launch,
        "is_open": is_open,
        "signature": signature,
        "capacity": capacity_words(
            signature.authority_name, signature.standing_in_for, signature.appointed_by
        ),
        "sealed": sealed,
        "has_proof": bool(proof),
        "verify_url": _verify_url(),
    }
    return Content(signature.get_absolute_url(), context, tuple(files))


# A decision


def _decided(news: News) -> Round | None:
    rows = Round.objects.select_related("launch__owner_team", "launch__template", "opened_by")
    return rows.filter(pk=subject_id(news)).first()


def _who_answers(news: News, _now: datetime) -> Iterable[User]:
    """Whoever signed in the round, and the launch's managers."""
    round_ = _decided(news)
    if round_ is None:
        return ()
    signers = User.objects.filter(pk__in=round_.signatures.values("signer"))
    return [*signers, *managers_of(round_.launch)]


@dataclass(frozen=True, slots=True)
class NotWith:
    """A file that could not be made for a mail, and the sentence that says why."""

    why: str


def _certificate(round_: Round, now: datetime) -> Attachment | NotWith:
    try:
        made = certify_decision(round_.launch, round_, now=now)
    except Refused as refusal:
        why = " ".join(refusal.messages)
    except SubprocessError as trouble:
        logger.error("A certificate could not be mailed. %s", trouble)  # noqa: TRY400 - the sentence says all
        why = _("It could not be made.")
    else:
        return Attachment(made.name, made.content, "application/pdf")
    return NotWith(_("The sealed certificate is not with this mail. %(why)s") % {"why": why})


def _attestation(round_: Round, now: datetime) -> Attachment | NotWith | None:
    """Of a launch that is approved when the mail is written and names an artefact; of no other there is any."""
    launch = round_.launch
    approved = standing_of(launch, now).verdict.tone is Tone.APPROVED
    if not approved or not launch.artefact_digest:
        return None
    try:
        made = attestation_of(launch, now)
    except Refused as refusal:
        why = " ".join(refusal.messages)
        return NotWith(_("No attestation is with this mail. %(why)s") % {"why": why})
    return Attachment(f"{launch.slug}-attestation.json", made, "application/json")


type Make = Callable[[Round, datetime], Attachment | NotWith | None]

# What goes out with a decision besides the checkpoint, where the launch is open to everybody here.
DECISION_FILES: tuple[Make, ...] = (_certificate, _attestation)


def _say_decided(news: News, _reader: User, now: datetime) -> Content | None:
    round_ = _decided(news)
    if round_ is None:
        return None
    launch, sealed = round_.launch, sealed_decision(round_)
    is_open = _is_open(launch)
    made = [make(round_, now) for make in DECISION_FILES] if is_open else []
    files = [*_checkpoint(sealed), *(file for file in made if isinstance(file, Attachment))]
    context = {
        "thing": launch,
        "is_open": is_open,
        "round": round_,
        "sealed": sealed,
        "files": [file.name for file in files],
        "verify_url": _verify_url(),
        "gaps": [file.why for file in made if isinstance(file, NotWith)],
    }
    return Content(decision_url(launch.slug), context, tuple(files))


SIGNED = Kind("signed", None, "signoff/mail/signed.txt", _say_signed)
DECIDED = Kind("decided", None, "signoff/mail/decided.txt", _say_decided, _who_answers)

KINDS = (SIGNED, DECIDED)
