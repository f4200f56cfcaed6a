"""The whole way: a plan goes out, an editor trims it, it comes back and is rendered: exactly the editor's frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.render import render
from kernel.worker.timelines.base import Laid
from kernel.worker.timelines.fcpxml import FCPXML
from kernel.worker.timelines.recut import recut
from kernel.worker.timelines.strips import edited
from tests.kernel.worker.scenes import cut, nearest, numbers, plan, read_frames, said, source, words
from tests.kernel.worker.timelines.cuts import cut_both, remove_both, returned


def test_the_video_shows_the_very_frames_of_the_edited_timeline(
    talk: Path, slow: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    spoken = words("s1", ("one", 0.5, 0.9), ("two", 1.2, 1.8), ("three", 2.5, 2.9))
    sources = [source("s1", talk, 8.0, words=spoken)]
    sources.append(source("s2", slow, 6.0, rate={"num": 25, "den": 1}, has_sound=False, channels=0))
    cover = {"type": "cover", "id": "b1", "clip": "c1", "offset": 0.2, "length": 0.4, "source": "s2", "why": ""}
    base = plan(sources, said("c1", "s1", 0, 2), cut("c2", "s1", 4.0, 5.0), cut("c3", "s1", 6.0, 7.0), cover)

    def edit(timeline: Any) -> None:
        cut_both(timeline, "c1", tail=30)
        remove_both(timeline, "c2")
        cut_both(timeline, "c3", head=7)

    made = returned(base, edit)
    assert made.left == ()
    out = tmp_path / "out.mp4"
    render(made.plan, {"s1": talk, "s2": slow}, out, tmp_path / "cache", ffmpeg)
    shows = numbers(read_frames(out, ffmpeg))
    clip = compile(base).clips[0]
    first, end = clip.source_frame, clip.source_frame + clip.frames - 30
    assert shows[:6] == list(range(first, first + 6))
    assert shows[6:18] == nearest(0, 12, Fraction(30), Fraction(25))
    assert shows[18:] == [*range(first + 18, end), *range(187, 210)]


def test_a_trim_in_final_cut_is_rendered_to_the_frame(talk: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    base = plan([source("s1", talk, 8.0)], cut("c1", "s1", 1.0, 2.0), cut("c2", "s1", 4.0, 5.0))
    text = FCPXML.write(Laid(base, compile(base), {"s1": talk}))
    text = text.replace('offset="1s" start="4s" duration="1s"', 'offset="1s" start="123/30s" duration="17/30s"')
    made = recut(base, edited(FCPXML, text.encode(), base.output.rate))
    out = tmp_path / "out.mp4"
    render(made.plan, {"s1": talk}, out, tmp_path / "cache", ffmpeg)
    assert numbers(read_frames(out, ffmpeg)) == [*range(30, 60), *range(123, 140)]
