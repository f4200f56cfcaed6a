"""The worker's own door, as the bot uses it: look at a file, plan over what was found, check, render.

Every file, however bad, is to get one of three answers: a render, its use as sound alone, or a refusal in one clear
sentence. Whatever else comes of it is a fault of ours.
"""

from __future__ import annotations

import hashlib
import re
import time
from pathlib import Path
from typing import Literal, NamedTuple

from PIL import Image

from kernel.errors import BadInput
from kernel.worker.analysis.inspect import inspect
from kernel.worker.compile import check
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.media import Source
from kernel.worker.plan import EditPlan
from kernel.worker.render import render

LONGEST = 6.0
"""Seconds of a file that are rendered."""
STILL = 0.5
"""Seconds for which a still is shown."""
RAW = re.compile(r"\n|Traceback|\b0x[0-9a-f]{4}|\[\w+ @|Error opening|Invalid data|status \d|/tmp/|\x1b")
"""What gives away that words of a program, not of ours, reached a person."""


Kind = Literal["render", "sound", "refusal", "fault"]


class Answer(NamedTuple):
    """What came of a file."""

    kind: Kind
    said: str
    """The refusal, or what is wrong with us."""
    warnings: tuple[str, ...]
    asked: float
    """Seconds of video that were planned."""
    lasts: float
    """Seconds of video that were made."""
    seconds: float
    """How long the answer took."""


def answer(path: Path, work: Path, ffmpeg: Ffmpeg) -> Answer:
    """Bring a file to the worker's door and return what came of it."""
    begun = time.monotonic()
    kind: Kind
    said: str
    warnings: tuple[str, ...]
    try:
        kind, said, warnings, asked, lasts = _answer(path, work, ffmpeg)
    except BadInput as error:
        kind, said, warnings, asked, lasts = "refusal", str(error), (), 0.0, 0.0
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for here
        kind, said, warnings, asked, lasts = "fault", f"{type(error).__name__}: {error}", (), 0.0, 0.0
    found = Answer(kind, said, warnings, asked, lasts, time.monotonic() - begun)
    wrong = _unclear(found, path.name)
    return found._replace(kind="fault", said=wrong) if wrong else found


def _answer(path: Path, work: Path, ffmpeg: Ffmpeg) -> tuple[Kind, str, tuple[str, ...], float, float]:
    found = inspect(path, "s1", ffmpeg, work, None)
    told = (*found.probe.warnings, *found.notes)
    plan = _plan(Source.of("s1", hashlib.sha256(path.read_bytes()).hexdigest(), path.name, found))
    wrong = check(plan)
    if wrong:
        return "fault", f"the plan over it cannot be made: {wrong}", told, 0.0, 0.0
    Image.new("RGB", (96, 64)).save(work / "card.png")
    made = render(plan, {"s1": path, "s2": work / "card.png"}, work / "out.mp4", work / "cache", ffmpeg)
    asked = _asked(plan.source("s1"))
    return ("sound" if found.probe.kind == "audio" else "render"), "", told, asked, made.duration


def _asked(source: Source) -> float:
    return STILL if source.kind == "still" else min(source.duration, LONGEST)


def _plan(source: Source) -> EditPlan:
    """Return a plan that shows all of a source, or at least its beginning; sound alone lies under a card."""
    end = _asked(source)
    cut = {"type": "cut", "id": "c1", "source": "s1", "start": 0, "end": end, "why": "all of it"}
    card = Source(id="s2", hash="0" * 64, name="card.png", kind="still", duration=0, width=96, height=64)
    cover = {"type": "cover", "id": "b1", "clip": "c1", "source": "s2", "why": "sound alone needs something to see"}
    covered = source.kind == "audio"
    whole = {
        "confidence": 1,
        "output": {"width": 96, "height": 64, "rate": {"num": 25, "den": 1}, "quality": "draft"},
        "sources": [known.model_dump(mode="json") for known in (source, *([card] if covered else []))],
        "operations": [cut, *([cover] if covered else []), {"type": "loudness"}],
    }
    return EditPlan.read(whole)


def _unclear(found: Answer, name: str) -> str:
    """Say what is wrong with an answer's words; empty where they are fit for a person."""
    for sentence in (*([found.said] if found.kind == "refusal" else []), *found.warnings):
        if RAW.search(sentence) or not sentence.endswith("."):
            return f"not fit for a person: {sentence!r}"
    if found.kind == "refusal" and name.isprintable() and name not in found.said:
        return f"does not name the file: {found.said!r}"
    return ""
