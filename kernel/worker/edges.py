"""Where a word may be cut: found in the samples, as a recogniser's times are off by up to a third of a second.

First each true pause is given to the border between two words that was heard nearest to it: the word before keeps a
little air after its decay, the word after a little before its onset, and a breath between two pauses goes to neither.
Words that run together share the quietest point between them; a clip should rather not begin or end there.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from kernel.worker.envelope import Envelope
from kernel.worker.media import Span, Word

AIR_BEFORE = 0.09
"""Seconds kept before an onset: a soft h or f begins before it can be measured."""
AIR_AFTER = 0.15
"""Seconds kept after a decay: the room rings on."""
SURE_PAUSE = 0.2
"""Seconds of quiet that no closed consonant within a word lasts."""
SHORT_PAUSE = 0.06
"""Seconds of quiet that may part two words."""
STRAY = 0.5
"""Seconds by which the recogniser may miss a pause."""
APART = 1.5
"""Seconds between two words that do not touch, though something sounds between them: music, a word not understood."""
TAIL = 0.3
"""Seconds around such a word in which its end is looked for."""


def find_edges(words: Sequence[Word], envelope: Envelope) -> tuple[Word, ...]:
    """Return the words with `cut_in` and `cut_out` set."""
    if not words:
        return ()
    heard = [words[0].start, *((left.end + right.start) / 2 for left, right in pairwise(words)), words[-1].end]
    pauses = _given(envelope.quiet(0.0, envelope.duration, SURE_PAUSE), heard)
    borders = [_border(number, words, pauses, envelope) for number in range(len(heard))]
    return tuple(
        _cut(word, before[1], after[0], envelope.duration)
        for word, before, after in zip(words, borders[:-1], borders[1:], strict=True)
    )


def _given(pauses: Sequence[Span], heard: Sequence[float]) -> dict[int, Span]:
    """Give each pause to the border nearest to it; pauses given to one border are taken as one."""
    given: dict[int, Span] = {}
    borders = np.asarray(heard)
    for pause in pauses:
        away = np.maximum(np.maximum(pause.start - borders, borders - pause.end), 0.0)
        number = int(away.argmin())
        if away[number] <= STRAY:
            start = given[number].start if number in given else pause.start
            given[number] = Span(start=start, end=pause.end)
    return given


def _border(number: int, words: Sequence[Word], pauses: dict[int, Span], envelope: Envelope) -> tuple[float, float]:
    """Return the cut_out of the word before a border and the cut_in of the word after it."""
    if number in pauses:
        return _airy(pauses[number].start, pauses[number].end)
    if number == 0:
        return 0.0, _begin(words[0], envelope)
    if number == len(words):
        return _end(words[-1], envelope), envelope.duration
    left, right = words[number - 1], words[number]
    if right.start - left.end > APART:
        return _end(left, envelope), _begin(right, envelope)
    low = max(_centre(left), pauses[number - 1].end if number - 1 in pauses else 0.0)
    high = min(_centre(right), pauses[number + 1].start if number + 1 in pauses else envelope.duration)
    return _close(low, high, (left.end + right.start) / 2, envelope)


def _close(low: float, high: float, heard: float, envelope: Envelope) -> tuple[float, float]:
    """Return the border of two words without a true pause: a short one, or the quietest point."""
    low, high = min(low, high), max(low, high)
    short = envelope.quiet(low, high, SHORT_PAUSE)
    if short:
        pause = max(short, key=lambda span: span.end - span.start - abs((span.start + span.end) / 2 - heard) / 2)
        return _airy(pause.start, pause.end)
    point = envelope.quietest(low, high, heard)
    return point, point


def _begin(word: Word, envelope: Envelope) -> float:
    """Return where a word begins that nothing quiet comes before."""
    return envelope.quietest(word.start - TAIL, word.start + TAIL / 3, word.start) if word.start > TAIL else 0.0


def _end(word: Word, envelope: Envelope) -> float:
    """Return where a word ends that nothing quiet comes after."""
    if envelope.duration - word.end < TAIL:
        return envelope.duration
    return envelope.quietest(word.end - TAIL / 3, word.end + TAIL, word.end)


def _airy(decay: float, onset: float) -> tuple[float, float]:
    """Return where to end before and where to begin after a pause: never beyond its ends."""
    pause = onset - decay
    return decay + min(AIR_AFTER, 0.7 * pause), onset - min(AIR_BEFORE, 0.7 * pause)


def _cut(word: Word, cut_in: float, cut_out: float, duration: float) -> Word:
    start = min(max(cut_in, 0.0), duration)
    return word.model_copy(update={"cut_in": round(start, 3), "cut_out": round(min(max(cut_out, start), duration), 3)})


def _centre(word: Word) -> float:
    return (word.start + word.end) / 2
