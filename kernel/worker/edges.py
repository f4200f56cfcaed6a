"""Where a word may be cut: found in the samples, as a recogniser's times are off by up to a third of a second.

Where a true pause parts two words, the first keeps a little air after its decay and the second a little before its
onset; where they run together, both share the quietest point between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from kernel.worker.envelope import Envelope
from kernel.worker.media import Word

AIR_BEFORE = 0.09
"""Seconds kept before an onset: a soft h or f begins before it can be measured."""
AIR_AFTER = 0.15
"""Seconds kept after a decay: the room rings on."""
SURE_PAUSE = 0.2
"""Seconds of quiet that no closed consonant within a word lasts."""
SHORT_PAUSE = 0.06
"""Seconds of quiet that may part two words."""


def find_edges(words: Sequence[Word], envelope: Envelope) -> tuple[Word, ...]:
    """Return the words with `cut_in` and `cut_out` set."""
    if not words:
        return ()
    borders = [_first(words[0], envelope)]
    borders += [_between(left, right, envelope) for left, right in pairwise(words)]
    borders += [_last(words[-1], envelope)]
    return tuple(
        _cut(word, before[1], after[0], envelope.duration)
        for word, before, after in zip(words, borders, borders[1:], strict=False)
    )


def _cut(word: Word, cut_in: float, cut_out: float, duration: float) -> Word:
    start = min(max(cut_in, 0.0), duration)
    return word.model_copy(update={"cut_in": round(start, 3), "cut_out": round(min(max(cut_out, start), duration), 3)})


def _between(left: Word, right: Word, envelope: Envelope) -> tuple[float, float]:
    """Return the left word's cut_out and the right word's cut_in."""
    start, end = _centre(left), _centre(right)
    heard = (left.end + right.start) / 2
    sure = envelope.quiet(start, end, SURE_PAUSE)
    if sure:
        return _airy(sure[0].start, sure[0].end)[0], _airy(sure[-1].start, sure[-1].end)[1]
    short = envelope.quiet(start, end, SHORT_PAUSE)
    if short:
        pause = max(short, key=lambda span: span.end - span.start - abs((span.start + span.end) / 2 - heard) / 2)
        return _airy(pause.start, pause.end)
    point = envelope.quietest(start, end, heard)
    return point, point


def _airy(decay: float, onset: float) -> tuple[float, float]:
    """Return where to end before and where to begin after a pause: never beyond its ends."""
    pause = onset - decay
    return decay + min(AIR_AFTER, 0.7 * pause), onset - min(AIR_BEFORE, 0.7 * pause)


def _first(word: Word, envelope: Envelope) -> tuple[float, float]:
    quiet = envelope.quiet(0.0, _centre(word), SHORT_PAUSE)
    return (0.0, _airy(quiet[-1].start, quiet[-1].end)[1]) if quiet else (0.0, 0.0)


def _last(word: Word, envelope: Envelope) -> tuple[float, float]:
    end = envelope.duration
    quiet = envelope.quiet(_centre(word), end, SURE_PAUSE)
    return (_airy(quiet[0].start, quiet[0].end)[0], end) if quiet else (end, end)


def _centre(word: Word) -> float:
    return (word.start + word.end) / 2
