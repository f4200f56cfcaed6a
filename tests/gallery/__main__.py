"""The gallery: `python -m tests.gallery` renders an example of each operation and lays its frames out to be looked at.

Each example is written as TYPE-MODE.json, rendered by the command `rushes render`, and shown on a contact sheet,
TYPE-MODE.png; index.html shows all of them. What is rendered already is not rendered again.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from platformdirs import user_cache_path

from kernel.studio import hash_of
from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg, bundled
from kernel.worker.formats import format_of
from kernel.worker.plan import EditPlan
from kernel.worker.transcribe import choose
from tests.gallery import page, sheets
from tests.gallery.material import ROOT, describe, gather, id_of
from tests.gallery.plans import FPS, Example, examples, moments


@dataclass(frozen=True)
class Room:
    """Where a gallery is made, and of what."""

    folder: Path
    files: Mapping[str, Path]
    hashes: Mapping[str, str]
    ffmpeg: Ffmpeg


def asked(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.gallery", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=user_cache_path("rushes-gallery"), metavar="FOLDER")
    parser.add_argument("--only", nargs="+", metavar="TYPE", help="only these operations, or examples")
    parser.add_argument("--inspect", action="store_true", help="look at every source anew and write sources.json")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the gallery; return 0 only when every example was rendered."""
    options = asked(arguments)
    folder: Path = options.folder.absolute()
    ffmpeg = Ffmpeg(bundled())
    shared = Path(os.environ.get("RUSHES_SHARED") or ROOT.parent / "shared") / "footage"
    files = gather(folder / "material", ffmpeg, shared)
    if options.inspect:
        describe(files, ffmpeg, choose(folder / "data"))
    hashes = {name: hash_of(path) for name, path in files.items()}
    room = Room(folder, files, hashes, ffmpeg)
    found = [each for each in examples() if not options.only or {each.type, each.name} & set(options.only)]
    well = [show(each, room) for each in found]
    print(page.write(folder, examples()))
    return 0 if all(well) else 1


def show(example: Example, room: Room) -> bool:
    """Render one example and draw its sheet; return whether that went well."""
    missing = [name for name in example.sources if name not in room.files]
    if missing:
        print(f"{example.name}: left out, {' and '.join(missing)} is not here; set RUSHES_SHARED to its folder")
        return True
    began = time.monotonic()
    plans = {"with": example.plan(room.hashes)}
    if example.before:
        plans = {"without": example.plan(room.hashes, without=True), **plans}
    failures = [render(example, kind, plan, room) for kind, plan in plans.items()]
    if any(failures):
        print(f"{example.name}: FAILED\n{''.join(failures)}", flush=True)
        return False
    strips = [strip for kind, plan in plans.items() for strip in looked_at(example, kind, plan, room)]
    sheets.sheet(example.name, strips, room.folder / f"{example.name}.png")
    print(f"{example.name}: {time.monotonic() - began:.1f} s", flush=True)
    return True


def video_of(example: Example, kind: str, plan: EditPlan, room: Room) -> Path:
    """Return where a render lies."""
    stem = example.name if kind == "with" else f"{example.name}-{kind}"
    return room.folder / f"{stem}{format_of(plan.output).suffix}"


def render(example: Example, kind: str, plan: EditPlan, room: Room) -> str:
    """Write a plan and render it by the command; return what it said where it failed."""
    video = video_of(example, kind, plan, room)
    written = room.folder / f"{video.stem}.json"
    written.write_text(json.dumps(plan.body(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    media = [f"--source={id_of(name)}={room.files[name]}" for name in example.sources]
    command = [sys.executable, "-m", "bot", "render", str(written), "-o", str(video), *media]
    own = {"RUSHES_DATA": str(room.folder / "data")}
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **own}, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"{done.stdout}{done.stderr}"


def looked_at(example: Example, kind: str, plan: EditPlan, room: Room) -> list[sheets.Strip]:
    """Return what there is to see of a render."""
    video, format = video_of(example, kind, plan, room), format_of(plan.output)
    frames = compile(plan).frames
    if format.name == "stills":
        return [sheets.held(kind, video)]
    strips = []
    if format.picture:
        strips.append(sheets.seen(kind, video, moments(example, frames), Fraction(FPS), room.ffmpeg))
    if example.sound and format.sound:
        strips.append(sheets.heard(kind, video, room.ffmpeg, frames / FPS))
    return strips


if __name__ == "__main__":
    sys.exit(main())
