"""Curves: numbers from frame to frame as expressions, worked out by the real ffmpeg."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.worker.curves import expression, lines
from kernel.worker.ffmpeg import Ffmpeg


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-2000, 2000), min_size=1, max_size=80), st.sampled_from([0.01, 1.0]))
def test_lines_keep_near_to_their_numbers(values: list[float], fine: float) -> None:
    found = lines(values, fine)
    starts = [line.first for line in found]
    for frame, value in enumerate(values):
        line = found[max(n for n, start in enumerate(starts) if start <= frame)]
        assert abs(line.value + line.slope * (frame - line.first) - value) <= fine + 1e-6


def test_what_stands_still_is_one_number_and_a_straight_move_one_line() -> None:
    assert expression([3.25] * 50, "n") == "3.25"
    assert len(lines([2.0 * n for n in range(300)], 0.01)) == 2


def test_ffmpeg_works_the_curve_out_frame_by_frame(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    values = [100 + 80 * math.sin(n / 5) for n in range(60)]
    # The brightness of each frame is the curve's value.
    grey = f"geq=lum='{expression(values, 'N')}'".replace(",", "\\,")
    raw = tmp_path / "black.raw"
    raw.write_bytes(bytes(16 * 16 * 60))
    opened = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "16x16", "-r", "30", "-i", f"file:{raw}"]
    blocks = ffmpeg.stream(
        [*opened, "-vf", f"{grey},format=gray", "-f", "rawvideo", "pipe:1"], cwd=tmp_path, timeout=30, size=256
    )
    shown = [float(np.frombuffer(block, np.uint8).mean()) for block in blocks]
    assert max(abs(a - b) for a, b in zip(shown, values, strict=True)) <= 1
