"""The forms of conditions: asked for in a vote, kept and lifted, carried or dropped when a round opens."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from checklist.forms.items import PlausibleDate
from sentinel.errors import add_refusal
from sentinel.text import TextField
from signoff.actions.promises import Wish
from signoff.forms.signatures import COMMENT_LENGTH, PresenceForm, VoteForm, comment_field
from signoff.models import Condition
from signoff.models.conditions import TEXT_LENGTH
from signoff.rules import Vote
from signoff.rules.conditions import MOST

EMPTY_ROWS = 3
WRITTEN = ("text", "owner", "due_on")
PLACES = {"condition_due_past": "due_on", "condition_owner_outside": "owner"}


class ConditionForm(forms.Form):
    """A condition as an executive asks for it. A row in which nothing is written is none."""

    text = TextField(
        label=_("What has to be done"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say what has to be done.")},
    )
    owner = forms.TypedChoiceField(
        label=_("By whom"), error_messages={"required": _("Say who does it.")}
    )
    due_on = PlausibleDate(
        label=_("Until the end of"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Say by which day.")},
    )
    before_launch = forms.TypedChoiceField(
        label=_("When"),
        choices=[("yes", _("Before the launch")), ("no", _("After the launch"))],
        coerce=lambda word: word == "yes",
        initial="yes",
    )

    def __init__(self, *args: Any, people: Mapping[str, User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.choices = [("", "—"), *((pk, str(person)) for pk, person in people.items())]
        owner.coerce = people.get

    def wish(self) -> Wish:
        return Wish(**{name: self.cleaned_data[name] for name in (*WRITTEN, "before_launch")})


class ConditionForms(forms.BaseFormSet[ConditionForm]):
    """The conditions of one vote, a row each."""

    @property
    def written(self) -> list[ConditionForm]:
        """The rows that hold a condition, in their order."""
        if not self.is_bound:
            return []
        return [row for row in self.forms if row.has_changed() and row not in self.deleted_forms]

    def typed(self) -> list[dict[str, Any]]:
        """What was typed, as it was, for a page that offers more rows."""
        rows = [{name: row[name].data or "" for name in row.fields} for row in self.forms]
        return [row for row in rows if any(row[name] for name in WRITTEN) and not row.get("DELETE")]

    def fits(self, vote: Vote) -> bool:
        """Can this vote be cast with what is written? A NO-GO keeps none of it."""
        return vote is Vote.NO_GO or not self.is_bound or self.is_valid()

    def wishes(self, vote: Vote) -> list[Wish]:
        return [] if vote is Vote.NO_GO else [row.wish() for row in self.written]

    @contextmanager
    def refusals(self, form: VoteForm) -> Iterator[None]:
        """Show each refusal beside the field of the condition that it is about; else on top of the form."""
        try:
            yield
        except ValidationError as refusal:
            if hasattr(refusal, "error_dict"):
                add_refusal(form, refusal)
                return
            for error in refusal.error_list:
                place = PLACES.get(str(error.code))
                if place and error.params:
                    self.written[error.params["number"] - 1].add_error(place, error)
                else:
                    form.add_error(None, error)


_made = forms.formset_factory(
    ConditionForm,
    formset=ConditionForms,
    extra=EMPTY_ROWS,
    can_delete=True,
    can_delete_extra=False,
    max_num=MOST,
    absolute_max=MOST + EMPTY_ROWS,
    validate_max=True,
)
_ConditionForms = cast("type[ConditionForms]", _made)
PREFIX = "conditions"


def condition_forms(
    data: Any, people: Iterable[User], *, owed: Sequence[Condition], more: bool = False
) -> ConditionForms:
    """The rows of a vote: what the voter asked for last and is owed, and three empty ones.

    `more`: what was typed, kept as it is, and three more rows. Data without any row is a vote without conditions.
    """
    kwargs: dict[str, Any] = {"form_kwargs": {"people": {str(row.pk): row for row in people}}}
    bound = data is not None and f"{PREFIX}-TOTAL_FORMS" in data
    if not bound:
        return _ConditionForms(None, prefix=PREFIX, initial=_as_rows(owed), **kwargs)
    # Without initial values: what was filled in and sent back as it was is a condition, too.
    rows = _ConditionForms(data, prefix=PREFIX, **kwargs)
    if not more:
        return rows
    return _ConditionForms(None, prefix=PREFIX, initial=rows.typed(), **kwargs)


def _as_rows(owed: Sequence[Condition]) -> list[dict[str, Any]]:
    return [
        {
            "text": row.text,
            "owner": str(row.keeper.pk),
            "due_on": row.due_on,
            "before_launch": "yes" if row.before_launch else "no",
        }
        for row in owed
    ]


class KeepForm(forms.Form):
    """Saying that a condition is done, and how."""

    note = TextField(
        label=_("How it was done"),
        max_length=COMMENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say how it was done.")},
    )


class LiftForm(PresenceForm):
    """Lifting a condition that should not be."""

    reason = comment_field(_("Why it is lifted"), error_messages={"required": _("Say why.")})


class FateForm(forms.Form):
    """What becomes of a condition that an earlier round left open."""

    CARRY, DROP = "carry", "drop"
    fate = forms.ChoiceField(
        label=_("What becomes of it"),
        choices=[(CARRY, _("Carry it into this round")), (DROP, _("Drop it"))],
        initial=CARRY,
        widget=forms.RadioSelect,
    )
    why = comment_field(_("Why it is dropped"), required=False)

    def __init__(self, *args: Any, condition: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.condition = condition

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("fate") == self.DROP and not cleaned.get("why", "-"):
            self.add_error("why", ValidationError(_("Say why."), code="reason_required"))
        return cleaned


def fate_forms(data: Any, left: Iterable[Condition]) -> list[FateForm]:
    """A form for each condition that is left over; where nothing is said of one, it is carried."""
    return [_fate_form(data, row) for row in left]


def _fate_form(data: Any, row: Condition) -> FateForm:
    prefix = f"left-{row.pk}"
    said = data is not None and f"{prefix}-fate" in data
    return FateForm(data if said else None, prefix=prefix, condition=row.pk)


def dropped(rows: Iterable[FateForm]) -> dict[UUID, str]:
    """What is dropped, and why, of forms that are well-formed."""
    return {
        row.condition: row.cleaned_data["why"]
        for row in rows
        if row.is_bound and row.cleaned_data["fate"] == FateForm.DROP
    }
