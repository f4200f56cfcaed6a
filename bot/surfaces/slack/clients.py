"""Clients of Slack's Web API: one for each workspace and manner, with that workspace's token."""

from __future__ import annotations

import asyncio
import logging

from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.secret import sealer
from bot.surfaces.slack.workspaces import Workspaces
from kernel.errors import NotFound
from kernel.settings import Settings
from kernel.store import Store

SECONDS = 30
"""How long one call may take."""
TRIES = 3


class NotInstalled(NotFound):
    """A workspace has not installed the bot, or has taken it out again."""


class Clients:
    """The clients of all workspaces."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._made: dict[tuple[str, str, bool], AsyncWebClient] = {}
        # The library logs whole messages at its lower levels; a person's words and tokens stay out of logs.
        self._logger = logging.getLogger("rushes.slack.web")
        self._logger.setLevel(logging.WARNING)

    async def for_team(self, team: str) -> AsyncWebClient:
        """Return the client that asks once and never again by itself: for what must not stand twice.

        Raises:
            NotInstalled: the workspace has not installed the bot.
        """
        return self._client(*await self._token(team), patient=False)

    async def patient(self, team: str) -> AsyncWebClient:
        """Return the client that asks again after a 429, a 5xx or a lost connection: for what may be asked twice.

        Raises:
            NotInstalled: the workspace has not installed the bot.
        """
        return self._client(*await self._token(team), patient=True)

    def _client(self, token: str, within: str, *, patient: bool) -> AsyncWebClient:
        if (token, within, patient) not in self._made:
            self._made[token, within, patient] = AsyncWebClient(
                token=token,
                base_url=self._settings.slack_api_url,
                timeout=SECONDS,
                retry_handlers=_retries() if patient else [],
                team_id=within or None,
                logger=self._logger,
            )
        return self._made[token, within, patient]

    async def _token(self, team: str) -> tuple[str, str]:
        """Return the token for a workspace, and the workspace where its whole organisation has but one token."""
        if self._settings.slack_bot_token is not None:
            return self._settings.slack_bot_token.get_secret_value(), ""
        return await asyncio.to_thread(self._installed, team)

    def _installed(self, team: str) -> tuple[str, str]:
        found = Workspaces(self._store, sealer(self._settings)).find(team)
        if found is None:
            raise NotInstalled("This workspace has not installed Rushes: install it there first.")
        return found.token, team if found.org else ""


def _retries() -> list[AsyncRetryHandler]:
    return [
        AsyncRateLimitErrorRetryHandler(max_retry_count=TRIES),
        AsyncServerErrorRetryHandler(max_retry_count=TRIES),
        AsyncConnectionErrorRetryHandler(max_retry_count=TRIES),
    ]
