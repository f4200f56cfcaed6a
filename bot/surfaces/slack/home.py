"""App Home: drawn anew whenever somebody opens it."""

from __future__ import annotations

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.surfaces.slack.blocks.home import home
from bot.surfaces.slack.desk import TROUBLES, Desk, Listener, log
from bot.surfaces.slack.home_reader import home_view
from bot.surfaces.slack.intake import team_of


def opened(desk: Desk) -> Listener:
    """Return the listener of App Home being opened."""

    async def publish(event: dict[str, Any], body: dict[str, Any], client: AsyncWebClient) -> None:
        if event.get("tab") != "home":
            return
        view = await desk.reading(home_view, desk.app.office, str(event["user"]), team_of(body))
        seen = (event.get("view") or {}).get("hash")
        try:
            await client.views_publish(user_id=event["user"], view=home(view), **({"hash": seen} if seen else {}))
        except TROUBLES as error:  # most likely a newer one was published meanwhile
            log.info("App Home could not be drawn: %s", type(error).__name__)

    return publish
