"""A small room for the bot's tests: the real app around a pipeline named as the real one, with the offline director.

    brief (conversation) -> plan, captions -> preview (gate) -> master -> scorecard (gate) -> delivery

The experts' documents are words and the tasks write a few bytes, so that a whole job takes a moment.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from rich.console import Console as Terminal

from bot.app import App, build
from bot.commands import Command
from bot.identity import files_of
from bot.places import PLACES
from bot.secret import secret_of
from bot.surfaces.console import Console
from bot.tokens import token
from experts.edit.brief import Brief
from experts.edit.delivery import DELIVERY
from experts.edit.master import Master
from experts.edit.preview import Preview
from kernel.document import Document, ExpertDocument, digest
from kernel.engine import Engine, InlineEngine
from kernel.errors import BadInput
from kernel.evaluation.scorecard import Scorecard
from kernel.expert import Expert, Scene
from kernel.messages import Provider
from kernel.pipeline import Conversed, Pipeline, Step
from kernel.settings import Settings
from kernel.store.records import Event, Job, Kept, Role, Turn, new_id
from kernel.tasks import Task, Work
from tests.databases import ready

WISH = "12 seconds, vertical"
MODEL = "openai:scripted"


class Words(ExpertDocument):
    """Words: what the experts of this room make."""

    SCHEMA: ClassVar[str] = "Words"
    EXAMPLE: ClassVar[dict[str, Any]] = {"words": "a", "confidence": 0.8}
    words: str


def _understudy(scene: Scene) -> dict[str, Any]:
    asked = " then ".join(scene.instructions)
    if "impossible" in asked:
        raise BadInput("That cannot be: say something else.")
    brief = scene.documents["brief"]
    assert isinstance(brief, Brief)
    return {"words": asked or brief.text, "confidence": 0.5}


def _expert(name: str) -> Step:
    made_by = Expert(name=f"edit.{name}", document=Words, prompt=f"edit/none_{name}.j2", understudy=_understudy)
    return Step(name, made_by, ("brief",))


def _file(work: Work, name: str, role: Role, words: str) -> str:
    path = work.studio.folder(work.job.id, "videos") / f"{name}-{digest(words)[:8]}"
    path.write_text(words)
    return work.studio.keep(work.job, path, role, path.name).hash


def _words(work: Work) -> str:
    return " ".join(str(document.body().get("words")) for document in work.documents.values())


def _preview(work: Work) -> Document:
    work.progress(1.0, "frames")
    video = _file(work, "preview", "preview", _words(work))
    picture = _file(work, "board", "picture", f"picture of {_words(work)}")
    return Preview.read({**Preview.EXAMPLE, "video": video, "storyboard": picture, "note": "It is a small one."})


def _master(work: Work) -> Document:
    return Master.read({**Master.EXAMPLE, "video": _file(work, "master", "render", f"the final of {_words(work)}")})


def _scorecard(work: Work) -> Document:
    return Scorecard.read(Scorecard.EXAMPLE)


EDIT = Pipeline(
    "edit",
    "A small edit",
    (
        Step("brief", Conversed(Brief)),
        _expert("plan"),
        _expert("captions"),
        Step("preview", Task("preview", Preview, _preview), ("plan", "captions"), gate=True),
        Step("master", Task("master", Master, _master), ("plan", "preview")),
        Step("scorecard", Task("scorecard", Scorecard, _scorecard), ("master",), gate=True),
        Step("delivery", DELIVERY, ("master", "scorecard")),
    ),
)


@dataclass
class Room:
    """The app, one conversation in it, and what a person does there."""

    folder: Path
    engine: Engine = field(default_factory=InlineEngine)
    providers: Mapping[str, Provider] = field(default_factory=dict)
    model: str = "offline"
    surface: str = "console"
    address: str = "a terminal"
    database_url: str = ""
    """Another database than a file in the folder."""
    quiet_hours: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Further settings."""

    def __post_init__(self) -> None:
        self.footage = self.folder / "a talk.mp4"
        self.footage.write_bytes(b"pictures")
        ready(self.settings.database_url)
        self.app: App = build(
            self.settings, engine=self.engine, providers=self.providers, pipelines=(EDIT,), fetchers=PLACES
        )
        self.store = self.app.services.store
        self.office = self.app.office
        self.engine.start()
        self.here = self.store.conversations.ensure(self.surface, self.address)

    @property
    def settings(self) -> Settings:
        """The settings, all in one folder."""
        given = {"RUSHES_DATA": str(self.folder / "data"), "RUSHES_MODEL": self.model, "RUSHES_WEAK_BOX": "true"}
        more = {"RUSHES_DATABASE_URL": self.database_url, "RUSHES_QUIET_HOURS": self.quiet_hours, **self.variables}
        return Settings.read({**given, **more})

    def close(self) -> None:
        """Give everything back."""
        self.app.__exit__()

    def turn(self, text: str, files: Sequence[Path] = (), **more: Any) -> Turn:
        """Return a turn that was not said yet."""
        return Turn(
            **{
                "id": new_id(),
                "conversation": self.here,
                "author": "ann",
                "text": text,
                "files": tuple(files_of(files)),
                **more,
            }
        )

    def say(self, text: str, files: Sequence[Path] = (), **more: Any) -> str:
        """Say something, let all that comes of it happen, and return the answer to it."""
        turn = self.turn(text, files, **more)
        self.app.conversations.receive(turn)
        self.drain()
        return self.answer(turn.id)

    def click(self, command: Command, kept: Kept, by: str = "ann", **more: Any) -> Event | None:
        """Press a button of a card in the thread, let all that comes of it happen, and return what was said to it."""
        turn = self.clicked(command, self.token(kept), by, **more)
        self.app.conversations.receive(turn)
        self.drain()
        return next((event for event in self.events("said") if event.payload["turn"] == turn.id), None)

    def clicked(self, command: Command, token: str, by: str = "ann", **more: Any) -> Turn:
        """Return the turn of a button in the thread."""
        place = {"channel": "C1", "message_ts": "2.0", "thread_ts": "1.0", "user": by}
        payload = {"command": command.model_dump(mode="json"), "token": token, "how": "button", "place": place}
        return self.turn("", author=by, kind="button", surface=self.surface, payload=payload, **more)

    def token(self, kept: Kept) -> str:
        """Return what the buttons of a document's card carry."""
        return token(secret_of(self.app.services.settings), self.here, kept.job, kept.step, kept.hash)

    def drain(self) -> None:
        """Let the engine do all that was begun."""
        assert isinstance(self.engine, InlineEngine)
        self.engine.drain()

    def answer(self, turn: str) -> str:
        """Return what was answered to a turn."""
        [said] = [
            e.payload["text"] for e in self.events("said") if e.payload["turn"] == turn and not e.payload.get("echo")
        ]
        return str(said)

    def events(self, *kinds: str) -> list[Event]:
        """Return what happened in the conversation, oldest first."""
        found = [event for event in self.store.events.since(0) if event.conversation == self.here]
        return [event for event in found if not kinds or event.kind in kinds]

    @property
    def job(self) -> Job:
        """The conversation's job."""
        return self.office.job(self.here)

    def opened(self, words: str = WISH) -> Job:
        """Bring a job to its first gate."""
        self.say(words, [self.footage])
        return self.job

    def finished(self) -> Job:
        """Bring a job to its end."""
        self.opened()
        self.say("approve")
        self.say("approve")
        return self.job

    def states(self) -> dict[str, str]:
        """Return the state of every step."""
        return dict(self.office.jobs.states(self.job))

    def kept(self, step: str) -> Kept:
        """Return the newest document of a step."""
        found = self.store.documents.latest(self.job.id, step)
        assert found is not None, f"{step} was not made"
        return found

    def console(self) -> tuple[Console, io.StringIO]:
        """Return a console that writes into a text."""
        out = io.StringIO()
        return Console(self.office, Terminal(file=out, width=200, highlight=False)), out
