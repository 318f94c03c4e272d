"""What people send: shape is checked here, meaning in rules and actions. Field names are the actions' own."""
