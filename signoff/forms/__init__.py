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
    AcceptForm,
    AnswersForm,
    CancelForm,
    CodeInput,
    PresenceForm,
    RoundForm,
    SeenForm,
    SignForm,
    VoteForm,
    WithdrawForm,
    ticked_beforehand,
)
from signoff.forms.verify import VerifyForm

__all__ = [
    "AcceptForm",
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
    "VerifyForm",
    "VoteForm",
    "WithdrawForm",
    "condition_forms",
    "fate_forms",
    "ticked_beforehand",
]
