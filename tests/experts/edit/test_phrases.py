"""Phrases: where speech may be cut, and what ends there."""

from __future__ import annotations

from experts.edit.phrases import of_reel, sentences
from tests.experts.edit.house import talk


def test_a_sentence_ends_at_its_full_stop_and_the_next_one_opens() -> None:
    found = of_reel(talk("s1", ["We made it better.", 0.4, "It took a year."]))
    assert [(p.text, p.ends, p.opens) for p in found] == [
        ("We made it better.", "sentence", True),
        ("It took a year.", "sentence", True),
    ]


def test_a_comma_is_a_place_for_a_cut_only_where_the_speaker_rests() -> None:
    running = of_reel(talk("s1", ["We came, we saw it."]))
    resting = of_reel(talk("s1", ["We came,", 0.3, "we saw it."]))
    assert [p.text for p in running] == ["We came, we saw it."]
    assert [(p.text, p.ends) for p in resting] == [("We came,", "clause"), ("we saw it.", "sentence")]


def test_a_long_rest_ends_a_thought_when_another_is_added_but_not_in_the_middle_of_one() -> None:
    added = of_reel(talk("s1", ["We built the press,", 1.2, "and it worked well."]))
    leaning = of_reel(talk("s1", ["We built the press,", 1.2, "which worked well."]))
    assert (added[0].ends, added[1].opens) == ("thought", True)
    assert (leaning[0].ends, leaning[1].opens) == ("clause", False)


def test_three_dots_and_a_file_that_ends_without_a_full_stop_are_broken_off() -> None:
    assert of_reel(talk("s1", ["It worked.", 0.5, "It has never..."]))[-1].ends == "broken"
    assert of_reel(talk("s1", ["It worked.", 0.5, "It has never"]))[-1].ends == "broken"


def test_speech_that_sounds_at_the_very_end_of_its_file_is_broken_off() -> None:
    assert of_reel(talk("s1", ["It worked.", 0.5, "It was surpassed."], tail=0.0))[-1].ends == "broken"
    assert of_reel(talk("s1", ["It worked.", 0.5, "It was surpassed."], tail=0.5))[-1].ends == "sentence"


def test_a_transcript_without_marks_is_parted_by_its_pauses() -> None:
    found = of_reel(talk("s1", ["we made it", 1.0, "it took a year"]))
    assert [(p.text, p.ends) for p in found] == [("we made it", "sentence"), ("it took a year", "sentence")]


def test_a_title_before_a_name_ends_no_sentence() -> None:
    found = of_reel(talk("s1", ["This is Dr. Jones."]))
    assert [p.text for p in found] == ["This is Dr. Jones."]


def test_words_that_run_together_are_not_parted_where_their_clips_overlap() -> None:
    reel = talk("s1", ["We made it.", "It took a year."])
    words = list(reel.inspection.words)
    words[3] = words[3].model_copy(update={"cut_in": words[2].cut_out - 0.2})
    reel = reel.model_copy(update={"inspection": reel.inspection.model_copy(update={"words": tuple(words)})})
    assert len(of_reel(reel)) == 1


def test_phrases_of_one_sentence_belong_together() -> None:
    found = of_reel(talk("s1", ["We came,", 0.3, "we saw it.", 0.5, "We left."]))
    assert [[p.text for p in group] for group in sentences(found)] == [["We came,", "we saw it."], ["We left."]]
