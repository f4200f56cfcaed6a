"""What one person of the stand-in sees, and what they have chosen and not yet sent off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.fakes.slack import interactions
from tests.fakes.slack.elements import FIELDS, holding, state
from tests.fakes.slack.things import Json, Message, Posted, View
from tests.fakes.slack.world import World

PATIENCE = 10.0
"""Seconds (real ones) that a person waits for the app before giving up; Slack's own limit comes before."""

Where = Posted | Message | str
"""A message: as it was seen, as it is, or by its ts."""


class Senses:
    """Somebody's eyes.

    Attributes:
        id: their user id.
        name: their handle.
        team: their workspace's id.
    """

    def __init__(self, world: World, user: str) -> None:
        self.world = world
        self.user = world.users[user]
        self.id, self.name, self.team = user, self.user.name, self.user.team
        self._held: dict[str, Json] = {}

    def sees(self, where: Where) -> Posted:
        """A message as it stands now."""
        return self.world.posted(self._message(where))

    def state(self, where: Where) -> Json:
        """What they chose in a message's selects."""
        return state(self._message(where).blocks, self._held_in(where))

    @property
    def views(self) -> list[View]:
        """The forms that lie open before them, the topmost last."""
        return self.world.stack(self.id)

    @property
    def view(self) -> View | None:
        """The form they look at."""
        return self.views[-1] if self.views else None

    @property
    def home(self) -> View | None:
        """Their App Home, if the app has published it."""
        return self.world.homes.get((self.team, self.id))

    def sees_view(self, before: set[str] | None = None, seconds: float = PATIENCE) -> View:
        """Wait for a form that was not there before."""
        known = before or set()
        found: View = self.world.wait(lambda: next((v for v in self.views if v.id not in known), None), seconds)
        return found

    def _message(self, where: Where) -> Message:
        if isinstance(where, Message):
            return where
        ts = where if isinstance(where, str) else where.ts
        for place in self.world.channels.values():
            if ts in place.messages and self.id in place.members:
                return place.messages[ts]
        for message in self.world.ephemerals:
            if message.ts == ts and message.ephemeral_to == self.id:
                return message
        raise LookupError(f"{self.name} sees no message {ts}")

    def _seen(self, where: Where | View) -> Sequence[Json]:
        if isinstance(where, View):
            blocks: list[Json] = where.view["blocks"]
            return blocks
        if isinstance(where, Posted):
            return where.blocks
        return self._message(where).blocks

    def _visible(self, element: Json) -> None:
        only = element.get("visible_to_user_ids")
        if only is not None and self.id not in only:
            raise LookupError(f"{self.name} does not see the button {element.get('action_id')!r}")

    def _hold(self, where: Where | View, block: Json, element: Json, value: Any) -> None:
        if element["type"] in FIELDS or block["type"] == "input":
            held = self._held_in(where)
            held.setdefault(block["block_id"], {})[element["action_id"]] = holding(element, value)

    def _held_in(self, where: Where | View) -> Json:
        if isinstance(where, View):
            values: Json = where.state["values"]
            return values
        return self._held.setdefault(self._message(where).ts, {})

    def _pressed(self, where: Where | View, acts: list[Json]) -> Json:
        if isinstance(where, View):
            return interactions.in_view(self.world, self.user, where, acts)
        message = self._message(where)
        return interactions.in_message(self.world, self.user, message, acts, self._held_in(message))
