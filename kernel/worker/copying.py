"""copying: whole groups of pictures taken over from a source as they are, so that only the edges are encoded.

A group begins with an IDR picture, to which nothing refers from before it; from one to another the packets stand for
themselves. They are copied where nothing is drawn on them and the source has the output's size, rate and light; what
lies before the first group of a shot, and after the last one, is encoded with parameter sets of another number.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from kernel.document import Value
from kernel.errors import WorkerError
from kernel.worker.avcc import sets_of
from kernel.worker.camera import steered
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.formats.base import timescale
from kernel.worker.graph import effects_of, layers
from kernel.worker.media import Rate, Source
from kernel.worker.pieces import Making, Piece, size_of
from kernel.worker.segments import Cache, key_of
from kernel.worker.subtitles import written
from kernel.worker.timing import Picture
from kernel.worker.verify import rows_of

LEAST = 1
"""Seconds: a shorter run of groups is encoded with the rest of its shot."""
OWN_DELAY = 2
"""Frames by which the decoding of what is encoded here may run ahead: with two B-pictures one, or two at the most."""
IDR = "filter_units=pass_types=5"
"""Lets through only what begins a group."""

Wish = Callable[[], bool]


class Groups(Value):
    """The groups of pictures of a source."""

    starts: tuple[int, ...]
    """Number of the first frame of each group, counted at the source's rate from its first picture."""
    frames: int
    """Of the whole source."""
    delay: int
    """Frames by which decoding runs ahead of showing."""
    sums: tuple[str, ...]
    """Checksum of every packet, in the order of decoding."""


class Copy(NamedTuple):
    """A run of groups that is taken over."""

    source: Source
    source_frame: int
    first_frame: int
    frames: int


def parted(making: Making) -> tuple[list[Picture | Copy], int]:
    """Part the pictures of a plan into what is encoded and what is copied, in order.

    Returns:
        The parts, and the frames by which the decoding of what is copied runs ahead; 0 where nothing is.
    """
    plain = [picture for picture in making.timeline.pictures if untouched(making, picture)]
    source = _most_used(making, plain)
    groups = groups_of(source, making.media[source.id], making.cache, making.ffmpeg, making.stop) if source else None
    if source is None or groups is None:
        return list(making.timeline.pictures), 0
    usable = {picture.first_frame for picture in plain if picture.shot.source == source.id}
    least = LEAST * making.timeline.rate.fraction
    parts: list[Picture | Copy] = []
    for picture, copied in _merged(making.timeline.pictures, usable):
        parts += _parted(picture, source, groups, least) if copied else [picture]
    return parts, max(groups.delay, OWN_DELAY) if any(isinstance(part, Copy) for part in parts) else 0


def _merged(pictures: Sequence[Picture], plain: Collection[int]) -> list[tuple[Picture, bool]]:
    """Return the pieces, each with whether it is plain; plain ones of one shot become one again."""
    found: list[tuple[Picture, bool]] = []
    for picture in pictures:
        last, copied = found[-1] if found else (None, False)
        follows = last and last.shot.of == picture.shot.of and last.shot.source == picture.shot.source
        if last and follows and copied and picture.first_frame in plain and last.shot.end_frame == picture.first_frame:
            frames = last.frames + picture.frames
            shot = last.shot.model_copy(update={"frames": frames})
            found[-1] = last.model_copy(update={"frames": frames, "shot": shot}), True
        else:
            found.append((picture, picture.first_frame in plain))
    return found


def untouched(making: Making, picture: Picture) -> bool:
    """Say whether a piece is its source's picture and nothing else."""
    plan, source = making.plan, making.plan.source(picture.shot.source)
    shot = picture.shot
    drawn = picture.into or picture.veils or shot.runs or effects_of(plan, shot.of) or steered(plan, shot.of)
    if drawn or not source.copyable or source.rate != plan.output.rate:
        return False
    if (source.width, source.height) != size_of(making):
        return False
    return not layers(plan, making.timeline, picture) and not written(plan, making.timeline, picture)


def _most_used(making: Making, pictures: Sequence[Picture]) -> Source | None:
    """Return the source that gives most of these pictures: one alone, since two would number their sets alike."""
    frames = Counter[str]()
    for picture in pictures:
        frames[picture.shot.source] += picture.frames
    return making.plan.source(max(frames, key=lambda id: (frames[id], id))) if frames else None


def _parted(picture: Picture, source: Source, groups: Groups, least: Fraction) -> Iterator[Picture | Copy]:
    shot = picture.shot
    borders = [*groups.starts, groups.frames]
    index = bisect_left(borders, shot.source_frame)
    begins = borders[index] if index < len(borders) else groups.frames
    ends = borders[max(bisect_right(borders, shot.source_frame + picture.frames) - 1, 0)]
    if ends - begins < least:
        yield picture
        return
    head, run = begins - shot.source_frame, ends - begins
    tail = picture.frames - head - run
    at = picture.first_frame
    if head:
        yield picture.model_copy(update={"frames": head, "shot": shot.part(at, head)})
    yield Copy(source, begins, at + head, run)
    if tail:
        first = at + head + run
        yield picture.model_copy(update={"first_frame": first, "frames": tail, "shot": shot.part(first, tail)})


def groups_of(source: Source, path: Path, cache: Cache, ffmpeg: Ffmpeg, stop: Wish) -> Groups | None:
    """Return the groups of a source; None where its pictures cannot be copied."""
    key = key_of("groups", ffmpeg.version, source=source.hash, stream=source.video_stream)
    known = cache.find(key, ".groups")
    if known:
        return Groups.model_validate_json(known.read_bytes()) if known.stat().st_size else None
    with cache.work() as work:
        groups = _listed(source, path, work, ffmpeg, stop)
        (work / "groups").write_text(groups.model_dump_json() if groups else "")
        cache.keep(work / "groups", key, ".groups")
    return groups


def _listed(source: Source, path: Path, work: Path, ffmpeg: Ffmpeg, stop: Wish) -> Groups | None:
    rate = source.rate
    if rate is None or not _plain_sets(source, path, work, ffmpeg, stop):
        return None
    packets = _frames(source, path, rate, ffmpeg, stop)
    firsts = _frames(source, path, rate, ffmpeg, stop, "-bsf:v", IDR)
    numbers = [number for number, _ in packets]
    if not firsts or sorted(numbers) != list(range(len(numbers))):
        return None
    # Where something of the group before is decoded later, or shown, the picture begins no group of its own.
    starts = tuple(number for number, _ in firsts if numbers[number] == number)
    delay = max(place - number for place, number in enumerate(numbers))
    return Groups(starts=starts, frames=len(numbers), delay=max(delay, 0), sums=tuple(sum for _, sum in packets))


def _plain_sets(source: Source, path: Path, work: Path, ffmpeg: Ffmpeg, stop: Wish) -> bool:
    """Say whether the pictures are of the ordinary kind, and their parameter sets have the ordinary number."""
    one = work / "one.mp4"
    arguments = [*opening(path), "-map", f"0:v:{source.video_stream}", "-c", "copy", "-frames:v", "1", "-f", "mp4"]
    try:
        ffmpeg.run([*arguments, f"file:{one}"], cwd=work, timeout=60, cancelled=stop)
        sets = sets_of(one)
    except WorkerError:
        return False
    return sets.plain and sets.first


def _frames(source: Source, path: Path, rate: Rate, ffmpeg: Ffmpeg, stop: Wish, *more: str) -> list[tuple[int, str]]:
    """Return number and checksum of each packet, in the order of decoding; -1 for one that is not at a frame's time."""
    arguments = [*opening(path), "-map", f"0:v:{source.video_stream}", "-c", "copy", *more, "-f", "framecrc", "pipe:1"]
    timeout = 60 + source.duration
    tick, rows = rows_of(ffmpeg.lines(arguments, timeout=timeout, cancelled=stop))
    return [(_number(int(row[2]) * tick * rate.fraction), row[5]) for row in rows]


def _number(at: Fraction) -> int:
    # Containers round to their own ticks: a hundredth of a frame is far more than that.
    return round(at) if abs(at - round(at)) < Fraction(1, 100) else -1


def copy_key(making: Making, part: Copy) -> str:
    """Return the hash of a run of groups."""
    span = {"source": part.source.hash, "first": part.source_frame, "frames": part.frames}
    return key_of("copy", making.ffmpeg.version, **span)


def copy(making: Making, part: Copy) -> Piece:
    """Return a run of groups as a piece, copied now or before; its packets are those of the source.

    Raises:
        WorkerError: they are not.
        Cancelled: the making was stopped.
    """
    key = copy_key(making, part)
    known = making.cache.find(key, ".mp4")
    if known:
        return Piece(key, known, part.frames, True)
    with making.cache.work() as work:
        made = work / "piece.mp4"
        _copy(making, part, work, made)
        _same_packets(making, part, made)
        return Piece(key, making.cache.keep(made, key, ".mp4"), part.frames, False)


def _copy(making: Making, part: Copy, work: Path, made: Path) -> None:
    rate = making.timeline.rate.fraction
    # Half a frame late, so that rounding cannot land in the group before.
    opened = opening(making.media[part.source.id], "-ss", f"{float((part.source_frame + Fraction(1, 2)) / rate):.6f}")
    arguments = [*opened, "-map", f"0:v:{part.source.video_stream}", "-c", "copy", "-frames:v", str(part.frames)]
    arguments += ["-bsf:v", "setts=pts=PTS-STARTPTS:dts=DTS-STARTPTS", "-map_metadata", "-1", "-fflags", "+bitexact"]
    arguments += ["-video_track_timescale", str(timescale(rate)), "-f", "mp4", f"file:{made}"]
    making.ffmpeg.run(arguments, cwd=work, timeout=120 + part.frames / 10, cancelled=making.stop)


def _same_packets(making: Making, part: Copy, made: Path) -> None:
    groups = groups_of(part.source, making.media[part.source.id], making.cache, making.ffmpeg, making.stop)
    arguments = [*opening(made), "-map", "0:v:0", "-c", "copy", "-f", "framecrc", "pipe:1"]
    _, rows = rows_of(making.ffmpeg.lines(arguments, cwd=made.parent, timeout=120, cancelled=making.stop))
    planned = groups.sums[part.source_frame : part.source_frame + part.frames] if groups else ()
    if tuple(row[5] for row in rows) != planned:
        raise WorkerError(f"What was copied from {part.source.name} is not what it holds: it is not used.")
