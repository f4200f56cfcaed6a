"""mixdown: everything that is heard, laid on the samples of the finished video and added up.

Nothing is written here: a mix is a list of layers, and any stretch of it can be asked for at any time, so that an hour
needs no more memory than a minute.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kernel.worker.samples import RATE, Curve, Samples, held

BENDS = 24
"""Straight lines that stand for a quarter of a circle: within 0.02 dB of it."""


class Layer(NamedTuple):
    """A stretch of samples, where it lies in the programme and how loud it is there."""

    file: Path
    at: int
    """Sample of the programme with which it begins."""
    samples: int
    gain: Curve
    """Counted from its first sample."""
    skip: int = 0
    """Sample of the file with which it begins."""
    over: Curve | None = None
    """A further gain in dB, counted from the programme's first sample: a bed that ducks."""

    @property
    def end(self) -> int:
        """The sample after its last one."""
        return self.at + self.samples


class Mix(NamedTuple):
    """Layers under one fade of the whole."""

    layers: tuple[Layer, ...]
    samples: int
    ends: Curve

    def read(self, start: int, end: int) -> Samples:
        """Return a stretch; silence before the first sample and after the last."""
        made = np.zeros((end - start, 2), dtype=np.float32)
        first, last = max(start, 0), min(end, self.samples)
        for layer in self.layers:
            if layer.at < last and first < layer.end:
                _add(layer, made, start, max(first, layer.at), min(last, layer.end))
        for low, high, gain in self.ends.parts(first, last):
            if gain is None:
                made[low - start : high - start] *= self.ends.over(low, high).astype(np.float32)
            elif gain != 1:
                made[low - start : high - start] *= np.float32(gain)
        return made


def _add(layer: Layer, made: Samples, start: int, first: int, last: int) -> None:
    """Add what a layer has from one sample of the programme to another."""
    skip = layer.skip - layer.at
    sound = held(layer.file)[first + skip : last + skip]
    last = first + len(sound)
    for low, high, gain in layer.gain.parts(first - layer.at, last - layer.at):
        part = sound[low + layer.at - first : high + layer.at - first]
        share = np.float32(gain) if gain is not None else layer.gain.over(low, high).astype(np.float32)
        if layer.over:
            share = share * 10 ** (layer.over.over(low + layer.at, high + layer.at) / 20).astype(np.float32)
        made[low + layer.at - start : high + layer.at - start] += part * share


def rise(start: float, end: float) -> Curve:
    """Return a fade-in of even power: with a `fall` over the same samples it keeps a passage as loud as its sides."""
    turn = np.linspace(0, math.pi / 2, BENDS + 1)
    return Curve(tuple(start + (end - start) * np.linspace(0, 1, BENDS + 1)), tuple(np.sin(turn)))


def fall(start: float, end: float) -> Curve:
    """Return a fade-out of even power."""
    up = rise(start, end)
    return Curve(up.at, up.gain[::-1])


def slope(start: float, end: float, first: float, last: float) -> Curve:
    """Return a straight line; nothing where it has no length."""
    return Curve((start, end), (first, last)) if end > start else Curve((), ())


def joined(curves: Sequence[Curve]) -> Curve:
    """Return curves one after another as one; whole where there is none."""
    at = tuple(place for curve in curves for place in curve.at)
    gain = tuple(share for curve in curves for share in curve.gain)
    return Curve(at, gain) if at else Curve((0.0,), (1.0,))


def fades(samples: int, fade_in: float, fade_out: float) -> Curve:
    """Return straight fades at the ends of so many samples, each over some seconds and at most half of it."""
    up, down = min(fade_in * RATE, samples / 2), min(fade_out * RATE, samples / 2)
    return joined([slope(0, up, 0, 1), slope(samples - down, samples, 1, 0)])
