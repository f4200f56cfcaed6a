"""captions_found: captions that no plan tells of: writing that keeps its place and changes with what is said.

Looked for on the stills, one a second at the most: so how long one caption shows is known to a second only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kernel.evaluation.case import Case
from kernel.evaluation.measures.captions_seen import CaptionSeen, CaptionsSeen, measure
from kernel.evaluation.spelling import error_rate, folded
from kernel.worker.analysis.found import Sights, Writing
from kernel.worker.analysis.passes import Analysis
from kernel.worker.analysis.texts import texts
from kernel.worker.transcribe import Heard

CENTRED = 0.15
"""Share of the width by which a caption may stand off the picture's middle."""
SURE = 0.7
STEADY = 0.045
"""Share of the height by which the top, middle or lower edge of captions may differ from one to the next."""
ALIKE = 1.5
"""Times by which the letters of one place may differ in height, as they are read."""
FEWEST = 3
"""Captions that make it likely that they are captions; where nobody is heard, two more."""
SAME = 0.1
"""Share of different letters up to which two stills show the same caption."""
SAID = 0.5
"""Share of letters that are otherwise than what is said, from which writing is not what is said."""
AROUND = 2.0
"""Seconds of speech before and after a caption that it may be of."""
LONGEST_STEP = 1.5
"""Seconds between two stills, from which on captions slip through between them."""
EM = 1 / 1.46
"""Size of letters, in em, as a share of the height of a reader's box (the median of 91 lines of known size)."""


@dataclass(frozen=True)
class Block:
    """Lines of writing that stand together on one still.

    Attributes:
        at: its second.
        lines: from the top down.
    """

    at: float
    lines: tuple[Writing, ...]

    @property
    def text(self) -> str:
        return texts(self.lines)

    @property
    def left(self) -> float:
        return min(line.x for line in self.lines)

    @property
    def right(self) -> float:
        return max(line.x + line.width for line in self.lines)

    @property
    def top(self) -> float:
        return min(line.y for line in self.lines)

    @property
    def low(self) -> float:
        return max(line.y + line.height for line in self.lines)

    @property
    def letters(self) -> float:
        """Height of a line."""
        return float(np.median([line.height for line in self.lines]))

    @property
    def sure(self) -> float:
        return min(line.sure for line in self.lines)

    def near(self, other: Block) -> bool:
        """Say whether it stands in the place of another."""
        places = ((self.top, other.top), (self.low, other.low), (self.top + self.low, other.top + other.low))
        steady = any(abs(one - two) < STEADY for one, two in places)
        return steady and max(self.letters, other.letters) < ALIKE * min(self.letters, other.letters)


def captions(case: Case, found: Analysis) -> CaptionsSeen | None:
    """Return the captions of a video as they are seen: the plan's, or where there is no plan those that are found."""
    if case.plan:
        return measure(case, found.sights, found.stills, case.reader)
    return find(found.sights, found.heard, found.measured.width, found.measured.height)


def find(sights: Sights, heard: Heard | None, width: int, height: int) -> CaptionsSeen | None:
    """Return the captions that are seen in a video; None where there are none, or too few stills to tell.

    Args:
        sights: with what is written on its stills.
        heard: what is said; None where nobody listened.
        width, height: of the picture.
    """
    if sights.every > LONGEST_STEP:
        return None
    blocks = [block for look in sights.looks for block in _blocks(look.at, look.writing)]
    runs = list(_runs(_steadiest(blocks), sights.every))
    shown = [_caption(run, heard, height / min(width, height), sights.every) for run in runs]
    listened = heard is not None and bool(heard.words)
    if len(shown) < FEWEST + (0 if listened else 2):
        return None
    if listened and np.median([caption.error for caption in shown if caption.error is not None]) >= SAID:
        return None
    return CaptionsSeen(captions=tuple(shown), of=len(shown), planned=False)


def _blocks(at: float, writing: Sequence[Writing]) -> Iterator[Block]:
    """Yield what stands together around the picture's middle axis."""
    own = [line for line in writing if line.sure >= SURE and len(folded(line.text)) > 1]
    centred = sorted((line for line in own if abs(line.x + line.width / 2 - 0.5) < CENTRED), key=lambda line: line.y)
    held: list[Writing] = []
    for line in centred:
        if held and line.y - (held[-1].y + held[-1].height) > 0.6 * line.height:
            yield Block(at, tuple(held))
            held = []
        held.append(line)
    if held:
        yield Block(at, tuple(held))


def _steadiest(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks of the place in which most different things are written, one of a still."""
    best: list[Block] = []
    most = 0
    for block in blocks:
        held = {other.at: other for other in blocks if other.near(block)}
        different = len({folded(other.text) for other in held.values()})
        if different > most:
            best, most = [held[at] for at in sorted(held)], different
    return best


def _runs(blocks: Sequence[Block], every: float) -> Iterator[list[Block]]:
    """Part stills that follow one another into those that show the same caption."""
    run: list[Block] = list(blocks[:1])
    for last, block in pairwise(blocks):
        if block.at - last.at > 1.5 * every or error_rate(last.text, block.text) > SAME:
            yield run
            run = []
        run.append(block)
    if run:
        yield run


def _caption(run: Sequence[Block], heard: Heard | None, tall: float, every: float) -> CaptionSeen:
    best = max(run, key=lambda block: block.sure)
    start, end = max(0.0, run[0].at - every / 2), run[-1].at + every / 2
    contrasts = [line.contrast for line in best.lines if line.contrast]
    return CaptionSeen(
        start=start,
        end=end,
        at=best.at,
        read=best.text,
        error=_unsaid(best.text, heard, start, end),
        contrast=min(contrasts, default=0.0),
        size=round(best.letters * EM * tall, 4),
        x=round(best.left, 4),
        y=round(best.top, 4),
        width=round(best.right - best.left, 4),
        height=round(best.low - best.top, 4),
    )


def _unsaid(text: str, heard: Heard | None, start: float, end: float) -> float | None:
    """Return the share of a caption's letters that are otherwise than what is said then; None where nobody speaks."""
    words = heard.words if heard else ()
    said = [word.text for word in words if word.start < end + AROUND and word.end > start - AROUND]
    return error_rate(text, "".join(said)) if said else None
