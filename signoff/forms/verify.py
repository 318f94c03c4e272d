"""The form of the page that checks: a bundle or a certificate, and whom to believe."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sentinel.uploads import BoundedFileField

MOST_TRUST = 5_000_000  # 20,000 people's keys
MOST_CHECKPOINT = 10_000  # a signed note is some 180 bytes


class VerifyForm(forms.Form):
    """A bundle or a certificate, and whom to believe."""

    bundle = BoundedFileField(
        label=_("Bundle or certificate"),
        help_text=_("evidence.zip, or a certificate as PDF."),
        accept=".zip,.pdf,application/zip,application/pdf",
    )
    trust = BoundedFileField(
        label=_("Trust file"),
        help_text=_(
            "trust.json, if you were given one. Without it this server's own is used, which proves nothing against "
            "this server."
        ),
        required=False,
        most=MOST_TRUST,
        accept=".json,application/json",
    )
    checkpoint = BoundedFileField(
        label=_("Checkpoint that was kept elsewhere"),
        help_text=_("If you have one: it shows whether the ledger was made anew since."),
        required=False,
        most=MOST_CHECKPOINT,
        accept=".txt,text/plain",
    )
