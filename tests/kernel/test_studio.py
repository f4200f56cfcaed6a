"""The studio: folders, kept files, and ffmpeg with every run told."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.errors import NotFound
from kernel.store.records import Job
from kernel.studio import Studio, hash_of, place
from kernel.tasks import Work
from tests.kernel.house import File, House


@pytest.fixture
def job(house: House) -> Job:
    return house.open()


@pytest.fixture
def studio(house: House) -> Studio:
    return house.services.studio


def test_a_file_is_kept_by_its_hash_and_found_again(studio: Studio, job: Job) -> None:
    path = studio.folder(job.id, "renders") / "a.mp4"
    path.write_bytes(b"video")
    kept = studio.keep(job, path, "render", "master", width=1080)
    assert (kept.hash, kept.size, kept.metadata) == (hash_of(path), 5, {"width": 1080})
    assert studio.path(kept.hash, job.id) == path
    assert studio.keep(job, path, "render", "again").name == "master"


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_a_file_that_is_gone_or_changed_is_told_by_its_name(studio: Studio, job: Job, harm: str) -> None:
    path = studio.folder(job.id, "renders") / "a.mp4"
    path.write_bytes(b"video")
    kept = studio.keep(job, path, "render", "talk.mp4")
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(b"another video")
    with pytest.raises(NotFound, match=r"talk\.mp4 is no longer at .*a\.mp4, or was changed: put the same file back"):
        studio.path(kept.hash, job.id)


def test_a_scratch_folder_is_empty_and_gone_afterwards(studio: Studio, job: Job) -> None:
    with studio.scratch(job.id) as folder:
        assert list(folder.iterdir()) == []
        (folder / "half").write_text("x")
    assert not folder.exists()


def test_a_file_stands_at_its_place_whole_or_not_at_all(tmp_path: Path) -> None:
    source = tmp_path / "a"
    source.write_bytes(b"whole")
    assert place(source, tmp_path / "new" / "b").read_bytes() == b"whole"
    with pytest.raises(OSError, match="missing"):
        place(tmp_path / "missing", tmp_path / "new" / "c")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["b"]


def test_the_recogniser_is_loaded_once_and_only_when_it_is_needed(house: House, tmp_path: Path) -> None:
    loaded: list[str] = []

    def load() -> str:
        loaded.append("loaded")
        return "recogniser"

    studio = Studio(tmp_path, house.store, house.services.studio.ffmpeg, load, 1)
    traced = studio.traced(lambda run: None)
    assert loaded == []
    assert (traced.recogniser, studio.recogniser, traced.recogniser) == ("recogniser",) * 3
    assert loaded == ["loaded"]


def test_every_run_of_ffmpeg_lies_in_the_trace_with_its_exact_arguments(house: House, job: Job) -> None:
    def sound(work: Work) -> File:
        work.progress(0.5, "too soon after its beginning to be told")
        work.progress(1.0, "done")
        folder = work.studio.folder(work.job.id, "sound")
        tone = ["-f", "lavfi", "-i", "sine=duration=0.1", "tone.wav"]
        work.studio.ffmpeg.run(tone, cwd=folder, timeout=20, cancelled=work.cancelled)
        return File(name=hash_of(folder / "tone.wav"))

    house.tasks["sound"] = sound
    assert house.run_all(job, "w1")["end"] == "gate"
    spans = house.store.traces.list(job.id)
    [ffmpeg] = [span for span in spans if span.name == "ffmpeg"]
    assert "sine=duration=0.1" in ffmpeg.attributes["ffmpeg_arguments"]
    assert ffmpeg.step == "sound"
    [step] = [span for span in spans if span.name == "step sound"]
    [task] = [span for span in spans if span.name == "task sound"]
    assert task.parent_id == step.span_id
    assert {span.trace_id for span in spans} == {job.trace_id}
    told = [event.payload for event in house.events(job, "progressed") if event.step == "sound"]
    assert told == [{"share": 0.0, "doing": "", "left": None}, {"share": 1.0, "doing": "done", "left": None}]
