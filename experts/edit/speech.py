"""Speech: the cut on paper, made from what is said. Shared by dialogue, narration, and a plan that is cut again."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from experts.edit.brief import Brief
from experts.edit.choose import Chosen, Wanted, choose, everything
from experts.edit.footage import Reel
from experts.edit.log import Log, Take
from experts.edit.phrases import End, Phrase, phrases
from experts.edit.selects import Select
from experts.edit.takes import is_aside
from experts.edit.wishes import meant
from kernel.worker.media import Rate

PAUSES = {"slow": 1.0, "normal": 0.6, "fast": 0.35}
"""Seconds of rest from which each pace trims (practice: 0.35 to 0.5 and more is dead air)."""
WORTH = {"best": 1.4, "good": 1.0, "weak": 0.5, "unusable": 0.0}
EXACT = 0.92
"""Of an exact length that must be words; quiet fills the rest."""
TOLERANCE = 0.05
"""Of the length asked for, more or less."""
BREATH = 0.8
"""Seconds of quiet that may stay in after a stretch, where an exact length needs it."""
SHORT_BREATH = 0.5
"""Likewise where the cut is too short otherwise: still no dead air."""
TAIL = 1.0
"""Seconds of quiet that may follow the last word."""


@dataclass(frozen=True)
class SpeechCut:
    """A cut made from what is said."""

    selects: tuple[Select, ...]
    seconds: float
    sure: float
    """From 0 to 1: what was asked for against what came out."""
    note: str


@dataclass(frozen=True)
class Pool:
    """What there is to choose from."""

    phrases: tuple[Phrase, ...]
    apart: frozenset[int]
    takes: tuple[Take | None, ...]
    """The take that each phrase belongs to."""
    left_out: int
    """Sentences that were not worth a place."""


def cut_speech(
    reels: Sequence[Reel], brief: Brief, log: Log, rate: Rate, only: Collection[str] | None = None
) -> SpeechCut | None:
    """Choose what is said in the cut.

    Args:
        only: ids of the words to choose from; None for all.

    Returns:
        None where nothing can be used.
    """
    pool = gather(reels, brief, log, only)
    if not pool.phrases:
        return None
    opening = _opening(pool, brief, log, rate)
    rest = [i for i in range(len(pool.phrases)) if i not in opening.indices]
    kept = meant(brief.keep, pool.phrases)
    chosen = _rest(pool, brief, rate, rest, opening.frames, kept.indices)
    parts = [*opening.parts, *([_Part(chosen, tuple(pool.phrases[i] for i in rest))] if chosen else [])]
    if not parts:
        return None
    selects, frames = _laid(parts, brief, rate, pool, kept.indices, hooked=bool(opening.parts))
    seconds = frames / float(rate.fraction)
    missing = (*kept.missing, *meant(brief.drop, phrases(reels)).missing)
    ends = parts[-1].chosen.ends
    note = _note(brief, seconds, ends, pool, missing)
    return SpeechCut(tuple(selects), seconds, _sure(brief, seconds, ends, missing), note)


@dataclass(frozen=True)
class _Part:
    """A choice, and the phrases that it was made from."""

    chosen: Chosen
    among: tuple[Phrase, ...]

    @property
    def pieces(self) -> list[tuple[Phrase, ...]]:
        """The stretches of phrases without a cut."""
        return [self.among[piece.first : piece.after] for piece in self.chosen.pieces]


@dataclass(frozen=True)
class _Opening:
    """The hook, where there is one."""

    indices: tuple[int, ...] = ()
    parts: tuple[_Part, ...] = ()

    @property
    def frames(self) -> int:
        """How long it is."""
        return sum(part.chosen.frames for part in self.parts)


def _opening(pool: Pool, brief: Brief, log: Log, rate: Rate) -> _Opening:
    """Return the hook, unless it alone is longer than the video may be."""
    hook = _hook(pool, brief, log)
    said = tuple(pool.phrases[i] for i in hook)
    whole = everything(said, _wanted(pool, brief, rate, hook, 0)) if hook else None
    if whole is None or whole.frames > window(brief, rate)[1]:
        return _Opening()
    return _Opening(tuple(hook), (_Part(whole, said),))


def _rest(
    pool: Pool, brief: Brief, rate: Rate, indices: Sequence[int], spent: int, must: Collection[int]
) -> Chosen | None:
    """Choose what follows the hook."""
    wanted = _wanted(pool, brief, rate, indices, spent, must)
    if not indices or (spent and wanted.low == 0 and brief.length is not None):
        return None
    return _chosen([pool.phrases[i] for i in indices], wanted, brief)


def _laid(
    parts: Sequence[_Part], brief: Brief, rate: Rate, pool: Pool, asked: Collection[int], hooked: bool
) -> tuple[list[Select], int]:
    """Return the selects with the quiet that they need to meet the length, and their frames."""
    pieces = [piece for part in parts for piece in part.pieces]
    quiet = [0] * len(pieces)
    quiet[-1] = parts[-1].chosen.tail
    frames = sum(part.chosen.frames for part in parts) + quiet[-1]
    more = _breaths(pieces, brief, frames, rate)
    quiet, frames = [a + b for a, b in zip(quiet, more, strict=True)], frames + sum(more)
    kept = {pool.phrases[i].words[0].id for i in asked}
    found: list[Select] = []
    for number, (piece, after) in enumerate(zip(pieces, quiet, strict=True)):
        found.append(_select(piece, pool, kept, hooked and number == 0))
        if after:
            found.append(_breath(piece[-1], after, rate, last_of_all=number == len(pieces) - 1))
    return found, frames


def _breaths(pieces: Sequence[Sequence[Phrase]], brief: Brief, frames: int, rate: Rate) -> list[int]:
    """Return the frames of quiet that are left in after each piece but the last, where the length needs them.

    An exact length takes what there is; any other only what brings it into its window.
    """
    low, _, target = window(brief, rate)
    second = float(rate.fraction)
    none = [0] * len(pieces)
    if brief.length is None or (frames >= low and not brief.length_is_exact):
        return none
    most = BREATH if brief.length_is_exact else SHORT_BREATH
    room = [int((p[-1].end + min(p[-1].gap, most)) * second) - p[-1].frames(rate)[1] for p in pieces[:-1]] + [0]
    room = [frames if frames >= math.ceil(0.1 * second) else 0 for frames in room]
    if frames + sum(room) < low:
        return none
    share = min(1.0, (target - frames) / sum(room)) if sum(room) else 0.0
    found = [int(part * share) for part in room]
    found = [part if part >= math.ceil(0.1 * second) else 0 for part in found]
    return _filled(found, room, target - frames) if brief.length_is_exact else found


def _filled(found: Sequence[int], room: Sequence[int], wanted: int) -> list[int]:
    """Return the shares with what rounding lost given to those that have room."""
    full = list(found)
    for index, most in enumerate(room):
        more = wanted - sum(full)
        if more > 0 and full[index]:
            full[index] = min(most, full[index] + more)
    return full


def gather(reels: Sequence[Reel], brief: Brief, log: Log, only: Collection[str] | None = None) -> Pool:
    """Return the phrases that may be used: no lost takes, nothing that was asked to go."""
    found = phrases(reels)
    takes = [_take_of(phrase, log) for phrase in found]
    lost = _lost(log)
    dropped = meant(brief.drop, found).indices
    bad = [take is not None and (take.id in lost or take.grade == "unusable") for take in takes]
    if all(bad[i] or i in dropped for i in range(len(found))):
        bad = [False] * len(found)
    kept = [i for i in range(len(found)) if not bad[i] and i not in dropped and _within(found[i], only)]
    apart = frozenset(at for at, i in enumerate(kept) if at and i != kept[at - 1] + 1)
    return Pool(
        tuple(found[i] for i in kept),
        apart,
        tuple(takes[i] for i in kept),
        len({take.id for take, is_bad in zip(takes, bad, strict=True) if take and is_bad}),
    )


def _within(phrase: Phrase, only: Collection[str] | None) -> bool:
    return only is None or all(word.id in only for word in phrase.words)


def _take_of(phrase: Phrase, log: Log) -> Take | None:
    first = _number(phrase.words[0].id)
    for take in log.takes:
        if take.source == phrase.source and _number(take.first_word) <= first <= _number(take.last_word):
            return take
    return None


def _number(word: str) -> int:
    return int(word.rpartition("w")[2])


def _lost(log: Log) -> set[str]:
    """Return the takes of which there is a better one."""
    order = {take.id: index for index, take in enumerate(log.takes)}
    head = {take.id: take.retake_of or take.id for take in log.takes}
    families: dict[str, list[Take]] = {}
    for take in log.takes:
        root = take.id
        for _ in log.takes:
            root = head.get(root, root)
        families.setdefault(root, []).append(take)
    best = {max(family, key=lambda t: (WORTH[t.grade], order[t.id])).id for family in families.values()}
    return {take.id for take in log.takes} - best


def _hook(pool: Pool, brief: Brief, log: Log) -> list[int]:
    """Return the phrases that open the video out of their turn; none where none should, or they come first anyway."""
    if not brief.hook or log.hook is None:
        return []
    found = [i for i, take in enumerate(pool.takes) if take and take.id == log.hook]
    return [] if found[:1] == [0] else found


def _wanted(
    pool: Pool, brief: Brief, rate: Rate, indices: Sequence[int], spent: int, must: Collection[int] = ()
) -> Wanted:
    """Return what the choice among some phrases of the pool should be, after so many frames are spent."""
    place = {index: at for at, index in enumerate(indices)}
    gone = {at for at, index in enumerate(indices) if at and index != indices[at - 1] + 1}
    first_is_hook = 0 in indices and brief.hook
    low, high, target = window(brief, rate)
    return Wanted(
        low=max(0, low - spent),
        high=max(1, high - spent),
        target=max(1, target - spent),
        rate=rate,
        pause=PAUSES[brief.pace],
        values=tuple(_value(pool, index) for index in indices),
        must=frozenset(place[i] for i in {*must, *({0} if first_is_hook else ())} if i in place),
        apart=frozenset({place[i] for i in pool.apart if i in place} | gone),
        tail=TAIL,
    )


def window(brief: Brief, rate: Rate) -> tuple[int, int, int]:
    """Return the fewest and the most frames, and those that were asked for."""
    if brief.length is None:
        return 0, 10**9, 10**9
    frames = brief.length * float(rate.fraction)
    if brief.length_is_exact:
        # Quiet makes up for what is missing; nothing makes up for a word too many.
        return round(frames * EXACT), round(frames), round(frames)
    return math.ceil(frames * (1 - TOLERANCE)), max(1, math.floor(frames * (1 + TOLERANCE))), round(frames)


def _value(pool: Pool, index: int) -> float:
    """Return what a second of a phrase is worth: its take's grade, how clearly it was heard, where it stands."""
    phrase, take = pool.phrases[index], pool.takes[index]
    worth = WORTH[take.grade] if take else 1.0
    clear = sum(word.probability for word in phrase.words) / len(phrase.words)
    place = 1.15 if index == 0 else 1.1 if index == len(pool.phrases) - 1 else 1.0
    return max(worth, 0.3) * (0.7 + 0.3 * clear) * place * (0.4 if is_aside(phrase.text) else 1.0)


def _chosen(left: Sequence[Phrase], wanted: Wanted, brief: Brief) -> Chosen | None:
    """Choose, or take everything where no length is asked for or there is less than that."""
    whole = everything(_finished(left), wanted)
    if brief.length is None or whole is None:
        return whole
    chosen = choose(left, wanted)
    short = chosen is not None and not chosen.lands and chosen.frames + chosen.tail < wanted.low
    return whole if short and chosen and chosen.frames < whole.frames <= wanted.high else chosen


def _finished(left: Sequence[Phrase]) -> Sequence[Phrase]:
    """Return the phrases up to the last finished one; all of them where that would leave little."""
    ends = [at + 1 for at, phrase in enumerate(left) if phrase.ends in ("sentence", "thought")]
    kept = left[: ends[-1]] if ends else left
    return kept if sum(p.seconds for p in kept) >= 0.5 * sum(p.seconds for p in left) else left


def _select(piece: Sequence[Phrase], pool: Pool, asked: Collection[str], hook: bool) -> Select:
    take = pool.takes[pool.phrases.index(piece[0])]
    wanted = any(phrase.words[0].id in asked for phrase in piece)
    why = "the strongest line, as a hook" if hook else "asked to keep: " + _gist(piece) if wanted else ""
    return Select(
        source=piece[0].source,
        first_word=piece[0].words[0].id,
        last_word=piece[-1].words[-1].id,
        why=why or (take.why if take and take.why else _gist(piece)),
    )


def _gist(piece: Sequence[Phrase]) -> str:
    words = " ".join(phrase.text for phrase in piece).split()
    return " ".join(words[:6]) + (" ..." if len(words) > 6 else "")


def _breath(last: Phrase, frames: int, rate: Rate, *, last_of_all: bool) -> Select:
    """Return quiet that goes on where a word ended."""
    end = (last.frames(rate)[1] + frames) / float(rate.fraction)
    why = "a breath to end on" if last_of_all else "a breath, to meet the length"
    return Select(source=last.source, start=last.end, end=round(end, 6), why=why)


def _note(brief: Brief, seconds: float, ends: End, pool: Pool, missing: Sequence[str]) -> str:
    """Say what was left out, and why the length is not the one asked for."""
    said = [_length_note(brief, seconds), *(f'Nothing that is said answers to "{wish}".' for wish in missing)]
    if pool.left_out:
        said.append(f"Left out: {pool.left_out} repeated, broken-off or off-topic line{'s' * (pool.left_out > 1)}.")
    if ends in ("clause", "broken"):
        said.append("It ends in the middle of a sentence, since no whole one fits.")
    return " ".join(sentence for sentence in said if sentence)


def _length_note(brief: Brief, seconds: float) -> str:
    if brief.length is None:
        return ""
    slack = 0.02 if brief.length_is_exact else TOLERANCE * brief.length + 0.02
    lasts = f"It lasts {seconds:.1f} s instead of {brief.length:g} s"
    if seconds < brief.length - slack:
        return f"{lasts}: what is said gives no more without dead air or broken sentences."
    if seconds > brief.length + slack:
        return (
            f"It lasts {seconds:.1f} s instead of {brief.length:g} s: nothing shorter that is said stands on its own."
        )
    return ""


def _sure(brief: Brief, seconds: float, ends: End, missing: Sequence[str]) -> float:
    """Derive the confidence: 0.8 for a rule-based cut at its best, less for each thing that a viewer would notice."""
    sure = 0.8 - 0.2 * bool(_length_note(brief, seconds)) - 0.1 * bool(missing)
    return round(sure - {"sentence": 0.0, "thought": 0.05, "clause": 0.2, "broken": 0.3}[ends], 2)
