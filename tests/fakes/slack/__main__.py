"""Run the stand-in by hand: `python -m tests.fakes.slack [--port N]`, with a page in which to play it."""

from __future__ import annotations

import argparse
import contextlib
import signal
import threading

from tests.fakes.slack.server import FakeSlack

HELP = """A Slack on this machine, to try the bot in without Slack.

Start it, start the bot with the variables that it prints, and open the page that it names: there you are Ann (or Bob,
or Cleo: choose at the bottom left), with two channels, direct messages and App Home. Stop it with Ctrl-C.
"""
PEOPLE = ("ann", "bob", "cleo")
CHANNELS = ("videos", "marketing")


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8765, help="the port on 127.0.0.1; 0 for a free one (8765)")
    parser.add_argument("--http", default="", help="send events to this request URL in place of a socket")
    asked = parser.parse_args()
    closing = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: closing.set())
    with FakeSlack(port=asked.port) as slack, contextlib.suppress(KeyboardInterrupt):
        settle(slack)
        if asked.http:
            slack.http_mode.point_at(asked.http)
        print(f"The page:  {slack.world.url}\n\nStart a bot with:\n", flush=True)
        print("\n".join(f"export {name}='{value}'" for name, value in slack.environ().items()), flush=True)
        print("\nand then:  .venv/bin/rushes slack", flush=True)
        closing.wait()


def settle(slack: FakeSlack) -> None:
    """Put people and channels into an empty Slack."""
    people = [slack.person(name) for name in PEOPLE]
    for name in CHANNELS:
        slack.channel(name, members=people)


if __name__ == "__main__":
    main()
