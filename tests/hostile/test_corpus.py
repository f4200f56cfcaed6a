"""Every bad file of the corpus gets what its manifest says; hostile names and texts do no harm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import BadDocument, BadInput, RushesError
from kernel.worker.analysis.inspect import inspect
from kernel.worker.compile import check
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.plan import EditPlan
from kernel.worker.render import render
from tests.hostile.corpus import judged, rows
from tests.hostile.door import RAW, answer
from tests.kernel.worker.scenes import cut, numbered, plan, source, tone, write_video


@pytest.fixture(scope="module")
def corpus(shared: Path) -> Path:
    """The folder of bad files; skips without it."""
    folder = shared / "bad"
    if not (folder / "MANIFEST.tsv").is_file():
        pytest.skip(f"no bad files in {shared}")
    return folder


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Path:
    folder = tmp_path_factory.mktemp("clip")
    return write_video(folder / "clip.mp4", ffmpeg, numbered(15), "30", tone(0.5))


@pytest.mark.timeout(300)
def test_every_bad_file_gets_what_its_manifest_says(corpus: Path, ffmpeg: Ffmpeg) -> None:
    wrong = {row.file.name: said for row in rows(corpus) if (said := judged(row, ffmpeg)[1])}
    assert wrong == {}


def texts(corpus: Path, kind: str) -> list[dict[str, str]]:
    lines = (corpus / "text" / "strings.jsonl").read_text().splitlines()
    return [line for line in map(json.loads, lines) if line["kind"] == kind]


def test_no_file_name_does_harm_and_every_message_names_it_safely(
    corpus: Path, clip: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    names = [line["text"] for line in texts(corpus, "file_name")]
    fit = [name for name in names if "/" not in name and "\0" not in name and name != ".." and len(name) < 250]
    assert len(names) == 28
    for number, name in enumerate(fit):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / name).write_bytes(clip.read_bytes())
        series = name == "img%03d.png"
        assert answer(folder / name, tmp_path, ffmpeg).kind == ("refusal" if series else "render"), name
        (folder / name).write_bytes(b"no video at all")
        refused = answer(folder / name, tmp_path, ffmpeg)
        assert refused.kind == "refusal", (name, refused)
    left = {path.name for path in tmp_path.iterdir() if not path.name.isdigit()}
    assert left == {"cache", "card.png", "out.mp4"}


def test_a_name_that_no_disk_takes_is_refused_in_one_sentence(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    for name in ("x" * 300 + ".mp4", "clip.mp4\0.txt", "a\nb.mp4"):
        with pytest.raises(BadInput) as caught:
            inspect(tmp_path / name, "s1", ffmpeg, tmp_path, None)
        assert not RAW.search(str(caught.value))


def test_no_hostile_operation_passes_the_schema_or_the_check(corpus: Path, clip: Path) -> None:
    for line in texts(corpus, "edit_plan_op"):
        operation = json.loads(line["text"])
        for shaped in (operation, as_ours(operation)):
            assert refused(clip, shaped), line


def as_ours(operation: Any) -> Any:
    """Return a hostile operation in our own words, so that it is refused for what it asks and not for its spelling."""
    if not isinstance(operation, dict):
        return operation
    known = {"op": "type", "in": "start", "out": "end", "asset": "source", "factor": "speed"}
    renamed = {known.get(key, key): value for key, value in operation.items()}
    return {"id": "c9", "source": "s1", "why": "", **renamed}


def refused(clip: Path, operation: Any) -> bool:
    whole = plan([source("s1", clip, 0.5)], cut("c1", "s1", 0, 0.5)).model_dump(mode="json")
    try:
        return bool(check(EditPlan.read({**whole, "operations": [*whole["operations"], operation]})))
    except BadDocument:
        return True


def test_every_hostile_text_is_shown_as_it_is_or_refused_with_the_reason(
    corpus: Path, clip: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    shown = 0
    for line in texts(corpus, "overlay_text"):
        title = {"type": "title", "id": "t1", "text": line["text"], "clip": "c1", "length": 0.4}
        try:
            edit = plan([source("s1", clip, 0.5)], cut("c1", "s1", 0, 0.5), title, width=640, height=360)
            if check(edit):
                continue
            made = render(edit, {"s1": clip}, tmp_path / "out.mp4", tmp_path / "cache", ffmpeg)
        except BadDocument:
            continue
        shown += 1
        assert made.frames == 15
        assert all("passwd" not in part and "environ" not in part for command in made.commands for part in command)
    assert shown >= 8


def test_tags_of_a_source_do_not_reach_the_render(corpus: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    assert answer(corpus / "media" / "metadata_injection_gps.mp4", tmp_path, ffmpeg).kind == "render"
    asked = [*opening(tmp_path / "out.mp4"), "-f", "ffmetadata", "pipe:1"]
    lines = ffmpeg.read(asked, cwd=tmp_path, timeout=20, limit=1 << 16).decode().splitlines()
    tags = {line.split("=")[0] for line in lines if "=" in line}
    assert tags <= {"major_brand", "minor_version", "compatible_brands", "encoder"}


def test_one_refused_file_leaves_nothing_behind(corpus: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    with pytest.raises(RushesError):
        inspect(corpus / "media" / "random_64k.mov", "s1", ffmpeg, tmp_path, None)
    assert list(tmp_path.iterdir()) == []
