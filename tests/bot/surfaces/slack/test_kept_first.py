"""Once, whatever is delivered how often; and not acknowledged before it is kept."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from bot.surfaces.slack.manifest import EVENTS_PATH
from tests.bot.surfaces.slack.quiet import Quiet
from tests.fakes.slack.http_mode import signature
from tests.fakes.slack.state import SIGNING_SECRET


@pytest.fixture(params=["socket", "http"])
def quiet(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Quiet]:
    """The room, over a socket and by requests alike."""
    with Quiet(tmp_path, http=request.param == "http") as room:
        room.watched()
        yield room
    assert room.slack.problems == []


def test_four_deliveries_of_the_two_events_of_a_mention_are_one_turn(quiet: Quiet) -> None:
    quiet.drops("30 seconds")
    quiet.turns(1)
    sent = [each for each in quiet.deliveries if each.kind == "events_api"]
    assert {each.payload["event"]["type"] for each in sent} == {"message", "app_mention"}
    for each in sent:
        quiet.again(each, times=4)
    assert len(quiet.turns(1)) == 1
    quiet.reopen()  # as another process would: it knows nothing of what came before
    for each in sent:
        quiet.again(each)
    assert len(quiet.turns(1)) == 1


def test_a_replayed_press_is_one_turn_and_stop_stops_before_its_turn(quiet: Quiet) -> None:
    brief = quiet.begun()
    card = quiet.gate(brief)
    press = quiet.ann.clicks(card, "plan.approve")
    assert press is not None
    quiet.again(press, times=5)
    [turn] = quiet.turns(1)
    assert turn.payload["command"]["name"] == "approve"
    assert turn.payload["place"]["message_ts"] == card.ts
    quiet.works()
    assert len(quiet.store.approvals.list(quiet.job.id)) == 1
    quiet.ann.replies(brief, "stop")
    quiet.wait(lambda: quiet.job.decision == "paused")  # at once: nobody works on it


def test_what_cannot_be_kept_is_not_acknowledged_and_comes_again(quiet: Quiet) -> None:
    with quiet.full():
        quiet.drops("30 seconds")
        quiet.wait(lambda: [each for each in quiet.deliveries if each.attempts > 1])
        assert not [each for each in quiet.deliveries if each.over.is_set() and not each.why_lost]
    [turn] = quiet.turns(1)
    assert turn.text == "30 seconds"
    quiet.wait(lambda: all(each.over.is_set() and not each.why_lost for each in quiet.deliveries))


@pytest.mark.parametrize(("secret", "late"), [("another", 0), (SIGNING_SECRET, 360)])
def test_what_is_not_signed_by_slack_just_now_is_refused_and_not_kept(tmp_path: Path, secret: str, late: int) -> None:
    with Quiet(tmp_path, http=True) as room:
        room.watched()
        room.drops("mine")
        [kept] = room.turns(1)
        event = room.deliveries[0].payload
        forged = json.dumps({**event, "event_id": "EvX", "event": {**event["event"], "ts": "99.0", "text": "forged"}})

        async def status() -> int:
            at = str(int(time.time()) - late)
            headers = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature(secret, at, forged.encode())}
            address = f"{room.address}{EVENTS_PATH}"
            async with (
                aiohttp.ClientSession() as session,
                session.post(address, data=forged, headers=headers) as answer,
            ):
                return answer.status

        assert asyncio.run(status()) == 401
        assert room.turns(1) == [kept]
        assert len(room.store.conversations.begun("slack", "")) == 1
