"""text: a scorecard for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from kernel.evaluation.scorecard import Gate, Score, Scorecard

BAR = 10


def text(scorecard: Scorecard) -> str:
    """Return a scorecard as plain lines: the total, what failed of the gates, every metric with its sentence."""
    word = "passed" if scorecard.passed else "not passed"
    head = f"Score {scorecard.total * 100:.0f} of 100, {word}   {scorecard.facts}".rstrip()
    return "\n".join([head, *map(_gate, scorecard.gates), *(line for s in scorecard.scores for line in _score(s))])


def _gate(gate: Gate) -> str:
    return f"  {'✓' if gate.passed else '✗'} {gate.name:<25}{gate.why}"


def _score(score: Score) -> Iterator[str]:
    if not score.applicable:
        yield f"  - {score.name:<25}{score.why}"
        return
    full = round(score.score * BAR)
    bar = "█" * full + "░" * (BAR - full)
    yield f"  {'✓' if score.passed else '✗'} {score.name:<13}{bar} {score.score:.2f}  {score.why}"
    for part in score.parts:
        if part.score < score.threshold:
            yield f"      {part.name}: {part.shown} (wanted: {part.target})"
    if score.instruction:
        yield f"      to mend: {score.owner}: {score.instruction}"
