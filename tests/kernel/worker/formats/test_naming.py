"""Which format a file's name means, and how files of other formats are called beside a video."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.worker.formats import FORMATS
from kernel.worker.formats.naming import beside, named


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: str(format.name))
def test_every_format_is_found_by_its_name_and_most_by_their_suffix(format: object) -> None:
    kind = next(known for known in FORMATS if known is format)
    out = Path(f"cut{kind.suffix.upper()}")
    assert named(out, kind.name, "mp4", FORMATS) == kind.name
    assert named(out, None, "mp4", FORMATS) == ("mp4" if kind.suffix == ".mp4" else kind.name)
    assert named(out, None, kind.name, FORMATS) == kind.name


@pytest.mark.parametrize("video", ["cut.mp4", "cut.mov", "cut"])
def test_files_beside_a_video_have_names_of_their_own(video: str) -> None:
    others = [beside(Path("folder") / video, format) for format in FORMATS if format.name != "mp4"]
    assert len({Path("folder") / video, *others}) == len(others) + 1
    assert {other.parent for other in others} == {Path("folder")}
