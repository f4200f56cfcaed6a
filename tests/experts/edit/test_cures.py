"""Cures: what the words of failed scores make the offline director do, and that people's wishes stand."""

from __future__ import annotations

import pytest

from experts.edit.brief import Brief
from experts.edit.changes import Timed, amended, read_change
from experts.edit.cures import (
    Note,
    changes_of,
    cured_captions,
    cured_loudness,
    cured_music,
    notes_of,
    peoples,
    quality,
)
from experts.edit.footage import Footage
from experts.edit.reading import read_brief
from kernel.evaluation import METRICS
from kernel.evaluation.base import Metric, Seen
from kernel.evaluation.punchiness import BROKEN
from kernel.evaluation.punchiness import measure as punchiness
from kernel.evaluation.retention import measure as retention
from kernel.expert import Scene
from kernel.worker.ops.captions import Captions
from kernel.worker.ops.loudness import Loudness
from kernel.worker.ops.music import Music
from tests.experts.edit.house import talk

PALE = "Captions stand out by only 1.0:1, at 0:00.0-0:03.4, where 4.5:1 is wanted: set them in white, in the style bold"
FAST = "3 of 9 captions go too fast to be read at 0:01.0-0:02.0: leave filler words out of them."
BRIEF = read_brief("20 seconds")
FOOTAGE = Footage(reels=(talk("s1", ["Um, we met in the spring."]),), refused=())


def measured(text: str) -> Note:
    """Return a failed score's instruction."""
    return Note(text, None, measured=True)


def test_pale_captions_become_white_on_a_box() -> None:
    look = cured_captions(Captions(colour="#222222"), [PALE], [], FOOTAGE)
    assert (look.style, look.colour) == ("bold", "#ffffff")


def test_a_colour_that_somebody_chose_stays_and_gets_a_ground() -> None:
    asked = [read_change("black captions")]
    look = cured_captions(Captions(colour="#000000"), [PALE], asked, FOOTAGE)
    assert (look.style, look.colour) == ("boxed", "#000000")


def test_a_look_that_people_asked_for_whole_is_left_alone() -> None:
    asked = [read_change("black captions, clean, small")]
    before = Captions(colour="#000000", style="clean", size="small")
    assert cured_captions(before, [PALE, "choose a larger size."], asked, FOOTAGE) == before


@pytest.mark.parametrize(("words", "size"), [("choose a smaller size.", "small"), ("choose a larger size.", "large")])
def test_captions_grow_and_shrink(words: str, size: str) -> None:
    assert cured_captions(Captions(), [words], [], FOOTAGE).size == size


def test_captions_that_go_too_fast_lose_the_noises_of_thinking_and_no_word() -> None:
    look = cured_captions(Captions(), [FAST], [], FOOTAGE)
    assert [(c.word, c.text) for c in look.corrections] == [("s1w0", "")]
    assert cured_captions(look, [FAST], [], FOOTAGE) == look


def test_a_brands_look_is_taken_by_its_fields() -> None:
    look = cured_captions(Captions(), ["Give the captions style karaoke, highlight #ff0000."], [], FOOTAGE)
    assert (look.style, look.highlight) == ("karaoke", "#ff0000")
    assert cured_captions(Captions(), ["Set the captions' style to opera."], [], FOOTAGE) == Captions()


def test_what_punchiness_says_of_pace_and_pauses_is_done() -> None:
    score = punchiness(Seen.model_validate({**BROKEN, "brief": {"kind": "montage"}}))
    assert "Let the picture change" in score.instruction
    (paced,) = changes_of([measured(score.instruction)])
    assert amended(Brief(text="30 seconds"), [paced]).pace == "fast"
    silent = punchiness(Seen.model_validate({**BROKEN, "brief": {"kind": "montage"}, "sights": None}))
    (tighter,) = changes_of([measured(silent.instruction)])
    assert tighter.timed == (Timed(20.0, 32.0, "tighten"),)


def test_a_drag_asks_for_a_faster_pace_unless_a_person_spoke_of_pace() -> None:
    drags = measured("Let the picture change about 3 more times, first at 0:01.0-0:07.0: choose shorter clips.")
    assert changes_of([drags], BRIEF)[0].brief == "A faster pace."
    assert changes_of([drags], read_brief("slow pace"))[0].brief == ""
    asked = Note("a calm, slow pace please", None, measured=False)
    assert changes_of([asked, drags], BRIEF)[1].brief == ""


@pytest.mark.parametrize(("quiet", "timed"), [(3.0, (Timed(0.0, 3.0, "drop"),))])
def test_what_retention_says_of_the_opening_is_done(quiet: float, timed: tuple[Timed, ...]) -> None:
    speech = {"speech": [{"start": quiet, "end": 9.0}]}
    shots = {"shots": [{"start": 0.0, "end": 5.0}, {"start": 5.0, "end": 10.0}]}
    body = {**BROKEN, "measured": {**BROKEN["measured"], "duration": 10.0, "silent": []}}
    score = retention(Seen.model_validate({**body, "brief": {"kind": "dialogue"}, "sights": shots, "sounds": speech}))
    (change,) = changes_of([measured(score.instruction)])
    assert change.timed == timed


def test_places_are_tightened_the_latest_first_and_nothing_else_is_read_out_of_the_words() -> None:
    words = "Nothing is said at 0:02.0-0:04.5, 0:09.0-0:11.0: tighten those, to 1 s at most. The cut is 2 s too long."
    [change] = changes_of([measured(words)], BRIEF)
    assert change.timed == (Timed(9.0, 11.0, "tighten"), Timed(2.0, 4.5, "tighten"))
    assert (change.brief, change.factor, change.style, change.time) == ("", 1.0, (), ())


@pytest.mark.parametrize(
    ("words", "timed"),
    [
        ("The picture is black at 0:01.0-0:02.0: cut that stretch out or cover it.", Timed(1.0, 2.0, "drop")),
        ("The opening is slow: cut away what comes before 0:02.5, so that it opens with that.", Timed(0, 2.5, "drop")),
        ("The second half sags (2 after 6): tighten it from 0:05.0 on.", Timed(5.0, 10.0, "tighten")),
    ],
)
def test_what_is_to_go_goes(words: str, timed: Timed) -> None:
    assert changes_of([measured(words)], BRIEF)[0].timed == (timed,)


def test_a_slow_opening_that_nothing_follows_gets_shorter() -> None:
    words = "The opening is slow: open with the strongest line, or show a title at once."
    [change] = changes_of([measured(words)], BRIEF)
    assert change.opening


def test_a_bed_gives_way_unless_somebody_said_how_loud_it_should_be() -> None:
    words = ["At 0:01.0-0:03.0 the voice lies 6.0 LU over the music: make the music quieter, level_db -26."]
    bed = Music(source="s2", level_db=-20.0)
    assert cured_music(bed, words, []) == bed.model_copy(update={"level_db": -26.0})
    assert cured_music(bed, ["Make the music quieter."], []) == bed.model_copy(update={"level_db": -23.0})
    assert cured_music(bed, words, [read_change("louder music")]) == bed
    assert cured_music(None, words, []) is None


def test_peaks_get_room() -> None:
    assert cured_loudness(Loudness(), ["The peaks reach 0.5 dBTP: ask for a lower loudness."]).true_peak_db == -2.0
    assert cured_loudness(Loudness(), ["Captions are small."]) == Loudness()


def test_the_outputs_quality_is_read() -> None:
    assert quality(["The picture is worse than its source: set the output's quality to `best`."]) == "best"
    assert quality(["Captions are small."]) == ""


def test_each_note_of_a_scene_knows_its_own_scope_and_whose_it_is() -> None:
    scope = {"from": 2.0, "to": 3.0, "fields": []}
    scene = Scene({}, instructions=("that is slow", PALE), scopes=(scope, None), measured=(False, True))
    first, second = notes_of(scene)
    assert (first.scope, second.measured) == (scope, True)
    assert peoples([first, second])[0].timed == (Timed(2.0, 3.0, "tighten"),)
    plain = notes_of(Scene({}, instructions=("a", "b"), scope=scope))
    assert plain == [Note("a", None, measured=False), Note("b", scope, measured=False)]
    assert notes_of(Scene({})) == []


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_no_metrics_words_are_taken_for_a_wish_about_the_whole(metric: Metric) -> None:
    score = metric.measure(Seen.model_validate(metric.broken))
    [change] = changes_of([measured(score.instruction)], BRIEF)
    assert change.brief in ("", "A faster pace.")
    assert (change.style, change.time, change.picture, change.no_title) == ((), (), (), False)
