"""One call of the Web API, and how it is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.slack.passes import Token
from tests.fakes.slack.table import words
from tests.fakes.slack.things import Channel, Json, Message, Team

if TYPE_CHECKING:
    from tests.fakes.slack.world import World

OURS_TO_AVOID = words(
    "missing_scope invalid_arguments missing_argument invalid_blocks invalid_blocks_format msg_blocks_too_long "
    "msg_too_long no_text metadata_too_large invalid_metadata_format invalid_metadata_schema view_too_large "
    "unknown_method invalid_json thread_ts_required invalid_status not_agent_app markdown_text_conflict "
    "invalid_cursor unknown_subtype"
)
"""Errors that a careful app never gets: each is a problem as well as an answer."""


class Refusal(Exception):
    """Slack says no: an error code, with whatever else the answer carries."""

    def __init__(self, error: str, *messages: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages
        self.more = more

    def body(self) -> Json:
        """The answer."""
        told = {"response_metadata": {"messages": [f"[ERROR] {m}" for m in self.messages]}} if self.messages else {}
        return {"ok": False, "error": self.error, **told, **self.more}


@dataclass(frozen=True)
class Call:
    """A method's name, its arguments as they came, who calls (None for methods without a token)."""

    world: World
    method: str
    args: Mapping[str, Any]
    token: Token | None

    @property
    def team(self) -> Team:
        """The workspace that the token belongs to; with an organisation's token the one that the call is about."""
        if self.token is not None and self.token.enterprise is not None:
            own = {t.id: t for t in self.world.teams.values() if t.enterprise == self.token.enterprise}
            return next((own[id_] for id_ in self._about() if id_ in own), next(iter(own.values())))
        if self.token is None or self.token.team is None:
            raise Refusal("not_allowed_token_type")
        return self.world.teams[self.token.team]

    def _about(self) -> Iterator[str]:
        """The workspaces of what the arguments name, the one that is named itself first."""
        yield str(self.args.get("team_id"))
        kept: dict[str, Mapping[str, Any]] = {
            "channel": self.world.channels,
            "channel_id": self.world.channels,
            "trigger_id": self.world.triggers,
            "file": self.world.files,
            "user_id": self.world.users,
            "view_id": self.world.views,
        }
        for name, things in kept.items():
            found = things.get(str(self.args.get(name)))
            if found is not None:
                yield found.team

    def text(self, name: str) -> str | None:
        """A string argument; None if it was not given."""
        value = self.args.get(name)
        if value is not None and not isinstance(value, (str, int, float)):
            raise Refusal("invalid_arguments", f"{name} is no string")
        return None if value is None else str(value)

    def must(self, name: str) -> str:
        """A string argument that has to be there."""
        value = self.text(name)
        if not value:
            raise Refusal("invalid_arguments", f"missing required field: {name}")
        return value

    def flag(self, name: str) -> bool:
        """Whether a yes-or-no argument says yes, in any of the forms that Slack takes."""
        return str(self.args.get(name, "")).lower() in ("1", "true")

    def data(self, name: str) -> Any:
        """An argument that is JSON, given as such or as text; None if it was not given."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise Refusal("invalid_arguments", f"{name} is no JSON") from None

    def channel(self, name: str = "channel") -> Channel:
        """The channel that an argument names, if this app may know of it.

        Raises:
            Refusal: `channel_not_found`.
        """
        found = self.world.channels.get(self.must(name))
        home = self.team
        if found is None or (found.team != home.id and home.id not in found.shared_with):
            raise Refusal("channel_not_found")
        if found.kind != "channel" and home.bot not in found.members:
            raise Refusal("channel_not_found")
        return found

    def message(self, channel: Channel, name: str = "ts") -> Message:
        """The message that an argument names.

        Raises:
            Refusal: `message_not_found`.
        """
        found = channel.messages.get(self.must(name))
        if found is None or found.deleted:
            raise Refusal("message_not_found")
        return found

    def problem(self, what: str) -> None:
        """Raise the alarm about this call."""
        self.world.problem(f"{self.method}: {what}")
