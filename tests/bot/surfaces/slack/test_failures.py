"""What would help against a failure, where people have buttons."""

from __future__ import annotations

import pytest

from bot.failing import MENDS
from bot.surfaces.slack.failures import mend_of


def test_a_mend_names_the_buttons_of_its_card() -> None:
    assert mend_of("It took too long.", "TimedOut") == "Press Try again, or ask for a shorter video."
    assert mend_of("Who knows.", "StepFailed").startswith("Press Try again; if it happens once more, press Change…")


@pytest.mark.parametrize("kind", [*MENDS, "", "StepFailed"])
def test_no_mend_speaks_of_words_to_type(kind: str) -> None:
    assert "`" not in mend_of("It failed.", kind)
    assert "{" not in mend_of("It failed.", kind)
