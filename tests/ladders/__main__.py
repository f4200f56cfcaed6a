"""`python -m tests.ladders`: every ladder climbed, as a table and as a plot."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_cache_path

from kernel.worker.ffmpeg import Ffmpeg, bundled
from tests.ladders.climb import LADDERS, climb, plot, table
from tests.ladders.stage import stage

FOLDER = user_cache_path("rushes-ladders")


def main(arguments: Sequence[str] | None = None) -> int:
    """Climb the ladders; return 0 only when each of them holds."""
    parser = argparse.ArgumentParser(prog="python -m tests.ladders", description=__doc__)
    names = [ladder.name for ladder in LADDERS]
    parser.add_argument("--only", action="append", choices=names, help="only this ladder; may be repeated")
    parser.add_argument(
        "--folder", type=Path, default=user_cache_path("rushes-ladders"), help="for renders and the plot"
    )
    options = parser.parse_args(arguments)
    place = stage(options.folder.absolute(), Ffmpeg(bundled()))
    climbs = []
    for ladder in LADDERS:
        if not options.only or ladder.name in options.only:
            climbs.append(climb(ladder, place))
            print(*list(table(climbs))[0 if len(climbs) == 1 else -1 :], sep="\n", flush=True)
    plot(climbs, options.folder / "ladders.png")
    held = sum(found.holds for found in climbs)
    print(f"{held} of {len(climbs)} ladders hold; drawn in {options.folder / 'ladders.png'}")
    return 0 if held == len(climbs) else 1


if __name__ == "__main__":
    sys.exit(main())
