"""Takes: what is said again, what is given up, and what only sounds alike."""

from __future__ import annotations

import pytest

from experts.edit import log
from experts.edit.log import Log
from experts.edit.takes import is_aside, is_false_start, is_retake
from kernel.expert import Scene
from tests.experts.edit.house import SELECTS, brief, footage, played, talk


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("We launch the new press on Monday.", "We launch the new press on Monday morning."),
        ("Printing differs from all the other arts.", "Printing differs from all other arts."),
        ("The launch is on Monday.", "The launches is on Monday."),
    ],
)
def test_the_same_thing_said_twice_is_a_retake(one: str, other: str) -> None:
    assert is_retake(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It was the best of times.", "It was the worst of times."),
        ("It was the season of light.", "It was the season of darkness."),
        ("We were all going direct to heaven.", "We were all going direct the other way."),
        ("Lay blue at x four now.", "Lay red with p nine again."),
        ("Yes.", "Yes."),
        ("Step one is to mix the glue.", "Step two is to mix the glue."),
        ("We ship to Berlin and Paris.", "We ship to Berlin and Rome."),
    ],
)
def test_a_figure_of_speech_is_no_retake(one: str, other: str) -> None:
    assert not is_retake(one, other)


def test_a_sentence_begun_and_given_up_is_a_false_start() -> None:
    assert is_false_start("Today we are go", "Today we are going to talk about glue.", broken=True)
    assert is_false_start("Today we are going to", "Today we are going to talk about glue.", broken=True)
    assert not is_false_start("Today we are going.", "Today we are going to talk.", broken=False)
    assert not is_false_start("it was the epoch of belief,", "it was the epoch of incredulity.", broken=True)


def test_talk_between_takes_is_not_for_the_viewer() -> None:
    assert is_aside("Sorry, let me start again.")
    assert is_aside("Um, okay.")
    assert not is_aside("I am sorry to say that the press was never built in that long and bitter winter.")


def logged(*reels: object) -> Log:
    documents = {"brief": brief("cut it"), "footage": footage(*reels)}  # type: ignore[arg-type]
    return Log.read(log.understudy(Scene(documents)))


def test_the_last_whole_take_is_kept_and_the_others_are_not() -> None:
    twice: list[str | float] = [
        "We launch the press on Monday.",
        1.0,
        "We launch the press on Monday.",
        1.0,
        "Thank you all.",
    ]
    found = logged(talk("s1", twice))
    assert [take.grade == "unusable" for take in found.takes] == [True, False, False]
    assert found.takes[1].retake_of == "k1"


def test_alike_sentences_of_two_speakers_are_both_kept() -> None:
    found = logged(talk("s1", ["Lay blue at four now."]), talk("s2", ["Lay blue at four now."]))
    assert "unusable" not in [take.grade for take in found.takes]


def test_a_long_sentence_said_in_two_files_is_said_once() -> None:
    line = "The press was built in the valley by two brothers from the north."
    found = logged(talk("s1", [line]), talk("s2", [line]))
    assert [take.grade == "unusable" for take in found.takes] == [True, False]


def test_a_false_start_inside_a_sentence_is_cut_out() -> None:
    reels = [
        talk("s1", ["Today we are going to,", 0.6, "today we are going to talk about glue.", 0.8, "It is sticky."])
    ]
    documents = played(reels, "cut it")
    said = [
        word.text
        for select in documents["selects"].body()["selects"]
        if select["first_word"]
        for word in reels[0].inspection.words
        if int(select["first_word"][3:]) <= int(word.id[3:]) <= int(select["last_word"][3:])
    ]
    assert " ".join(said) == "today we are going to talk about glue. It is sticky."
    assert SELECTS["dialogue"].document.read(documents["selects"].body()) == documents["selects"]
