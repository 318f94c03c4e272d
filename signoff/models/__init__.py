"""Signatures and what they were over, which one stands; rounds of decision; the conditions of a GO."""

from signoff.models.conditions import Condition
from signoff.models.signatures import Round, Signature, SignatureQuerySet, Snapshot, Standing

__all__ = [
    "Condition",
    "Round",
    "Signature",
    "SignatureQuerySet",
    "Snapshot",
    "Standing",
]
