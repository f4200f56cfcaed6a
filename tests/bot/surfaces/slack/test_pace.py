"""How fast Slack is called."""

from __future__ import annotations

import asyncio

from bot.surfaces.slack.pace import POST, UPDATE, Allowance, Clock, Limits

FAST = 1000.0


def test_an_allowance_gives_a_burst_and_then_so_many_a_second() -> None:
    allowance = Allowance(most=3, rate=0.5)
    assert [allowance.wait(10.0) for _ in range(4)] == [0, 0, 0, 2]
    assert [allowance.wait(12.0), allowance.wait(12.0)] == [0, 2]


def test_never_more_than_forty_updates_pass_in_a_minute() -> None:
    asked, passed = Limits(Clock()), list[float]()
    for tenth in range(3000):
        found = asked._allowance("T1", UPDATE, "")
        assert found is not None
        if not found.wait(100 + tenth / 10):
            passed.append(tenth / 10)
    assert max(sum(start <= at < start + 60 for at in passed) for start in passed) <= 40


def test_a_workspace_does_not_wait_for_another_one() -> None:
    async def two() -> tuple[bool, bool]:
        limits = Limits(Clock())
        limits.rest("T1", UPDATE, 60)
        return limits.free("T1", UPDATE), limits.free("T2", UPDATE)

    assert asyncio.run(two()) == (False, True)


def test_live_cards_leave_room_for_gates() -> None:
    async def crowded() -> tuple[bool, bool]:
        limits = Limits(Clock())
        while limits.free("T1", UPDATE):
            assert await limits.turn("T1", UPDATE)
        return limits.free("T1", UPDATE), await asyncio.wait_for(limits.turn("T1", UPDATE), 1)

    assert asyncio.run(crowded()) == (False, True)


def test_what_slack_said_is_waited_whole_whatever_the_speed() -> None:
    async def rested() -> float:
        clock = Clock(FAST)
        limits = Limits(clock)
        limits.rest("T1", POST, 0.2)
        begun = clock.now()
        await limits.turn("T1", POST, "C1")
        return clock.real(clock.now() - begun)

    assert asyncio.run(rested()) >= 0.2


def test_what_waits_ends_at_once_when_all_is_to_end() -> None:
    async def ended() -> bool:
        clock = Clock()
        limits = Limits(clock)
        limits.rest("T1", POST, 3600)
        asyncio.get_running_loop().call_later(0.01, clock.ending.set)
        return await asyncio.wait_for(limits.turn("T1", POST, "C1"), 5)

    assert asyncio.run(ended()) is False
