"""excerpt: stretches of a plan drawn anew without loss, exactly the frames that the render shows."""

from __future__ import annotations

from pathlib import Path

from kernel.worker.compile import compile
from kernel.worker.excerpt import excerpt, making_of, stretch_of
from kernel.worker.ffmpeg import Ffmpeg
from tests.kernel.worker.scenes import cut, numbered, numbers, plan, read_frames, source, write_video


def test_an_excerpt_shows_the_frames_of_its_stretch(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    talk = write_video(tmp_path / "talk.mp4", ffmpeg, numbered(150), "30")
    edit = plan([source("s1", talk, 5.0)], cut("c1", "s1", 1, 2), cut("c2", "s1", 3, 5))
    timeline = compile(edit)
    place = stretch_of(timeline.pictures[1], 50, 12)
    making = making_of(edit, timeline, [place], {"s1": talk}, tmp_path / "cache", ffmpeg, lambda: False)
    made = excerpt(making, place, tmp_path / "made.mkv")
    assert numbers(read_frames(made.path, ffmpeg)) == list(range(110, 122))


def test_a_stretch_keeps_only_the_fades_that_reach_into_it(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    talk = write_video(tmp_path / "talk.mp4", ffmpeg, numbered(60), "30")
    edit = plan([source("s1", talk, 2.0)], cut("c1", "s1", 0, 2), {"type": "fade", "start": 0.5, "end": 0.0})
    picture = compile(edit).pictures[0]
    assert stretch_of(picture, 5, 10).veils
    assert not stretch_of(picture, 20, 10).veils
