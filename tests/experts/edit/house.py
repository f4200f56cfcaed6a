"""Footage for the understudies, made of words and pauses instead of files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import pairwise
from typing import Any

from experts.edit import (
    captions,
    log,
    plan,
    selects_dialogue,
    selects_montage,
    selects_narration,
    sound,
    titles,
)
from experts.edit.brief import Brief
from experts.edit.footage import Footage, Reel
from experts.edit.reading import read_brief
from kernel.document import Document
from kernel.expert import Expert, Scene
from kernel.worker.media import Face, Inspection, Probe, Rate, Span, Word
from kernel.worker.plan import EditPlan

WORD, AIR = 0.3, 0.08
"""Seconds of a word, and of the quiet that a clip keeps beside it."""
SELECTS = {
    "dialogue": selects_dialogue.EXPERT,
    "narration": selects_narration.EXPERT,
    "montage": selects_montage.EXPERT,
}
SHEETS = {"captions": captions.EXPERT, "sound": sound.EXPERT, "titles": titles.EXPERT}


def spoken(source: str, said: Sequence[str | float], tail: float = 1.0) -> tuple[tuple[Word, ...], float]:
    """Return the words of a script and its seconds: texts are said word by word, numbers are pauses between them."""
    words: list[Word] = []
    at = rest = 0.5
    for part in said:
        if isinstance(part, float | int):
            at, rest = at + part, float(part)
            continue
        for text in part.split():
            air = min(AIR, rest / 2)
            if words:
                words[-1] = words[-1].model_copy(update={"cut_out": round(words[-1].end + air, 3)})
            id = f"{source}w{len(words)}"
            words.append(
                Word(
                    id=id,
                    text=text,
                    start=round(at, 3),
                    end=round(at + WORD, 3),
                    probability=0.95,
                    cut_in=round(at - air, 3),
                    cut_out=round(at + WORD, 3),
                )
            )
            at, rest = at + WORD, 0.0
    if words:
        words[-1] = words[-1].model_copy(update={"cut_out": round(words[-1].end + min(AIR, tail), 3)})
    return tuple(words), round(at + tail, 3)


def silences(words: Sequence[Word], duration: float) -> tuple[Span, ...]:
    """Return the pauses of at least 0.35 s."""
    edges = [0.0, *(edge for word in words for edge in (word.start, word.end)), duration]
    spans = zip(edges[::2], edges[1::2], strict=True)
    return tuple(Span(start=a, end=b) for a, b in spans if b - a >= 0.35)


def talk(id: str, said: Sequence[str | float], tail: float = 1.0, size: tuple[int, int] = (1920, 1080)) -> Reel:
    """Return a person who is seen speaking."""
    words, duration = spoken(id, said, tail)
    inspection = Inspection(
        probe=_probe("video", duration, size, channels=2),
        language="en",
        words=words,
        silences=silences(words, duration),
        shots=(Span(start=0, end=duration),),
        faces=tuple(Face(at=float(second), x=0.7, y=0.4, height=0.3) for second in range(int(duration))),
        motion=(0.1,) * int(duration + 1),
    )
    return _reel(id, f"{id}.mp4", inspection)


def voice(id: str, said: Sequence[str | float], tail: float = 1.0) -> Reel:
    """Return a voice without a picture."""
    words, duration = spoken(id, said, tail)
    inspection = Inspection(
        probe=_probe("audio", duration, (0, 0), channels=1),
        language="en",
        words=words,
        silences=silences(words, duration),
    )
    return _reel(id, f"{id}.wav", inspection)


def pictures(id: str, shots: Sequence[float], size: tuple[int, int] = (1280, 720), motion: float = 0.3) -> Reel:
    """Return a silent video of shots of so many seconds."""
    edges = [sum(shots[:n]) for n in range(len(shots) + 1)]
    spans = tuple(Span(start=a, end=b) for a, b in pairwise(edges))
    inspection = Inspection(
        probe=_probe("video", edges[-1], size, channels=0), shots=spans, motion=(motion,) * int(edges[-1] + 1)
    )
    return _reel(id, f"{id}.mp4", inspection)


def bed(id: str, tempo: float = 120.0, seconds: float = 8.0, bundled: bool = True) -> Reel:
    """Return music with a steady beat."""
    beats = tuple(round(n * 60 / tempo, 4) for n in range(int(seconds * tempo / 60)))
    inspection = Inspection(probe=_probe("audio", seconds, (0, 0), channels=2), tempo=tempo, beats=beats)
    return _reel(id, f"{id}.flac", inspection).model_copy(update={"role": "music", "bundled": bundled})


def lut(id: str, name: str = "teal.cube") -> Reel:
    """Return a person's table of colours."""
    inspection = Inspection(probe=_probe("lut", 0.0, (0, 0), channels=0))
    return _reel(id, name, inspection).model_copy(update={"role": "lut"})


def footage(*reels: Reel) -> Footage:
    """Return the footage of a job."""
    return Footage(reels=reels)


def played(reels: Sequence[Reel], text: str) -> dict[str, Document]:
    """Play all understudies up to the plan, each checked as the kernel would; return every document by its name."""
    documents: dict[str, Document] = {"brief": read_brief(text), "footage": footage(*reels)}
    documents["log"] = made(log.EXPERT, documents)
    kind = documents["log"].body()["kind"]
    documents["selects"] = made(SELECTS[kind], documents)
    for name, expert in SHEETS.items():
        documents[name] = made(expert, documents)
    documents["plan"] = made(plan.EXPERT, documents)
    return documents


def made(expert: Expert, documents: Mapping[str, Document], *notes: str, **scene: Any) -> Document:
    """Play one understudy and check what it made."""
    body = expert.understudy(Scene(documents, instructions=notes, **scene))
    document = expert.document.read(body)
    assert document.problems(documents) == []
    if expert.finishes:
        document = expert.finishes(document, documents, notes)
    if expert.rules:
        assert expert.rules(document, documents) == []
    return document


def planned(reels: Sequence[Reel], text: str) -> EditPlan:
    """Play all understudies; return the plan."""
    found = played(reels, text)["plan"]
    assert isinstance(found, EditPlan)
    return found


def revised(documents: Mapping[str, Document], *notes: str, scope: Mapping[str, Any] | None = None) -> EditPlan:
    """Rerun the plan with notes; the last one is about the plan that is there."""
    found = made(plan.EXPERT, documents, *notes, previous=documents["plan"].body(), scope=scope)
    assert isinstance(found, EditPlan)
    return found


def brief(text: str) -> Brief:
    """Read a brief."""
    return read_brief(text)


def _probe(kind: Any, duration: float, size: tuple[int, int], channels: int) -> Probe:
    return Probe(
        kind=kind,
        duration=duration,
        size=1000,
        container="mov",
        bitrate=1000,
        width=size[0],
        height=size[1],
        rate=Rate(num=30, den=1) if kind == "video" else None,
        channels=channels,
    )


def _reel(id: str, name: str, inspection: Inspection) -> Reel:
    return Reel(id=id, hash=sha256(id.encode()).hexdigest(), name=name, role="raw_footage", inspection=inspection)
