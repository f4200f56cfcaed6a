"""enlarged: how many pixels of the output one of a source has to fill, and how many of them the target asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kernel.worker.camera import reframe_of, zoom_of
from kernel.worker.media import Source
from kernel.worker.output import Output
from kernel.worker.plan import EditPlan
from kernel.worker.presets import preset_of
from kernel.worker.timing import Shot, Timeline

LINES = 720
"""Lines of a wide picture to which smaller footage may be enlarged, so that captions can be read."""
FULL = 1080
"""Lines of the short side that platforms ask for of a tall or square picture; of a wide one the most that is due."""
ASKED = {"uhd": 2160, "4k": 2160, "fullhd": 1080, "full hd": 1080}
"""What people call sizes by."""

_LINES = re.compile(r"\b(4k|uhd|full ?hd|\d{3,4}(?=p\b))", re.IGNORECASE)


class Enlarged(NamedTuple):
    """A shot, and by how much its picture is enlarged along a side; less than 1 where it is made smaller."""

    shot: Shot
    times: float
    """Where it is seen nearest."""
    forced: float
    """What filling a target of this shape takes; 1 where the source has pixels enough."""

    @property
    def unforced(self) -> float:
        """How much of it nothing forces: 1 is none."""
        return max(1.0, self.times / self.forced)


def enlarged(plan: EditPlan, timeline: Timeline, brief: Mapping[str, Any] | None = None) -> tuple[Enlarged, ...]:
    """Return by how much each clip's and cover's picture is enlarged, in their order."""
    lines = asked_lines(brief) or _lines_allowed(plan, timeline)
    return tuple(_enlarged(plan, shot, lines) for shot in shown(timeline))


def shown(timeline: Timeline) -> tuple[Shot, ...]:
    """Return one shot of each clip and cover that is seen."""
    shots = [shot for picture in timeline.pictures for shot in (picture.shot, picture.into) if shot]
    return tuple({shot.of: shot for shot in reversed(shots)}.values())[::-1]


def times_of(plan: EditPlan, shot: Shot) -> float:
    """Return by how much a shot's picture is enlarged where it is seen nearest."""
    zoom, source = zoom_of(plan, shot.of), plan.source(shot.source)
    return _filling(plan, shot, source) * (max(zoom.scale, zoom.ends) if zoom else 1.0)


def asked_lines(brief: Mapping[str, Any] | None) -> int | None:
    """Return the lines that a person named, as in "1080p" or "4K"; None where they named none."""
    named = _LINES.search(str((brief or {}).get("text", "")))
    return (ASKED.get(named[1].lower()) or int(named[1])) if named else None


def lines_due(plan: EditPlan, timeline: Timeline, brief: Mapping[str, Any] | None = None) -> int:
    """Return the lines of the short side that are due: as asked, else those of the best source, 1080 at the most."""
    return asked_lines(brief) or min(FULL, max(_lines_of(plan, timeline), default=FULL))


def _lines_allowed(plan: EditPlan, timeline: Timeline) -> int:
    """Return the lines of the short side up to which a target of this shape and platform forces its sources."""
    output = plan.output
    if output.width <= output.height or preset_of(output.platform).shape:
        return FULL
    return min(FULL, max([LINES, *_lines_of(plan, timeline)]))


def _lines_of(plan: EditPlan, timeline: Timeline) -> list[int]:
    """Return the lines of the short side of an output of this shape that each source could fill."""
    return list(_short_sides([plan.source(shot.source) for shot in shown(timeline)], plan.output))


def _short_sides(sources: Iterable[Source], output: Output) -> Iterator[int]:
    for source in sources:
        if source.width and source.height:
            times = max(output.width / source.width, output.height / source.height)
            yield round(min(output.width, output.height) / times)


def _enlarged(plan: EditPlan, shot: Shot, lines: int) -> Enlarged:
    source, output = plan.source(shot.source), plan.output
    needed = min(1.0, lines / min(output.width, output.height))
    return Enlarged(shot, times_of(plan, shot), max(1.0, _filling(plan, shot, source) * needed))


def _filling(plan: EditPlan, shot: Shot, source: Source) -> float:
    """Return by how much a picture is enlarged to fill the output, or to stand within it."""
    output = plan.output
    if not (source.width and source.height):
        return 1.0
    across, down = output.width / source.width, output.height / source.height
    return max(across, down) if reframe_of(plan, shot.of).mode in ("crop", "follow") else min(across, down)
