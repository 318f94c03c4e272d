"""The forms of signing and deciding: what was seen, why, and who is at the keyboard."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.forms import PASSWORD_LENGTH
from accounts.models import Credential
from accounts.passkeys import LONGEST_ANSWER
from checklist.forms.items import day_field
from checklist.models import Item, Risk
from sentinel.errors import add_refusal
from sentinel.text import TextField
from signoff.rules import GOES, Act, Answer, Question, Vote

COMMENT_LENGTH = 4000
ONLY_NO_GO = _("GO needs your key here; NO-GO counts with the password too.")
GONE = _("One of these items is not in this section any more. Look again at what is ticked.")
ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class CodeInput(forms.PasswordInput):
    """A one-time code: readable while it is typed, and never sent back."""

    input_type = "text"


class UnseenField(forms.Field):
    """What a page gave along to be sent back. Whatever arrives is compared with what is true, and never kept."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def to_python(self, value: Any) -> str:
        return value if isinstance(value, str) else ""


class Way(TextChoices):
    """How somebody puts their name to something."""

    KEY = "key", _("With your passkey")
    PASSWORD = "password", _("With your password")


class PresenceForm(forms.Form):
    """Who is at the keyboard: their key over the statement, or the password and a code.

    A key answers in a second step, to the statement that the first one made: `pending` and `assertion`.
    """

    way = forms.TypedChoiceField(
        label=_("How you sign"),
        choices=Way,
        coerce=Way,
        required=False,
        empty_value=Way.PASSWORD,
        initial=Way.KEY,
        widget=forms.RadioSelect,
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=PASSWORD_LENGTH,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Give your password: every signature asks for it.")},
    )
    code = forms.CharField(
        label=_("Code from your authenticator app"),
        max_length=20,
        widget=CodeInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": _("Give the code that your app shows now.")},
    )
    pending = forms.UUIDField(required=False, widget=forms.HiddenInput)
    assertion = forms.CharField(required=False, max_length=LONGEST_ANSWER, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        with_code: bool = False,
        keys: Sequence[Credential] = (),
        offers_key: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.keys, self.offers_key = keys, "" if keys else offers_key
        if not with_code:
            del self.fields["code"]
        if keys:
            for name in self._secrets:
                self.fields[name].required = False
        else:
            for name in ("way", "pending", "assertion"):
                del self.fields[name]

    @property
    def _secrets(self) -> list[str]:
        return [name for name in ("password", "code") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.by_key:
            for name in self._secrets:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, self.fields[name].error_messages["required"])
        return cleaned

    @property
    def by_key(self) -> bool:
        """Is it to be signed with a key?"""
        return self.cleaned_data.get("way") is Way.KEY

    @property
    def proof(self) -> dict[str, str]:
        """The arguments of `prove_presence`."""
        return {name: self.cleaned_data.get(name, "") for name in ("password", "code")}


class SeenForm(PresenceForm):
    """A signature over what a page showed: `seen` is its digest, `shown` the content itself."""

    seen = UnseenField()
    shown = UnseenField()


def comment_field(label: Any, **kwargs: Any) -> TextField:
    return TextField(
        label=label,
        max_length=COMMENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        **kwargs,
    )


class SignForm(SeenForm):
    """Signing or returning a section."""

    act = forms.TypedChoiceField(
        choices=[(Act.SIGN.value, _("Sign")), (Act.RETURN.value, _("Return"))], coerce=Act
    )
    comment = comment_field(
        _("Comment"), required=False, help_text=_("Kept with the signature. Needed to return.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("act") is Act.RETURN and not cleaned.get("comment", "-"):
            self.add_error("comment", _missing(_("Say why you return it.")))
        return cleaned


class VoteForm(SeenForm):
    """Voting in an executive slot."""

    vote = forms.TypedChoiceField(choices=Vote.choices, coerce=Vote)
    comment = comment_field(
        _("Comment"), required=False, help_text=_("Kept with the vote. Needed for NO-GO.")
    )

    def __init__(self, *args: Any, asks_key: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks_key = asks_key and bool(self.keys)
        if self.asks_key:
            self.fields["way"].help_text = ONLY_NO_GO

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("vote") is Vote.NO_GO and not cleaned.get("comment", "-"):
            self.add_error("comment", _missing(_("Say why it is NO-GO.")))
        if cleaned.get("vote") in GOES and self.asks_key and not self.by_key:
            self.add_error("way", ValidationError(ONLY_NO_GO, code="own_key_demanded"))
        return cleaned


class WithdrawForm(PresenceForm):
    """Taking a signature back."""

    comment = comment_field(_("Why"), error_messages={"required": _("Say why.")})


class AcceptForm(PresenceForm):
    """Accepting outstanding items until a day. Which ones are offered, the page knows: it reads its own answers."""

    items = forms.TypedMultipleChoiceField(
        required=False, coerce=UUID, error_messages={"invalid_choice": GONE}
    )
    risk = forms.TypedChoiceField(
        label=_("Risk that it is accepted under"),
        required=False,
        coerce=UUID,
        empty_value=None,
        help_text=_("Its owner does not accept it. Without one, an item's own owner does not."),
    )
    until_on = day_field(_("Until the end of"), required=True)
    comment = comment_field(
        _("Why it can be lived with"),
        error_messages={"required": _("Say why it can be lived with.")},
    )
    seen = UnseenField()

    def __init__(
        self, *args: Any, offered: Iterable[Item], risks: Iterable[Risk], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        items: forms.TypedMultipleChoiceField = self.fields["items"]  # type: ignore[assignment]
        items.choices = [(item.pk, str(item)) for item in offered]
        named: forms.TypedChoiceField = self.fields["risk"]  # type: ignore[assignment]
        named.choices = [("", _("none")), *((risk.pk, str(risk)) for risk in risks)]

    @property
    def ticked(self) -> list[UUID]:
        """What was ticked, as far as it can be read."""
        return ids_in(self["items"].data or ())


def ticked_beforehand(params: QueryDict) -> list[UUID]:
    """The items that an address asks to have ticked."""
    return ids_in(params.getlist("item"))


def ids_in(texts: Iterable[str]) -> list[UUID]:
    """Those of some texts that are ids."""
    return [UUID(text) for text in texts if ID.fullmatch(text)]


class CancelForm(forms.Form):
    """Ending a round without a decision."""

    reason = comment_field(
        _("Why the round is cancelled"), error_messages={"required": _("Say why.")}
    )


def _given() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("Your answer"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Answer yes or no.")},
    )


def _why() -> TextField:
    return comment_field(_("Reason, where it differs from what is derived"), required=False)


class AnswersForm(forms.Form):
    """A manager's three answers. Each question has a field of its name, and one for the reason."""

    complete = _given()
    complete_reason = _why()
    acceptable = _given()
    acceptable_reason = _why()
    assessed = _given()
    assessed_reason = _why()

    def answers(self) -> list[Answer]:
        """What was answered, as the actions take it."""
        return [
            Answer(
                question,
                self.cleaned_data[question.value],
                self.cleaned_data[f"{question.value}_reason"],
            )
            for question in Question
        ]

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Show each refusal beside the field that mends it."""
        try:
            yield
        except ValidationError as refusal:
            if hasattr(refusal, "error_dict"):
                add_refusal(self, refusal)
                return
            for error in refusal.error_list:
                self.add_error(_place(error), error)


def _place(error: ValidationError) -> str | None:
    """The field that mends a refusal; None for what no field mends."""
    if error.code == "say_what_changed":
        return "what_changed"
    asked = (error.params or {}).get("question")
    return next((f"{q.value}_reason" for q in Question if q.label == asked), None)


class RoundForm(AnswersForm):
    """Opening a round."""

    what_changed = comment_field(_("What has changed since the last round"), required=False)


def _missing(sentence: Any) -> ValidationError:
    return ValidationError(sentence, code="reason_required")
