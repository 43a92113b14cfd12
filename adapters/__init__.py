"""Thin translations between a platform and the command core."""
