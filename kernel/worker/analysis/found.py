"""What an analysis finds in a file, as values: what is seen, what is heard. Times in seconds, places in shares of the
picture (0 to 1, from its top left corner)."""

from __future__ import annotations

from typing import Literal

from kernel.document import Value
from kernel.worker.media import Face, Span


class Writing(Value):
    """Words that stand on the picture."""

    text: str
    sure: float
    """The reader's own sureness, 0 to 1."""
    x: float
    y: float
    width: float
    height: float
    contrast: float = 0.0
    """Of the letters with what is round them, measured on the pixels (WCAG 2 1.4.3: 1 to 21); 0 where not measured."""


class Swatch(Value):
    """One of the main colours of a picture."""

    colour: str
    """#rrggbb."""
    share: float
    """Of the picture, 0 to 1."""


class Look(Value):
    """What was seen on one still of the picture, at its full size."""

    at: float
    sharpness: float | None = None
    """How fine the finest detail is that the picture has, 0 (nothing but blur) to 1; None where it shows too little to
    tell; see `sharpness.py`."""
    blocking: float = 0.0
    """How much the borders of the encoder's blocks stand out, 0 (not at all) upwards; see `sharpness.py`."""
    swatches: tuple[Swatch, ...] = ()
    """The largest share first."""
    writing: tuple[Writing, ...] = ()


class Flashing(Value):
    """A stretch in which the picture flashes so that it can harm people who are sensitive to light."""

    kind: Literal["general", "red", "extended"]
    start: float
    end: float
    rate: float
    """Flashes in its worst second."""


class Sights(Value):
    """What is seen in a file."""

    shots: tuple[Span, ...] = ()
    """From cut to cut; they cover the whole."""
    motion: tuple[float, ...] = ()
    """Mean change of the picture in each second, 0 to 1, cuts left out."""
    light: tuple[float, ...] = ()
    """Brightness of the darkest picture in each second, 0 to 1."""
    faces: tuple[Face, ...] = ()
    black: tuple[Span, ...] = ()
    frozen: tuple[Span, ...] = ()
    flashing: tuple[Flashing, ...] = ()
    flicker: tuple[float, ...] = ()
    """How far the whole picture's brightness swings to and fro in each second, 0 to 1; 0 where it does not."""
    looks: tuple[Look, ...] = ()
    """Stills through the whole, and those that were wished for."""
    every: float = 0.0
    """Seconds between two looks; more than a second where the file is so long that looks are spared."""
    faults: int = 0
    """Complaints of the decoder."""


class Sounds(Value):
    """What is heard in a file, words aside."""

    silences: tuple[Span, ...] = ()
    """Stretches of at least 0.35 s below speech level."""
    speech: tuple[Span, ...] = ()
    """Stretches in which somebody speaks."""
    tempo: float = 0.0
    """Beats per minute; 0 where no steady beat was found."""
    beats: tuple[float, ...] = ()
    loudness: float | None = None
    """Integrated, LUFS; None where all is silent."""
    loudness_range: float | None = None
    """LU."""
    true_peak: float | None = None
    """dBTP."""
    curve: tuple[float, ...] = ()
    """Momentary loudness, LUFS, -70 where it is silent."""
    step: float = 0.1
    """Seconds between two points of the curve; more in a file so long that points are put together."""
