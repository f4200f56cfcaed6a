"""Hand-over: each request is written to a folder, and a reader who plays the model writes the answer there."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from kernel.document import Value, digest
from kernel.messages import Image, Message, Part, Reply, Request, Text, ToolCall
from kernel.providers.scripted import calls, says

LOOK = 0.2
"""Seconds between two looks for an answer."""


class Called(Value):
    """One tool call of an answer."""

    name: str
    arguments: dict[str, Any] = Field(default_factory=dict)


class Answer(Value):
    """What a reader writes: words, calls, or both."""

    text: str = ""
    calls: tuple[Called, ...] = ()


class Handover:
    """Answers a request with what a reader writes beside it.

    The same request again (a client that gave up and asks anew) gets the answer that is there, or waits for it: it is
    written only once.

    Args:
        folder: where requests and answers lie; numbers go on after those that are there.
        closing: set to stop waiting.
    """

    def __init__(self, folder: Path, closing: threading.Event) -> None:
        self._folder = folder
        self._closing = closing
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._numbers = {json.loads(path.read_text())["digest"]: path.name[:4] for path in _written(folder)}

    def __call__(self, request: Request) -> Reply:
        """Write the request, wait for the answer, return it."""
        with self._lock:
            number = self._number(request)
        return self._answer(number)

    def _number(self, request: Request) -> str:
        key = digest(request.model_dump(mode="json"))
        if key not in self._numbers:
            number = f"{len(self._numbers) + 1:04}"
            self._write(number, key, request)
            self._numbers[key] = number
        return self._numbers[key]

    def _write(self, number: str, key: str, request: Request) -> None:
        asked = request.model_dump(mode="json", include={"model", "system", "max_tokens", "messages", "tools"})
        about = {"number": number, "digest": key, "reply_to": f"{number}.reply.json", **asked}
        for name, image in _images(number, request):
            (self._folder / name).write_bytes(base64.b64decode(image.data))
        (self._folder / f"{number}.request.md").write_text(rendered(number, request))
        path = self._folder / f"{number}.request.json"
        half = path.with_suffix(".part")
        half.write_text(json.dumps(about, indent=1, ensure_ascii=False))
        half.rename(path)

    def _answer(self, number: str) -> Reply:
        path = self._folder / f"{number}.reply.json"
        while not self._closing.is_set():
            reply = self._read(path) if path.exists() else None
            if reply:
                return reply
            self._closing.wait(LOOK)
        return says("The model server is closing.")

    def _read(self, path: Path) -> Reply | None:
        """Return the answer; None while it is half written or wrong, and say beside it what is wrong."""
        problem = path.with_name(path.name.replace(".reply.json", ".problem.txt"))
        try:
            answer = Answer.model_validate_json(path.read_text())
        except ValidationError as error:
            problem.write_text(str(error))
            return None
        if not answer.text and not answer.calls:
            problem.write_text("There is neither text nor a call in it.")
            return None
        problem.unlink(missing_ok=True)
        made = [(call.name, call.arguments) for call in answer.calls]
        return calls(*made, text=answer.text) if made else says(answer.text)


def _written(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9][0-9][0-9][0-9].request.json"))


def _images(number: str, request: Request) -> Iterator[tuple[str, Image]]:
    images = [part for message in request.messages for part in message.parts if isinstance(part, Image)]
    for index, image in enumerate(images, start=1):
        yield f"{number}.image{index}.{image.media_type.partition('/')[2]}", image


def rendered(number: str, request: Request) -> str:
    """Return a request as Markdown that is good to read."""
    names = iter([name for name, _ in _images(number, request)])
    tools = [
        f"### {tool.name}\n\n{tool.description}\n\n```json\n{json.dumps(tool.parameters, ensure_ascii=False)}\n```"
        for tool in request.tools
    ]
    talk = [text for message in request.messages for text in _message(message, names)]
    head = f"# Request {number} to {request.model}\n\nAnswer in {number}.reply.json"
    return "\n\n".join([head, "## System", request.system, "## Tools", *tools, "## Messages", *talk]) + "\n"


def _message(message: Message, names: Iterator[str]) -> Iterator[str]:
    for part in message.parts:
        yield f"### {message.role}: {part.type}\n\n{_part(part, names)}"


def _part(part: Part, names: Iterator[str]) -> str:
    if isinstance(part, Text):
        return part.text
    if isinstance(part, Image):
        return f"![picture]({next(names)})"
    if isinstance(part, ToolCall):
        return f"{part.name}({part.arguments})"
    return f"{part.name} {'failed' if part.is_error else 'answered'}:\n\n{part.text}"
