"""Rows for tests: plain functions, everything defaulted. They write no ledger, send no mail."""
