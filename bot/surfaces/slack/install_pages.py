"""The pages that a person sees who installs the bot: plain words, and nothing in them that is not ours or escaped."""

from __future__ import annotations

import html
import logging
from collections.abc import Awaitable, Callable, Mapping

from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.response import BoltResponse
from slack_sdk.oauth import OAuthStateUtils

from bot.surfaces.slack.manifest import BOT

INSTALL_PATH = "/slack/install"
ROTATES = (
    f"This Slack app has token rotation switched on, which {BOT} does not use: make an app from the manifest that "
    "`rushes slack --manifest` prints, and install that one."
)
AGAIN = "start again from the beginning"
FAILED: Mapping[str, str] = {
    "access_denied": f"{BOT} was not installed, as you said no at Slack: nothing has changed.",
    "invalid_browser": f"This browser did not begin the installation, so it was not finished: {AGAIN}.",
    "invalid_state": f"This installation took longer than ten minutes or was finished before: {AGAIN}.",
    "missing_code": f"Slack sent no code along, so nothing was installed: {AGAIN}.",
    "invalid_code": f"Slack did not accept the code or did not answer, so nothing was installed: {AGAIN}.",
}
OTHERWISE = f"The installation was not finished: {AGAIN}, and if that fails too, tell whoever runs {BOT}."
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 18px/1.5 system-ui, sans-serif; max-width: 34em; margin: 15vh auto; padding: 0 1em; color: #1f2933 }}
a.button {{ background: #1f2933; color: #fff; padding: .6em 1.2em; border-radius: .4em; text-decoration: none }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{words}</p>
<p><a class="button" href="{link}">{label}</a></p>
</body>
</html>
"""
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
log = logging.getLogger("rushes.slack.oauth")


def first(url: str) -> str:
    """Return the page that leads to Slack."""
    words = f"{BOT} edits videos in Slack: drop footage and a brief in a thread. Slack will ask you what it may do."
    return _page(f"Add {BOT} to Slack", words, url, "Go on to Slack")


def answers(states: OAuthStateUtils) -> AsyncCallbackOptions:
    """Return the pages that come after Slack; each takes the state's cookie back."""
    return AsyncCallbackOptions(success=_succeeded(states), failure=_failed(states))


def _succeeded(states: OAuthStateUtils) -> Callable[[AsyncSuccessArgs], Awaitable[BoltResponse]]:
    async def success(args: AsyncSuccessArgs) -> BoltResponse:
        installed = args.installation
        name = installed.team_name or installed.enterprise_name or "your workspace"
        words = f"{BOT} is in {name} now. Invite it to a channel, drop footage there and say what to make of it."
        link = f"https://app.slack.com/client/{installed.team_id or installed.enterprise_id or ''}"
        return _answer(200, _page("Done", words, link, "Open Slack"), states)

    return success


def _failed(states: OAuthStateUtils) -> Callable[[AsyncFailureArgs], Awaitable[BoltResponse]]:
    async def failure(args: AsyncFailureArgs) -> BoltResponse:
        log.warning("An installation was not finished: %s", args.reason[:40])
        words = str(args.error) if args.error else FAILED.get(args.reason, OTHERWISE)
        page = _page("Not installed", words, INSTALL_PATH, "Start again")
        return _answer(args.suggested_status_code, page, states)

    return failure


def _answer(status: int, page: str, states: OAuthStateUtils) -> BoltResponse:
    return BoltResponse(
        status=status, body=page, headers={**HEADERS, "Set-Cookie": states.build_set_cookie_for_deletion()}
    )


def _page(title: str, words: str, link: str, label: str) -> str:
    """Return a page; everything in it is text, whatever it was named."""
    return PAGE.format(
        title=html.escape(title), words=html.escape(words), link=html.escape(link), label=html.escape(label)
    )
