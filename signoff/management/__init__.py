"""Commands: they parse arguments, call an action and print what came of it."""
