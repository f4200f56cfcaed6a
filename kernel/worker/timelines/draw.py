"""draw: a plan as an OpenTimelineIO timeline, every edge on an exact frame.

    V2   covers (b-roll)
    V1   clips, with their transitions; titles as markers on them
    A1   the sound of the clips
    A2   music

Lengths are counted at the output's rate, beginnings in the source's own. What no timeline can carry (captions, titles,
loudness, words, whys, ...) stands in the metadata under "rushes".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

import opentimelineio as otio

from kernel.worker.borders import picture_ends, windows
from kernel.worker.compile import shots
from kernel.worker.media import Source
from kernel.worker.ops.cover import Cover
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.music import Music
from kernel.worker.plan import EditPlan
from kernel.worker.runs import UNIT, Run
from kernel.worker.timelines.base import SPACE, Laid
from kernel.worker.timelines.units import own_rate, shown, span, time
from kernel.worker.timing import ClipSpan, Shot

Item = tuple[int, int, Any]
"""First frame of the timeline, frames, and the clip that lies there."""
SILENT_DB = -60.0
RAMP = "Rushes speed ramp or freeze"
"""The effect that stands for what only Rushes can play."""
KINDS = {"dissolve": "SMPTE_Dissolve"}
"""Transitions by what OpenTimelineIO calls them; every other one is a `Custom_Transition` of that name."""


def draw(laid: Laid, *, own_rates: bool = True) -> Any:
    """Return the plan as an `opentimelineio.schema.Timeline`.

    Args:
        own_rates: whether a source's beginnings are counted in its own frames; else in the output's.
    """
    return _Drawing(laid, own_rates).whole()


class _Stretch(NamedTuple):
    """A stretch of a source that is no clip or cover."""

    source: str
    source_frame: int
    frames: int


class _Drawing:
    """One timeline while it is drawn."""

    def __init__(self, laid: Laid, own_rates: bool) -> None:
        self.plan = laid.plan
        self.laid = laid
        self.rate = laid.plan.output.rate
        self.own_rates = own_rates
        self.cuts = {cut.id: cut for cut in laid.plan.each(Cut)}
        self.ends = picture_ends(laid.plan, laid.timeline.clips)

    def whole(self) -> Any:
        made = otio.schema.Timeline(name="Rushes", global_start_time=self.time(0))
        made.metadata[SPACE] = kept(self.plan)
        for kind, name, found in (
            ("Video", "V1", self.pictures()),
            ("Video", "V2", self.covers()),
            ("Audio", "A1", self.voices()),
            ("Audio", "A2", self.bed()),
        ):
            items = list(found)
            if items or name == "V1":
                made.tracks.append(self.track(kind, name, items))
        self.join(made.tracks[0])
        return made

    def time(self, frames: int) -> Any:
        return time(frames, self.rate.fraction)

    def track(self, kind: str, name: str, items: Sequence[Item]) -> Any:
        """Return a track with gaps where nothing lies; all reach to the end of the video."""
        made, at = otio.schema.Track(name=name, kind=kind), 0
        for first, frames, item in items:
            if first > at:
                made.append(self.gap(first - at))
            made.append(item)
            at = first + frames
        if at < self.laid.timeline.frames:
            made.append(self.gap(self.laid.timeline.frames - at))
        return made

    def gap(self, frames: int) -> Any:
        return otio.schema.Gap(source_range=span(self.time(0), self.time(frames)))

    def pictures(self) -> Iterator[Item]:
        """Yield what is seen of each clip; by a split its picture begins and ends beside its sound."""
        first = 0
        for clip in self.laid.timeline.clips:
            end = self.ends[clip.id]
            if self.plan.source(clip.source).has_picture:
                made = self.strip(clip.shot.part(first, end - first), clip.id, self.described(clip))
                made.markers.extend(self.markers(clip))
                yield first, end - first, made
            first = end

    def voices(self) -> Iterator[Item]:
        for clip in self.laid.timeline.clips:
            source = self.plan.source(clip.source)
            heard = source.has_sound and not clip.silent and self.cuts[clip.id].gain_db > SILENT_DB
            if heard or not source.has_picture:  # what is neither seen nor heard still has to be seen by the editor
                made = self.strip(clip.shot, clip.id, self.described(clip))
                if not source.has_picture:
                    made.markers.extend(self.markers(clip))
                yield clip.first_frame, clip.frames, made

    def covers(self) -> Iterator[Item]:
        covers = {cover.id: cover for cover in self.plan.each(Cover)}
        for shot in (shot for seen in shots(self.plan, self.laid.timeline.clips) for shot in seen):
            if shot.of in covers:
                told = {"id": shot.of, "operation": _dumped(covers[shot.of])}
                yield shot.first_frame, shot.frames, self.strip(shot, shot.of, told)

    def bed(self) -> Iterator[Item]:
        """Yield the music: it begins anew where it is too short."""
        music, total = self.plan.only(Music), self.laid.timeline.frames
        if music is None:
            return
        source = self.plan.source(music.source)
        begins = round(Fraction(music.start) * self.rate.fraction)
        lasts = max(1, round(Fraction(source.duration) * self.rate.fraction) - begins)
        for first in range(0, total, lasts):
            frames = min(lasts, total - first)
            bed = _Stretch(source.id, begins, frames)
            yield first, frames, self.strip(bed, "music", {"id": "music", "operation": _dumped(music)})

    def strip(self, shot: Shot | _Stretch, name: str, told: dict[str, Any]) -> Any:
        """Return a stretch of a source as a clip."""
        source = self.plan.source(shot.source)
        made = otio.schema.Clip(
            name=f"{source.name} ({name})",
            media_reference=self.reference(source),
            source_range=span(self.begins(shot.source_frame, source), self.time(shot.frames)),
        )
        made.metadata[SPACE] = told
        runs = shot.course if isinstance(shot, Shot) and shot.runs else ()
        if runs:
            made.effects.append(_retimed(runs))
        return made

    def begins(self, source_frame: int, source: Source) -> Any:
        if not self.own_rates:
            return self.time(source_frame)
        return time(shown(source_frame, source, self.rate), own_rate(source, self.rate))

    def reference(self, source: Source) -> Any:
        path, told = self.laid.media.get(source.id), {SPACE: {"id": source.id, "hash": source.hash}}
        own = own_rate(source, self.rate)
        held = None
        if source.kind != "still":
            held = span(time(0, own), time(round(Fraction(source.duration) * own), own))
        if path is None:
            return otio.schema.MissingReference(name=source.name, available_range=held, metadata=told)
        made = otio.schema.ExternalReference(target_url=path.absolute().as_uri(), available_range=held, metadata=told)
        made.name = source.name
        return made

    def described(self, clip: ClipSpan) -> dict[str, Any]:
        return {"id": clip.id, "operation": _dumped(self.cuts[clip.id]), "words": list(clip.words)}

    def markers(self, clip: ClipSpan) -> Iterator[Any]:
        """Yield a marker for each title that begins over a clip."""
        source = self.plan.source(clip.source)
        for title in self.laid.timeline.titles:
            if not clip.first_frame <= title.first_frame < clip.end_frame:
                continue
            since = title.first_frame - clip.first_frame
            begins = self.begins(clip.source_frame + since, source)
            made = otio.schema.Marker(
                name=" / ".join(title.lines), marked_range=span(begins, self.time(title.frames)), color="GREEN"
            )
            made.metadata[SPACE] = {"id": title.id}
            yield made

    def join(self, track: Any) -> None:
        """Put the transitions between the clips of the picture track."""
        places = {item.metadata[SPACE]["id"]: item for item in track if SPACE in item.metadata}
        after = {clip.id: other.id for clip, other in pairwise(self.laid.timeline.clips)}
        for id, (by, first, frames) in windows(self.plan, self.laid.timeline.clips).items():
            if id in places and after[id] in places:
                made = otio.schema.Transition(
                    name=by.kind,
                    transition_type=KINDS.get(by.kind, "Custom_Transition"),
                    in_offset=self.time(self.ends[id] - first),
                    out_offset=self.time(first + frames - self.ends[id]),
                )
                made.metadata[SPACE] = {"kind": by.kind}
                track.insert(track.index(places[id]) + 1, made)


def even_speed(runs: Sequence[Run]) -> Fraction | None:
    """Return how fast some runs play where that is one speed all along; None where it changes or stands still."""
    steps = {run.step for run in runs}
    return Fraction(steps.pop(), UNIT) if len(steps) == 1 and 0 not in steps else None


def _retimed(runs: Sequence[Run]) -> Any:
    """Return the speed of a clip as an effect; a ramp or a freeze is told by name, as no format holds it."""
    speed = even_speed(runs)
    if speed is not None:
        return otio.schema.LinearTimeWarp(time_scalar=float(speed))
    made = otio.schema.Effect(effect_name=RAMP)
    made.metadata[SPACE] = {"runs": [run.model_dump() for run in runs]}
    return made


def kept(plan: EditPlan) -> dict[str, Any]:
    """Return what no timeline can carry: the whole plan but for the transcripts, which its hash stands for."""
    body = plan.body()
    body["sources"] = [{name: held for name, held in source.items() if name != "words"} for source in body["sources"]]
    return {"plan": plan.digest, **body}


def _dumped(operation: Any) -> dict[str, Any]:
    return dict(operation.model_dump(mode="json"))
