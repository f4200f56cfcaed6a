"""The state of the stand-in, and the plain questions to it."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fakes.slack.clock import Clock
from tests.fakes.slack.delivery import Delivery, Transport
from tests.fakes.slack.faults import Faults
from tests.fakes.slack.limits import Limits
from tests.fakes.slack.passes import Grant, ResponseUrl, Token, Trigger
from tests.fakes.slack.things import Channel, File, Json, Message, Session, Team, Upload, User, View

APP = "A0RUSHES"
GLANCE = 0.05
"""Seconds between two looks at what happens outside the stand-in."""
SIGNING_SECRET = "5ba1e0f5e7c0ffee5ba1e0f5e7c0ffee"
CLIENT_ID = "111.222"
CLIENT_SECRET = "c11e47c11e47c11e47c11e47c11e47c1"


@dataclass
class State:
    """All there is. Take `lock` to change something; `changed` (on the same lock) is told after each change.

    Attributes:
        manifest: the app's manifest; its events and scopes decide what is sent and allowed.
        url: `http://127.0.0.1:PORT/`, known once the server listens.
        origin: the same on another port, as files.slack.com passes downloads on to files-origin.slack.com.
        problems: what a real Slack would refuse, or what is known to go wrong with it; a good app leaves it empty.
        journal: what happened, in order: `{"what": ..., "at": ..., ...}`.
        folder: where the bytes of uploads are kept.
        uploads: by the file's id, between the first and the third step.
        upload_limit: bytes of the largest file that is taken.
        page: most messages that one look at a channel or a thread tells of.
        room_left: bytes that the workspace still has room for; None for no limit.
        upload_pace: bytes a second that an upload is read at; None for as fast as it comes.
        share_delay: Slack's seconds between the end of an upload and its message.
        elsewhere: requests that came to the other host, by their headers.
        closing: set when the server closes.
    """

    manifest: Mapping[str, Any]
    url: str = ""
    origin: str = ""
    clock: Clock = field(default_factory=Clock)
    faults: Faults = field(default_factory=Faults)
    folder: Path = Path()
    uploads: dict[str, Upload] = field(default_factory=dict)
    upload_limit: int = 1024**3
    page: int = 999
    room_left: int | None = None
    upload_pace: float | None = None
    share_delay: float = 0.3
    elsewhere: list[dict[str, str]] = field(default_factory=list)
    closing: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    teams: dict[str, Team] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    ephemerals: list[Message] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    homes: dict[tuple[str, str], View] = field(default_factory=dict)
    sessions: dict[tuple[str, str], Session] = field(default_factory=dict)
    prompts: dict[str, Json] = field(default_factory=dict)
    tickets: set[str] = field(default_factory=set)
    grants: dict[str, Grant] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)
    transports: list[Transport] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    journal: list[Json] = field(default_factory=list)
    limits: Limits = field(init=False)
    changed: threading.Condition = field(default_factory=lambda: threading.Condition(threading.RLock()), repr=False)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1), repr=False)

    def __post_init__(self) -> None:
        self.limits = Limits(self.clock)

    def new_id(self, letter: str) -> str:
        """Mint an id as Slack's look: a letter and ten more characters."""
        return f"{letter}{next(self._numbers):010d}" if len(letter) == 1 else f"{letter}{next(self._numbers):08d}"

    def note(self, what: str, **details: Any) -> None:
        """Write into the journal, and wake who waits for something."""
        with self.changed:
            self.journal.append({"what": what, "at": time.monotonic(), **details})
            self.changed.notify_all()

    def problem(self, text: str) -> None:
        """Raise the alarm: one sentence on what a real Slack would refuse."""
        with self.changed:
            self.problems.append(text)
        self.note("problem", text=text)

    def wait(self, predicate: Callable[[], Any], seconds: float = 10.0) -> Any:
        """Wait until `predicate` says something true, and hand that over.

        It is asked whenever something happens here, and every now and then for what happens elsewhere; the lock is
        not held meanwhile, so it may ask the Web API or a bot's store.

        Raises:
            TimeoutError: it did not within `seconds` (real ones); names what went wrong until then.
        """
        until = time.monotonic() + seconds
        while True:
            seen = len(self.journal)
            found = predicate()
            if found:
                return found
            if time.monotonic() > until:
                last = [line["what"] for line in self.journal[-12:]]
                raise TimeoutError(f"Nothing in {seconds} s; problems {self.problems}; last happened {last}")
            with self.changed:
                self.changed.wait_for(lambda: len(self.journal) != seen, GLANCE)  # noqa: B023 (asked at once)

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes that the manifest asks for."""
        asked = self.manifest["oauth_config"]["scopes"]
        return frozenset([*asked["bot"], *asked.get("bot_optional", [])])

    @property
    def events(self) -> frozenset[str]:
        """The events that the manifest subscribes to."""
        return frozenset(self.manifest["settings"]["event_subscriptions"]["bot_events"])

    def bot_token(self, team: str) -> str:
        """The workspace's newest bot token that still holds.

        Raises:
            LookupError: it has none.
        """
        held = [t.value for t in self.tokens.values() if t.kind == "bot" and t.team == team and not t.revoked]
        if not held:
            raise LookupError(f"{team} has no bot token")
        return held[-1]

    def pictured(self, file: str) -> bool:
        """Whether a block may show a file: a picture that stands in some channel.

        One that was only just uploaded is refused for a while (python-slack-sdk#1521, #1797).
        """
        found = self.files.get(file)
        return found is not None and not found.deleted and found.mimetype.startswith("image/") and bool(found.shares)

    def answered(self, channel: str, root: str) -> bool:
        """Whether somebody has answered a message."""
        return any(m.thread_ts == root and not m.deleted for m in self.channels[channel].messages.values())

    def thread(self, channel: str, root: str) -> list[Message]:
        """The messages of a thread that still stand, root first."""
        kept = self.channels[channel].messages.values()
        return [m for m in kept if m.root == root and not m.deleted]
