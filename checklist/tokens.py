"""A row's id in 22 characters, for pages that carry it many times. Reversible, and no secret."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from uuid import UUID

LENGTH = 22


def token_of(pk: UUID) -> str:
    return urlsafe_b64encode(pk.bytes).decode().rstrip("=")


def uuid_of(token: str) -> UUID | None:
    """The id that a token stands for; None for what is no token of ours."""
    if len(token) != LENGTH or not token.isascii():
        return None
    try:
        pk = UUID(bytes=urlsafe_b64decode(f"{token}=="))
    except (Error, ValueError):
        return None
    return pk if token_of(pk) == token else None
