"""How titles are drawn, style by style: each comes and goes in a quarter of a second, drawn anew for each frame."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from kernel.worker.ass import Page, panel, places, see, tint
from kernel.worker.drawn_captions import PANEL_ALPHA, SHADOW_ALPHA, ink
from kernel.worker.ops.title import Title
from kernel.worker.timing import Box, Timeline, TitleSpan
from kernel.worker.titles import CARD_GAP, types_of
from kernel.worker.typeset import Type, set_line, width_of
from kernel.worker.writing import rightward

FADE = 0.25
"""Seconds in which a title comes, and goes."""
RISE = 0.35
"""What it rises while it comes, in em."""
SCRIM_ALPHA, CARD_ALPHA = 0x88, 0x30
GROUND, TEXT = 4, 5
"""Layers: over the captions."""


class Stand(NamedTuple):
    """A title during some frames in which it does not change."""

    page: Page
    span: TitleSpan
    title: Title
    accent: str
    types: tuple[Type, Type]
    frame: Box
    """The whole picture."""
    first: int
    end: int
    opacity: float
    rise: float
    """How far it stands below its place, in em of its first line."""

    @property
    def em(self) -> int:
        """Size of its first line."""
        return self.span.sizes[0]

    def box(self, box: Box, colour: str, alpha: int, radius: float, *, blur: float = 0, layer: int = GROUND) -> None:
        """Draw a panel that moves with the title."""
        tags, shape = panel(
            _lowered(box, self.rise * self.em), colour, round(255 - (255 - alpha) * self.opacity), radius, blur
        )
        self.page.put(layer, self.first, self.end, tags, shape)

    def line(self, index: int, x: float, y: float, look: str, *, anchor: float = 0.5) -> None:
        """Draw a line of the title; `x` is its left edge, middle or right edge as the anchor is 0, 0.5 or 1."""
        said, size = self.span.lines[index], self.span.sizes[index]
        type = self.types[0] if self.strong(index) else self.types[1]
        pieces = set_line([said], type, size, rtl=rightward("".join(self.span.lines)))
        height = type.line(said) * size
        baseline = y + height / 2 + (type.font.up - type.font.down) * size / 2 + self.rise * self.em
        for place in places(pieces, x - width_of(pieces) * anchor, baseline, size):
            self.page.write(TEXT, self.first, self.end, place, f"{look}\\1a{see(0, self.opacity)}")

    def strong(self, index: int) -> bool:
        """Say whether a line is set in the heavy type."""
        return self.span.roles[index] != 1

    def height(self, index: int) -> float:
        """Return the height of a line, in pixels."""
        type = self.types[0] if self.strong(index) else self.types[1]
        return type.line(self.span.lines[index]) * self.span.sizes[index]


def draw_title(page: Page, span: TitleSpan, title: Title, accent: str, timeline: Timeline) -> None:
    """Draw a title in its style."""
    frame = Box(x=0, y=0, width=timeline.width, height=timeline.height)
    types = types_of(span.lines)
    for first, end, opacity, rise in _moments(span, timeline, title):
        DRAWN[title.style](Stand(page, span, title, accent, types, frame, first, end, opacity, rise))


def _moments(span: TitleSpan, timeline: Timeline, title: Title) -> Iterator[tuple[int, int, float, float]]:
    """Yield from when to when a title stands still, its opacity and how far it has to rise."""
    fade = min(math.ceil(FADE * timeline.rate.fraction), span.frames // 2)
    for step in range(fade):
        share = (step + 1) / (fade + 1)
        at = span.first_frame + step
        yield at, at + 1, share, RISE * (1 - share) ** 3
    yield span.first_frame + fade, span.end_frame - (0 if title.style == "end_card" else fade), 1.0, 0.0
    for step in range(fade if title.style != "end_card" else 0):
        at = span.end_frame - fade + step
        yield at, at + 1, 1 - (step + 1) / (fade + 1), 0.0


def _title(stand: Stand) -> None:
    em, box = stand.em, stand.span.box
    stand.box(box, "#000000", SCRIM_ALPHA, em * 0.5, blur=em * 0.6)
    y = float(box.y)
    for index in range(len(stand.span.lines)):
        stand.line(index, box.x + box.width / 2, y, _shadowed(stand))
        y += stand.height(index)


def _shadowed(stand: Stand) -> str:
    em, seen = stand.em, stand.opacity
    shadow = f"\\bord{em * 0.02:.1f}\\shad{em * 0.03:.1f}\\3a{see(0x40, seen)}\\4a{see(SHADOW_ALPHA, seen)}\\blur0.8"
    return f"\\c{tint(stand.title.colour)}{shadow}"


def _flat(colour: str) -> str:
    return f"\\c{tint(colour)}\\bord0\\shad0"


def _lower_third(stand: Stand) -> None:
    em, box = stand.em, stand.span.box
    stand.box(box, "#000000", PANEL_ALPHA, em * 0.12)
    stand.box(_edge(stand, box, max(2, round(em * 0.14))), stand.accent, 0, 1)
    _names(stand, em * 0.55, lambda index: _flat(stand.title.colour))


def _lower_third_line(stand: Stand) -> None:
    em, box = stand.em, stand.span.box
    stand.box(box, "#000000", SCRIM_ALPHA, em * 0.5, blur=em * 0.8)
    bar = _edge(stand, box, max(2, round(em * 0.07)))
    inset = round(em * 0.2)
    stand.box(bar.model_copy(update={"y": bar.y + inset, "height": bar.height - 2 * inset}), stand.accent, 0, 1)
    _names(stand, em * 0.38, lambda index: _shadowed(stand))


def _lower_third_tag(stand: Stand) -> None:
    em, box = stand.em, stand.span.box
    heads = [index for index in range(len(stand.span.lines)) if stand.strong(index)]
    high = round(em * 0.17 + sum(stand.height(index) for index in heads))
    foot = Box(x=box.x, y=box.y + high, width=box.width, height=box.height - high)
    if len(heads) < len(stand.span.lines):
        stand.box(foot, "#101010", 0x20, 1)
    stand.box(Box(x=box.x, y=box.y, width=box.width, height=high), stand.accent, 0, 1)
    inks = {True: ink(stand.accent), False: stand.title.colour}
    _names(stand, em * 0.45, lambda index: _flat(inks[stand.strong(index)]), top=0.08, between=0.08)


def _names(stand: Stand, inset: float, look: Callable[[int], str], top: float = 0.15, between: float = 0.0) -> None:
    """Write a name and what it is, beside the edge that it is read from.

    Args:
        top, between: what stands above the name, and between it and the rest, in em.
    """
    box, right = stand.span.box, rightward(stand.span.lines[0])
    x = box.x + box.width - inset if right else box.x + inset
    y = box.y + stand.em * top
    for index in range(len(stand.span.lines)):
        if index and stand.strong(index - 1) and not stand.strong(index):
            y += stand.em * between
        stand.line(index, x, y, look(index), anchor=1.0 if right else 0.0)
        y += stand.height(index)


def _edge(stand: Stand, box: Box, width: int) -> Box:
    """Return a bar along the edge that a lower third is read from."""
    x = box.x + box.width - width if rightward(stand.span.lines[0]) else box.x
    return box.model_copy(update={"x": x, "width": width})


def _quote(stand: Stand) -> None:
    em, box, lines = stand.em, stand.span.box, len(stand.span.lines)
    stand.box(box, "#000000", 0x50, em * 0.3)
    bar = Box(
        x=box.x + box.width // 2 - round(em * 0.6),
        y=box.y + round(em * 0.5),
        width=round(em * 1.2),
        height=max(2, round(em * 0.1)),
    )
    stand.box(bar, stand.accent, 0, 1)
    y = box.y + em * 0.95
    for index in range(lines):
        if stand.span.roles[index] and not stand.span.roles[index - 1]:
            y += em * 0.25
        stand.line(index, box.x + box.width / 2, y, _flat(stand.title.colour if stand.strong(index) else stand.accent))
        y += stand.height(index)


def _end_card(stand: Stand) -> None:
    em, box = stand.em, stand.span.box
    stand.page.put(
        0, stand.first, stand.end, *panel(stand.frame, "#0a0a0a", round(255 - (255 - CARD_ALPHA) * stand.opacity), 0)
    )
    y, role = float(box.y), 0
    for index in range(len(stand.span.lines)):
        if stand.span.roles[index] != role:
            y, role = y + em * CARD_GAP, stand.span.roles[index]
        colour = stand.accent if role == 2 else stand.title.colour
        stand.line(index, box.x + box.width / 2, y, _flat(colour))
        y += stand.height(index)


DRAWN: Mapping[str, Callable[[Stand], None]] = {
    "title": _title,
    "lower_third": _lower_third,
    "lower_third_line": _lower_third_line,
    "lower_third_tag": _lower_third_tag,
    "quote": _quote,
    "end_card": _end_card,
}


def _lowered(box: Box, by: float) -> Box:
    return box.model_copy(update={"y": box.y + round(by)})
