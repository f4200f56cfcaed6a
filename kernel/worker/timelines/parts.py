"""parts: which clip and which source of a plan each strip of an edited timeline is, and where it lies without holes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import PurePosixPath

from kernel.worker.borders import picture_ends
from kernel.worker.media import Source
from kernel.worker.ops.music import Music
from kernel.worker.plan import EditPlan
from kernel.worker.runs import UNIT, frame_at, place
from kernel.worker.timelines.draw import even_speed
from kernel.worker.timelines.strips import SHOWN, Edited, Passage, Strip
from kernel.worker.timelines.units import HAIR, counted, own_rate
from kernel.worker.timing import ClipSpan, Shot

SHORTEST = Fraction(1, 10)
"""Seconds of a split: less is no more than what rounding makes of two tracks."""


@dataclass(frozen=True)
class Part:
    """A clip of the edited timeline, as the plan will have it: the stretch in which it is heard.

    Attributes:
        strip: as its picture lay there.
        origin: the clip of the plan that it is, or is a piece of; None for a new one.
        id: its id in the new plan.
        lies: where it begins in the edited timeline.
        first, frames: where it lies without holes.
        source_frame: the first frame of its source, in frames of the output's rate.
        head: frames of its origin that were cut away before it; below 0 where it begins earlier.
        roll: frames by which the picture changes later than the sound at its end; below 0 for earlier.
        speed: a speed that the editor gave it; None for that of its origin.
    """

    strip: Strip
    source: Source
    origin: ClipSpan | None
    id: str
    lies: int
    first: int
    frames: int
    source_frame: int
    head: int
    roll: int
    speed: Fraction | None

    @property
    def end(self) -> int:
        """The frame after its last one, in the edited timeline."""
        return self.lies + self.frames

    @property
    def untouched(self) -> bool:
        """Whether it shows exactly what its origin shows."""
        origin = self.origin
        same = origin is not None and (origin.source_frame, origin.frames) == (self.source_frame, self.frames)
        return same and self.head == 0 and self.speed is None

    @property
    def backwards(self) -> bool:
        """Whether it plays backwards."""
        if self.speed is not None or self.origin is None:
            return self.speed is not None and self.speed < 0
        return any(run.step < 0 for run in self.origin.runs)

    def filmed(self, frames: int) -> Fraction:
        """Return how many frames of the source pass in its first frames of the video."""
        runs = self.origin.runs if self.origin and self.speed is None else ()
        if runs:
            return Fraction(abs(place(runs, self.head + frames) - place(runs, self.head)), UNIT)
        return frames * abs(self.speed if self.speed is not None else Fraction(1))

    @property
    def edges(self) -> tuple[Fraction, Fraction]:
        """The first frame of its source that it shows and the one after the last, whichever way it plays."""
        used = self.filmed(self.frames)
        begins = Fraction(self.source_frame)
        if self.origin and self.speed is None and self.origin.runs:
            begins = Fraction(place(self.origin.runs, self.head), UNIT)
        if not self.backwards:
            return begins, begins + used
        end = begins + self.filmed(1)
        return end - used, end


def parts_of(plan: EditPlan, clips: Sequence[ClipSpan], edited: Edited, said: list[str]) -> list[Part]:
    """Return the clips of an edited timeline, one after another; `said` gets what could not be taken over."""
    strips, moved = centred(plan, edited)
    rolls = rolls_of(plan, clips, edited, strips, moved)
    made = (
        _part(plan, clips, strip, (rolls.get(strip.first, 0), rolls.get(strip.end, 0)), edited, said)
        for strip in strips
    )
    found = [part for part in made if part]
    if any(left.end < right.lies for left, right in pairwise(found)):
        said.append("The holes between the clips were closed: in a plan one clip follows the other.")
    placed, at = list[Part](), 0
    for part in _named(clips, found):
        placed.append(replace(part, first=at))
        at += part.frames
    return placed


def rolls_of(
    plan: EditPlan, clips: Sequence[ClipSpan], edited: Edited, strips: Sequence[Strip], moved: Mapping[int, int]
) -> dict[int, int]:
    """Return by how many frames the picture changes later than the sound, by the frame at which it does.

    Where the timeline does not show the sound of the clips on both sides, what the plan said of that cut stays.
    """
    ends, following = picture_ends(plan, clips), {left.id: right.id for left, right in pairwise(clips)}
    known = {clip.id: ends[clip.id] - clip.end_frame for clip in clips}
    heard = {strip.id: strip for strip in edited.sounds if strip.id}
    found = dict[int, int]()
    for left, right in pairwise(strips):
        if left.end != right.first:
            continue
        out, into = heard.get(left.id), heard.get(right.id)
        if out is not None and into is not None and left.id != right.id:
            split = out.end == into.first and _in_step(plan, clips, left, out) and _in_step(plan, clips, right, into)
            roll = left.end - moved.get(left.end, 0) - out.end if split else 0
            least = SHORTEST * plan.output.rate.fraction
            found[left.end] = roll if abs(roll) >= least or roll == known.get(left.id) else 0
        elif following.get(left.id) == right.id:
            found[left.end] = known.get(left.id, 0)
    return {frame: roll for frame, roll in found.items() if roll}


def _in_step(plan: EditPlan, clips: Sequence[ClipSpan], seen: Strip, heard: Strip) -> bool:
    """Say whether sound and picture of a clip belong to the same moments; what is out of step is no split edit."""
    clip, source, rate = next((c for c in clips if c.id == seen.id), None), source_of(plan, seen), plan.output.rate
    if source is None or seen.speed == 0 or heard.speed != seen.speed:
        return False
    if clip is not None and clip.runs and even_speed(clip.runs) is None:
        return True  # a ramp's beginnings lie on no line
    away = [strip.first - strip.start * rate.fraction / strip.speed for strip in (seen, heard)]
    own = max(Fraction(1), rate.fraction / own_rate(source, rate))
    return abs(away[0] - away[1]) <= 1 + 2 * own / abs(seen.speed)


def centred(plan: EditPlan, edited: Edited) -> tuple[tuple[Strip, ...], dict[int, int]]:
    """Return the clips of the main track with every transition in the middle of its cut: the pictures are the same.

    With them goes by how many frames each cut that was moved came later, by where it is now.
    """
    moved = dict[int, int]()
    strips = list(main(plan, edited))
    for passage in edited.passages:
        later = passage.frames // 2 - passage.before
        left = next((n for n, strip in enumerate(strips) if strip.end == passage.cut), None)
        if left is None or left + 1 == len(strips) or strips[left + 1].first != passage.cut or not later:
            continue
        out, into = strips[left], strips[left + 1]
        start = into.start + later * into.speed / edited.counted.fraction
        moved[passage.cut + later] = later
        strips[left] = replace(out, frames=out.frames + later)
        strips[left + 1] = replace(into, first=into.first + later, frames=into.frames - later, start=start)
    return tuple(strip for strip in strips if strip.frames > 0), moved


def main(plan: EditPlan, edited: Edited) -> tuple[Strip, ...]:
    """Return what plays one after another: the lowest picture track, and voices where nothing lies on it."""
    music = {music.source for music in plan.each(Music)}
    voices = (strip for strip in edited.sounds if strip.id.startswith("c") or _is_voice(plan, strip, music))
    found = list(edited.main)
    for strip in sorted(voices, key=_first):
        begins = max((o.end for o in found if o.first <= strip.first < o.end), default=strip.first)
        ends = min((o.first for o in found if begins <= o.first < strip.end), default=strip.end)
        if 2 * (ends - begins) > strip.frames:  # what lies under a picture for the most part is that picture's sound
            start = strip.start + (begins - strip.first) * strip.speed / plan.output.rate.fraction
            found.append(replace(strip, first=begins, frames=ends - begins, start=start))
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
    sources = [source for source in plan.sources if source.kind != "lut"]
    for wanted, of in ((strip.hash, _hash), (strip.file, _name), (strip.name, _name)):
        match = [source for source in sources if wanted and of(source) == wanted]
        if match:
            return match[0]
    stems = [source for source in sources if PurePosixPath(source.name).stem in (strip.name, strip.file)]
    return stems[0] if len(stems) == 1 else None


def _hash(source: Source) -> str:
    return source.hash


def _name(source: Source) -> str:
    return source.name


def _part(
    plan: EditPlan,
    clips: Sequence[ClipSpan],
    strip: Strip,
    rolls: tuple[int, int],
    edited: Edited,
    said: list[str],
) -> Part | None:
    source, rate = source_of(plan, strip), plan.output.rate
    if source is None:
        said.append(f"{called(strip, rate.fraction)} shows a file that is no source of this job: drop it there first.")
        return None
    if strip.speed == 0:
        said.append(f"{called(strip, rate.fraction)} stands still there and plays here: ask for a freeze in words.")
    before, after = rolls
    origin = _origin(clips, strip, source, rate.fraction)
    seen = _seen(plan, clips, origin) if origin else None
    begins = counted(strip.start, source, rate, seen.source_frame if seen else None, edited.own_rates)
    if seen and seen.runs and strip.frames == seen.frames and abs(begins - seen.source_frame) <= 1:
        begins = seen.source_frame  # half frames of the source, which not every format can count
    speed = _new_speed(strip, seen)
    head = _head(begins, seen, origin) - before if origin and seen else 0
    runs = origin.runs if origin and speed is None else ()
    part = Part(
        strip=strip,
        source=source,
        origin=origin,
        id="",
        lies=strip.first - before,
        first=0,
        frames=strip.frames + before - after,
        source_frame=place(runs, head) // UNIT if runs else begins - before,
        head=head,
        roll=after,
        speed=speed,
    )
    return _held(part, rate.fraction, said)


def _seen(plan: EditPlan, clips: Sequence[ClipSpan], origin: ClipSpan) -> Shot:
    """Return the picture of a clip as it was exported: by a split it begins and ends beside the sound."""
    ends = picture_ends(plan, clips)
    index = clips.index(origin)
    first = ends[clips[index - 1].id] if index else 0
    return origin.shot.part(first, ends[origin.id] - first)


def _new_speed(strip: Strip, seen: Shot | None) -> Fraction | None:
    """Return the speed that the editor gave a strip; None where it is as it was."""
    if strip.speed == 0:
        return None
    before = (even_speed(seen.course) if seen and seen.runs else None) or Fraction(1)
    return None if abs(before - strip.speed) < Fraction(1, UNIT) else strip.speed


def _head(begins: int, seen: Shot, origin: ClipSpan) -> int:
    """Return how many frames after its sound began a clip's picture begins."""
    if begins == seen.source_frame:
        return seen.age
    return round(frame_at(origin.runs, Fraction(begins))) if origin.runs else begins - origin.source_frame


def _held(part: Part, rate: Fraction, said: list[str]) -> Part | None:
    """Return a part as far as its source holds it; None where that is nothing."""
    if part.source.kind == "still" or (part.origin and part.origin.runs) or part.speed is not None:
        return part if part.frames > 0 else None
    left = math.ceil(Fraction(part.source.duration) * rate - HAIR) - part.source_frame
    name, lasts = called(part.strip, rate), f"{part.source.name}, which lasts {part.source.duration:.2f} s"
    if left <= 0:
        begins = f"{name} begins {float(part.strip.start):.2f} s into {lasts}"
        said.append(f"{begins}; it was left out (is it counted by a camera's time code?).")
        return None
    if left < part.frames:
        said.append(f"{name} was {part.frames - left} frames longer than what there is of {lasts}: it was shortened.")
    return replace(part, frames=min(left, part.frames)) if part.frames > 0 else None


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


def _named(clips: Sequence[ClipSpan], parts: list[Part]) -> list[Part]:
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
    begins = (part for part in pieces if part.head == 0)
    return next(as_it_was, None) or next(begins, None) or next(iter(pieces), None)


def number(id: str) -> int:
    """Return 12 of c12."""
    digits = "".join(letter for letter in id if letter.isdigit())
    return int(digits or 0)
