"""A gate that waits is called to mind twice and expires after a week; the timers outlive what began them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import reminders
from bot.commands import Command
from bot.reminders import AFTER, EXPIRES, HOUR, expired
from kernel.engine import InlineEngine
from kernel.policies.quiet_hours import is_quiet
from tests.bot.room import Room

YES = Command(name="approve")
DAY = 24 * HOUR


def pass_by(room: Room, seconds: float) -> None:
    """Let time pass, and what was put off until then happen."""
    assert isinstance(room.engine, InlineEngine)
    room.engine.skip(seconds)
    room.drain()


def told(room: Room) -> list[str]:
    """Return what the timers told, in order."""
    return [event.kind for event in room.events("reminded", "expired")]


def test_a_gate_is_called_to_mind_after_4_hours_and_a_day_later(thread: Room) -> None:
    thread.opened()
    pass_by(thread, AFTER[0] - 60)
    assert told(thread) == []
    pass_by(thread, 120)
    assert told(thread) == ["reminded"]
    pass_by(thread, DAY)
    assert told(thread) == ["reminded", "reminded"]
    kept = thread.kept("preview")
    seen = [event.payload for event in thread.events("reminded")]
    assert [row["number"] for row in seen] == [1, 2]
    assert {(row["step"], row["version"], row["hash"]) for row in seen} == {("preview", 1, kept.hash)}


def test_after_a_week_it_expires_and_answers_count_no_more(thread: Room) -> None:
    thread.opened()
    pass_by(thread, EXPIRES + 60)
    assert told(thread) == ["reminded", "reminded", "expired"]
    assert expired(thread.store, thread.job, thread.kept("preview"))
    said = thread.click(YES, thread.kept("preview"))
    assert said is not None
    assert said.payload["private"]
    assert said.payload["text"].startswith("preview v1 has expired")
    assert "`resume`" in said.payload["text"]
    assert thread.say("approve").startswith("preview v1 has expired")
    assert thread.store.approvals.list(thread.job.id) == []
    assert thread.job.decision is None


def test_resume_brings_an_expired_gate_back_with_a_card_of_its_own(thread: Room) -> None:
    thread.opened()
    pass_by(thread, EXPIRES + 60)
    thread.say("resume")
    opened = thread.events("gate_opened")
    assert [event.payload.get("again", False) for event in opened] == [False, True]
    assert opened[0].payload["hash"] == opened[1].payload["hash"]
    assert not expired(thread.store, thread.job, thread.kept("preview"))
    pass_by(thread, AFTER[0] + 60)
    assert told(thread)[-1] == "reminded"
    assert thread.click(YES, thread.kept("preview")) is None
    assert thread.states()["preview"] == "done"


def test_a_second_week_without_an_answer_expires_again(thread: Room) -> None:
    thread.opened()
    pass_by(thread, EXPIRES + 60)
    thread.say("resume")
    pass_by(thread, EXPIRES + 60)
    assert told(thread) == ["reminded", "reminded", "expired"] * 2


@pytest.mark.parametrize("meanwhile", ["approve", "reject", "change: shorter", "stop", "cancel"])
def test_what_was_decided_or_superseded_meanwhile_is_not_called_to_mind(thread: Room, meanwhile: str) -> None:
    thread.opened()
    first = thread.kept("preview").hash
    thread.say(meanwhile)
    pass_by(thread, EXPIRES + 60)
    assert first not in [event.payload["hash"] for event in thread.events("reminded", "expired")]


def test_the_next_gate_has_timers_of_its_own(thread: Room) -> None:
    thread.opened()
    thread.say("approve")
    pass_by(thread, AFTER[0] + 60)
    assert [event.step for event in thread.events("reminded")] == ["scorecard"]


def test_a_gate_that_is_told_twice_is_called_to_mind_once(thread: Room) -> None:
    thread.opened()
    pass_by(thread, HOUR)
    thread.say("resume")
    pass_by(thread, AFTER[0] - HOUR + 60)
    assert told(thread) == []
    pass_by(thread, HOUR)
    assert told(thread) == ["reminded"]
    end = thread.events("walk_ended")[-1]
    reminders.begin(thread.office, thread.engine, thread.job, end.payload["walk"], ("preview",))
    pass_by(thread, 0)
    assert told(thread) == ["reminded"]


def test_a_timer_that_runs_twice_tells_once(thread: Room) -> None:
    job = thread.opened()
    [end] = thread.events("walk_ended")
    timer: dict[str, Any] = {"job": job.id, "step": "preview", "walk": end.payload["walk"], "number": 1}
    timer["hash"] = thread.kept("preview").hash
    remind = reminders.workflow(thread.office, thread.engine, lambda: datetime.now(UTC))
    remind(timer)
    remind(timer)
    assert told(thread) == ["reminded"]


def test_after_days_of_standing_still_people_are_told_one_thing_and_not_three(thread: Room) -> None:
    job = thread.opened()
    [end] = thread.events("walk_ended")
    timer: dict[str, Any] = {"job": job.id, "step": "preview", "walk": end.payload["walk"]}
    timer["hash"] = thread.kept("preview").hash
    moments = iter([end.created + timedelta(days=days) for days in (2, 2, 8, 8)])
    remind = reminders.workflow(thread.office, thread.engine, lambda: next(moments))
    for number, so_far in [(1, []), (2, ["reminded"]), (2, ["reminded"]), (3, ["reminded", "expired"])]:
        remind({**timer, "number": number})
        assert told(thread) == so_far


def test_nobody_is_called_in_quiet_hours_but_after_them(tmp_path: Path) -> None:
    room = Room(tmp_path, surface="slack", address="T1:C1:1.0", quiet_hours="22-07")
    job = room.opened()
    [end] = room.events("walk_ended")
    timer: dict[str, Any] = {"job": job.id, "step": "preview", "walk": end.payload["walk"], "number": 1}
    timer["hash"] = room.kept("preview").hash
    hours = iter([23, 6, 7])
    remind = reminders.workflow(room.office, room.engine, lambda: datetime(2026, 11, 21, next(hours), tzinfo=UTC))
    remind(timer)
    remind({**timer, "looks": 1})
    assert told(room) == []
    remind({**timer, "looks": 2})
    assert told(room) == ["reminded"]
    room.close()


@pytest.mark.parametrize(("hour", "quiet"), [(21, False), (22, True), (3, True), (6, True), (7, False)])
def test_quiet_hours_may_reach_over_midnight(hour: int, quiet: bool) -> None:
    assert is_quiet("22-07", hour) is quiet
