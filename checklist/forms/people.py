"""A person as one types them: by their name, or by their e-mail address where a name is not enough."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from sentinel.text import LineField, clean_email


class PersonField(LineField):
    """Somebody active here."""

    default_error_messages = {
        "unknown": _("Nobody active here has this name or address. An admin can invite them."),
        "several": _("Several people have this name: give the e-mail address."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Full name or e-mail address."))
        super().__init__(max_length=254, **kwargs)
        self.widget.attrs["autocomplete"] = "off"

    def clean(self, value: Any) -> User | None:
        typed = super().clean(value)
        if not typed:
            return None
        people = User.objects.active()
        named = {"full_name__iexact": typed}
        found = list(
            people.filter(email=clean_email(typed)) if "@" in typed else people.filter(**named)[:2]
        )
        if len(found) != 1:
            code = "several" if found else "unknown"
            raise ValidationError(self.error_messages[code], code=code)
        person: User = found[0]
        return person
