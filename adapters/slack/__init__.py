"""Slack: what comes in becomes a request, and what the core says becomes blocks."""
