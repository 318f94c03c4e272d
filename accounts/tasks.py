"""What happens after the response: the invitation's mail, and the mails that an action's news come to."""

from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.tasks import task
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import actions
from accounts.mail.post import post, send
from accounts.mail.spread import spread
from accounts.models import Invitation


@task
def send_invitation(pk: str) -> None:
    """Make the invitation's link and mail it; nothing if it was used or withdrawn meanwhile."""
    usable = Invitation.objects.usable(timezone.now()).select_related("invited_by")
    invitation = usable.filter(pk=pk).first()
    if invitation is None:
        return
    link = actions.make_link(invitation)
    with translation.override(settings.LANGUAGE_CODE):
        body = render_to_string(
            "accounts/mail/invitation.txt", {"invitation": invitation, "link": link}
        )
        send_mail(_("Your invitation to Sentinel"), body, None, [invitation.email])


@task
def deliver(act: str) -> None:
    """Tell what one action had to tell. Whatever this does not come to, tick does."""
    with post() as server:
        for mail in spread(UUID(act), timezone.now()):
            send(mail, timezone.now(), server)
