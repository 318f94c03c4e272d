"""The forms of launches: starting and changing one, letting people in, and the filters of their lists."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.forms import zone_choices
from accounts.models import Team, User
from checklist.forms.items import area, day_field, fingerprint
from checklist.models import Launch, TemplateVersion
from checklist.pages.rows import BY_STATUS
from checklist.rules import MOST_WORKING_HOURS, Classification, LaunchState, Tone
from sentinel.text import LineField, TextField, clean_email

CONTESTED = _(
    "Somebody else changed this launch meanwhile. Nothing was saved: look at what is there now, then save once more."
)
DIGEST = re.compile(r"(sha256:)?[0-9a-f]{64}|sha512:[0-9a-f]{128}", re.IGNORECASE)


class LaunchForm(forms.Form):
    """What a launch is about: the fields of `change_launch`."""

    name = LineField(label=_("Name"), max_length=200, help_text=_("The system's code name."))
    version = LineField(label=_("Version"), max_length=60)
    environment = LineField(
        label=_("Environment"), max_length=60, help_text=_("Where it goes: production, staging.")
    )
    target_on = day_field(_("Target date"))
    target_time = forms.TimeField(
        label=_("Target time"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text=_("Without a time, the whole day counts."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    owner_team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True),
        label=_("Owner team"),
        help_text=_("It answers for every section that names no team."),
    )
    classification = forms.ChoiceField(
        label=_("Classification"),
        choices=[
            (Classification.INTERNAL, _("internal: everybody who signs in may read it")),
            (Classification.RESTRICTED, _("restricted: only its teams, signers and guests may")),
        ],
        initial=Classification.INTERNAL,
    )
    four_eyes = forms.BooleanField(
        label=_("Four eyes"),
        required=False,
        help_text=_("Nobody signs a section whose statuses or evidence they set themselves."),
    )
    executive_keys = forms.BooleanField(
        label=_("Executives vote with their own key"),
        required=False,
        help_text=_(
            "A GO needs the passkey of whoever gives it: a password is not enough. NO-GO counts either way."
        ),
    )
    escalate_after_hours = forms.IntegerField(
        label=_("Escalate after working hours"),
        required=False,
        min_value=1,
        max_value=MOST_WORKING_HOURS,
        help_text=_(
            "When nobody has signed or voted for so many hours of Monday to Friday, 9 to 17, the next holder is asked. "
            "Empty: never."
        ),
    )
    description = TextField(label=_("Description"), required=False, max_length=5000, widget=area(3))
    artefact_digest = LineField(
        label=_("Artefact digest"),
        required=False,
        max_length=140,
        help_text=_("SHA-256 of what will be deployed, if it is built already."),
    )

    def clean_artefact_digest(self) -> str:
        digest: str = self.cleaned_data["artefact_digest"].lower()
        if digest and not DIGEST.fullmatch(digest):
            message = _("Give a SHA-256 in 64 hexadecimal digits, or leave this out.")
            raise ValidationError(message, code="digest")
        return digest


class EditLaunchForm(LaunchForm):
    """Changing a launch: the same, when it is reviewed next, and a fingerprint of what was there when it was opened."""

    next_review = LineField(label=_("Next review"), required=False)
    reason = TextField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=area(2),
        help_text=_(
            "Kept with the change. Needed to switch four eyes off, or the executives' keys."
        ),
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, launch: Launch) -> None:
        about = [name for name in self.base_fields if name not in {"seen", "reason"}]
        current = {name: getattr(launch, name) for name in about}
        self.fingerprint = fingerprint(current)
        super().__init__(data, initial=current | {"seen": self.fingerprint})
        fields: dict[str, Any] = self.fields
        if launch.state != LaunchState.DRAFT:  # then it is moved by postponing, with a reason
            del fields["target_on"], fields["target_time"]
        fields["owner_team"].queryset = Team.objects.filter(
            Q(is_active=True) | Q(pk=launch.owner_team_id)
        )

    def clean(self) -> None:
        """Where somebody else was quicker, say what is there now; sent once more, it is a choice."""
        if self.cleaned_data.get("seen") == self.fingerprint:
            return
        self.data = {**self.data.dict(), "seen": self.fingerprint}  # type: ignore[attr-defined]
        self.add_error(None, ValidationError(CONTESTED, code="conflict"))
        for name in [name for name in self.changed_data if name in self.initial and name != "seen"]:
            now = _("Now there: “%(value)s”.") % {"value": self.initial[name] or _("nothing")}
            self.add_error(name, ValidationError(now, code="conflict"))

    def changes(self) -> dict[str, Any]:
        """What differs from what is there."""
        return {n: value for n, value in self.cleaned_data.items() if n in self.changed_data}


class StartForm(LaunchForm):
    """Starting a launch: the fields of `start_launch`, and what makes a second click harmless."""

    template = forms.ModelChoiceField(
        TemplateVersion.objects.published(),
        label=_("Checklist"),
        help_text=_("A published version: its sections, items and slots are copied."),
    )
    once = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)

    field_order = ["template", "name", "version", "environment"]

    def details(self) -> dict[str, Any]:
        """The action's arguments."""
        return {name: value for name, value in self.cleaned_data.items() if name != "once"}


class ShareForm(forms.Form):
    """Letting somebody into a launch, by their e-mail address."""

    email = forms.CharField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    is_manager = forms.BooleanField(label=_("as a further manager"), required=False)

    def clean_email(self) -> User:
        person: User | None = (
            User.objects.active().filter(email=clean_email(self.cleaned_data["email"])).first()
        )
        if person is None:
            raise ValidationError(
                _("Nobody active here has this address. An admin can invite them."), code="unknown"
            )
        return person

    def details(self) -> dict[str, Any]:
        """The action's arguments."""
        asked = self.cleaned_data
        return {"user": asked["email"], "is_manager": asked["is_manager"]}


@dataclass(frozen=True, slots=True)
class AskedItems:
    """Which of a launch's items are asked for."""

    status: str
    is_mine: bool


class ItemsFilter(forms.Form):
    """Which of a launch's items are asked for. What is not well-formed asks for what is outstanding."""

    OUTSTANDING = "outstanding"
    EXPIRED = "expired"

    status = forms.ChoiceField(
        required=False, choices=[(word, word) for word in (*BY_STATUS, EXPIRED, "all")]
    )
    who = forms.ChoiceField(required=False, choices=[("mine", "mine")])

    def asked(self) -> AskedItems:
        self.full_clean()
        status = self.cleaned_data.get("status") or self.OUTSTANDING
        return AskedItems(status, self.cleaned_data.get("who") == "mine")


class PortfolioFilter(forms.Form):
    """Which launches the portfolio shows, and in which order."""

    TARGET, NAME, NEWEST = "target", "name", "newest"

    q = LineField(label=_("Name"), required=False)
    tone = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Every state")), *Tone.choices]
    )
    team = forms.ModelChoiceField(
        Team.objects.all(), label=_("Owner team"), required=False, empty_label=_("Every team")
    )
    who = forms.ChoiceField(
        label=_("Whose"),
        required=False,
        choices=[("", _("Everybody's")), ("mine", _("Mine")), ("managed", _("Managed by me"))],
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("by what is due next")),
            (NAME, _("by name")),
            (NEWEST, _("newest first")),
        ],
    )
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)

    use_required_attribute = False

    def asked(self) -> dict[str, Any]:
        """All that is well-formed in it."""
        self.full_clean()
        return self.cleaned_data

    @property
    def is_narrow(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("q", "tone", "team", "who"))
