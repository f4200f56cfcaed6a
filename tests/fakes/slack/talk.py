"""What is said in the stand-in's channels, and the events that tell the app of it."""

from __future__ import annotations

import mimetypes
import uuid
from pathlib import Path
from typing import Any, Literal

from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.looks import Looks
from tests.fakes.slack.passes import Token
from tests.fakes.slack.state import APP
from tests.fakes.slack.things import Channel, File, Json, Kind, Message, Team, User


class Talk(Looks):
    """Workspaces, people and channels; what they say."""

    # -- who and where ------------------------------------------------------------------------------------------

    def add_team(self, name: str, installed: bool = True, enterprise: str | None = None) -> Team:
        """Make a workspace with its bot user, and a bot token if it is installed."""
        with self.changed:
            team = Team(self.new_id("T"), name, self.new_id("U"), self.new_id("B"), enterprise, installed)
            self.teams[team.id] = team
            self.users[team.bot] = User(team.bot, team.id, "rushes", "Rushes", is_bot=True)
            if installed:
                self.add_token("bot", team.id, team.bot, self.scopes)
            return team

    def add_token(
        self, kind: Literal["bot", "app", "user"], team: str | None, user: str | None, scopes: frozenset[str]
    ) -> Token:
        """Make a token."""
        prefix = {"bot": "xoxb", "app": "xapp", "user": "xoxp"}[kind]
        with self.changed:
            token = Token(f"{prefix}-{len(self.tokens) + 1}-{uuid.uuid4().hex[:24]}", kind, team, user, scopes)
            self.tokens[token.value] = token
            return token

    def add_user(self, name: str, team: str, guest: bool = False) -> User:
        """Make a person of a workspace."""
        with self.changed:
            user = User(self.new_id("U"), team, name, name.capitalize(), guest=guest)
            self.users[user.id] = user
            return user

    def add_channel(self, name: str, team: str, members: set[str], kind: Kind = "channel") -> Channel:
        """Make a channel with these members (the bot only if it is among them)."""
        with self.changed:
            channel = Channel(self.new_id("D" if kind == "im" else "C"), team, name, kind, members)
            self.channels[channel.id] = channel
            return channel

    def im(self, user: str) -> Channel:
        """The direct messages of a person with their workspace's bot; made when first asked for."""
        with self.changed:
            found = [c for c in self.channels.values() if c.kind == "im" and c.whose == user]
            team = self.users[user].team
            channel = found[0] if found else self.add_channel("", team, {user, self.teams[team].bot}, "im")
            channel.whose = user
            return channel

    def add_file(self, user: str, path: Path, name: str | None = None, **changes: Any) -> File:
        """Keep a file that a person has (its bytes stay where they are); `say` shares it.

        Args:
            user: whose it is.
            path: where its bytes lie.
            name: what it is called; the path's own name if None.
            changes: other fields of `File` (`size=10` lies about its length, `mode="external"`, `pace=...`, ...).
        """
        called = name or path.name
        kind = mimetypes.guess_type(called)[0] or "application/octet-stream"
        told: dict[str, Any] = {"size": path.stat().st_size, "mimetype": kind, "path": path, **changes}
        with self.changed:
            id_ = told.pop("id", None) or self.new_id("F")
            file = File(id_, self.users[user].team, called, user=user, created=self.clock.now(), **told)
            self.files[file.id] = file
            return file

    # -- saying -------------------------------------------------------------------------------------------------

    def say(self, user: str, channel: str, text: str, **more: Any) -> Message:
        """Let somebody say something; the app gets `message`, and `app_mention` where it is mentioned.

        Args:
            user: who says it.
            channel: where.
            text: what, as the app gets it (`<@U...>` for a mention).
            more: other fields of `Message`: `files` (ids), `thread_ts` (the root's), `blocks`, `subtype`, ...

        Raises:
            PermissionError: the channel is archived, or they are no member of it.
        """
        with self.changed:
            place = self.channels[channel]
            if place.archived or user not in place.members:
                raise PermissionError(f"{user} cannot write in {place.name or channel}")
            message = Message(self.clock.ts(), place.team, channel, user, text, **more)
            if message.files and message.subtype is None:
                message.subtype = "file_share"
            return self.keep(message)

    def keep(self, message: Message) -> Message:
        """Put a message into its channel and tell the app of it: for people's and the app's own alike."""
        with self.changed:
            self.channels[message.channel].messages[message.ts] = message
            for file in message.files:
                self.files[file].shares.setdefault(message.channel, []).append(message.ts)
            self.note("message", ts=message.ts, channel=message.channel, user=message.user, text=message.text)
            self.emit(self.told(message), message.team)
            self._mention(message)
            return message

    def invite(self, message: Message) -> None:
        """Let the bot into the channel of a message that mentions it; that message comes as `app_mention` alone."""
        with self.changed:
            self.channels[message.channel].members.add(self.teams[message.team].bot)
            self._mention(message)

    def _mention(self, message: Message) -> None:
        if f"<@{self.teams[message.team].bot}>" in message.text and self.channels[message.channel].kind != "im":
            mention = {**self.told(message), "type": "app_mention"}
            self.emit({k: v for k, v in mention.items() if k not in ("subtype", "channel_type")}, message.team)

    def edit(self, message: Message, text: str, blocks: list[Json] | None = None, by: str | None = None) -> None:
        """Change a message; the app gets `message_changed`."""
        with self.changed:
            before = self.shown(message)
            message.versions.append((message.text, message.blocks))
            message.text, message.blocks = text, [] if blocks is None else blocks
            message.edited = {"user": by or message.user, "ts": self.clock.ts()}
            self.note("edited", ts=message.ts, channel=message.channel, text=text)
            self._about(message, "message_changed", message=self.shown(message), previous_message=before)

    def delete(self, message: Message) -> None:
        """Take a message away; the app gets `message_deleted`, or where a thread hangs from it `message_changed`."""
        with self.changed:
            before = self.shown(message)
            message.deleted = True
            self.note("deleted", ts=message.ts, channel=message.channel)
            if self.answered(message.channel, message.ts):
                self._about(message, "message_changed", message=self.tombstone(message), previous_message=before)
            else:
                self._about(message, "message_deleted", deleted_ts=message.ts, previous_message=before)

    def delete_file(self, file: File) -> None:
        """Take a file away; the app gets `file_deleted` if it asked for that."""
        with self.changed:
            file.deleted = True
            self.note("file_deleted", file=file.id)
            self.emit({"type": "file_deleted", "file_id": file.id, "event_ts": self.clock.ts()}, file.team)

    def whisper(self, channel: str, to: str, text: str, blocks: list[Json], **more: Any) -> Message:
        """Show something to one person alone (an ephemeral message); no event.

        In a thread that nobody has answered yet it is never seen (reference of chat.postEphemeral).
        """
        with self.changed:
            team = self.channels[channel].team
            bot = self.teams[team].bot
            message = Message(self.clock.ts(), team, channel, bot, text, blocks, ephemeral_to=to, app_id=APP, **more)
            if message.thread_ts and not self.answered(channel, message.thread_ts):
                self.problem("A whisper into a thread that nobody has answered yet, which is never seen")
                return message
            self.ephemerals.append(message)
            self.note("ephemeral", ts=message.ts, channel=channel, to=to, text=text)
            return message

    def _about(self, of: Message, subtype: str, **more: Any) -> None:
        kind = self.channels[of.channel].kind
        at = self.clock.ts()
        base = {"type": "message", "subtype": subtype, "hidden": True, "channel": of.channel, "ts": at}
        self.emit({**base, "event_ts": at, "channel_type": kind, **more}, of.team)

    def emit(self, event: Json, team: str) -> Delivery | None:
        """Tell the app of an event; see `World.emit`."""
        raise NotImplementedError
