"""An hour of footage: after it, picture and sound are still where they were."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.media import Inspection, Rate
from kernel.worker.plan import EditPlan
from kernel.worker.probe import probe
from kernel.worker.render import render
from tests.kernel.worker.exact import source_of
from tests.kernel.worker.scenes import RATE, cut, read_frames, read_sound

WIDTH, HEIGHT = 160, 90


def hour(path: Path, rate: Fraction, sample_rate: int, ffmpeg: Ffmpeg) -> float:
    """Write an hour that flashes and beeps about once a minute; return the seconds from one to the next.

    One stretch is encoded and repeated: a whole number of frames and of samples, so that nothing is lost between.
    """
    every = Fraction(60 * math.ceil(rate)) / rate
    on = "lt(t\\,0.1)"
    picture = f"color=gray:s={WIDTH}x{HEIGHT}:r={rate}:d=0.1,drawbox=color=white:t=fill"
    picture += f",tpad=stop_mode=add:color=gray:stop={60 * math.ceil(rate)},trim=end_frame={60 * math.ceil(rate)}"
    sound = f"aevalsrc=0.5*sin(2*PI*1000*t)*{on}:s={sample_rate},atrim=end_sample={every * sample_rate}"
    once = path.with_name(f"once-{path.name}")
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "300", "-pix_fmt", "yuv420p"]
    made = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *codecs, "-c:a", "pcm_s16le", f"file:{once}"]
    ffmpeg.run(made, cwd=path.parent, timeout=60)
    ffmpeg.run(["-stream_loop", "59", "-i", f"file:{once}", "-c", "copy", f"file:{path}"], cwd=path.parent, timeout=60)
    return float(every)


def planned(path: Path, found: Inspection, *spans: tuple[float, float]) -> EditPlan:
    """Return a plan of some stretches at the file's own rate, small and quick."""
    output = {"width": 64, "height": 64, "rate": (found.probe.rate or Rate(num=25, den=1)).model_dump()}
    cuts = [cut(f"c{n}", "s1", *span) for n, span in enumerate(spans)]
    sources = [source_of(path, found).model_dump(mode="json")]
    whole = {"confidence": 1, "output": {**output, "quality": "draft"}, "sources": sources, "operations": cuts}
    return EditPlan.read(whole)


def marks(out: Path, rate: float, ffmpeg: Ffmpeg) -> tuple[list[float], list[float]]:
    """Return the seconds at which flashes and beeps begin."""
    bright = read_frames(out, ffmpeg, 64, 64).mean(axis=(1, 2)) > 180
    loud = np.abs(read_sound(out, ffmpeg)[:, 0]) > 0.1
    near = np.lib.stride_tricks.sliding_window_view(np.concatenate([np.zeros(480, bool), loud]), 480)[: len(loud)]
    flashes = np.flatnonzero(bright & ~np.concatenate([[False], bright[:-1]])) / rate
    return flashes.tolist(), (np.flatnonzero(loud & ~near.any(axis=1)) / RATE).tolist()


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("rate", "sample_rate"),
    [(Fraction(25), 48000), (Fraction(30000, 1001), 44100)],
    ids=["25, 48 kHz", "29.97, 44.1 kHz"],
)
def test_flash_and_beep_are_together_at_the_beginning_the_middle_and_the_end_of_an_hour(
    rate: Fraction, sample_rate: int, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    path = tmp_path / "hour.mov"
    every = hour(path, rate, sample_rate, ffmpeg)
    found = Inspection(probe=probe(path, ffmpeg, tmp_path))
    assert found.probe.duration == pytest.approx(60 * every, abs=0.05)
    spans = [(at * every - 0.5, at * every + 0.5) for at in (1, 30, 59)]
    plan = planned(path, found, *spans, (60 * every - 1, 60 * every), (0, 1))
    render(plan, {"s1": path}, tmp_path / "out.mp4", tmp_path / "cache", ffmpeg)
    flashes, beeps = marks(tmp_path / "out.mp4", float(rate), ffmpeg)
    assert len(flashes) == 4
    assert beeps == pytest.approx(flashes, abs=0.001)


@pytest.mark.timeout(300)
def test_a_quarter_of_an_hour_in_one_clip_ends_together_to_the_millisecond(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    path = tmp_path / "hour.mov"
    every = hour(path, Fraction(10), 44100, ffmpeg)
    found = Inspection(probe=probe(path, ffmpeg, tmp_path))
    plan = planned(path, found, (45 * every, 60 * every))
    made = render(plan, {"s1": path}, tmp_path / "out.mp4", tmp_path / "cache", ffmpeg)
    assert made.frames == 9000
    last = tmp_path / "last.mkv"
    tail = [*opening(tmp_path / "out.mp4", "-ss", str(14 * every - 10)), "-c:v", "libx264", "-c:a", "flac"]
    ffmpeg.run([*tail, f"file:{last}"], cwd=tmp_path, timeout=60)
    flashes, beeps = marks(last, 10, ffmpeg)
    assert flashes == pytest.approx([10], abs=0.01)
    assert beeps == pytest.approx([10], abs=0.002)
