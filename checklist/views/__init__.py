"""The pages of launches, a module a page: guard, load, bind, act, respond."""
