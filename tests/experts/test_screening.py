"""screening: a cut as its viewer meets it, by the clock."""

from __future__ import annotations

from experts.screening import MOST, screening
from kernel.worker.plan import EditPlan
from tests.kernel.evaluation.scenes import named, talk
from tests.kernel.worker.scenes import cut, plan


def test_everything_has_its_time() -> None:
    lines = screening(EditPlan.EXAMPLE).splitlines()
    assert lines[0].endswith("long, 1280x720, for web")
    assert lines[lines.index("Said:") + 1].endswith("We made Rushes better.")
    assert '1. 0:00.0-0:00.5 (0.5 s) "talk.mp4"' in lines
    assert any('"city.png"' in line for line in lines)
    assert any(line.endswith('title "Two cities"') for line in lines)
    assert any(line.startswith("captions of all that is said, style bold, from 0:00.") for line in lines)
    assert lines[-1].endswith('"bed.flac"')


def test_what_is_not_there_is_said_to_be_missing() -> None:
    shown = screening(plan([named("s1")], cut("c1", "s1", 0, 3)).body())
    assert shown.split("Said:")[1].split() == ["nothing", "Written", "by", "the", "edit:", "nothing", "Music:", "none"]


def test_a_clip_that_goes_on_is_one_picture_and_the_footages_own_cuts_are_told() -> None:
    shots = [{"start": 0.0, "end": 2.5}, {"start": 2.5, "end": 30.0}]
    edit = plan([named("s1", shots=shots)], cut("c1", "s1", 1, 3), cut("c2", "s1", 3, 5), cut("c3", "s1", 9, 10))
    pictures = [line for line in screening(edit.body()).splitlines() if line[:2] in ("1.", "2.", "3.")]
    assert pictures == [
        '1. 0:00.0-0:04.0 (4.0 s) "s1", which itself cuts at 0:01.5',
        '2. 0:04.0-0:05.0 (1.0 s) "s1"',
    ]


def test_words_stand_in_short_lines() -> None:
    said = screening(talk("one two three four five six seven eight nine ten").body()).splitlines()
    assert [line.split(" ", 1)[1] for line in said if line.endswith(("eight", "ten"))] == [
        "one two three four five six seven eight",
        "nine ten",
    ]


def test_a_very_long_cut_is_told_in_part_and_says_so() -> None:
    clips = [cut(f"c{n}", "s1", n * 2.0, n * 2.0 + 0.5) for n in range(1, MOST + 11)]
    shown = screening(plan([named("s1", duration=900.0)], *clips).body())
    assert "... and 10 lines more" in shown
