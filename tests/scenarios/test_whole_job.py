"""One command makes a video; the same command again does nothing twice."""

from __future__ import annotations

from tests.scenarios.conftest import BRIEF, Edited, Footage
from tests.scenarios.stage import probed, seconds

MADE_BY_EXPERTS = {"log", "selects_narration", "captions", "sound", "titles", "plan", "judgement"}
MADE_BY_TASKS = {"footage", "preview", "master", "scorecard", "delivery"}


def test_one_command_makes_a_video_that_plays(edited: Edited) -> None:
    assert edited.said.status == 0, edited.said.err
    assert edited.said.err == ""
    assert probed(edited.out) == {**probed(edited.out), "video": "h264", "audio": "aac", "size": "1280x720"}
    assert abs(seconds(edited.out) - 4) <= 0.4


def test_it_says_who_edits_and_where_everything_lies(edited: Edited) -> None:
    shown = edited.said.out
    assert shown.startswith("No model is set: the offline director edits, by plain rules.")
    assert "Preview v1" in shown
    assert f"video       {edited.out}" in shown
    for name in ("storyboard", "scorecard"):
        [line] = [line for line in shown.splitlines() if line.strip().startswith(f"{name}  ") and ".png" in line][-1:]
        assert "/jobs/" in line


def test_every_step_was_made_once_from_the_one_before(edited: Edited) -> None:
    documents = edited.stage.documents()
    assert set(documents) == {"brief"} | MADE_BY_EXPERTS | MADE_BY_TASKS
    assert {kept.version for kept in documents.values()} == {1}
    for kept in documents.values():
        for origin in kept.lineage:
            assert documents[origin.step].hash == origin.hash


def test_the_trace_goes_from_the_turn_to_ffmpeg_under_one_id(edited: Edited) -> None:
    job = edited.stage.job()
    shown = edited.stage.run("trace", job.id[:8]).out
    for part in ("turn message", "step footage", "ask offline", "task preview", "ffmpeg_arguments", "approved by"):
        assert part in shown, part
    assert "(--yes)" in shown


def test_no_word_is_cut_in_half(edited: Edited) -> None:
    plan = edited.stage.documents()["plan"].body
    words = {word["id"]: word for source in plan["sources"] for word in source["words"]}
    cuts = [op for op in plan["operations"] if op["type"] == "cut"]
    assert cuts
    for cut in cuts:
        assert cut["first_word"] is None or {cut["first_word"], cut["last_word"]} <= set(words)
        inside = [w for w in words.values() if cut["start"] is not None and w["start"] < cut["start"] < w["end"]]
        assert inside == []


def test_the_same_command_again_gives_the_same_bytes_and_does_no_step_twice(edited: Edited, clips: Footage) -> None:
    before, runs = edited.out.read_bytes(), edited.stage.runs()
    again = edited.stage.run("edit", clips.talk, clips.city, "--brief", BRIEF, "--yes", "-o", edited.out)
    assert again.status == 0
    assert "nothing of its 13 steps is done again" in again.out
    assert edited.out.read_bytes() == before
    assert edited.stage.runs() == runs
    assert edited.stage.run("trace", edited.stage.job().id).out.count("deduplicated") >= 13
