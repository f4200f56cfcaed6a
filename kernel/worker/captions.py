"""Captions: the words of the kept clips, parted into cues of one line or two, with times that can be read.

Numbers: at most 2 lines, 42 characters a line on a wide picture and 24 on a tall one, 5/6 s to 7 s, 20 characters a
second, gaps of 2 frames or of half a second and more (Netflix Timed Text Style Guide; vertical video by practice);
other scripts by the guides for their languages (see `writing.READINGS`). In the style `pop` captions follow one another
word by word: at most three words, no gaps.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from kernel.worker.layout import LOOKS, Lettering, caption_box, lettering
from kernel.worker.media import Word
from kernel.worker.ops.captions import Captions
from kernel.worker.output import Output
from kernel.worker.timing import ClipSpan, Cue, Spoken, seconds
from kernel.worker.typeset import unwritable
from kernel.worker.writing import LETTERS, breaks, glued, joined, may_part, plain, reading, spaceless

SHORTEST, LONGEST = Fraction(5, 6), Fraction(7)
GAP_FRAMES = 2
CLOSED = Fraction(1, 2)
"""A shorter gap between two cues is closed."""
READ = LETTERS.speed
"""Characters a second that adults read."""
BLINK = 0.35
"""Seconds that a caption of the style `pop` stands at the least, where it can be helped."""
PHRASE = 6
"""Characters of a script without spaces from which a "word" of the transcript is taken for several."""
PAUSE = 0.7
"""Seconds of silence over which a caption does not reach."""
ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।")
CLAUSES = (",", ";", ":", "–", "—", "、", "，", "；", "：", "،", "؛")
OPENERS = frozenset(
    [
        "and",
        "but",
        "or",
        "nor",
        "so",
        "yet",
        "because",
        "that",
        "which",
        "who",
        "whose",
        "when",
        "while",
        "where",
        "if",
        "though",
        "although",
        "than",
        "as",
    ]
)
"""English words before which a sentence may be parted."""
LINKS = frozenset(["of", "to", "in", "on", "at", "by", "for", "from", "with", "into", "over", "about"])
"""English words that may begin a line, if less well."""
CLINGERS = frozenset(
    [
        "a",
        "an",
        "the",
        "this",
        "these",
        "those",
        "my",
        "your",
        "his",
        "her",
        "its",
        "our",
        "their",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "with",
        "and",
        "or",
        "but",
        "is",
        "are",
        "was",
        "were",
        "be",
        "i",
        "you",
        "he",
        "she",
        "we",
        "they",
        "it",
        "not",
        "no",
        "mr",
        "mrs",
        "ms",
        "dr",
    ]
)
"""English words that should not stand last on a line."""


def spoken(clip: ClipSpan, words: Mapping[str, Word], captions: Captions | None, output: Output) -> list[Spoken]:
    """Return a clip's words as they fall into the video, in frames: in order, and inside the clip."""
    if clip.silent:
        return []
    corrections = {c.word: c.text for c in captions.corrections} if captions else {}
    found: list[Spoken] = []
    at = clip.first_frame
    for id in clip.words:
        first = max(_frame(clip, words[id].start, output), at)
        last = min(max(_frame(clip, words[id].end, output), first + 1), clip.end_frame)
        written = _cased(corrections.get(id, words[id].text), captions)
        if first < last and written:
            found += _phrases(Spoken(id=id, text=written, first_frame=first, last_frame=last))
        at = last
    return found


def _phrases(word: Spoken) -> Iterator[Spoken]:
    """Part a "word" of a script without spaces into its phrases, each with its share of the time."""
    if len(word.text) <= PHRASE or not spaceless(word.text[len(word.text) // 2]):
        yield word
        return
    start, lasts = 0, word.last_frame - word.first_frame
    for end in breaks(word.text):
        first, last = (word.first_frame + lasts * at // len(word.text) for at in (start, end))
        if last > first:
            yield Spoken(id=word.id, text=word.text[start:end].strip(), first_frame=first, last_frame=last)
            start = end


def wrong(captions: Captions, spoken: Sequence[Sequence[Spoken]]) -> Iterator[str]:
    """Say which characters cannot be drawn on this machine."""
    said = _said(spoken)
    yield from unwritable("The captions", said, LOOKS[captions.style].type(said))


def _said(spoken: Sequence[Sequence[Spoken]]) -> str:
    return " ".join(word.text for words in spoken for word in words)


def cues(clips: Sequence[tuple[ClipSpan, Sequence[Spoken]]], captions: Captions, output: Output) -> tuple[Cue, ...]:
    """Return the captions of a whole video; no two of them show at once."""
    said = _said([words for _, words in clips])
    set_in = lettering(output, captions.size, captions.style, said, reading(said))
    groups = [(clip, group) for clip, words in clips for group in _grouped(words, clip, set_in, output)]
    gap = _gap(set_in)
    starts = [group[0].first_frame for _, group in groups] + [clips[-1][0].end_frame + gap if clips else 0]
    return tuple(
        _cue(clip, group, following, captions, set_in, output)
        for (clip, group), following in zip(groups, starts[1:], strict=True)
    )


def _gap(set_in: Lettering) -> int:
    return 0 if set_in.look.words else GAP_FRAMES


def _cue(
    clip: ClipSpan, group: Sequence[Spoken], following: int, captions: Captions, set_in: Lettering, output: Output
) -> Cue:
    lines = _lines(group, set_in) or (tuple(group),)
    said = [joined([word.text for word in line]) for line in lines]
    size = _size(said, set_in)
    first, last = group[0].first_frame, _end(group, following, clip, set_in, output)
    return Cue(
        clip=clip.id,
        first_frame=first,
        frames=last - first,
        start=seconds(first, output.rate),
        end=seconds(last, output.rate),
        lines=lines,
        size=size,
        box=caption_box(output, captions.position, said, set_in, size),
    )


def _size(said: Sequence[str], set_in: Lettering) -> int:
    """Return the size of the letters: smaller only where a single long word would leave the picture."""
    widest = max(set_in.type.width(line, set_in.size) for line in said)
    return min(set_in.size, math.floor(set_in.size * set_in.width / widest)) if widest else set_in.size


def _end(group: Sequence[Spoken], following: int, clip: ClipSpan, set_in: Lettering, output: Output) -> int:
    """Return the frame after a cue's last: long enough to read, clear of the next cue, not over the end of its clip."""
    first, last = group[0].first_frame, group[-1].last_frame
    said = _written(group)
    wanted = first + math.ceil(max(SHORTEST, Fraction(len(said), set_in.speed)) * output.rate.fraction)
    limit = min(following - _gap(set_in), clip.end_frame)
    last = min(max(last, wanted), max(limit, first + 1))
    closes = following - last < CLOSED * output.rate.fraction
    return max(last, limit) if closes else last


def _written(group: Sequence[Spoken]) -> str:
    return joined([word.text for word in group])


def _grouped(words: Sequence[Spoken], clip: ClipSpan, set_in: Lettering, output: Output) -> list[Sequence[Spoken]]:
    """Part a clip's words into cues: of all ways the one that reads best."""
    best: list[tuple[float, int]] = [(0.0, 0)] + [(math.inf, 0)] * len(words)
    rate = float(output.rate.fraction)
    for end in range(1, len(words) + 1):
        for start, price in _candidates(words, end, clip, set_in, rate):
            best[end] = min(best[end], (best[start][0] + price, start))
    groups: list[Sequence[Spoken]] = []
    end = len(words)
    while end:
        start = best[end][1]
        groups.append(words[start:end])
        end = start
    return groups[::-1]


def _candidates(
    words: Sequence[Spoken], end: int, clip: ClipSpan, set_in: Lettering, rate: float
) -> Iterator[tuple[int, float]]:
    """Yield where a cue that ends before word `end` may begin, each with its price."""
    yield end - 1, _price(words, end - 1, end, clip, set_in, rate)
    for start in range(end - 2, -1, -1):
        group = words[start:end]
        lasts = (group[-1].last_frame - group[0].first_frame) / rate
        if lasts > LONGEST or len(group) > (set_in.look.words or len(group)) or not _fits(group, set_in):
            return
        yield start, _price(words, start, end, clip, set_in, rate)


def _price(words: Sequence[Spoken], start: int, end: int, clip: ClipSpan, set_in: Lettering, rate: float) -> float:
    """Return how badly a cue of these words reads; prices are only compared with one another."""
    group, following = words[start:end], words[end].first_frame if end < len(words) else clip.end_frame
    shown = (following - _gap(set_in) - group[0].first_frame) / rate
    pauses = sum(pause * 8 for a, b in pairwise(group) if (pause := _pause(a, b, rate)) > PAUSE)
    inside = sum(2.5 for word in group[:-1] if _ends(word))
    parted = 0.0 if end == len(words) else _parting(group[-1], words[end], rate)
    if set_in.look.words:
        return 2.0 + 20 * max(0.0, BLINK - shown) + pauses + inside + parted
    short = max(0.0, float(SHORTEST) - shown) * 20
    fast = max(0.0, len(_written(group)) / max(shown, 0.1) * READ / set_in.speed - READ) * 0.25
    lonely = {1: 4.0, 2: 1.0}.get(len(group), 0.0) if len(words) > 2 and not _ends(group[-1]) else 0.0
    orphan = 1.5 if len(group) == 1 and len(words) > 1 else 0.0
    return 1.5 + short + fast + lonely + orphan + pauses + inside + parted


def _parting(word: Spoken, following: Spoken, rate: float) -> float:
    """Return the price of a break between two words."""
    if _ends(word):
        return 0.0
    if word.text.endswith(CLAUSES):
        return 0.8
    if not may_part(word.text, following.text):
        return 12.0
    breath = -1.5 if _pause(word, following, rate) > 0.25 else 0.0
    if word.text.lower() in CLINGERS:
        return 7.0 + breath
    opens = following.text.lower()
    return (2.5 if opens in OPENERS else 3.4 if opens in LINKS else 4.5) + breath


def _lines(group: Sequence[Spoken], set_in: Lettering) -> tuple[tuple[Spoken, ...], ...] | None:
    """Set words into one line, or into two that part well; None where two do not hold them."""
    ways = _ways(_marks(group, set_in), set_in)
    if not ways:
        return None
    best = min(ways, key=lambda at: _uneven(group, at, set_in))
    return (tuple(group),) if best == len(group) else (tuple(group[:best]), tuple(group[best:]))


def _fits(group: Sequence[Spoken], set_in: Lettering) -> bool:
    return bool(_ways(_marks(group, set_in), set_in))


class _Mark(NamedTuple):
    """Where a word begins and ends when all stand in one line: in characters, and in em."""

    characters: tuple[int, int]
    width: tuple[float, float]


def _marks(group: Sequence[Spoken], set_in: Lettering) -> list[_Mark]:
    found, characters, width = list[_Mark](), 0, 0.0
    for index, word in enumerate(group):
        if index and not glued(group[index - 1].text, word.text):
            characters, width = characters + 1, width + set_in.type.space
        ends = characters + len(word.text), width + set_in.type.width(word.text, 1)
        found.append(_Mark((characters, ends[0]), (width, ends[1])))
        characters, width = ends
    return found


def _ways(marks: Sequence[_Mark], set_in: Lettering) -> list[int]:
    """Return after how many words the first line may end: after all of them where one line holds them."""
    if _holds(marks, set_in):
        return [len(marks)]
    return [at for at in range(1, len(marks)) if _holds(marks[:at], set_in) and _holds(marks[at:], set_in)]


def _holds(marks: Sequence[_Mark], set_in: Lettering) -> bool:
    # A lone word always holds: it is set smaller where it must be.
    if len(marks) == 1:
        return True
    width = (marks[-1].width[1] - marks[0].width[0]) * set_in.size
    return marks[-1].characters[1] - marks[0].characters[0] <= set_in.characters and width <= set_in.width


def _uneven(group: Sequence[Spoken], at: int, set_in: Lettering) -> float:
    if at == len(group):
        return 0.0
    top, bottom = (len(_written(part)) for part in (group[:at], group[at:]))
    # A top line that is longer than the lower one reads a little worse.
    balance = abs(top - bottom) / set_in.characters * 4 + (0.5 if top > bottom else 0.0)
    return balance + _parting(group[at - 1], group[at], 1.0) * 0.5


def _ends(word: Spoken) -> bool:
    return word.text.rstrip("\"'”’)").endswith(ENDS)


def _pause(word: Spoken, following: Spoken, rate: float) -> float:
    return (following.first_frame - word.last_frame) / rate


def _frame(clip: ClipSpan, at: float, output: Output) -> int:
    if clip.runs:
        return round(clip.frame_of(at, output.rate))
    return clip.first_frame + round(Fraction(at) * output.rate.fraction) - clip.source_frame


def _cased(written: str, captions: Captions | None) -> str:
    written = plain(written)
    if captions and captions.case == "upper":
        return written.upper()
    return written.lower() if captions and captions.case == "lower" else written
