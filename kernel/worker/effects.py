"""effects: sounds that are heard once, each from its own sample on."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from kernel.worker.media import Source
from kernel.worker.mixdown import Layer, fades
from kernel.worker.ops.effect import Effect
from kernel.worker.plan import EditPlan
from kernel.worker.samples import RATE, Curve, sample_of
from kernel.worker.timing import Timeline


class Spot(NamedTuple):
    """A sound effect on the samples of the programme."""

    source: Source
    first: int
    """Sample of its source with which it begins."""
    at: int
    """Sample of the programme with which it begins."""
    samples: int
    gain: Curve
    """Counted from its first sample."""

    def layer(self, file: Path) -> Layer:
        """Return it as a layer of the mix; `file` holds its samples."""
        return Layer(file, self.at, self.samples, self.gain)


def spots(plan: EditPlan, timeline: Timeline) -> tuple[Spot, ...]:
    """Return every sound effect of a plan, in order; what would ring beyond the end of the video is cut off."""
    return tuple(_spot(plan, effect, timeline) for effect in plan.each(Effect))


def _spot(plan: EditPlan, effect: Effect, timeline: Timeline) -> Spot:
    source = plan.source(effect.source)
    clip = next(clip for clip in timeline.clips if clip.id == effect.clip)
    at = sample_of(clip.first_frame, timeline) + round(Fraction(effect.offset) * RATE)
    first, rest = round(Fraction(effect.start) * RATE), source.duration - effect.start
    lasts = round(Fraction(rest if effect.length is None else min(effect.length, rest)) * RATE)
    samples = min(lasts, sample_of(timeline.frames, timeline) - at)
    curve, share = fades(samples, effect.fade_in, effect.fade_out), 10 ** (effect.gain_db / 20)
    return Spot(source, first, at, samples, Curve(curve.at, tuple(share * gain for gain in curve.gain)))
