"""curve: how loud a file is at each moment, read from what ffmpeg's ebur128 filter noted while it passed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

STEP = 0.1
"""Seconds between two readings."""
LONGEST = 36_000
"""Points of a curve: those of an hour. In a longer file neighbours are put together."""
NOTHING = -70.0
"""LUFS: what is below is silence (EBU R128's absolute gate)."""
_TIME = re.compile(r"pts_time:(-?[\d.]+)")

Curve = npt.NDArray[np.float32]


def noting(file: str) -> str:
    """Return the filter that writes each momentary loudness into a file of the work folder; it follows ebur128."""
    return f"ametadata=mode=print:key=lavfi.r128.M:file={file}"


def read_curve(lines: Iterable[str], start: float, duration: float) -> tuple[tuple[float, ...], float]:
    """Return the curve and the seconds between two of its points.

    Args:
        lines: as the filter wrote them.
        start: seconds that the file's clock shows where it begins.
        duration: seconds of the curve; where there is no sound it is silent.
    """
    made: Curve = np.full(max(1, round(duration / STEP)), NOTHING, dtype=np.float32)
    for at, loudness in _readings(lines):
        # A reading is of the 0.4 s that end with its step: their middle lies one step earlier.
        place = round((at - start) / STEP) - 1
        if 0 <= place < len(made):
            made[place] = max(NOTHING, loudness)
    joined = -(-len(made) // LONGEST)
    points = tuple(round(float(point), 1) for point in _mean(made, joined))
    return points, round(STEP * joined, 3)


def _readings(lines: Iterable[str]) -> Iterator[tuple[float, float]]:
    at = 0.0
    for line in lines:
        time = _TIME.search(line)
        if time:
            at = float(time[1])
        elif line.startswith("lavfi.r128.M="):
            told = line.partition("=")[2].strip()
            yield at, float(told) if told not in ("nan", "-nan") else NOTHING


def _mean(curve: Curve, joined: int) -> Curve:
    """Return the loudness of so many neighbours together."""
    if joined == 1:
        return curve
    padded = np.pad(curve, (0, -len(curve) % joined), mode="edge").reshape(-1, joined)
    made: Curve = 10 * np.log10((10 ** (padded.astype(np.float64) / 10)).mean(axis=1)).astype(np.float32)
    return made
