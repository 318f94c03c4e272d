from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = _("ledger")

    def ready(self) -> None:
        from audit.own_words import register  # noqa: PLC0415 - as the other apps do it

        register()
