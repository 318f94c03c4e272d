"""What keeps a launch from being ready, each line with the rows it counts and who may mend it."""

from urllib.parse import urlencode

from django.utils.translation import gettext as _

from checklist.models import Section
from checklist.pages.check import Gap
from checklist.pages.links import sign_url
from checklist.pages.names import Named, Names, any_of, waited_for
from checklist.pages.turns import moment
from checklist.reading import LaunchStanding
from checklist.turns import asked_since
from sentinel.reasons import Reason
from signoff.words import sentence

FILTERS = {
    "items_outstanding": {"status": "outstanding"},
    "evidence_expired": {"gap": "evidence_expired"},
}


def blocker_lines(standing: LaunchStanding, names: Names) -> list[Gap]:
    """The blockers in words."""
    sections = {f"section:{section.number}": section for section in standing.sections}
    return [
        _line(reason, sections.get(reason.subject), standing, names)
        for reason in standing.verdict.readiness.blockers
    ]


def _line(reason: Reason, section: Section | None, standing: LaunchStanding, names: Names) -> Gap:
    if section is None:
        return Gap(sentence(reason), standing.launch.get_absolute_url())
    section.launch = standing.launch
    if reason.code.startswith("slot_") and section.asked_at is not None:
        return Gap(
            sentence(reason),
            sign_url(standing.launch.slug, section.number),
            _who_signs(section, standing, names),
        )
    query = FILTERS.get(reason.code)
    url = section.get_absolute_url()
    address = f"{url}?{urlencode(query)}" if query else url
    owner = Named(standing.launch.owner_team_id, standing.launch.owner_team.name)
    teams = any_of(team.name for team in names.teams_of(section) or [owner])
    if reason.code.startswith("slot_"):
        return Gap(sentence(reason), address, _("A lead of %(team)s asks") % {"team": teams})
    return Gap(sentence(reason), address, teams)


def _who_signs(section: Section, standing: LaunchStanding, names: Names) -> str:
    slots = standing.slots_of(section)
    found = [named for slot in slots for named in waited_for(names.holders_of(slot))]
    if not found:
        return " ".join(names.nobody_holds(slot) for slot in slots)
    sinces = [since for slot in slots if (since := asked_since(slot, section.asked_at))]
    parts = {"who": any_of(dict.fromkeys(found)), "when": moment(min(sinces, default=None))}
    text = _("Waiting on %(who)s since %(when)s") if sinces else _("Waiting on %(who)s")
    return text % parts
