"""What one person sees of the stand-in, as the page draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.fakes.slack.elements import named
from tests.fakes.slack.things import Channel, File, Json, Message, User, View

if TYPE_CHECKING:
    from tests.fakes.slack.people import Person
    from tests.fakes.slack.world import World


class Sight:
    """Looks at the world with one person's eyes."""

    def __init__(self, world: World, me: Person) -> None:
        self.world = world
        self.me = me

    def all(self, channel: str, thread: str) -> Json:
        """Everything the page shows; `channel` and `thread` (a root's ts) are what lies open."""
        with self.world.changed:
            places = self._places()
            here = next((place for place in places if place.id == channel), places[0])
            return {
                "me": self.me.id,
                "team": self.world.teams[self.me.team].name,
                "bot": self.world.teams[self.me.team].bot,
                "users": {user.id: _user(user) for user in self.world.users.values()},
                "places": [self._place(place) for place in places],
                "names": {place.id: place.name for place in self.world.channels.values()},
                "here": {**self._place(here), "messages": self._messages(here)},
                "thread": self._thread(here, thread),
                "view": self._view(self.me.view),
                "home": self._view(self.me.home),
                "shortcuts": self.world.manifest["features"].get("shortcuts", []),
                "commands": self.world.manifest["features"].get("slash_commands", []),
                "problems": self.world.problems,
                "sockets": self._sockets(),
            }

    def _sockets(self) -> int:
        """How many sockets the app has open."""
        told = (line for line in reversed(self.world.journal) if line["what"] in ("socket_open", "socket_closed"))
        return int(next(told, {"count": 0})["count"])

    def _places(self) -> list[Channel]:
        self.world.im(self.me.id)
        return [place for place in self.world.channels.values() if self.me.id in place.members]

    def _place(self, place: Channel) -> Json:
        bot = self.world.users[self.world.teams[place.team].bot]
        name = bot.real_name if place.kind == "im" else place.name
        stamps = [m.ts for m in place.messages.values() if not m.deleted]
        return {"id": place.id, "name": name, "kind": place.kind, "last": max(stamps, default="")}

    def _messages(self, place: Channel) -> list[Json]:
        kept = [m for m in self._seen(place) if m.thread_ts is None or m.subtype == "thread_broadcast"]
        return [self._message(m) for m in kept]

    def _thread(self, place: Channel, root: str) -> Json | None:
        if root not in place.messages:
            return None
        session = self.world.sessions.get((place.id, root))
        return {
            "root": root,
            "messages": [self._message(m) for m in self._seen(place) if m.root == root],
            "status": session.status if session else None,
            "title": session.title if session else "",
        }

    def _seen(self, place: Channel) -> list[Message]:
        own = [m for m in self.world.ephemerals if m.channel == place.id and m.ephemeral_to == self.me.id]
        return sorted((m for m in [*place.messages.values(), *own] if not m.deleted), key=lambda m: m.ts)

    def _message(self, message: Message) -> Json:
        replies = [] if message.thread_ts else self.world.thread(message.channel, message.ts)[1:]
        session = self.world.sessions.get((message.channel, message.ts))
        named(message.blocks)
        return {
            "ts": message.ts,
            "user": message.user,
            "text": message.text,
            "blocks": message.blocks,
            "files": [self._file(self.world.files[id_]) for id_ in message.files],
            "edited": message.edited is not None and message.user == message.edited.get("user") and not message.bot_id,
            "private": message.ephemeral_to is not None,
            "thread": message.thread_ts,
            "reactions": message.reactions,
            "replies": len(replies),
            "last": replies[-1].ts if replies else "",
            "repliers": [*dict.fromkeys(m.user for m in replies)][:4],
            "status": session.status if session else None,
            "pictures": self._pictures(message.blocks),
        }

    def _pictures(self, blocks: list[Json]) -> Json:
        """The addresses of pictures that blocks name as files of Slack's."""
        found = {}
        for block in blocks:
            id_ = (block.get("slack_file") or {}).get("id", "")
            if id_ in self.world.files:
                found[id_] = self._file(self.world.files[id_])["url"]
        return found

    def _file(self, file: File) -> Json:
        address = f"/page/file/{file.id}/{quote(file.name)}"
        gone: dict[str, Any] = {
            "id": file.id,
            "name": "This file was deleted.",
            "deleted": True,
            "mimetype": "",
            "size": 0,
        }
        if file.deleted:
            return gone
        return {
            "id": file.id,
            "name": file.name,
            "title": file.title or file.name,
            "size": file.size,
            "mimetype": file.mimetype,
            "url": address if file.path else None,
            "deleted": False,
        }

    def _view(self, view: View | None) -> Json | None:
        if view is None:
            return None
        named(view.view["blocks"])
        own = {"id": view.id, "hash": view.hash, "errors": view.errors, "held": view.state["values"]}
        return {**own, "view": view.view, "under": view.previous, "pictures": self._pictures(view.view["blocks"])}


def _user(user: User) -> Json:
    return {"id": user.id, "name": user.real_name or user.name, "handle": user.name, "bot": user.is_bot}
