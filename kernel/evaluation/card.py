"""card: a scorecard as one picture, with all that was measured."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from kernel.evaluation.pen import BAD, GOOD, TRACK, Pen, cut, ring, tone, wrapped
from kernel.evaluation.scorecard import Gate, Part, Score, Scorecard
from kernel.worker.fonts import heavy, text
from kernel.worker.storyboard import CARD, INK, QUIET

WIDTH, EDGE, INNER, GAP = 880, 36, 22, 14
HEAD, RING = 132, 96
NAME, LINE, PART, GATE = 36, 21, 28, 30
"""Heights of a metric's name, of a line of a sentence, of a row of a part, and of a gate."""
BAR = 190


class _Block(NamedTuple):
    """What the box of one metric holds, and how high it is."""

    score: Score
    parts: tuple[Part, ...]
    lines: tuple[str, ...]
    height: int


def card(scorecard: Scorecard, out: Path) -> None:
    """Write the picture of a scorecard as a PNG file; it gets its name only when it is whole."""
    blocks = [_block(score) for score in scorecard.scores]
    gates = INNER + GATE * len(scorecard.gates)
    height = HEAD + gates + sum(GAP + block.height for block in blocks) + EDGE
    pen = Pen(WIDTH, height)
    _head(pen, scorecard)
    y = HEAD
    pen.box(EDGE, y, WIDTH - 2 * EDGE, gates, CARD)
    for index, gate in enumerate(scorecard.gates):
        _gate(pen, gate, y + INNER // 2 + GATE * index)
    y += gates + GAP
    for block in blocks:
        _metric(pen, block, y)
        y += block.height + GAP
    pen.save(out)


def _head(pen: Pen, scorecard: Scorecard) -> None:
    x, y = EDGE, (HEAD - RING) // 2
    ring(pen, (x, y), RING, scorecard, 36)
    pen.write(x + RING + 26, y + 44, verdict(scorecard), heavy(), 28)
    pen.write(x + RING + 26, y + 72, scorecard.facts, text(), 15, QUIET)


def verdict(scorecard: Scorecard) -> str:
    """Say in a few words whether it can be delivered, or what fails."""
    if scorecard.passed:
        return "Ready to deliver"
    closed = [gate.name for gate in scorecard.gates if not gate.passed]
    return f"Fails: {closed[0]}" if closed else "To mend: " + ", ".join(score.name for score in scorecard.failed)


def _gate(pen: Pen, gate: Gate, y: float) -> None:
    _mark(pen, EDGE + INNER, y + GATE / 2, gate.passed)
    pen.write(EDGE + INNER + 28, y + GATE / 2 + 5, gate.name, heavy(), 15)
    room = WIDTH - 2 * (EDGE + INNER) - 220
    pen.write(EDGE + INNER + 220, y + GATE / 2 + 5, cut(gate.why, room, 15), text(), 15, QUIET if gate.passed else BAD)


def _mark(pen: Pen, x: float, y: float, passed: bool) -> None:
    if passed:
        pen.line([(x, y), (x + 5, y + 5), (x + 15, y - 6)], GOOD)
        return
    pen.line([(x + 1, y - 6), (x + 13, y + 6)], BAD)
    pen.line([(x + 1, y + 6), (x + 13, y - 6)], BAD)


def _block(score: Score) -> _Block:
    """Lay out a metric: what it is about first, and every part that falls short."""
    lines = wrapped(score.why, WIDTH - 2 * (EDGE + INNER), 15)
    parts = tuple(part for index, part in enumerate(score.parts) if index < 3 or part.score < score.threshold)
    height = 2 * INNER + NAME + PART * len(parts) + LINE * len(lines)
    return _Block(score, parts, lines, height)


def _metric(pen: Pen, block: _Block, y: float) -> None:
    score, left, right = block.score, EDGE + INNER, WIDTH - EDGE - INNER
    pen.box(EDGE, y, WIDTH - 2 * EDGE, block.height, CARD)
    pen.box(EDGE, y + INNER, 4, 26, tone(score.score, score), 2)
    pen.write(left, y + INNER + 20, score.title, heavy(), 21, INK if score.applicable else QUIET)
    shown = f"{score.score * 100:.0f}" if score.applicable else "not judged"
    size = 21 if score.applicable else 15
    pen.write(right, y + INNER + 20, shown, heavy(), size, tone(score.score, score), "rs")
    y += INNER + NAME
    for part in block.parts:
        _part(pen, part, score, y)
        y += PART
    for index, line in enumerate(block.lines):
        pen.write(left, y + LINE * (index + 1), line, text(), 15, INK if score.applicable else QUIET)


def _part(pen: Pen, part: Part, score: Score, y: float) -> None:
    left, middle = EDGE + INNER, y + PART / 2
    pen.write(left, middle + 5, part.name, text(), 15, QUIET)
    x = left + 128
    pen.box(x, middle - 4, BAR, 8, TRACK, 4)
    if part.score > 0:
        pen.box(x, middle - 4, max(8.0, BAR * part.score), 8, tone(part.score, score), 4)
    pen.box(x + BAR * score.threshold - 1, middle - 7, 2, 14, QUIET, 1)
    pen.write(x + BAR + 26, middle + 5, part.shown, heavy(), 15)
    room = WIDTH - EDGE - INNER - (x + BAR + 26) - heavy().width(part.shown, 15) - GAP
    pen.write(WIDTH - EDGE - INNER, middle + 5, cut(part.target, room, 15), text(), 15, QUIET, "rs")
