"""lut: tables of colours (3D LUTs), worked out from a grade, that ffmpeg looks up.

A table is the only file that a picture's filter opens beside the words: it always bears a name and a text that we made.
A person's own table goes into one of ours.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kernel.document import digest
from kernel.worker.cube import Cube
from kernel.worker.filters import FLAGS, Stream, apply
from kernel.worker.grade import Grade, graded
from kernel.worker.logs import Numbers

SIZE, FINE = 33, 65
"""Steps along each side of a table; the finer one for pictures in log, whose curves bend more, and for a person's own
table whose colours the others would miss."""
_VERSION = 1
"""Raised when the same grade is to look otherwise."""


class Table(NamedTuple):
    """A file that a piece of picture needs in its work folder."""

    name: str
    grade: Grade
    lut: Cube | None = None
    """The person's own table that the grade names."""

    def text(self) -> str:
        """Return what the file holds."""
        steps = _steps(self.grade, self.lut)
        return cube(graded(self.grade, lattice(steps), self.lut), steps)


def table_of(grade: Grade, lut: Cube | None = None) -> Table:
    """Return the table of a grade; its name says all that it holds, so that pieces are cached by the name."""
    own = () if grade.lut else ("lut", "lut_from")
    told = {"version": _VERSION, **{name: value for name, value in grade._asdict().items() if name not in own}}
    return Table(f"colour-{digest(told)[:24]}.cube", grade, lut)


def coloured(stream: Stream, table: Table, pixels: str) -> Stream:
    """Return a picture with its colours looked up in a table.

    Args:
        pixels: the pixel format in which it goes on, in BT.709.
    """
    stream = apply(stream, "scale", flags=FLAGS)
    stream = apply(stream, "format", pix_fmts="gbrp10le")
    stream = apply(stream, "lut3d", file=table.name, interp="tetrahedral")
    stream = apply(stream, "scale", flags=FLAGS, out_color_matrix="bt709", out_range="limited")
    return apply(stream, "format", pix_fmts=pixels)


def lattice(steps: int) -> Numbers:
    """Return every colour of a table, as rows of red, green and blue; red changes quickest."""
    sides = np.linspace(0, 1, steps)
    blue, green, red = np.meshgrid(sides, sides, sides, indexing="ij")
    return np.stack([red.ravel(), green.ravel(), blue.ravel()], axis=1)


def cube(rows: Numbers, steps: int) -> str:
    """Return a table as a .cube file (Adobe, Cube LUT Specification 1.0)."""
    lines = "\n".join("{:.5f} {:.5f} {:.5f}".format(*row) for row in rows.tolist())
    return f"LUT_3D_SIZE {steps}\n{lines}\n"


def _steps(grade: Grade, lut: Cube | None) -> int:
    return FINE if grade.input or (lut and not lut.fits(SIZE)) else SIZE
