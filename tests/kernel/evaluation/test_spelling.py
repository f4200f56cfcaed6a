"""spelling: what was read is compared with what is written as a reader would."""

from __future__ import annotations

import pytest

from kernel.evaluation.spelling import edits, error_rate


@pytest.mark.parametrize(
    ("written", "read", "rate"),
    [
        ("We made rushes better.", "we made RUSHES better", 0.0),
        ("I'll be there at 10", "l'll be there at l0", 0.0),
        ("Café Zoë", "Cafe Zoe", 0.0),
        ("of times", "EXIT of times 12:30", 0.0),
        ("of times", "of tines", 1 / 7),
        ("of times", "of", 5 / 7),
        ("of times", "", 1.0),
        ("最良の時代", "最良の時代", 0.0),
        ("...", "anything", 0.0),
    ],
)
def test_letters_that_differ_are_counted(written: str, read: str, rate: float) -> None:
    assert error_rate(written, read) == pytest.approx(rate, abs=1e-4)


def test_edits_are_changes_gaps_and_what_is_too_much() -> None:
    assert [edits("abcd", found) for found in ("abcd", "abxd", "abd", "abxcd", "xxabcdxx", "")] == [0, 1, 1, 1, 0, 4]
