"""edl: CMX 3600, the list that every editing program takes: one picture track, cuts and dissolves, nothing else.

Written and read by OpenTimelineIO's adapter, which is helped where it errs: it takes the file of the clip before a
dissolve for that of the clip after it (so each event says its own source in a comment), does not say whether it counts
drop frames, and looks for image sequences in any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import opentimelineio
from opentimelineio.opentime import RationalTime
from otio_cmx3600_adapter import cmx_3600

from kernel.errors import BadInput, NotReady
from kernel.worker.media import Rate
from kernel.worker.ops.cover import Cover
from kernel.worker.ops.music import Music
from kernel.worker.ops.title import Title
from kernel.worker.timelines.base import SPACE, Laid, Parsed, TimelineFormat
from kernel.worker.timelines.draw import RAMP, draw
from kernel.worker.timelines.events import Sped, evened, played, written
from kernel.worker.timelines.strips import file_of
from kernel.worker.timelines.units import seconds, span, time

MARK = "RUSHES"
_MARK = re.compile(rf"{MARK} (?P<id>\S+) (?P<hash>[0-9a-f]{{64}}) (?P<plan>[0-9a-f]{{64}})")
_EVENT = re.compile(r"^\d+\s")
_KNOWN = re.compile(r"^\*?\s*(FROM CLIP NAME|TO CLIP NAME|FROM CLIP|FROM FILE|M2|\* FREEZE FRAME|RUSHES)\b[:\s]*(.*)$")
_DROPPED = re.compile(r"^FCM:?\s*DROP", re.IGNORECASE)
_TIMECODE = re.compile(r"\b(\d\d:\d\d:\d\d):(\d\d)\b")
LONGEST = 400
"""Characters of a line that is looked at."""
MOST = 20_000
"""Lines."""


def write(laid: Laid) -> str:
    """Return the clips as an EDL.

    Raises:
        NotReady: time code cannot count the plan's frame rate, or there is nothing to be seen.
    """
    rate = float(laid.plan.output.rate.fraction)
    if not RationalTime.is_smpte_timecode_rate(rate):
        raise NotReady(
            f"An EDL cannot count {laid.plan.output.rate} frames a second: export as otio or fcpxml instead."
        )
    drawn = draw(laid, own_rates=False)
    parts = [_listed(drawn, kind, rate) for kind in ("Video", "Audio") if _alone(drawn, kind)]
    return _titled(parts)


def _alone(drawn: Any, kind: str) -> list[Any]:
    """Return the clips of the first track of a kind; of the sound only those that are seen nowhere."""
    tracks = {track.name: track for track in drawn.tracks}
    seen = [item for item in tracks["V1"] if isinstance(item, opentimelineio.schema.Clip)]
    if kind == "Video":
        return seen
    known = {item.metadata[SPACE]["id"] for item in seen}
    heard = [item for item in tracks.get("A1", ()) if isinstance(item, opentimelineio.schema.Clip)]
    return [item for item in heard if item.metadata[SPACE]["id"] not in known]


def _listed(drawn: Any, kind: str, rate: float) -> str:
    """Return the events of one track; the adapter changes what it writes, so it is given a copy."""
    wanted = {item.metadata[SPACE]["id"] for item in _alone(drawn, kind)}
    copy = drawn.deepcopy()
    tracks = {track.name: track for track in copy.tracks}
    chosen = tracks["V1" if kind == "Video" else "A1"]
    sped = [_sped(item, Fraction(rate).limit_denominator(1001)) for item in chosen.find_clips() if _is_in(item, wanted)]
    for item in chosen.find_clips():
        item.enabled = _is_in(item, wanted)
        _marked(item, drawn.metadata[SPACE]["plan"])
    for index in [n for n, item in enumerate(chosen) if _lacks_handles(item, chosen, n)]:
        del chosen[index]
    made = opentimelineio.schema.Timeline(name=copy.name)
    for track in (chosen, *([] if kind == "Video" else [opentimelineio.schema.Track(kind="Video")])):
        made.tracks.append(track.deepcopy())
    text = cmx_3600.write_to_string(made, rate=rate, reelname_len=None)
    lines = (line for line in text.splitlines() if line and not line.startswith("TITLE:"))
    return "\n".join(written("\n".join(lines), sped, Fraction(rate).limit_denominator(1001)))


def _is_in(clip: Any, ids: set[str]) -> bool:
    return clip.metadata[SPACE]["id"] in ids


def _sped(clip: Any, rate: Fraction) -> Sped | None:
    """Return how a clip plays; None for as it was filmed, and for a ramp, which no event can say."""
    warps = [effect for effect in clip.effects if isinstance(effect, opentimelineio.schema.LinearTimeWarp)]
    if not warps:
        return None
    first = round(seconds(clip.range_in_parent().start_time) * rate)
    begins = round(seconds(clip.source_range.start_time) * rate)
    return Sped(first, begins, Fraction(warps[0].time_scalar).limit_denominator(1000))


def _lacks_handles(item: Any, track: Any, index: int) -> bool:
    """Say whether the clip that comes in has no frames before its first one: time code does not go below zero."""
    is_transition = isinstance(item, opentimelineio.schema.Transition)
    return is_transition and bool(track[index + 1].source_range.start_time < item.in_offset)


def _marked(clip: Any, plan: str) -> None:
    source = clip.media_reference
    clip.markers.clear()
    clip.effects.clear()
    hash_ = source.metadata[SPACE]["hash"]
    comment = f"{MARK} {clip.metadata[SPACE]['id']} {hash_} {plan}"
    clip.metadata["cmx_3600"] = {"reel": source.metadata[SPACE]["id"].upper(), "comments": [comment]}
    clip.name = source.name


def _titled(parts: Iterable[str]) -> str:
    """Return the events in one list, numbered through, with what they count in said above."""
    number, lines = 0, list[str]()
    for part in parts:
        seen = ""
        for line in part.splitlines():
            event = re.match(r"^(\d+)(\s.*)$", line)
            number += event is not None and event[1] != seen
            seen = event[1] if event else seen
            lines.append(f"{number:03}{event[2]}" if event else line)
    drop = "DROP FRAME" if any(";" in line for line in lines) else "NON-DROP FRAME"
    return "\n".join(["TITLE: Rushes", f"FCM: {drop}", "", *lines, ""])


def _drops(rate: Fraction) -> bool:
    return rate in (Fraction(30000, 1001), Fraction(60000, 1001))


def lost(laid: Laid) -> list[str]:
    """Say what an EDL cannot hold of a plan; on the way back it stays with its clips."""
    plan, said = laid.plan, list[str]()
    for kind, what in ((Cover, "pictures over speech"), (Title, "titles"), (Music, "music")):
        if plan.each(kind):
            said.append(what)
    said += ["captions"] if laid.timeline.cues else []
    kinds = {o.kind for o in plan.operations if o.type == "transition"} - {"dissolve"}
    found = [f"An EDL has one picture track: {', '.join(said)} are not in it, and stay in the plan."] if said else []
    if any(effect.effect_name == RAMP for clip in draw(laid).find_clips() for effect in clip.effects):
        found.append("An EDL knows even speeds only: ramps and freezes are not in it, and stay in the plan.")
    return [*found, *(f"An EDL knows dissolves only: a {kind} stands in it as one." for kind in sorted(kinds))]


def read(held: bytes, rate: Rate) -> Parsed:
    """Open an EDL, counted at the plan's rate, for it does not say its own.

    Raises:
        BadInput: it is none, or counts in another rate.
    """
    text = "\n".join(evened(_plain(_text(held), rate.fraction), rate.fraction))
    if not any(_EVENT.match(line) for line in text.splitlines()):
        raise BadInput("This is no EDL: it holds no events, which are lines such as `001 AX V C 00:00:00:00 ...`.")
    try:
        found = cmx_3600.read_from_string(text, rate=float(rate.fraction))
    except Exception as error:
        raise BadInput(
            f"This EDL cannot be read at the plan's {rate} frames a second ({_short(error)}):"
            " export it again at that rate, or as otio or fcpxml."
        ) from error
    plans = [_told(track, index) for track in found.tracks for index in range(len(track))]
    _shifted(found, rate.fraction)
    return Parsed(found, next((plan for plan in plans if plan), ""))


def _text(held: bytes) -> str:
    try:
        return held.decode("utf-8-sig")
    except UnicodeDecodeError:
        return held.decode("latin-1")  # what older programs write; every byte is a letter there


def _plain(text: str, rate: Fraction) -> Iterator[str]:
    """Yield the lines that matter, each short, file names bare."""
    lines, dropped = text.splitlines(), False
    if len(lines) > MOST:
        raise BadInput(f"This EDL has more than {MOST} lines: export the cut alone.")
    for line in (line.strip()[:LONGEST] for line in lines):
        known = _KNOWN.match(line)
        if line.startswith("FCM"):
            dropped = bool(_DROPPED.match(line)) and _drops(rate)
        elif _EVENT.match(line):
            yield _TIMECODE.sub(r"\1;\2", line) if dropped else line
        elif known and known[1] in ("FROM CLIP", "FROM FILE"):
            yield f"* {known[1]}: {file_of(known[2]).replace('[', '(').replace(']', ')')}"
        elif known:
            yield line


def _told(track: Any, index: int) -> str:
    """Put what the comment of an event says where a timeline keeps it; return the plan's hash where it is told."""
    clip = track[index]
    if not isinstance(clip, opentimelineio.schema.Clip):
        return ""
    if index and isinstance(track[index - 1], opentimelineio.schema.Transition):
        clip.media_reference = opentimelineio.schema.MissingReference(name=clip.name)  # it named the clip before
    comments = list(clip.metadata.get("cmx_3600", {}).get("comments", ()))
    if played(comments) != 1:
        clip.effects.append(opentimelineio.schema.LinearTimeWarp(time_scalar=float(played(comments))))
    marks = [mark for mark in map(_MARK.search, comments) if mark]
    if not marks:
        return ""
    clip.metadata[SPACE] = {"id": marks[-1]["id"]}
    if clip.media_reference is not None:
        clip.media_reference.metadata[SPACE] = {"hash": marks[-1]["hash"]}
    return str(marks[-1]["plan"])


def _shifted(found: Any, rate: Fraction) -> None:
    """Let the list begin at zero: most begin at an hour."""
    leads = {t.name: -t.source_range.start_time.value if t.source_range else 0.0 for t in found.tracks}
    first = min(leads.values(), default=0.0)
    for track in found.tracks:
        track.source_range = None
        if leads[track.name] > first:
            gap = span(time(0, rate), time(Fraction(leads[track.name] - first), rate))
            track.insert(0, opentimelineio.schema.Gap(source_range=gap))


def _short(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


EDL = TimelineFormat("edl", write, lost, read, own_rates=False)
