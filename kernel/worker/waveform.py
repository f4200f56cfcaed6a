"""waveform: the sound of one of our own videos as so many peaks as a picture has columns, in bounded memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kernel.worker.ffmpeg import Ffmpeg, Wish, opening

RATE = 4000
"""Samples a second that are looked at: a picture shows no more."""
BLOCK = 1 << 16
SPEED = 20.0
"""Times real time that decoding sound may at least take."""


def waveform(
    video: Path, seconds: float, columns: int, ffmpeg: Ffmpeg, work: Path, cancelled: Wish | None = None
) -> tuple[float, ...]:
    """Return the peak of each column, 0 to 1; all 0 where it is silent.

    Args:
        video: a file with sound.
        seconds: how long it is.
        columns: how many peaks are wanted.
        work: a folder; nothing is written there.
    """
    arguments = [*opening(video), "-map", "0:a:0", "-ac", "1", "-ar", str(RATE), "-f", "s16le", "pipe:1"]
    timeout = 60 + seconds / SPEED
    peaks, at, wide = np.zeros(columns), 0, columns / max(1.0, seconds * RATE)
    for block in ffmpeg.stream(arguments, cwd=work, timeout=timeout, size=BLOCK, cancelled=cancelled):
        samples = np.abs(np.frombuffer(block[: len(block) // 2 * 2], "<i2").astype(np.float32)) / 32768
        where = np.minimum(((at + np.arange(len(samples))) * wide).astype(int), columns - 1)
        np.maximum.at(peaks, where, samples)
        at += len(samples)
    return tuple(round(float(peak), 4) for peak in peaks)
