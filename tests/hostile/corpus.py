"""The corpus of bad files, row by row: what its manifest says against what the worker's door does."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from kernel.worker.ffmpeg import Ffmpeg
from tests.hostile.door import Answer, answer

QUICK, SLOW = 5.0, 15.0
"""Seconds in which a refusal, and any answer, must come."""
CLOSE = 0.1
"""Seconds by which a render may differ from what was planned."""
SOUND = {"audio_only.mp4", "cover_art_only.m4a"}
"""No footage, but good as sound: the manifest leaves that open."""


class Row(NamedTuple):
    """A file of the corpus and what is to come of it."""

    file: Path
    kind: str
    """ACCEPT, REJECT, WARN or SAFE (whatever, but no harm)."""
    wish: str


def rows(corpus: Path) -> list[Row]:
    """Return the rows whose file goes through the door: all but the texts, which are no files."""
    with (corpus / "MANIFEST.tsv").open() as file:
        listed = list(csv.DictReader(file, delimiter="\t"))
    made = [Row(corpus / row["file"], row["class"], row["expected_behaviour"]) for row in listed]
    return [row for row in made if row.file.parent.name != "text"]


def judged(row: Row, ffmpeg: Ffmpeg) -> tuple[Answer, str]:
    """Bring a row's file to the door; return the answer, and what is wrong with it (empty where nothing is)."""
    with TemporaryDirectory() as work:
        found = answer(row.file, Path(work), ffmpeg)
    return found, _wrong(row, found)


def _wrong(row: Row, found: Answer) -> str:
    if found.kind == "fault":
        return found.said
    if found.seconds > (QUICK if found.kind == "refusal" else SLOW):
        return f"the answer took {found.seconds:.1f} s"
    if found.kind != "refusal" and abs(found.lasts - found.asked) > CLOSE:
        return f"{found.asked:.2f} s were planned and {found.lasts:.2f} s made"
    # Subtitles and archives are not taken in at all: a clear no is their answer.
    kind = "REJECT" if row.file.parent.name in ("subs", "zips") else row.kind
    return {"REJECT": _taken, "ACCEPT": _refused, "WARN": _unsaid, "SAFE": _fine}[kind](row, found)


def _taken(row: Row, found: Answer) -> str:
    as_sound = found.kind == "sound" and row.file.name in SOUND
    return "" if found.kind == "refusal" or as_sound else f"was taken in, where it is to be refused: {row.wish}"


def _refused(row: Row, found: Answer) -> str:
    if found.kind == "refusal":
        return f"was refused ({found.said}), where it is to be taken in: {row.wish}"
    lasts = re.search(r"duration ([\d.]+)", row.wish)
    return f"lasts {found.lasts:.2f} s: {row.wish}" if lasts and abs(float(lasts[1]) - found.lasts) > CLOSE else ""


def _unsaid(row: Row, found: Answer) -> str:
    return "" if found.kind == "refusal" or found.warnings else f"nobody is warned: {row.wish}"


def _fine(row: Row, found: Answer) -> str:
    return ""
