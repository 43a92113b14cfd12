"""Tests of how workspaces install the bot."""
