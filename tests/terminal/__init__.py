"""The local community at a terminal."""
