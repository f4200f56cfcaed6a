"""Policies: pure rules, each with what it allows and what it refuses, and the strictest one wins."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from kernel.policies import POLICIES, Question, Ruling, strictest
from kernel.policies.budget import budget
from kernel.policies.media_limits import media_limits
from kernel.policies.quiet_hours import quiet_hours
from kernel.policies.rounds import rounds


def asked(hour: int = 12, **values: Any) -> Question:
    """Return a question that every policy allows, but for some values."""
    given = {
        "step": "plan",
        "made_by": "expert",
        "budget_usd": 5.0,
        "spent_usd": 1.0,
        "rounds_asked_by_machine": 0,
        "rounds_limit": 2,
        "max_source_bytes": 10**9,
        "max_source_seconds": 3600.0,
        "quiet_hours": None,
        "now": datetime(2026, 1, 2, hour, 30, tzinfo=UTC),
        "asked_by_person": True,
    }
    return Question.model_validate({**given, **values})


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_names_itself_says_why_and_allows_the_ordinary(policy: Any) -> None:
    ruling = policy(asked())
    assert (ruling.policy, ruling.answer) == (policy.__name__, "allow")
    assert ruling.why


@pytest.mark.parametrize(
    ("spent", "made_by", "answer"),
    [(4.99, "expert", "allow"), (5.0, "expert", "deny"), (6.0, "expert", "deny"), (6.0, "task", "allow")],
)
def test_the_budget_stops_what_costs_once_it_is_used_up(spent: float, made_by: str, answer: str) -> None:
    ruling = budget(asked(spent_usd=spent, made_by=made_by))
    assert ruling.answer == answer
    assert "$5.00" in ruling.why


@pytest.mark.parametrize(("count", "answer"), [(0, "allow"), (2, "allow"), (3, "ask"), (9, "ask")])
def test_machines_may_send_a_step_back_only_so_often(count: int, answer: str) -> None:
    assert rounds(asked(rounds_asked_by_machine=count)).answer == answer


@pytest.mark.parametrize(
    ("size", "duration", "told"),
    [(2 * 10**9, 1.0, "a.mp4 has 2.0 GB; the limit here is 1.0 GB."), (1, 3601.0, "a.mp4 lasts 3601 s; the limit")],
)
def test_footage_over_the_limits_is_refused_by_name(size: int, duration: float, told: str) -> None:
    fine = {"name": "b.mp4", "size": 10**9, "duration": 3600.0}
    assert media_limits(asked(sources=(fine,))).answer == "allow"
    ruling = media_limits(asked(sources=(fine, {"name": "a.mp4", "size": size, "duration": duration})))
    assert ruling.answer == "deny"
    assert told in ruling.why


@pytest.mark.parametrize(
    ("hours", "hour", "answer"),
    [
        ("22-07", 21, "allow"),
        ("22-07", 22, "ask"),
        ("22-07", 3, "ask"),
        ("22-07", 7, "allow"),
        ("9-17", 8, "allow"),
        ("9-17", 9, "ask"),
        ("9-17", 17, "allow"),
    ],
)
def test_in_quiet_hours_nothing_begins_by_itself(hours: str, hour: int, answer: str) -> None:
    assert quiet_hours(asked(hour, quiet_hours=hours, asked_by_person=False)).answer == answer
    assert quiet_hours(asked(hour, quiet_hours=hours)).answer == "allow"


def test_the_strictest_ruling_wins_in_any_order() -> None:
    rulings = [Ruling(policy=answer, answer=answer, why="so") for answer in ("allow", "ask", "deny")]
    for order in permutations(rulings):
        assert strictest(order).answer == "deny"
    assert strictest(rulings[:2]).answer == "ask"
    assert strictest([rulings[0], rulings[0].model_copy(update={"policy": "other"})]).policy == "allow"
