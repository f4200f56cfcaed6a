"""Places that cannot be written to, words that Slack does not take, files that do not come: the job is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kernel.pipeline import Pipeline, Step
from kernel.tasks import Task, Work
from tests.bot.room import EDIT, Words
from tests.bot.surfaces.slack.room import SlackRoom

TALK = b"pictures" * 4000


def direct(room: SlackRoom) -> list[str]:
    """Return what the bot wrote to Ann alone, in their direct messages."""
    return [message.text for message in room.slack.read(room.slack.direct(room.ann))]


@pytest.mark.parametrize("how", ["archived", "removed"])
def test_a_channel_that_is_closed_to_the_bot_keeps_the_job_and_its_owner_is_told_elsewhere(
    room: SlackRoom, how: str
) -> None:
    before = len(direct(room))
    place = room.slack.channel(f"a-{how}-place", members=[room.ann])
    root = room.drops(channel=place)
    gate = room.gate(root)
    room.settled(root)
    room.ann.clicks(gate, "plan.approve")
    if how == "archived":
        room.slack.world.archive(place.id)
    else:
        room.slack.world.kick(place.id, room.slack.team.bot)
    room.wait(lambda: len(direct(room)) > before)
    room.settled(root)
    [told] = direct(room)[before:]
    assert "I can no longer post in" in told
    assert "is kept" in told
    job = room.job_of(root)
    assert room.app.office.jobs.status(job) == "review_required"
    assert room.store.posts.open("slack") == []


@pytest.mark.parametrize("error", ["msg_too_long", "msg_blocks_too_long", "invalid_blocks"])
def test_what_slack_does_not_take_is_said_once_more_in_plain_words(room: SlackRoom, error: str) -> None:
    root, _ = room.opened()
    room.settled(root)
    room.slack.faults.next("chat.postMessage", error=error)
    room.ann.replies(root, "status")
    room.wait(lambda: room.hits("chat.postMessage") == 1)
    room.require_each_once(root)
    assert not room.thread(root)[-1].blocks


def test_words_that_slack_never_takes_hold_nothing_up(room: SlackRoom) -> None:
    root, gate = room.opened()
    room.settled(root)
    room.slack.faults.next("chat.postMessage", times=2, error="msg_too_long")
    room.ann.replies(root, "status")
    room.wait(lambda: room.hits("chat.postMessage") == 2)
    room.settled(root)
    room.ann.clicks(gate, "plan.approve")
    room.gate(root, "review.accept")


FILES: dict[str, dict[str, Any]] = {
    "deleted": {"deleted": True, "mode": "tombstone"},
    "a log-in page": {"login": True},
    "external": {"mode": "external"},
    "empty": {"size": 0},
    "a lie about its size": {"size": len(TALK) * 2},
    "another host": {"redirect": "elsewhere"},
}


@pytest.mark.parametrize("why", FILES)
def test_a_file_that_cannot_be_taken_in_is_refused_in_one_sentence(room: SlackRoom, why: str) -> None:
    path = room.folder / "talk.mp4"
    path.write_bytes(b"" if why == "empty" else TALK)
    changes = {**FILES[why]}
    if "redirect" in changes:
        changes["redirect"] = room.slack.elsewhere_url
    file = room.ann.has(path, f"talk of {len(why)}.mp4", **changes)
    root = room.ann.says(room.videos, "<@BOT> 12 seconds, vertical", files=[file])
    room.wait(lambda: room.happened(root, "file_refused"))
    room.settled(root)
    [refusal] = [m.text for m in room.thread(root)[1:] if "footage" not in m.text]
    assert (refusal.startswith(("A file", file.name, "In place", "Slack sends")), file.id in refusal) == (True, False)
    assert refusal.endswith(".")
    assert not room.happened(root, "gate_opened")
    assert not any("Authorization" in headers for headers in room.slack.world.elsewhere)


def test_a_file_of_which_slack_sends_the_id_alone_is_asked_for(room: SlackRoom) -> None:
    path = room.folder / "talk.mp4"
    path.write_bytes(TALK)
    file = room.ann.has(path, "a shared talk.mp4", access="check_file_info")
    root = room.ann.says(room.videos, "<@BOT> 12 seconds, vertical", files=[file])
    room.gate(root)


def test_whoever_calls_for_it_beneath_somebodys_footage_means_that_footage(room: SlackRoom) -> None:
    notes = room.folder / "notes.pdf"
    notes.write_bytes(b"%PDF-1.7")
    raw = room.bob.says(room.videos, "from yesterday", files=[room.footage, notes])
    room.ann.replies(raw, "<@BOT> 12 seconds, vertical")
    room.gate(raw)
    job = room.job_of(raw)
    assert job.asker == room.ann.id
    assert room.footage.name in {asset.name for asset in room.store.assets.list(job.id)}
    assert not room.happened(raw, "file_refused")
    assert "Drop the footage" not in " ".join(posted.text for posted in room.thread(raw))


def test_a_file_that_stops_half_way_goes_on_where_it_stood(room: SlackRoom) -> None:
    path = room.folder / "talk.mp4"
    path.write_bytes(TALK)
    file = room.ann.has(path, "half a talk.mp4", cuts=[len(TALK) // 2])
    root = room.ann.says(room.videos, "<@BOT> 12 seconds, vertical", files=[file])
    room.gate(root)
    [asset] = [a for a in room.store.assets.list(room.job_of(root).id) if a.name == "half a talk.mp4"]
    assert asset.size == len(TALK)


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[tuple[SlackRoom, threading.Event, list[str]]]:
    """A room in which captions take until somebody lets them go on, and what they were told."""
    go, told = threading.Event(), list[str]()

    def captions(work: Work) -> Words:
        told.append(" then ".join(work.instructions))
        assert go.wait(20)
        return Words.read({"words": told[-1] or "captions", "confidence": 0.5})

    step = Step("captions", Task("captions", Words, captions), ("brief",))
    steps = tuple(step if one.name == "captions" else one for one in EDIT.steps)
    pipeline = Pipeline(EDIT.name, EDIT.title, steps)
    with SlackRoom(tmp_path, pipeline=pipeline) as opened:
        yield opened, go, told
        go.set()


def test_a_rerun_while_the_step_runs_waits_its_turn(slow: tuple[SlackRoom, threading.Event, list[str]]) -> None:
    room, go, told = slow
    root = room.drops()
    room.wait(lambda: len(told) == 1)
    room.ann.replies(root, "rerun captions: bigger, yellow")
    room.says(root, "bigger, yellow")
    assert len(told) == 1
    go.set()
    room.wait(lambda: any("bigger, yellow" in words for words in told))
    room.gate(root)
    room.settled(root)
    running = [run for run in room.store.runs.list(room.job.id) if run.step == "captions"]
    assert [run.status for run in running].count("done") >= 1
    assert not room.store.runs.active(room.job.id)
    newest = room.store.documents.latest(room.job.id, "captions")
    assert newest is not None
    assert "bigger, yellow" in str(newest.body)
