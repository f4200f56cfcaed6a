"""The long forms of the hostile tests: `python -m tests.hostile corpus` and `python -m tests.hostile mutations`.

    corpus      every file of the folder of bad files, against its manifest
    mutations   1,000 damaged files; --seed and --only make one of them again

Prints what came of each kind and every fault; ends with 1 where there is one.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from kernel.worker.ffmpeg import Ffmpeg, bundled
from tests.hostile.corpus import judged, rows
from tests.hostile.door import Answer
from tests.hostile.mutations import mutant, seeds, tried

ROOT = Path(__file__).resolve().parents[2]
HANG = 15.0
"""Seconds after which an answer counts as a hang."""


def main() -> int:
    """Run one of them."""
    asked = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__.splitlines()[0])
    asked.add_argument("what", choices=("corpus", "mutations"))
    asked.add_argument("--count", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=int(time.time()))
    asked.add_argument("--only", type=int, help="the number of one mutant")
    options = asked.parse_args()
    ffmpeg = Ffmpeg(bundled(), weak=True)
    if options.what == "corpus":
        return _told(_corpus(ffmpeg))
    numbers = range(options.count) if options.only is None else [options.only]
    print(f"seed {options.seed}")
    return _told(_mutations(ffmpeg, options.seed, list(numbers)))


def _corpus(ffmpeg: Ffmpeg) -> Iterator[tuple[str, Answer, str]]:
    shared = Path(os.environ.get("RUSHES_SHARED") or ROOT.parent / "shared")
    if not (shared / "bad" / "MANIFEST.tsv").is_file():
        sys.exit(f"There are no bad files in {shared}: set RUSHES_SHARED to the folder that holds bad/MANIFEST.tsv.")
    for row in rows(shared / "bad"):
        found, wrong = judged(row, ffmpeg)
        yield row.file.name, found, wrong


def _mutations(ffmpeg: Ffmpeg, seed: int, numbers: list[int]) -> Iterator[tuple[str, Answer, str]]:
    with TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        honest = seeds(Path(folder), ffmpeg)

        def one(number: int) -> tuple[str, Answer, str]:
            made = mutant(honest, seed, number)
            found = tried(made, ffmpeg)
            slow = f"took {found.seconds:.1f} s" if found.seconds > HANG else ""
            return f"{made.name} ({made.how})", found, found.said if found.kind == "fault" else slow

        yield from pool.map(one, numbers)


def _told(results: Iterator[tuple[str, Answer, str]]) -> int:
    kinds: Counter[str] = Counter()
    slowest, faults = (0.0, ""), 0
    for name, found, wrong in results:
        kinds[found.kind + (" with a warning" if found.warnings else "")] += 1
        slowest = max(slowest, (found.seconds, name))
        if wrong:
            faults += 1
            print(f"FAULT {name}: {wrong}", flush=True)
    print(f"{sum(kinds.values())} files: " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    print(f"{faults} faults; the slowest answer took {slowest[0]:.1f} s ({slowest[1]})")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
