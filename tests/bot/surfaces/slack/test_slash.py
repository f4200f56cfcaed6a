"""`/rushes`, answered to whoever typed it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bot.surfaces.slack.quiet import Quiet
from tests.fakes.slack.people import Person


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quiet]:
    """A room with one job of Ann's at its first gate."""
    with Quiet(tmp_path_factory.mktemp("room")) as room:
        room.gate(room.begun())
        yield room
    assert room.slack.problems == []


def typed(quiet: Quiet, line: str, who: Person | None = None) -> str:
    """Type a command in a channel of one's own; return all words of the answer."""
    person = who or quiet.ann
    answer = person.command(line, quiet.slack.direct(person))
    assert answer is not None
    return f"{answer['text']} {answer.get('blocks', '')}"


def test_status_lists_ones_own_jobs_with_links_to_their_threads(quiet: Quiet) -> None:
    told = typed(quiet, "/rushes status")
    assert f"job {quiet.job.id[:8]}" in told
    assert f"/thread/{quiet.videos.id}-" in told
    assert "waiting for an answer" in told.lower()


def test_jobs_of_others_are_shown_in_their_channel_only(quiet: Quiet) -> None:
    assert "no jobs yet" in typed(quiet, "/rushes status", quiet.bob)
    answer = quiet.bob.command("/rushes status", quiet.videos)
    assert answer is not None
    assert quiet.job.id[:8] in str(answer["blocks"])
    assert "no job of yours" in typed(quiet, f"/rushes cancel {quiet.job.id[:8]}", quiet.bob)
    assert quiet.turns(0) == []


def test_a_change_is_kept_as_a_turn_of_the_jobs_thread(quiet: Quiet) -> None:
    short = quiet.job.id[:8]
    told = typed(quiet, f"/rushes rerun {short} captions: bigger, yellow")
    assert "in its thread" in told
    typed(quiet, f"/rushes rerun {short} make it shorter")
    typed(quiet, f"/rushes cancel {short}")
    typed(quiet, f"/rushes resume {short}")
    step, words, cancel, resume = quiet.turns(4)
    assert (step.payload["command"]["step"], step.payload["command"]["text"]) == ("captions", "bigger, yellow")
    assert (words.kind, words.text) == ("message", "make it shorter")
    assert cancel.payload["command"]["name"] == "cancel"
    assert resume.payload["command"]["name"] == "resume"
    assert {turn.conversation for turn in (step, words, cancel)} == {quiet.job.conversation}
    assert cancel.payload["place"]["response_url"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/rushes", "Drop footage"),
        ("/rushes what is this", "/rushes status"),
        ("/rushes cancel", "Say which job"),
        ("/rushes rerun zzzz", "Say what to change too"),
        ("/rushes cancel zzzz", "There is no job"),
    ],
)
def test_everything_else_is_answered_with_what_can_be_said(quiet: Quiet, line: str, words: str) -> None:
    assert words in typed(quiet, line)


def test_the_rules_of_the_channel_are_told_and_can_be_set(quiet: Quiet) -> None:
    answer = quiet.ann.command("/rushes rules", quiet.videos)
    assert answer is not None
    assert "Approvals" in answer["text"]
    assert quiet.ann.sees_view().view["callback_id"] == "settings"


def test_a_job_is_stopped_by_either_word(quiet: Quiet) -> None:
    for word in ("stop", "pause"):
        quiet.app.office.jobs.resume(quiet.job, quiet.ann.id, word)
        assert "I stop" in typed(quiet, f"/rushes {word} {quiet.job.id[:8]}")
        quiet.wait(lambda: quiet.job.decision == "paused")
