"""As what somebody signs: by which authority, standing in for whom, or by whose appointment for this launch alone."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from checklist.models import Appointment


@dataclass(frozen=True, slots=True)
class Capacity:
    """An authority, and how its signer comes to it where they do not hold it themselves."""

    authority: str = ""
    principal: str = ""
    principal_id: str = ""
    appointed_by: str = ""
    reason: str = ""

    @property
    def words(self) -> str:
        """As pages and receipts print it: "CISO, standing in for R. Chen"."""
        return capacity_words(self.authority, self.principal, self.appointed_by)

    @property
    def clause(self) -> str:
        """As it stands behind "As" in the sentence that is signed: "As CISO, standing in for R. Chen, I ..."."""
        return f"{self.words}," if self.principal or self.appointed_by else self.authority

    @property
    def stated(self) -> dict[str, Any]:
        """What a statement adds to its signer; nothing for whoever holds the authority themselves."""
        if self.principal:
            return {"standing_in_for": {"id": self.principal_id, "name": self.principal}}
        if self.appointed_by:
            return {"appointed_for_launch": {"by": self.appointed_by, "reason": self.reason}}
        return {}


def capacity_words(authority: str, principal: str, appointed_by: str) -> str:
    """An authority with how its signer came to it."""
    words = {"authority": authority, "principal": principal, "by": appointed_by}
    if principal:
        return _("%(authority)s, standing in for %(principal)s") % words
    if appointed_by:
        return _("%(authority)s, appointed for this launch by %(by)s") % words
    return authority


def capacity_of(appointment: Appointment) -> Capacity:
    """As what somebody signs by this appointment; whom it names should be loaded."""
    principal = appointment.stands_in_for
    for_launch = appointment.launch_id is not None
    return Capacity(
        authority=appointment.authority.name,
        principal=principal.full_name if principal else "",
        principal_id=str(principal.pk) if principal else "",
        appointed_by=appointment.made_by.full_name if for_launch else "",
        reason=appointment.reason if for_launch else "",
    )
