from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChecklistConfig(AppConfig):
    name = "checklist"
    verbose_name = _("checklist")

    def ready(self) -> None:
        from checklist.actions.handing import ITEMS, LAUNCHES, RISKS  # noqa: PLC0415 - models exist only now
        from checklist.activity_words import register  # noqa: PLC0415 - models exist only now
        from checklist.handing import register_kind  # noqa: PLC0415 - models exist only now

        register()
        for kind in (ITEMS, RISKS, LAUNCHES):
            register_kind(kind)
