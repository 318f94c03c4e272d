from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignoffConfig(AppConfig):
    name = "signoff"
    verbose_name = _("signoff")

    def ready(self) -> None:
        from accounts.mail import kinds  # noqa: PLC0415 - models exist only now
        from signoff.activity_words import register  # noqa: PLC0415
        from signoff.mails import KINDS  # noqa: PLC0415

        register()
        kinds.register(*KINDS)
