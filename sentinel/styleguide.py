"""One sheet with every component in every state, for whoever writes a page: made-up data, routed under DEBUG only."""

# ruff: noqa: E501, RUF001 - samples read best as tables, and T\N{MINUS SIGN}12 days has a minus sign

from dataclasses import dataclass
from datetime import UTC, datetime

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

WHEN = datetime(2025, 12, 2, 9, 12, tzinfo=UTC)

STATUSES = {
    "done": "Done",
    "na": "N/A",
    "attention": "Needs attention",
    "not_done": "Not done",
    "unset": "Not set",
}
WORDS = {
    "done": "done",
    "na": "N/A",
    "attention": "needs attention",
    "not_done": "not done",
    "unset": "not set",
}
BUTTONS = [(value, STATUSES[value]) for value in ("unset", "done", "attention", "not_done", "na")]
STATES = {
    "open": "In progress",
    "ready": "Ready to sign",
    "asked": "Signature asked",
    "signed": "Signed",
    "stale": "Changed since signed",
    "returned": "Returned",
    "complete": "All items settled",
}
SPRITE = (
    "unset done attention not_done na open ready asked signed stale returned complete not-ready approved no-go live unapproved postponed rolled-back closed cancelled "
    "lock clock evidence comment question warning info person team menu close search chevron next download link"
)
SMALLEST = 7.0


@dataclass(frozen=True, slots=True)
class Part:
    status: str
    label: str
    count: int
    x: float
    width: float
    url: str = "#"


def segments(**counts: int) -> list[Part]:
    """Shares of 100, none so small that its count is cut off."""
    present = {status: counts[status] for status in STATUSES if counts.get(status)}
    spare = 100 - SMALLEST * len(present)
    parts: list[Part] = []
    x = 0.0
    for status, count in present.items():
        width = SMALLEST + spare * count / sum(present.values())
        parts.append(Part(status, WORDS[status], count, round(x, 2), round(width, 2)))
        x += width
    return parts


VERDICTS = [
    {
        "tone": "not-ready",
        "word": "NOT READY",
        "details": [
            {"text": "50 items outstanding", "url": "#"},
            {"text": "10 sections unsigned", "url": "#"},
            {"text": "1 open question", "url": "#"},
        ],
        "waits": "Next: 1.3 TLS/SSL certificates installed, Security Team.",
        "clock": "T−12 days",
        "target": "Fri 12 Dec 2025, 14:00 CET",
    },
    {
        "tone": "ready",
        "word": "READY TO DECIDE",
        "details": [
            {"text": "107 items settled", "url": "#"},
            {"text": "10 sections signed", "url": "#"},
        ],
        "waits": "Waiting on three executive votes since Tue 9 Dec 16:20.",
        "clock": "T−3 days",
        "target": "Fri 12 Dec 2025, 14:00 CET",
    },
    {
        "tone": "approved",
        "word": "APPROVED",
        "details": [
            {"text": "3 of 3 votes GO", "url": "#"},
            {"text": "10 sections signed", "url": "#"},
        ],
        "waits": "The last vote was cast on Thu 11 Dec 17:45 by D. Okafor (COO).",
        "clock": "T−20 hours",
        "target": "Fri 12 Dec 2025, 14:00 CET",
    },
    {
        "tone": "no-go",
        "word": "NO-GO",
        "details": [{"text": "voted by R. Chen (CISO)", "url": "#"}],
        "waits": "Production keys were shared over chat. Rotate them and open a new round.",
        "clock": "T−1 day",
        "target": "Fri 12 Dec 2025, 14:00 CET",
    },
]

SECTIONS = [
    (1, "Security", "Security Team", "open", {"done": 8, "unset": 7}, "1.3 TLS/SSL certificates installed", "CISO or Security Lead", "the team"),
    (2, "Performance", "Engineering Team", "asked", {"done": 9, "na": 1}, "", "Engineering Manager", "M. Ito"),
    (3, "Monitoring & Observability", "DevOps / SRE Team", "open", {"done": 9, "attention": 2, "unset": 1}, "3.7 Distributed tracing implemented", "DevOps Lead", "the team"),
    (4, "High Availability & Disaster Recovery", "Infrastructure and DevOps Team", "returned", {"done": 3, "not_done": 2, "unset": 5}, "4.3 Database backup automated", "Infrastructure Lead", "the team"),
    (5, "Documentation", "Technical Writing, Engineering Team", "signed", {"done": 10}, "", "Engineering Manager", ""),
    (6, "Compliance & Legal", "Legal and Compliance Team", "open", {"done": 3, "attention": 1, "unset": 6}, "6.1 Privacy policy reviewed", "General Counsel or Compliance Officer", "the team"),
    (7, "Operational Procedures", "Operations Team", "stale", {"done": 9, "attention": 1}, "7.4 Backup/restore procedures tested", "Operations Manager", "L. Haddad"),
    (8, "Infrastructure", "Infrastructure Team", "open", {"done": 1, "unset": 9}, "8.1 Production environment provisioned", "Infrastructure Lead", "the team"),
    (9, "Testing", "QA Team", "ready", {"done": 9, "na": 1}, "", "QA Lead", "P. Novak to ask"),
    (10, "Business Continuity", "Business Operations", "open", {"done": 2, "unset": 8}, "10.1 Launch communication plan", "COO or Business Lead", "the team"),
]  # fmt: skip

ITEMS = [
    ("1.1", "Security audit completed", "done", "Week 8 red team audit passed", "A. Brandt", "", ""),
    ("1.2", "Critical vulnerabilities remediated", "done", "Zero critical, 2 medium resolved", "", "", ""),
    ("1.3", "TLS/SSL certificates installed", "attention", "Production certs needed", "M. Ito", "due 5 Dec", "1 open question"),
    ("1.4", "Secrets stored securely (not in code)", "done", "K8s Secrets / AWS Secrets Manager", "", "", ""),
    ("1.5", "KMS keys provisioned", "unset", "AWS KMS keys for prod environment", "", "overdue since 28 Nov", ""),
    ("1.7", "Database passwords strong & unique", "not_done", "Minimum 32 characters, no dictionary words", "", "", ""),
    ("1.10", "WAF configured", "na", "Traffic reaches the cluster through the partner's WAF, which we audit yearly", "A. Brandt", "", ""),
]  # fmt: skip

QUESTIONS = [
    ("All checklists complete?", "no", "No: 50 of 107 items are outstanding.", "No", ""),
    ("Outstanding items acceptable for launch?", "no", "No: none of the 50 is accepted.", "Yes", "Each has an owner and a date before Friday."),
    ("Risk assessment completed?", "yes", "Yes: 4 of 4 risks have likelihood, impact, mitigation and owner.", "Yes", ""),
]  # fmt: skip

HISTORY = [
    {"at": WHEN, "text": "1.3 TLS/SSL certificates installed: Not set → Needs attention, M. Ito", "url": "#"},
    {"at": WHEN, "text": "R. Chen signed section 5 Documentation as Engineering Manager", "url": ""},
    {"at": WHEN, "text": "7.4 Backup/restore procedures tested: Done → Needs attention, S. Weiss. The signature of L. Haddad no longer covers this section", "url": "#"},
]  # fmt: skip

REASONS = [
    {
        "text": "1.3 TLS/SSL certificates installed is not settled.",
        "url": "#",
        "who": "Security Team",
    },
    {"text": "1.10 WAF configured is N/A without a reason.", "url": "#", "who": "Security Team"},
    {
        "text": "1.5 KMS keys provisioned has an open question from R. Chen.",
        "url": "#",
        "who": "R. Chen resolves it",
    },
]


class Example(forms.Form):
    name = forms.CharField(help_text="As people will read it in every mail.")
    environment = forms.ChoiceField(choices=[("", "Choose"), ("production", "Production")])
    target = forms.DateTimeField(label="Target date", help_text="In the launch's own time zone.")
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}))
    classification = forms.ChoiceField(
        choices=[("internal", "Internal"), ("restricted", "Restricted")],
        widget=forms.RadioSelect,
    )
    four_eyes = forms.BooleanField(required=False, label="Nobody signs what they edited themselves")
    file = forms.FileField(required=False)


def example() -> Example:
    form = Example(
        {"name": "Aureus Sentinel", "target": "31.02.2026", "classification": "internal"}
    )
    form.add_error(None, "The target date lies before the launch was created.")
    return form


@login_not_required
@require_GET
def styleguide(request: HttpRequest) -> HttpResponse:
    sections = [(*row[:4], STATES[row[3]], segments(**row[4]), *row[5:]) for row in SECTIONS]
    context = {
        "verdicts": VERDICTS,
        "statuses": STATUSES.items(),
        "states": STATES.items(),
        "sprite": SPRITE.split(),
        "total": segments(done=55, na=2, attention=3, not_done=2, unset=45),
        "sections": sections,
        "items": ITEMS,
        "buttons": BUTTONS,
        "questions": QUESTIONS,
        "history": HISTORY,
        "reasons": REASONS,
        "when": WHEN,
        "form": example(),
    }
    return render(request, "styleguide.html", context)
