"""What ffmpeg says is in a file, read from its listing: declared, not measured, so only a first guess."""

from __future__ import annotations

import re

from kernel.document import Value
from kernel.worker.media import Decoder, Rate

_CONTAINER = re.compile(r"^Input #0, (.+), from '", re.MULTILINE)
_DURATION = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d\.\d+)", re.MULTILINE)
_START = re.compile(r"^  Duration: .*start: (-?[\d.]+)", re.MULTILINE)
_STREAM = re.compile(r"^  Stream #0:\d+\S*: (Video|Audio): (.+)$", re.MULTILINE)
_ANY_STREAM = re.compile(r"^  Stream #0:", re.MULTILINE)
_SIZE = re.compile(r"\b([1-9]\d*)x([1-9]\d*)\b")
_ROTATION = re.compile(r"display ?matrix: rotation of (-?[\d.]+) degrees", re.IGNORECASE)
_SHOWN = re.compile(r"sar:(\d+)/(\d+) s:(\d+)x(\d+) i:(.)")
_FORMAT = re.compile(r" fmt:(\w+)")
_MATRIX = re.compile(r"color_space:(\w+)")
_ALPHA = re.compile(r"yuva|rgba|argb|bgra|abgr|gbrap|ya\d|pal8")
_MIXED = re.compile(r"^\s+alpha_mode\s*: 1$", re.MULTILINE)
_HERTZ = re.compile(r", (\d+) Hz, ([^,]+)")
_NUMBERS = re.compile(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?")
_LAYOUTS = {"mono": 1, "stereo": 2, "downmix": 2, "quad": 4, "quad(side)": 4, "hexagonal": 6, "octagonal": 8}
_FIELDS = ("top first", "bottom first", "top coded first", "bottom coded first")
_BLIND: dict[str, Decoder] = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""Codecs whose alpha ffmpeg's own decoder does not see, and who does."""
_WIDE_LIGHT = ("smpte2084", "arib-std-b67")
"""Transfer curves of HDR: PQ and HLG."""


class Stream(Value):
    """One picture or sound stream, as declared."""

    index: int
    """Among the streams of its kind, as in ffmpeg's 0:v:index."""
    codec: str
    width: int = 0
    height: int = 0
    attached: bool = False
    """A cover picture, not footage."""
    readable: bool = True
    """Whether ffmpeg knows how to decode it."""
    default: bool = False
    """Whether the file asks for it to be played before others of its kind."""
    decoder: Decoder = ""
    interlaced: bool = False
    hdr: bool = False
    rotation: int = 0
    """Degrees clockwise: 0, 90, 180, 270."""
    sample_rate: int = 0
    channels: int = 0


class Listing(Value):
    """A file, as declared."""

    container: str
    duration: float | None
    """Seconds, as declared; None where the file does not say."""
    start: float
    """Time of the first frame on the file's own clock; everything else here counts from it."""
    streams: int
    """Of any kind."""
    videos: tuple[Stream, ...]
    audios: tuple[Stream, ...]


class Shown(Value):
    """The first picture as it comes out upright."""

    width: int
    height: int
    """Of the displayed picture, pixel aspect included."""
    pixel_aspect: Rate
    interlaced: bool
    hdr: bool
    matrix: str = ""
    """How its colours are coded; empty where nothing says."""
    alpha: bool = False
    """Whether it has see-through parts, or could have."""


def read_listing(said: str) -> Listing | None:
    """Return what ffmpeg listed; None where it could not open the file."""
    container = _CONTAINER.search(said)
    if container is None:
        return None
    blocks = _blocks(said)
    start = _START.search(said)
    return Listing(
        container=container[1],
        duration=_duration(said),
        start=float(start[1]) if start else 0.0,
        streams=len(_ANY_STREAM.findall(said.split("Output #0")[0])),
        videos=tuple(_stream(n, b) for n, b in enumerate(b for kind, b in blocks if kind == "Video")),
        audios=tuple(_stream(n, b) for n, b in enumerate(b for kind, b in blocks if kind == "Audio")),
    )


def read_shown(said: str) -> Shown | None:
    """Return what the showinfo filter said of the first picture; None where no picture came out."""
    shown = _SHOWN.search(said)
    if shown is None:
        return None
    aspect_num, aspect_den, width, height = (int(shown[n]) for n in range(1, 5))
    aspect = Rate(num=aspect_num, den=aspect_den) if aspect_num and aspect_den else Rate(num=1, den=1)
    return Shown(
        width=max(1, round(width * aspect.fraction)),
        height=height,
        pixel_aspect=aspect,
        interlaced=shown[5] in "TB",
        hdr=any(f"color_trc:{curve}" in said for curve in _WIDE_LIGHT),
        matrix=_said(_MATRIX, said, without=("unknown", "unspecified")),
        alpha=bool(_ALPHA.match(_said(_FORMAT, said))),
    )


def _said(what: re.Pattern[str], said: str, without: tuple[str, ...] = ()) -> str:
    found = what.search(said)
    return found[1] if found and found[1] not in without else ""


def _blocks(said: str) -> list[tuple[str, str]]:
    """Return kind and text of each picture or sound stream: its line, and what is indented below it."""
    # Further "Stream #0" lines, of the output, come after this word.
    listed = said.split("Output #0")[0]
    found = list(_STREAM.finditer(listed))
    ends = [*(match.start() for match in found), len(listed)][1:]
    return [(match[1], listed[match.start(2) : end]) for match, end in zip(found, ends, strict=True)]


def _stream(index: int, block: str) -> Stream:
    line = block.splitlines()[0]
    size = _SIZE.search(line.partition(",")[2])
    turned = _ROTATION.search(block)
    rate = _HERTZ.search(line)
    codec = line.split(",")[0].split()[0]
    return Stream(
        index=index,
        codec=codec,
        width=int(size[1]) if size else 0,
        height=int(size[2]) if size else 0,
        attached="(attached pic)" in line,
        readable=codec not in ("none", "unknown"),
        default="(default)" in line,
        decoder=_BLIND.get(codec, "") if _MIXED.search(block) else "",
        interlaced=any(field in line for field in _FIELDS),
        hdr=any(curve in line for curve in _WIDE_LIGHT),
        # ffmpeg counts counter-clockwise.
        rotation=round(-float(turned[1]) / 90) * 90 % 360 if turned else 0,
        sample_rate=int(rate[1]) if rate else 0,
        channels=_channels(line) if rate else 0,
    )


def _channels(line: str) -> int:
    """Count the channels that a layout names: mono, stereo, quad, 5.1(side), 7.1.4, 24 channels."""
    found = _HERTZ.search(line)
    layout = found[2].strip() if found else ""
    numbers = _NUMBERS.match(layout)
    if numbers:
        return sum(int(part) for part in numbers.groups() if part)
    return _LAYOUTS.get(layout, 2)


def _duration(said: str) -> float | None:
    found = _DURATION.search(said)
    return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3]) if found else None
