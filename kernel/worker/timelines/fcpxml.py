"""fcpxml: Final Cut Pro's XML, which DaVinci Resolve reads and writes too.

Written and read here, through OpenTimelineIO's objects, and not by its adapter: that one (1.0.0) drops transitions,
counts 23.976 and 29.97 frames as 23 and 29, cuts times off where they should be rounded, and starts an `ffprobe` on the
media that it names. Times here are exact fractions; entities are refused; no address is ever opened.

Version 1.8 is written, the last in which an asset names its file itself; all later programs read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count, pairwise
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import opentimelineio
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from kernel.errors import BadInput
from kernel.worker.media import Rate
from kernel.worker.ops.cut import Cut
from kernel.worker.runs import UNIT, Run
from kernel.worker.timelines.base import SPACE, Laid, Parsed, TimelineFormat
from kernel.worker.timelines.draw import draw
from kernel.worker.timelines.units import LONGEST, own_rate, rate_of, seconds, span, time

KEY = "app.rushes."
"""What the keys of our metadata begin with."""
RATES = ("23.98", "24", "25", "29.97", "30", "47.95", "48", "50", "59.94", "60")
"""What `conform-rate` may name."""
CLIPS = ("asset-clip", "clip", "video", "audio")
NESTED = {
    "ref-clip": "compound clip",
    "mc-clip": "multicam clip",
    "sync-clip": "synchronised clip",
    "audition": "audition",
}
DEEPEST = 40
"""Elements within elements."""
MOST = 200_000
"""Elements."""
Lying = tuple[Fraction, Fraction, Any]
"""When something begins, how long it lasts, both in seconds, and the clip."""
_TIME = re.compile(r"^(-?\d{1,18})(?:/(\d{1,12}))?s$|^(-?\d{1,12}\.\d{1,12})s$")


def write(laid: Laid) -> str:
    """Return the plan as FCPXML."""
    root = _Writing(laid).whole()
    indent(root, "    ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{tostring(root, encoding="unicode")}\n'


class _Writing:
    """One file while it is written."""

    def __init__(self, laid: Laid) -> None:
        self.laid = laid
        self.rate = laid.plan.output.rate.fraction
        self.drawn = draw(laid)  # its tracks live no longer than it does
        self.tracks = {track.name: list(_placed(track, self.rate)) for track in self.drawn.tracks}
        self.root = Element("fcpxml", version="1.8")
        self.resources = SubElement(self.root, "resources")
        self.ids = (f"r{number}" for number in count(1))
        self.formats: dict[tuple[Any, ...], str] = {}
        self.assets: dict[str, str] = {}

    def whole(self) -> Element:
        """Return the root, with the one project in it."""
        plan, total = self.laid.plan, self.laid.timeline.frames
        shape = self.format(self.rate, plan.output.width, plan.output.height)
        event = SubElement(SubElement(self.root, "library"), "event", name="Rushes")
        project = SubElement(event, "project", name="Rushes")
        counts = "DF" if self.rate in (Fraction(30000, 1001), Fraction(60000, 1001)) else "NDF"
        sequence = SubElement(
            project, "sequence", format=shape, duration=said(total / self.rate), tcStart="0s", tcFormat=counts
        )
        spine = SubElement(sequence, "spine")
        for first, item in self.main():
            spine.append(self.transition(first, item) if _is_transition(item) else self.clip(first, item, spine))
        _noted(sequence, {"plan": plan.digest})
        return self.root

    def main(self) -> list[tuple[int, Any]]:
        """Return what lies on the spine: clips, transitions, and voices where no picture of theirs lies."""
        pictures = [(first, item) for first, item in self.tracks["V1"] if not _is_gap(item)]
        seen = {item.metadata[SPACE]["id"] for _, item in pictures if not _is_transition(item)}
        voices = [
            (first, item)
            for first, item in self.tracks.get("A1", ())
            if not _is_gap(item) and item.metadata[SPACE]["id"] not in seen
        ]
        return sorted([*pictures, *voices], key=lambda placed: placed[0])

    def clip(self, first: int, item: Any, spine: Element) -> Element:
        """Return a clip of the spine with what lies over and under it."""
        made = self.strip(first, item)
        self.split(made, first, item)
        if not len(spine):
            for at, bed in (placed for placed in self.tracks.get("A2", ()) if not _is_gap(placed[1])):
                made.append(self.connected(at, bed, first, item, lane="-1", srcEnable="audio"))
        end = first + _frames(item, self.rate)
        for at, cover in (placed for placed in self.tracks.get("V2", ()) if not _is_gap(placed[1])):
            if first <= at < end:
                made.append(self.connected(at, cover, first, item, lane="1", srcEnable="video"))
        for marker in item.markers:
            begins, lasts = (seconds(t) for t in (marker.marked_range.start_time, marker.marked_range.duration))
            begins += self.clock(item) - seconds(item.source_range.start_time)
            SubElement(made, "marker", start=said(begins), duration=said(lasts), value=marker.name)
        _noted(made, {"id": item.metadata[SPACE]["id"]})
        return made

    def connected(self, at: int, item: Any, first: int, under: Any, **attributes: str) -> Element:
        """Return a clip that hangs on one of the spine: its place is counted on that one's own clock."""
        made = self.strip(at, item)
        made.set("offset", said(self.clock(under) + Fraction(at - first) / self.rate))
        for name, value in attributes.items():
            made.set(name, value)
        _noted(made, {"id": item.metadata[SPACE]["id"]})
        return made

    def strip(self, first: int, item: Any) -> Element:
        """Return a stretch of a source: a still is a `video`, everything else an `asset-clip`."""
        source = self.laid.plan.source(item.media_reference.metadata[SPACE]["id"])
        made = Element("video" if source.kind == "still" else "asset-clip", name=item.name, ref=self.asset(item))
        made.set("offset", said(Fraction(first) / self.rate))
        made.set("start", said(self.clock(item)))
        made.set("duration", said(seconds(item.source_range.duration)))
        own = own_rate(source, self.laid.plan.output.rate)
        if own != self.rate and _decimal(own) in RATES:
            SubElement(made, "conform-rate", scaleEnabled="0", srcFrameRate=_decimal(own))
        if item.effects:
            self.timed(made, item)
        gain = next((c.gain_db for c in self.laid.plan.each(Cut) if c.id == item.metadata[SPACE]["id"]), 0.0)
        if gain:
            SubElement(made, "adjust-volume", amount=f"{gain:g}dB")
        return made

    def clock(self, item: Any) -> Fraction:
        """Return what a clip's own clock shows at its first frame: that of its source, or 0 where it is retimed."""
        return Fraction(0) if item.effects else seconds(item.source_range.start_time)

    def timed(self, made: Element, item: Any) -> None:
        """Say how a clip's clock and its source's go together: one line for an even speed, more for a ramp."""
        effect, lasts = item.effects[0], seconds(item.source_range.duration)
        begins = seconds(item.source_range.start_time)
        points = [(Fraction(0), begins)]
        if isinstance(effect, opentimelineio.schema.LinearTimeWarp):
            points.append((lasts, begins + lasts * Fraction(effect.time_scalar).limit_denominator(UNIT)))
        else:
            runs = [Run.model_validate(dict(run)) for run in effect.metadata[SPACE]["runs"]]
            points += _ramp(runs, begins, self.rate)
        timed = SubElement(made, "timeMap")
        for at, shows in points:
            SubElement(timed, "timept", time=said(at), value=said(shows), interp="linear")

    def split(self, made: Element, first: int, item: Any) -> None:
        """Say where a clip is heard, where that is not where it is seen."""
        clip = next(clip for clip in self.laid.timeline.clips if clip.id == item.metadata[SPACE]["id"])
        seen = (first, _frames(item, self.rate))
        if self.laid.plan.source(clip.source).has_sound and seen != (clip.first_frame, clip.frames):
            made.set("audioStart", said(self.clock(item) + Fraction(clip.first_frame - first) / self.rate))
            made.set("audioDuration", said(Fraction(clip.frames) / self.rate))

    def transition(self, cut: int, item: Any) -> Element:
        before, after = seconds(item.in_offset), seconds(item.out_offset)
        name = "Cross Dissolve" if item.name == "dissolve" else item.name
        return Element("transition", name=name, offset=said(cut / self.rate - before), duration=said(before + after))

    def asset(self, item: Any) -> str:
        """Return the id of a source's asset, made when it is first named."""
        reference = item.media_reference
        source = self.laid.plan.source(reference.metadata[SPACE]["id"])
        if source.id not in self.assets:
            own = own_rate(source, self.laid.plan.output.rate)
            shape = self.format(own, source.width, source.height) if source.has_picture else ""
            lasts = Fraction(0) if source.kind == "still" else seconds(reference.available_range.duration)
            self.assets[source.id] = id = next(self.ids)
            address = getattr(reference, "target_url", "") or f"./{source.name}"
            made = SubElement(
                self.resources, "asset", id=id, name=source.name, src=address, start="0s", duration=said(lasts)
            )
            if source.has_picture:
                made.set("hasVideo", "1")
                made.set("format", shape)
            if source.has_sound:
                for name, value in (("hasAudio", "1"), ("audioSources", "1"), ("audioChannels", str(source.channels))):
                    made.set(name, value)
            _noted(made, {"hash": source.hash})
        return self.assets[source.id]

    def format(self, rate: Fraction, width: int, height: int) -> str:
        """Return the id of a format, made when it is first named."""
        key = (rate, width, height)
        if key not in self.formats:
            self.formats[key] = id = next(self.ids)
            made = SubElement(self.resources, "format", id=id, frameDuration=said(1 / rate))
            made.set("width", str(width))
            made.set("height", str(height))
        return self.formats[key]


def _ramp(runs: Sequence[Run], begins: Fraction, rate: Fraction) -> Iterator[tuple[Fraction, Fraction]]:
    """Yield when, and at which second of the source, each run of a ramp ends."""
    at, place = 0, Fraction(runs[0].at, UNIT) / rate
    for run in runs:
        at += run.frames
        yield Fraction(at) / rate, begins - place + Fraction(run.end, UNIT) / rate


def _placed(track: Any, rate: Fraction) -> Iterator[tuple[int, Any]]:
    """Yield the things on a track with the frame at which each begins; a transition with that of its cut."""
    at = 0
    for item in track:
        yield at, item
        at += 0 if _is_transition(item) else _frames(item, rate)


def _frames(item: Any, rate: Fraction) -> int:
    return round(seconds(item.source_range.duration) * rate)


def _is_gap(item: Any) -> bool:
    return isinstance(item, opentimelineio.schema.Gap)


def _is_transition(item: Any) -> bool:
    return isinstance(item, opentimelineio.schema.Transition)


def _noted(element: Element, told: dict[str, str]) -> None:
    noted = SubElement(element, "metadata")
    for name, value in told.items():
        SubElement(noted, "md", key=f"{KEY}{name}", value=value)


def said(moment: Fraction) -> str:
    """Return seconds as FCPXML writes them: 1001/30000s."""
    return f"{moment.numerator}s" if moment.denominator == 1 else f"{moment.numerator}/{moment.denominator}s"


def _decimal(rate: Fraction) -> str:
    return f"{float(rate):.2f}".rstrip("0").rstrip(".")


def lost(laid: Laid) -> list[str]:
    """Say what FCPXML does not show of a plan; on the way back it stays with its clips."""
    shown = ("cut", "cover", "transition", "music")
    rest = dict.fromkeys(o.type for o in laid.plan.operations if o.type not in shown)
    kinds = {o.kind for o in laid.plan.operations if o.type == "transition"} - {"dissolve"}
    found = [f"The file does not show {', '.join(rest)} (titles are markers): they stay in the plan."] if rest else []
    return [*found, *(f"A {kind} stands in it by its name alone." for kind in sorted(kinds))]


def read(held: bytes, rate: Rate) -> Parsed:
    """Open FCPXML.

    Raises:
        BadInput: it is none, holds no project, or tries to reach beyond itself.
    """
    try:
        root = fromstring(held, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise BadInput("This XML defines entities, which no editing program needs: export it again.") from error
    except (ParseError, ValueError, LookupError) as error:
        raise BadInput(f"This is no FCPXML file, for it is no XML ({error}): export it again.") from error
    if root.tag != "fcpxml":
        raise BadInput(f"This is no FCPXML file: its root is <{root.tag[:40]}>; export as FCPXML from the program.")
    _require_flat(root)
    return _Reading(root, rate.fraction).whole()


def _require_flat(root: Element) -> None:
    level, depth, seen = [root], 0, 0
    while level:
        depth, seen = depth + 1, seen + len(level)
        if depth > DEEPEST or seen > MOST:
            raise BadInput("This FCPXML is nested too deep or too long for a cut: export the one project alone.")
        level = [child for element in level for child in element]


@dataclass(frozen=True)
class _Asset:
    """A file that the XML names."""

    name: str
    address: str
    start: Fraction
    hash: str
    seen: bool
    heard: bool


class _Reading:
    """One file while it is read."""

    def __init__(self, root: Element, rate: Fraction) -> None:
        self.root = root
        self.rate = rate
        self.assets = {asset.get("id", ""): _asset(asset) for asset in root.iterfind("./resources/asset")}
        self.said: list[str] = []
        self.lanes: dict[int, list[Lying]] = {}
        self.passages: list[tuple[Fraction, Fraction, str]] = []

    def whole(self) -> Parsed:
        """Return the first project."""
        projects = self.root.findall(".//project")
        sequence = projects[0].find("./sequence") if projects else None
        spine = sequence.find("./spine") if sequence is not None else None
        if sequence is None or spine is None:
            raise BadInput("This FCPXML holds no project: export the project itself, not a clip or an event.")
        if len(projects) > 1:
            self.said.append(f"The file holds {len(projects)} projects; the first one is taken.")
        self.rate = self.counted(sequence)
        self.spine(spine, Fraction(0), 0)
        return Parsed(self.drawn(), _note(sequence, "plan"), tuple(self.said))

    def counted(self, sequence: Element) -> Fraction:
        """Return the frames a second of the project."""
        for shape in self.root.iterfind("./resources/format"):
            if shape.get("id") == sequence.get("format") and shape.get("frameDuration"):
                lasts = _moment(shape, "frameDuration")
                return rate_of(float(1 / lasts)) if lasts > 0 else self.rate
        return self.rate

    def spine(self, spine: Element, at: Fraction, lane: int) -> None:
        """Take in a storyline: its elements follow each other; where they say their offsets, those count."""
        end = at
        for element in spine:
            if element.tag == "transition":
                self.transition(element, at, lane)
            elif element.tag in CLIPS or element.tag in NESTED or element.tag in ("gap", "title"):
                begins = at + _moment(element, "offset") if element.get("offset") else end
                self.element(element, begins, lane)
                end = begins + _moment(element, "duration")

    def transition(self, element: Element, at: Fraction, lane: int) -> None:
        name = (element.get("name") or "transition")[:80]
        if lane:
            self.said.append(f"The transition {name} lies beside the main storyline and was left out.")
            return
        self.passages.append((at + _moment(element, "offset"), _moment(element, "duration"), _kind(name)))

    def element(self, element: Element, begins: Fraction, lane: int) -> None:
        """Take in one element that lies at a time, and what hangs on it."""
        name = f"{(element.get('name') or element.tag)[:80]} at {float(begins):.2f} s"
        if element.get("enabled") == "0":
            self.said.append(f"{name} is switched off and was left out.")
        elif element.tag in NESTED:
            self.said.append(f"The {NESTED[element.tag]} {name} was left out: a plan holds clips of files only.")
        elif element.tag == "title":
            self.said.append(f"The title {name} was left out: titles come from the plan, say it in words.")
        elif element.tag in CLIPS:
            self.clip(element, begins, lane, name)
        clock = _moment(element, "start")
        for child in element:
            hangs = child.tag == "spine" or child.tag in CLIPS or child.tag in NESTED or child.tag == "title"
            if hangs and child.get("lane"):
                self.hanging(child, begins + _moment(child, "offset") - clock)

    def hanging(self, child: Element, begins: Fraction) -> None:
        lane = _lane(child)
        if child.tag == "spine":
            self.spine(child, begins, lane)
        else:
            self.element(child, begins, lane)

    def clip(self, element: Element, begins: Fraction, lane: int, name: str) -> None:
        found = self.media(element)
        if found is None:
            self.said.append(f"{name} shows no file (a generator, an effect) and was left out.")
            return
        asset, start = found
        lasts = _moment(element, "duration")
        made = opentimelineio.schema.Clip(
            name=element.get("name") or asset.name,
            media_reference=opentimelineio.schema.ExternalReference(target_url=asset.address),
            source_range=span(self.time(start - asset.start), self.time(lasts)),
        )
        made.media_reference.metadata[SPACE] = {"hash": asset.hash}
        made.metadata[SPACE] = {"id": _note(element, "id")}
        self.treated(element, made, name)
        heard = lane < 0 or (lane > 0 and not asset.seen) or element.get("srcEnable") == "audio"
        self.lanes.setdefault(-abs(lane or 1) if heard else lane, []).append((begins, lasts, made))
        if lane == 0 and asset.seen and asset.heard and not heard:
            self.sound(element, begins, lasts, made)

    def sound(self, element: Element, begins: Fraction, lasts: Fraction, clip: Any) -> None:
        """Take in where a clip of the main storyline is heard: a split edit lets it begin or end beside its picture."""
        later = _moment(element, "audioStart") - _moment(element, "start") if element.get("audioStart") else Fraction(0)
        lasts = _moment(element, "audioDuration") or lasts
        heard = clip.deepcopy()
        speed = Fraction(heard.effects[0].time_scalar).limit_denominator(UNIT) if heard.effects else 1
        start = seconds(heard.source_range.start_time) + later * speed
        heard.source_range = span(self.time(start), self.time(lasts))
        self.lanes.setdefault(-1, []).append((begins + later, lasts, heard))

    def media(self, element: Element) -> tuple[_Asset, Fraction] | None:
        """Return the file that an element shows and the time of it, on its own clock, at which it begins."""
        own = self.assets.get(element.get("ref") or "")
        if own is not None:
            return own, _started(element, own)
        inner = next((e for e in element.iter() if e is not element and e.get("ref") in self.assets), None)
        if inner is None or element.tag != "clip":
            return None
        asset = self.assets[inner.get("ref") or ""]
        begins = _moment(inner, "start") if inner.get("start") else asset.start
        moment = begins + _moment(element, "start") - _moment(inner, "offset")
        return asset, _started(element, asset) if element.find("./timeMap") is not None else moment

    def treated(self, element: Element, clip: Any, name: str) -> None:
        """Say what was done to a clip beyond its edges; a constant speed is kept for whoever can play it."""
        for child in element:
            if child.tag == "timeMap":
                clip.effects.append(opentimelineio.schema.LinearTimeWarp(time_scalar=self.speed(element, child, name)))
            elif child.tag.startswith("filter-") or (child.tag.startswith("adjust-") and child.tag != "adjust-volume"):
                self.said.append(f"The effect {(child.get('name') or child.tag)[:80]} on {name} was left out.")

    def speed(self, element: Element, timed: Element, name: str) -> float:
        """Return the seconds of the source that pass in one of the clip."""
        points = _points(timed)
        if len(points) > 2 and not _note(element, "id"):
            self.said.append(f"The speed ramp on {name} was left out.")
        if len(points) != 2 or points[1][0] == points[0][0]:
            return 1.0
        return float((points[1][1] - points[0][1]) / (points[1][0] - points[0][0]))

    def time(self, moment: Fraction) -> Any:
        return time(moment * self.rate, self.rate)

    def drawn(self) -> Any:
        """Return all of it as tracks: the main storyline, the lanes above it, then those that are heard."""
        made = opentimelineio.schema.Timeline()
        for lane in sorted(self.lanes.keys() | {0}, key=_bottom_up):
            for items in _abreast(self.lanes.get(lane, [])):
                made.tracks.append(self.track("Audio" if lane < 0 else "Video", items, lane))
        return made

    def track(self, kind: str, items: Sequence[Lying], lane: int) -> Any:
        made, at = opentimelineio.schema.Track(kind=kind), Fraction(0)
        for begins, lasts, clip in items:
            if begins > at:
                gap = span(self.time(Fraction(0)), self.time(begins - at))
                made.append(opentimelineio.schema.Gap(source_range=gap))
            elif lane == 0 and len(made):
                self.join(made, begins)
            made.append(clip)
            at = begins + lasts
        if lane == 0:
            for begins, _, kind_ in self.passages:
                where = f"{float(begins):.2f} s"
                self.said.append(f"The transition {kind_} at {where} stands between no two clips and was left out.")
        return made

    def join(self, track: Any, cut: Fraction) -> None:
        """Put the transition that reaches over a cut, if there is one, at the end of a track."""
        found = next((p for p in self.passages if p[0] <= cut <= p[0] + p[1]), None)
        if found is None:
            return
        self.passages.remove(found)
        begins, lasts, kind = found
        made = opentimelineio.schema.Transition(
            name=kind, in_offset=self.time(cut - begins), out_offset=self.time(begins + lasts - cut)
        )
        made.metadata[SPACE] = {"kind": kind}
        track.append(made)


def _kind(name: str) -> str:
    """Return a plan's word for a transition of that name."""
    if "dissolve" in name.lower():
        return "dissolve"
    return "dip" if name.lower().startswith(("dip", "fade")) else name


def _bottom_up(lane: int) -> tuple[bool, int]:
    """Order the lanes: pictures from the bottom to the top, then what is heard."""
    return lane < 0, abs(lane)


def _abreast(items: Sequence[Lying]) -> list[list[Lying]]:
    """Return what lies on one lane as tracks on which nothing overlaps; one track at the least."""
    tracks: list[list[Lying]] = [[]]
    for item in sorted(items, key=lambda lying: lying[0]):
        free = next((t for t in tracks if not t or t[-1][0] + t[-1][1] <= item[0]), None)
        if free is None:
            tracks.append(free := [])
        free.append(item)
    return tracks


def _points(timed: Element) -> list[tuple[Fraction, Fraction]]:
    return sorted((_moment(p, "time"), _moment(p, "value")) for p in timed.iterfind("./timept"))


def _started(element: Element, asset: _Asset) -> Fraction:
    """Return the second on a source's own clock with which an element begins, also where it is retimed."""
    begins = _moment(element, "start") if element.get("start") else asset.start
    timed = element.find("./timeMap")
    points = _points(timed) if timed is not None else []
    for (at, shows), (end, last) in pairwise(points):
        if at < end and (begins < end or (end, last) == points[-1]):
            return shows + (begins - at) * (last - shows) / (end - at)
    return begins


def _asset(element: Element) -> _Asset:
    inner = element.find("./media-rep")
    address = element.get("src") or (inner.get("src") if inner is not None else "") or ""
    return _Asset(
        name=element.get("name") or "",
        address=address,
        start=_moment(element, "start"),
        hash=_note(element, "hash"),
        seen=element.get("hasVideo") == "1",
        heard=element.get("hasAudio") == "1",
    )


def _note(element: Element, name: str) -> str:
    found = (md.get("value") for md in element.iterfind("./metadata/md") if md.get("key") == f"{KEY}{name}")
    return next(found, None) or ""


def _lane(element: Element) -> int:
    try:
        return max(-99, min(99, int(element.get("lane") or 0)))
    except ValueError:
        return 0


def _moment(element: Element, name: str) -> Fraction:
    """Return a time of an element in seconds; 0 where it says none.

    Raises:
        BadInput: it is no time.
    """
    text = element.get(name)
    if not text:
        return Fraction(0)
    found = _TIME.match(text)
    if found is None or (found[2] and not int(found[2])):
        raise BadInput(f"The {name} {text[:40]!r} of <{element.tag[:40]}> is no time: export the project again.")
    moment = Fraction(found[3]) if found[3] else Fraction(int(found[1]), int(found[2] or 1))
    if abs(moment) > LONGEST:
        raise BadInput(
            f"The {name} of <{element.tag[:40]}> lies {float(moment) / 3600:.0f} hours away: export it again."
        )
    return moment


FCPXML = TimelineFormat("fcpxml", write, lost, read, frozenset({"cover", "music"}))
