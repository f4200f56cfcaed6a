"""Installing the bot in many workspaces: Slack's OAuth, with states that are good once and tokens that are sealed.

A browser opens /slack/install, goes to Slack, and comes back to /slack/oauth_redirect with a code for a token. With one
workspace's token in the settings none of this is needed, and none of it is open.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import aiohttp
from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth import OAuthStateUtils
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot.secret import secret_of
from bot.surfaces.slack.install_pages import HEADERS, INSTALL_PATH, OTHERWISE, ROTATES, answers, first
from bot.surfaces.slack.manifest import BOT, REDIRECT_PATH, SCOPES
from bot.surfaces.slack.workspaces import Bundle, Departure, Workspaces
from kernel.errors import RushesError
from kernel.settings import Settings
from kernel.store import Store
from kernel.store.records import now

LIVES = 600
"""Seconds between opening /slack/install and coming back from Slack."""
SECONDS = 30
NOT_INSTALLED = (
    f"{BOT} is not installed in this workspace any more: have somebody install it again, then try once more."
)
"""What a person reads who presses a button after the workspace took the bot out."""
log = logging.getLogger("rushes.slack.oauth")


def many(settings: Settings) -> bool:
    """Say whether workspaces install the bot by themselves; one workspace's token in the settings goes first."""
    return bool(settings.slack_bot_token is None and settings.slack_client_id and settings.slack_client_secret)


def flow(settings: Settings, store: Store, workspaces: Workspaces, client: AsyncWebClient | None = None) -> Install:
    """Return the way by which workspaces install the bot, for `AsyncApp(oauth_flow=...)`.

    Listeners are authorised by the kept installations then, without a call to Slack.
    """
    assert settings.slack_client_secret is not None
    states = OAuthStateUtils(expiration_seconds=LIVES)
    given = AsyncOAuthSettings(
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        scopes=SCOPES,
        user_scopes=[],
        redirect_uri=urljoin(settings.public_url, REDIRECT_PATH) if settings.public_url else None,
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        authorization_url=urljoin(settings.slack_api_url, "/oauth/v2/authorize"),
        installation_store=Installations(workspaces),
        state_store=States(secret_of(settings), store),
        state_expiration_seconds=LIVES,
        callback_options=answers(states),
        logger=log,
    )
    given.authorize = Authorize(workspaces)
    own = client or AsyncWebClient(base_url=settings.slack_api_url, timeout=SECONDS, logger=log)
    return Install(client=own, logger=log, settings=given)


class Install(AsyncOAuthFlow):
    """Slack's OAuth with our own page, and with one sentence where Slack does not answer."""

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:
        """Return the page that a person sees first."""
        return first(url)

    async def append_set_cookie_headers(self, headers: dict[str, Any], set_cookie_value: str | None) -> dict[str, Any]:
        """Return the headers of the page, with the state's cookie."""
        whole: dict[str, Any] = await super().append_set_cookie_headers({**headers, **HEADERS}, set_cookie_value)
        return whole

    async def run_installation(self, code: str) -> Installation | None:
        """Get the token for a code; None where Slack refused or did not answer."""
        try:
            return await super().run_installation(code)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.warning("Slack did not answer as a workspace was installed: %s", type(error).__name__)
            return None


class States(AsyncOAuthStateStore):
    """States: signed, so that nothing is kept for those who only look; good for ten minutes, and once.

    A used one is kept as a ticket, so neither a restart nor a second process lets it through again.
    """

    def __init__(self, secret: bytes, store: Store) -> None:
        self._secret = secret
        self._tickets = store.tickets

    async def async_issue(self, *_: object, **__: object) -> str:
        """Return a new state."""
        said = f"{int(time.time()) + LIVES}.{secrets.token_urlsafe(16)}"
        return f"{said}.{self._signature(said)}"

    async def async_consume(self, state: str) -> bool:
        """Say whether a state is ours, not too old, and used for the first time."""
        said, _, signature = state.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(said).encode()):
            return False
        if float(said.partition(".")[0]) < time.time():
            return False
        return await asyncio.to_thread(self._tickets.use, f"slack-state:{said}")

    def _signature(self, said: str) -> str:
        return hmac.new(self._secret, f"slack-state|{said}".encode(), hashlib.sha256).hexdigest()


class Installations(AsyncInstallationStore):
    """Slack's own view on the workspaces. People's own tokens are neither asked for nor kept."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    @property
    def logger(self) -> logging.Logger:
        """The log."""
        return log

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation.

        Raises:
            BoltError: it cannot be kept; one sentence for the person in front of the browser.
        """
        if installation.bot_refresh_token or installation.bot_token_expires_at or not installation.bot_token:
            raise BoltError(ROTATES if installation.bot_token else OTHERWISE)
        try:
            await asyncio.to_thread(self._workspaces.keep, _bundle(installation))
        except RushesError as error:
            log.error("An installation could not be kept: %s", error)
            raise BoltError(OTHERWISE) from error

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """Return the installation by which a workspace is spoken with."""
        org = bool(is_enterprise_install)
        found = await asyncio.to_thread(self._workspaces.find, team_id or "", enterprise_id or "", org=org)
        return _installation(found) if found else None

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """Return the bot of an installation."""
        found = await self.async_find_installation(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        return found.to_bot() if found else None

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget a workspace's token."""
        gone = Departure(enterprise=enterprise_id or "", team=team_id or "", org=team_id is None, at=now().timestamp())
        await asyncio.to_thread(self._workspaces.leave, gone)

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Forget an installation; a person's own token was never kept."""
        if user_id is None:
            await self.async_delete_bot(enterprise_id=enterprise_id, team_id=team_id)


class Authorize(AsyncAuthorize):
    """Says by which installation a listener acts: read from the store, so that no event waits for Slack."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult | None:
        """Return whose bot answers; None where nobody installed it."""
        org = bool(context.is_enterprise_install)
        found = await asyncio.to_thread(self._workspaces.find, team_id or "", enterprise_id or "", org=org)
        if found is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=found.user,
            bot_id=found.bot,
            bot_token=found.token,
            bot_scopes=found.scopes,
        )


def _bundle(installation: Installation) -> Bundle:
    return Bundle(
        enterprise=installation.enterprise_id or "",
        team=installation.team_id or "",
        org=bool(installation.is_enterprise_install),
        name=installation.team_name or installation.enterprise_name or "",
        app=installation.app_id or "",
        token=installation.bot_token or "",
        bot=installation.bot_id or "",
        user=installation.bot_user_id or "",
        scopes=tuple(installation.bot_scopes or ()),
        by=installation.user_id or "",
        since=datetime.fromtimestamp(installation.installed_at, UTC),
    )


def _installation(bundle: Bundle) -> Installation:
    return Installation(
        app_id=bundle.app,
        enterprise_id=bundle.enterprise or None,
        enterprise_name=bundle.name if bundle.org else None,
        team_id=bundle.team or None,
        team_name=None if bundle.org else bundle.name,
        bot_token=bundle.token,
        bot_id=bundle.bot,
        bot_user_id=bundle.user,
        bot_scopes=bundle.scopes,
        user_id=bundle.by,
        is_enterprise_install=bundle.org,
        installed_at=bundle.since.timestamp(),
    )
