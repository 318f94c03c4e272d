"""Signatures and what they were over, which one stands, what proves it; rounds of decision; the conditions of a GO."""

from signoff.models.conditions import Condition
from signoff.models.proofs import Pending, Proof
from signoff.models.signatures import Round, Signature, SignatureQuerySet, Snapshot, Standing

__all__ = [
    "Condition",
    "Pending",
    "Proof",
    "Round",
    "Signature",
    "SignatureQuerySet",
    "Snapshot",
    "Standing",
]
