"""How django-allauth behaves here: closed doors, and mail trouble that breaks no page."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.http import HttpRequest

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People come by invitation only."""
        return False

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """A person is known by one address, for ever."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sent within the request, since a stored task would keep the reset link in the database.

        A failure is logged and not shown: an error page would tell who has an account.
        """
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError):
            logger.exception("Mail %s could not be sent", template_prefix)
