"""The live card: true as soon as Slack allows, silent where it does not, and never left behind."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.surfaces.slack.calls import Where, where_of
from bot.surfaces.slack.clients import Clients
from bot.surfaces.slack.pace import Clock, Limits
from bot.surfaces.slack.sessions import Sessions
from kernel.store.records import Post
from tests.bot.surfaces.slack.stage import Presenting, Stage, until

UPDATE = "chat.update"
SESSION = "agents.sessions.setStatus"


def card(stage: Stage) -> str:
    """Return all that stands on the job's card."""
    row = stage.store.posts.get(f"card:{stage.job.id}")
    message = stage.slack.message(row.place["ts"])
    return f"{message.text} {message.blocks}"


def status(stage: Stage) -> str:
    """Return how the job stands, as its card was last written."""
    row = stage.store.posts.find(f"card:{stage.job.id}")
    return str(row.place.get("status")) if row else "not posted"


def states(stage: Stage) -> list[str]:
    """Return what Slack was told of the thread's session, in its order."""
    return [call["args"]["status"] for call in stage.slack.calls(SESSION) if not call["error"]]


def updates(stage: Stage) -> list[dict[str, Any]]:
    """Return the changes that Slack took."""
    return [call for call in stage.slack.calls(UPDATE) if not call["error"]]


def test_a_job_has_one_card_that_follows_it_to_the_end(stage: Stage) -> None:
    with Presenting(stage):
        stage.finished()
        until(lambda: status(stage) == "completed" and states(stage)[-1:] == ["closed"])
    assert sum("card:" in str(post.metadata) for post in stage.seen()) == 1
    titles = [call["args"].get("title") for call in stage.slack.calls(SESSION)]
    assert titles[0].startswith("Edit: ")
    assert not any(titles[1:]), "the title is given once, at its creation"


def test_the_card_moves_with_what_runs(stage: Stage) -> None:
    job = stage.opened()
    with Presenting(stage):
        until(lambda: status(stage) == "review_required")
        stage.store.runs.begin(stage.run("master"))
        stage.happens("step_started", "master", walk="w")
        stage.happens("progressed", "master", share=0.42, doing="frames", left=120.0)
        until(lambda: "42" in card(stage), told=lambda: card(stage))
        assert stage.office.jobs.status(job) == "processing"


def test_frames_are_left_out_under_a_limit_and_the_last_word_is_written(stage: Stage) -> None:
    stage.opened()
    with Presenting(stage):
        stage.sent(5)
        until(lambda: status(stage) == "review_required")
        stage.slack.faults.next(UPDATE, ratelimited=50)
        stage.store.runs.begin(stage.run("master"))
        stage.happens("step_started", "master", walk="w")
        until(lambda: stage.slack.faults.hits)
        before = len(stage.slack.calls(UPDATE))
        for number in range(20):
            stage.happens("progressed", "master", share=number / 20, doing="frames", left=9.0)
        stage.office.jobs.cancel(stage.job, stage.ann.id)
        until(lambda: status(stage) == "cancelled")
    assert len(stage.slack.calls(UPDATE)) - before <= 4, "frames are skipped, not queued"
    assert stage.slack.limits.early == []


def test_cards_are_made_true_at_the_start(stage: Stage) -> None:
    stage.opened()
    with Presenting(stage):
        stage.sent(5)
        until(lambda: status(stage) == "review_required")
    stage.fills()
    stage.office.jobs.cancel(stage.job, stage.ann.id)
    stage.fills()
    assert status(stage) == "review_required"
    with Presenting(stage):
        until(lambda: status(stage) == "cancelled")


def test_a_card_that_did_not_change_is_not_written_again(stage: Stage) -> None:
    stage.opened()
    with Presenting(stage):
        stage.sent(5)
        until(lambda: status(stage) == "review_required" and states(stage)[-1:] == ["suspended"])
        before = len(updates(stage))
        stage.happens("scored", "scorecard", text="nothing of it shows")
        stage.tells("a word")
        stage.sent(6)
    with Presenting(stage):
        stage.tells("another")
        stage.sent(7)
    assert len(updates(stage)) == before


@pytest.mark.parametrize("error", ["message_not_found", "edit_window_closed"])
def test_a_card_that_can_no_longer_be_changed_is_posted_anew(stage: Stage, error: str) -> None:
    stage.opened()
    with Presenting(stage):
        stage.sent(5)
        until(lambda: status(stage) == "review_required")
        old = stage.store.posts.get(f"card:{stage.job.id}").place["ts"]
        stage.slack.faults.next(UPDATE, error=error)
        stage.office.jobs.pause(stage.job, stage.ann.id)
        until(lambda: status(stage) == "paused")
        assert stage.store.posts.get(f"card:{stage.job.id}").place["ts"] != old
        assert "Paused" in card(stage)


@pytest.mark.parametrize("fault", [{"drop_reply": True}, {"status": 500}, {"drop_request": True}], ids=str)
def test_a_change_whose_answer_was_lost_is_made_again(stage: Stage, fault: dict[str, Any]) -> None:
    stage.opened()
    with Presenting(stage):
        stage.sent(5)
        until(lambda: status(stage) == "review_required")
        stage.slack.faults.next(UPDATE, times=2, **fault)
        stage.office.jobs.pause(stage.job, stage.ann.id)
        until(lambda: status(stage) == "paused")


def test_a_card_that_slack_does_not_take_is_drawn_with_less(stage: Stage) -> None:
    stage.slack.faults.next("chat.postMessage", error="invalid_blocks")
    stage.opened()
    with Presenting(stage):
        stage.sent(5)
        until(lambda: status(stage) == "review_required")
    assert "'plan'" not in card(stage)
    assert "Previewing" in card(stage) or "preview" in card(stage)


def test_slack_is_told_who_is_at_work_and_who_is_waited_for(stage: Stage) -> None:
    stage.opened()
    with Presenting(stage):
        until(lambda: states(stage)[-1:] == ["suspended"])
        stage.office.jobs.pause(stage.job, stage.ann.id)
        until(lambda: states(stage)[-1:] == ["active"])


def test_a_channel_without_sessions_leaves_the_others_theirs(stage: Stage) -> None:
    strange = stage.slack.channel("strange", members=[stage.ann], bot=False)
    root = stage.ann.says(strange, "hello")
    team, job = stage.slack.team.id, stage.opened()

    async def shown() -> list[object]:
        clock = Clock()
        sessions = Sessions(Clients(stage.settings, stage.store), Limits(clock), clock)
        places = (Where(team, strange.id, root.ts), Where(team, stage.videos.id, stage.root.ts))
        return [await sessions.show(where, job, "processing") for where in places]

    assert asyncio.run(shown()) == [None, {"status": "processing"}]


@pytest.mark.parametrize("error", ["feature_disabled", "not_authorized"])
def test_a_channel_without_sessions_is_asked_once(stage: Stage, error: str) -> None:
    stage.slack.faults.always(SESSION, error=error)
    stage.opened()
    with Presenting(stage):
        until(lambda: stage.slack.faults.hits)
        stage.office.jobs.cancel(stage.job, stage.ann.id)
        until(lambda: status(stage) == "cancelled")
    assert len([hit for hit in stage.slack.faults.hits if hit[0] == SESSION]) == 1


@pytest.mark.parametrize(("error", "owed"), [("ratelimited", True), ("fatal_error", True), ("account_inactive", False)])
def test_what_could_not_be_said_of_a_thread_is_owed_where_somebody_is_there(
    stage: Stage, error: str, owed: bool
) -> None:
    stage.slack.faults.always(SESSION, error=error)
    job = stage.opened()
    [row] = [row for row in stage.fills() if row.id == f"card:{job.id}"]
    clock = Clock()
    sessions = Sessions(Clients(stage.settings, stage.store), Limits(clock), clock)
    sessions.recall(job.id, {"status": "processing"})
    assert sessions.fading() == [job.id]
    asyncio.run(_shown(sessions, stage, row))
    assert sessions.fading() == ([job.id] if owed else [])


async def _shown(sessions: Sessions, stage: Stage, row: Post) -> None:
    await sessions.show(where_of(stage.store, row), stage.job, "paused")
