"""A plan goes to an editing program and comes back: files, versions, staleness, and what people are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import timelines
from bot.tools import TOOLS, Desk
from experts.edit.pipeline import EDIT as REAL
from kernel.errors import BadCall, BadInput, NotReady
from kernel.expert import Expert, Scene
from kernel.pipeline import Pipeline, Step
from kernel.tool import pick
from kernel.worker.plan import EditPlan
from tests.bot import room as rooms
from tests.bot.room import Room


def _plan(scene: Scene) -> dict[str, Any]:
    return EditPlan.read(EditPlan.EXAMPLE).body()


PLANNED = Expert(name="edit.plan", document=EditPlan, prompt="edit/none_plan.j2", understudy=_plan, fixed=())


@pytest.fixture
def cutting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """A room whose experts write a real plan."""
    steps = [Step("plan", PLANNED, ("brief",)) if step.name == "plan" else step for step in rooms.EDIT.steps]
    monkeypatch.setattr(rooms, "EDIT", Pipeline("edit", "A small edit", tuple(steps)))
    made = Room(tmp_path)
    made.opened()
    yield made
    made.close()


def exported(room: Room, kind: str = "otio") -> Path:
    """Export the plan in one format and return the file."""
    timelines.export(room.office, room.job, [kind], room.folder / "out")
    return next((room.folder / "out").glob(f"*.{kind}"))


def trimmed(room: Room) -> Path:
    """Return an FCPXML whose last clip was shortened by ten frames."""
    path = exported(room, "fcpxml")
    text = path.read_text()
    assert 'start="3s" duration="1s"' in text
    path.write_text(text.replace('start="3s" duration="1s"', 'start="3s" duration="2/3s"'))
    return path


def test_one_command_writes_every_format_or_one(cutting: Room) -> None:
    out = cutting.folder / "all"
    said = timelines.export(cutting.office, cutting.job, (), out)
    assert sorted(path.suffix for path in out.iterdir()) == [".edl", ".fcpxml", ".otio", ".srt", ".vtt"]
    assert "An EDL has one picture track" in said
    with pytest.raises(BadInput, match="There is no format 'aaf': choose from otio, fcpxml, edl, srt, vtt"):
        timelines.export(cutting.office, cutting.job, ["aaf"], out)


def test_an_unchanged_timeline_makes_no_version(cutting: Room) -> None:
    for kind in ("otio", "fcpxml", "edl"):
        path = exported(cutting, kind)
        said = timelines.bring_in(cutting.office, cutting.job, path, "ann", kind)
        assert said == f"Nothing was changed in {path.name}: plan v1 stays as it is."
    assert cutting.kept("plan").version == 1


def test_an_edited_timeline_is_the_next_version_by_a_person_and_the_preview_is_stale(cutting: Room) -> None:
    before = cutting.kept("plan")
    said = timelines.bring_in(cutting.office, cutting.job, trimmed(cutting), "ann", "r1")
    assert said == "The edited timeline is plan v2: 1 clip trimmed (c2); it lasts 2.70 s now, 3.03 s before."
    kept = cutting.kept("plan")
    assert (kept.version, kept.expert, kept.lineage) == (2, "ann", before.lineage)
    assert (cutting.states()["plan"], cutting.states()["preview"]) == ("done", "stale")
    assert "preview is out of date: `rushes resume" in timelines.next_of(cutting.office, cutting.job)
    assert cutting.events("stale_found")[-1].payload == {"because": "plan v2", "steps": ["preview"]}


def test_the_same_brought_in_twice_is_kept_once(cutting: Room) -> None:
    path = trimmed(cutting)
    for _ in range(2):
        timelines.bring_in(cutting.office, cutting.job, path, "ann", "r1")
    assert cutting.kept("plan").version == 2


def test_a_timeline_of_an_older_version_says_so(cutting: Room) -> None:
    old = exported(cutting, "otio")
    path = trimmed(cutting)
    timelines.bring_in(cutting.office, cutting.job, path, "ann", "r1")
    said = timelines.bring_in(cutting.office, cutting.job, path, "ann", "r2")
    assert said.endswith("It was exported from v1, so what v2 changed since is not in it.")
    assert "Nothing was changed" in timelines.bring_in(cutting.office, cutting.job, old, "ann", "r3")


def test_without_a_plan_or_a_timeline_it_says_what_to_do(cutting: Room, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is no timeline that can be read"):
        timelines.bring_in(cutting.office, cutting.job, tmp_path / "a talk.mp4", "ann", "r1")
    job = cutting.job.model_copy(update={"id": "0" * 32})
    with pytest.raises(NotReady, match="There is no plan yet"):
        timelines.export(cutting.office, job, (), tmp_path)


def drop(room: Room, path: Path) -> None:
    """Drop a file in the thread and let all that comes of it happen."""
    room.say("", [path])


def test_a_timeline_that_is_dropped_in_the_thread_is_the_next_plan_and_no_footage(cutting: Room) -> None:
    path = trimmed(cutting)
    drop(cutting, path)
    assert cutting.kept("plan").version == 2
    assert cutting.store.events.said(cutting.here)[-2].payload["text"].startswith("The edited timeline is plan v2")
    assert cutting.states()["preview"] == "awaiting approval"
    assert cutting.kept("preview").version == 2
    assert cutting.kept("brief").version == 1
    assert path.name not in [file["name"] for file in cutting.office.dropped(cutting.here)]


def test_a_timeline_that_was_never_dropped_cannot_be_named(cutting: Room) -> None:
    tool = pick(TOOLS, "import_timeline")
    given = tool.read('{"timeline": "/etc/passwd"}')
    with pytest.raises(BadCall, match="There is no timeline '/etc/passwd' in this conversation; dropped were: none"):
        tool.run(given, {}, Desk(cutting.office, cutting.here, "t9", "ann"))


def test_a_broken_timeline_is_one_sentence_in_the_thread(cutting: Room, tmp_path: Path) -> None:
    path = tmp_path / "cut.otio"
    path.write_text("{")
    drop(cutting, path)
    assert cutting.store.events.said(cutting.here)[-1].payload["text"].startswith("cut.otio: This is no OpenTimelineIO")
    assert cutting.kept("plan").version == 1


def test_the_real_pipeline_has_the_step_that_timelines_are_made_of() -> None:
    assert REAL.step(timelines.STEP).document is EditPlan
