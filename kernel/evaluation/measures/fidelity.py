"""fidelity: what encoding, or whatever befell the file later, took away of the picture that was planned.

A few short stretches, spread over the shots, are drawn anew from the sources without loss (kernel/worker/excerpt.py)
and compared with the same frames of the file: VMAF of every frame, and how sharp either is in the middle. A frame
that shows something else than planned (black, a flash, another moment) is another picture, not a worse one, and is left
to those who look for that. The work is bounded whatever the length: `MOST` stretches of half a second, fewer of large
sources.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kernel.document import Value
from kernel.errors import BadInput, WorkerError
from kernel.evaluation.case import Case
from kernel.evaluation.enlarged import times_of
from kernel.worker.analysis.measure import Measured
from kernel.worker.analysis.sharpness import sharpness
from kernel.worker.camera import stabilise_of
from kernel.worker.excerpt import excerpt, making_of, stretch_of
from kernel.worker.ffmpeg import Ffmpeg, Run, opening
from kernel.worker.media import Source
from kernel.worker.ops.stabilise import Stabilise
from kernel.worker.pieces import Making
from kernel.worker.plan import EditPlan
from kernel.worker.timing import Picture, Timeline
from kernel.worker.verify import rows_of

Planes = npt.NDArray[np.uint8]
"""frames x height x width."""
Flags = npt.NDArray[np.bool_]

MOST = 5
"""Stretches that are compared."""
LASTS = Fraction(1, 2)
"""Seconds of each: VMAF looks at motion too, so that it needs frames that follow one another."""
LEAST, FULL = 6, 24
"""Frames of a stretch, at the least (else a shot is passed over) and at the most."""
LARGE = 1920 * 1200
"""Pixels of a source beyond which fewer stretches are looked at: decoding up to them takes the longer."""
SMALLEST = 2.0
"""Times that pictures are made smaller at the most before they are compared."""
LABELS = ("real", "meant")
CELL = 24
"""Pixels of the cells by whose mean brightness frames are compared: neither blur nor blocks change that by much."""
OTHER, ELSEWHERE = 20, 60
"""Levels by which most cells of another picture differ at the least, or one of them where only a part is another.
Measured: crf 51 at most 9 and 45, a blur of 8 pixels 2 and 30, a logo 1 and 135."""
ENOUGH = 0.25
"""Share of the frames that must show what was planned in every part; else those count too that show most of it."""
LOW = 5
"""Percentile of the frames that is told beside their mean."""
NO_MEDIA = "The source files are not at hand, so nothing was compared with them."
NO_VMAF = "This ffmpeg has no libvmaf, so nothing was compared with the sources."
OTHER_LENGTH = "The file has not the frames of its plan, so nothing can be compared frame by frame."
OTHER_PICTURE = "The file shows something else than its plan, so how well it is encoded cannot be told."
NO_STRETCH = "No shot that is as it was filmed lasts long enough to be compared."

_FORMAT = re.compile(r"^  Stream #0:\d+\S*: Video: .*?, (?:\w+ \([^)]*\), )?([a-z]+[a-z0-9]*)[(,]", re.MULTILINE)


class Compared(Value):
    """A stretch of the file beside what was planned there."""

    clip: str
    """Id of the clip or cover that is seen."""
    start: float
    end: float
    """Seconds."""
    vmaf: float
    """Mean over its frames, 0 to 100."""
    low: float
    """Its worst frame."""
    sharpness: float | None = None
    planned_sharpness: float | None = None
    """Of its middle frame, in the file and as it was planned; None where it shows too little to tell."""


class Fidelity(Value):
    """How near the file is to what was planned, and how it is encoded."""

    pixels: str = ""
    """Format of its pixels, as ffmpeg names it: yuv420p."""
    bitrate: float = 0.0
    """Bits a second of the picture alone."""
    stretches: tuple[Compared, ...] = ()
    vmaf: float | None = None
    """Mean over all frames that were compared; None where none were."""
    low: float | None = None
    """Their 5th percentile."""
    why: str = ""
    """Why nothing was compared, in one sentence."""


def measure(case: Case, measured: Measured) -> Fidelity | None:
    """Compare a video with its plan's own pictures; None for one that has no picture.

    Args:
        case: the video with its plan and the files of its sources.
        measured: the facts of the video.
    """
    if not measured.video_codec:
        return None
    export = _export(case, measured)
    timeline = case.timeline
    if case.plan is None or timeline is None:
        return export
    if measured.frames != timeline.frames:
        return export.model_copy(update={"why": OTHER_LENGTH})
    chosen = stretches(case.plan, timeline)
    if not chosen:
        return export.model_copy(update={"why": NO_STRETCH})
    if not _at_hand(case.plan, case.media):
        return export.model_copy(update={"why": NO_MEDIA})
    if not has_vmaf(case.ffmpeg):
        return export.model_copy(update={"why": NO_VMAF})
    return _compared(case, case.plan, timeline, chosen, export)


def has_vmaf(ffmpeg: Ffmpeg) -> bool:
    """Say whether an ffmpeg can tell VMAF."""
    said = ffmpeg.read(["-filters"], timeout=20, limit=1 << 20).decode(errors="replace")
    return " libvmaf " in said


def _at_hand(plan: EditPlan, media: Mapping[str, Path]) -> bool:
    """Say whether the files of all sources are there that can be seen, tables of colours too."""
    seen = [source.id for source in plan.sources if source.kind != "audio"]
    return all(id in media and media[id].is_file() for id in seen)


def _export(case: Case, measured: Measured) -> Fidelity:
    """Return how the file is encoded, from its packets; nothing is decoded."""
    runs: list[Run] = []
    streams = ["-map", "0:v:0", "-c", "copy", "-f", "framecrc", "pipe:1"]
    lines = case.ffmpeg.lines(
        [*opening(case.video), *streams],
        cwd=case.work,
        timeout=120 + measured.duration,
        cancelled=case.cancelled,
        told=runs.append,
        level="info",
        kept=1 << 16,
    )
    _, rows = rows_of(lines)
    found = _FORMAT.search(runs[-1].stderr)
    size = sum(int(row[4]) for row in rows)
    return Fidelity(pixels=found[1] if found else "", bitrate=round(size * 8 / max(measured.duration, 1e-3)))


def stretches(plan: EditPlan, timeline: Timeline) -> list[Picture]:
    """Return the stretches that are compared: spread over the whole, none of them in a passage or a fade."""
    frames = max(LEAST, min(FULL, round(LASTS * timeline.rate.fraction)))
    usable = [place for picture in timeline.pictures for place in _places(plan, picture, frames)]
    if not usable:
        return []
    most = min(MOST, _most(plan, timeline))
    wanted = [timeline.frames * (2 * number + 1) // (2 * most) for number in range(most)]
    found: dict[int, Picture] = {}
    for at in wanted:
        place = min(usable, key=partial(_distance, at))
        if all(abs(place.first_frame - first) >= frames for first in found):
            found[place.first_frame] = place
    return [found[first] for first in sorted(found)]


def _distance(at: int, place: Picture) -> int:
    return abs(place.first_frame + place.frames // 2 - at)


def _most(plan: EditPlan, timeline: Timeline) -> int:
    """Return how many stretches can be afforded: decoding up to one of 8K takes as long as up to a dozen of 1080p."""
    used = {picture.shot.source for picture in timeline.pictures}
    largest = max((_pixels(plan.source(id)) for id in used), default=0)
    return MOST if largest <= LARGE else 3 if largest <= 4 * LARGE else 2


def _pixels(source: Source) -> int:
    return source.width * source.height


def _places(plan: EditPlan, picture: Picture, frames: int) -> Iterator[Picture]:
    """Yield stretches of a picture at which nothing fades, back to back."""
    frames = min(frames, picture.frames)
    # What is steadied would have to be watched as a whole first.
    if frames < LEAST or picture.into or stabilise_of(plan, picture.shot.of):
        return
    for first in range(picture.first_frame, picture.end_frame - frames + 1, frames):
        place = stretch_of(picture, first, frames)
        if not place.veils:
            yield place


def _compared(case: Case, plan: EditPlan, timeline: Timeline, chosen: Sequence[Picture], export: Fidelity) -> Fidelity:
    folder = case.work / "fidelity"
    folder.mkdir(exist_ok=True)
    stop = case.cancelled or (lambda: False)
    try:
        making = making_of(_unsteadied(plan), timeline, chosen, case.media, folder / "cache", case.ffmpeg, stop)
        with ThreadPoolExecutor(max_workers=2) as pool:
            found = list(pool.map(partial(_beside, case, making, folder), chosen))
    except (WorkerError, BadInput) as error:
        return export.model_copy(update={"why": f"Nothing could be compared with the sources: {error}"})
    whole = np.concatenate([beside.whole for beside in found])
    strict = whole.mean() >= ENOUGH
    kept = [(beside, beside.whole if strict else beside.mostly) for beside in found]
    frames = np.concatenate([beside.vmaf[same] for beside, same in kept])
    if not len(frames):
        return export.model_copy(update={"why": OTHER_PICTURE})
    rate = timeline.rate.fraction
    return export.model_copy(
        update={
            "stretches": tuple(_compared_at(beside, same, rate) for beside, same in kept if same.any()),
            "vmaf": round(float(frames.mean()), 2),
            "low": round(float(np.percentile(frames, LOW)), 2),
        }
    )


def _compared_at(beside: Beside, same: Flags, rate: Fraction) -> Compared:
    values, place = beside.vmaf[same], beside.place
    shown = bool(same[len(same) // 2])
    return Compared(
        clip=place.shot.of,
        start=round(float(place.first_frame / rate), 3),
        end=round(float(place.end_frame / rate), 3),
        vmaf=round(float(values.mean()), 2),
        low=round(float(values.min()), 2),
        sharpness=beside.sharpness if shown else None,
        planned_sharpness=beside.planned_sharpness if shown else None,
    )


def _unsteadied(plan: EditPlan) -> EditPlan:
    """Return a plan without what steadies shots: none of those is drawn."""
    kept = tuple(operation for operation in plan.operations if not isinstance(operation, Stabilise))
    return plan.model_copy(update={"operations": kept})


class Beside(NamedTuple):
    """A stretch beside what was planned there; a value for each frame but the first."""

    place: Picture
    vmaf: npt.NDArray[np.float64]
    whole: Flags
    """Whether it shows what was planned in every part."""
    mostly: Flags
    """Whether most of it is as planned."""
    sharpness: float | None
    planned_sharpness: float | None


def _beside(case: Case, making: Making, folder: Path, place: Picture) -> Beside:
    """Return a stretch beside what was planned there."""
    name, rate = f"f{place.first_frame}", making.timeline.rate.fraction
    planned = excerpt(making, place, folder / f"{name}.mkv").path
    # Half a frame earlier, so that the very frame is found however its time is rounded.
    begins = max(Fraction(0), (place.first_frame - Fraction(1, 2)) / rate)
    arguments = [*opening(case.video, "-ss", f"{float(begins):.6f}"), *opening(planned)]
    arguments += ["-filter_complex", _graph(making, place, name), "-map", "[vmaf]", "-f", "null", "-"]
    for label in LABELS:
        arguments += ["-map", f"[{label}]", "-frames:v", "1", "-f", "rawvideo", f"{name}{label}.gray"]
        arguments += ["-map", f"[{label}s]", "-f", "rawvideo", f"{name}{label}.cells"]
    making.ffmpeg.run(arguments, cwd=folder, timeout=300, cancelled=case.cancelled)
    planned.unlink()
    size, cells = (making.timeline.width, making.timeline.height), _cells(making.timeline)
    apart = _apart(*(_luma(folder / f"{name}{label}.cells", cells) for label in LABELS))
    told = _told(folder / f"{name}.json", place.frames)
    mostly = np.median(apart, axis=1) < OTHER
    whole = mostly & (apart.max(axis=1) < ELSEWHERE)
    real, meant = (_luma(folder / f"{name}{label}.gray", size)[0] for label in LABELS)
    # Nothing moves in a first frame, so that it is judged more sternly than the others.
    return Beside(place, np.array(told[1:]), whole[1:], mostly[1:], sharpness(real), sharpness(meant))


def _graph(making: Making, place: Picture, name: str) -> str:
    """Return the graph that compares a stretch of the file with what was planned, and takes out the middle of both."""
    timeline = making.timeline
    clock = f"settb={timeline.rate.den}/{timeline.rate.num},setpts=N"
    whole = f"scale={timeline.width}:{timeline.height}:flags=bicubic,format=yuv420p"
    # Detail that the source never had is not missed: an enlarged picture is compared at its source's size.
    times = min(SMALLEST, max(1.0, times_of(making.plan, place.shot)))
    width, height = (2 * round(side / times / 2) for side in (timeline.width, timeline.height))
    small = f"scale={width}:{height}:flags=area" if times > 1 else "null"
    middle = f"select=eq(n\\,{place.frames // 2}),format=gray"
    across, down = _cells(timeline)
    tiny = f"format=gray,scale={across}:{down}:flags=area"
    return (
        f"[0:v:0]trim=end_frame={place.frames},{clock},{whole},split=3[a][b][c];[1:v:0]{clock},{whole},split=3[d][e][f];"
        f"[a]{small}[g];[d]{small}[h];[g][h]libvmaf=log_fmt=json:log_path={name}.json[vmaf];"
        f"[b]{middle}[real];[e]{middle}[meant];[c]{tiny}[reals];[f]{tiny}[meants]"
    )


def _cells(timeline: Timeline) -> tuple[int, int]:
    """Return how many cells there are across and down."""
    return max(1, timeline.width // CELL), max(1, timeline.height // CELL)


def _apart(real: Planes, meant: Planes) -> npt.NDArray[np.int16]:
    """Return by how many levels the cells of each frame differ: frames x cells."""
    apart: npt.NDArray[np.int16] = np.abs(real.astype(np.int16) - meant[: len(real)]).reshape(len(real), -1)
    return apart


def _told(log: Path, frames: int) -> list[float]:
    """Return the VMAF of each frame."""
    told = [float(frame["metrics"]["vmaf"]) for frame in json.loads(log.read_text())["frames"]]
    if len(told) != frames:
        raise WorkerError(f"Only {len(told)} of {frames} frames of the file could be compared with the plan.")
    return told


def _luma(path: Path, size: tuple[int, int]) -> Planes:
    """Return the frames of a raw file, which is removed."""
    found = np.frombuffer(path.read_bytes(), np.uint8).reshape(-1, size[1], size[0])
    path.unlink()
    return found
