"""The community in the terminal: no account needed anywhere."""
