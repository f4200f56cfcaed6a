"""The operation `denoise`: it takes noise away and leaves what is clean."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kernel.worker.ffmpeg import Ffmpeg
from tests.kernel.worker.pictured import Pictures, graphs, pictured
from tests.kernel.worker.scenes import HEIGHT, WIDTH, Frames, cut, plan, source, write_video

GRAIN = {"light": 5.0, "medium": 9.0, "strong": 16.0}
"""Deviation of the noise that each strength is tried on, in levels of brightness."""


def _clean() -> Frames:
    """Return three frames of soft hills with a few hard edges."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    hills = 110 + 50 * np.sin(columns / 40) * np.cos(rows / 30)
    hills[40:90, 200:280] += 60
    return np.repeat(hills[None], 3, axis=0).astype(np.uint8)


def _shown(path: Path, ffmpeg: Ffmpeg, work: Path, strength: str | None) -> Pictures:
    more = [{"type": "denoise", "of": "*", "strength": strength}] if strength else []
    edit = plan([source("s1", path, 0.1, has_sound=False)], cut("c1", "s1", 0, 0.1), *more)
    return pictured(edit, {"s1": path}, ffmpeg, work)


def _psnr(shown: NDArray[np.uint8], clean: NDArray[np.uint8]) -> float:
    wrong = (shown.astype(np.float64) - clean.astype(np.float64)) ** 2
    return float(10 * np.log10(255**2 / max(float(wrong.mean()), 1e-9)))


@pytest.mark.parametrize("strength", GRAIN)
def test_it_takes_noise_away_and_harms_what_is_clean_by_little(strength: str, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    clean = _clean()
    grain = np.random.default_rng(1).normal(0, GRAIN[strength], clean.shape)
    noisy = np.clip(clean + grain, 0, 255).round().astype(np.uint8)
    paths = [
        write_video(tmp_path / f"{name}.mp4", ffmpeg, frames, "30", more=["-qp", "0"])
        for name, frames in (("clean", clean), ("noisy", noisy))
    ]
    (plain, soft), (rough, better) = (
        [_shown(path, ffmpeg, tmp_path, which) for which in (None, strength)] for path in paths
    )
    assert _psnr(better, plain) > _psnr(rough, plain) + 5
    assert _psnr(soft, plain) > 38


def test_a_still_is_left_alone(tmp_path: Path) -> None:
    known = {"id": "s1", "hash": "1" * 64, "name": "a", "kind": "still", "duration": 0, "width": 320, "height": 180}
    edit = plan([known], cut("c1", "s1", 0, 1), {"type": "denoise", "of": "c1"})
    assert "nlmeans" not in graphs(edit)[0][0].text
