"""What each place takes, and that a cut for it is held to that."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from kernel.worker.ffmpeg import Ffmpeg, opening_ours
from kernel.worker.formats import format_of
from kernel.worker.formats.base import encoder
from kernel.worker.output import Output
from kernel.worker.presets import PRESETS, SIZES, preset_of, too_large, too_long


def test_every_platform_of_an_output_has_its_preset() -> None:
    assert set(PRESETS) == set(get_args(Output.model_fields["platform"].annotation))
    assert preset_of(None).name == "web"


@pytest.mark.parametrize("name", PRESETS)
def test_its_sizes_can_be_rendered_and_its_shape_is_among_them(name: str) -> None:
    found = PRESETS[name]
    for width, height in found.sizes.values():
        Output.model_validate({"width": width, "height": height, "rate": {"num": 30, "den": 1}})
    assert found.shape is None or found.shape in found.sizes
    for shape, (width, height) in found.sizes.items():
        assert Fraction(width, height) == Fraction(*map(int, shape.split(":")))
    assert set(found.sizes) == set(SIZES)


@pytest.mark.parametrize(
    ("platform", "seconds", "said"),
    [
        ("shorts", 181, "It lasts 3:01 minutes, but YouTube Shorts takes 3:00 minutes at the most."),
        ("shorts", 180, ""),
        ("reels", 1000, "It lasts 16:40 minutes, but Instagram Reels takes 15:00 minutes at the most."),
        ("youtube", 50000, "It lasts 13:53:20 hours, but YouTube takes 12:00:00 hours at the most."),
        ("slack", 100000, ""),
        (None, 100000, ""),
    ],
)
def test_a_cut_that_is_too_long_for_a_place_is_said(platform: str | None, seconds: float, said: str) -> None:
    assert too_long(platform, seconds) == said


def test_a_file_that_is_too_large_for_a_place_is_said() -> None:
    assert too_large("reels", 301 * 10**6) == "It has 301 MB, but Instagram Reels takes 300 MB at the most."
    assert too_large("reels", 10**6) == too_large("web", 10**13) == ""


def test_only_a_place_that_asks_for_it_caps_the_bitrate() -> None:
    outputs = [Output.model_validate({**OUTPUT, "platform": name}) for name in PRESETS]
    capped = {o.platform for o in outputs if "-maxrate" in encoder(format_of(o), o)}
    assert capped == {"reels"}


OUTPUT = {"width": 320, "height": 180, "rate": {"num": 25, "den": 1}, "quality": "draft"}


def test_a_picture_of_noise_is_held_to_the_cap_and_is_the_same_every_time(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    width, height, frames = 540, 960, 75
    raw = tmp_path / "noise.raw"
    np.random.default_rng(7).integers(0, 255, (frames, height, width), dtype=np.uint8).tofile(raw)
    opened = opening_ours(raw, "rawvideo", "-pix_fmt", "gray", "-s", f"{width}x{height}", "-r", "25")

    def encoded(name: str, platform: str) -> bytes:
        output = Output.model_validate({**OUTPUT, "width": width, "height": height, "platform": platform})
        out = tmp_path / f"{name}.mp4"
        ffmpeg.run([*opened, *encoder(format_of(output), output), f"file:{out}"], cwd=tmp_path, timeout=60)
        return out.read_bytes()

    held, again, free = encoded("held", "reels"), encoded("again", "reels"), encoded("free", "web")
    assert held == again
    assert len(held) * 8 / 3 < 1.2 * (PRESETS["reels"].bitrate or 0) < len(free) * 8 / 3
