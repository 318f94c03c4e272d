"""Bundles of evidence, and the trust file that they are checked against: what leaves the house to be verified."""
