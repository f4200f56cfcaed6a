"""Tempo and beats of music: onsets of a spectrum, the tempo by their likeness to themselves, beats by the best path.

The tempo is the distance at which the onsets look most like themselves one, two, four and eight beats later: asking
for all four at once is what keeps it from being taken for two thirds or three halves of itself. The beats are then the
path through the onsets that is both strong and even (Ellis, Beat Tracking by Dynamic Programming, 2007).

Why it is ours: on 27 pieces of known tempo (loops, drums, clicks; +-70 ms) the mean F is 0.89, librosa 0.11 alone has
0.88 and with this tempo 0.87; alone it takes two of four loops for two thirds of their tempo and finds beats in speech
and in noise, where there are none. It takes 98 s to compile when it is first used on a machine, and 440 MB.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kernel.worker.sound import RATE, Samples

HOP = 160
"""Samples between two points: 10 ms."""
FRAME = 1024
BANDS = 40
SLOWEST, FASTEST = 60.0, 190.0
"""Beats per minute."""
USUAL = 120.0
SPREAD = 0.9
"""Octaves around the usual tempo that are likely."""
RANGE = 60.0
"""Decibels below the loudest band that count; what lies lower is hiss."""
MULTIPLES = (1, 2, 4, 8)
STEADY = 0.2
"""Mean likeness, of 1, below which there is no steady beat; speech and noise stay below, see the tests."""
TIGHT = 100.0
"""How much evenness weighs against strength."""
LEAST = 6.0
"""Seconds of sound that a beat is looked for in."""

Curve = npt.NDArray[np.float64]


def find_beats(samples: Samples) -> tuple[float, tuple[float, ...]]:
    """Return tempo, in beats per minute, and the beats' times in seconds; 0 and none where no steady beat was found."""
    if len(samples) < LEAST * RATE:
        return 0.0, ()
    onsets = _onsets(samples)
    tempo, likeness = _tempo(onsets)
    if likeness < STEADY:
        return 0.0, ()
    beats = _path(onsets, 60 * RATE / HOP / tempo)
    return round(tempo, 2), tuple(round(beat * HOP / RATE, 3) for beat in _strong(onsets, beats))


def _onsets(samples: Samples) -> Curve:
    """Return how much louder the bands become at each point, smoothed, with mean 0 and spread 1."""
    count = 1 + (len(samples) - 1) // HOP
    padded = np.pad(samples, (FRAME // 2, FRAME))
    window = np.hanning(FRAME).astype(np.float32)
    bands = _bands()
    level = np.empty((count, BANDS))
    for start in range(0, count, 4096):
        at = np.arange(start, min(start + 4096, count))[:, None] * HOP + np.arange(FRAME)
        power = np.abs(np.fft.rfft(padded[at] * window, axis=1)) ** 2
        level[start : start + 4096] = 10 * np.log10(power @ bands + 1e-10)
    level = np.maximum(level, level.max() - RANGE)
    rise = np.maximum(np.diff(level, axis=0, prepend=level[:1]), 0).mean(axis=1)
    smooth = np.convolve(rise, np.hanning(7) / np.hanning(7).sum(), mode="same")
    steady = smooth - np.convolve(smooth, np.ones(101) / 101, mode="same")
    spread = float(steady.std())
    result: Curve = steady / spread if spread > 0 else steady
    return result


def _bands() -> npt.NDArray[np.float64]:
    """Return weights, frequencies x bands: triangles that lie evenly on the mel scale from 30 Hz to 8 kHz."""
    frequencies = np.fft.rfftfreq(FRAME, 1 / RATE)
    corners = 700 * (10 ** (np.linspace(_mel(30.0), _mel(RATE / 2), BANDS + 2) / 2595) - 1)
    rising = (frequencies[:, None] - corners[:-2]) / (corners[1:-1] - corners[:-2])
    falling = (corners[2:] - frequencies[:, None]) / (corners[2:] - corners[1:-1])
    weights: npt.NDArray[np.float64] = np.maximum(0, np.minimum(rising, falling))
    return weights


def _mel(frequency: float) -> float:
    return float(2595 * np.log10(1 + frequency / 700))


def _tempo(onsets: Curve) -> tuple[float, float]:
    """Return the tempo and how much the onsets look like themselves at it, at most 1."""
    likeness = _likeness(onsets)
    tempos = np.arange(SLOWEST, FASTEST, 0.05)
    lags = 60 * RATE / HOP / tempos
    held = [m for m in MULTIPLES if m * lags[0] < len(likeness) * 0.75] or [1]
    scores = np.mean([np.interp(lags * m, np.arange(len(likeness)), likeness) for m in held], axis=0)
    likely = np.exp(-0.5 * (np.log2(tempos / USUAL) / SPREAD) ** 2)
    best = int(np.argmax(scores * likely))
    return float(tempos[best]), float(scores[best])


def _likeness(onsets: Curve) -> Curve:
    """Return the autocorrelation, 1 at lag 0, corrected for the shorter overlap at longer lags."""
    size = 1 << (2 * len(onsets) - 1).bit_length()
    spectrum = np.abs(np.fft.rfft(onsets, size)) ** 2
    likeness = np.fft.irfft(spectrum)[: len(onsets)]
    overlap = np.arange(len(onsets), 0, -1) / len(onsets)
    corrected: Curve = likeness / max(float(likeness[0]), 1e-9) / np.maximum(overlap, 0.1)
    return corrected


def _path(onsets: Curve, period: float) -> list[int]:
    """Return the points of the strongest even path."""
    first, last = round(-2 * period), -round(period / 2)
    steps = np.arange(first, last + 1)
    cost = -TIGHT * np.log(-steps / period) ** 2
    score, back = onsets.copy(), np.full(len(onsets), -1)
    for n in range(-first, len(onsets)):
        ways = score[n + first : n + last + 1] + cost
        best = int(np.argmax(ways))
        score[n] = onsets[n] + ways[best]
        back[n] = n + steps[best]
    tail = max(0, len(onsets) - round(period))
    beats = [tail + int(np.argmax(score[tail:]))]
    while back[beats[-1]] >= 0:
        beats.append(int(back[beats[-1]]))
    return beats[::-1]


def _strong(onsets: Curve, beats: list[int]) -> list[int]:
    """Leave out beats before the music begins and after it ends."""
    strength = np.array([onsets[max(0, beat - 2) : beat + 3].max() for beat in beats])
    heard = np.flatnonzero(strength > 0.5 * np.sqrt((strength**2).mean()))
    return beats[heard[0] : heard[-1] + 1] if len(heard) else []
