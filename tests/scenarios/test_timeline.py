"""A cut goes to an editing program, loses a clip there, comes back, and a later note leaves it so."""

from __future__ import annotations

import copy
from pathlib import Path

import opentimelineio as otio

from tests.kernel.worker.timelines.cuts import item
from tests.scenarios.conftest import Footage
from tests.scenarios.stage import Stage

WISH = "9 seconds, fast, captions"


def operations(stage: Stage, kind: str) -> list[dict[str, object]]:
    """Return the operations of one type in the current plan."""
    return [operation for operation in stage.documents()["plan"].body["operations"] if operation["type"] == kind]


def rippled(path: Path, id: str) -> None:
    """Take out the time of a clip from every track by the library, as an editing program's ripple delete does."""
    timeline = otio.adapters.read_from_file(str(path))
    gone = item(timeline, id, "A1").range_in_parent()
    zero = otio.opentime.RationalTime(0, gone.duration.rate)
    for track in timeline.tracks:
        before, after = (copy.deepcopy(track) for _ in range(2))
        kept = []
        if gone.start_time > zero:
            first = otio.opentime.TimeRange(zero, gone.start_time)
            kept += [*otio.algorithms.track_trimmed_to_range(before, first)]
        if track.duration() > gone.end_time_exclusive():
            rest = otio.opentime.TimeRange(gone.end_time_exclusive(), track.duration() - gone.end_time_exclusive())
            kept += [*otio.algorithms.track_trimmed_to_range(after, rest)]
        track[:] = [copy.deepcopy(child) for child in kept]
    otio.adapters.write_to_file(timeline, str(path))


def test_a_clip_that_was_taken_out_elsewhere_stays_out_after_a_note(
    stage: Stage, clips: Footage, tmp_path: Path
) -> None:
    edit = ("edit", clips.talk, clips.city, "--brief", WISH)
    assert "Preview v1" in stage.run(*edit).out
    *others, last = operations(stage, "cut")
    job = stage.job().id[:8]
    path = tmp_path / f"rushes-{job}-v1.otio"
    assert stage.run("export", job, "--format", "otio", "--out", tmp_path).status == 0
    rippled(path, str(last["id"]))

    told = stage.run("import", job, path)
    assert others
    assert told.out.startswith("The edited timeline is plan v2: 1 clip removed"), told
    assert "Preview v3" in stage.run(*edit, typed="rerun captions: captions bigger\n").out
    assert operations(stage, "cut") == others
    [captions] = operations(stage, "captions")
    assert captions["size"] == "large"
