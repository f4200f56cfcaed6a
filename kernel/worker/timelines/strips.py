"""strips: what lies on the tracks of a timeline, in whole frames of a plan's output; nothing named there is opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from opentimelineio import schema

from kernel.errors import BadInput
from kernel.worker.media import Rate
from kernel.worker.timelines.base import SPACE, Parsed, TimelineFormat
from kernel.worker.timelines.draw import RAMP
from kernel.worker.timelines.units import rate_of, seconds

MOST = 5_000
"""Things on the tracks of one timeline."""
SHOWN = 80
"""Characters of a name that a sentence shows."""
DISSOLVES = ("SMPTE_Dissolve", "Custom_Transition")


@dataclass(frozen=True)
class Strip:
    """A stretch of a source as it lies on a track.

    Attributes:
        name: as the program shows it.
        file: the last part of its file's address; "" where it names none.
        hash: sha256 of its file, where the timeline still says so.
        id: the clip or cover that it was exported as, where the timeline still says so.
        first, frames: where it lies, in frames of the output.
        start: seconds after the source's first frame.
        speed: seconds of the source that pass in one of the timeline.
    """

    name: str
    file: str
    hash: str
    id: str
    first: int
    frames: int
    start: Fraction
    speed: Fraction = Fraction(1)

    @property
    def end(self) -> int:
        """The frame after its last one."""
        return self.first + self.frames


@dataclass(frozen=True)
class Passage:
    """A transition on the picture track: the frame of its cut, its frames before and after it, its kind."""

    cut: int
    before: int
    after: int
    kind: str

    @property
    def frames(self) -> int:
        """All of it."""
        return self.before + self.after


@dataclass(frozen=True)
class Edited:
    """A timeline as it came back from an editing program.

    Attributes:
        main: the lowest picture track.
        over: what lies on the picture tracks above, topmost first.
        sounds: what lies on the sound tracks.
        passages: the transitions of the main track.
        counted: the frames a second in which all of it is counted: those of the plan's output.
        rate: those that the timeline itself counts.
        plan: hash of the plan that it was exported from; "" where it does not say.
        carries, own_rates: what its format shows, and in which frames it counts.
        said: what it holds that a plan cannot, one sentence each.
    """

    main: tuple[Strip, ...]
    counted: Rate
    over: tuple[Strip, ...] = ()
    sounds: tuple[Strip, ...] = ()
    passages: tuple[Passage, ...] = ()
    rate: Fraction | None = None
    plan: str = ""
    carries: frozenset[str] = frozenset()
    own_rates: bool = True
    said: tuple[str, ...] = ()


@dataclass
class _Track:
    """A track while it is read."""

    rate: Fraction
    said: list[str]
    strips: list[Strip] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    at: Fraction = Fraction(0)
    own: Fraction | None = None
    """The rate in which its things are counted."""

    def frame(self, moment: Fraction) -> int:
        return round(moment * self.rate)

    def name(self, item: Any) -> str:
        where = f"at {float(self.at):.2f} s"
        return f"{item.name[:SHOWN]} {where}" if item.name else where


def edited(kind: TimelineFormat, held: bytes, rate: Rate) -> Edited:
    """Return what lies on the tracks of a timeline file, in frames of a plan's output.

    Raises:
        BadInput: it cannot be read, nothing lies there, or far too much.
    """
    if kind.read is None:
        raise BadInput(f"A plan goes out as {kind.name} and does not come back: import an otio, fcpxml or edl file.")
    parsed = kind.read(held, rate)
    said = list(parsed.said)
    tracks = [_read(track, rate.fraction, said) for track in _tracks(parsed, said)]
    pictures = [track for kind, track in tracks if kind == "Video"]
    # An editing program may leave the empty track out that lay below the covers of a narration.
    lowest = pictures.pop(0) if pictures and not _only_covers(pictures[0]) else _Track(rate.fraction, said)
    heard = tuple(strip for kind, track in tracks if kind == "Audio" for strip in track.strips)
    if not lowest.strips and not heard:
        raise BadInput("No clip lies on this timeline: export the timeline that holds the cut.")
    return Edited(
        main=tuple(lowest.strips),
        counted=rate,
        over=tuple(strip for track in reversed(pictures) for strip in track.strips),
        sounds=heard,
        passages=tuple(lowest.passages),
        rate=next((track.own for _, track in tracks if track.own), None),
        plan=parsed.plan,
        carries=kind.carries,
        own_rates=kind.own_rates,
        said=tuple(dict.fromkeys(said)),
    )


def _only_covers(track: _Track) -> bool:
    return bool(track.strips) and all(strip.id.startswith("b") for strip in track.strips)


def _tracks(parsed: Parsed, said: list[str]) -> Iterator[Any]:
    count = 0
    for track in parsed.tracks.tracks:
        if not isinstance(track, schema.Track):
            said.append(f"{_called(track)} lies beside the tracks and was left out.")
            continue
        count += len(track)
        if count > MOST:
            raise BadInput(f"More than {MOST} things lie on this timeline: export the cut alone.")
        if track.enabled:
            yield track
        elif len(track):
            said.append(f"The track {track.name[:SHOWN] or track.kind} is switched off and was left out.")


def _read(track: Any, rate: Fraction, said: list[str]) -> tuple[str, _Track]:
    reading = _Track(rate, said)
    if track.effects:
        said.append(f"The effects on the whole track {track.name[:SHOWN]} were left out.")
    for item in track:
        if isinstance(item, schema.Transition):
            _passage(item, reading)
        else:
            _item(item, reading)
    return track.kind, reading


def _item(item: Any, reading: _Track) -> None:
    held = _range(item, reading)
    begins, lasts = reading.at, seconds(held.duration)
    if lasts < 0:
        raise BadInput(f"{reading.name(item)} lasts less than nothing: export the timeline again.")
    if isinstance(item, schema.Clip) and _is_media(item, reading):
        first = reading.frame(begins)
        frames = reading.frame(begins + lasts) - first
        reading.own = reading.own or rate_of(held.duration.rate)
        if frames > 0:
            reading.strips.append(_strip(item, held, first, frames, reading))
    elif not isinstance(item, schema.Clip | schema.Gap):
        reading.said.append(f"The nested timeline {reading.name(item)} was left out: a plan holds clips of files only.")
    reading.at = begins + lasts


def _range(item: Any, reading: _Track) -> Any:
    try:
        return item.trimmed_range()
    except Exception as error:
        raise BadInput(f"{reading.name(item)} has no length: export the timeline again.") from error


def _is_media(clip: Any, reading: _Track) -> bool:
    if not clip.enabled:
        reading.said.append(f"{reading.name(clip)} is switched off and was left out.")
        return False
    if isinstance(clip.media_reference, schema.GeneratorReference):
        reading.said.append(
            f"The generated picture {reading.name(clip)} was left out: a plan holds clips of files only."
        )
        return False
    return True


def _strip(clip: Any, held: Any, first: int, frames: int, reading: _Track) -> Strip:
    reference, told = clip.media_reference, _told(clip.metadata)
    available = getattr(reference, "available_range", None)
    start = seconds(held.start_time) - (seconds(available.start_time) if available else 0)
    return Strip(
        name=str(clip.name or ""),
        file=file_of(str(getattr(reference, "target_url", "") or getattr(reference, "name", "") or "")),
        hash=str(_told(getattr(reference, "metadata", {})).get("hash", "")),
        id=str(told.get("id", "")),
        first=first,
        frames=frames,
        start=start,
        speed=_speed(clip, reading),
    )


def _speed(clip: Any, reading: _Track) -> Fraction:
    speed = Fraction(1)
    for effect in clip.effects:
        if isinstance(effect, schema.FreezeFrame):
            speed = Fraction(0)
        elif isinstance(effect, schema.LinearTimeWarp):
            speed *= Fraction(effect.time_scalar).limit_denominator(10_000)
        elif effect.effect_name != RAMP:
            what = effect.effect_name or effect.name or effect.schema_name()
            reading.said.append(f"The effect {what[:SHOWN]} on {reading.name(clip)} was left out.")
    return speed


def _passage(item: Any, reading: _Track) -> None:
    before, after = (reading.frame(seconds(offset)) for offset in (item.in_offset, item.out_offset))
    kind = str(_told(item.metadata).get("kind") or ("dissolve" if item.transition_type in DISSOLVES else ""))
    reading.passages.append(Passage(reading.frame(reading.at), before, after, kind or str(item.transition_type)))


def _told(metadata: Any) -> Mapping[str, Any]:
    told = metadata.get(SPACE) if hasattr(metadata, "get") else None
    return told if hasattr(told, "get") else {}  # type: ignore[return-value]  # the library's own mapping


def file_of(address: str) -> str:
    """Return the file's name in an address or a path; the address itself is never opened."""
    try:
        path = urlsplit(address).path if "://" in address else address
    except ValueError:
        path = address
    return PurePosixPath(unquote(path).replace("\\", "/")).name


def _called(item: Any) -> str:
    return str(getattr(item, "name", "") or type(item).__name__)[:SHOWN]
