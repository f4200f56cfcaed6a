"""see: a real render, measured and scored; then the same one spoilt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kernel.errors import BadInput
from kernel.evaluation.see import score_video
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.plan import EditPlan
from kernel.worker.render import render
from tests.kernel.worker.scenes import cut, numbered, plan, source, tone, words, write_video

Made = tuple[Path, EditPlan]
SPOKEN = words("s1", ("It", 0.6, 0.9), ("was", 1.0, 1.4), ("the", 1.5, 1.7), ("best.", 1.8, 2.6))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Made:
    """A rendered video of four seconds, and its plan."""
    folder = tmp_path_factory.mktemp("made")
    talk = write_video(folder / "talk.mp4", ffmpeg, numbered(150), "30", tone(5))
    more: list[dict[str, Any]] = [
        {"type": "captions"},
        {"type": "loudness"},
        {"type": "fade", "start": 0.5, "end": 0.5},
    ]
    edit = plan([source("s1", talk, 5.0, words=SPOKEN)], cut("c1", "s1", 0, 4), *more)
    render(edit, {"s1": talk}, folder / "out.mp4", folder / "cache", ffmpeg)
    return folder / "out.mp4", edit


def test_what_the_worker_renders_is_ready_to_deliver(made: Made, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    card = score_video(made[0], ffmpeg, tmp_path, made[1], {"length": 4.0, "captions": True})
    assert card.passed, card
    assert card.total > 0.95
    assert all(score.applicable for score in card.scores)


def test_the_wrong_plan_is_noticed(made: Made, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    other = made[1].model_copy(update={"operations": (made[1].operations[0].model_copy(update={"end": 3.5}),)})
    card = score_video(made[0], ffmpeg, tmp_path, other)
    assert [gate.name for gate in card.gates if not gate.passed] == ["exact frames"]


def test_a_spoilt_copy_is_told_from_the_render(made: Made, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.mp4"
    dark = "drawbox=t=fill:c=black:enable='between(t,1.2,2.5)'"
    loud = "volume=12dB,volume=0:enable='between(t,1.2,3)'"
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    ffmpeg.run([*opening(made[0]), "-vf", dark, "-af", loud, *codecs, f"file:{spoilt}"], cwd=tmp_path, timeout=60)
    card = score_video(spoilt, ffmpeg, tmp_path, made[1])
    scores = {score.name: score for score in card.scores}
    heard = {part.name: part.score for part in scores["watchability"].parts}
    assert heard["loudness"] < 0.8
    assert heard["black"] < 0.8
    assert [at.start for at in scores["watchability"].evidence if at.what == "black"] == [pytest.approx(1.2, abs=0.05)]
    assert scores["captions"].passed


def test_what_cannot_be_decoded_is_refused(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    (tmp_path / "no.mp4").write_bytes(b"no video" * 100)
    with pytest.raises(BadInput):
        score_video(tmp_path / "no.mp4", ffmpeg, tmp_path)
