"""The methods of the Web API, a file for each of their families."""

from __future__ import annotations

from collections.abc import Callable

from tests.fakes.slack import oauth
from tests.fakes.slack.call import Call
from tests.fakes.slack.methods import agents, auth, chat, conversations, files, views
from tests.fakes.slack.things import Json

Handler = Callable[[Call], Json]

HANDLERS: dict[str, Handler] = {
    **auth.HANDLERS,
    **oauth.HANDLERS,
    **chat.HANDLERS,
    **conversations.HANDLERS,
    **files.HANDLERS,
    **views.HANDLERS,
    **agents.HANDLERS,
}
"""Method -> what it does: takes the call under the world's lock, hands over the answer without `ok`."""
