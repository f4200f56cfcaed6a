"""Plans of all kinds for round trips, and an editor's hands: changes to a timeline made with its own library."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import opentimelineio as otio

from kernel.worker.compile import compile
from kernel.worker.media import Rate
from kernel.worker.plan import EditPlan
from kernel.worker.timelines.base import Laid
from kernel.worker.timelines.otio import OTIO
from kernel.worker.timelines.recut import Recut, recut
from kernel.worker.timelines.strips import edited

RATES = [(24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (50, 1), (60000, 1001)]
EACH_RATE = [Rate(num=num, den=den) for num, den in RATES]
MEDIA = {"s1": Path("/footage/my takes/talk.mp4"), "s2": Path("/footage/city.mov")}


def random_plan(random: Random) -> EditPlan:
    """Return a plan of a few clips with all that may lie on and between them; it may ask for the impossible."""
    sources = _sources(random)
    clips = [_clip(random, n, sources) for n in range(1, random.randint(2, 7))]
    operations = [*clips]
    for clip, following in zip(clips, [*clips[1:], None], strict=True):
        operations += _over(random, clip, sources)
        operations += _after(random, clip) if following else []
    operations += [{"type": "music", "source": "s4", "start": random.choice([0, 1.5])}] if random.random() < 0.5 else []
    num, den = random.choice(RATES)
    output = {"width": 640, "height": 360, "rate": {"num": num, "den": den}}
    return EditPlan.read(
        {"confidence": 1, "output": output, "sources": sources, "operations": [*operations, {"type": "loudness"}]}
    )


def _sources(random: Random) -> list[dict[str, Any]]:
    words, end = _words(random)
    picture = {"width": 640, "height": 360}
    rates = [dict(zip(("num", "den"), random.choice(RATES), strict=True)) for _ in range(2)]
    talk = {"id": "s1", "hash": "1" * 64, "name": "talk.mp4", "kind": random.choice(["video", "video", "audio"])}
    city = {"id": "s2", "hash": "2" * 64, "name": "city.mov", "kind": "video", "duration": 20.0}
    still = {"id": "s3", "hash": "3" * 64, "name": "still.png", "kind": "still", "duration": 0}
    bed = {"id": "s4", "hash": "4" * 64, "name": "bed.flac", "kind": "audio", "duration": random.uniform(3, 30)}
    sound = {"has_sound": True, "channels": 2}
    return [
        {
            **talk,
            **picture,
            **sound,
            "rate": rates[0],
            "duration": round(end + random.uniform(1, 5), 3),
            "words": words,
        },
        {**city, **picture, "rate": rates[1], "has_sound": random.random() < 0.5, "channels": 2},
        {**still, **picture},
        {**bed, **sound},
    ]


def _words(random: Random) -> tuple[list[dict[str, Any]], float]:
    found, at = [], 0.5
    for number in range(30):
        lasts, pause = random.uniform(0.1, 0.5), random.choice([0, 0, 0.05, 0.3])
        end = round(at + lasts, 3)
        edges = {"cut_in": round(at - (0.02 if pause else 0), 3), "cut_out": round(end + (0.02 if pause else 0), 3)}
        found.append({"id": f"s1w{number}", "text": f"w{number}", "start": at, "end": end, "probability": 1, **edges})
        at = round(end + pause, 3)
    return found, at


def _clip(random: Random, number: int, sources: list[dict[str, Any]]) -> dict[str, Any]:
    clip = {"type": "cut", "id": f"c{number}", "why": "it is good"}
    if random.random() < 0.5:
        first = (number - 1) * 4 + random.choice([0, 0, 1])
        return {**clip, "source": "s1", "first_word": f"s1w{first}", "last_word": f"s1w{first + random.randint(1, 3)}"}
    start = round(random.uniform(0, 15), 3)
    end = round(start + random.uniform(0.5, 4), 3)
    return {**clip, "source": random.choice(["s2", "s2", "s3"]), "start": start, "end": end}


def _over(random: Random, clip: dict[str, Any], sources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    id, number, source = clip["id"], clip["id"][1:], clip["source"]
    found: list[dict[str, Any]] = []
    if source == "s1" and sources[0]["kind"] == "audio":
        found.append({"type": "cover", "id": f"b{number}", "clip": id, "source": "s3", "why": "x"})
    elif random.random() < 0.4:
        place = {"offset": round(random.uniform(0, 0.3), 3), "length": random.choice([None, 0.2, 0.3])}
        show = {"source": random.choice(["s2", "s3"]), "start": round(random.uniform(0, 5), 3)}
        found.append({"type": "cover", "id": f"b{number}", "clip": id, "why": "x", **place, **show})
    if random.random() < 0.3:
        found.append({"type": "title", "id": f"t{number}", "text": "Hi", "clip": id, "offset": 0.1})
    if random.random() < 0.2 and source != "s3":
        found.append({"type": "speed", "of": id, "factor": random.choice([0.5, 0.8, 1.5, 2])})
    elif random.random() < 0.2 and source == "s2":
        found.append({"type": "freeze", "clip": id, "at": round(clip["start"] + 0.2, 2), "length": 0.4})
    return found


def _after(random: Random, clip: dict[str, Any]) -> list[dict[str, Any]]:
    length, after = round(random.uniform(0.1, 0.4), 2), clip["id"]
    if random.random() < 0.3:
        return [{"type": "transition", "after": after, "kind": random.choice(["dissolve", "dip"]), "length": length}]
    return (
        [{"type": "split", "after": after, "kind": random.choice("JL"), "length": length}]
        if random.random() < 0.2
        else []
    )


def laid(plan: EditPlan) -> Laid:
    """Return a plan laid out."""
    return Laid(plan, compile(plan), MEDIA)


def opened(plan: EditPlan) -> Any:
    """Return a plan's timeline as an editing program has it after opening its file."""
    return otio.adapters.read_from_string(OTIO.write(laid(plan)), "otio_json")


def track(timeline: Any, name: str) -> Any:
    """Return a track by its name."""
    return next(track for track in timeline.tracks if track.name == name)


def item(timeline: Any, id: str, name: str = "V1") -> Any:
    """Return what lies on a track under an id of ours."""
    return next(i for i in track(timeline, name) if "rushes" in i.metadata and i.metadata["rushes"].get("id") == id)


def frames(number: float, rate: Rate) -> Any:
    """Return a time of so many frames."""
    return otio.opentime.RationalTime(number, float(rate.fraction))


def trim(clip: Any, head: float = 0, tail: float = 0) -> None:
    """Take frames of the timeline away from a clip's ends."""
    held = clip.source_range
    rate = held.duration.rate
    start = held.start_time + otio.opentime.RationalTime(head, rate).rescaled_to(held.start_time.rate)
    lasts = otio.opentime.RationalTime(held.duration.value - head - tail, rate)
    clip.source_range = otio.opentime.TimeRange(start, lasts)


def returned(plan: EditPlan, edit: Callable[[Any], object]) -> Recut:
    """Return what comes of a plan that somebody edited, saved by the library itself."""
    timeline = opened(plan)
    edit(timeline)
    text = otio.adapters.write_to_string(timeline, "otio_json")
    return recut(plan, edited(OTIO, text.encode(), plan.output.rate))


def cut_both(timeline: Any, id: str, head: float = 0, tail: float = 0) -> None:
    """Take frames away from the ends of a clip's picture and of its sound, as one does where they are linked."""
    for name in ("V1", "A1"):
        trim(item(timeline, id, name), head, tail)


def remove_both(timeline: Any, id: str) -> None:
    """Take out a clip, picture and sound, and close the hole."""
    for name in ("V1", "A1"):
        remove(timeline, id, name)


def remove(timeline: Any, id: str, name: str) -> None:
    """Take out what lies on a track under an id of ours, and close the hole."""
    lane = track(timeline, name)
    del lane[lane.index(item(timeline, id, name))]
