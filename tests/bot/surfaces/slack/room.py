"""A room with a Slack in it: the stand-in, the whole surface in a loop of its own, and the small edit behind it.

    with SlackRoom(tmp_path) as room:
        brief = room.drops()                        # footage and a brief, in the channel
        gate = room.gate(brief)                     # the card that asks for the preview
        room.ann.clicks(gate, "plan.approve")
        room.gate(brief, "review.accept")

Real HTTP and real WebSockets, the real listeners, presenter and poster; only the experts and the tasks are small.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from bot.app import App, build
from bot.places import PLACES
from bot.surfaces.slack.manifest import EVENTS_PATH
from bot.surfaces.slack.serve import Options, Serving
from kernel.engine import Engine, InlineEngine
from kernel.pipeline import Pipeline
from kernel.settings import Settings
from kernel.store import Store
from kernel.store.records import Event, Job, new_id
from tests.bot.room import EDIT, WISH
from tests.databases import ready
from tests.fakes.slack.people import Person
from tests.fakes.slack.senses import Where
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import Channel, Posted

SPEED = 20.0
"""How much faster than real seconds those of Slack pass, and those in which the bot waits for it."""
ACKNOWLEDGED = 3.0
"""Real seconds that the bot has to acknowledge something, as at Slack, however fast its other seconds pass."""
PATIENCE = 20.0
"""Seconds that a test waits for anything at the most."""


class Surface:
    """One process's worth of the surface, in a thread and a loop of its own."""

    def __init__(self, app: App, options: Options) -> None:
        self.app = app
        self.told: list[str] = []
        self.error: BaseException | None = None
        self.serving = Serving(app, options, self.told.append)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="surface", daemon=True)

    def start(self) -> Self:
        """Begin to listen and to present."""
        self._thread.start()
        assert self._ready.wait(PATIENCE)
        return self

    def stop(self) -> None:
        """End as a process does that is told to."""
        if self._loop is not None and self._stop is not None and self._thread.is_alive():
            with suppress(RuntimeError):  # it has just ended by itself
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001  whatever it is, the test looks at it
            self.error = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        await self.serving.until(self._stop)


class SlackRoom:
    """A workspace with Ann and Bob in #videos, and the bot.

    Args:
        folder: where all lies.
        http: HTTP mode in place of the socket.
        pages: files and install pages for browsers beside the socket.
        variables: settings, on top of those that point at the stand-in.
        engine: another engine than the one in memory with worker threads.
        pipeline: another pipeline than the small edit.
    """

    def __init__(
        self,
        folder: Path,
        *,
        http: bool = False,
        pages: bool = False,
        variables: Mapping[str, str] | None = None,
        engine: Engine | None = None,
        pipeline: Pipeline = EDIT,
        slack: FakeSlack | None = None,
    ) -> None:
        self.folder = folder
        self.slack = slack or FakeSlack(scale=1 / SPEED)
        self.engine: Engine = engine or InlineEngine(workers=4)
        self._http = http
        self._address = ("127.0.0.1", free_port()) if http or pages else None
        self._variables = variables or {}
        self._pipeline = pipeline
        self._apps: list[App] = []
        self.surfaces: list[Surface] = []

    def __enter__(self) -> Self:
        self.slack.__enter__()
        self.slack.sockets.patience = self.slack.http_mode.patience = ACKNOWLEDGED / self.slack.clock.scale
        self.footage = self.folder / "a talk.mp4"
        self.footage.write_bytes(b"pictures")
        self.ann, self.bob = (self.slack.person(name) for name in ("ann", "bob"))
        self.videos = self.slack.channel("videos", members=[self.ann, self.bob])
        self.app = self.build(self.engine)
        self.engine.start()
        self.surface = self.open(self.app)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for surface in self.surfaces:
            surface.stop()
        for app in self._apps:
            app.__exit__()
        self.slack.__exit__(kind, error, trace)

    # -- the bot ------------------------------------------------------------------------------------------------

    @property
    def settings(self) -> Settings:
        """The settings: all in one folder, pointing at the stand-in."""
        given = {"RUSHES_DATA": str(self.folder / "data"), "RUSHES_MODEL": "offline", "RUSHES_WEAK_BOX": "true"}
        public = {"RUSHES_PUBLIC_URL": self.address} if self._address else {}
        return Settings.read({**given, **self.slack.environ(), **public, **self._variables})

    def build(self, engine: Engine) -> App:
        """Return the bot as another process would build it: over the same folder."""
        ready(self.settings.database_url)
        app = build(self.settings, engine=engine, providers={}, pipelines=(self._pipeline,), fetchers=PLACES)
        self._apps.append(app)
        return app

    def open(self, app: App, wait: bool = True) -> Surface:
        """Have a process listen and present; wait until Slack reaches it."""
        before = self.slack.sockets.opened
        http, pages = (self._address, None) if self._http else (None, self._address)
        options = Options(http=http, works=False, pages=pages, speed=1 / self.slack.clock.scale)
        surface = Surface(app, options).start()
        self.surfaces.append(surface)
        if self._http:
            self.slack.http_mode.point_at(f"{self.address}{EVENTS_PATH}")
            self.wait(lambda: answers(self.address))
        elif wait:
            self.wait(lambda: self.slack.sockets.opened > before and self.slack.sockets.count)
        return surface

    @property
    def address(self) -> str:
        """Where browsers, and in HTTP mode Slack too, reach the bot."""
        assert self._address is not None
        return f"http://127.0.0.1:{self._address[1]}"

    def reopen(self) -> Surface:
        """End the surface and begin it anew, as after an update."""
        self.surface.stop()
        self.surface = self.open(self.app)
        return self.surface

    @property
    def store(self) -> Store:
        """The store."""
        return self.app.services.store

    @property
    def jobs(self) -> list[Job]:
        """All jobs, oldest first."""
        return self.store.jobs.list()[::-1]

    @property
    def job(self) -> Job:
        """The one job."""
        [job] = self.jobs
        return job

    def events(self, *kinds: str) -> list[Event]:
        """Return what happened, oldest first."""
        return [event for event in self.store.events.since(0) if not kinds or event.kind in kinds]

    def job_of(self, root: Where) -> Job:
        """The job of a thread."""
        return self.app.office.job(self.conversation(root))

    def happened(self, root: Where, *kinds: str) -> list[Event]:
        """Return what happened in a thread, oldest first."""
        here = self.conversation(root)
        return [event for event in self.events(*kinds) if event.conversation == here]

    # -- the people ---------------------------------------------------------------------------------------------

    def drops(self, words: str = WISH, who: Person | None = None, channel: Channel | None = None) -> Posted:
        """Drop footage with a brief; return the message that the thread hangs on."""
        return (who or self.ann).says(channel or self.videos, f"<@BOT> {words}", files=[self.footage])

    def thread(self, root: Where) -> list[Posted]:
        """What stands in a thread now."""
        return self.slack.thread(root)

    @property
    def bots(self) -> set[str]:
        """The bot's user ids, one in each workspace."""
        return {team.bot for team in self.slack.world.teams.values()}

    def said(self, root: Where, *words: str) -> Posted | None:
        """Return the bot's newest message of a thread in which all these words stand; None where there is none."""
        own = [m for m in reversed(self.thread(root)) if m.user in self.bots]
        return next((m for m in own if all(word in _shown(m) for word in words)), None)

    def says(self, root: Where, *words: str) -> Posted:
        """Wait for a message of the bot in which all these words stand."""
        found: Posted = self.wait(lambda: self.said(root, *words))
        return found

    def opened(self, words: str = WISH, who: Person | None = None) -> tuple[Posted, Posted]:
        """Bring a job of its own to its first gate; return the thread's root and the card that asks."""
        root = self.drops(words, who)
        return root, self.gate(root)

    def posted(self, root: Where) -> list[str]:
        """Return the ids of the rows that stand in a thread as messages, in the order of the thread."""
        marks = [message.metadata for message in self.thread(root) if message.metadata]
        return [str(mark["event_payload"]["id"]) for mark in marks]

    def require_each_once(self, root: Where) -> None:
        """See that everything that was to be said stands in the thread, once, in order, and every file once."""
        self.settled(root)
        rows = self.store.posts.list(self.conversation(root), "message")
        assert self.posted(root) == [row.id for row in rows if not row.body.get("to")], [(r.id, r.status) for r in rows]
        files = [self.slack.world.files[id].name for message in self.thread(root)[1:] for id in message.files]
        assert len(files) == len(set(files)), files
        assert {row.status for row in self.store.posts.list(self.conversation(root))} == {"sent"}

    def hits(self, method: str) -> int:
        """Return how many calls of a method went wrong on purpose since the last row."""
        return sum(name == method for name, _ in self.slack.faults.hits)

    def told(self, who: Person, since: int = 0) -> list[str]:
        """Return what only one person was shown."""
        return [message.text for message in self.slack.private(who)][since:]

    def tells_privately(self, who: Person, since: int) -> str:
        """Wait until one person was shown something more; return it."""
        self.wait(lambda: len(self.slack.private(who)) > since)
        return self.told(who, since)[-1]

    def answered(self, root: Where) -> list[Posted]:
        """Wait until the bot has posted something in a thread; return the thread."""
        self.wait(lambda: len(self.thread(root)) > 1)
        return self.thread(root)

    def gate(self, root: Where, action: str = "plan.approve") -> Posted:
        """Wait for the card of a thread that has such a button."""
        found: Posted = self.wait(lambda: self.button(root, action))
        return found

    def button(self, root: Where, action: str) -> Posted | None:
        """Return the newest card of a thread that has such a button; None where there is none."""
        return next((m for m in reversed(self.thread(root)) if action in _actions(m)), None)

    def wait(self, predicate: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        """Wait until something is so, in Slack or in the store.

        Raises:
            TimeoutError: it did not come so; says what went wrong until then, as far as the log knows.
        """
        until = threading.Event()
        for _ in range(int(seconds / 0.05)):
            if found := predicate():
                return found
            if dead := next((s for s in self.surfaces if s.error is not None), None):
                raise AssertionError("The surface ended.") from dead.error
            until.wait(0.05)
        raise TimeoutError(f"Nothing in {seconds} s; problems {self.slack.problems}; {self._seen()}")

    def tells(self, text: str) -> None:
        """Have the bot say something in the job's thread; wait until that is settled, whatever became of it."""
        event = Event(id=new_id(), job=self.job.id, conversation=self.job.conversation, kind="said", payload={})
        told = {"text": text, "turn": "t", "of": "message"}
        self.store.events.append(event.model_copy(update={"payload": told}))
        self.wait(lambda: self._presented() and not self.store.posts.open("slack"))

    def settled(self, root: Where) -> None:
        """Wait until nothing more comes by itself in a thread: all is handled, and all of it posted."""
        here = self.conversation(root)
        busy = self.app.conversations.busy
        self.wait(lambda: not busy(here) and self._presented() and not self.store.posts.open("slack"))

    def conversation(self, root: Where) -> str:
        """The conversation of a thread."""
        message = self.slack.message(root)
        found = self.wait(
            lambda: self.store.conversations.find("slack", f"{message.team}:{message.channel}:{message.root}")
        )
        return str(found.id)

    def _presented(self) -> bool:
        """Say whether the presenter has seen all that happened."""
        newest = max((event.seq for event in self.store.events.since(0)), default=0)
        return self.store.posts.cursor("slack") >= newest

    def _seen(self) -> str:
        lines = [f"{event.kind} {event.step} {str(event.payload)[:120]}" for event in self.events()][-8:]
        posts = [f"{post.kind} {post.status} {post.error}" for post in self.store.posts.open("slack")][-8:]
        logs = [line.message[:200] for job in self.jobs for line in self.store.logs.list(job.id, "warning")][-5:]
        return f"events {lines}; outbox {posts}; log {logs}"


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def answers(address: str) -> bool:
    """Say whether somebody listens there."""
    parts = urlsplit(address)
    with suppress(OSError), socket.create_connection((str(parts.hostname), parts.port or 80), timeout=1):
        return True
    return False


def _shown(message: Posted) -> str:
    return f"{message.text} {message.blocks}"


def _actions(message: Posted) -> set[str]:
    elements = [e for block in message.blocks for e in block.get("elements", [])]
    return {str(element.get("action_id", "")) for element in elements if isinstance(element, dict)}
