"""Reactions and `++` under what people write."""
