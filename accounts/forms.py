"""The forms of people: their profile, their arrival, their directory, their access tokens."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import UserQuerySet, languages, time_zones
from accounts.rules import NEVER_SILENT, MailChoice, MailGroup, Scope
from sentinel.text import LineField

NAME_LENGTH = 150
PASSWORD_LENGTH = 256

type Choices = list[tuple[str, list[tuple[str, str]]]]


def zone_choices() -> Choices:
    """Time zones in groups, one for each part of the world."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for zone in time_zones():
        region, _slash, place = zone.partition("/")
        label = place.replace("_", " ") or zone
        groups.setdefault(region, []).append((zone, label))
    return list(groups.items())


def password_help() -> str:
    """What a password must be, in sentences."""
    return " ".join(password_validators_help_texts())


def password_field(label: Any, **kwargs: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(
        label=label, strip=False, max_length=PASSWORD_LENGTH, widget=widget, **kwargs
    )


def mail_field(group: MailGroup, what: Any) -> forms.TypedChoiceField:
    """When somebody wants to be told of a group's kinds; what has to reach them is not silent."""
    silent = {MailChoice.NEVER} if group in NEVER_SILENT else set()
    choices = [(choice.value, choice.label) for choice in MailChoice if choice not in silent]
    return forms.TypedChoiceField(
        label=group.label, choices=choices, coerce=MailChoice, help_text=what
    )


def digest_hours() -> list[tuple[str, Any]]:
    hours = [(str(hour), _("at %(hour)s:00") % {"hour": f"{hour:02}"}) for hour in range(24)]
    return [("", _("none")), *hours]


class ProfileForm(forms.Form):
    """What people say about themselves: the fields of `change_own_profile`."""

    full_name = LineField(
        label=_("Full name"),
        max_length=NAME_LENGTH,
        help_text=_("As it is printed on what you sign."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    title = LineField(
        label=_("Title"),
        max_length=NAME_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    language = forms.ChoiceField(label=_("Language"), choices=languages)


class MailForm(forms.Form):
    """When somebody wants to be told of what: the fields of `change_own_mail`."""

    mail_signing = mail_field(MailGroup.SIGNING, _("A signature or a vote is asked of you."))
    mail_work = mail_field(
        MailGroup.WORK,
        _("An item is yours now; a section was returned or has changed since it was signed."),
    )
    mail_mentions = mail_field(MailGroup.MENTIONS, _("Somebody writes to you in a comment."))
    mail_dates = mail_field(
        MailGroup.DATES, _("An acceptance that you gave or work under ends, or has ended.")
    )
    digest_hour = forms.TypedChoiceField(
        label=_("Daily digest"),
        required=False,
        choices=digest_hours,
        coerce=int,
        empty_value=None,
        help_text=_(
            "What waits for you, in your time zone. On a day without anything, none comes."
        ),
    )


class ArrivalForm(ProfileForm):
    """How an invited person comes in: the fields of `accept_invitation`, the password twice."""

    password = password_field(_("Password"), help_text=lazy(password_help, str)())
    password2 = password_field(_("Password, again"))

    def clean_password2(self) -> str:
        again: str = self.cleaned_data["password2"]
        first = self.cleaned_data.get("password")
        if first is not None and first != again:
            raise ValidationError(_("The two passwords differ."), code="differ")
        return again

    def details(self) -> dict[str, Any]:
        """The action's arguments."""
        return {name: value for name, value in self.cleaned_data.items() if name != "password2"}


class PeopleFilter(forms.Form):
    """Which people the directory shows."""

    ACTIVE, LEFT = "active", "left"

    q = LineField(label=_("Name, title or team"), required=False)
    state = forms.ChoiceField(
        label=_("Who"),
        required=False,
        choices=[("", _("Everybody")), (ACTIVE, _("Active")), (LEFT, _("Left"))],
    )
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def narrow(self, people: UserQuerySet) -> UserQuerySet:
        """Those of the people whom the filter asks for; all that is well-formed in it counts."""
        self.full_clean()
        wanted = self.cleaned_data
        if words := wanted.get("q"):
            people = people.matching(words)
        if state := wanted.get("state"):
            people = people.filter(is_active=state == self.ACTIVE)
        if key := wanted.get("after"):
            people = people.after(key)
        return people


class TokenForm(forms.Form):
    """What is said of an access token: the fields of `make_token`."""

    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    name = LineField(
        label=_("Name"),
        max_length=100,
        help_text=_("What it is for, so that you know later which one to revoke."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=Scope,
        initial=[Scope.VERDICT_READ],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(
        label=_("It lasts"),
        coerce=int,
        initial=90,
        choices=[(7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (365, _("a year"))],
    )

    def details(self) -> dict[str, Any]:
        """The action's arguments."""
        sent = self.cleaned_data
        details = {"pk": UUID(str(sent["once"])), "name": sent["name"], "scopes": sent["scopes"]}
        return details | {"lasts": timedelta(days=sent["days"])}


class ServiceTokenForm(TokenForm):
    """The same of a service's token, and for which launch alone it is."""

    launch_slug = forms.SlugField(
        label=_("Only for the launch"),
        required=False,
        max_length=80,
        help_text=_(
            "The part of its address after /launches/. Without it, the token reads every internal launch."
            " A restricted one has to be named, and you have to take part in it."
        ),
    )
    field_order = ["once", "name", "launch_slug", "scopes", "days"]

    def details(self) -> dict[str, Any]:
        return super().details() | {"launch_slug": self.cleaned_data["launch_slug"]}


def arrival_defaults(full_name: str) -> dict[str, str]:
    """What an invited person finds filled in."""
    return {
        "full_name": full_name,
        "time_zone": settings.TIME_ZONE,
        "language": settings.LANGUAGE_CODE,
    }
