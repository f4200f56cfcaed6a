"""Output: the shape, size and rate of the finished video, from the brief and the footage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from experts.edit.brief import Brief
from experts.edit.footage import Footage, Reel
from kernel.worker.media import Rate
from kernel.worker.output import Output
from kernel.worker.presets import SIZES, Preset, preset_of

RATIOS = {shape: Fraction(width, height) for shape, (width, height) in SIZES.items()}
NAMED = 2
"""Sources that a sentence names."""
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
NARROWEST = Fraction(9, 21)
"""The narrowest shape that is kept as it comes."""
SOFT = 3.0
"""Times that a picture is enlarged to fill the shape, from which on people see it: 540 lines in a tall HD video."""
SLOWEST = 23
"""A source's own rate is kept between this and what the place where it goes takes; 30 else."""


def output_of(brief: Brief, footage: Footage, used: Iterable[str] = ()) -> Output:
    """Return what the worker should make.

    Args:
        used: ids of the sources that are seen, one for each time; all pictures where nothing is chosen yet.
    """
    reels, preset = _seen(footage, list(used)), preset_of(brief.platform)
    width, height = _size(brief.shape or preset.shape, reels, preset)
    return Output(width=width, height=height, rate=rate_of(reels, preset), platform=brief.platform or "web")


def soft(footage: Footage, used: Iterable[str], output: Output) -> str:
    """Say which of the pictures that are seen are far smaller than what is made of them; empty for none.

    Args:
        used: ids of the sources that are seen.
    """
    seen = dict.fromkeys(reel.id for reel in _seen(footage, list(used)))
    small = [reel for reel in pictures(footage) if reel.id in seen and _enlarged(reel, output) >= SOFT]
    named = " and ".join(f"{r.name} ({r.inspection.probe.width}×{r.inspection.probe.height})" for r in small[:NAMED])
    more = f" and {len(small) - NAMED} more" if len(small) > NAMED else ""
    looks = "looks" if len(small) == 1 else "look"
    return (
        f"{named}{more} {looks} soft at {output.width}×{output.height}: a larger original would help." if small else ""
    )


def _enlarged(reel: Reel, output: Output) -> float:
    """Return how many times a picture is enlarged to fill the shape."""
    probe = reel.inspection.probe
    return max(output.width / probe.width, output.height / probe.height) if probe.width and probe.height else 0.0


def pictures(footage: Footage) -> list[Reel]:
    """Return the sources that can be seen, logos aside."""
    return [reel for reel in footage.reels if reel.inspection.probe.has_picture and reel.role != "logo"]


def rate_of(reels: Iterable[Reel], preset: Preset | None = None) -> Rate:
    """Return the rate of the source that is seen most: its own where it is steady and usual, else a standard one."""
    probes = [reel.inspection.probe for reel in reels]
    rated = [(probe.rate.fraction, probe.variable_rate) for probe in probes if probe.rate and probe.kind == "video"]
    if not rated:
        return Rate(num=30, den=1)
    (rate, varies), _ = Counter(rated).most_common(1)[0]
    if not SLOWEST <= rate <= (preset or preset_of(None)).fastest + Fraction(1, 10):
        return Rate(num=30, den=1)
    near = min(STANDARD, key=lambda standard: abs(standard - rate))
    chosen = near if varies or abs(near - rate) / rate < Fraction(1, 1000) else rate
    return Rate(num=chosen.numerator, den=chosen.denominator)


def _seen(footage: Footage, used: list[str]) -> list[Reel]:
    shown = pictures(footage)
    by_id = {reel.id: reel for reel in shown}
    return [by_id[id] for id in used if id in by_id] or shown


def _size(shape: str | None, reels: list[Reel], preset: Preset) -> tuple[int, int]:
    """Return the size: 1080 wide where a tall or square one is asked for, else no larger than the sources need."""
    if shape is not None and shape != "16:9":
        return preset.sizes[shape]
    sizes = [(r.inspection.probe.width, r.inspection.probe.height) for r in reels if r.inspection.probe.height]
    ratio = RATIOS["16:9"] if shape or not sizes else Fraction(*Counter(sizes).most_common(1)[0][0])
    ratio = min(max(ratio, NARROWEST), 1 / NARROWEST)
    short = Fraction(min(1080, max(LEAST, *(min(size) for size in sizes), LEAST)))
    return (_even(short * ratio), _even(short)) if ratio >= 1 else (_even(short), _even(short / ratio))


def _even(value: Fraction) -> int:
    return 2 * round(value / 2)
