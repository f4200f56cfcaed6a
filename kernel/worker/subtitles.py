"""Words on the picture as ASS, the script that libass draws: captions, titles, lower thirds.

Every line has its own \\pos and nothing ever collides, so that a piece drawn alone looks as it does in the whole. The
clock of a piece begins at `HEAD` seconds, so that what began in the piece before it goes on without a seam.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from kernel.worker.fonts import Font, heavy, text
from kernel.worker.layout import LINE, PAD_Y
from kernel.worker.media import Rate
from kernel.worker.ops.captions import Captions
from kernel.worker.ops.title import Title
from kernel.worker.plan import EditPlan
from kernel.worker.timing import Box, Cue, Picture, Spoken, Timeline, TitleSpan

HEAD = 3600
"""Seconds on the clock of a piece at its first frame."""
FADE_MS = 250
"""A title comes and goes in a quarter of a second."""
ACCENT = "#ffd400"
PANEL_ALPHA, SCRIM_ALPHA, SHADOW_ALPHA = 0x40, 0x60, 0x60
"""From 0 (solid) to 255 (invisible)."""
JOINER = "\N{WORD JOINER}"


def script(plan: EditPlan, timeline: Timeline, picture: Picture) -> str | None:
    """Return the script of all words that show during a piece; None where there are none."""
    events = [*_captions(plan, timeline, picture), *_titles(plan, timeline, picture)]
    return _head(timeline) + "".join(events) if events else None


def head_frames(rate: Rate) -> int:
    """Return the number of the first frame on the clock of a piece."""
    return HEAD * math.ceil(rate.fraction)


def _head(timeline: Timeline) -> str:
    return (
        "[Script Info]\nScriptType: v4.00+\nWrapStyle: 2\nScaledBorderAndShadow: yes\nYCbCr Matrix: TV.709\n"
        f"PlayResX: {timeline.width}\nPlayResY: {timeline.height}\n\n"
        "[V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, "
        "Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, "
        "MarginL, MarginR, MarginV, Encoding\n"
        f"{_style('text', text())}{_style('heavy', heavy())}\n"
        "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    )


def _style(name: str, font: Font) -> str:
    return (
        f"Style: {name},{font.family},50,&HFFFFFF,&HFFFFFF,&H000000,&H000000,{-1 if font.bold else 0},"
        "0,0,0,100,100,0,0,1,0,0,5,0,0,0,1\n"
    )


class _Line:
    """One event: when, in which style, on which layer."""

    def __init__(self, timeline: Timeline, picture: Picture, first: int, last: int) -> None:
        self._times = tuple(_clock(frame - picture.first_frame, timeline.rate) for frame in (first, last))

    def event(self, layer: int, style: str, tags: str, said: str) -> str:
        return f"Dialogue: {layer},{self._times[0]},{self._times[1]},{style},,0,0,0,,{{{tags}}}{said}\n"


def _clock(frame: int, rate: Rate) -> str:
    """Return the time just before a frame of the piece: half a frame is more than libass's hundredths can miss."""
    hundredths = round((head_frames(rate) + frame - Fraction(1, 2)) / rate.fraction * 100)
    minutes, rest = divmod(hundredths, 6000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 100:02}.{rest % 100:02}"


def _captions(plan: EditPlan, timeline: Timeline, picture: Picture) -> Iterator[str]:
    captions = plan.only(Captions)
    for cue in timeline.cues if captions else ():
        if captions and cue.first_frame < picture.end_frame and picture.first_frame < cue.end_frame:
            yield from DRAWN[captions.style](captions, cue, timeline, picture)


def _clean(captions: Captions, cue: Cue, timeline: Timeline, picture: Picture) -> Iterator[str]:
    line = _Line(timeline, picture, cue.first_frame, cue.end_frame)
    look = f"\\c{_colour(captions.colour)}\\bord{cue.size * 0.07:.1f}\\blur{cue.size * 0.012:.1f}"
    shadow = f"\\shad{cue.size * 0.04:.1f}\\4a&H{SHADOW_ALPHA:02X}&"
    for words, tags in zip(cue.lines, _places(cue, text()), strict=True):
        yield line.event(2, "text", tags + look + shadow, _said(words))


def _bold(captions: Captions, cue: Cue, timeline: Timeline, picture: Picture) -> Iterator[str]:
    line = _Line(timeline, picture, cue.first_frame, cue.end_frame)
    yield line.event(1, "text", *_panel(cue.box, "#000000", PANEL_ALPHA, cue.size * 0.22))
    for words, tags in zip(cue.lines, _places(cue, heavy()), strict=True):
        yield line.event(2, "heavy", f"{tags}\\c{_colour(captions.colour)}", _said(words))


def _karaoke(captions: Captions, cue: Cue, timeline: Timeline, picture: Picture) -> Iterator[str]:
    """Draw the cue once for each of its words, with that word lit."""
    words = [word for line in cue.lines for word in line]
    edges = [cue.first_frame, *(word.first_frame for word in words[1:]), cue.end_frame]
    look = (
        f"\\c{_colour(captions.colour)}\\bord{cue.size * 0.09:.1f}\\shad{cue.size * 0.04:.1f}\\4a&H{SHADOW_ALPHA:02X}&"
    )
    for lit, first, last in zip(words, edges, edges[1:], strict=False):
        line = _Line(timeline, picture, first, last)
        for said, tags in zip(cue.lines, _places(cue, heavy()), strict=True):
            yield line.event(2, "heavy", tags + look, _said(said, lit, captions))


DRAWN = {"clean": _clean, "bold": _bold, "karaoke": _karaoke}


def _said(words: tuple[Spoken, ...], lit: Spoken | None = None, captions: Captions | None = None) -> str:
    if lit is None or captions is None:
        return " ".join(escaped(word.text) for word in words)
    on, off = f"{{\\c{_colour(captions.highlight)}}}", f"{{\\c{_colour(captions.colour)}}}"
    return " ".join(f"{on}{escaped(w.text)}{off}" if w == lit else escaped(w.text) for w in words)


def _places(cue: Cue, font: Font) -> Iterator[str]:
    """Yield the size and place of each of a caption's lines."""
    for index in range(len(cue.lines)):
        y = cue.box.y + cue.size * (PAD_Y + LINE * (index + 0.5))
        yield _at(5, cue.box.x + cue.box.width / 2, y, font, cue.size)


def _titles(plan: EditPlan, timeline: Timeline, picture: Picture) -> Iterator[str]:
    written = {title.id: title for title in plan.each(Title)}
    captions = plan.only(Captions)
    for span in timeline.titles:
        if span.first_frame < picture.end_frame and picture.first_frame < span.end_frame:
            line = _Line(timeline, picture, span.first_frame, span.end_frame)
            if written[span.id].style == "title":
                yield from _title(span, written[span.id], line)
            else:
                yield from _lower_third(span, written[span.id], line, captions.highlight if captions else ACCENT)


def _title(span: TitleSpan, title: Title, line: _Line) -> Iterator[str]:
    size, fade = span.sizes[0], _fade(span)
    scrim, shape = _panel(span.box, "#000000", SCRIM_ALPHA, size * 0.4)
    yield line.event(3, "heavy", f"{scrim}\\blur{size * 0.35:.1f}{fade}", shape)
    look = f"\\c{_colour(title.colour)}\\bord{size * 0.02:.1f}\\shad{size * 0.03:.1f}\\4a&H{SHADOW_ALPHA:02X}&\\blur0.8"
    for index, said in enumerate(span.lines):
        tags = _at(5, span.box.x + span.box.width / 2, span.box.y + size * LINE * (index + 0.5), heavy(), size)
        yield line.event(4, "heavy", tags + look + fade, escaped(said))


def _lower_third(span: TitleSpan, title: Title, line: _Line, accent: str) -> Iterator[str]:
    em, box, fade = span.sizes[0], span.box, _fade(span)
    panel, shape = _panel(box, "#000000", PANEL_ALPHA, em * 0.12)
    yield line.event(3, "heavy", panel + fade, shape)
    bar, shape = _panel(box.model_copy(update={"width": max(2, round(em * 0.14))}), accent, 0, 1)
    yield line.event(4, "heavy", bar + fade, shape)
    y = box.y + em * 0.15
    for said, size in zip(span.lines, span.sizes, strict=True):
        style, font = ("heavy", heavy()) if size == em else ("text", text())
        tags = _at(4, box.x + em * 0.55, y + size * LINE / 2, font, size)
        yield line.event(4, style, f"{tags}\\c{_colour(title.colour)}{fade}", escaped(said))
        y += size * LINE


def _fade(span: TitleSpan) -> str:
    half = round((span.end - span.start) * 500)
    return f"\\fad({min(FADE_MS, half)},{min(FADE_MS, half)})"


def _at(anchor: int, x: float, y: float, font: Font, size: float) -> str:
    return f"\\an{anchor}\\pos({x:.1f},{y:.1f})\\fs{font.ass_size(size):.2f}"


def _panel(box: Box, colour: str, alpha: int, radius: float) -> tuple[str, str]:
    """Return the tags and the drawing of a rectangle with round corners."""
    w, h, r = box.width, box.height, round(min(radius, box.width / 2, box.height / 2))
    shape = (
        f"m {r} 0 l {w - r} 0 b {w} 0 {w} 0 {w} {r} l {w} {h - r} b {w} {h} {w} {h} {w - r} {h}"
        f" l {r} {h} b 0 {h} 0 {h} 0 {h - r} l 0 {r} b 0 0 0 0 {r} 0"
    )
    tags = f"\\an7\\pos({box.x},{box.y})\\bord0\\shad0\\c{_colour(colour)}\\1a&H{alpha:02X}&\\p1"
    return tags, shape


def _colour(colour: str) -> str:
    """Return #rrggbb as ASS writes it."""
    return f"&H{colour[5:7]}{colour[3:5]}{colour[1:3]}&".upper()


def escaped(said: str) -> str:
    """Return text that libass draws as it stands: no override block, no line break, no escape of its own."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    return plain.replace("\\", "\\" + JOINER).replace("{", "\\{").replace("}", "\\}")
