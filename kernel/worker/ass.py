"""ASS, the script that libass draws: a page of events for one piece of the picture, and the words of its language.

The clock of a page counts frames, not seconds: `TICK` hundredths for each, whatever the rate, so that no event begins
or ends a frame off. Nothing on a page moves: what seems to is drawn anew for each frame, every piece has its own \\pos,
and so a piece of the video drawn alone looks as it does in the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kernel.worker.fonts import Font
from kernel.worker.timing import Box, Picture
from kernel.worker.typeset import Piece
from kernel.worker.writing import plain

TICK = 4
"""Hundredths of a second that a frame lasts on a page's clock: 25 frames a second."""
MIDDLE = 0.36
"""From the baseline up to the middle of capital letters, in em."""
JOINER = "\N{WORD JOINER}"
RIGHT_TO_LEFT, END = "\N{RIGHT-TO-LEFT OVERRIDE}", "\N{POP DIRECTIONAL FORMATTING}"
HEAD = (
    "[Script Info]\nScriptType: v4.00+\nWrapStyle: 2\nScaledBorderAndShadow: yes\nKerning: yes\nYCbCr Matrix: TV.709\n"
    "PlayResX: {width}\nPlayResY: {height}\n\n"
    "[V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, "
    "Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, "
    "MarginL, MarginR, MarginV, Encoding\n"
    "Style: w,{family},50,&HFFFFFF,&HFFFFFF,&H000000,&H000000,0,0,0,0,100,100,0,0,1,0,0,7,0,0,0,1\n"
    "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
)


class Written(NamedTuple):
    """The words of a piece: the script that draws them, and the fonts that it needs."""

    script: str
    fonts: tuple[Font, ...]


class Page:
    """Collects what is drawn during one piece of the picture; what lies outside of it is left out."""

    def __init__(self, width: int, height: int, picture: Picture) -> None:
        self._size = (width, height)
        self._picture = picture
        self._at = 0
        self._events: list[str] = []
        self._fonts: dict[str, Font] = {}

    def turn(self, picture: Picture, at: int) -> None:
        """Go on with another piece of the video, which begins at that frame of the page's clock."""
        self._picture, self._at = picture, at

    def put(self, layer: int, first: int, end: int, tags: str, said: str) -> None:
        """Draw something from a frame of the video up to another."""
        begins = max(first, self._picture.first_frame) - self._picture.first_frame + self._at
        ends = min(end, self._picture.end_frame) - self._picture.first_frame + self._at
        if begins < ends:
            times = f"{_clock(begins)},{_clock(ends)}"
            self._events.append(f"Dialogue: {layer},{times},w,,0,0,0,,{{{tags}}}{said}\n")

    def write(self, layer: int, first: int, end: int, place: Place, look: str, scale: float = 1.0) -> None:
        """Draw a piece of a line, as large as it is set or grown about its middle."""
        piece = place.piece
        self._fonts[piece.font.filename] = piece.font
        said, tags = escaped(piece.text), place.tags if scale == 1.0 else place.grown(scale)
        self.put(layer, first, end, tags + look, f"{RIGHT_TO_LEFT}{said}{END}" if piece.rtl else said)

    def written(self, fallback: Font) -> Written | None:
        """Return what was collected; None where nothing was."""
        if not self._events:
            return None
        fonts = self._fonts or {fallback.filename: fallback}
        head = HEAD.format(width=self._size[0], height=self._size[1], family=fallback.family)
        return Written(head + "".join(self._events), tuple(fonts[name] for name in sorted(fonts)))


class Place(NamedTuple):
    """Where a piece of a line stands: its left edge and its line's baseline, in pixels."""

    piece: Piece
    x: float
    baseline: float
    size: float

    @property
    def tags(self) -> str:
        """Its place, font and size."""
        font = self.piece.font
        at = f"\\an7\\pos({self.x:.2f},{self.baseline - font.up * self.size:.2f})"
        return f"{at}{_font(font, self.size)}"

    def apart(self, scale: float, box: Box) -> Place:
        """Return the place that it has when all that stands in a box is grown or shrunk about the box's middle."""
        middle, height = self.x + self.piece.width / 2, self.baseline - MIDDLE * self.size
        across, down = middle - (box.x + box.width / 2), height - (box.y + box.height / 2)
        return self._replace(x=self.x + (scale - 1) * across, baseline=self.baseline + (scale - 1) * down)

    def grown(self, scale: float) -> str:
        """Return its tags, grown or shrunk about the middle of its letters."""
        font, size = self.piece.font, self.size * scale
        top = self.baseline - MIDDLE * self.size - (font.up - MIDDLE) * size
        return f"\\an8\\pos({self.x + self.piece.width / 2:.2f},{top:.2f}){_font(font, size)}"


def _font(font: Font, size: float) -> str:
    return f"\\fn{font.family}\\b{font.weight}\\fs{font.ass_size(size):.3f}"


def places(pieces: Sequence[Piece], x: float, baseline: float, size: float) -> list[Place]:
    """Return where the pieces of a line stand whose left edge is at x."""
    return [Place(piece, x + piece.x, baseline, size) for piece in pieces]


def _clock(frame: int) -> str:
    """Return the time just before a frame of the piece."""
    hundredths = max(0, frame * TICK - TICK // 2)
    minutes, rest = divmod(hundredths, 6000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 100:02}.{rest % 100:02}"


def panel(box: Box, colour: str, alpha: int, radius: float, blur: float = 0) -> tuple[str, str]:
    """Return the tags and the drawing of a rectangle with round corners."""
    w, h, r = box.width, box.height, round(min(radius, box.width / 2, box.height / 2))
    # The handles of a curve that is nearly a quarter of a circle.
    c = round(r * 0.45)
    shape = (
        f"m {r} 0 l {w - r} 0 b {w - c} 0 {w} {c} {w} {r} l {w} {h - r} b {w} {h - c} {w - c} {h} {w - r} {h}"
        f" l {r} {h} b {c} {h} 0 {h - c} 0 {h - r} l 0 {r} b 0 {c} {c} 0 {r} 0"
    )
    soft = f"\\blur{blur:.1f}" if blur else ""
    tags = f"\\an7\\pos({box.x},{box.y})\\bord0\\shad0\\c{tint(colour)}\\1a{see(alpha)}{soft}\\p1"
    return tags, shape


def tint(colour: str) -> str:
    """Return #rrggbb as ASS writes it."""
    return f"&H{colour[5:7]}{colour[3:5]}{colour[1:3]}&".upper()


def see(alpha: float, opacity: float = 1.0) -> str:
    """Return a transparency from 0 (solid) to 255 (invisible), let through more by an opacity from 0 to 1."""
    return f"&H{round(255 - (255 - alpha) * opacity):02X}&"


def escaped(said: str) -> str:
    """Return text that libass draws as it stands: no override block, no line break, no escape of its own."""
    return plain(said).replace("\\", "\\" + JOINER).replace("{", "\\{").replace("}", "\\}")
