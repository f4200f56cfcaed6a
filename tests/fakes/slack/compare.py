"""Hold the table of methods against a mirror of Slack's reference: `python -m tests.fakes.slack.compare FOLDER`.

FOLDER is a checkout of github.com/slack-ruby/slack-api-ref. Prints a line for each difference; none is the best answer.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.fakes.slack.table import ANY_METHOD, METHODS, Method

KNOWN = {
    "oauth.v2.access": "names no token",
    "conversations.open": "its scope depends on what is opened; only direct messages are",
}
"""Methods of which something differs on purpose."""
BEYOND = frozenset(
    {"chat.postMessage msg_too_long", "chat.update msg_blocks_too_long", "chat.postEphemeral msg_blocks_too_long"}
)
"""Errors that were seen in the wild and stand in no reference."""


def differences(folder: Path) -> Iterator[str]:
    """Say where the table and the reference differ."""
    for name, method in METHODS.items():
        told = json.loads((folder / "docs.slack.dev/methods" / f"{name}.json").read_text())
        yield from (f"{name}: {line}" for line in _method(name, method, told))


def _method(name: str, method: Method, told: dict[str, Any]) -> Iterator[str]:
    args = told["args"]
    needs = frozenset(args.get("required") or ()) - {"token"}
    if method.needs != needs:
        yield f"needs {sorted(method.needs)}, told {sorted(needs)}"
    known = frozenset(args["properties"]) | {"token", "team_id"}
    if method.known != known:
        yield f"takes {sorted(method.known ^ known)} on one side only"
    tier = int(told["rate_limits"].removeprefix("t"))
    if method.tier != tier:
        yield f"tier {method.tier}, told {tier}"
    if method.json != told.get("json_input_supported", False):
        yield f"json {method.json}, told {told['json_input_supported']}"
    yield from _errors(name, method, frozenset(told["errors"]))
    scopes = frozenset(told.get("scope", {}).get("bot", ()))
    own = {(method.scope or "").format(kind=kind) for kind in ("channels", "groups", "im")} - {""}
    if name not in KNOWN and not own <= scopes | {"connections:write"}:
        yield f"scope {sorted(own)}, told {sorted(scopes)}"


def _errors(name: str, method: Method, told: frozenset[str]) -> Iterator[str]:
    invented = {error for error in method.errors - told if f"{name} {error}" not in BEYOND}
    if invented:
        yield f"errors that the reference has not: {sorted(invented)}"
    left_out = told - method.errors - ANY_METHOD
    if left_out:
        yield f"errors left out: {sorted(left_out)}"


if __name__ == "__main__":
    print("\n".join(differences(Path(sys.argv[1]))))
