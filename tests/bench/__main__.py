"""Benchmarks: `python -m tests.bench render` prints every figure of the worker in one run, with its bar beside it,
and `python -m tests.bench evaluation` those of evaluation: what it takes to find out all there is to a file and to
score it, how far independent meters agree, how the metrics fall when one thing gets worse. `analysis`,
`scoring`, `agreements` and `ladders` are its parts. `files` shows the memory that big files take on their way,
`slack` how soon what comes in is acknowledged.

Times are ratios against a rival that does the same to the same footage with the same encoder settings in the same run.
On a machine that is busy with other things look at the processor times beside them, and use --repeat.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from platformdirs import user_cache_path

from kernel.worker.ffmpeg import Ffmpeg, bundled
from tests.bench import (
    again,
    agreements,
    analysis,
    copying,
    evaluation,
    exact,
    files,
    footage,
    preview,
    room,
    scoring,
    slack,
    whole,
)
from tests.bench.report import Line, keep, summary
from tests.bench.whole import Bench, Wholes

Measure = Callable[[Bench, Wholes], Iterable[Line]]
MEASURES: dict[str, Measure] = {
    "whole": whole.lines,
    "rivals": whole.rival_lines,
    "exact": exact.lines,
    "again": again.lines,
    "copy": copying.lines,
    "preview": preview.lines,
    "room": room.lines,
}
"""By the name that --only takes, in the order of the report."""
EVALUATION = ("evaluation", "analysis", "scoring", "agreements", "ladders")
QUICK = ("whole", "exact", "again", "room")
HEIGHTS = (1080, 720)


def asked(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["render", *EVALUATION, "files", "slack"], default="render")
    parser.add_argument("--quick", action="store_true", help="720p only, and only the rivals that are ffmpeg itself")
    parser.add_argument(
        "--only", action="append", choices=sorted(MEASURES), help="only these measures; may be repeated"
    )
    parser.add_argument("--height", action="append", type=int, choices=HEIGHTS, help="only this size; may be repeated")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="run the main three N times, keep the best")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    parser.add_argument("--folder", type=Path, default=user_cache_path("rushes-bench"), help="for footage and rivals")
    parser.add_argument(
        "--footage", type=Path, metavar="FILE", help="numbered 30 fps footage in place of the assembled"
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for; return 0 only when every bar was met."""
    options = asked(arguments)
    ffmpeg, folder = Ffmpeg(bundled()), options.folder.absolute()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, ffmpeg {ffmpeg.version}; load before: {os.getloadavg()[0]:.1f}"
    )
    figures: dict[str, Callable[[], Iterable[Line]]] = {
        "render": lambda: rendered(options, ffmpeg),
        "evaluation": lambda: evaluation.lines(ffmpeg, folder, options.repeat),
        "analysis": lambda: analysis.lines(ffmpeg, folder, options.repeat),
        "scoring": lambda: scoring.lines(ffmpeg, folder / "ladders"),
        "agreements": lambda: agreements.lines(ffmpeg),
        "ladders": lambda: evaluation.ladders(ffmpeg, folder / "ladders"),
        "files": files.lines,
        "slack": slack.lines,
    }
    found = list(told(figures[options.what]()))
    print(summary(found))
    if options.json:
        keep(found, options.json)
    return 0 if all(line.bar is None or line.verdict == "PASS" for line in found) else 1


def told(lines: Iterable[Line]) -> Iterable[Line]:
    """Print each line as it comes."""
    for line in lines:
        print(line.text(), flush=True)
        yield line


def rendered(options: argparse.Namespace, ffmpeg: Ffmpeg) -> Iterable[Line]:
    """Yield the figures of the worker on the footage of each size."""
    for clip in clips(options, ffmpeg):
        with tempfile.TemporaryDirectory(dir=options.folder) as made:
            bench = Bench(clip, Path(made), options.folder, ffmpeg, options.repeat, options.quick)
            yield from run(bench, options)


def clips(options: argparse.Namespace, ffmpeg: Ffmpeg) -> Iterable[footage.Clip]:
    """Yield the footage of each size."""
    folder: Path = options.folder.absolute()
    options.folder = folder
    if options.footage:
        yield footage.given(options.footage.absolute(), ffmpeg)
        return
    for height in options.height or ([720] if options.quick else HEIGHTS):
        yield footage.assembled(folder, height, ffmpeg)


def run(bench: Bench, options: argparse.Namespace) -> Iterable[Line]:
    """Run the measures on one piece of footage."""
    wholes = Wholes(bench)
    for name in options.only or (QUICK if options.quick else MEASURES):
        yield from MEASURES[name](bench, wholes)


if __name__ == "__main__":
    sys.exit(main())
