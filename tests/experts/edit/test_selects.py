"""Selects: the length, the ends, the order and the pictures of the cut, over many transcripts."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experts.edit.covering import stretches
from experts.edit.phrases import of_reel
from experts.edit.selects import Selects
from kernel.worker.compile import compile
from kernel.worker.ops.cover import Cover
from kernel.worker.ops.cut import Cut
from kernel.worker.plan import EditPlan
from tests.experts.edit.house import SELECTS, bed, footage, made, pictures, planned, played, revised, talk, voice

NOUNS = [
    "glue", "paper", "river", "winter", "copper", "engine", "garden", "letter", "mirror", "number", "orange", "pocket",
    "rabbit", "silver", "timber", "velvet", "window", "yellow", "anchor", "basket", "candle", "desert",
]  # fmt: skip


@st.composite
def scripts(draw: st.DrawFn) -> list[str | float]:
    """Sentences of four to fourteen words that have nothing in common, with pauses between them."""
    count = draw(st.integers(1, 9))
    script: list[str | float] = []
    for number in range(count):
        words = draw(st.integers(4, 14))
        text = " ".join(NOUNS[(number * 5 + n * 3) % len(NOUNS)] + str(number) for n in range(words))
        script += [f"{text.capitalize()}.", draw(st.sampled_from([0.2, 0.45, 0.8, 2.5]))]
    return script


def can_land(script: list[str | float], target: float) -> bool:
    """Say whether some whole sentences, with nothing between them, last as long as asked."""
    lasts = [p.seconds for p in of_reel(talk("s1", script))]
    sums = (sum(group) for size in range(1, len(lasts) + 1) for group in combinations(lasts, size))
    return any(0.96 * target <= total <= 1.03 * target for total in sums)


@given(
    script=scripts(), target=st.integers(2, 40), style=st.sampled_from(["", ", vertical, captions", ", fast", ", hook"])
)
def test_every_plan_can_be_made_ends_on_a_sentence_and_lands_where_whole_sentences_can(
    script: list[str | float], target: int, style: str
) -> None:
    documents = played([talk("s1", script)], f"{target} seconds{style}")
    plan = documents["plan"]
    assert isinstance(plan, EditPlan)
    timeline = compile(plan)
    words = [cut.last_word for cut in plan.each(Cut) if cut.last_word]
    ends = {p.words[-1].id for p in of_reel(talk("s1", script)) if p.ends == "sentence"}
    assert words[-1] in ends
    lands = abs(timeline.duration - target) <= 0.05 * target + 0.001
    assert lands or plan.note
    assert lands or "hook" in style or not can_land(script, target)


@settings(max_examples=25, deadline=None)
@given(script=scripts(), target=st.integers(3, 30), shots=st.lists(st.floats(0.4, 6.0), min_size=1, max_size=8))
def test_a_narration_shows_something_in_every_frame_and_never_runs_past_a_picture(
    script: list[str | float], target: int, shots: list[float]
) -> None:
    plan = planned([voice("s1", script), pictures("s2", shots)], f"{target} seconds, vertical")
    compile(plan)
    assert all(cover.source == "s2" for cover in plan.each(Cover))


def test_dead_air_goes_and_a_short_rest_stays() -> None:
    plan = planned([talk("s1", ["We built it here.", 0.4, "It works well.", 3.0, "Come and see it."])], "cut it")
    assert [cut.first_word for cut in plan.each(Cut) if cut.first_word] == ["s1w0", "s1w7"]
    assert compile(plan).duration < 5


def test_a_fast_cut_trims_the_short_rest_too() -> None:
    script: list[str | float] = ["We built it here.", 0.45, "It works well.", 3.0, "Come and see it."]
    assert len([c for c in planned([talk("s1", script)], "fast").each(Cut) if c.first_word]) == 3


def test_the_last_word_is_followed_by_quiet_for_the_fade_and_by_none_where_there_is_none() -> None:
    quiet = planned([talk("s1", ["We built it here."], tail=2.0)], "cut it")
    last = quiet.each(Cut)[-1]
    assert last.first_word is None
    assert compile(quiet).clips[-1].joins_last
    none = planned([talk("s1", ["We built it here."], tail=0.1)], "cut it")
    assert [o.model_dump()["end"] for o in none.operations if o.type == "fade"] == [0.0]


def test_an_exact_length_is_met_to_the_frame_where_quiet_can_fill_it() -> None:
    script: list[str | float] = ["We built it here in the valley.", 1.0, "It works well.", 1.0, "Come and see it."]
    timeline = compile(planned([talk("s1", script, tail=2.0)], "exactly 5 seconds"))
    assert timeline.frames == 150


def test_the_strongest_line_comes_first_when_a_hook_is_asked_for_and_only_once() -> None:
    script: list[str | float] = [
        "Hello and welcome to the workshop.", 0.8, "This is a press from the village.", 0.8,
        "You never forget your first mistake.", 0.8, "We built another one in the spring.",
    ]  # fmt: skip
    hooked = planned([talk("s1", script)], "start with the strongest line")
    first = [cut.first_word for cut in hooked.each(Cut) if cut.first_word]
    assert first[0] == "s1w13"
    assert len(first) == len(set(first))
    assert planned([talk("s1", script)], "cut it").each(Cut)[0].first_word == "s1w0"


def test_the_line_that_was_named_opens_the_video() -> None:
    script: list[str | float] = ["We met in the spring.", 0.8, "Glue is made of bones.", 0.8, "It was a good year."]
    assert planned([talk("s1", script)], "start with the line about glue").each(Cut)[0].first_word == "s1w5"


def test_what_is_kept_is_in_and_what_is_dropped_is_out() -> None:
    script: list[str | float] = [
        "We met in the spring.", 0.8, "Glue is made of bones.", 0.8, "The weather was awful then.",
        0.8, "It ended well.",
    ]  # fmt: skip
    plan = planned([talk("s1", script)], "4 seconds, keep the glue, drop the weather")
    heard = [(cut.first_word, cut.last_word) for cut in plan.each(Cut)]
    assert any(first == "s1w5" for first, _ in heard)
    assert not any(first == "s1w10" for first, _ in heard)


def test_a_wish_that_nothing_answers_to_is_told() -> None:
    plan = planned([talk("s1", ["We met in the spring."])], "keep the line about penguins")
    assert "penguins" in plan.note


def test_too_little_speech_is_told_and_all_of_it_is_used() -> None:
    plan = planned([talk("s1", ["We met in the spring.", 2.0, "It ended well."])], "30 seconds")
    assert "instead of 30 s" in plan.note
    assert len([cut for cut in plan.each(Cut) if cut.first_word]) == 2


def test_a_sentence_that_the_file_breaks_off_is_not_the_end() -> None:
    plan = planned([talk("s1", ["We met in the spring.", 1.0, "It has never..."], tail=0.0)], "cut it")
    assert [cut.last_word for cut in plan.each(Cut) if cut.last_word] == ["s1w4"]


def test_five_speakers_in_five_files_are_all_heard_in_their_order() -> None:
    reels = [talk(f"s{n}", [f"Lay {noun} by four now."]) for n, noun in enumerate(("blue", "red", "green"), 1)]
    assert [cut.source for cut in planned(reels, "square").each(Cut) if cut.first_word] == ["s1", "s2", "s3"]


def test_pictures_over_a_voice_do_not_repeat_before_all_were_shown() -> None:
    plan = planned([voice("s1", ["We met in the spring and it was warm."]), pictures("s2", [4.0, 4.0])], "cut it")
    spans = sorted((cover.start, cover.start + (cover.length or 0)) for cover in plan.each(Cover))
    assert all(end <= start + 0.05 for (_, end), (start, _) in pairwise(spans))


@settings(max_examples=40, deadline=None)
@given(script=scripts(), target=st.integers(3, 30))
def test_selects_are_laid_out_in_the_very_frames_of_the_worker(script: list[str | float], target: int) -> None:
    documents = played([talk("s1", script)], f"exactly {target} seconds")
    plan, chosen = documents["plan"], Selects.read(documents["selects"].body())
    assert isinstance(plan, EditPlan)
    laid = stretches(chosen.selects, footage(talk("s1", script)), plan.output.rate)
    clips = compile(plan).clips
    assert [(one.first, one.after) for one in laid] == [(clip.first_frame, clip.end_frame) for clip in clips]


def test_no_picture_flashes_by() -> None:
    script: list[str | float] = [
        "We met in the spring by the river.", 0.8, "Glue is made of bones and water.", 0.8,
        "Nobody knew what it was good for.", 0.8, "It ended well.",
    ]  # fmt: skip
    plan = planned([voice("s1", script), pictures("s2", [2.7, 4.1, 3.3, 2.9])], "cut it")
    starts = sorted(compile(plan).pictures, key=lambda picture: picture.first_frame)
    cuts = [0]
    for before, picture in pairwise(starts):
        if picture.shot.source_frame - before.shot.source_frame != before.frames:
            cuts.append(picture.first_frame)
    ends = [*cuts[1:], compile(plan).frames]
    assert all(after - first >= 30 for first, after in zip(cuts, ends, strict=True))


def test_b_roll_hides_a_jump_of_a_speaker_but_not_the_first_seconds() -> None:
    script: list[str | float] = [
        "We built the old press here by the river in the spring.", 1.5,
        "Nobody in the whole valley knew what it was good for then.", 1.5,
        "Letters came from every city asking for a bible or two.", 1.5,
    ]  # fmt: skip
    plan = planned([talk("s1", script), pictures("s2", [5.0, 5.0])], "cut it")
    covers = plan.each(Cover)
    assert covers
    clips = {clip.id: clip for clip in compile(plan).clips}
    assert all(clips[cover.clip].first_frame > 90 for cover in covers)


@pytest.mark.parametrize("text", ["12 s montage", "20 seconds, fast, a montage", "15 s slow montage"])
def test_a_montage_changes_on_the_beats_and_shows_every_source(text: str) -> None:
    reels = [pictures("s1", [3.0, 9.0, 2.0, 6.0]), pictures("s2", [8.0, 7.0, 6.0]), bed("s3")]
    plan = planned(reels, text)
    timeline = compile(plan)
    assert abs(timeline.duration - float(text.split()[0])) < 0.05
    cuts = [clip.first_frame / 30 for clip in timeline.clips[1:]]
    assert all(abs(at * 2 - round(at * 2)) / 2 <= 0.07 for at in cuts)
    assert {clip.source for clip in timeline.clips} == {"s1", "s2"}


def test_a_montage_never_shows_a_moment_twice_and_stays_inside_its_shots() -> None:
    reel = pictures("s1", [3.0, 2.0, 6.0, 4.0])
    plan = planned([reel, bed("s2")], "10 seconds")
    spans = sorted((cut.start or 0, cut.end or 0) for cut in plan.each(Cut))
    assert all(end <= start + 0.05 for (_, end), (start, _) in pairwise(spans))
    edges = [3.0, 5.0, 11.0]
    assert not any(start < edge - 0.05 and edge + 0.05 < end for start, end in spans for edge in edges)


def test_a_montage_of_too_little_says_so() -> None:
    plan = planned([pictures("s1", [3.0, 3.0]), bed("s2")], "30 seconds")
    assert "instead of 30 s" in plan.note


def test_a_dead_stretch_is_left_out_of_a_montage() -> None:
    reel = pictures("s1", [12.0])
    motion = (0.3,) * 4 + (0.0,) * 4 + (0.3,) * 5
    reel = reel.model_copy(update={"inspection": reel.inspection.model_copy(update={"motion": motion})})
    plan = planned([reel, bed("s2")], "6 seconds")
    assert not any((cut.start or 0) < 7.9 and (cut.end or 0) > 4.1 for cut in plan.each(Cut))


def test_selects_that_cannot_be_made_are_refused_with_the_reason() -> None:
    documents = played([voice("s1", ["We met in the spring."]), pictures("s2", [9.0])], "cut it")
    good = documents["selects"].body()
    first = good["selects"][0]
    broken: list[tuple[dict[str, Any], str]] = [
        ({"selects": [{**first, "source": "s9"}]}, "the sources are"),
        ({"selects": [{**first, "last_word": "s1w99"}]}, "has the words"),
        ({"selects": [{**first, "first_word": first["last_word"], "last_word": first["first_word"]}]}, "spoken before"),
        ({"coverings": []}, "shows nothing"),
        ({"coverings": [{**good["coverings"][0], "select": 7}]}, "the last one is"),
        ({"coverings": [{**good["coverings"][0], "source": "s1"}]}, "no source with a picture"),
        ({"coverings": [{**good["coverings"][0], "start": 8.5, "length": 2.0}]}, "past the end"),
    ]
    for change, reason in broken:
        assert any(reason in problem for problem in Selects.read({**good, **change}).problems(documents)), reason


def test_selects_of_another_length_need_a_reason() -> None:
    documents = played([talk("s1", ["We met in the spring.", 1.0, "It ended well after all."])], "20 seconds")
    silent = Selects.read({**documents["selects"].body(), "note": ""})
    assert any("asks for 20 s" in problem for problem in silent.problems(documents))
    assert documents["selects"].problems(documents) == []


def test_notes_of_a_rerun_change_the_selects() -> None:
    documents = played(
        [talk("s1", ["We met in the spring.", 1.0, "It ended well.", 1.0, "Come and see it."])], "cut it"
    )
    shorter = made(SELECTS["dialogue"], documents, "drop the ending", "make the opening shorter")
    assert Selects.read(shorter.body()).selects[0].first_word == "s1w5"


def test_a_plan_with_no_speech_to_cut_becomes_what_there_is_to_see() -> None:
    documents = played([pictures("s1", [4.0, 4.0]), bed("s2")], "6 seconds")
    assert isinstance(revised(documents, "make it 4 seconds"), EditPlan)
