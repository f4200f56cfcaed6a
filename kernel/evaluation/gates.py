"""Gates: what a video must be before anything else counts. Passing them earns nothing."""

from __future__ import annotations

from collections.abc import Sequence

from kernel.evaluation.base import Seen, listed, timecode
from kernel.evaluation.measures.words_kept import FEW, Passage
from kernel.evaluation.scorecard import Evidence, Gate
from kernel.evaluation.stalls import flashes_at
from kernel.worker.media import Span

SOUND_SLACK = 0.1
"""Seconds by which sound and picture may end apart: two frames, or a few of AAC's."""
SHOWN = 8
"""Words of a passage that are quoted."""


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


def words(seen: Seen) -> Gate:
    """What is said in it is what the plan keeps, word for word as far as a recogniser can tell."""
    name, kept = "words as planned", seen.words_kept
    if kept is None:
        why = "nobody here can hear words" if seen.plan else "there is no plan to compare with"
        return Gate(name=name, passed=True, why=f"Not compared: {why}.")
    if kept.missing or kept.added:
        lost = [f"{_quoted(one)} is not heard at {_at(one)}, though the plan keeps it" for one in kept.missing[:2]]
        extra = [f"{_quoted(one)} is heard at {_at(one)}, where the plan has it not" for one in kept.added[:2]]
        return Gate(name=name, passed=False, why=f"{'; '.join([*lost, *extra])}.")
    if kept.planned < FEW:
        why = f"the plan keeps {kept.planned} words, too few to tell" if kept.planned else "the plan keeps no words"
        return Gate(name=name, passed=True, why=f"Not compared: {why}.")
    return Gate(name=name, passed=True, why=f"{kept.heard} of {kept.planned} kept words were heard again, in order.")


def presence(seen: Seen) -> Gate:
    """Voice, music and silence are heard where they were planned."""
    name, found = "voice and music present", seen.presence
    if found is None:
        return Gate(name=name, passed=True, why="Not compared: there is no plan to compare with.")
    faults = [
        *(["Nobody is heard to speak at " + listed(_evidence(found.voice))] if found.voice else []),
        *(["No music is heard at " + listed(_evidence(found.music))] if found.music else []),
        *(["Something is heard at " + listed(_evidence(found.uninvited))] if found.uninvited else []),
    ]
    if faults:
        return Gate(name=name, passed=False, why=f"{'; '.join(faults)}, against the plan.")
    told = {"speech": found.spoken, "music": found.scored, "silence": found.silent}
    looked = " and ".join(f"{seconds:.0f} s of {what}" for what, seconds in told.items() if seconds >= 1)
    fine = f"{looked[:1].upper()}{looked[1:]} are where they were planned."
    return Gate(name=name, passed=True, why=fine if looked else "The plan has no speech or music that could be missed.")


def _quoted(passage: Passage) -> str:
    row = passage.text.split()
    return f'"{" ".join(row[:SHOWN])}{" ..." if len(row) > SHOWN else ""}"'


def _at(passage: Passage) -> str:
    return f"{timecode(passage.start)}-{timecode(passage.end)}"


def _evidence(spans: Sequence[Span]) -> list[Evidence]:
    return [Evidence(start=span.start, end=span.end, what="") for span in spans]


def safe(seen: Seen) -> Gate:
    """Nothing in it flashes so that it can harm people who are sensitive to light, whoever's flash it is."""
    name = "safe to watch"
    if not seen.measured.video_codec or seen.sights is None:
        what = "it was not looked at" if seen.measured.video_codec else "there is no picture"
        return Gate(name=name, passed=True, why=f"Not measured: {what}.")
    flashing = seen.sights.flashing
    if flashing:
        worst = max(one.rate for one in flashing)
        where = f"up to {worst:g} times a second at {listed(flashes_at(flashing))}"
        why = f"It flashes {where}: that can harm people who are sensitive to light."
        return Gate(name=name, passed=False, why=why)
    return Gate(name=name, passed=True, why="Nothing in it flashes more than three times in a second, nor for long.")


GATES = (plays, streams, exact, words, presence, safe)
