"""glance: the small picture of any scorecard."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from kernel.evaluation import score
from kernel.evaluation.glance import glance
from kernel.evaluation.scorecard import Scorecard
from tests.kernel.evaluation.conftest import Look


def colours(picture: Image.Image, colour: str) -> int:
    wanted = tuple(bytes.fromhex(colour.removeprefix("#")))
    return sum(count for count, found in picture.getcolors(1 << 24) or [] if found == wanted)


def test_what_fails_is_red_and_said_in_words_and_what_passes_is_green(look: Look, tmp_path: Path) -> None:
    glance(score(look()), tmp_path / "sub" / "good.png")
    glance(score(look(loudness=-30.0, black=[{"start": 3, "end": 6}])), tmp_path / "bad.png")
    with Image.open(tmp_path / "sub" / "good.png") as good, Image.open(tmp_path / "bad.png") as bad:
        assert good.width == bad.width == 1040
        assert bad.height > good.height
        assert colours(good, "#3ecf8e") > 2 * colours(bad, "#3ecf8e")
        assert colours(bad, "#ff6b6b") > colours(good, "#ff6b6b") == 0
    assert sorted(path.name for path in tmp_path.rglob("*.png")) == ["bad.png", "good.png"]


def test_it_is_no_taller_than_a_thread_shows(look: Look, tmp_path: Path) -> None:
    glance(score(look(loudness=-30.0, black=[{"start": 3, "end": 6}])), tmp_path / "bad.png")
    with Image.open(tmp_path / "bad.png") as bad:
        assert bad.height < 1.3 * bad.width


def test_the_same_scorecard_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        glance(Scorecard.read(Scorecard.EXAMPLE), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
