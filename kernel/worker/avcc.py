"""avcc: the parameter sets of H.264 in an mp4 file, read and joined.

Pictures that were encoded apart refer to parameter sets of their own, by number. A file that holds both kinds needs all
sets in its one `avcC` box (ISO/IEC 14496-15, 5.3.3.1), where every player looks for them before the first picture.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from kernel.errors import WorkerError

FOLDERS = {b"moov": 8, b"trak": 8, b"mdia": 8, b"minf": 8, b"stbl": 8, b"stsd": 16, b"avc1": 86}
"""Boxes on the way to `avcC`, and how many bytes of each come before the first box inside."""
PLAIN = b"\xfd\xf8\xf8\x00"
"""What a high profile says after its sets where pictures are 4:2:0 with 8 bits."""


class Sets(NamedTuple):
    """The parameter sets of one stream."""

    head: bytes
    """Version, profile, compatibility, level, length of a NAL's size."""
    sequence: tuple[bytes, ...]
    picture: tuple[bytes, ...]
    rest: bytes

    @property
    def plain(self) -> bool:
        """Whether its pictures are 4:2:0 with 8 bits a sample."""
        return self.rest in (b"", PLAIN)

    @property
    def first(self) -> bool:
        """Whether all of its sets bear the number 0, as nearly every encoder writes them."""
        return all(each[4] & 0x80 for each in self.sequence) and all(each[1] & 0x80 for each in self.picture)

    def packed(self) -> bytes:
        """Return the payload of an `avcC` box."""
        sequence = bytes([0xE0 | len(self.sequence)]) + _packed(self.sequence)
        picture = bytes([len(self.picture)]) + _packed(self.picture)
        return self.head + sequence + picture + self.rest


def sets_of(path: Path) -> Sets:
    """Return the parameter sets of an mp4 file's H.264 stream.

    Raises:
        WorkerError: there are none.
    """
    _, payload = _trail(path)
    count, at = payload[5] & 31, 6
    sequence, at = _unpacked(payload, at, count)
    picture, at = _unpacked(payload, at + 1, payload[at])
    return Sets(payload[:5], sequence, picture, payload[at:])


def join_sets(path: Path, more: Sets) -> None:
    """Add further parameter sets to a file whose index lies behind its pictures, so that nothing else moves.

    Raises:
        WorkerError: it has no H.264, or its index lies elsewhere.
    """
    trail, payload = _trail(path)
    index, size = trail[0]
    if index + size != path.stat().st_size:
        raise WorkerError(f"The index of {path.name} does not lie at its end.")
    own = sets_of(path)
    joined = own._replace(
        sequence=tuple(dict.fromkeys(own.sequence + more.sequence)),
        picture=tuple(dict.fromkeys(own.picture + more.picture)),
    ).packed()
    with path.open("r+b") as file:
        file.seek(index)
        held = bytearray(file.read())
        for at, size in trail:
            struct.pack_into(">I", held, at - index, size + len(joined) - len(payload))
        start = trail[-1][0] + 8 - index
        held[start : start + len(payload)] = joined
        file.seek(index)
        file.write(held)


def _packed(sets: Sequence[bytes]) -> bytes:
    return b"".join(struct.pack(">H", len(each)) + each for each in sets)


def _unpacked(payload: bytes, at: int, count: int) -> tuple[tuple[bytes, ...], int]:
    found: list[bytes] = []
    for _ in range(count):
        (size,) = struct.unpack_from(">H", payload, at)
        found.append(payload[at + 2 : at + 2 + size])
        at += 2 + size
    return tuple(found), at


def _trail(path: Path) -> tuple[list[tuple[int, int]], bytes]:
    """Return place and size of every box from `moov` down to `avcC`, and the payload of that one."""
    trail: list[tuple[int, int]] = []
    with path.open("rb") as file:
        at, end = 0, path.stat().st_size
        while True:
            box = next((each for each in _boxes(file, at, end) if each[2] in FOLDERS or each[2] == b"avcC"), None)
            if box is None:
                raise WorkerError(f"{path.name} holds no H.264 with an index: its pictures cannot be copied.")
            at, size, kind = box
            trail.append((at, size))
            if kind == b"avcC":
                file.seek(at + 8)
                return trail, file.read(size - 8)
            at, end = at + FOLDERS[kind], at + size


def _boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield place, size and kind of each box of a stretch."""
    while at + 8 <= end:
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
        if size < 8:
            return
        yield at, size, kind
        at += size
