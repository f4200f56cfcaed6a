"""parts: which clip and which source of a plan each strip of an edited timeline is, and where it lies without holes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import PurePosixPath

from kernel.worker.media import Source
from kernel.worker.ops.music import Music
from kernel.worker.plan import EditPlan
from kernel.worker.timelines.strips import SHOWN, Edited, Passage, Strip
from kernel.worker.timelines.units import HAIR, counted
from kernel.worker.timing import ClipSpan


@dataclass(frozen=True)
class Part:
    """A clip of the edited timeline, as the plan will have it.

    Attributes:
        strip: as it lay there.
        origin: the clip of the plan that it is, or is a piece of; None for a new one.
        id: its id in the new plan.
        first, frames, source_frame: where it lies without holes, in frames of the output.
    """

    strip: Strip
    source: Source
    origin: ClipSpan | None
    id: str
    first: int
    frames: int
    source_frame: int

    @property
    def end(self) -> int:
        """The frame after its last one."""
        return self.first + self.frames

    @property
    def untouched(self) -> bool:
        """Whether it shows exactly what its origin shows."""
        origin = self.origin
        return origin is not None and (origin.source_frame, origin.frames) == (self.source_frame, self.frames)


def parts_of(plan: EditPlan, clips: Sequence[ClipSpan], edited: Edited, said: list[str]) -> list[Part]:
    """Return the clips of an edited timeline, one after another; `said` gets what could not be taken over."""
    found = [part for strip in centred(plan, edited) if (part := _part(plan, clips, strip, edited.own_rates, said))]
    if any(left.strip.end < right.strip.first for left, right in pairwise(found)):
        said.append("The holes between the clips were closed: in a plan one clip follows the other.")
    placed, at = list[Part](), 0
    for part in _named(plan, clips, found):
        placed.append(replace(part, first=at))
        at += part.frames
    return placed


def centred(plan: EditPlan, edited: Edited) -> tuple[Strip, ...]:
    """Return the clips of the main track with every transition in the middle of its cut: the pictures are the same."""
    strips = list(main(plan, edited))
    for passage in edited.passages:
        later = passage.frames // 2 - passage.before
        left = next((n for n, strip in enumerate(strips) if strip.end == passage.cut), None)
        if left is None or left + 1 == len(strips) or strips[left + 1].first != passage.cut or not later:
            continue
        out, into = strips[left], strips[left + 1]
        start = into.start + later * into.speed / edited.counted.fraction
        strips[left] = replace(out, frames=out.frames + later)
        strips[left + 1] = replace(into, first=into.first + later, frames=into.frames - later, start=start)
    return tuple(strip for strip in strips if strip.frames > 0)


def main(plan: EditPlan, edited: Edited) -> tuple[Strip, ...]:
    """Return what plays one after another: the lowest picture track, and voices where nothing lies on it."""
    music = {music.source for music in plan.each(Music)}
    voices = (strip for strip in edited.sounds if strip.id.startswith("c") or _is_voice(plan, strip, music))
    found = list(edited.main)
    for strip in sorted(voices, key=_first):
        if not any(strip.first < other.end and other.first < strip.end for other in found):
            found.append(strip)
    return tuple(sorted(found, key=_first))


def _is_voice(plan: EditPlan, strip: Strip, music: set[str]) -> bool:
    source = source_of(plan, strip)
    return not strip.id and source is not None and not source.has_picture and source.id not in music


def _first(strip: Strip) -> int:
    return strip.first


def cut_of(passage: Passage) -> int:
    """Return the frame of a transition's cut, once it stands in its middle."""
    return passage.cut + passage.frames // 2 - passage.before


def source_of(plan: EditPlan, strip: Strip) -> Source | None:
    """Return the source that a strip shows: by the hash of its file, else by its file's name, else by its own name."""
    for wanted, of in ((strip.hash, _hash), (strip.file, _name), (strip.name, _name)):
        match = [source for source in plan.sources if wanted and of(source) == wanted]
        if match:
            return match[0]
    stems = [source for source in plan.sources if PurePosixPath(source.name).stem in (strip.name, strip.file)]
    return stems[0] if len(stems) == 1 else None


def _hash(source: Source) -> str:
    return source.hash


def _name(source: Source) -> str:
    return source.name


def _part(plan: EditPlan, clips: Sequence[ClipSpan], strip: Strip, own_rates: bool, said: list[str]) -> Part | None:
    source, rate = source_of(plan, strip), plan.output.rate
    if source is None:
        said.append(f"{called(strip, rate.fraction)} shows a file that is no source of this job: drop it there first.")
        return None
    if strip.speed != 1:
        percent = f"{float(strip.speed) * 100:g} %"
        said.append(f"{called(strip, rate.fraction)} runs at {percent} of its speed; the plan plays it as it is.")
    origin = _origin(clips, strip, source, rate.fraction)
    begins = counted(strip.start, source, rate, origin.source_frame if origin else None, own_rates)
    frames = strip.frames
    if source.kind != "still":
        left = math.ceil(Fraction(source.duration) * rate.fraction - HAIR) - begins
        if left <= 0:
            said.append(
                f"{called(strip, rate.fraction)} begins {float(strip.start):.2f} s into {source.name}, which lasts"
                f" {source.duration:.2f} s; it was left out (is it counted by a camera's time code?)."
            )
            return None
        if left < frames:
            said.append(
                f"{called(strip, rate.fraction)} was {frames - left} frames longer than what {source.name} holds."
            )
            frames = left
    return Part(strip, source, origin, "", 0, frames, begins)


def called(strip: Strip, rate: Fraction) -> str:
    """Say which strip is meant: its name, and where it lay in the timeline."""
    name = (strip.name or strip.file)[:SHOWN] or "A clip"
    return f"{name} at {float(strip.first / rate):.2f} s"


def _origin(clips: Sequence[ClipSpan], strip: Strip, source: Source, rate: Fraction) -> ClipSpan | None:
    """Return the clip that a strip was: the one it names, else the one that shares most of it."""
    same = [clip for clip in clips if clip.source == source.id]
    named = next((clip for clip in same if clip.id == strip.id), None)
    if named:
        return named
    begins = round(strip.start * rate)
    shared = [(_shared(clip, begins, strip.frames), -abs(clip.source_frame - begins), clip) for clip in same]
    best = max(shared, key=lambda found: found[:2], default=None)
    return best[2] if best and best[0] > 0 else None


def _shared(clip: ClipSpan, begins: int, frames: int) -> int:
    return min(clip.source_frame + clip.frames, begins + frames) - max(clip.source_frame, begins)


def _named(plan: EditPlan, clips: Sequence[ClipSpan], parts: list[Part]) -> list[Part]:
    """Give each part its id: of several pieces of a clip the one that begins as it did keeps the clip's."""
    keeps = {clip.id: _keeper(clip, parts) for clip in clips}
    fresh = iter(range(1 + max((number(clip.id) for clip in clips), default=0), 10**9))
    return [
        replace(part, id=part.origin.id if part.origin and keeps[part.origin.id] is part else f"c{next(fresh)}")
        for part in parts
    ]


def _keeper(clip: ClipSpan, parts: Iterable[Part]) -> Part | None:
    pieces = [part for part in parts if part.origin == clip]
    as_it_was = (part for part in pieces if part.untouched)
    begins = (part for part in pieces if part.source_frame == clip.source_frame)
    return next(as_it_was, None) or next(begins, None) or next(iter(pieces), None)


def number(id: str) -> int:
    """Return 12 of c12."""
    digits = "".join(letter for letter in id if letter.isdigit())
    return int(digits or 0)
