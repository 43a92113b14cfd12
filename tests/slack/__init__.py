"""Tests of Manyhands in Slack."""
