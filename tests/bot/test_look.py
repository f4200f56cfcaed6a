"""Looking at jobs from the shell, and rendering or scoring a file by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot import look
from kernel.errors import BadInput, NotFound
from kernel.store.records import Log
from kernel.studio import hash_of
from kernel.worker.plan import EditPlan
from tests.bot.room import Room
from tests.kernel.worker.scenes import cut, numbered, source, tone, write_video
from tests.kernel.worker.scenes import plan as scene


def test_without_jobs_it_says_how_to_begin_one(room: Room) -> None:
    assert look.status(room.app, None).startswith("There are no jobs yet: `rushes edit")


def test_all_jobs_have_a_line_each_and_one_has_all_its_steps(room: Room) -> None:
    job = room.opened()
    [line] = look.status(room.app, None).splitlines()
    assert line.startswith(f"{job.id[:8]}  review_required")
    assert "preview v1: awaiting approval" in look.status(room.app, job.id[:8])


def test_an_unknown_job_is_named(room: Room) -> None:
    room.opened()
    for ask in (look.status, look.trace):
        with pytest.raises(NotFound, match="ffffffff"):
            ask(room.app, "ffffffff")


def test_a_document_is_shown_as_json(room: Room) -> None:
    job = room.opened()
    assert json.loads(look.document(room.app, job.id[:8], "plan"))["words"] == "12 seconds, vertical"
    with pytest.raises(NotFound, match="master was not made yet in job"):
        look.document(room.app, job.id, "master")
    with pytest.raises(NotFound, match="There is no step 'colours'"):
        look.document(room.app, job.id, "colours")


def test_the_trace_goes_from_the_turn_to_the_task_and_names_who_approved(room: Room) -> None:
    job = room.finished()
    lines = look.trace(room.app, job.id[:8]).splitlines()
    assert lines[0].startswith(f"trace {job.trace_id}")
    for name in ("turn message", "ask offline", "step plan", "task preview"):
        assert any(name in line for line in lines), name
    assert sum(line.startswith("approval  ") and line.endswith("approved by ann (typed)") for line in lines) == 2


def test_a_long_attribute_is_cut_short_in_the_trace(room: Room) -> None:
    job = room.opened("12 seconds " + "and on " * 200)
    assert max(len(line) for line in look.trace(room.app, job.id).splitlines()) < look.SHOWN + 80


def test_the_log_has_levels(room: Room) -> None:
    job = room.opened()
    assert look.logs(room.app, job.id, None) == "Nothing was logged at this level."
    room.store.logs.add(
        Log(job=job.id, level="error", step="master", message="It broke.", metadata={"command": ["ffmpeg"], "x": ""})
    )
    shown = look.logs(room.app, job.id, "error")
    assert "error   master       It broke." in shown
    assert "    command: ['ffmpeg']" in shown
    assert "x:" not in shown
    with pytest.raises(BadInput, match="There is no level 'loud': use debug, info, warning or error"):
        look.logs(room.app, job.id, "loud")


def plan_file(room: Room, **more: object) -> Path:
    """Write the example plan as a file."""
    path = room.folder / "plan.json"
    path.write_text(json.dumps({**EditPlan.EXAMPLE, **more}))
    return path


def test_a_plan_that_cannot_be_read_is_named(room: Room) -> None:
    broken = room.folder / "broken.json"
    broken.write_text("{")
    with pytest.raises(BadInput, match=r"broken\.json cannot be read as an EditPlan"):
        look.render_plan(room.app, broken, room.folder / "out.mp4", (), "preview")
    with pytest.raises(BadInput, match="cannot be read"):
        look.render_plan(room.app, room.folder / "none.json", room.folder / "out.mp4", (), "preview")
    with pytest.raises(BadInput, match="This is no valid EditPlan"):
        look.render_plan(room.app, plan_file(room, colour="red"), room.folder / "out.mp4", (), "preview")


def test_a_source_that_is_not_known_or_not_the_same_is_named(room: Room) -> None:
    out = room.folder / "out.mp4"
    with pytest.raises(NotFound, match=r"--source s1=PATH"):
        look.render_plan(room.app, plan_file(room), out, (), "preview")
    with pytest.raises(NotFound, match=r"--source s1=PATH"):
        look.render_plan(room.app, plan_file(room), out, [f"s1={room.folder / 'gone.mp4'}"], "preview")
    assert hash_of(room.footage) != EditPlan.EXAMPLE["sources"][0]["hash"]
    with pytest.raises(BadInput, match="its bytes differ"):
        look.render_plan(room.app, plan_file(room), out, [f"s1={room.footage}"], "preview")


def test_reading_starts_no_engine(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSHES_DATA", str(room.folder / "data"))
    room.opened()
    with look.reading() as app:
        assert room.job.id[:8] in look.status(app, None)
    assert not (room.folder / "data" / "engine.sqlite").exists()


def test_deciding_reaches_a_job_without_working_on_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSHES_DATA", str(tmp_path / "data"))
    room = Room(tmp_path)
    job = room.opened()
    room.close()
    with look.deciding() as app:
        app.office.jobs.cancel(app.services.store.jobs.get(job.id[:8]), "ann")
    with look.reading() as app:
        assert "cancelled" in look.status(app, None)


def rendered(room: Room, name: str, format: str | None = None, own: str = "mp4") -> str:
    """Render a plan of one second of generated footage to a file of some name; return the line that is printed."""
    ffmpeg = room.app.services.studio.ffmpeg
    clip = write_video(room.folder / "clip.mp4", ffmpeg, numbered(50), "25", tone(2))
    rate = {"num": 25, "den": 1}
    seen = source("s1", clip, 2, rate=rate)
    made = scene([seen], cut("c1", "s1", 0.4, 1.4), {"type": "loudness"}, rate=rate, format=own)
    path = room.folder / "plan.json"
    path.write_text(json.dumps(made.body()))
    return look.render_plan(room.app, path, room.folder / name, [f"s1={clip}"], "final", format).splitlines()[0]


@pytest.mark.parametrize(
    ("name", "format", "told"),
    [
        ("cut.mp4", None, "1.00 s, 25 frames, 320x180, -"),
        ("cut.gif", None, "1.00 s, 20 frames, 320x180, "),
        ("cut.mp3", None, "1.00 s, -"),
        ("cut.zip", None, "1 picture, 320x180, "),
        ("cut.mp4", "hevc", "1.00 s, 25 frames, 320x180, -"),
    ],
)
def test_the_name_of_the_file_says_its_format_and_the_line_only_what_it_has(
    room: Room, name: str, format: str | None, told: str
) -> None:
    line = rendered(room, name, format)
    assert line.startswith(f"{room.folder / name}: {told}")
    assert "0x0" not in line
    assert ("LUFS" in line) == (name not in ("cut.gif", "cut.zip"))


def test_the_plan_s_own_format_stays_where_the_name_fits_it(room: Room) -> None:
    rendered(room, "cut.mp4", own="hevc")
    assert b"hvc1" in (room.folder / "cut.mp4").read_bytes()


@pytest.mark.parametrize(
    ("name", "format", "why"),
    [
        ("cut.avi", None, r"cut\.avi does not say what it should become: let it end in one of \.mp4, \.webm"),
        ("cut", None, "cut does not say what it should become"),
        ("cut.webm", "prores", r"cut\.webm cannot be prores: call it cut\.mov, or leave --format prores out"),
        ("cut.mp4", "divx", "There is no format 'divx': choose from mp4, hevc, av1"),
    ],
)
def test_a_name_that_says_no_format_or_another_one_is_told(room: Room, name: str, format: str | None, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        rendered(room, name, format)


def test_a_preview_is_always_an_mp4(room: Room) -> None:
    with pytest.raises(BadInput, match=r"A preview is always an mp4: call it out\.mp4"):
        look.render_plan(room.app, plan_file(room), room.folder / "out.webm", (), "preview")
