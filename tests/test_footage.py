"""What comes along is what its lists say, is allowed to come along, and stays small."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

MEGABYTES = 12
MEDIA = (".flac", ".mpg", ".mp4")


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "MANIFEST.tsv").open(newline="", encoding="utf-8") as manifest:
        return list(csv.DictReader(manifest, delimiter="\t"))


def test_each_clip_is_listed_once_and_unchanged(footage: Path) -> None:
    listed = {row["file"]: row["sha256"] for row in rows(footage)}
    there = {path.name for path in footage.iterdir() if path.suffix in MEDIA}
    assert set(listed) == there
    for name, digest in listed.items():
        assert hashlib.sha256((footage / name).read_bytes()).hexdigest() == digest


def test_each_clip_has_a_licence_and_its_text(footage: Path) -> None:
    for row in rows(footage):
        assert row["licence"]
        assert [*(footage / "licences").glob(f"{Path(row['file']).stem}.*.txt")]


def test_the_clips_stay_small(footage: Path) -> None:
    assert sum(path.stat().st_size for path in footage.rglob("*") if path.is_file()) < MEGABYTES * 1e6


@pytest.mark.parametrize("folder", ["kernel/worker/fonts", "kernel/worker/music", "tests/footage"])
def test_each_file_that_comes_along_is_named_in_the_readme_beside_it(root: Path, folder: str) -> None:
    text = (root / folder / "README.md").read_text(encoding="utf-8")
    media = [path.name for path in (root / folder).iterdir() if path.suffix in (*MEDIA, ".otf", ".ttf")]
    assert media
    assert [name for name in media if f"| {name} |" not in text] == []


def test_the_notice_names_the_works_of_others(root: Path) -> None:
    text = (root / "NOTICE").read_text(encoding="utf-8")
    for row in rows(root / "tests" / "footage"):
        assert row["file"] in text
