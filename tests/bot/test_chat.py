"""Talking in a terminal, from a pipe."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from bot.chat import Chatting, parted
from kernel.errors import RushesError
from tests.bot.room import WISH, Room


def talk(room: Room, *lines: str) -> str:
    """Pipe lines into a chat of the room's conversation and return all that it shows."""
    console, out = room.console()
    Chatting(room.app, console, io.StringIO("".join(f"{line}\n" for line in lines)), room.here).whole()
    return out.getvalue()


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "my clip.mp4"
    path.write_bytes(b"pictures")
    return path


def test_a_line_is_parted_into_words_and_paths(clip: Path) -> None:
    other = clip.with_name("b.mp4")
    other.touch()
    assert parted(f'make it short "{clip}" {other} please') == ("make it short please", [clip, other])
    assert parted(str(clip).replace(" ", "\\ ")) == ("", [clip])


def test_a_line_without_files_is_left_as_it_was_typed() -> None:
    for line in ("don't cut the joke", 'say "hello"  twice', "cut/paste and e.g. 9.16", "/nowhere/at/all.mp4"):
        assert parted(f" {line}\n") == (line, [])


def test_a_very_long_line_is_no_path() -> None:
    line = "word/" * 3000
    assert parted(line) == (line, [])


def test_a_path_with_an_apostrophe_is_still_a_file(tmp_path: Path) -> None:
    path = tmp_path / "ann's.mp4"
    path.write_bytes(b"pictures")
    assert parted(str(path)) == ("", [path])


def test_a_whole_job_is_talked_through(lively: Room) -> None:
    shown = talk(lively, str(lively.footage).replace(" ", "\\ "), WISH, "status", "approve", "approve", "status")
    order = [
        "What shall I make of it?",
        "12 seconds, 9:16",
        "Preview v1",
        "preview is ready and waits for you",
        "preview v1: awaiting approval",
        "Preview v1 is approved: I render the final now.",
        "Final v1",
        "Final v1 is accepted: I deliver it now.",
        "The video is finished and delivered.",
        ": completed",
    ]
    places = [shown.index(words) for words in order]
    assert places == sorted(places)


def test_a_rerun_from_the_chat_asks_for_a_new_approval(lively: Room) -> None:
    shown = talk(lively, f"'{lively.footage}' {WISH}", "rerun plan: make it 5 seconds", "approve preview v1")
    assert "These become stale by it: preview." in shown
    assert "Preview v2" in shown
    assert shown.rstrip().endswith("This is preview v1; v2 is current: look at that one.")


def test_empty_lines_say_nothing_and_exit_leaves(lively: Room) -> None:
    shown = talk(lively, "", "   ", "exit", "status")
    assert "No job yet" not in shown
    assert lively.store.turns.list(lively.here) == []


def test_a_question_about_a_failed_job_does_not_wait_for_ever(lively: Room) -> None:
    shown = talk(lively, f"'{lively.footage}' {WISH}", "change: something impossible", "status", "resume")
    assert "plan: That cannot be: say something else." in shown
    assert ": failed" in shown
    assert shown.count("Writing the edit plan failed: That cannot be") == 2


def test_a_job_that_goes_on_is_shown_until_it_stands_still(lively: Room) -> None:
    talk(lively, f"'{lively.footage}' {WISH}", "stop")
    console, out = lively.console()
    Chatting(lively.app, console, io.StringIO(), lively.here).go_on(lively.job, "walk")
    assert "review required" in out.getvalue()


def test_a_job_that_fails_again_says_so(lively: Room) -> None:
    talk(lively, f"'{lively.footage}' {WISH}", "change: something impossible")
    console, out = lively.console()
    with pytest.raises(RushesError, match="The job failed again"):
        Chatting(lively.app, console, io.StringIO(), lively.here).go_on(lively.job, "walk")
    assert "That cannot be" in out.getvalue()


def test_a_chat_begins_a_conversation_of_its_own(lively: Room) -> None:
    console, _ = lively.console()
    first = Chatting(lively.app, console, io.StringIO())
    assert first.conversation != Chatting(lively.app, console, io.StringIO()).conversation
