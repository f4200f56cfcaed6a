"""How captions are drawn, style by style. Each word is a piece of its own, so that it can light up, grow, be marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from kernel.worker.ass import Page, Place, panel, places, see, tint
from kernel.worker.layout import LOOKS, PAD_Y, line_height
from kernel.worker.ops.captions import Captions
from kernel.worker.timing import Box, Cue, Spoken
from kernel.worker.typeset import Type, set_line, width_of
from kernel.worker.writing import rightward, spaceless

PANEL_ALPHA, SHADOW_ALPHA = 0x40, 0x60
"""From 0 (solid) to 255 (invisible)."""
DARK, LIGHT = "#111111", "#ffffff"
SPRING = (0.7, 0.92, 1.04)
"""Sizes of words that spring up, frame by frame."""
LEAP = (1.04, 1.08, 1.06, 1.03)
"""Sizes of a word as it begins to be spoken, frame by frame; more would close the gaps beside it."""
UNDER, OVER = 2, 3
"""Layers of outlines and of letters: no outline lies over a neighbour's letter."""


class Said(NamedTuple):
    """A word of a cue: where its pieces stand, and from when to when it is the one that is spoken."""

    places: tuple[Place, ...]
    box: Box
    """What its letters take, from the line's top to its bottom."""
    first: int
    end: int


class Set(NamedTuple):
    """A cue as it is set."""

    cue: Cue
    captions: Captions
    words: tuple[Said, ...]
    lines: tuple[Box, ...]
    """What each line's letters take."""


def draw_cue(page: Page, cue: Cue, captions: Captions, type: Type) -> None:
    """Draw a caption in its style."""
    DRAWN[captions.style](page, _set(cue, captions, type))


def _set(cue: Cue, captions: Captions, type: Type) -> Set:
    rtl = rightward(" ".join(cue.text))
    said = [word for line in cue.lines for word in line]
    edges = [cue.first_frame, *(word.first_frame for word in said[1:]), cue.end_frame]
    times, words, boxes = iter(pairwise(edges)), list[Said](), list[Box]()
    pitch = line_height(type, cue.text, LOOKS[captions.style].gap) * cue.size
    for index, line in enumerate(cue.lines):
        pieces = set_line([word.text for word in line], type, cue.size, rtl=rtl)
        x, y = cue.box.x + (cue.box.width - width_of(pieces)) / 2, cue.box.y + PAD_Y * cue.size + pitch * index
        baseline = y + pitch / 2 + (type.font.up - type.font.down) * cue.size / 2
        put = places(pieces, x, baseline, cue.size)
        words += _words(line, put, times, round(y), round(pitch))
        boxes.append(Box(x=round(x), y=round(y), width=round(width_of(pieces)), height=round(pitch)))
    return Set(cue, captions, tuple(words), tuple(boxes))


def _words(
    line: Sequence[Spoken], put: Sequence[Place], times: Iterator[tuple[int, int]], top: int, height: int
) -> Iterator[Said]:
    for index in range(len(line)):
        own = tuple(place for place in put if place.piece.word == index)
        left, right = min(p.x for p in own), max(p.x + p.piece.width for p in own)
        box = Box(x=round(left), y=top, width=max(1, round(right - left)), height=height)
        yield Said(own, box, *next(times))


def _clean(page: Page, set: Set) -> None:
    size = set.cue.size
    under = f"\\c&H000000&\\bord{size * 0.07:.1f}\\blur{size * 0.012:.1f}\\shad{size * 0.04:.1f}\\4a{see(SHADOW_ALPHA)}"
    _all(page, set, UNDER, under)
    _all(page, set, OVER, _letters(set.captions.colour))


def _subtle(page: Page, set: Set) -> None:
    """A soft dark glow, near and dense, then wide and faint: letters stay readable on white without an outline."""
    size = set.cue.size
    _all(page, set, 1, f"\\c&H000000&\\bord{size * 0.10:.1f}\\blur{size * 0.20:.1f}\\3a{see(0x50)}")
    _all(page, set, UNDER, f"\\c&H000000&\\bord{size * 0.035:.1f}\\blur{size * 0.05:.1f}\\3a{see(0x30)}")
    _all(page, set, OVER, _letters(set.captions.colour))


def _bold(page: Page, set: Set) -> None:
    page.put(1, *_span(set), *panel(set.cue.box, "#000000", PANEL_ALPHA, set.cue.size * 0.24))
    _all(page, set, OVER, _letters(set.captions.colour))


def _karaoke(page: Page, set: Set) -> None:
    size = set.cue.size
    _all(page, set, UNDER, f"\\c&H000000&\\bord{size * 0.09:.1f}\\shad{size * 0.04:.1f}\\4a{see(SHADOW_ALPHA)}")
    _lit(page, set, _letters(set.captions.colour), _letters(set.captions.highlight))


def _marker(page: Page, set: Set) -> None:
    size, mark = set.cue.size, set.captions.highlight
    _all(page, set, 0, f"\\c&H000000&\\bord{size * 0.08:.1f}\\shad{size * 0.04:.1f}\\4a{see(SHADOW_ALPHA)}")
    # Between words of a script without spaces there is no room for a margin.
    margin = 0.04 if any(map(spaceless, "".join(set.cue.text))) else 0.13
    for word in set.words:
        x, y = round(size * margin), round(size * 0.03)
        box = Box(x=word.box.x - x, y=word.box.y + y, width=word.box.width + 2 * x, height=word.box.height - 2 * y)
        page.put(1, word.first, word.end, *panel(box, mark, 0, size * 0.2))
    _lit(page, set, _letters(set.captions.colour), _letters(ink(mark)))


def _boxed(page: Page, set: Set) -> None:
    size, ground = set.cue.size, set.captions.colour
    for line in set.lines:
        x, y = round(size * 0.34), round(size * 0.015)
        box = Box(x=line.x - x, y=line.y + y, width=line.width + 2 * x, height=line.height - 2 * y)
        page.put(1, *_span(set), *panel(box, ground, 0, size * 0.26))
    _all(page, set, OVER, _letters(ink(ground)))


def _pop(page: Page, set: Set) -> None:
    """All words spring up together; then each stands out, a little larger at first, while it is spoken."""
    size, colour, lit = set.cue.size, set.captions.colour, set.captions.highlight
    under = f"\\c&H000000&\\bord{size * 0.085:.1f}\\shad{size * 0.05:.1f}\\4a{see(SHADOW_ALPHA)}"
    springs = dict(enumerate(SPRING, set.cue.first_frame))
    for word in set.words:
        scales = dict(enumerate(LEAP, word.first)) | springs
        for first, end in pairwise(sorted({*_span(set), word.first, word.end, *_each(scales, set.cue)})):
            look = _letters(lit if word.first <= first < word.end else colour)
            for place in word.places:
                stood = place.apart(springs.get(first, 1.0), set.cue.box)
                page.write(UNDER, first, end, stood, under, scales.get(first, 1.0))
                page.write(OVER, first, end, stood, look, scales.get(first, 1.0))


def _each(scales: Mapping[int, float], cue: Cue) -> Iterator[int]:
    """Yield the edges of frames that a word has a size of their own in."""
    yield from (edge for frame in scales for edge in (frame, frame + 1) if cue.first_frame <= edge <= cue.end_frame)


DRAWN: Mapping[str, Callable[[Page, Set], None]] = {
    "clean": _clean,
    "subtle": _subtle,
    "bold": _bold,
    "karaoke": _karaoke,
    "marker": _marker,
    "boxed": _boxed,
    "pop": _pop,
}


def _span(set: Set) -> tuple[int, int]:
    return set.cue.first_frame, set.cue.end_frame


def _all(page: Page, set: Set, layer: int, look: str) -> None:
    for word in set.words:
        for place in word.places:
            page.write(layer, *_span(set), place, look)


def _lit(page: Page, set: Set, look: str, lit: str) -> None:
    """Draw all words, the spoken one in another look."""
    first, end = _span(set)
    for word in set.words:
        for place in word.places:
            page.write(OVER, first, word.first, place, look)
            page.write(OVER, word.first, word.end, place, lit)
            page.write(OVER, word.end, end, place, look)


def _letters(colour: str) -> str:
    return f"\\c{tint(colour)}\\bord0\\shad0"


def ink(ground: str) -> str:
    """Return the colour, dark or light, in which letters stand out from a ground."""
    red, green, blue = (int(ground[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in (red, green, blue)
    ]
    bright = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    # Where both contrasts of WCAG 2 are equal.
    return DARK if bright > 0.18 else LIGHT
