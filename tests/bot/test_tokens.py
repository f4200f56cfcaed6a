"""Tokens of buttons: found again where they were shown, and nobody's anywhere else."""

from __future__ import annotations

import pytest

from bot.tokens import found, token
from kernel.store.records import Kept

SECRET = b"a secret of this test"


def kept(version: int, hash: str, step: str = "preview") -> Kept:
    """Return a version of a gate's document."""
    values = {"job": "j", "step": step, "version": version, "hash": hash, "schema": "Preview", "body": {}}
    return Kept.model_validate({**values, "input_hash": hash, "run": f"r{version}"})


VERSIONS = [kept(1, "h1"), kept(2, "h2"), kept(1, "s1", "scorecard")]


@pytest.mark.parametrize("shown", VERSIONS)
def test_a_token_is_found_among_all_versions_of_all_gates(shown: Kept) -> None:
    made = token(SECRET, "c", "j", shown.step, shown.hash)
    assert len(made) == 43
    assert made == token(SECRET, "c", "j", shown.step, shown.hash)
    assert found(SECRET, "c", "j", VERSIONS, made) == shown


def test_the_newest_of_two_versions_alike_counts() -> None:
    same = [kept(1, "h1"), kept(2, "h1")]
    assert found(SECRET, "c", "j", same, token(SECRET, "c", "j", "preview", "h1")) == same[1]


@pytest.mark.parametrize(
    "made",
    [
        token(SECRET, "another thread", "j", "preview", "h1"),
        token(SECRET, "c", "another job", "preview", "h1"),
        token(SECRET, "c", "j", "scorecard", "h1"),
        token(SECRET, "c", "j", "preview", "never made"),
        token(b"another secret", "c", "j", "preview", "h1"),
        "",
        "forged",
        "ünicode",
    ],
)
def test_a_token_of_elsewhere_is_nobodys(made: str) -> None:
    assert found(SECRET, "c", "j", VERSIONS, made) is None


def test_no_character_of_a_token_may_be_changed() -> None:
    made = token(SECRET, "c", "j", "preview", "h1")
    for place in range(len(made)):
        changed = made[:place] + ("A" if made[place] != "A" else "B") + made[place + 1 :]
        assert found(SECRET, "c", "j", VERSIONS, changed) is None
