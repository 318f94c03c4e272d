from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignoffConfig(AppConfig):
    name = "signoff"
    verbose_name = _("signoff")

    def ready(self) -> None:
        from accounts.mail import kinds  # noqa: PLC0415 - models exist only now
        from checklist.handing import register_kind  # noqa: PLC0415 - models exist only now
        from checklist.pages.work import register_pile  # noqa: PLC0415 - models exist only now
        from signoff import activity_words, replay  # noqa: PLC0415 - models exist only now
        from signoff.actions.handing import CONDITIONS  # noqa: PLC0415 - models exist only now
        from signoff.evidence import KINDS as EVIDENCE  # noqa: PLC0415 - models exist only now
        from signoff.mails import KINDS  # noqa: PLC0415 - models exist only now
        from signoff.pages.owed import to_keep  # noqa: PLC0415 - models exist only now

        activity_words.register()
        replay.register()
        kinds.register(*KINDS, *EVIDENCE)
        register_kind(CONDITIONS)
        register_pile("conditions", _("Conditions you owe"), to_keep)
