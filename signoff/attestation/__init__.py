"""Attestations: a decision as a signed statement about one artefact, for gates that know nothing of Sentinel."""
