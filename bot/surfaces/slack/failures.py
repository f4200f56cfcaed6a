"""Failures: what would mend a job that cannot go on, where people have buttons to press."""

from __future__ import annotations

from bot import failing
from bot.failing import OURS, UNKNOWN, plain_why

__all__ = ["OURS", "UNKNOWN", "mend_of", "plain_why"]
BY_BUTTON = ("press Try again", "press Change… and say")


def mend_of(error: str, kind: str) -> str:
    """Return what would help against an error."""
    return failing.mend_of(error, kind, BY_BUTTON)
