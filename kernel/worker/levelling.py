"""levelling: every speaker as loud as the others, as a hand on the fader would do it: slowly, and never in a pause."""

from __future__ import annotations

import numpy as np

from kernel.worker.meter import STEP, Numbers, integrated
from kernel.worker.samples import Curve

TARGET_LUFS = -20.0
"""Loudness that every speaker is brought to where all are, before the whole is brought to its target."""
AROUND = 8
"""Steps of 100 ms on either side that count as now: a phrase."""
SMOOTH = 9
"""Steps over which the fader moves: 0.9 s, slower than a syllable."""
OFFSET = -0.691
QUIET_DB = 30.0
"""Below the loudest speech is no speech but the room: it is never brought up on its own."""
MOST_DB = 15.0
"""Gain either way: more would bring up the noise of a room."""


def level(energies: Numbers, spoken: np.ndarray[tuple[int], np.dtype[np.bool_]], lufs: float, at: int) -> Curve | None:
    """Return the gain in dB, over the programme, that keeps the speech of a stem at a loudness.

    Args:
        energies: of each 100 ms of the stem.
        spoken: in which of them somebody speaks; all, where nobody knows.
        at: sample of the programme with which the stem begins.

    Returns:
        None where nothing is loud enough to be levelled.
    """
    if integrated(energies[spoken]) is None:
        return None
    speech = energies * spoken
    speech = np.where(speech > speech.max() * 10 ** (-QUIET_DB / 10), speech, 0.0)
    near = np.ones(2 * AROUND + 1)
    sums, counts = np.convolve(speech, near, mode="same"), np.convolve(speech > 0, near, mode="same")
    known = np.flatnonzero(counts > 0)
    loud = OFFSET + 10 * np.log10(sums[known] / counts[known] / STEP)
    steps = np.clip(lufs - np.interp(np.arange(len(energies)), known, loud), -MOST_DB, MOST_DB)
    padded = np.pad(steps, SMOOTH // 2, mode="edge")
    gains = np.convolve(padded, np.ones(SMOOTH) / SMOOTH, mode="valid")
    places = at + (np.arange(len(energies)) + 0.5) * STEP
    return Curve(tuple(float(place) for place in places), tuple(round(float(gain), 2) for gain in gains))


def moved(energies: Numbers, fader: Curve | None) -> Numbers:
    """Return the energies of a stem behind the fader that `level` gave."""
    made: Numbers = energies if fader is None else energies * 10 ** (np.asarray(fader.gain) / 10)
    return made
