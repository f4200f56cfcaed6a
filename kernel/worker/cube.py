"""cube: a person's own table of colours (a LUT), read from a .cube file by us alone and looked up.

The form is Adobe's (Cube LUT Specification 1.0), with the input ranges that DaVinci Resolve writes. What a filter opens
in the end is never this file but a table of ours (`kernel.worker.lut`), worked out through it.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kernel.errors import BadInput
from kernel.worker.logs import Numbers

LARGEST = 16 * 2**20
"""Bytes of a file: twice what 65 steps need when each number is written with nine digits."""
SIZES = {"LUT_1D_SIZE": 65536, "LUT_3D_SIZE": 65}
"""How many steps of each kind there may be. A 3D table has them along each side; the form allows 256."""
MOST_LINES = 350_000
"""Of a file: those of the largest table, and many of comments."""
LONGEST_LINE = 250
"""Characters (the specification's own limit)."""
FARTHEST = 16.0
"""What a number of a table may come to, 1 being white: a table of whole numbers, up to 1023 say, is none of ours."""
NARROWEST = 1e-3
"""From the lower to the upper end of the colours that a table is for."""
HEAD = 1 << 16
"""Bytes in which a file must say that it is a table of colours, where its name does not."""

_NUMBER = r"([-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?)"
_ROW = re.compile(rf"{_NUMBER}[ \t]+{_NUMBER}[ \t]+{_NUMBER}")
_MARKS = re.compile(r"[-+.0-9eE \t]*")
_COMMENT = re.compile(r"#[^\n]*")
_PAIR = re.compile(rf"{_NUMBER}[ \t]+{_NUMBER}")
_COUNT = re.compile(r"([0-9]{1,6})")
_TOLD = {
    "TITLE": re.compile(r".*"),
    "LUT_1D_SIZE": _COUNT,
    "LUT_3D_SIZE": _COUNT,
    "DOMAIN_MIN": _ROW,
    "DOMAIN_MAX": _ROW,
    "LUT_1D_INPUT_RANGE": _PAIR,
    "LUT_3D_INPUT_RANGE": _PAIR,
}
"""The words that a file may begin with, and what follows each."""
_SAYS_SO = re.compile(rb"^[ \t]*LUT_[13]D_SIZE[ \t]", re.MULTILINE)
_WORD = re.compile(r"[A-Z][A-Z0-9_]{2,39}")
_ASK = "Export the LUT again as a .cube file: 3D, 33 steps, numbers from 0 to 1."


@dataclass(frozen=True, eq=False)
class Cube:
    """A table of colours as it was read."""

    hash: str
    """sha256 of the file's bytes."""
    steps: int
    flat: bool
    """Whether it is a curve for each of red, green and blue (1D); else a lattice of colours, red changing quickest."""
    rows: Numbers
    """Red, green and blue, in the file's order."""
    low: tuple[float, ...] = (0.0, 0.0, 0.0)
    high: tuple[float, ...] = (1.0, 1.0, 1.0)
    """The colours that the first and the last step stand for; what is beyond them counts as they do."""

    def fits(self, steps: int) -> bool:
        """Say whether a lattice of so many steps from black to white meets every colour of the table."""
        whole = all(low == 0 and high == 1 for low, high in zip(self.low, self.high, strict=True))
        return not self.flat and whole and (steps - 1) % (self.steps - 1) == 0

    def looked_up(self, rows: Numbers) -> Numbers:
        """Return the colours that the table has for others; between its steps they are interpolated."""
        low, high = np.array(self.low), np.array(self.high)
        places = np.clip((rows - low) / (high - low), 0, 1) * (self.steps - 1)
        return self._curved(places) if self.flat else self._between(places)

    def _curved(self, places: Numbers) -> Numbers:
        steps = np.arange(self.steps)
        return np.stack([np.interp(places[:, part], steps, self.rows[:, part]) for part in range(3)], axis=1)

    def _between(self, places: Numbers) -> Numbers:
        """Interpolate in the tetrahedron that a colour lies in: from corner to corner, the longest way first."""
        corner = np.minimum(places.astype(np.int64), self.steps - 2)
        rest = places - corner
        order = np.argsort(-rest, axis=1, kind="stable")
        shares = np.take_along_axis(rest, order, axis=1)
        index = corner @ (strides := np.array([1, self.steps, self.steps**2]))
        found = self.rows[index] * (1 - shares[:, :1])
        for nth in range(3):
            index = index + strides[order[:, nth]]
            left = shares[:, nth] - (shares[:, nth + 1] if nth < 2 else 0)
            found = found + self.rows[index] * left[:, None]
        return np.asarray(found)


def is_cube(path: Path) -> bool:
    """Say whether a file means to be a table of colours: by its name, or by its first words."""
    if path.suffix.lower() == ".cube":
        return True
    with path.open("rb") as file:
        head = file.read(HEAD)
    return b"\0" not in head and _SAYS_SO.search(head) is not None


def load_cube(path: Path, name: str) -> Cube:
    """Return the table of a file; no more of it is read than a table may have.

    Args:
        name: what a message calls it.

    Raises:
        BadInput: as `read_cube`.
    """
    with path.open("rb") as file:
        return read_cube(file.read(LARGEST + 1), name)


def read_cube(held: bytes, name: str) -> Cube:
    """Return the table that a file's bytes hold.

    Raises:
        BadInput: they hold none, or not a whole one; one sentence says what is wrong, and another what to do.
    """
    try:
        head, rows = _read(held)
        return _cube(head, rows, hashlib.sha256(held).hexdigest())
    except _Broken as fault:
        raise BadInput(f"{name} cannot be used: {fault}. {_ASK}") from fault


class _Broken(ValueError):
    """What is wrong with a file."""


class _Head(NamedTuple):
    """What a file says before its colours."""

    told: dict[str, tuple[str, ...]]

    @property
    def size(self) -> tuple[str, int]:
        """The word for the table's kind, and its steps."""
        words = [word for word in SIZES if word in self.told]
        _require(bool(words), "it does not say its size (LUT_3D_SIZE) before its colours")
        _require(len(words) == 1, "it holds two tables, a 1D and a 3D one")
        [word], steps = words, int(self.told[words[0]][0])
        _require(2 <= steps <= SIZES[word], f"it has {steps} steps, and 2 to {SIZES[word]} can be used")
        return word, steps

    @property
    def domain(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The colours that its first and its last step stand for."""
        spans = [values for word, values in self.told.items() if word.endswith("INPUT_RANGE")]
        ends = [self.told.get("DOMAIN_MIN"), self.told.get("DOMAIN_MAX")]
        _require(len(spans) + any(ends) < 2, "it says twice which colours it is for")
        for first, last in spans:
            ends = [(first,) * 3, (last,) * 3]
        return _numbers(ends[0] or ("0",) * 3), _numbers(ends[1] or ("1",) * 3)


def _read(held: bytes) -> tuple[_Head, Numbers]:
    """Return what a file says, and its colours."""
    _require(len(held) <= LARGEST, f"it is larger than a table of {SIZES['LUT_3D_SIZE']} steps can be")
    _require(b"\0" not in held, "it is not plain text")
    text = held.decode("latin-1").removeprefix("\xef\xbb\xbf").replace("\r\n", "\n").replace("\r", "\n")
    _require(text.count("\n") < MOST_LINES, f"it has more lines than a table of {SIZES['LUT_3D_SIZE']} steps")
    lines = (_COMMENT.sub("", text) if "#" in text else text).split("\n")
    head = _Head({})
    for number, line in enumerate(lines, 1):
        if _ROW.fullmatch(line[:LONGEST_LINE].strip(" \t")):
            return head, _rows(lines[number - 1 :], number)
        if line.strip(" \t"):
            _hear(head, line.strip(" \t"), number)
    return head, np.empty((0, 3))


def _rows(lines: list[str], first: int) -> Numbers:
    """Return the colours of all lines from the first colour on."""
    # numpy reads a line in a microsecond, but also words like nan: the marks of a number alone come to it.
    if all(map(_MARKS.fullmatch, lines)):
        with suppress(ValueError):
            found = np.loadtxt(lines, ndmin=2)
            if found.shape[1] == 3:
                return found
    for number, line in enumerate(lines, first):
        _require(_ROW.fullmatch(line.strip(" \t")) or not line.strip(" \t"), f"its line {number} is no colour")
    raise _Broken("its colours cannot be read")


def _hear(head: _Head, line: str, number: int) -> None:
    """Keep what a line before the colours says."""
    _require(len(line) <= LONGEST_LINE, f"its line {number} is too long")
    word, _, rest = line.replace("\t", " ").partition(" ")
    shown = f"says {word}, which is not known" if _WORD.fullmatch(word) else "is no part of a table of colours"
    _require(word in _TOLD, f"its line {number} {shown}")
    _require(word not in head.told, f"its line {number} says {word} a second time")
    found = _TOLD[word].fullmatch(rest.strip(" "))
    if found is None:
        raise _Broken(f"its line {number} does not say {word} as it must")
    head.told[word] = tuple(found.groups())


def _cube(head: _Head, rows: Numbers, hash: str) -> Cube:
    (word, steps), (low, high) = head.size, head.domain
    most = steps if word == "LUT_1D_SIZE" else steps**3
    _require(len(rows) == most, f"it holds {len(rows)} colours, but says that it has {most}")
    far = float(np.abs(rows).max())
    _require(far <= FARTHEST, f"its numbers go up to {far:.4g}, where white is 1")
    narrow = min(b - a for a, b in zip(low, high, strict=True))
    _require(narrow >= NARROWEST, "the colours that it is for end below where they begin")
    return Cube(hash, steps, word == "LUT_1D_SIZE", rows, low, high)


def _numbers(parts: tuple[str, ...]) -> tuple[float, ...]:
    found = tuple(float(part) for part in parts)
    _require(all(abs(part) <= FARTHEST for part in found), "the colours that it is for are too far from 0 to 1")
    return found


def _require(good: object, fault: str) -> None:
    if not good:
        raise _Broken(fault)
