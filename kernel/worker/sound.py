"""The sound of a source as samples: one mono WAV made by the worker, read back without any media library."""

from __future__ import annotations

import re
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kernel.errors import BadInput
from kernel.worker.clock import OWN_CLOCK
from kernel.worker.ffmpeg import Ffmpeg, Wish, opening
from kernel.worker.media import Probe

Samples = npt.NDArray[np.float32]
"""One channel, -1 to 1."""
Coded = npt.NDArray[np.int16]
"""The same as it lies in a file: 16 bit."""

RATE = 16_000
"""Samples per second, as the recogniser wants them; speech has little above 8 kHz."""
MADE = ("-ac", "1", "-ar", str(RATE), "-c:a", "pcm_s16le", "-map_metadata", "-1", "-fflags", "+bitexact")
"""Arguments of the output that is such a WAV; its name follows."""
SILENT = -70.0
"""LUFS at which the measure's absolute gate shuts: nothing louder was met."""
_LOUDNESS = re.compile(r"^\s+I:\s+(-?[\d.]+) LUFS", re.MULTILINE)
DECODE_SPEED = 10.0
"""Times real time that decoding sound alone is at least allowed to take; measured at several hundred."""


def take_sound(path: Path, probe: Probe, wav: Path, ffmpeg: Ffmpeg, cancelled: Wish | None = None) -> float | None:
    """Write the source's sound as mono 16 kHz WAV, second for second on the source's own clock.

    Sound that begins after the picture is led in by silence, holes are filled, the end is that of the source.

    Args:
        path: the source.
        probe: what it holds; its chosen sound stream is used.
        wav: the file to write.
        ffmpeg: decodes it, once.
        cancelled: asked all along.

    Returns:
        Integrated loudness in LUFS (EBU R128) of the sound as it is in the source; None where it is silent.
    """
    run = ffmpeg.run(
        [
            *opening(path, *OWN_CLOCK),
            *("-map", f"0:a:{probe.audio_stream}", "-af", on_the_clock(probe, "ebur128=framelog=quiet")),
            *(*MADE, f"file:{wav.absolute()}"),
        ],
        cwd=wav.parent,
        timeout=60 + probe.duration / DECODE_SPEED,
        cancelled=cancelled,
        level="info",
    )
    return loudness_in(run.stderr)


def on_the_clock(probe: Probe, *before: str) -> str:
    """Return the filters that lay a file's sound on its own clock; `before` are those that hear it as it is."""
    begin = f"asetpts=round(PTS-{probe.start:.6f}/TB)"
    return ",".join([begin, *before, "aresample=async=1:first_pts=0", f"atrim=end={probe.duration:.6f}"])


def loudness_in(said: str) -> float | None:
    """Return the integrated loudness that ffmpeg's ebur128 filter told at its end; None where all was silence."""
    found = _LOUDNESS.findall(said)
    return float(found[-1]) if found and float(found[-1]) > SILENT else None


def read_wav(wav: Path) -> Samples:
    """Read a mono 16-bit 16 kHz WAV that the worker made.

    Raises:
        BadInput: it is something else.
    """
    return floats(map_wav(wav))


def map_wav(wav: Path) -> Coded:
    """Return the samples of such a WAV without reading them: four hours take no memory until they are looked at.

    Raises:
        BadInput: it is something else.
    """
    try:
        with wave.open(str(wav), "rb") as file:
            shape = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            count = file.getnframes()
    except (wave.Error, EOFError) as error:
        raise BadInput(f"{wav.name} is no WAV file made by the worker: make it again.") from error
    if shape != (1, 2, RATE):
        raise BadInput(f"{wav.name} is not mono, 16 bit, {RATE} Hz: make it again.")
    # The worker's files end with their samples.
    begin = wav.stat().st_size - 2 * count
    return np.memmap(wav, "<i2", "r", begin, (count,)) if count and begin > 0 else np.zeros(0, np.int16)


def floats(samples: Coded | Samples) -> Samples:
    """Return samples as numbers from -1 to 1, whether they are coded or not."""
    if samples.dtype != np.int16:
        return np.asarray(samples, dtype=np.float32)
    made: Samples = samples.astype(np.float32) / np.float32(32768)
    return made
