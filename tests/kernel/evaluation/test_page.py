"""page: one file that stands alone, shows every number with its evidence, and says nothing it was not told."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import pytest
from PIL import Image

from kernel.evaluation import score
from kernel.evaluation.base import Seen
from kernel.evaluation.case import Case
from kernel.evaluation.page import page
from kernel.evaluation.scorecard import Evidence, Scorecard
from kernel.evaluation.see import see
from kernel.evaluation.strip import CURVE, WIDTH, cuts_of, height, strip
from kernel.worker.ffmpeg import Ffmpeg
from tests.kernel.evaluation.conftest import Look
from tests.kernel.evaluation.scenes import talk
from tests.kernel.worker.scenes import numbered, tone, write_sound, write_video

PICTURE = re.compile(r'src="data:image/jpeg;base64,([^"]+)"')


def _card(why: str = "It flickers.") -> Scorecard:
    """Return a scorecard with one fault at 1 to 2 s."""
    body = Scorecard.EXAMPLE["scores"][0]
    fault = Evidence(start=1.0, end=2.0, what="<b>too loud</b>")
    found = {**body, "score": 0.2, "passed": False, "why": why, "instruction": "Turn it down.", "evidence": [fault]}
    return Scorecard.read({**Scorecard.EXAMPLE, "scores": [found], "total": 0.2, "passed": False})


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Path:
    return write_video(tmp_path_factory.mktemp("page") / "a&b.mp4", ffmpeg, numbered(90), "30", tone(3))


@pytest.fixture(scope="module")
def seen(video: Path, ffmpeg: Ffmpeg, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return see(Case(video, ffmpeg, tmp_path_factory.mktemp("work")))


def test_the_page_stands_alone_and_escapes_what_it_is_told(
    seen: Seen, video: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    page(_card("<script>alert(1)</script> at once."), seen, video, tmp_path / "out" / "page.html", ffmpeg, tmp_path)
    written = (tmp_path / "out" / "page.html").read_text()
    assert "<script" not in written
    assert "&lt;script&gt;alert(1)&lt;/script&gt; at once." in written
    assert "&lt;b&gt;too loud&lt;/b&gt;" in written
    assert "a&amp;b.mp4" in written
    assert "http://" not in written
    assert "https://" not in written
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["page.html"]


def test_every_piece_of_evidence_comes_with_its_frame(seen: Seen, video: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    page(_card(), seen, video, tmp_path / "page.html", ffmpeg, tmp_path)
    written = (tmp_path / "page.html").read_text()
    pictures = [Image.open(io.BytesIO(base64.b64decode(data))) for data in PICTURE.findall(written)]
    assert len(pictures) == 12 + 1
    assert all(picture.format == "JPEG" and picture.width <= 320 for picture in pictures)
    assert "<b>0:01.5</b>" in written
    assert "Turn it down." in written


def test_a_file_without_pictures_has_a_page_too(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    sound = write_sound(tmp_path / "talk.wav", ffmpeg, tone(3))
    heard = see(Case(sound, ffmpeg, tmp_path))
    page(score(heard), heard, sound, tmp_path / "page.html", ffmpeg, tmp_path)
    assert not PICTURE.findall((tmp_path / "page.html").read_text())


def test_captions_are_shown_even_where_the_video_is_not_as_large_as_planned(
    ffmpeg: Ffmpeg, look: Look, tmp_path: Path
) -> None:
    planned = look(talk("it was the best of times", 0.4))
    video = write_video(tmp_path / "talk.mp4", ffmpeg, numbered(planned.measured.frames), "30", tone(3))
    page(score(planned), planned, video, tmp_path / "page.html", ffmpeg, tmp_path)
    written = (tmp_path / "page.html").read_text()
    assert planned.timeline is not None
    assert written.count('alt="It was') + written.count('alt="it was') >= 1
    assert "Captions as they stand on the picture" in written


def test_the_strip_lays_faults_and_loudness_where_they_are(look: Look) -> None:
    drawn = strip(look(), _card(), (0.0, 0.5, 1.0))
    assert [(zone.x, zone.width) for zone in drawn.zones] == [(WIDTH / 10, WIDTH / 10)]
    assert height(0.0) == 0.0
    assert height(-50.0) == height(-90.0) == CURVE
    assert drawn.wave.count("M") == 3
    assert [time for _, time in drawn.ticks][:3] == ["0:00", "0:01", "0:02"]


def test_cuts_come_from_the_plan_where_there_is_one(look: Look, seen: Seen) -> None:
    assert cuts_of(look(talk("it was the best of times"))) == ()
    assert cuts_of(look()) == ()
