"""What happens after the response: the mail to whom a deputy stands in for."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from checklist.models import Appointment
from checklist.until import until_words


@task
def tell_principal(pk: str) -> None:
    """Tell somebody who stands in for them; nothing if the deputy's appointment was ended meanwhile."""
    appointments = Appointment.objects.select_related(
        "authority", "holder", "made_by", "stands_in_for"
    )
    made = appointments.filter(pk=pk, ends_at__gt=timezone.now()).first()
    if made is None or made.stands_in_for is None or made.ends_at is None:
        return
    principal = made.stands_in_for
    with translation.override(principal.language), timezone.override(ZoneInfo(principal.time_zone)):
        words = {"deputy": made.holder, "authority": made.authority}
        context = {
            "appointment": made,
            "principal": principal,
            "until": until_words(made.ends_at),
            "link": f"{settings.BASE_URL}{reverse('checklist:authorities')}",
        }
        subject = _("%(deputy)s stands in for you as %(authority)s") % words
        body = render_to_string("checklist/mail/deputy.txt", context)
    send_mail(subject, body, None, [principal.email])
