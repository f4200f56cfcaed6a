"""log: an assistant editor's log of the footage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from experts.edit.brief import Brief
from experts.edit.footage import Footage
from experts.edit.inputs import needed
from experts.edit.phrases import Phrase, phrases, sentences, spoken
from experts.edit.takes import alike, bare, best_of, families, given_up, is_aside, is_false_start
from experts.edit.wishes import one
from experts.edit.wording import opening_wish
from experts.tools import LOOKING
from kernel.document import Document, ExpertDocument, Value
from kernel.errors import BadInput
from kernel.expert import Expert, Scene


class Take(Value):
    """One sentence or thought as it was said once."""

    id: str = Field(pattern=r"^k\d+$")
    """k1, k2, ..."""
    source: str
    first_word: str
    last_word: str
    text: str
    grade: Literal["best", "good", "weak", "unusable"]
    """`unusable`: broken off, a false start, off-topic talk between takes."""
    retake_of: str | None = None
    """Id of the earlier take that this one says again; only the best of them is used."""
    why: str = ""
    """A few words: strongest line, stumbles, cut off at the end, ..."""


class Name(Value):
    """A name or term that the recogniser may have misspelt."""

    heard: str
    spelt: str


class Log(ExpertDocument):
    """What there is to edit with: what kind of footage it is, its takes, its retakes, its best lines."""

    SCHEMA: ClassVar[str] = "Log"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "confidence": 0.8,
        "kind": "dialogue",
        "summary": "One speaker to camera about the launch; two false starts.",
        "takes": [
            {
                "id": "k1",
                "source": "s1",
                "first_word": "s1w1",
                "last_word": "s1w9",
                "text": "We launch on Monday.",
                "grade": "best",
                "retake_of": None,
                "why": "says it all",
            },
        ],
        "hook": "k1",
        "names": [{"heard": "Sean", "spelt": "Siân"}],
        "b_roll": ["s2"],
    }

    kind: Literal["dialogue", "narration", "montage"]
    """`dialogue`: people are seen speaking; `narration`: a voice without a face, to be covered with pictures;
    `montage`: pictures without speech that matters."""
    summary: str
    takes: tuple[Take, ...] = ()
    hook: str | None = None
    """Id of the strongest take to open with."""
    names: tuple[Name, ...] = ()
    b_roll: tuple[str, ...] = ()
    """Ids of the sources that are pictures to lay over speech."""

    def problems(self, documents: Mapping[str, Document]) -> list[str]:
        """Say which takes, sources and words it names that there are not."""
        footage = documents.get("footage")
        named = list(_unknown(self, footage)) if isinstance(footage, Footage) else []
        return [*_crossed(self), *named]


def _crossed(log: Log) -> Iterator[str]:
    """Say which takes point at takes that there are not."""
    ids = [take.id for take in log.takes]
    if len(set(ids)) < len(ids):
        yield "Two takes have the same id: number them k1, k2, ..."
    if log.hook is not None and log.hook not in ids:
        yield f"The hook is {log.hook}, which is no take of this log."
    for take in log.takes:
        if take.retake_of is not None and take.retake_of not in ids[: ids.index(take.id)]:
            yield f"Take {take.id} is a retake of {take.retake_of}, which is no earlier take of this log."


def _unknown(log: Log, footage: Footage) -> Iterator[str]:
    """Say which sources and words are not in the footage."""
    reels = {reel.id: [word.id for word in reel.inspection.words] for reel in footage.reels}
    for take in log.takes:
        words = reels.get(take.source, [])
        if take.first_word not in words or take.last_word not in words:
            span = f"{take.first_word} to {take.last_word}"
            yield f"Take {take.id} goes from {span}, but {take.source} has {_range(words)}."
        elif words.index(take.first_word) > words.index(take.last_word):
            yield f"Take {take.id} ends with {take.last_word}, which is spoken before {take.first_word}."
    luts = [reel.id for reel in footage.reels if reel.role == "lut"]
    for source in log.b_roll:
        if source not in reels or source in luts:
            shown = ", ".join(id for id in reels if id not in luts)
            yield f"b_roll names {source}; the sources are {shown}."
    if log.kind != "montage" and not any(reels.values()):
        yield f"Nobody speaks in this footage, so it cannot be a {log.kind}: its kind is montage."


def _range(words: Sequence[str]) -> str:
    return f"the words {words[0]} to {words[-1]}" if words else "no words"


def understudy(scene: Scene) -> dict[str, Any]:
    """Log the footage by rules: sentences, retakes by their words, the strongest line by its length and words.

    Raises:
        BadInput: there is nothing to see in the footage.
    """
    brief, footage = needed(scene.documents, "brief", Brief), needed(scene.documents, "footage", Footage)
    kind = kind_of(footage, brief)
    groups = _split(sentences(phrases(spoken(footage))))
    takes = _takes(groups)
    names = _names(brief.text, footage)
    hook = _hook(takes, groups, brief)
    return Log(
        confidence=_sure(groups, kind),
        kind=kind,
        summary=_summary(kind, footage, takes),
        takes=tuple(take.model_copy(update={"grade": "best"}) if take.id == hook else take for take in takes),
        hook=hook,
        names=names,
        b_roll=_b_roll(kind, footage),
    ).body()


def kind_of(footage: Footage, brief: Brief) -> Literal["dialogue", "narration", "montage"]:
    """Say what kind of footage this is: by the brief, else by who is heard and whether they are seen.

    Raises:
        BadInput: there is nothing to see, or nothing at all.
    """
    own = [reel for reel in footage.reels if not reel.bundled]
    seen = [reel for reel in own if reel.inspection.probe.has_picture and reel.role != "logo"]
    if not seen:
        raise BadInput("There is no picture in this footage, only sound: add a video or a still image to show with it.")
    heard = spoken(footage)
    if brief.kind is not None and (heard or brief.kind == "montage"):
        return brief.kind
    voice = sum(len(reel.inspection.words) for reel in heard if not reel.inspection.probe.has_picture)
    on_screen = sum(len(reel.inspection.words) for reel in heard if reel.inspection.probe.has_picture)
    if not voice + on_screen:
        return "montage"
    return "narration" if voice >= on_screen else "dialogue"


def _split(groups: Sequence[Sequence[Phrase]]) -> list[list[Phrase]]:
    """Part a sentence where it begins anew: "We are going to, we are going to talk"."""
    found: list[list[Phrase]] = []
    for group in groups:
        found.append([])
        for phrase, following in zip(group, [*group[1:], None], strict=True):
            found[-1].append(phrase)
            if following and is_false_start(phrase.text, following.text, broken=True):
                found[-1:] = [part for part in (found[-1][:-1], [phrase]) if part] + [[]]
    return [group for group in found if group]


def _takes(groups: Sequence[Sequence[Phrase]]) -> list[Take]:
    again = given_up(groups)
    family_of = {index: family for family in families(again) for index in family}
    best = {index: best_of(family, groups) for index, family in family_of.items()}
    return [_take(index, group, family_of.get(index, []), best.get(index, index)) for index, group in enumerate(groups)]


def _take(index: int, group: Sequence[Phrase], family: Sequence[int], best: int) -> Take:
    text = " ".join(phrase.text for phrase in group)
    grade, why = _grade(group, text)
    if index != best:
        grade, why = "unusable", f"said again in k{best + 1}"
    return Take(
        id=f"k{index + 1}",
        source=group[0].source,
        first_word=group[0].words[0].id,
        last_word=group[-1].words[-1].id,
        text=text,
        grade=grade,
        retake_of=f"k{family[0] + 1}" if family and index != family[0] else None,
        why=why,
    )


def _grade(group: Sequence[Phrase], text: str) -> tuple[Literal["best", "good", "weak", "unusable"], str]:
    if is_aside(text):
        return "unusable", "talk between takes"
    if group[-1].ends == "broken":
        return ("weak", "its end is broken off") if len(group) > 1 else ("unusable", "broken off")
    clear = sum(word.probability for phrase in group for word in phrase.words) / sum(len(p.words) for p in group)
    return ("weak", "hard to understand") if clear < 0.5 else ("good", "")


NAME = re.compile(r"(?<=[a-z,:;] )([A-Z][\w'’-]{3,})")
"""A word with a capital letter that does not begin a sentence."""
HOOK_WORDS = frozenset(
    [
        "you",
        "your",
        "why",
        "how",
        "what",
        "never",
        "always",
        "best",
        "worst",
        "most",
        "only",
        "first",
        "last",
        "secret",
        "mistake",
        "free",
        "new",
        "now",
        "imagine",
        "everything",
        "nothing",
        "nobody",
        "everybody",
        "love",
        "hate",
        "stop",
        "truth",
        "problem",
        "win",
        "lose",
        "million",
        "thousand",
        "hundred",
        "percent",
    ]
)
"""English words that make people listen (practice of short-video editors; weak evidence)."""
VAGUE = frozenset(
    [
        "and",
        "but",
        "so",
        "because",
        "then",
        "also",
        "it",
        "this",
        "that",
        "these",
        "those",
        "they",
        "he",
        "she",
        "there",
        "which",
        "who",
        "or",
    ]
)


def _hook(takes: Sequence[Take], groups: Sequence[Sequence[Phrase]], brief: Brief) -> str | None:
    """Return the line that was asked for at the opening, else the strongest one."""
    wish = opening_wish(brief.text)
    flat = [phrase for group in groups for phrase in group]
    named = one(wish, flat) if wish else set()
    if named:
        first = flat[min(named)]
        return next(take.id for take, group in zip(takes, groups, strict=True) if first in group)
    most = 0.6 * brief.length if brief.length else 60.0
    usable = [
        (strength(group) - 2 * (_lasts(group) > most), take.id)
        for take, group in zip(takes, groups, strict=True)
        if take.grade == "good"
    ]
    return max(usable, key=lambda pair: pair[0])[1] if usable else None


def _lasts(group: Sequence[Phrase]) -> float:
    return group[-1].end - group[0].start


def strength(group: Sequence[Phrase]) -> float:
    """Return how well a sentence would open a video: short, whole, on its own feet, with words that pull."""
    words = bare(" ".join(phrase.text for phrase in group))
    seconds = group[-1].end - group[0].start
    length = 1.0 if 1.5 <= seconds <= 6 else 0.5 if seconds <= 9 else 0.0
    pull = min(1.0, 0.35 * sum(word in HOOK_WORDS or word.isdigit() for word in words))
    question = 0.3 * group[-1].text.rstrip().endswith(("?", "!"))
    leans = 0.6 * (words[0] in VAGUE) if words else 1.0
    short = 0.8 * (len(words) < 4)
    whole = 0.5 * (group[-1].ends == "sentence") + 0.5 * (group[0].begins in ("sentence", "broken"))
    greeting = 0.5 * bool(words and words[0] in ("hello", "hi", "hey", "welcome"))
    return length + pull + question + whole - leans - short - greeting


def _names(text: str, footage: Footage) -> tuple[Name, ...]:
    """Return the names that the brief spells otherwise than they were heard."""
    known = {word for reel in footage.reels for w in reel.inspection.words for word in bare(w.text)}
    spelt = [m for m in NAME.findall(text) if m.casefold() not in known]
    pairs = ((name, near) for name in dict.fromkeys(spelt) for near in sorted(known) if _sounds_like(name, near))
    return tuple(Name(heard=near, spelt=name) for name, near in pairs)


def _sounds_like(name: str, heard: str) -> bool:
    """Say whether a name may have been heard as another word: nearly the same letters, the same first one."""
    return name[0].casefold() == heard[0] and len(heard) >= 4 and alike(name.casefold(), heard) >= 0.8


def _b_roll(kind: str, footage: Footage) -> tuple[str, ...]:
    if kind == "montage":
        return ()
    seen = [reel for reel in footage.reels if reel.inspection.probe.has_picture and reel.role != "logo"]
    silent = [reel for reel in seen if not reel.inspection.words or reel.role in ("b_roll", "still")]
    return tuple(reel.id for reel in (silent or seen if kind == "narration" else silent))


def _summary(kind: str, footage: Footage, takes: Sequence[Take]) -> str:
    lost = sum(take.grade == "unusable" for take in takes)
    sources = sum(not reel.bundled and reel.role != "lut" for reel in footage.reels)
    said = f"{len(takes)} sentences, {lost} of them not usable" if takes else "nobody speaks"
    return f"{kind.capitalize()} from {sources} source{'s' * (sources != 1)}: {said}. Logged by rules, not by a model."


def _sure(groups: Sequence[Sequence[Phrase]], kind: str) -> float:
    """Derive the confidence: how clearly the words were heard, up to 0.8 at the most, since rules do not understand."""
    words = [word for group in groups for phrase in group for word in phrase.words]
    clear = sum(word.probability for word in words) / len(words) if words else 0.8
    return round(0.6 if kind == "montage" else 0.4 + 0.4 * clear, 2)


EXPERT = Expert(name="edit.log", document=Log, prompt="edit/log.j2", understudy=understudy, tools=LOOKING)
