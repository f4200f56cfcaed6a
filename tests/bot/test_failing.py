"""A failure is told without paths, commands and long ids, and with what would help."""

from __future__ import annotations

import pytest

import kernel.errors
from bot.failing import MENDS, OURS, UNKNOWN, failure_text, mend_of, plain_why
from tests.bot.room import Room


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("talk.mp4 has no picture.", "talk.mp4 has no picture."),
        ("/data/jobs/ab/in/talk.mp4 cannot be read: it is damaged.", "talk.mp4 cannot be read: it is damaged."),
        ("The file 3f2a9c0d1e4b5a6978 is gone.", "The file is gone."),
        ("It failed. `rushes logs ab12` has the details.", "It failed."),
        ("The render failed\nffmpeg said: Invalid data", "The render failed."),
        ("plan met a fault of ours (KeyError: 'x'); `rushes logs ab` has the details.", OURS),
        ("ffmpeg said: Invalid data", OURS),
        ("The key sk-abcdefgh12345 was refused.", "The key [secret] was refused."),
        ("It is at https://example.com/a/b.", "It is at https://example.com/a/b."),
        ("0:12/0:30 is too long.", "0:12/0:30 is too long."),
        ("  ", UNKNOWN),
    ],
)
def test_nothing_internal_is_told(error: str, told: str) -> None:
    assert plain_why(error, "") == told


def test_where_the_database_was_away_its_address_is_not_told() -> None:
    error = (
        "The database postgresql://rushes@db.acme.internal/rushes did not answer (timeout): try again when it is back."
    )
    assert plain_why(error, "Away") == "I could not reach my own records for a moment."


def test_every_kind_of_error_has_something_that_would_help() -> None:
    assert all(hasattr(kernel.errors, name) for name in MENDS if name != "lost")
    assert mend_of("It took too long.", "TimedOut") == "Say `resume`, or ask for a shorter video."
    assert mend_of("Who knows.", "StepFailed").startswith("Say `resume`; if it happens once more, say what")
    assert mend_of("The budget of $5.00 is used up; raise it and go on.", "Denied").startswith("Whoever looks after me")


def test_a_job_that_failed_for_good_tells_what_is_kept_and_what_would_mend_it(room: Room) -> None:
    job = room.opened()
    assert failure_text(room.office, job) == ""
    room.say("change: something impossible")
    told = [
        "Writing the edit plan failed: That cannot be: say something else.",
        "Nothing that is finished is lost: your footage, the edit plan v1, the preview v1.",
        "Drop another file here, or tell me to do without it.",
    ]
    assert failure_text(room.office, job).splitlines() == told
    said = room.events("said")[-1].payload
    assert (said["of"], said["end"], said["steps"]) == ("event", "failed", ["plan"])
    assert said["text"].splitlines() == told
