"""What the page frame shows on every page. Asks the database nothing."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission, allows


@dataclass(frozen=True, slots=True)
class NavItem:
    """A link of the main navigation."""

    label: str
    url: str
    current: bool


def navigation(request: HttpRequest) -> dict[str, list[NavItem]]:
    """The main navigation of whoever is signed in, with the part of the site they are in marked."""
    user = getattr(request, "user", None)  # none where an error comes before the session is read
    if not isinstance(user, User):
        return {"nav": []}
    links = [(reverse(name), label) for name, label in _pages(user)]
    return {"nav": [NavItem(label, url, _is_current(request.path, url)) for url, label in links]}


def _pages(user: User) -> list[tuple[str, str]]:
    pages = [
        ("checklist:my-work", _("My work")),
        ("checklist:launches", _("Launches")),
        ("accounts:people", _("People")),
    ]
    if allows(user, Permission.READ_LEDGER):
        pages.append(("accounts:activity", _("Activity")))
    if allows(user, Permission.OPERATE):
        pages.append(("admin:index", _("Admin")))
    return pages


def _is_current(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
