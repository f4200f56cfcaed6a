"""Places: where files come from that people drop into a surface's chat, beside the kernel's links and folders."""

from __future__ import annotations

from collections.abc import Mapping

from bot.fetching import Maker
from kernel.fetch import Fetcher
from kernel.settings import Settings
from kernel.store import Store


def _slack(settings: Settings, store: Store) -> Fetcher:
    # Slack's libraries take a third of a second to load: only who fetches from there loads them.
    from bot.surfaces.slack.downloads import SlackFiles

    return SlackFiles(settings, store)


PLACES: Mapping[str, Maker] = {"slack": _slack}
