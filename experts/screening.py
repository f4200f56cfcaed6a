"""The finished cut as a viewer meets it: which picture stands when, what is said and what is written, by the clock."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kernel.worker.compile import compile
from kernel.worker.media import Source
from kernel.worker.ops.captions import Captions
from kernel.worker.plan import EditPlan
from kernel.worker.samples import RATE
from kernel.worker.timing import Picture, Shot, Spoken, Timeline
from kernel.worker.underscore import beds

Body = Mapping[str, Any]

LINE, REST = 8, 0.4
"""Words of a line, and seconds of rest that begin another."""
MOST = 160
"""Lines of pictures, and of words: of more, the first and an even choice would read like the whole, so it is said."""


def screening(body: Body) -> str:
    """Return what is seen, said, written and played in a plan, with the seconds of the finished video."""
    plan = EditPlan.read(body)
    timeline = compile(plan)
    shape = f"{timeline.width}x{timeline.height}, for {plan.output.platform}"
    parts = [
        [f"{_time(timeline.duration)} long, {shape}"],
        ["Pictures:", *_few([*_pictures(plan, timeline)])],
        ["Said:", *(_few([*_said(timeline)]) or ["nothing"])],
        ["Written by the edit:", *([*_written(plan, timeline)] or ["nothing"])],
        ["Music:", *([*_music(plan, timeline)] or ["none"])],
    ]
    return "\n".join(line for part in parts for line in part)


def _few(lines: Sequence[str]) -> list[str]:
    more = [f"... and {len(lines) - MOST} lines more"] if len(lines) > MOST else []
    return [*lines[:MOST], *more]


class _Row(NamedTuple):
    """A picture that stands, in frames of the video."""

    of: str
    source: Source
    first: int
    end: int
    within: tuple[int, ...]
    """Where the footage itself cuts to another shot."""


def _pictures(plan: EditPlan, timeline: Timeline) -> Iterator[str]:
    rows: list[_Row] = []
    going_on = {clip.id for clip in timeline.clips if clip.joins_last}
    for picture in timeline.pictures:
        for shot, first, end in _shots(picture):
            source = plan.source(shot.source)
            within = _cuts(shot, source, first, end, timeline)
            last = rows[-1] if rows else None
            if last and last.source == source and (last.of == shot.of or shot.of in going_on):
                rows[-1] = last._replace(of=shot.of, end=end, within=(*last.within, *within))
            else:
                rows.append(_Row(shot.of, source, first, end, within))
    for number, row in enumerate(rows, 1):
        lasts = (row.end - row.first) / float(timeline.rate.fraction)
        when = f"{_at(row.first, timeline)}-{_at(row.end, timeline)} ({lasts:.1f} s)"
        cuts = ", ".join(_at(frame, timeline) for frame in row.within)
        yield f"{number}. {when} {json.dumps(row.source.name)}{f', which itself cuts at {cuts}' if cuts else ''}"


def _cuts(shot: Shot, source: Source, first: int, end: int, timeline: Timeline) -> tuple[int, ...]:
    """Return the frames of the video at which the footage itself cuts, within a stretch."""
    found = (round(shot.frame_of(span.start, timeline.rate)) for span in source.shots[1:])
    return tuple(sorted(frame for frame in found if first < frame < end))


def _shots(picture: Picture) -> list[tuple[Shot, int, int]]:
    middle = picture.first_frame + picture.frames // 2
    if picture.into is None:
        return [(picture.shot, picture.first_frame, picture.end_frame)]
    return [(picture.shot, picture.first_frame, middle), (picture.into, middle, picture.end_frame)]


def _said(timeline: Timeline) -> Iterator[str]:
    line: list[Spoken] = []
    rate = float(timeline.rate.fraction)
    for word in timeline.spoken:
        if line and (len(line) == LINE or (word.first_frame - line[-1].last_frame) / rate > REST):
            yield _spoken(line, timeline)
            line = []
        line.append(word)
    if line:
        yield _spoken(line, timeline)


def _spoken(line: Sequence[Spoken], timeline: Timeline) -> str:
    when = f"{_at(line[0].first_frame, timeline)}-{_at(line[-1].last_frame, timeline)}"
    return f"{when} {' '.join(word.text for word in line)}"


def _written(plan: EditPlan, timeline: Timeline) -> Iterator[str]:
    for title in timeline.titles:
        yield f"{_time(title.start)}-{_time(title.end)} title {json.dumps(' / '.join(title.lines), ensure_ascii=False)}"
    captions = plan.only(Captions)
    if captions and timeline.cues:
        yield f"captions of all that is said, style {captions.style}, from {_time(timeline.cues[0].start)}"


def _music(plan: EditPlan, timeline: Timeline) -> Iterator[str]:
    for bed in beds(plan, timeline):
        yield f"{_time(bed.at / RATE)}-{_time(bed.end / RATE)} {json.dumps(bed.source.name)}"


def _at(frame: int, timeline: Timeline) -> str:
    return _time(frame / float(timeline.rate.fraction))


def _time(seconds: float) -> str:
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02}.{tenths % 10}"
