"""pen: draws what scorecards are made of, sharp on any screen."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from kernel.evaluation.scorecard import Score, Scorecard
from kernel.worker.fonts import Font, heavy, text
from kernel.worker.storyboard import GROUND, INK, QUIET

SCALE = 2
"""A picture has so many times its layout's pixels, so that it is sharp on any screen."""
SMOOTH = 2
"""It is drawn so much larger still, then made smaller: Pillow's strokes and rings have hard edges."""
RADIUS = 14
GOOD, FAIR, BAD, TRACK = "#3ecf8e", "#ffd400", "#ff6b6b", "#2b313c"


class Pen:
    """Draws in the layout's pixels on a sheet that has more of them."""

    def __init__(self, width: int, height: int) -> None:
        self._scale = SCALE * SMOOTH
        self.sheet = Image.new("RGB", (width * self._scale, height * self._scale), GROUND)
        self._draw = ImageDraw.Draw(self.sheet)

    def box(self, x: float, y: float, width: float, height: float, colour: str, radius: float = RADIUS) -> None:
        """Fill a rectangle with round corners."""
        corners = (x * self._scale, y * self._scale, (x + width) * self._scale - 1, (y + height) * self._scale - 1)
        self._draw.rounded_rectangle(corners, radius * self._scale, fill=colour)

    def arc(self, x: float, y: float, size: float, share: float, colour: str) -> None:
        """Draw a part of a ring, from the top, clockwise."""
        corners = (x * self._scale, y * self._scale, (x + size) * self._scale, (y + size) * self._scale)
        self._draw.arc(corners, -90, -90 + 360 * share, fill=colour, width=9 * self._scale)

    def line(self, points: list[tuple[float, float]], colour: str) -> None:
        """Draw a stroke."""
        at = [(x * self._scale, y * self._scale) for x, y in points]
        self._draw.line(at, fill=colour, width=3 * self._scale, joint="curve")

    def write(
        self, x: float, y: float, said: str, font: Font, size: int, colour: str = INK, anchor: str = "ls"
    ) -> None:
        """Write one line on its baseline."""
        face = ImageFont.truetype(str(font.path), size * self._scale)
        self._draw.text((x * self._scale, y * self._scale), said, font=face, fill=colour, anchor=anchor)

    def save(self, out: Path) -> None:
        """Write it as a PNG file, which gets its name only when it is whole."""
        out.parent.mkdir(parents=True, exist_ok=True)
        half = out.with_name(f".{out.name}.part")
        self.sheet.reduce(SMOOTH).save(half, format="PNG", optimize=True)
        half.replace(out)


def ring(pen: Pen, place: tuple[float, float], size: float, scorecard: Scorecard, letters: int) -> None:
    """Draw the total as a number in a ring that it fills."""
    x, y = place
    colour = GOOD if scorecard.passed else FAIR if scorecard.total else BAD
    pen.arc(x, y, size, 1, TRACK)
    pen.arc(x, y, size, scorecard.total, colour)
    pen.write(
        x + size / 2, y + size / 2 + 0.36 * letters, f"{scorecard.total * 100:.0f}", heavy(), letters, anchor="ms"
    )


def tone(value: float, score: Score) -> str:
    """Return the colour of a value of a metric: green where it passes."""
    if not score.applicable:
        return QUIET
    if value >= score.threshold:
        return GOOD
    return FAIR if value >= score.threshold / 2 else BAD


def wrapped(said: str, width: float, size: int) -> tuple[str, ...]:
    """Break a text into lines of at most `width` pixels; a longer word stands alone."""
    lines = [""]
    for word in said.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text().width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return tuple(lines)


def cut(said: str, width: float, size: int) -> str:
    """Return as much of a text as stands in a line."""
    if text().width(said, size) <= width:
        return said
    return f"{wrapped(said, width - text().width(' …', size), size)[0]} …"
