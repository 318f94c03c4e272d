"""People, teams and authorities: who somebody is, and what their role may do."""
