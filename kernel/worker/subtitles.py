"""Words on the picture: all captions and titles of a piece as one script for libass, and the fonts that it needs."""

from __future__ import annotations

import math

from kernel.worker.ass import Page, Written
from kernel.worker.drawn_captions import draw_cue
from kernel.worker.drawn_titles import draw_title
from kernel.worker.fonts import text
from kernel.worker.layout import LOOKS
from kernel.worker.media import Rate
from kernel.worker.ops.captions import Captions
from kernel.worker.ops.title import Title
from kernel.worker.plan import EditPlan
from kernel.worker.timing import Cue, Picture, Timeline, TitleSpan

HEAD = 3600
"""Seconds on the clock of a piece at its first frame, so that fades which began before it go on without a seam."""
ACCENT = "#ffd400"


def written(plan: EditPlan, timeline: Timeline, picture: Picture) -> Written | None:
    """Return the script of all words that show during a piece, with its fonts; None where there are none."""
    page = Page(timeline.width, timeline.height, picture)
    _captions(page, plan, timeline, picture)
    _titles(page, plan, timeline, picture)
    return page.written(text())


def script(plan: EditPlan, timeline: Timeline, picture: Picture) -> str | None:
    """Return the script of all words that show during a piece; None where there are none."""
    found = written(plan, timeline, picture)
    return found.script if found else None


def head_frames(rate: Rate) -> int:
    """Return the number of the first frame on the clock of a piece."""
    return HEAD * math.ceil(rate.fraction)


def _captions(page: Page, plan: EditPlan, timeline: Timeline, picture: Picture) -> None:
    captions = plan.only(Captions)
    if captions is None:
        return
    # All of them decide which fonts stand in, not those of this piece alone.
    type = LOOKS[captions.style].type(" ".join(word.text for word in timeline.spoken))
    for cue in timeline.cues:
        if _shows(cue, picture):
            draw_cue(page, cue, captions, type)


def _titles(page: Page, plan: EditPlan, timeline: Timeline, picture: Picture) -> None:
    captions, written = plan.only(Captions), {title.id: title for title in plan.each(Title)}
    for span in timeline.titles:
        if _shows(span, picture):
            title = written[span.id]
            accent = title.accent or (captions.highlight if captions else ACCENT)
            draw_title(page, span, title, accent, timeline)


def _shows(span: Cue | TitleSpan, picture: Picture) -> bool:
    return span.first_frame < picture.end_frame and picture.first_frame < span.end_frame
