"""Policies: pure rules asked before a step is made. One file each, one line in `POLICIES`; the strictest wins."""

from kernel.policies.base import Question, Ruling, strictest
from kernel.policies.budget import budget
from kernel.policies.media_limits import media_limits
from kernel.policies.quiet_hours import quiet_hours
from kernel.policies.rounds import rounds

POLICIES = (budget, rounds, media_limits, quiet_hours)

__all__ = ["POLICIES", "Question", "Ruling", "strictest"]
