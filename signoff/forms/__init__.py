"""The forms of signing and deciding, a module a topic."""

from signoff.forms.conditions import (
    ConditionForms,
    FateForm,
    KeepForm,
    LiftForm,
    condition_forms,
    fate_forms,
)
from signoff.forms.signatures import (
    AnswersForm,
    CancelForm,
    CodeInput,
    PresenceForm,
    RoundForm,
    SeenForm,
    SignForm,
    VoteForm,
    WithdrawForm,
)

__all__ = [
    "AnswersForm",
    "CancelForm",
    "CodeInput",
    "ConditionForms",
    "FateForm",
    "KeepForm",
    "LiftForm",
    "PresenceForm",
    "RoundForm",
    "SeenForm",
    "SignForm",
    "VoteForm",
    "WithdrawForm",
    "condition_forms",
    "fate_forms",
]
