"""The ledger: the append-only record of every change. Knows people and launches only as ids."""
