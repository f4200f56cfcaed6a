"""Where footage comes from when it is not dropped into the chat: one file for each kind of place.

A new kind: a file with a class as `base.Fetcher` says, an entry in FETCHERS, and a mention that `mentions` finds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kernel.fetch.base import Fetcher
from kernel.fetch.folder import Folder
from kernel.fetch.link import Link
from kernel.fetch.mentions import links_in, mentions, without_mentions
from kernel.fetch.names import safe_name
from kernel.fetch.s3 import S3
from kernel.settings import Settings

FETCHERS: Mapping[str, Callable[[Settings], Fetcher]] = {"folder": Folder, "link": Link, "s3": S3}

__all__ = ["FETCHERS", "Fetcher", "links_in", "mentions", "safe_name", "without_mentions"]
