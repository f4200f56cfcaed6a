"""Plain words that need no model."""

from __future__ import annotations

import pytest

from bot.commands import Command, is_answer, read_command

STEPS = frozenset({"plan", "selects_dialogue", "captions", "preview"})


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("approve", Command(name="approve")),
        ("  Approved! ", Command(name="approve")),
        ("Yes.", Command(name="approve")),
        ("approve preview", Command(name="approve", step="preview")),
        ("Approve preview V12", Command(name="approve", step="preview", version=12)),
        ("no", Command(name="reject")),
        ("reject: the colours are off", Command(name="reject", text="the colours are off")),
        ("change: make the opening shorter", Command(name="rerun", text="make the opening shorter")),
        ("rerun plan: make it 20 seconds", Command(name="rerun", step="plan", text="make it 20 seconds")),
        (
            "RERUN Selects_Dialogue, lose the\njoke",
            Command(name="rerun", step="selects_dialogue", text="lose the\njoke"),
        ),
        ("keep captions", Command(name="keep", step="captions")),
        ("Keep selects_dialogue", Command(name="keep", step="selects_dialogue")),
        ("refresh", Command(name="refresh")),
        ("STOP!", Command(name="pause")),
        ("go on", Command(name="resume")),
        ("cancel", Command(name="cancel")),
        ("Start over.", Command(name="restart")),
        ("start over: 20 seconds, square", Command(name="restart", text="20 seconds, square")),
        ("status", Command(name="status")),
        ("help", Command(name="help")),
    ],
)
def test_a_command_is_read_however_it_is_typed(said: str, command: Command) -> None:
    assert read_command(said, STEPS) == command


@pytest.mark.parametrize(
    "said",
    [
        "",
        "30 seconds, vertical",
        "stop using so many cuts",
        "keep laughing",
        "keep the joke",
        "keep captions short",
        "approve it for me",
        "approve it",
        "no music please",
        "rerun plan",
        "rerun plan:",
        "change:   ",
        "I would like a change: less music",
        "yes, but shorter",
        "start over from the second clip",
    ],
)
def test_what_is_a_wish_is_left_to_the_editor(said: str) -> None:
    assert read_command(said, STEPS) is None


@pytest.mark.parametrize(("said", "bare"), [("Yes!", True), ("no", True), ("approve", False), ("no music", False)])
def test_a_bare_yes_or_no_is_an_answer_to_whatever_was_asked(said: str, bare: bool) -> None:
    assert is_answer(said) is bare
