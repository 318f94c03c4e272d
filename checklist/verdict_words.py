"""A launch's verdict in words: the first line of its page, made by one function for everybody who says it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.values import shortened
from checklist.models import Launch
from checklist.pages.acceptance import last_day
from checklist.pages.conditions import after_launch_words, before_launch_words
from checklist.pages.links import conditions_url, decision_url
from checklist.reading import LaunchStanding
from checklist.rules import (
    BEFORE_LIVE,
    UNSIGNED,
    LaunchState,
    Outcome,
    Phase,
    Readiness,
    SectionState,
    Tone,
)


@dataclass(frozen=True, slots=True)
class Detail:
    """A part of the verdict, and the address of the rows it counts ("" for none)."""

    text: str
    url: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """What components/verdict.html shows; `str()` is the same in one line, for mail and lists."""

    tone: str
    word: str
    details: tuple[Detail, ...]
    waits: str
    clock: str
    target: str
    alarm: str = ""

    def __str__(self) -> str:
        details = ", ".join(map(str, self.details))
        return f"{self.word}: {details}" if details else self.word


def verdict_words(standing: LaunchStanding, now: datetime) -> VerdictWords:
    """The verdict of a launch, with what it rests on and how long there is."""
    launch, verdict = standing.launch, standing.verdict
    say = {
        Tone.NOT_READY: _gaps,
        Tone.READY: _readiness,
        Tone.APPROVED: _approval,
        Tone.NO_GO: _refusal,
        Tone.POSTPONED: _standing_still,
        Tone.LIVE: _going_on,
        Tone.UNAPPROVED: _going_on,
        Tone.ROLLED_BACK: _taken_back,
        Tone.CLOSED: _closing,
        Tone.CANCELLED: _ending,
    }[verdict.tone]
    details, waits = say(standing, now)
    return VerdictWords(
        tone=verdict.tone.value,
        word=str(verdict.tone.label),
        details=tuple(details),
        waits=waits,
        clock=countdown(launch, now),
        target=target_words(launch),
        alarm=alarm_words(launch),
    )


def _gaps(standing: LaunchStanding, now: datetime) -> tuple[list[Detail], str]:
    ready = standing.verdict.readiness
    sections = reverse("checklist:launch", args=[standing.launch.slug])
    items = reverse("checklist:items", args=[standing.launch.slug])
    weighed = [facts for facts in standing.facts if facts.blockers]
    blocking = [row for row in standing.sections if row.phase == Phase.READINESS]
    ended = sum(row.acceptances_ended for row in blocking)
    expired = sum(facts.expired for facts in weighed)
    states = Counter(facts.state for facts in weighed if facts.slots)
    unsigned = sum(states[state] for state in UNSIGNED)
    counted = [
        (ready.counts.outstanding, _outstanding, f"{items}?status=outstanding"),
        (ready.accepted, _accepted, f"{items}?status=accepted"),
        (ended, _ended, f"{items}?status=unaccepted"),
        (expired, _expired, f"{sections}?show=expired#sections"),
        (unsigned, _unsigned, f"{sections}?show=unsigned#sections"),
        (states[SectionState.STALE], _stale, f"{sections}?show=stale#sections"),
        (states[SectionState.RETURNED], _returned, f"{sections}?show=returned#sections"),
    ]
    details = [Detail(say(count), url) for count, say, url in counted if count]
    details += _waivers(standing, now)
    if not ready.counts.total:
        details.insert(0, Detail(_("no item to weigh yet")))
    return details, _reaffirmation(standing)


def _outstanding(count: int) -> str:
    return ngettext("%(n)d item outstanding", "%(n)d items outstanding", count) % {"n": count}


def _accepted(count: int) -> str:
    return ngettext("%(n)d accepted", "%(n)d accepted", count) % {"n": count}


def _waivers(standing: LaunchStanding, now: datetime) -> list[Detail]:
    """How many acceptances end next, and when: "1 waiver expires Friday"."""
    launch = standing.launch
    rows = [row for row in standing.sections if row.phase == Phase.READINESS]
    ends = [row.acceptances_end for row in rows if row.acceptances_end]
    if not ends or launch.is_frozen:
        return []
    count = sum(row.acceptances_ending for row in rows if row.acceptances_end == min(ends))
    day = last_day(min(ends), launch)
    near = day.date() - now.astimezone(launch.zone).date() < timedelta(days=7)
    words = {"n": count, "day": date_format(day, "l" if near else "j M")}
    text = ngettext("%(n)d waiver expires %(day)s", "%(n)d waivers expire %(day)s", count) % words
    return [Detail(text, f"{reverse('checklist:items', args=[launch.slug])}?status=accepted")]


def _ended(count: int) -> str:
    return ngettext("%(n)d waiver has ended", "%(n)d waivers have ended", count) % {"n": count}


def _expired(count: int) -> str:
    text = ngettext("evidence of %(n)d item expired", "evidence of %(n)d items expired", count)
    return text % {"n": count}


def _unsigned(count: int) -> str:
    return ngettext("%(n)d section unsigned", "%(n)d sections unsigned", count) % {"n": count}


def _stale(count: int) -> str:
    text = ngettext(
        "%(n)d section changed since signed", "%(n)d sections changed since signed", count
    )
    return text % {"n": count}


def _returned(count: int) -> str:
    return ngettext("%(n)d section returned", "%(n)d sections returned", count) % {"n": count}


def _readiness(standing: LaunchStanding, now: datetime) -> tuple[list[Detail], str]:
    decision = standing.verdict.decision
    if decision.outcome is Outcome.NONE:
        return _complete(standing, now), _("No decision round is open yet.")
    waits = _reaffirmation(standing) or _votes_missing(standing) or _promises_missing(standing)
    details = _conditions(standing, before_launch_words(standing.launch))
    return [*details, *_complete(standing, now)], waits


def _conditions(standing: LaunchStanding, text: str) -> list[Detail]:
    return [Detail(text, conditions_url(standing.launch.slug))] if text else []


def _complete(standing: LaunchStanding, now: datetime) -> list[Detail]:
    ready: Readiness = standing.verdict.readiness
    slug = standing.launch.slug
    settled = ngettext("%(n)d item settled", "%(n)d items settled", ready.counts.settled)
    signed = ngettext("%(n)d section signed", "%(n)d sections signed", ready.signed)
    items, launch = (reverse(f"checklist:{name}", args=[slug]) for name in ("items", "launch"))
    accepted = Detail(_accepted(ready.accepted), f"{items}?status=accepted")
    return [
        Detail(settled % {"n": ready.counts.settled}, f"{items}?status=settled"),
        *([accepted, *_waivers(standing, now)] if ready.accepted else []),
        Detail(signed % {"n": ready.signed}, f"{launch}?show=signed#sections"),
    ]


def _votes_missing(standing: LaunchStanding) -> str:
    missing = sum(not slot.stands for slot in standing.verdict.decision.slots)
    if not missing:
        return ""
    text = ngettext(
        "Waiting on %(n)d executive vote.", "Waiting on %(n)d executive votes.", missing
    )
    return text % {"n": missing}


def _promises_missing(standing: LaunchStanding) -> str:
    if not standing.verdict.decision.stands:
        return ""
    return _("GO was given: it is approved once all is done that was asked for before the launch.")


def _reaffirmation(standing: LaunchStanding) -> str:
    if not standing.verdict.to_reaffirm:
        return ""
    return _("GO was given, and something has changed under it since: it has to be affirmed again.")


def _approval(standing: LaunchStanding, now: datetime) -> tuple[list[Detail], str]:
    decision = standing.verdict.decision
    text = _("%(votes)d of %(votes)d votes GO")
    if decision.outcome is Outcome.GO_CONDITIONAL:
        text = _("%(votes)d of %(votes)d votes GO, with conditions")
    text %= {"votes": len(decision.slots)}
    given = Detail(text, decision_url(standing.launch.slug))
    owed = _conditions(standing, after_launch_words(standing.launch))
    return [given, *owed, *_complete(standing, now)], ""


def _refusal(standing: LaunchStanding, _now: datetime) -> tuple[list[Detail], str]:
    url, why = decision_url(standing.launch.slug), standing.launch.refused_because
    text = _("the last round ended with NO-GO")
    if why:
        text = _("the last round ended with NO-GO: “%(why)s”") % {"why": shortened(why)}
    return (
        [Detail(text, url)],
        _("Read the reason, mend it, and open a new round."),
    )


def _weighed(standing: LaunchStanding, now: datetime) -> list[Detail]:
    """What readiness came to: its gaps, or that it was complete."""
    ready = standing.verdict.readiness.ready
    return _complete(standing, now) if ready else _gaps(standing, now)[0]


def _standing_still(standing: LaunchStanding, now: datetime) -> tuple[list[Detail], str]:
    waits = _("It stands still until a launch manager resumes the review with a new date.")
    return _weighed(standing, now), waits


def _going_on(standing: LaunchStanding, now: datetime) -> tuple[list[Detail], str]:
    """What is left to do after the launch; for one without approval also what stood in the way."""
    launch = standing.launch
    after = [facts for facts in standing.facts if facts.phase is not Phase.READINESS]
    left = sum(facts.counts.outstanding for facts in after)
    text = ngettext(
        "%(n)d item left to do after the launch", "%(n)d items left to do after the launch", left
    )
    url = reverse("checklist:post-launch", args=[launch.slug])
    details = [Detail(text % {"n": left} if left else _("nothing left to do after it"), url)]
    if launch.live_round is None:
        details += _weighed(standing, now)
    waits = "" if left else _("A launch manager can close it.")
    return [*details, *_conditions_open(launch)], waits


def _conditions_open(launch: Launch) -> list[Detail]:
    count = launch.open_conditions
    if not count:
        return []
    text = ngettext("%(n)d open condition", "%(n)d open conditions", count) % {"n": count}
    return [Detail(text, conditions_url(launch.slug))]


def _taken_back(standing: LaunchStanding, _now: datetime) -> tuple[list[Detail], str]:
    waits = _("A launch manager says what changed and relaunches it, or cancels it.")
    return [Detail(_("readiness stands as it stood when it went live"))], waits


def _closing(standing: LaunchStanding, _now: datetime) -> tuple[list[Detail], str]:
    launch = standing.launch
    settled = [] if launch.open_conditions else [Detail(_("everything is settled"))]
    waits = ""
    if launch.next_review_on:
        day = date_format(launch.next_review_on, "D j M Y")
        waits = _("It is looked at again on %(day)s.") % {"day": day}
    return [*settled, *_conditions_open(launch)], waits


def _ending(standing: LaunchStanding, _now: datetime) -> tuple[list[Detail], str]:
    return [Detail(_("for good: nothing is decided here any more"))], ""


def alarm_words(launch: Launch) -> str:
    """That a launch once went live without approval: said for ever, with the reason while it is live by it."""
    if launch.unapproved_at is None:
        return ""
    when = full_moment(launch.unapproved_at, launch.zone)
    if launch.live_reason:
        text = _("Went live without approval, %(when)s. The reason given: %(reason)s")
        return text % {"when": when, "reason": launch.live_reason}
    return _("Went live without approval, %(when)s.") % {"when": when}


def full_moment(moment: datetime, zone: ZoneInfo) -> str:
    """A moment with its day, in the launch's zone: "Fri 12 Dec 2025, 14:00 CET"."""
    return date_format(moment.astimezone(zone), "D j M Y, H:i T")


def due_words(due: datetime, now: datetime, zone: ZoneInfo) -> str:
    """A deadline as a clock: "due in 5 h", "overdue since Tue 2 Dec 14:00 CET"."""
    if due <= now:
        when = date_format(due.astimezone(zone), "D j M H:i T")
        return _("overdue since %(when)s") % {"when": when}
    left = due - now
    if left.days >= 2:
        return ngettext("due in %(n)d day", "due in %(n)d days", left.days) % {"n": left.days}
    hours, rest = divmod(left.days * 86400 + left.seconds, 3600)
    if hours:
        return _("due in %(n)d h") % {"n": hours}
    return _("due in %(n)d min") % {"n": max(rest // 60, 1)}


def moved_words(launch: Launch) -> str:
    """That the target was moved: "first planned for Fri 12 Dec 2025, moved twice"."""
    if not launch.times_moved or launch.first_target_on is None:
        return ""
    times = ngettext("moved once", "moved %(n)d times", launch.times_moved)
    parts = {
        "day": date_format(launch.first_target_on, "D j M Y"),
        "times": times % {"n": launch.times_moved},
    }
    return _("first planned for %(day)s, %(times)s") % parts


def countdown(launch: Launch, now: datetime) -> str:
    """How long until the target, in days of the launch's own calendar; once live, until what is due next."""
    state = LaunchState(launch.state)
    if state is LaunchState.LIVE:
        return due_words(launch.next_due, now, launch.zone) if launch.next_due else ""
    if state is LaunchState.CLOSED and launch.next_review_on:
        return _("next review %(day)s") % {"day": date_format(launch.next_review_on, "j M Y")}
    if state not in BEFORE_LIVE:
        return ""
    return _days_left(launch, now)


def _days_left(launch: Launch, now: datetime) -> str:
    if launch.target_on is None or launch.target_at is None:
        return ""
    days = (launch.target_on - now.astimezone(launch.zone).date()).days
    if days > 0:
        return ngettext("T-minus %(n)d day", "T-minus %(n)d days", days) % {"n": days}
    if days < 0:
        text = ngettext("%(n)d day past its target", "%(n)d days past its target", -days)
        return text % {"n": -days}
    if launch.target_time is None:
        return _("due today")
    text = _("due since %(time)s today") if launch.target_at <= now else _("due today %(time)s")
    return text % {"time": time_format(launch.target_time, "H:i")}


def target_words(launch: Launch) -> str:
    """The target in the launch's own zone: "Fri 12 Dec 2025, 14:00 CET"; once live, since when."""
    if launch.live_at is not None:
        when = full_moment(launch.live_at, launch.zone)
        if launch.state == LaunchState.LIVE:
            return _("live since %(when)s") % {"when": when}
        return _("went live %(when)s") % {"when": when}
    if launch.target_on is None:
        return _("no target date yet")
    day = date_format(launch.target_on, "D j M Y")
    if launch.target_time is None or launch.target_at is None:
        return day
    return _("%(day)s, %(time)s") % {"day": day, "time": _clock(launch.target_at, launch.zone)}


def target_words_of(day: date | None, clock: time | None, zone: ZoneInfo) -> str:
    """A target as it was: "Fri 12 Dec 2025, 14:00 CET"."""
    if day is None:
        return _("none")
    if clock is None:
        return date_format(day, "D j M Y")
    return date_format(datetime.combine(day, clock, zone), "D j M Y, H:i T")


def target_for(launch: Launch) -> str:
    """The target in the reader's zone, where that is another moment on the clock; else nothing."""
    if launch.target_at is None or launch.target_time is None:
        return ""
    reader = timezone.get_current_timezone()
    theirs, ours = launch.target_at.astimezone(reader), launch.target_at.astimezone(launch.zone)
    if theirs.utcoffset() == ours.utcoffset():
        return ""
    return date_format(theirs, "D j M Y, H:i T")


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return date_format(moment.astimezone(zone), "H:i T")
