"""How people are told: an outbox that commits with the change, one mail a turn, a digest a day."""
