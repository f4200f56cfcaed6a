"""Seeded mutations: small files of every common kind, damaged as transfer, disks and attackers damage files.

Number n of a seed is always the same file: number 123 of seed 7 can be made again, alone.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from kernel.worker.ffmpeg import Ffmpeg
from tests.hostile.door import Answer, answer
from tests.kernel.worker.scenes import numbered, tone, write_sound, write_video

SECONDS = 1.0
VIDEOS: dict[str, tuple[str, ...]] = {
    "plain.mp4": (),
    "fast.mp4": ("-movflags", "+faststart"),
    "fragments.mp4": ("-movflags", "+frag_keyframe+empty_moov", "-g", "10"),
    "hevc.mp4": ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"),
    "phone.mov": ("-c:v", "mjpeg", "-bf", "0", "-strict", "unofficial", "-c:a", "pcm_s16le"),
    "prores.mov": ("-c:v", "prores_ks", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s16le"),
    "plain.mkv": ("-c:a", "flac"),
    "open.mkv": ("-bf", "3", "-g", "10", "-c:a", "ac3"),
    "vp9.webm": ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"),
    "vp8.webm": ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libvorbis"),
    "old.avi": ("-c:v", "mpeg4", "-c:a", "mp3"),
    "motion.avi": ("-c:v", "mjpeg", "-bf", "0", "-strict", "unofficial", "-c:a", "pcm_s16le"),
    "stream.ts": (),
    "stream.mpg": ("-c:v", "mpeg2video", "-c:a", "mp2"),
    "flash.flv": ("-ar", "44100"),
    "wide.mkv": ("-c:v", "ffv1", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s24le"),
    "moving.gif": ("-an", "-c:v", "gif", "-pix_fmt", "rgb8"),
}
SOUNDS: dict[str, tuple[str, ...]] = {"a.wav": (), "a.mp3": (), "a.flac": (), "a.ogg": (), "a.m4a": ("-c:a", "aac")}
STILLS = ("a.png", "a.jpg", "a.webp")

Mutate = Callable[[bytearray, random.Random], bytes]


def seeds(folder: Path, ffmpeg: Ffmpeg) -> list[Path]:
    """Make the honest files."""
    sound = tone(SECONDS, 440)
    made = [
        write_video(folder / name, ffmpeg, numbered(20), "20", sound if "-an" not in more else None, more)
        for name, more in VIDEOS.items()
    ]
    made += [write_sound(folder / name, ffmpeg, sound, more) for name, more in SOUNDS.items()]
    for name in STILLS:
        one = ["-i", f"file:{made[0]}", "-frames:v", "1", "-update", "1", f"file:{folder / name}"]
        ffmpeg.run(one, cwd=folder, timeout=20)
    return [*made, *(folder / name for name in STILLS)]


def _flip(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 3, 10, 100))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _overwrite(data: bytearray, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(data)), chance.choice((1, 4, 64, 1024))
    filling = chance.choice((b"\0" * length, b"\xff" * length, chance.randbytes(length)))
    data[at : at + length] = filling
    return bytes(data)


def _head(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 2, 5))):
        data[chance.randrange(min(len(data), 512))] = chance.randrange(256)
    return bytes(data)


def _truncate(data: bytearray, chance: random.Random) -> bytes:
    return bytes(data[: chance.randrange(len(data))])


def _cut_out(data: bytearray, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(data)), chance.choice((1, 7, 188, 4096))
    return bytes(data[:at] + data[at + length :])


def _repeat(data: bytearray, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(data)), chance.choice((4, 188, 2048))
    return bytes(data[: at + length] + data[at : at + length] * chance.choice((1, 3, 50)) + data[at + length :])


def _swap(data: bytearray, chance: random.Random) -> bytes:
    size = chance.choice((188, 512, 4096))
    blocks = [data[at : at + size] for at in range(0, len(data), size)]
    one, other = chance.randrange(len(blocks)), chance.randrange(len(blocks))
    blocks[one], blocks[other] = blocks[other], blocks[one]
    return b"".join(blocks)


LIES = (0, 1, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
"""Values at which counts and sizes go wrong."""


def _lie(data: bytearray, chance: random.Random) -> bytes:
    """Write an edge value where a number may stand, most often in the parts that hold sizes and counts."""
    for _ in range(chance.choice((1, 2, 4))):
        shape = chance.choice((">I", "<I", ">H", "<H"))
        value = chance.choice(LIES) & (0xFFFFFFFF if shape[1] == "I" else 0xFFFF)
        at = chance.choice((_named(data, chance), chance.randrange(len(data))))
        at = min(at, len(data) - 4)
        data[at : at + struct.calcsize(shape)] = struct.pack(shape, value)
    return bytes(data)


MARKS = tuple(
    mark.encode()
    for mark in (
        *(
            "moov",
            "mvhd",
            "tkhd",
            "mdhd",
            "stsd",
            "stts",
            "ctts",
            "stsz",
            "stsc",
            "stco",
            "elst",
            "avc1",
            "trun",
            "tfhd",
        ),
        *("trun", "tfhd", "fmt ", "data", "avih", "strh", "strf", "idx1", "IHDR", "OggS", "fLaC", "ftyp"),
    )
)
"""What stands before sizes and counts in the containers of the seeds."""


def _named(data: bytearray, chance: random.Random) -> int:
    """Return a place near one of the marks that the file has, or one at its beginning."""
    found = [data.find(mark) for mark in MARKS if mark in data]
    return (chance.choice(found) if found else 0) + chance.randrange(-4, 40)


def _reorder(data: bytearray, chance: random.Random) -> bytes:
    """Put the top boxes of an MP4 in another order, or leave one out; other files get two halves changed."""
    boxes, at = [], 0
    while at + 8 <= len(data) and data[4:8] == b"ftyp":
        size = max(8, struct.unpack_from(">I", data, at)[0])
        boxes.append(data[at : at + size])
        at += size
    if not boxes:
        middle = chance.randrange(len(data))
        boxes = [data[:middle], data[middle:]]
    chance.shuffle(boxes)
    return b"".join(boxes[: chance.choice((len(boxes), len(boxes) - 1))])


MUTATORS: tuple[Mutate, ...] = (
    _flip,
    _overwrite,
    _head,
    _truncate,
    _cut_out,
    _repeat,
    _swap,
    _lie,
    _lie,
    _reorder,
)


class Mutant(NamedTuple):
    """A damaged file."""

    seed: int
    number: int
    of: str
    how: str
    data: bytes

    @property
    def name(self) -> str:
        """Its file name: what it came from keeps its suffix."""
        return f"{self.seed}-{self.number}-{self.of}"


def mutant(honest: list[Path], seed: int, number: int) -> Mutant:
    """Return one mutant; now and then it is spliced from two files, or damaged twice."""
    chance = random.Random(seed * 1_000_003 + number)
    path = honest[number % len(honest)]
    data, names = bytearray(path.read_bytes()), []
    if chance.random() < 0.05:
        other = chance.choice(honest).read_bytes()
        middle = chance.randrange(len(data))
        data, names = data[:middle] + other[chance.randrange(len(other)) :], ["splice"]
    for mutate in chance.sample(MUTATORS, chance.choice((1, 1, 1, 2))):
        data = bytearray(mutate(data or bytearray(1), chance))
        names.append(mutate.__name__.strip("_"))
    return Mutant(seed, number, path.name, "+".join(names), bytes(data))


def tried(made: Mutant, ffmpeg: Ffmpeg) -> Answer:
    """Bring a mutant to the worker's door."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / made.name
        path.write_bytes(made.data)
        work = Path(folder) / "work"
        work.mkdir()
        return answer(path, work, ffmpeg)
