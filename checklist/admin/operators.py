"""Who is at the operators' pages."""

from django.http import HttpRequest

from accounts.models import User


def operator(request: HttpRequest) -> User:
    """The admin signed in: nobody else comes this far."""
    user: User = request.user  # type: ignore[assignment]
    return user
