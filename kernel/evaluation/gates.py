"""Gates: what a video must be before anything else counts. Passing them earns nothing."""

from __future__ import annotations

from kernel.evaluation.base import Seen
from kernel.evaluation.scorecard import Gate

SOUND_SLACK = 0.1
"""Seconds by which sound and picture may end apart: two frames, or a few of AAC's."""


def plays(seen: Seen) -> Gate:
    """It decodes from its first frame to its last, without a complaint."""
    found, name = seen.measured, "plays to the end"
    if found.faults:
        return Gate(name=name, passed=False, why=f"Its decoder complains: {found.faults[0]}.")
    if found.duration <= 0:
        return Gate(name=name, passed=False, why="There is nothing in it to play.")
    apart = abs(found.sound_duration - found.duration) if found.audio_codec and found.video_codec else 0.0
    if seen.plan and apart > SOUND_SLACK:
        return Gate(name=name, passed=False, why=f"Its sound and its picture end {apart:.2f} s apart.")
    what = f"All {found.frames} frames decode" if found.frames else "All of its sound decodes"
    return Gate(name=name, passed=True, why=f"{what} without a fault.")


def streams(seen: Seen) -> Gate:
    """It has a picture and sound, of the size and the rate that were planned."""
    found, name = seen.measured, "streams as planned"
    missing = [what for what, codec in (("picture", found.video_codec), ("sound", found.audio_codec)) if not codec]
    if seen.plan is None:
        held = " and ".join(filter(None, (found.video_codec, found.audio_codec)))
        return Gate(
            name=name, passed=bool(found.video_codec), why=f"It holds {held}; there is no plan to compare with."
        )
    if missing:
        return Gate(name=name, passed=False, why=f"It has no {' and no '.join(missing)}.")
    output = seen.plan.output
    planned, real = f"{output.width}x{output.height}", f"{found.width}x{found.height}"
    if planned != real:
        return Gate(name=name, passed=False, why=f"The picture is {real} where {planned} was planned.")
    if found.rate is None or found.variable_rate or found.rate.fraction != output.rate.fraction:
        why = f"It has {found.rate or 'no'} frames a second where a steady {output.rate} was planned."
        return Gate(name=name, passed=False, why=why)
    return Gate(
        name=name,
        passed=True,
        why=f"{found.video_codec} and {found.audio_codec}, {real}, {float(output.rate.fraction):.4g} fps.",
    )


def exact(seen: Seen) -> Gate:
    """It has exactly the frames of its plan."""
    name, found = "exact frames", seen.measured.frames
    if seen.timeline is None:
        return Gate(name=name, passed=True, why=f"It has {found} frames; there is no plan to compare with.")
    planned = seen.timeline.frames
    why = f"It has {found} frames, as planned." if found == planned else f"It has {found} frames, {planned} planned."
    return Gate(name=name, passed=found == planned, why=why)


GATES = (plays, streams, exact)
