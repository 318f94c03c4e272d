"""A file in a form, bounded in size. Neither its name nor what it says it is counts for anything."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _


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
