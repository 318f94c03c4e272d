"""The form of the page that checks: files, bounded in size. Neither the name nor the kind of a file is believed."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

MOST_TRUST = 5_000_000  # 20,000 people's keys
MOST_CHECKPOINT = 10_000  # a signed note is some 180 bytes


class BoundedFileField(forms.FileField):
    """A file, read whole where it is not larger than `most` bytes; an upload's own limit where that is not said."""

    def __init__(self, *, most: int = 0, accept: str, **options: Any) -> None:
        self.most = most
        widget = forms.FileInput(attrs={"accept": accept})
        super().__init__(max_length=None, widget=widget, **options)

    def clean(self, data: Any, initial: Any = None) -> bytes | None:
        file = super().clean(data, initial)
        if not isinstance(file, UploadedFile):
            return None
        most = self.most or settings.MAX_UPLOAD_MB * 1_000_000
        if (file.size or 0) > most:
            limit = _("The file is larger than %(most)s kB: it was not looked into.")
            raise forms.ValidationError(limit, code="too_large", params={"most": most // 1000})
        return bytes(file.read())


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
