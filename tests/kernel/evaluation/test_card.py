"""card: a picture of any scorecard."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from kernel.evaluation import score
from kernel.evaluation.card import card
from kernel.evaluation.pen import wrapped
from kernel.evaluation.scorecard import Scorecard
from tests.kernel.evaluation.conftest import Look


def _green(picture: Image.Image) -> int:
    return sum(count for count, colour in picture.getcolors(1 << 24) or [] if colour == (0x3E, 0xCF, 0x8E))


def test_a_better_score_is_greener(look: Look, tmp_path: Path) -> None:
    card(score(look()), tmp_path / "sub" / "good.png")
    card(score(look(loudness=-30.0, black=[{"start": 3, "end": 6}])), tmp_path / "bad.png")
    with Image.open(tmp_path / "sub" / "good.png") as good, Image.open(tmp_path / "bad.png") as bad:
        assert good.width == bad.width == 1760
        assert _green(good) > 2 * _green(bad)
    assert sorted(path.name for path in tmp_path.rglob("*.png")) == ["bad.png", "good.png"]


def test_the_same_scorecard_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        card(Scorecard.read(Scorecard.EXAMPLE), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_long_sentences_are_broken_between_words() -> None:
    lines = wrapped("one two three four five six seven", 120, 15)
    assert len(lines) > 1
    assert " ".join(lines) == "one two three four five six seven"
