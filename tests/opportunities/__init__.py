"""Sourced work, from the post to the end."""
