"""The sound of a source as samples: one mono WAV made by the worker, read back without any media library."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kernel.errors import BadInput
from kernel.worker.ffmpeg import Ffmpeg, Wish, opening
from kernel.worker.media import Probe

Samples = npt.NDArray[np.float32]
"""One channel, -1 to 1."""

RATE = 16_000
"""Samples per second, as the recogniser wants them; speech has little above 8 kHz."""
DECODE_SPEED = 10.0
"""Times real time that decoding sound alone is at least allowed to take; measured at several hundred."""


def hear_file(path: Path, probe: Probe, wav: Path, ffmpeg: Ffmpeg, cancelled: Wish | None = None) -> Path:
    """Write the source's sound as mono 16 kHz WAV, second for second on the source's own clock.

    Sound that begins after the picture is led in by silence, holes are filled, the end is that of the source.

    Args:
        path: the source.
        probe: what it holds; its chosen sound stream is used.
        wav: the file to write.
        ffmpeg: decodes it.
        cancelled: asked all along.
    """
    level = f"aresample=async=1:first_pts=0,atrim=end={probe.duration:.6f}"
    ffmpeg.run(
        [*opening(path), "-map", f"0:a:{probe.audio_stream}", "-af", level, "-ac", "1", "-ar", str(RATE)]
        + ["-c:a", "pcm_s16le", "-map_metadata", "-1", "-fflags", "+bitexact", f"file:{wav.absolute()}"],
        cwd=wav.parent,
        timeout=60 + probe.duration / DECODE_SPEED,
        cancelled=cancelled,
    )
    return wav


def read_wav(wav: Path) -> Samples:
    """Read a mono 16-bit 16 kHz WAV that the worker made.

    Raises:
        BadInput: it is something else.
    """
    try:
        with wave.open(str(wav), "rb") as file:
            shape = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            data = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise BadInput(f"{wav.name} is no WAV file made by the worker: make it again.") from error
    if shape != (1, 2, RATE):
        raise BadInput(f"{wav.name} is not mono, 16 bit, {RATE} Hz: make it again.")
    samples: Samples = np.frombuffer(data, dtype="<i2").astype(np.float32) / 32768
    return samples
