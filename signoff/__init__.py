"""Signatures, statements and decisions. Builds on checklist, which knows nothing of it."""
