"""glance: a scorecard as a small picture for a chat: the total, one bar for each metric, and what fell short."""

from __future__ import annotations

from pathlib import Path

from kernel.evaluation.card import verdict
from kernel.evaluation.pen import TRACK, Pen, ring, tone, wrapped
from kernel.evaluation.scorecard import Score, Scorecard
from kernel.worker.fonts import heavy, text
from kernel.worker.storyboard import CARD, INK, QUIET

WIDTH, EDGE, INNER = 520, 24, 18
"""A thread shows a picture some 400 pixels wide: letters of 16 are read there without opening it."""
HEAD, RING, ROW, LINE = 118, 82, 34, 23
"""Heights of the head, of its ring, of the row of a metric, and of a line of words."""
TITLE, SMALL, BAR = 17, 16, 132
MOST = 3
"""Sentences: what is wrong first."""


def glance(scorecard: Scorecard, out: Path) -> None:
    """Write the small picture of a scorecard as a PNG file; it gets its name only when it is whole."""
    lines = [line for said in _sentences(scorecard) for line in wrapped(said, WIDTH - 2 * (EDGE + INNER), SMALL)]
    rows = INNER + ROW * len(scorecard.scores)
    words = LINE * len(lines) + INNER if lines else 0
    pen = Pen(WIDTH, HEAD + rows + words + INNER + EDGE)
    _head(pen, scorecard)
    pen.box(EDGE, HEAD, WIDTH - 2 * EDGE, rows + words + INNER, CARD)
    for index, score in enumerate(scorecard.scores):
        _row(pen, score, HEAD + INNER + ROW * index)
    for index, line in enumerate(lines, 1):
        pen.write(EDGE + INNER, HEAD + rows + INNER // 2 + LINE * index, line, text(), SMALL)
    pen.save(out)


def _head(pen: Pen, scorecard: Scorecard) -> None:
    x, y = EDGE, (HEAD - RING) // 2
    ring(pen, (x, y), RING, scorecard, 28)
    left = x + RING + 22
    said = wrapped(verdict(scorecard), (WIDTH - EDGE - left) * TITLE / 26, TITLE)[:2]
    top = HEAD / 2 + (9 if len(said) == 1 else -7)
    for index, line in enumerate(said):
        pen.write(left, top + 32 * index, line, heavy(), 26)


def _row(pen: Pen, score: Score, y: float) -> None:
    left, right, middle = EDGE + INNER, WIDTH - EDGE - INNER, y + ROW / 2
    pen.write(left, middle + 6, score.title, text(), TITLE, INK if score.applicable else QUIET)
    if not score.applicable:
        pen.write(right, middle + 6, "not judged", text(), SMALL, QUIET, "rs")
        return
    x = right - 46 - BAR
    pen.box(x, middle - 5, BAR, 10, TRACK, 5)
    if score.score > 0:
        pen.box(x, middle - 5, max(10.0, BAR * score.score), 10, tone(score.score, score), 5)
    pen.box(x + BAR * score.threshold - 1, middle - 9, 2, 18, QUIET, 1)
    pen.write(right, middle + 6, f"{score.score * 100:.0f}", heavy(), 19, tone(score.score, score), "rs")


def _sentences(scorecard: Scorecard) -> list[str]:
    """Return what is wrong, the gravest first; where nothing is, what fell short most of what passed all the same."""
    wrong = [gate.why for gate in scorecard.gates if not gate.passed]
    wrong += [f"{score.title}: {score.why}" for score in scorecard.failed]
    if wrong:
        return wrong[:MOST]
    judged = [(part, score) for score in scorecard.scores if score.applicable for part in score.parts]
    short = [(part, score) for part, score in judged if part.score < score.threshold]
    part, score = min(short, key=lambda pair: pair[0].score, default=(None, None))
    return [f"{score.title}, {part.name}: {part.shown} (wanted: {part.target})"] if part and score else []
