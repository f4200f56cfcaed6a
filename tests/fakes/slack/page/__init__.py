"""A page in which a person plays Slack with the bot: everything is done by `people.Person`, as tests do it.

`index.html` and its parts (`style.css` and the scripts that it names) ask `state` for what one person sees, are told by
the WebSocket `live` when something happened, and post what they do to `do`.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from aiohttp import web

from tests.fakes.slack.page.sight import Sight
from tests.fakes.slack.people import Person, Refused

if TYPE_CHECKING:
    from tests.fakes.slack.things import Json, View
    from tests.fakes.slack.world import World

HERE = Path(__file__).parent
PARTS = (".css", ".js")
LOOK = 0.08
"""Seconds between two looks whether something happened."""
PIECE = 2**18


class Page:
    """Serves the page, and plays the person in front of it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people: dict[str, Person] = {}
        self.acts: dict[str, Callable[[Person, Json], Any]] = {
            "say": self._say,
            "click": self._click,
            "submit": self._submit,
            "close": lambda me, asked: me.closes(self._view(me, asked)),
            "command": lambda me, asked: me.command(asked["line"], asked["channel"], asked.get("thread") or None),
            "shortcut": lambda me, asked: me.shortcut(asked["name"], asked.get("ts"), channel=asked.get("channel", "")),
            "stop": lambda me, asked: me.stops(asked["ts"]),
            "home": lambda me, asked: me.opens_home(asked["tab"]),
            "edit": lambda me, asked: me.edits(asked["ts"], asked["text"]),
            "delete": lambda me, asked: me.deletes(asked["ts"]),
        }

    def person(self, id_: str) -> Person:
        """The person of this id, or the first one there is."""
        known = [user.id for user in self.world.users.values() if not user.is_bot]
        id_ = id_ if id_ in known else known[0]
        return self.people.setdefault(id_, Person(self.world, id_))

    # -- addresses ----------------------------------------------------------------------------------------------

    async def index(self, request: web.Request) -> web.StreamResponse:
        """The page itself."""
        return web.FileResponse(HERE / "index.html", headers={"Cache-Control": "no-store"})

    async def part(self, request: web.Request) -> web.StreamResponse:
        """The page's style, or one of its scripts."""
        path = HERE / request.match_info["name"]
        if path.suffix not in PARTS or path.parent != HERE or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={"Cache-Control": "no-store"})

    async def state(self, request: web.Request) -> web.Response:
        """What somebody sees."""
        asked = request.query
        me = self.person(asked.get("me", ""))
        return web.json_response(Sight(self.world, me).all(asked.get("channel", ""), asked.get("thread", "")))

    async def live(self, request: web.Request) -> web.StreamResponse:
        """Tell whenever something happened."""
        socket = web.WebSocketResponse(heartbeat=20)
        await socket.prepare(request)
        told = -1
        while not socket.closed and not self.world.closing.is_set():
            if told != len(self.world.journal):
                told = len(self.world.journal)
                await socket.send_str(str(told))
            try:
                await asyncio.wait_for(socket.receive(), LOOK)
            except TimeoutError:
                continue
        return socket

    async def do(self, request: web.Request) -> web.Response:
        """Do what a person does; says why if it was not done."""
        asked = await request.json()
        me = self.person(asked["me"])
        try:
            await asyncio.to_thread(self.acts[asked["act"]], me, asked)
        except TimeoutError:
            return _no("The app did not answer. Try again, or look whether it is running.")
        except (Refused, PermissionError, LookupError) as refused:
            return _no(str(refused.args[0] if refused.args else refused))
        return web.json_response({"ok": True})

    async def upload(self, request: web.Request) -> web.Response:
        """Take the bytes of one file; what is said with its id shares it."""
        me = self.person(request.query.get("me", ""))
        folder = self.world.folder / "page"
        folder.mkdir(exist_ok=True)
        path = folder / uuid.uuid4().hex
        with path.open("wb") as out:
            async for piece in request.content.iter_chunked(PIECE):
                await asyncio.to_thread(out.write, piece)
        file = me.has(path, Path(request.query.get("name", "file")).name)
        return web.json_response({"id": file.id, "name": file.name, "size": file.size, "mimetype": file.mimetype})

    async def file(self, request: web.Request) -> web.StreamResponse:
        """The bytes of a file, in parts if the browser asks for parts (a player does)."""
        file = self.world.files.get(request.match_info["id"])
        if file is None or file.path is None or file.deleted:
            raise web.HTTPNotFound
        headers = {"Content-Type": file.mimetype}
        if request.query.get("download"):
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
        return web.FileResponse(file.path, headers=headers)

    # -- acts ---------------------------------------------------------------------------------------------------

    def _say(self, me: Person, asked: Json) -> None:
        files = [self.world.files[id_] for id_ in asked.get("files", [])]
        me.says(asked["channel"], asked["text"], files, asked.get("thread") or None, bool(asked.get("broadcast")))

    def _click(self, me: Person, asked: Json) -> None:
        where: Any = self._view(me, asked) if asked.get("view") else asked["ts"]
        if asked.get("view") and asked.get("values"):
            me.fills(where, asked["values"])
        me.clicks(where, asked["name"], asked.get("value"))

    def _submit(self, me: Person, asked: Json) -> None:
        me.submits(self._view(me, asked), asked["values"])

    def _view(self, me: Person, asked: Json) -> View:
        home = me.home
        if home is not None and home.id == asked["view"]:
            return home
        return self.world.views[asked["view"]]


def _no(why: str) -> web.Response:
    return web.json_response({"ok": False, "why": why}, dumps=json.dumps)


def add_to(app: web.Application, world: World) -> None:
    """Serve the page at `/`."""
    page = Page(world)
    app.router.add_get("/", page.index)
    app.router.add_get("/part/{name}", page.part)
    app.router.add_get("/page/state", page.state)
    app.router.add_get("/page/live", page.live)
    app.router.add_post("/page/do", page.do)
    app.router.add_post("/page/upload", page.upload)
    app.router.add_get("/page/file/{id}/{name}", page.file)
