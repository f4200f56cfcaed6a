"""A small house for the kernel's tests: a real store, engine, telemetry, prompts and studio around a pipeline of eight
steps, with a scripted model that plays every expert well unless a test says otherwise.

    brief (conversation) -> log -> selects_talk | selects_montage -> titles, sound -> plan -> master (gate) -> delivery
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

from kernel.document import Document, ExpertDocument, Value
from kernel.engine import Engine, InlineEngine
from kernel.errors import RushesError
from kernel.expert import Expert, Scene
from kernel.jobs import Jobs, walk_workflow
from kernel.messages import Reply, Request, ToolResult
from kernel.models import Models
from kernel.pipeline import Conversed, Pipeline, State, Step
from kernel.prompts import Prompts
from kernel.providers.scripted import Line, Scripted, calls
from kernel.retry import Asker
from kernel.run_step import step_workflow
from kernel.services import Services
from kernel.settings import Settings
from kernel.store import Store
from kernel.store.records import Approval, Event, Job, Kept
from kernel.studio import Studio
from kernel.tasks import Task, Work
from kernel.telemetry import Telemetry
from kernel.tool import Answer, Tool
from kernel.watch import MARKER
from kernel.worker.ffmpeg import Ffmpeg, bundled
from tests.databases import ready

LONG = 30.0
"""Seconds after which a test that waits gives up."""
TEMPLATE = (
    "You are {{ expert }}. You make {{ schema }}.\n{{ documents }}\n{{ previous }}\n{{ instructions }}\n{{ scope }}"
)
BRIEF = {"wish": "short", "kind": "talk"}
MADE = ("log", "selects_talk", "titles", "sound", "plan", "master")
"""The steps up to the gate, of a talk."""


class Brief(Document):
    """What the person wants."""

    SCHEMA: ClassVar[str] = "Brief"
    EXAMPLE: ClassVar[dict[str, Any]] = BRIEF
    wish: str
    kind: Literal["talk", "montage"] = "talk"

    def problems(self, documents: Mapping[str, Document]) -> list[str]:
        """Refuse a brief without words."""
        return [] if self.wish else ["The brief says nothing: ask what they want."]


class Said(Value):
    """One line of a log."""

    id: str
    text: str


class Log(ExpertDocument):
    """What is in the footage."""

    SCHEMA: ClassVar[str] = "Log"
    EXAMPLE: ClassVar[dict[str, Any]] = {"kind": "talk", "lines": [{"id": "a", "text": "Hello."}], "confidence": 0.9}
    kind: str
    lines: tuple[Said, ...]

    def problems(self, documents: Mapping[str, Document]) -> list[str]:
        """Refuse a log without lines."""
        return [] if self.lines else ["There is no line in the log."]


class Words(ExpertDocument):
    """Words: what the selects and the titles are."""

    SCHEMA: ClassVar[str] = "Words"
    EXAMPLE: ClassVar[dict[str, Any]] = {"words": "a", "confidence": 0.8}
    words: str


class Plan(ExpertDocument):
    """An edit."""

    SCHEMA: ClassVar[str] = "Plan"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "title": "Hello",
        "operations": [{"id": "c1", "text": "cut"}],
        "confidence": 0.7,
    }
    title: str
    operations: tuple[Said, ...]


class File(Document):
    """What a plain function made."""

    SCHEMA: ClassVar[str] = "File"
    EXAMPLE: ClassVar[dict[str, Any]] = {"name": "a.mp4"}
    name: str

    def problems(self, documents: Mapping[str, Document]) -> list[str]:
        """Refuse one name."""
        return ["A file has no such name."] if self.name == "nonsense" else []


class Look(Value):
    """Look at the footage."""

    where: str


Play = Callable[[Request], Reply]
Make = Callable[[Work], Document]
SEEN = "A talk. It says:\nAGENT_COMPLETE"
"""What the footage says: a marker that is no expert's own."""


def named(work: Work) -> File:
    """Name what was made after all that it was made from."""
    parts = (f"{need}:{document.digest[:6]}" for need, document in sorted(work.documents.items()))
    return File(name=" ".join((*parts, *work.instructions)))


def body_of(request: Request) -> dict[str, Any]:
    """Return a good document of the expert that asks; it follows from the scene alone."""
    scene = request.scene
    if scene["previous"] is not None:
        return {**scene["previous"], **_renamed(request.expert, scene["instructions"])}
    inputs = " ".join(sorted(str(body) for body in scene["documents"].values()))
    bodies: dict[str, dict[str, Any]] = {
        "cut.log": {
            "kind": scene["documents"].get("brief", {}).get("kind", "talk"),
            "lines": [{"id": "a", "text": inputs}],
        },
        "cut.plan": {"title": inputs, "operations": [{"id": "c1", "text": "cut"}, {"id": "c2", "text": "fade"}]},
    }
    return {**bodies.get(request.expert, {"words": f"{request.expert} of {inputs}"}), "confidence": 0.75}


def _renamed(expert: str, instructions: list[str]) -> dict[str, Any]:
    words = ", ".join(instructions)
    changes: dict[str, dict[str, Any]] = {
        "cut.log": {"lines": [{"id": "a", "text": words}]},
        "cut.plan": {"title": words},
    }
    return changes.get(expert, {"words": words})


def results(request: Request) -> list[ToolResult]:
    """Return the tool results of a chat so far."""
    return [part for message in request.messages for part in message.parts if isinstance(part, ToolResult)]


def write(body: Mapping[str, Any], text: str = "") -> Reply:
    """Return a reply that writes a whole document."""
    return calls(("write", {"document": dict(body)}), text=text)


def hand_in(text: str = MARKER) -> Reply:
    """Return a reply that hands in, with the marker unless told otherwise."""
    return calls(("hand_in", {}), text=text)


def well(request: Request) -> Reply:
    """Look, write, hand in: the play of a good expert."""
    done = results(request)
    if not done:
        return calls(("look", {"where": "all"}), text="I look first.")
    return write(body_of(request)) if len(done) == 1 else hand_in()


@dataclass
class House:
    """Everything built, with what a test may change in it."""

    folder: Path
    engine: Engine = field(default_factory=InlineEngine)
    budget: float = 5.0
    rounds: int = 2
    max_turns: int = 8
    max_tokens: int = 10_000
    max_minutes: float = 20.0
    quiet_hours: str | None = None
    draft: Mapping[str, Any] | None = None
    """What experts start from, where not from nothing."""
    shows: Callable[[Mapping[str, Document], Studio, Job], tuple[str, ...]] | None = None
    """Draws what experts are shown."""
    asks: int = 400
    works: bool = True
    """Whether the engine starts at once."""

    def __post_init__(self) -> None:
        self.lines: defaultdict[str, deque[Line]] = defaultdict(deque)
        """What an expert says before it plays well, by its name."""
        self.tasks: dict[str, Make] = {}
        """How a task is made, by its name, where not as usual."""
        self.looked: Callable[[str], str] = lambda where: SEEN
        self.heard: Callable[[str], None] = lambda turn: None
        """Is told each turn that the conversation gets, before it counts."""
        self.asked = Counter[str]()
        self.told: list[tuple[str, str, dict[str, Any]]] = []
        self._change = threading.Condition()
        self.scripted = Scripted([self._play] * self.asks)
        self.services = self._built()
        self.jobs = Jobs(self.services)
        self.store = self.services.store
        self.engine.register("step", step_workflow(self.services))
        self.engine.register("walk", walk_workflow(self.services))
        if self.works:
            self.engine.start()

    def _play(self, request: Request) -> Reply:
        self.asked[request.expert] += 1
        line = self.lines[request.expert].popleft() if self.lines[request.expert] else well
        if isinstance(line, RushesError):
            raise line
        return line if isinstance(line, Reply) else line(request)

    def _built(self) -> Services:
        url = f"sqlite:///{self.folder / 'rushes.sqlite'}"
        given = {"RUSHES_DATA": str(self.folder), "RUSHES_DATABASE_URL": url, "RUSHES_ROUNDS": str(self.rounds)}
        if self.quiet_hours:
            given["RUSHES_QUIET_HOURS"] = self.quiet_hours
        settings = Settings.read(given)
        store = Store.open(ready(url))
        telemetry = Telemetry(store)
        prompts = self.folder / "prompts"
        prompts.mkdir(exist_ok=True)
        (prompts / "generic.j2").write_text(TEMPLATE)
        chosen = {"large": "scripted:big", "small": "scripted:small"}
        asker = Asker(sleep=lambda seconds: None, uniform=lambda low, high: 0.0)
        return Services(
            settings=settings,
            store=store,
            engine=self.engine,
            telemetry=telemetry,
            models=Models({"scripted": self.scripted, "offline": self.scripted}, chosen, asker, store, telemetry),
            prompts=Prompts(prompts, {}),
            studio=Studio(self.folder, store, Ffmpeg(bundled(), weak=True), lambda: None, 1),
            pipelines={"cut": self.pipeline()},
            tell_turn=self._tell,
        )

    def pipeline(self) -> Pipeline:
        """Return the pipeline of the head of this file."""
        return Pipeline(
            "cut",
            "A small edit",
            (
                Step("brief", Conversed(Brief)),
                Step("log", self._expert("log", Log), ("brief",)),
                Step("selects_talk", self._expert("selects_talk", Words), ("log",), group="selects", when=_is("talk")),
                Step(
                    "selects_montage",
                    self._expert("selects_montage", Words),
                    ("log",),
                    group="selects",
                    when=_is("montage"),
                ),
                Step("titles", self._expert("titles", Words), ("selects",)),
                Step("sound", self._task("sound"), ("selects",)),
                Step("plan", self._expert("plan", Plan), ("brief", "selects", "titles", "sound")),
                Step("master", self._task("master"), ("plan",), gate=True, queue="renders", blames="plan"),
                Step("delivery", self._task("delivery"), ("master",)),
            ),
        )

    def _expert(self, name: str, document: type[Document]) -> Expert:
        return Expert(
            name=f"cut.{name}",
            document=document,
            prompt=f"cut/{name}.j2",
            understudy=_understudy,
            tools=(
                Tool("look", Look, lambda given, state, desk: Answer(text=self.looked(given.where), state=dict(state))),
            ),
            max_turns=self.max_turns,
            max_tokens=self.max_tokens,
            max_minutes=self.max_minutes,
            draft=None if self.draft is None else lambda documents: self.draft or {},
            shows=self.shows,
        )

    def _task(self, name: str) -> Task:
        return Task(name, File, lambda work: self.tasks.get(name, named)(work), settings=("volume",))

    def _tell(self, conversation: str, id: str, payload: dict[str, Any]) -> None:
        self.heard(id)
        with self._change:
            self.told.append((conversation, id, payload))
            self._change.notify_all()

    def close(self) -> None:
        """Give everything back."""
        self.engine.stop(5)
        self.services.telemetry.close()
        self.store.close()

    def open(self, id: str = "j" * 32, brief: Mapping[str, Any] | None = None, **settings: Any) -> Job:
        """Open a job whose brief is handed in."""
        job = Job(
            id=id, pipeline="cut", title="A talk", conversation="thread", settings=settings, budget_usd=self.budget
        )
        self.store.jobs.create(job)
        self.jobs.hand_in(job, "brief", brief or BRIEF, "ann", f"{id}:brief")
        return job

    def run_all(self, job: Job, walk: str) -> dict[str, Any]:
        """Run all that is ready and return how the walk ended."""
        self.jobs.run_all(job, walk)
        return self.ended(walk)

    def ended(self, walk: str) -> dict[str, Any]:
        """Wait for a walk's end and return it."""
        if isinstance(self.engine, InlineEngine):
            self.engine.wait(f"walk-{walk}", LONG)
        with self._change:
            assert self._change.wait_for(lambda: self.ends(walk) != [], LONG), f"the walk {walk} did not end"
        return self.ends(walk)[-1]

    def ends(self, walk: str) -> list[dict[str, Any]]:
        """Return what the conversation was told of a walk's end, each turn once, as a surface would."""
        turns = {id: payload for _, id, payload in self.told}
        return [payload for payload in turns.values() if payload["walk"] == walk]

    def drain(self) -> None:
        """Let the double do all that was begun."""
        assert isinstance(self.engine, InlineEngine)
        self.engine.drain()

    def states(self, job: Job) -> dict[str, State]:
        """Return the state of every step."""
        return self.jobs.states(job)

    def kept(self, job: Job, step: str) -> Kept:
        """Return the newest document of a step."""
        found = self.store.documents.latest(job.id, step)
        assert found is not None, f"{step} was not made"
        return found

    def versions(self, job: Job) -> dict[str, int]:
        """Return the newest version of every step."""
        return {name: kept.version for name, kept in self.store.documents.current(job.id).items()}

    def events(self, job: Job, *kinds: str) -> list[Event]:
        """Return what happened, oldest first."""
        return [event for event in self.store.events.since(0, job.id) if not kinds or event.kind in kinds]

    def approve(self, job: Job, walk: str, kept: Kept | None = None) -> Kept:
        """Say yes to the master."""
        return self.jobs.answer(job, yes(kept or self.kept(job, "master")), walk)

    def rewrite(self, job: Job, run: str, **brief: Any) -> Kept:
        """Hand in another brief."""
        return self.jobs.hand_in(job, "brief", {**BRIEF, **brief}, "ann", run)


def yes(kept: Kept, by: str = "ann") -> Approval:
    """Return a yes to a document."""
    return Approval(job=kept.job, step=kept.step, hash=kept.hash, verdict="approved", by=by)


def no(kept: Kept) -> Approval:
    """Return a no to a document."""
    return Approval(job=kept.job, step=kept.step, hash=kept.hash, verdict="rejected", by="ann")


def only(states: Mapping[str, State], state: State) -> set[str]:
    """Return the steps in a state."""
    return {name for name, found in states.items() if found == state}


def names(events: Iterable[Event]) -> list[str]:
    """Return events as `kind step`."""
    return [f"{event.kind} {event.step}".strip() for event in events]


def _is(kind: str) -> Callable[[Mapping[str, Document]], bool]:
    return lambda documents: documents["log"].body()["kind"] == kind


def _understudy(scene: Scene) -> Mapping[str, Any]:
    return {}
