"""Where things stand on the picture: safe zones, the letters and boxes of captions, the fit of a picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from kernel.worker.fonts import Font, black, heavy, text
from kernel.worker.output import Output
from kernel.worker.timing import Box
from kernel.worker.typeset import Type, type_for
from kernel.worker.writing import Reading

PAD_X, PAD_Y = 0.5, 0.26
"""What a panel shows around its text, in em."""
SIZES = {
    "landscape": {"small": 0.042, "medium": 0.050, "large": 0.060, "huge": 0.074},
    "square": {"small": 0.046, "medium": 0.054, "large": 0.066, "huge": 0.080},
    "portrait": {"small": 0.046, "medium": 0.056, "large": 0.068, "huge": 0.084},
}
"""Letters of captions, in em as a share of the short side: never below 48 of 1080 px in portrait."""
CHARACTERS = {"landscape": 42, "square": 32, "portrait": 24}
"""Per line of a caption: 42 at Netflix, about 25 on vertical video."""
FEWEST = 10
"""Characters that a line may have at the least in any script."""
WIDTHS = {"landscape": 0.68, "square": 0.86, "portrait": 0.88}
"""Widest line of a caption as a share of the picture (BBC: 68 % of 16:9, 90 % of 4:3)."""

Shape = Literal["landscape", "square", "portrait"]


class Look(NamedTuple):
    """What a style of captions changes of how they are set."""

    font: Callable[[], Font] = heavy
    scale: float = 1.0
    """Size of its letters beside that of the other styles."""
    gap: float = 0.0
    """What its lines stand further apart, in em."""
    words: int | None = None
    """Most words in a caption; None for as many as two lines hold."""

    def type(self, said: str) -> Type:
        """Return its font, with what stands in for it in a text."""
        return type_for(self.font(), said)


LOOKS: Mapping[str, Look] = {
    "clean": Look(text),
    "subtle": Look(text, scale=0.9),
    "bold": Look(),
    "karaoke": Look(),
    "marker": Look(gap=0.14),
    "boxed": Look(gap=0.2),
    "pop": Look(black, scale=1.7, words=3),
}


class Margins(NamedTuple):
    """What a platform covers or cuts away, as shares of the picture."""

    top: float
    bottom: float
    side: float


# Instagram's published zones for Reels, measured ones for Shorts and TikTok (no official numbers); a vertical video of
# any other destination keeps clear of the lower quarter too, since it mostly ends up on one of those.
VERTICAL = {
    "reels": Margins(0.14, 0.35, 0.06),
    "tiktok": Margins(0.11, 0.26, 0.11),
    "shorts": Margins(0.11, 0.22, 0.06),
}
ANY_VERTICAL = Margins(0.11, 0.25, 0.06)
TALLEST = 0.7
"""Width over height from which a tall picture (4:5) stands in a feed like a square one."""
# The bar of the player lies over the lowest tenth of a picture that plays in place; no official numbers either.
FLAT = {
    "youtube": Margins(0.05, 0.08, 0.05),
    "linkedin": Margins(0.05, 0.10, 0.05),
    "slack": Margins(0.05, 0.12, 0.05),
}
PLAIN = Margins(0.05, 0.05, 0.05)


def shape(output: Output) -> Shape:
    """Return the shape of a picture; within a tenth of 1:1 it is square."""
    ratio = output.width / output.height
    if ratio < 0.9:
        return "portrait"
    return "landscape" if ratio > 1.1 else "square"


def safe_zone(output: Output) -> Box:
    """Return where words may stand on this platform."""
    vertical = output.width / output.height < TALLEST
    margins = VERTICAL.get(output.platform, ANY_VERTICAL) if vertical else FLAT.get(output.platform, PLAIN)
    x, top = round(output.width * margins.side), round(output.height * margins.top)
    height = output.height - top - round(output.height * margins.bottom)
    return Box(x=x, y=top, width=output.width - 2 * x, height=height)


def short_side(output: Output) -> int:
    """Return the shorter side, in pixels."""
    return min(output.width, output.height)


class Lettering(NamedTuple):
    """How captions are set: in which type, how large, how wide."""

    look: Look
    type: Type
    size: int
    characters: int
    """Most of a line."""
    speed: int
    """Characters a second that it is read at."""
    width: float


def lettering(output: Output, size: str, style: str, said: str, reading: Reading) -> Lettering:
    """Return how captions of that size and style are set on this picture.

    Args:
        said: all that they say: it decides which fonts stand in.
        reading: how the script of most of it is read.
    """
    form, look = shape(output), LOOKS[style]
    em = round(short_side(output) * SIZES[form][size] * look.scale)
    # Two em for a panel's sides and an outline.
    widest = min(output.width * WIDTHS[form], safe_zone(output).width) - 2 * PAD_X * em
    characters = max(FEWEST, round(reading.characters * CHARACTERS[form] / CHARACTERS["landscape"]))
    return Lettering(look, look.type(said), em, characters, reading.speed, widest)


def line_height(type: Type, lines: Sequence[str], gap: float) -> float:
    """Return how far a caption's lines stand apart, in em."""
    return max(map(type.line, lines)) + gap


def caption_box(output: Output, position: str, lines: Sequence[str], set_in: Lettering, size: int) -> Box:
    """Return the box of a caption's lines, centred, at the bottom, middle or top of the safe zone."""
    zone = safe_zone(output)
    width = round(max(set_in.type.width(line, size) for line in lines) + 2 * PAD_X * size)
    height = round(len(lines) * line_height(set_in.type, lines, set_in.look.gap) * size + 2 * PAD_Y * size)
    places = {
        "top": zone.y,
        "middle": zone.y + (zone.height - height) // 2,
        "bottom": zone.y + zone.height - height,
    }
    return Box(x=(output.width - width) // 2, y=places[position], width=width, height=height)


class Fit(NamedTuple):
    """How a picture is brought to the output: scaled to a size, then cut to a window or padded."""

    width: int
    height: int
    x: int
    y: int


def cropped(width: int, height: int, output: tuple[int, int], x: float, y: float) -> Fit:
    """Return the size that fills the output, and the corner of the window whose middle is nearest to (x, y)."""
    scale = max(output[0] / width, output[1] / height)
    wide, high = max(_even(width * scale), output[0]), max(_even(height * scale), output[1])
    left, top = round(x * wide - output[0] / 2), round(y * high - output[1] / 2)
    return Fit(wide, high, min(max(left, 0), wide - output[0]), min(max(top, 0), high - output[1]))


def fitted(width: int, height: int, output: tuple[int, int]) -> Fit:
    """Return the largest size that stands whole in the output, and its corner there."""
    scale = min(output[0] / width, output[1] / height)
    wide, high = min(_even(width * scale), output[0]), min(_even(height * scale), output[1])
    return Fit(wide, high, (output[0] - wide) // 4 * 2, (output[1] - high) // 4 * 2)


def _even(value: float) -> int:
    return max(2, 2 * round(value / 2))
