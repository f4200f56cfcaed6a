"""A failure is told without paths, commands and long ids, and with what would help."""

from __future__ import annotations

import pytest

import kernel.errors
from bot.surfaces.slack.failures import AGAIN, BUDGET, MENDS, OURS, UNKNOWN, mend_of, plain_why


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


def test_every_kind_of_error_has_something_that_would_help() -> None:
    assert all(hasattr(kernel.errors, name) for name in MENDS if name != "lost")
    assert mend_of("It took too long.", "TimedOut") == MENDS["TimedOut"]
    assert mend_of("Who knows.", "StepFailed") == AGAIN
    assert mend_of("The budget of $5.00 is used up; raise it and go on.", "Denied") == BUDGET
