"""FakeSlack: the stand-in as tests use it. The server runs in a thread and a loop of its own, so tests may wait."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from aiohttp import web

from tests.fakes.slack import http_mode, oauth, page, sockets, storage
from tests.fakes.slack import web as api
from tests.fakes.slack.clock import Clock
from tests.fakes.slack.faults import Faults
from tests.fakes.slack.http_mode import HTTP_MODE, HttpMode
from tests.fakes.slack.limits import Limits
from tests.fakes.slack.people import Person
from tests.fakes.slack.senses import Where
from tests.fakes.slack.sockets import SOCKETS, Sockets
from tests.fakes.slack.state import CLIENT_ID, CLIENT_SECRET, SIGNING_SECRET
from tests.fakes.slack.things import Channel, Message, Posted, Team
from tests.fakes.slack.world import World

ROADS: tuple[Callable[[web.Application, World], Any], ...] = (
    api.add_to,
    storage.add_to,
    sockets.add_to,
    http_mode.add_to,
    oauth.add_to,
    page.add_to,
)
"""What puts addresses into the one application."""
PATIENCE = 10.0
"""Real seconds that the server has for starting and for stopping."""


def own_manifest() -> Mapping[str, Any]:
    """Our app's manifest."""
    from bot.surfaces.slack.manifest import manifest

    return manifest()


class FakeSlack:
    """A Slack on 127.0.0.1 with one workspace (`team`) in which the app is installed; more by `workspace`.

    Args:
        manifest: the app's manifest; ours if None.
        scale: seconds here for one of Slack's, see `Clock`.
        port: 0 for a free one.

    Use it in a `with`. At the end `slack.problems == []` says that a real Slack would have had nothing to complain of.

    Example:
        with FakeSlack() as slack:
            ann = slack.person("ann")
            videos = slack.channel("videos", members=[ann])
            brief = ann.says(videos, "<@BOT> 30 seconds, vertical", files=[path])
            slack.wait(lambda: len(slack.thread(brief)) > 1)
    """

    def __init__(self, manifest: Mapping[str, Any] | None = None, scale: float = 1.0, port: int = 0) -> None:
        self.world = World(manifest=own_manifest() if manifest is None else manifest)
        self.world.clock.scale = scale
        self.team: Team = self.world.add_team("acme")
        self.app_token = self.world.add_token("app", None, None, frozenset({"connections:write"})).value
        self.app = web.Application(client_max_size=64 * 2**20)
        for road in ROADS:
            road(self.app, self.world)
        self.port = port
        self.elsewhere_url = ""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._broke: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="fake-slack", daemon=True)

    # -- coming and going ---------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self.world.folder = Path(tempfile.mkdtemp(prefix="fake-slack-"))
        self._thread.start()
        if not self._ready.wait(PATIENCE) or self._broke is not None:
            raise RuntimeError("The stand-in for Slack did not start.") from self._broke
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.world.closing.set)
        self._thread.join(PATIENCE)
        shutil.rmtree(self.world.folder, ignore_errors=True)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 (whatever it is, `with` has to tell of it)
            self._broke = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        runner, other = _runner(self.app), _runner(_elsewhere(self.world))
        await runner.setup()
        await other.setup()
        self.port = await _listen(runner, self.port)
        self.world.url = f"http://127.0.0.1:{self.port}/"
        self.world.origin = f"http://127.0.0.1:{await _listen(runner, 0)}/"
        self.elsewhere_url = f"http://127.0.0.1:{await _listen(other, 0)}/"
        self._ready.set()
        await self.world.closing.wait()
        await other.cleanup()
        await runner.cleanup()

    # -- what a bot needs ---------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The Web API's base url."""
        return f"{self.world.url}api/"

    @property
    def bot_token(self) -> str:
        """The first workspace's bot token."""
        return self.world.bot_token(self.team.id)

    def environ(self) -> dict[str, str]:
        """The settings that point a bot at this Slack, as environment variables."""
        return {
            "RUSHES_SLACK_BOT_TOKEN": self.bot_token,
            "RUSHES_SLACK_APP_TOKEN": self.app_token,
            "RUSHES_SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "RUSHES_SLACK_CLIENT_ID": CLIENT_ID,
            "RUSHES_SLACK_CLIENT_SECRET": CLIENT_SECRET,
            "RUSHES_SLACK_API_URL": self.url,
            "RUSHES_SLACK_FILE_HOSTS": ",".join(urlsplit(url).netloc for url in (self.world.url, self.world.origin)),
        }

    # -- who is there -------------------------------------------------------------------------------------------

    def workspace(self, name: str, installed: bool = True, enterprise: str | None = None) -> Team:
        """Another workspace; `enterprise` is the `E...` id of the organisation it belongs to."""
        return self.world.add_team(name, installed, enterprise)

    def person(self, name: str, team: Team | None = None, guest: bool = False) -> Person:
        """Somebody of the workspace; in no channel yet."""
        return Person(self.world, self.world.add_user(name, (team or self.team).id, guest).id)

    def channel(
        self,
        name: str,
        members: Sequence[Person] = (),
        bot: bool = True,
        private: bool = False,
        team: Team | None = None,
    ) -> Channel:
        """A channel with these people, and with the bot unless told otherwise."""
        home = team or self.team
        inside = {person.id for person in members} | ({home.bot} if bot else set())
        return self.world.add_channel(name, home.id, inside, "group" if private else "channel")

    def group(self, *members: Person) -> Channel:
        """The direct messages of several people, and the bot."""
        home = self.world.teams[members[0].team]
        name = f"mpdm-{'--'.join(sorted(person.name for person in members))}--rushes-1"
        return self.world.add_channel(name, home.id, {home.bot, *(person.id for person in members)}, "mpim")

    def direct(self, person: Person) -> Channel:
        """Somebody's direct messages with the bot."""
        return self.world.im(person.id)

    # -- what is seen -------------------------------------------------------------------------------------------

    def thread(self, where: Where) -> list[Posted]:
        """A thread as people see it now, its root first; ephemerals are in `private`."""
        with self.world.changed:
            message = self.message(where)
            return [self.world.posted(m) for m in self.world.thread(message.channel, message.root)]

    def read(self, channel: Channel) -> list[Posted]:
        """All that stands in a channel, threads included, in order of time."""
        with self.world.changed:
            return [self.world.posted(m) for m in channel.messages.values() if not m.deleted]

    def private(self, person: Person) -> list[Posted]:
        """What only this person was shown (ephemeral messages and answers to commands), oldest first."""
        with self.world.changed:
            own = [m for m in self.world.ephemerals if m.ephemeral_to == person.id and not m.deleted]
            return [self.world.posted(m) for m in own]

    def message(self, where: Where) -> Message:
        """The message itself, by what was seen of it or by its ts.

        Raises:
            LookupError: there is none.
        """
        if isinstance(where, Message):
            return where
        ts = where if isinstance(where, str) else where.ts
        kept = [c.messages[ts] for c in self.world.channels.values() if ts in c.messages]
        kept += [m for m in self.world.ephemerals if m.ts == ts]
        if not kept:
            raise LookupError(f"no message {ts}")
        return kept[0]

    def wait(self, predicate: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        """Wait until something is so, looking whenever something happens here; see `World.wait`."""
        return self.world.wait(predicate, seconds)

    def calls(self, method: str) -> list[dict[str, Any]]:
        """The calls of a method: `args`, `error` (None if it was done) and, for messages, `ts`."""
        with self.world.changed:
            return [line for line in self.world.journal if line["what"] == "call" and line["method"] == method]

    @property
    def problems(self) -> list[str]:
        """What a real Slack would refuse, and what is known to go wrong with it."""
        return self.world.problems

    # -- what goes wrong ----------------------------------------------------------------------------------------

    @property
    def clock(self) -> Clock:
        """Slack's time."""
        return self.world.clock

    @property
    def faults(self) -> Faults:
        """What goes wrong with calls; `upload`, `download` and `response_url` are names there too."""
        return self.world.faults

    @property
    def limits(self) -> Limits:
        """The rate limits."""
        return self.world.limits

    @property
    def sockets(self) -> Sockets:
        """Socket Mode."""
        return self.app[SOCKETS]

    @property
    def http_mode(self) -> HttpMode:
        """HTTP mode."""
        return self.app[HTTP_MODE]

    def distribute(self) -> None:
        """Count the app as one that is sold past Slack's marketplace: it looks once a minute, at 15 messages."""
        self.world.page = 15
        self.limits.tiers |= {"conversations.history": 1, "conversations.replies": 1}

    def cut_socket(self, which: int | None = None) -> None:
        """Cut the TCP connection of a socket (all of them if None), with no close frame."""
        self.sockets.cut(which)

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the sockets to go: `warning`, `refresh_requested`, `link_disabled`."""
        self.sockets.disconnect(reason)


def _runner(app: web.Application) -> web.AppRunner:
    return web.AppRunner(app, access_log=None, shutdown_timeout=0.5)


async def _listen(runner: web.AppRunner, port: int) -> int:
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return int(runner.addresses[-1][1])


def _elsewhere(world: World) -> web.Application:
    """Another host: whoever brings a token there has given it away."""

    async def come(request: web.Request) -> web.Response:
        world.elsewhere.append(dict(request.headers))
        if "Authorization" in request.headers:
            world.problem("A token was sent to another host")
        return web.Response(body=b"\0" * 64, content_type="video/mp4")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", come)
    return app
