"""What lets somebody do something at Slack: tokens, leave to install, trigger ids, response urls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.fakes.slack.things import Message


@dataclass
class Token:
    """A token: `xoxb-` of a workspace's bot with its scopes, `xapp-` of the app, `xoxp-` of a person.

    The bot of a whole organisation has an `enterprise` in place of a `team`.
    """

    value: str
    kind: Literal["bot", "app", "user"]
    team: str | None
    user: str | None
    scopes: frozenset[str]
    revoked: bool = False
    enterprise: str | None = None


@dataclass(frozen=True)
class Grant:
    """Somebody's leave to install the app, until its code is changed for a token.

    Attributes:
        code: good for one token.
        place: the workspace's id, or the organisation's (`E...`) for all of its workspaces.
        scopes: what they allowed.
        redirect_uri: where the code was sent; empty if the app named no address.
        made: by Slack's clock.
    """

    code: str
    place: str
    scopes: frozenset[str]
    redirect_uri: str
    made: float


@dataclass
class Trigger:
    """A trigger id: lives three seconds, opens one view. `channel` is what its person was looking at."""

    id: str
    team: str
    user: str
    made: float
    used: bool = False
    view: str | None = None
    channel: str = ""


@dataclass
class ResponseUrl:
    """A response url: five uses in thirty minutes. `message` is what `replace_original` replaces."""

    id: str
    team: str
    user: str
    channel: str
    made: float
    message: Message | None = None
    uses: int = 0
