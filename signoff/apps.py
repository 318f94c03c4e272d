from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignoffConfig(AppConfig):
    name = "signoff"
    verbose_name = _("signoff")

    def ready(self) -> None:
        from signoff import activity_words, replay  # noqa: PLC0415 - models exist only now

        activity_words.register()
        replay.register()
