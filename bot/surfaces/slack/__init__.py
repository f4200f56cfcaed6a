"""Slack: a whole production in one thread."""
