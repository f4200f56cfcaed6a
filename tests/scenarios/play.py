"""A scripted model for a whole job: it finds out who asks from the prompt and plays that part, erring on purpose.

It is asked over real HTTP, so it sees what a model sees: prompts, messages and tools, nothing else.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from experts.edit.brief import Brief
from experts.edit.captions import CaptionSheet
from experts.edit.sound import SoundSheet
from experts.edit.titles import TitleSheet
from kernel.document import digest
from kernel.evaluation.judgement import Judgement
from kernel.messages import Image, Reply, Request, Text, ToolResult
from kernel.providers.scripted import calls, says
from kernel.watch import MARKER
from tests.fakes.models.server import Fault, Outcome
from tests.scenarios.conftest import BRIEF

Part = Callable[[Request], Reply]
WRITES = re.compile(r"Your tools write the document `(\w+)`")
LINE = re.compile(r"\[(s\d+w\d+)\.\.(s\d+w\d+)\]")
SHEETS = 2
"""Pictures of the finished video that its judge is shown."""
MISTAKES = {
    "an unknown tool": "There is no tool 'cut_the_video'; there are: ",
    "nonsense": "The arguments of write do not fit: ",
    "a marker without hand_in": "Hand in your document with hand_in, and end with AGENT_COMPLETE",
    "an unfinished document": "Not handed in. ",
}
"""Mistakes that the play makes, and how what leads it back begins."""


def who(request: Request) -> str:
    """Return who asks: the document's name for an expert, else the orchestrator."""
    found = WRITES.search(request.system)
    return found[1] if found else "orchestrator"


def said(request: Request) -> int:
    """Return how often the model has answered in this chat since a person or an event spoke last."""
    count = 0
    for message in reversed(request.messages):
        if message.role == "assistant":
            count += 1
        elif not any(isinstance(part, ToolResult) for part in message.parts) and who(request) == "orchestrator":
            break
    return count


def led_back(request: Request) -> list[str]:
    """Return what the chat's own side has said so far: results of tools, and nudges."""
    told: list[str] = []
    for message in request.messages[1:]:
        if message.role == "user":
            told += [part.text for part in message.parts if isinstance(part, Text | ToolResult)]
    return told


def changes(**values: Any) -> dict[str, Any]:
    """Return the arguments of a patch that sets fields of the draft."""
    return {"changes": [{"op": "add", "path": f"/{name}", "value": json.dumps(v)} for name, v in values.items()]}


def lines(request: Request) -> list[tuple[str, str]]:
    """Return the first and last word of each line of the transcript."""
    return [(match[1], match[2]) for match in LINE.finditer(request.system)]


def orchestrator(request: Request) -> Reply:
    """Take the brief in and begin; tell people of events."""
    last = request.messages[-1].text
    if said(request) == 0 and last.startswith("[event]"):
        return says("Have a look at it.")
    brief = {"brief": Brief.read({"text": BRIEF, "length": 4.0, "captions": True}).body()}
    steps = [
        calls(("approve", {"step": "preview"}), text="I approve it already."),
        calls(("hand_in", brief)),
        calls(("run_all", {})),
        says("I have your footage and begin."),
    ]
    return steps[said(request)]


def log(request: Request) -> Reply:
    """Log the footage part by part, with every mistake there is."""
    (first, last), *_ = lines(request)
    take = {"id": "k1", "source": "s1", "first_word": first, "last_word": last, "text": "It was the best of times ..."}
    whole = {**take, "grade": "best", "retake_of": None, "why": "everybody knows it"}
    fields = changes(kind="narration", summary="A voice.", hook="k1", names=[], b_roll=["s2"], confidence=0.83)
    steps = [
        calls(("cut_the_video", {"path": "/etc/passwd"}), text="I cut it at once."),
        calls(("write", {"document": {"kind": "opera", "takes": "many"}})),
        says(f"All done.\n{MARKER}"),
        calls(("add_takes", {"items": [whole]}), text=f"Nearly there.\n{MARKER}"),
        calls(("hand_in", {}), text=f"Done.\n{MARKER}"),
        calls(("patch", fields)),
        calls(("hand_in", {}), text=f"Done.\n{MARKER}"),
    ]
    return steps[said(request)]


def selects(request: Request) -> Reply:
    """Choose the first line and lay the city over it; say the marker in a message of its own."""
    (first, last), *_ = lines(request)
    select = {"source": "s1", "first_word": first, "last_word": last, "start": None, "end": None, "why": "the line"}
    cover = {"select": 0, "offset": 0.0, "length": None, "source": "s2", "start": 0.0, "why": "a city at night"}
    steps = [
        calls(("read_transcript", {"source": "s1", "start": None, "end": None, "every_word": True})),
        calls(("add_selects", {"items": [select]}), ("add_coverings", {"items": [cover]})),
        calls(("patch", changes(note="", confidence=0.91)), ("check", {})),
        calls(("hand_in", {})),
        says(f"I chose the first line.\n{MARKER}"),
    ]
    return steps[said(request)]


def sheet(document: Mapping[str, Any]) -> Part:
    """Return the part of an expert that writes a short document and hands it in."""

    def play(request: Request) -> Reply:
        return calls(("write", {"document": dict(document)})) if said(request) == 0 else _handed_in()

    return play


def plan(_: Request) -> Reply:
    """Leave the draft as it is."""
    return _handed_in()


def judgement(request: Request) -> Reply:
    """Judge from the pictures; without any there is no number."""
    shown = [part for message in request.messages for part in message.parts if isinstance(part, Image)]
    seen = 0.6 if len(shown) == SHEETS else None
    return sheet(Judgement.read({**Judgement.EXAMPLE, "hook": seen, "pacing": seen}).body())(request)


def _handed_in() -> Reply:
    return calls(("hand_in", {}), text=f"It is right as it is.\n{MARKER}")


PARTS: dict[str, Part] = {
    "orchestrator": orchestrator,
    "Log": log,
    "Selects": selects,
    "CaptionSheet": sheet(CaptionSheet.read({**CaptionSheet.EXAMPLE, "confidence": 0.72}).body()),
    "SoundSheet": sheet(SoundSheet.read({**SoundSheet.EXAMPLE, "music": None}).body()),
    "TitleSheet": sheet(TitleSheet.read({**TitleSheet.EXAMPLE, "titles": []}).body()),
    "EditPlan": plan,
    "Judgement": judgement,
}


class Play:
    """Plays every part under a model's name, counts what it was asked, and does something at one line where told.

    Args:
        model: the name it signs with.
    """

    def __init__(self, model: str) -> None:
        self.model = model
        self.asked: Counter[str] = Counter()
        self.whose: dict[str, tuple[str, int]] = {}
        self.at: tuple[str, int] | None = None
        self.act: Callable[[], object] = lambda: None
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Outcome:
        """Answer a request."""
        key = digest(request.model_dump(mode="json"))
        place = (who(request), said(request))
        with self._lock:
            self.asked[key] += 1
            self.whose[key] = place
            due = self.at == place
            self.at = None if due else self.at
        if due:
            self.act()
            return Fault(how="cut")
        return PARTS[place[0]](request).model_copy(update={"model": self.model})

    def repeated(self) -> list[tuple[str, int]]:
        """Return whose requests came more than once."""
        return [self.whose[key] for key, count in self.asked.items() if count > 1]
