"""What the stand-in's world consists of: workspaces, people, channels, messages, files, views."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["channel", "group", "im", "mpim"]


@dataclass
class Team:
    """A workspace.

    Attributes:
        id: `T...`.
        name: what people call it.
        bot: the bot's user id there.
        bot_id: the bot's `B...` id there.
        enterprise: the `E...` id of an organisation it belongs to.
        installed: whether the app is installed; events go to installed workspaces only.
        by_org: whether its whole organisation installed the app, not the workspace itself.
    """

    id: str
    name: str
    bot: str
    bot_id: str
    enterprise: str | None = None
    installed: bool = True
    by_org: bool = False


@dataclass
class User:
    """A person, or a bot. `guest` is Slack's `is_restricted`."""

    id: str
    team: str
    name: str
    real_name: str = ""
    is_bot: bool = False
    guest: bool = False
    deleted: bool = False
    tz: str = "Europe/London"


@dataclass
class Message:
    """A message of a channel, or an ephemeral one (`ephemeral_to`).

    Attributes:
        files: ids of its files.
        thread_ts: the root's ts; None for a message that is no reply (a root has none here, however many answer it).
        edited: `{"user", "ts"}` once it was edited.
        versions: text and blocks as they were before each edit, oldest first.
        client: what a person's own app marks it with (`client_msg_id`).
        via: the method that made it (`chat.postMessage`, `say`, `response_url`, ...).
    """

    ts: str
    team: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    thread_ts: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    subtype: str | None = None
    metadata: Json | None = None
    edited: Json | None = None
    ephemeral_to: str | None = None
    deleted: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    versions: list[tuple[str, list[Json]]] = field(default_factory=list)
    via: str = "say"
    client: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def root(self) -> str:
        """The ts of the thread it stands in, its own if it is no reply."""
        return self.thread_ts or self.ts


@dataclass
class Channel:
    """A channel, a private one (`group`), or the direct messages of one person (`im`) or of several (`mpim`).

    Attributes:
        shared_with: ids of other workspaces whose people are in it (Slack Connect).
        whose: the person on the other side of a direct message.
        messages: in order of ts; ephemeral ones stand apart.
    """

    id: str
    team: str
    name: str
    kind: Kind = "channel"
    members: set[str] = field(default_factory=set)
    archived: bool = False
    shared_with: set[str] = field(default_factory=set)
    whose: str | None = None
    messages: dict[str, Message] = field(default_factory=dict)


@dataclass
class File:
    """A file. Its bytes lie at `path`, None for an external one.

    Attributes:
        size: what Slack says of its length; it may lie (`lies`).
        mode: `hosted`, `snippet`, `external`, `tombstone`.
        access: `visible`, or `check_file_info` where an event carries only its id.
        shares: channel -> ts of the messages it was shared in, once they appeared.
        where: the address that `url_private_download` names in place of our own.
        pace: bytes a second of its download; None for as fast as it goes.
        cuts: places (bytes from the file's start) at which its next downloads are cut off, one a download.
        login: answer with the log-in page even with a good token.
        redirect: an address to send a download to.
        moved: pass downloads on to Slack's other host of files, which wants the token too, as organisations' are.
        ranges: whether a download may begin in the middle.
        stall: after how many bytes downloads stop sending, and neither end nor close.
    """

    id: str
    team: str
    name: str
    size: int
    user: str
    mimetype: str
    path: Path | None
    title: str = ""
    mode: str = "hosted"
    access: str = "visible"
    deleted: bool = False
    shares: dict[str, list[str]] = field(default_factory=dict)
    where: str | None = None
    pace: float | None = None
    cuts: list[int] = field(default_factory=list)
    login: bool = False
    redirect: str | None = None
    moved: bool = False
    ranges: bool = True
    stall: int | None = None
    created: int = 0


@dataclass
class Upload:
    """An upload between its first and its third step; `path` is where its bytes lie once they are all there."""

    file: str
    team: str
    name: str
    length: int
    path: Path | None = None
    completed: bool = False


@dataclass
class View:
    """A modal or a home tab. `state` is what its person filled in, `closed` once it is gone."""

    id: str
    team: str
    user: str
    view: Json
    hash: str
    root: str
    previous: str | None = None
    state: Json = field(default_factory=lambda: {"values": {}})
    closed: bool = False
    errors: dict[str, str] = field(default_factory=dict)


@dataclass
class Session:
    """An agent session of a thread."""

    channel: str
    thread_ts: str
    status: str
    title: str = ""
    history: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Posted:
    """A message as a person sees it, at one moment."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: tuple[Json, ...]
    files: tuple[str, ...]
    edited: bool
    ephemeral_to: str | None
    thread_ts: str | None
    metadata: Mapping[str, Any] | None
