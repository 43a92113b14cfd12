"""Data that ships with the command core."""
