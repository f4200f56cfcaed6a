"""The examples: for each operation a plan that shows what it does, and the moments at which to look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from kernel.worker.formats import FORMATS
from kernel.worker.ops import OPS
from kernel.worker.plan import EditPlan
from tests.gallery.material import id_of, known

FPS = 25
CELLS, FEW = 10, 5
"""Moments on a sheet, unless an example names its own; fewer where it is for the ear."""
STYLES = ("clean", "subtle", "bold", "karaoke", "marker", "boxed", "pop")

Op = dict[str, Any]


class Shape(NamedTuple):
    """The output of an example, its rate aside."""

    width: int = 960
    height: int = 540
    platform: str = "web"
    format: str = "mp4"
    quality: str = "draft"


WIDE, TALL = Shape(), Shape(540, 960)


@dataclass(frozen=True)
class Example:
    """One plan of the gallery."""

    type: str
    """Of the operation that it shows, or `format`."""
    mode: str
    """Which of its ways; the name of the files is both."""
    operations: tuple[Op, ...]
    at: tuple[int, ...] = ()
    """Frames that are looked at; none: some, from the first to the last."""
    output: Shape = WIDE
    sound: bool = False
    """Whether there is something to hear: its waveform and spectrum are drawn."""
    before: bool = False
    """Whether the same without the operation is shown above it."""

    @property
    def name(self) -> str:
        """What its files are called."""
        return f"{self.type}-{self.mode}" if self.mode else self.type

    @property
    def sources(self) -> list[str]:
        """The names of the sources that it uses."""
        used = {operation.get(field) for operation in self.operations for field in ("source", "lut")}
        return [name for name in known() if id_of(name) in used]

    def plan(self, hashes: Mapping[str, str] | None = None, *, without: bool = False) -> EditPlan:
        """Return the plan; `hashes` are those of files that were made anew, `without` leaves the operation out."""
        rate = {"num": FPS, "den": 1}
        output = {"rate": rate, **self.output._asdict()}
        operations = [o for o in self.operations if not (without and o["type"] == self.type)]
        sources = [known()[name].model_dump(mode="json") for name in self.sources]
        for name, source in zip(self.sources, sources, strict=True):
            source["hash"] = (hashes or {}).get(name, source["hash"])
        return EditPlan.read(
            {"confidence": 1, "output": output, "sources": sources, "operations": operations, "note": ""}
        )


def clip(id: str, source: str, start: float, end: float, **more: Any) -> Op:
    """Return a cut by seconds."""
    return {"type": "cut", "id": id, "source": id_of(source), "start": start, "end": end, "why": "", **more}


def said(id: str, first: int, last: int, source: str = "speech") -> Op:
    """Return a cut by the numbers of two words."""
    word = f"{id_of(source)}w"
    return {
        "type": "cut",
        "id": id,
        "source": id_of(source),
        "first_word": f"{word}{first}",
        "last_word": f"{word}{last}",
        "why": "",
    }


def cover(id: str, over: str, source: str, start: float = 0.0, **more: Any) -> Op:
    """Return b-roll over a clip, from its first frame to its last unless it is said otherwise."""
    return {
        "type": "cover",
        "id": id,
        "clip": over,
        "source": id_of(source),
        "start": start,
        "why": "",
        **more,
    }


def op(type: str, **fields: Any) -> Op:
    """Return an operation."""
    return {"type": type, **fields}


def around(cut: int, length: float = 0.0) -> tuple[int, ...]:
    """Return the frames round a cut or a passage: before, the first ones, the middle, the last ones, after."""
    half = round(length * FPS) // 2
    first, last = cut - half, cut - half + max(2, round(length * FPS)) - 1
    step = max(1, (last - first) // 7)
    inner = [*range(first, last, step), last] if half else [cut - 2, cut - 1, cut, cut + 1, cut + 2]
    return tuple(dict.fromkeys([first - 10, first - 1, *inner, last + 1, last + 10]))


SPOKEN = (said("c1", 1, 12), cover("b1", "c1", "bunny", 22.2))
"""Seven seconds of speech under pictures."""
LOUD = op("loudness", lufs=-16.0)
VOICE = (*SPOKEN, LOUD)
PAIR = (clip("c1", "bunny", 12.0, 14.0), clip("c2", "city", 2.0, 4.0))
BUNNY = clip("c1", "bunny", 13.0, 16.0)
MEADOW = clip("c1", "bunny", 12.0, 16.0)
FACE = clip("c1", "bunny", 7.5, 10.5)
PEOPLE = clip("c1", "talk", 1.0, 4.0)


def cuts() -> Iterator[Example]:
    """Yield what shows how clips are cut and joined."""
    yield Example("cut", "seconds", (*PAIR, clip("c3", "bunny", 27.2, 29.2)), (*around(50), *around(100)))
    shots = {"type": "cut", "source": id_of("bunny"), "why": ""}
    yield Example(
        "cut",
        "shots",
        ({**shots, "id": "c1", "first_shot": 4}, {**shots, "id": "c2", "first_shot": 6}),
        (0, 1, 18, 36, 37, 38, 39, 50, 100, 101),
    )
    words = (said("c1", 1, 6), said("c2", 25, 30), cover("b1", "c1", "bunny", 11), cover("b2", "c2", "city"), LOUD)
    yield Example("cut", "words", words, sound=True)
    over = cover("b1", "c1", "city", 1.0, offset=1.0, length=1.5)
    yield Example("cover", "", (clip("c1", "bunny", 12, 16), over), (0, 20, 24, 25, 26, 45, 61, 62, 63, 90))
    yield Example("cover", "still", (*VOICE[:1], cover("b1", "c1", "still"), LOUD))
    for kind in ("L", "J"):
        split = op("split", after="c1", kind=kind, length=0.6)
        yield Example("split", kind, (*PAIR, split), (20, 34, 35, 36, 49, 50, 51, 64, 65, 66, 90))


def passages() -> Iterator[Example]:
    """Yield each kind of transition."""
    for kind, length, more in (
        ("dissolve", 0.8, {}),
        ("dip", 0.8, {}),
        ("dip", 0.8, {"colour": "white"}),
        ("wipe", 0.6, {"direction": "right"}),
        ("slide", 0.6, {"direction": "up"}),
        ("push", 0.6, {"direction": "left"}),
        ("whip", 0.3, {"direction": "left"}),
        ("whip", 0.4, {"direction": "down"}),
    ):
        passage = op("transition", after="c1", kind=kind, length=length, **more)
        mode = "-".join([kind, *(str(value) for value in more.values() if kind in ("dip", "whip"))])
        yield Example("transition", mode, (*PAIR, passage), around(50, length))
    heard = (said("c1", 1, 6), said("c2", 19, 24), cover("b1", "c1", "bunny", 11), cover("b2", "c2", "city", 1), LOUD)
    dissolve = op("transition", after="c1", kind="dissolve", length=0.8)
    yield Example("transition", "speech", (*heard, dissolve), sound=True)


def times() -> Iterator[Example]:
    """Yield fast and slow motion, ramps, and what stands still."""
    walk = clip("c1", "bunny", 11.0, 15.0)
    yield Example("speed", "fast", (walk, op("speed", of="c1", factor=2.0)))
    slow = clip("c1", "bunny", 22.2, 23.3)
    yield Example("speed", "slow", (slow, op("speed", of="c1", factor=0.4)), tuple(range(30, 42)))
    smooth = op("speed", of="c1", factor=0.4, smooth=True)
    yield Example("speed", "slow-smooth", (slow, smooth), tuple(range(30, 42)))
    ramp = [{"at": 12.0, "factor": 1.0}, {"at": 13.0, "factor": 4.0}, {"at": 15.5, "factor": 0.5}]
    long = clip("c1", "bunny", 11.0, 17.0)
    yield Example("speed", "ramp", (long, op("speed", of="c1", ramp=ramp)), tuple(range(0, 95, 8)))
    yield Example("speed", "reverse", (walk, op("speed", of="c1", reverse=True)))
    yield Example("speed", "speech", (*VOICE, op("speed", of="c1", factor=1.3)), sound=True, before=True)
    run = clip("c1", "bunny", 22.0, 23.3)
    freeze = op("freeze", clip="c1", at=22.8, length=1.0)
    yield Example("freeze", "", (run, freeze), (16, 18, 19, 20, 21, 30, 43, 44, 45, 46, 47, 50))
    yield Example("freeze", "end", (clip("c1", "bunny", 12.0, 13.0), op("freeze", clip="c1", length=1.0)))


def frames() -> Iterator[Example]:
    """Yield what moves the frame over the picture."""
    for mode in ("crop", "follow", "blur", "letterbox"):
        yield Example("reframe", mode, (FACE, op("reframe", of="c1", mode=mode, x=0.5)), output=TALL)
    follow = op("reframe", of="*", mode="follow")
    people = (PEOPLE, clip("c2", "talk", 9.0, 12.0))
    yield Example("reframe", "follow-people", (*people, follow), output=TALL)
    punch = (clip("c1", "talk", 1.0, 2.5), clip("c2", "talk", 2.5, 4.0), op("zoom", of="c2", scale=1.2, y=0.4))
    yield Example("zoom", "punch-in", punch, (0, 20, 36, 37, 38, 39, 50, 74))
    yield Example("zoom", "push", (FACE, op("zoom", of="c1", scale=1.0, to=1.6, x=0.5, y=0.45)))
    pan = op("zoom", of="c1", scale=1.6, x=0.2, y=0.5, to_x=0.8, to_y=0.5)
    yield Example("zoom", "pan", (clip("c1", "bunny", 27.1, 29.5), pan))
    yield Example("zoom", "still", (clip("c1", "still", 0.0, 4.0),))
    burns = op("zoom", of="c1", scale=1.8, x=0.35, y=0.35, to=1.0, to_x=0.5, to_y=0.5)
    yield Example("zoom", "ken-burns", (clip("c1", "still", 0.0, 4.0), burns))
    for strength in ("light", "medium", "strong"):
        steady = (clip("c1", "shaky", 0.0, 4.0), op("stabilise", of="c1", strength=strength))
        yield Example("stabilise", strength, steady, tuple(range(40, 50)), before=True)


def colours() -> Iterator[Example]:
    """Yield looks, corrections, and what takes grain away."""
    people = (clip("c1", "talk", 1.0, 2.5), clip("c2", "bunny", 13.0, 14.5))
    moments = (5, 20, 36, 39, 50, 70)
    for look in ("warm", "cool", "film", "vivid", "mono"):
        yield Example("colour", look, (*people, op("colour", of="*", look=look)), moments, before=True)
    for field, value in (
        ("exposure", 0.6),
        ("contrast", 0.3),
        ("saturation", 0.4),
        ("temperature", 0.3),
        ("tint", 0.2),
        ("shadows", 0.5),
        ("highlights", -0.5),
    ):
        corrected = op("colour", of="*", **{field: value})
        yield Example("colour", field, (*people, corrected), moments, before=True)
    match = op("colour", of="c2", match="c1")
    yield Example("colour", "match", (BUNNY, clip("c2", "city", 2.0, 4.0), match), (10, 70, 80, 100), before=True)
    log = (clip("c1", "log", 0.0, 2.0), op("colour", of="c1", input="logc3"))
    for name, share in (("lut", 1.0), ("lut-half", 0.5)):
        toned = op("colour", of="*", lut=id_of("look"), amount=share)
        yield Example("colour", name, (*people, toned), moments, before=True)
    yield Example("colour", "log", log, (5, 20, 35), before=True)
    for strength in ("light", "medium", "strong"):
        grain = (clip("c1", "grainy", 1.0, 2.0), op("denoise", of="c1", strength=strength))
        yield Example("denoise", strength, grain, (0, 12, 24), before=True)


def words() -> Iterator[Example]:
    """Yield each style of captions and titles."""
    for style in STYLES:
        yield Example("captions", style, (*VOICE, op("captions", style=style)))
    for style, platform in (("pop", "tiktok"), ("karaoke", "reels"), ("bold", "shorts")):
        captions = op("captions", style=style, size="large", case="upper" if style == "pop" else "as spoken")
        tall = TALL._replace(platform=platform)
        yield Example("captions", f"{style}-{platform}", (*VOICE, captions), output=tall)
    spelt = [{"word": f"{id_of('speech')}w6", "text": "tımes\u00a0–\u00a0çağ,"}]
    top = op("captions", style="clean", position="top", size="small", case="lower", corrections=spelt)
    yield Example("captions", "top", (*VOICE, top))
    for style, text in (
        ("title", "Two cities\nA tale in three parts"),
        ("lower_third", "Charles Dickens\nNovelist, London"),
        ("lower_third_line", "Charles Dickens\nNovelist, London"),
        ("lower_third_tag", "Charles Dickens\nNovelist, London"),
        ("quote", "It was the best of times,\nCharles Dickens"),
        ("end_card", "Big Buck Bunny\nWatch the whole film\nbigbuckbunny.org"),
    ):
        title = op("title", id="t1", text=text, clip="c1", offset=0.0 if style == "end_card" else 0.4, length=2.8)
        shape = Shape(platform="youtube")
        moments = (5, 9, 10, 11, 12, 14, 17, 22, 40, 70, 74, 77, 78, 79, 80, 85)
        some = () if style == "end_card" else moments
        yield Example("title", style.replace("_", "-"), (MEADOW, {**title, "style": style}), some, shape)
    both = op("title", id="t1", text="Ada Lovelace\nMathematician", clip="c1", style="lower_third", length=2.5)
    tall = TALL._replace(platform="reels")
    yield Example("title", "over-captions", (*VOICE, op("captions", style="bold"), both), output=tall)


def overlays() -> Iterator[Example]:
    """Yield what lies over the picture."""
    logo = op("logo", source=id_of("logo"))
    yield Example("logo", "", (BUNNY, {**logo, "size": 0.2}), (0, 1, 40, 74))
    mark = {**logo, "corner": "bottom_left", "opacity": 0.5, "size": 0.3}
    tall = TALL._replace(platform="tiktok")
    yield Example("logo", "watermark", (BUNNY, mark), (0, 1, 40, 74), tall)
    window = op("pip", source=id_of("city"), clip="c1", start=1.0, corner="bottom_right")
    timed = {**window, "offset": 0.4, "length": 2.0}
    yield Example("pip", "", (BUNNY, timed), (9, 10, 11, 13, 16, 30, 55, 57, 58, 59, 60))
    yield Example("pip", "centre", (BUNNY, {**window, "corner": "centre", "size": 0.6, "border": 0.0}), (0, 3, 40, 74))
    still = op("pip", source=id_of("still"), clip="c1", corner="top_left", size=0.4, border=0.01)
    yield Example("pip", "still", (PEOPLE, still), (0, 3, 40, 74))
    face = {"of": "c1", "x": 0.38, "y": 0.25, "width": 0.24, "height": 0.45}
    for look in ("blur", "pixelate"):
        yield Example("blur", look, (FACE, op("blur", look=look, **face)), (0, 1, 20, 37, 50, 74), before=True)
    text = op("blur", of="c1", x=0.18, y=0.45, width=0.64, height=0.12, start=0.5, length=1.0)
    yield Example("blur", "timed", (clip("c1", "bunny", 4.0, 6.0), text), (0, 11, 12, 13, 25, 36, 37, 38, 49))
    yield Example("bars", "", (BUNNY, op("bars", ratio=2.39)), (0, 1, 40, 74))
    yield Example("bars", "square", (BUNNY, op("bars", ratio=1.0)), (0, 1, 40, 74))
    yield Example("progress", "", (BUNNY, op("progress")), (0, 1, 2, 19, 37, 56, 73, 74))
    top = op("progress", edge="top", colour="#ff3355", thickness=0.015)
    yield Example("progress", "top", (BUNNY, top), (0, 1, 2, 19, 37, 56, 73, 74), TALL)
    yield Example("fade", "", (BUNNY, op("fade", start=0.4, end=0.6)), (0, 1, 2, 5, 9, 10, 59, 60, 65, 70, 72, 73, 74))


def sounds() -> Iterator[Example]:
    """Yield what is heard."""
    under = (cover("b1", "c1", "bunny", 11.0, length=5.0), cover("b2", "c1", "bunny", 18.0, offset=5.0))
    noisy = (clip("c1", "noisy", 0.5, 8.0), *under, LOUD)
    for mode, clean in (
        ("medium", {"denoise": "medium"}),
        ("strong", {"denoise": "strong", "hum_hz": 50, "declick": True, "deess": True}),
    ):
        yield Example("clean", mode, (*noisy, op("clean", of="*", **clean)), sound=True, before=True)
    bed = op("music", source=id_of("tabla"), level_db=-16.0)
    yield Example("music", "ducked", (*VOICE, clip("c2", "city", 1.0, 3.5), bed), sound=True, before=True)
    city = (clip("c1", "city", 0.5, 3.5), clip("c2", "city", 4.0, 7.0))
    loop = op("music", source=id_of("garzul"), end="beat")
    yield Example("music", "beat", (*city, loop, LOUD), sound=True)
    chime = op("effect", id="e1", source=id_of("chime"), clip="c2", offset=0.0, gain_db=-3.0)
    two = (said("c1", 1, 6), said("c2", 19, 24), cover("b1", "c1", "bunny", 11), cover("b2", "c2", "city"))
    yield Example("effect", "", (*two, chime), sound=True, before=True)
    for lufs in (-14.0, -23.0):
        loudness = op("loudness", lufs=lufs, true_peak_db=-1.0)
        yield Example("loudness", f"{-lufs:.0f}", (*SPOKEN, loudness), sound=True, before=True)


def formats() -> Iterator[Example]:
    """Yield one plan for each kind of finished file."""
    for format in FORMATS:
        shape = Shape(640, 360, format=format.name, quality="good")
        yield Example("format", format.name, (*PAIR, LOUD), (0, 25, 49, 50, 75, 99), shape, format.sound is not None)


def examples() -> list[Example]:
    """Return all, the operations in the order of `OPS`, then the formats."""
    parts = (cuts, passages, times, frames, colours, words, overlays, sounds, formats)
    found = [example for part in parts for example in part()]
    order = [*(type_of(each) for each in OPS), "format"]
    return sorted(found, key=lambda example: order.index(example.type))


def type_of(operation: Any) -> str:
    """Return the name by which a plan calls an operation."""
    return str(operation.EXAMPLE["type"])


def moments(example: Example, frames: int) -> Sequence[int]:
    """Return the frames of a finished video that are looked at."""
    cells = FEW if example.sound else CELLS
    spread = [round(cell * (frames - 1) / (cells - 1)) for cell in range(cells)]
    return [frame for frame in example.at if 0 <= frame < frames] or list(dict.fromkeys(spread))
