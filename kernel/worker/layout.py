"""Where things stand on the picture: safe zones, letters, boxes of captions and titles, the fit of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from kernel.document import Value
from kernel.worker.fonts import Font
from kernel.worker.output import Output
from kernel.worker.timing import Box

LINE = 1.22
"""Height of a line of text, in em."""
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
WIDTHS = {"landscape": 0.68, "square": 0.86, "portrait": 0.88}
"""Widest line of a caption as a share of the picture (BBC: 68 % of 16:9, 90 % of 4:3)."""
TITLE_SIZE = {"landscape": 0.092, "square": 0.090, "portrait": 0.092}
TITLE_AT = {"landscape": 0.66, "square": 0.70, "portrait": 0.10}
"""Where the middle of a title stands in the safe zone: over a speaker's chest, or above the head, never on the face."""
NAME_SIZE = {"landscape": 0.050, "square": 0.050, "portrait": 0.056}
"""The first line of a lower third; its second has `ROLE` of that."""
ROLE = 0.72
SMALLEST = 0.5
"""A title is set this much smaller at the most before it counts as too long."""

Shape = Literal["landscape", "square", "portrait"]


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
PLAIN = Margins(0.05, 0.05, 0.05)


def shape(output: Output) -> Shape:
    """Return the shape of a picture; within a tenth of 1:1 it is square."""
    ratio = output.width / output.height
    if ratio < 0.9:
        return "portrait"
    return "landscape" if ratio > 1.1 else "square"


def safe_zone(output: Output) -> Box:
    """Return where words may stand on this platform."""
    vertical = shape(output) == "portrait"
    margins = VERTICAL.get(output.platform, ANY_VERTICAL) if vertical else PLAIN
    x, top = round(output.width * margins.side), round(output.height * margins.top)
    height = output.height - top - round(output.height * margins.bottom)
    return Box(x=x, y=top, width=output.width - 2 * x, height=height)


def short_side(output: Output) -> int:
    """Return the shorter side, in pixels."""
    return min(output.width, output.height)


class Lettering(NamedTuple):
    """How captions are set: which font, how large, how wide."""

    font: Font
    size: int
    characters: int
    width: float


def lettering(output: Output, size: str, font: Font) -> Lettering:
    """Return how captions of that size are set on this picture."""
    form = shape(output)
    em = round(short_side(output) * SIZES[form][size])
    # Two em for a panel's sides and an outline.
    widest = min(output.width * WIDTHS[form], safe_zone(output).width) - 2 * PAD_X * em
    return Lettering(font, em, CHARACTERS[form], widest)


def caption_box(output: Output, position: str, lines: Sequence[str], font: Font, size: int) -> Box:
    """Return the box of a caption's lines, centred, at the bottom, middle or top of the safe zone."""
    zone = safe_zone(output)
    width = round(max(font.width(line, size) for line in lines) + 2 * PAD_X * size)
    height = round(len(lines) * LINE * size + 2 * PAD_Y * size)
    places = {
        "top": zone.y,
        "middle": zone.y + (zone.height - height) // 2,
        "bottom": zone.y + zone.height - height,
    }
    return Box(x=(output.width - width) // 2, y=places[position], width=width, height=height)


class Block(Value):
    """Lines of a title as they are set."""

    lines: tuple[str, ...]
    sizes: tuple[int, ...]
    box: Box


def title_block(output: Output, text: str, font: Font, avoid: Sequence[Box]) -> Block | None:
    """Set a title: large and centred; None where it is too long to be read.

    Args:
        avoid: boxes of captions that show at the same time.
    """
    zone, em = safe_zone(output), short_side(output) * TITLE_SIZE[shape(output)]
    fitted = _fit(text.split("\n"), font, em, zone.width - em)
    if fitted is None:
        return None
    lines, size = fitted
    height = round(len(lines) * LINE * size)
    width = round(max(font.width(line, size) for line in lines) + size)
    middle = zone.y + round(zone.height * TITLE_AT[shape(output)]) - height // 2
    box = Box(x=(output.width - width) // 2, y=max(zone.y, middle), width=width, height=height)
    return Block(lines=lines, sizes=(size,) * len(lines), box=_clear(box, zone, avoid))


def lower_third(output: Output, text: str, font: Font, avoid: Sequence[Box]) -> Block | None:
    """Set a lower third: a name and what it is, left, above the captions that show at the same time."""
    zone, em = safe_zone(output), short_side(output) * NAME_SIZE[shape(output)]
    name, _, role = text.partition("\n")
    head = _fit([name], font, em, zone.width - 1.2 * em)
    foot = _fit([role], font, em * ROLE, zone.width - 1.2 * em) if role.strip() else ((), 0)
    if head is None or foot is None:
        return None
    lines, sizes = (*head[0], *foot[0]), (head[1],) * len(head[0]) + (foot[1],) * len(foot[0])
    width = round(max(font.width(line, size) for line, size in zip(lines, sizes, strict=True)) + 1.2 * em)
    height = round(sum(sizes) * LINE + 0.3 * em)
    box = Box(x=zone.x, y=zone.y + zone.height - height, width=width, height=height)
    return Block(lines=lines, sizes=sizes, box=_clear(box, zone, avoid))


def _fit(texts: Sequence[str], font: Font, size: float, width: float) -> tuple[tuple[str, ...], int] | None:
    """Wrap each text into at most two lines, as large as fits; what would be small by then may take three."""
    for step in range(21):
        smaller, most = size * (1 - step * (1 - SMALLEST) / 20), 2 if step < 10 else 3
        lines = [wrap(" ".join(text.split()), font, smaller, width, most) for text in texts if text.strip()]
        if all(lines) and lines:
            return tuple(line for found in lines for line in found), round(smaller)
    return None


def wrap(text: str, font: Font, size: float, width: float, most: int = 2) -> list[str]:
    """Break a text into as few lines as hold it, of like width; [] where it takes more than `most`."""
    whole = font.width(text, size)
    for count in range(1, most + 1):
        for share in range(21):
            # From an even split to the full width: the first that works is the most even one.
            lines = _filled(text, font, size, min(width, whole / count + (width - whole / count) * share / 20))
            if len(lines) <= count and all(font.width(line, size) <= width for line in lines):
                return lines
    return []


def _filled(text: str, font: Font, size: float, width: float) -> list[str]:
    lines: list[str] = []
    for word in text.split(" "):
        if lines and font.width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _clear(box: Box, zone: Box, avoid: Sequence[Box]) -> Box:
    """Move a box up until it stands clear of the others, or under them where there is no room above."""
    for other in sorted(avoid, key=lambda b: -b.y):
        if box.y < other.y + other.height and other.y < box.y + box.height:
            above, under = other.y - box.height - box.height // 6, other.y + other.height + box.height // 6
            box = box.model_copy(update={"y": above if above >= zone.y else under})
    return box


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
