"""The pages of signatures and decisions, a module a page: guard, load, bind, act, respond."""
