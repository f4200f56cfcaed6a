"""Output: the shape, size and rate of the finished video, from the brief and the footage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from experts.edit.brief import Brief
from experts.edit.footage import Footage, Reel
from kernel.worker.media import Rate
from kernel.worker.plan import Output

SIZES = {"16:9": (1920, 1080), "9:16": (1080, 1920), "1:1": (1080, 1080), "4:5": (1080, 1350)}
RATIOS = {shape: Fraction(width, height) for shape, (width, height) in SIZES.items()}
LEAST = 720
"""Short side of a wide picture: a smaller source is enlarged to that, so that captions can be read."""
STANDARD = (
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(50),
    Fraction(60),
)
SLOWEST, FASTEST = 23, 60
"""A source's own rate is kept between these; 30 else."""


def output_of(brief: Brief, footage: Footage, used: Iterable[str] = ()) -> Output:
    """Return what the worker should make.

    Args:
        used: ids of the sources that are seen, one for each time; all pictures where nothing is chosen yet.
    """
    reels = _seen(footage, list(used))
    shape = brief.shape or _nearest_shape(reels)
    width, height = _size(shape, reels, asked=brief.shape is not None)
    return Output(width=width, height=height, rate=rate_of(reels), platform=brief.platform or "web")


def pictures(footage: Footage) -> list[Reel]:
    """Return the sources that can be seen, logos aside."""
    return [reel for reel in footage.reels if reel.inspection.probe.has_picture and reel.role != "logo"]


def rate_of(reels: Iterable[Reel]) -> Rate:
    """Return the rate of the source that is seen most: its own where it is steady and usual, else the nearest standard."""
    probes = [reel.inspection.probe for reel in reels]
    rated = [(probe.rate.fraction, probe.variable_rate) for probe in probes if probe.rate and probe.kind == "video"]
    if not rated:
        return Rate(num=30, den=1)
    (rate, varies), _ = Counter(rated).most_common(1)[0]
    if not SLOWEST <= rate <= FASTEST + Fraction(1, 10):
        return Rate(num=30, den=1)
    near = min(STANDARD, key=lambda standard: abs(standard - rate))
    chosen = near if varies or abs(near - rate) / rate < Fraction(1, 1000) else rate
    return Rate(num=chosen.numerator, den=chosen.denominator)


def _seen(footage: Footage, used: list[str]) -> list[Reel]:
    shown = pictures(footage)
    by_id = {reel.id: reel for reel in shown}
    return [by_id[id] for id in used if id in by_id] or shown


def _nearest_shape(reels: list[Reel]) -> str:
    """Return the shape of the picture that is seen most; wide where there is none."""
    sizes = Counter((r.inspection.probe.width, r.inspection.probe.height) for r in reels if r.inspection.probe.height)
    if not sizes:
        return "16:9"
    (width, height), _ = sizes.most_common(1)[0]
    return min(RATIOS, key=lambda shape: abs(float(RATIOS[shape]) - width / height))


def _size(shape: str, reels: list[Reel], asked: bool) -> tuple[int, int]:
    """Return the size: 1080 wide where a tall or square one was asked for, else no larger than the sources need."""
    if asked and shape != "16:9":
        return SIZES[shape]
    tallest = max((min(r.inspection.probe.width, r.inspection.probe.height) for r in reels), default=1080)
    short = min(1080, max(LEAST, tallest))
    full_width, full_height = SIZES[shape]
    scale = Fraction(short, min(full_width, full_height))
    return _even(full_width * scale), _even(full_height * scale)


def _even(value: Fraction) -> int:
    return 2 * round(value / 2)
