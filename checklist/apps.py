from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChecklistConfig(AppConfig):
    name = "checklist"
    verbose_name = _("checklist")

    def ready(self) -> None:
        from accounts.mail import kinds  # noqa: PLC0415 - models exist only now
        from checklist.actions.handing import ITEMS, LAUNCHES, RISKS  # noqa: PLC0415 - models exist only now
        from checklist.activity_words import register  # noqa: PLC0415 - models exist only now
        from checklist.digest import waiting_for  # noqa: PLC0415 - models exist only now
        from checklist.handing import register_kind  # noqa: PLC0415 - models exist only now
        from checklist.mails import KINDS  # noqa: PLC0415 - models exist only now

        register()
        for kind in (ITEMS, RISKS, LAUNCHES):
            register_kind(kind)
        kinds.register(*KINDS)
        kinds.register_waiting(waiting_for)
