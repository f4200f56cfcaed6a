"""Run the model server by hand: `python -m tests.fakes.models --folder DIR [--port N]`."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

from tests.fakes.models.handover import Handover
from tests.fakes.models.server import ModelServer

HELP = """A model server in which you are the model.

Each request is written as DIR/0001.request.md (to read), DIR/0001.request.json (the same as data) and its pictures.
Answer by writing DIR/0001.reply.json (best under another name, then renamed):
    {"text": "words", "calls": [{"name": "tool", "arguments": {"key": "value"}}]}
Either may be left out. Is the answer not of that form, DIR/0001.problem.txt says why; mend it and it is taken.
Nothing times out meanwhile. A request that comes again is answered with what was written for it before.

Point Rushes at it with any key and one of the base URLs that it prints. Stop it with Ctrl-C.
"""


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="where requests and answers lie")
    parser.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1; a free one if left out")
    asked = parser.parse_args()
    closing = threading.Event()
    with ModelServer(Handover(asked.folder, closing), port=asked.port, slow=True) as server:
        print(f"OpenAI base URL:    {server.openai_url}\nAnthropic base URL: {server.anthropic_url}", flush=True)
        print(f"Requests go to {asked.folder}", flush=True)
        try:
            closing.wait()
        except KeyboardInterrupt:
            closing.set()


if __name__ == "__main__":
    main()
