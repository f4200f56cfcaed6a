"""Plain words that need no model: approve, reject, change, rerun, keep, refresh, stop, resume, status, a spelling.

They are read before the orchestrator is asked: "stop" works at once, and an approval never passes through a model.
"""

from __future__ import annotations

import re
from typing import Literal

from experts.edit.naming import read_spelling
from experts.edit.spelling import Spelling
from kernel.document import Value

Name = Literal[
    "approve",
    "reject",
    "rerun",
    "keep",
    "refresh",
    "pause",
    "cancel",
    "resume",
    "restart",
    "redo",
    "leave",
    "status",
    "help",
    "spell",
    "download",
    "feedback",
]


class Command(Value):
    """One command, as somebody typed it."""

    name: Name
    step: str = ""
    version: int | None = None
    """The version that an approval names; None for the one that waits."""
    text: str = ""
    """The instructions of a rerun, the reason of a rejection, what to make instead, how a name is spelt, what to
    download, or whether the video is good."""
    wrong: tuple[str, ...] = ()
    """What that name was taken for."""


_WORDS: dict[str, Name] = {
    "stop": "pause",
    "pause": "pause",
    "cancel": "cancel",
    "start over": "restart",
    "resume": "resume",
    "go on": "resume",
    "continue": "resume",
    "refresh": "refresh",
    "status": "status",
    "help": "help",
    "approve": "approve",
    "approved": "approve",
    "accept": "approve",
    "yes": "approve",
    "reject": "reject",
    "no": "reject",
}
_APPROVE = re.compile(r"^(approve|accept)\s+(?P<step>[a-z_]+)(\s+v(?P<version>\d+))?$")
_RERUN = re.compile(r"^rerun\s+(?P<step>[a-z_]+)\s*[:,]\s*(?P<text>.+)$", re.DOTALL | re.IGNORECASE)
_CHANGE = re.compile(r"^change\s*[:,]\s*(?P<text>.+)$", re.DOTALL | re.IGNORECASE)
_REJECT = re.compile(r"^reject\s*[:,]\s*(?P<text>.+)$", re.DOTALL | re.IGNORECASE)
_RESTART = re.compile(r"^start over\s*[:,]\s*(?P<text>.+)$", re.DOTALL | re.IGNORECASE)
_KEEP = re.compile(r"^keep\s+(?P<step>[a-z]+_?[a-z]*)$", re.IGNORECASE)


def read_command(text: str, steps: frozenset[str]) -> Command | None:
    """Return the command that a message is; None where it is something to talk about.

    Args:
        steps: the names of the job's steps: "keep plan" and "approve preview" are commands, "keep laughing" and
            "approve it" are talk.
    """
    said = text.strip()
    word = said.lower().rstrip(".!")
    if word in _WORDS:
        return Command(name=_WORDS[word])
    return _approval(word, steps) or _with_text(said) or _keep(said, steps) or _spelling(said)


def spelling_of(command: Command) -> Spelling:
    """Return the spelling that a command asks for."""
    return Spelling(right=command.text, wrong=command.wrong)


def is_answer(text: str) -> bool:
    """Say whether a message is a bare yes or no: a command at a gate, and talk where nothing was asked."""
    return is_bare(text) or text.strip().lower().rstrip(".!") == "accept"


def is_bare(text: str) -> bool:
    """Say whether a message is a yes or a no that says not to what."""
    return text.strip().lower().rstrip(".!") in ("yes", "no")


def _approval(word: str, steps: frozenset[str]) -> Command | None:
    match = _APPROVE.match(word)
    if match is None or match["step"] not in steps:
        return None
    version = match["version"]
    return Command(name="approve", step=match["step"], version=int(version) if version else None)


def _with_text(said: str) -> Command | None:
    if match := _RERUN.match(said):
        if match["step"].lower() == "captions" and (spelt := _spelling(match["text"].strip())):
            return spelt
        return Command(name="rerun", step=match["step"].lower(), text=match["text"].strip())
    if match := _CHANGE.match(said):
        return Command(name="rerun", text=match["text"].strip())
    if match := _REJECT.match(said):
        return Command(name="reject", text=match["text"].strip())
    if match := _RESTART.match(said):
        return Command(name="restart", text=match["text"].strip())
    return None


def _keep(said: str, steps: frozenset[str]) -> Command | None:
    match = _KEEP.match(said)
    if match is None or match["step"].lower() not in steps:
        return None
    return Command(name="keep", step=match["step"].lower())


def _spelling(said: str) -> Command | None:
    found = read_spelling(said)
    return Command(name="spell", text=found.right, wrong=found.wrong) if found else None
