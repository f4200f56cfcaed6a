"""Cures: what a failed score's instruction makes the offline director do. It yields to whatever a person asked for.

The words are those of the metrics in kernel/evaluation; what is not among them changes nothing, and a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from experts.edit.brief import Brief
from experts.edit.changes import SIZES, Changes, Timed, read_change
from experts.edit.footage import Footage
from experts.edit.takes import bare
from experts.edit.wording import pace
from kernel.expert import Scene
from kernel.worker.ops.captions import Captions, Correction
from kernel.worker.ops.loudness import Loudness
from kernel.worker.ops.music import Music

PALE = re.compile(r"\blighter colou?r\b|\bset them in white\b|\bin the style bold\b", re.IGNORECASE)
QUIETER_BED = re.compile(r"\b(?:music|bed)\b[^.;]*\b(?:quieter|softer|lower|down|less)\b", re.IGNORECASE)
LOUDER_BED = re.compile(r"\b(?:music|bed)\b[^.;]*\b(?:louder|raise|up)\b", re.IGNORECASE)
LEVEL = re.compile(r"\blevel_db (?P<db>-\d+(?:\.\d+)?)")
LOWER_PEAKS = re.compile(r"\bpeaks?\b", re.IGNORECASE)
STRETCH = re.compile(r"(?P<from>\d+:[0-5]\d(?:\.\d+)?)\s*-\s*(?P<to>\d+:[0-5]\d(?:\.\d+)?)")
TIGHTEN = re.compile(
    r"\bnothing is (?:said|heard)\b|\bnothing on the screen changes\b|\bthe picture (?:is black|stands still)\b",
    re.IGNORECASE,
)
GONE = re.compile(r"\bcut (?:that|those) stretch(?:es)? out\b", re.IGNORECASE)
LATE = re.compile(r"\bcut away what comes before (?P<at>\d+:[0-5]\d(?:\.\d+)?)", re.IGNORECASE)
SLOW_OPENING = re.compile(r"\bthe opening is slow\b", re.IGNORECASE)
SAGS = re.compile(r"\btighten it from (?P<at>\d+:[0-5]\d(?:\.\d+)?) on\b", re.IGNORECASE)
DRAGS = re.compile(r"\blet the picture change\b", re.IGNORECASE)
QUALITY = re.compile(r"\boutput's quality to `(?P<quality>good|best)`", re.IGNORECASE)
FIELD = re.compile(
    r"\b(?P<field>style|case|colour|highlight|position)(?: to)? (?P<value>#[0-9a-f]{6}|[a-z]+(?: spoken)?)\b"
)
NOISES = frozenset(["um", "umm", "uh", "uhh", "er", "erm", "hmm", "hm", "mm", "mhm", "ah"])
"""What is left out of captions that go too fast: noises of thinking, never words."""
STEP = 3.0
"""Decibels by which a bed gives way or comes up; half a step further than the ear tells for sure."""
HEADROOM = 1.0
"""Decibels by which the limit of the peaks is brought down where they came out over it."""


class Note(NamedTuple):
    """One instruction, and whether it comes from a failed score."""

    text: str
    scope: Mapping[str, Any] | None
    measured: bool


def notes_of(scene: Scene) -> list[Note]:
    """Return the instructions of a scene, oldest first."""
    count = len(scene.instructions)
    scopes = scene.scopes or (*[None] * (count - 1), scene.scope)[-count:] if count else ()
    measured = scene.measured or (False,) * count
    return [Note(*each) for each in zip(scene.instructions, scopes, measured, strict=True)]


def peoples(notes: Iterable[Note]) -> list[Changes]:
    """Return what people asked for."""
    return [read_change(note.text, note.scope) for note in notes if not note.measured]


def cures(notes: Iterable[Note]) -> list[str]:
    """Return the words of the failed scores."""
    return [note.text for note in notes if note.measured]


def changes_of(notes: Sequence[Note], brief: Brief | None = None) -> list[Changes]:
    """Return all changes of a cut, oldest first; of a failed score's words those on places, and on pace.

    Args:
        brief: as it was handed in: a pace that somebody asked for, there or in a note, is theirs to change.
    """
    paced = (brief is not None and brief.pace != "normal") or any(
        pace(note.text) for note in notes if not note.measured
    )
    read = [_cut(note.text) if note.measured else read_change(note.text, note.scope) for note in notes]
    return [c._replace(brief="") if paced and note.measured else c for note, c in zip(notes, read, strict=True)]


def _cut(text: str) -> Changes:
    """Return what a failed score asks of the cut: places and pace alone, no other word of it."""
    timed: list[Timed] = []
    for sentence in re.split(r"(?<=\.)\s", text):
        if TIGHTEN.search(sentence):
            wish: Literal["drop", "tighten"] = "drop" if GONE.search(sentence) else "tighten"
            timed += [Timed(_seconds(m["from"]), _seconds(m["to"]), wish) for m in STRETCH.finditer(sentence)]
    late, sags = LATE.search(text), SAGS.search(text)
    if late:
        timed.append(Timed(0.0, _seconds(late["at"]), "drop"))
    if sags:
        timed.append(Timed(_seconds(sags["at"]), 2 * _seconds(sags["at"]), "tighten"))
    # The latest first: what goes later in the cut moves nothing before it.
    timed.sort(key=lambda one: -one.start)
    quicker = "A faster pace." if DRAGS.search(text) else ""
    return Changes(text, quicker, opening=bool(SLOW_OPENING.search(text)) and not late, timed=tuple(timed))


def _seconds(clock: str) -> float:
    minutes, _, seconds = clock.rpartition(":")
    return 60 * float(minutes) + float(seconds)


def quality(texts: Iterable[str]) -> str:
    """Return the quality that failed scores ask of the output; empty where they ask for none."""
    found = [match["quality"].lower() for text in texts for match in QUALITY.finditer(text)]
    return found[-1] if found else ""


def cured_captions(look: Captions, texts: Sequence[str], asked: Sequence[Changes], footage: Footage) -> Captions:
    """Return captions with what failed scores ask of them, as far as nobody asked otherwise.

    Args:
        asked: what people asked for, the brief's wishes among it.
    """
    named = {field for change in asked for field, _ in change.style}
    named |= {"size"} if any(change.steps for change in asked) else set()
    for text in texts:
        look = look.model_copy(update={f: v for f, v in _look(text, look, named).items() if f not in named})
        if "filler words" in text:
            look = _without_noises(look, footage)
    return look


def _look(text: str, look: Captions, named: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for match in FIELD.finditer(text):
        found[match["field"]] = match["value"]
    found = {field: value for field, value in found.items() if _fits(look, field, value)}
    if PALE.search(text):
        # Letters of a colour that somebody chose stand out on a ground of it, in dark or light, whichever is seen.
        found |= {"style": "boxed"} if "colour" in named else {"style": "bold", "colour": "#ffffff"}
    steps = ("larger size" in text) - ("smaller size" in text)
    size = SIZES[min(max(SIZES.index(look.size) + steps, 0), len(SIZES) - 1)]
    return {**found, "size": size}


def _fits(look: Captions, field: str, value: str) -> bool:
    try:
        Captions.model_validate({**look.model_dump(), field: value})
    except ValueError:
        return False
    return True


def _without_noises(look: Captions, footage: Footage) -> Captions:
    known = {correction.word for correction in look.corrections}
    words = [word for reel in footage.reels for word in reel.inspection.words]
    noises = [w.id for w in words if bare(w.text) and set(bare(w.text)) <= NOISES and w.id not in known]
    return look.model_copy(update={"corrections": (*look.corrections, *(Correction(word=w, text="") for w in noises))})


def cured_music(music: Music | None, texts: Iterable[str], asked: Sequence[Changes]) -> Music | None:
    """Return the bed louder or softer, as failed scores ask, where nobody said how loud it should be."""
    if music is None or any(change.louder for change in asked):
        return music
    sentences = [sentence for text in texts for sentence in re.split(r"(?<=\.)\s", text)]
    steps = sum(bool(LOUDER_BED.search(s)) - bool(QUIETER_BED.search(s)) for s in sentences)
    named = [float(match["db"]) for s in sentences if QUIETER_BED.search(s) for match in LEVEL.finditer(s)]
    level = min([music.level_db + STEP * steps, *named])
    return music.model_copy(update={"level_db": min(0.0, max(-40.0, level))})


def cured_loudness(loudness: Loudness, texts: Iterable[str]) -> Loudness:
    """Return the loudness with more room above, where failed scores found peaks over the limit."""
    over = sum(bool(LOWER_PEAKS.search(text)) for text in texts)
    return loudness.model_copy(update={"true_peak_db": max(-9.0, loudness.true_peak_db - HEADROOM * over)})
