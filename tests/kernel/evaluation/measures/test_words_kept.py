"""words_kept: what counts as heard, as missing and as come back; the real renders are in test_said_as_planned.py."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kernel.evaluation.case import Case
from kernel.evaluation.measures.words_kept import WordsKept, words_kept
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.media import Word
from kernel.worker.plan import EditPlan
from kernel.worker.transcribe import Heard
from tests.kernel.evaluation.scenes import named
from tests.kernel.worker.scenes import cut, plan, said, words

SAID = "we make rushes better every single day because footage should never go to waste on anybody"
LINE = SAID.split()
GREETING = "john pierce greets you all"
PACE = 0.4
SILENCE = np.zeros(0, dtype=np.int16)


def heard(text: str, later: float = 0.0) -> Heard:
    """Return words that are said one after the other at the pace of the plan; a dash is a pause."""
    found = [
        Word(id=f"v{n}", text=word, start=at, end=at + 0.3, probability=1, cut_in=at, cut_out=at + 0.3)
        for n, word in enumerate(text.split())
        for at in [0.5 + PACE * n + later]
        if word != "-"
    ]
    return Heard(language="en", words=tuple(found))


@pytest.fixture
def whole() -> EditPlan:
    """A plan that keeps the line as it is said."""
    spoken = [(word, 0.5 + PACE * n, 0.8 + PACE * n) for n, word in enumerate(LINE)]
    return plan([named("s1", words=words("s1", *spoken))], cut("c1", "s1", 0, 1 + PACE * len(LINE)))


def compared(plan: EditPlan | None, found: Heard | None, folder: Path) -> WordsKept | None:
    """Compare without listening again."""
    return words_kept(Case(folder / "none.mp4", Ffmpeg(Path("none"), weak=True), folder, plan), found, SILENCE)


def test_every_word_is_heard_in_its_place(whole: EditPlan, tmp_path: Path) -> None:
    kept = compared(whole, heard(SAID.upper() + "!"), tmp_path)
    assert kept == WordsKept(planned=len(LINE), heard=len(LINE))
    assert kept is not None
    assert kept.share == 1


@pytest.mark.parametrize(
    "text",
    [
        "we make brushes better every single day because footage should never go to waste on anybody",
        "we make rushes better every singled ay be cause footage should never goto waste on anybody",
        "we make rushes butter - - day because footage should never go to waste on anybody",
    ],
)
def test_what_the_recogniser_hears_a_little_otherwise_is_no_fault(whole: EditPlan, text: str, tmp_path: Path) -> None:
    kept = compared(whole, heard(text), tmp_path)
    assert kept is not None
    assert (kept.missing, kept.added) == ((), ())


def test_numbers_may_be_written_in_figures(tmp_path: Path) -> None:
    said_in_words = "in nineteen seventy seven we won"
    spoken = [(word, 0.5 + PACE * n, 0.9 + PACE * n) for n, word in enumerate(said_in_words.split())]
    edit = plan([named("s1", words=words("s1", *spoken))], cut("c1", "s1", 0, 4))
    year = Word(id="v9", text="1977", start=0.9, end=2.1, probability=1, cut_in=0.9, cut_out=2.1)
    others = heard("in - - - we won")
    kept = compared(edit, others.model_copy(update={"words": (*others.words, year)}), tmp_path)
    assert kept is not None
    assert kept.heard == 6


def test_words_that_are_not_heard_are_named_with_their_times(whole: EditPlan, tmp_path: Path) -> None:
    kept = compared(whole, heard("we make rushes better - - - - - should never go to waste on anybody"), tmp_path)
    assert kept is not None
    [lost] = kept.missing
    assert (lost.text, lost.words) == ("every single day because footage", 5)
    assert (lost.start, lost.end) == pytest.approx((2.1, 4.0), abs=0.04)
    assert kept.heard == len(LINE) - 5


def test_words_that_are_heard_elsewhere_are_not_heard_in_their_places(whole: EditPlan, tmp_path: Path) -> None:
    kept = compared(whole, heard(SAID, later=1.5), tmp_path)
    assert kept is not None
    assert kept.missing
    assert kept.added


def test_a_passage_that_was_cut_out_and_is_heard_is_named(tmp_path: Path) -> None:
    spoken = [(word, 0.5 + PACE * n, 0.8 + PACE * n) for n, word in enumerate(LINE)]
    edit = plan([named("s1", words=words("s1", *spoken))], said("c1", "s1", 0, 6), cut("c2", "s1", 12, 20))
    kept = compared(edit, heard(SAID), tmp_path)
    assert kept is not None
    assert not kept.missing
    assert [passage.text for passage in kept.added] == [" ".join(LINE[7:])]


def test_words_that_nobody_said_in_the_footage_are_the_recognisers_own(whole: EditPlan, tmp_path: Path) -> None:
    kept = compared(whole, heard(SAID + " thank you so much for watching this"), tmp_path)
    assert kept is not None
    assert not kept.added


def test_spelling_that_was_corrected_is_the_captions_own(tmp_path: Path) -> None:
    spoken = [
        (word, 0.5 + PACE * n, 0.8 + PACE * n) for n, word in enumerate(["john", "pierce", "greets", "you", "all"])
    ]
    correct = {"type": "captions", "corrections": [{"word": "s1w1", "text": "Oppenheimer"}]}
    edit = plan([named("s1", words=words("s1", *spoken))], cut("c1", "s1", 0, 3), correct)
    kept = compared(edit, heard(GREETING), tmp_path)
    assert kept is not None
    assert kept.heard == 5


def test_what_is_muted_or_too_fast_to_follow_is_not_asked_for(tmp_path: Path) -> None:
    spoken = [(word, 0.5 + PACE * n, 0.8 + PACE * n) for n, word in enumerate(LINE)]
    sources = [named("s1", words=words("s1", *spoken))]
    clips = [cut("c1", "s1", 0, 3, gain_db=-60), cut("c2", "s1", 3, 7)]
    kept = compared(plan(sources, *clips, {"type": "speed", "of": "c2", "factor": 2.0}), heard("-"), tmp_path)
    assert kept is not None
    assert kept.planned == 0
    assert kept.share == 1


def test_an_hour_in_which_nothing_fits_is_compared_in_no_time(tmp_path: Path) -> None:
    many = [f"word{n * 7919 % 1000}" for n in range(9000)]
    spoken = [(word, PACE * n, PACE * n + 0.3) for n, word in enumerate(many)]
    source = named("s1", duration=3700.0, words=words("s1", *spoken))
    edit = plan([source], cut("c1", "s1", 0, 3600))
    kept = compared(edit, heard(" ".join(f"other{n % 977}" for n in range(9000))), tmp_path)
    assert kept is not None
    assert kept.share < 0.5


def test_without_a_plan_or_a_recogniser_nothing_is_compared(whole: EditPlan, tmp_path: Path) -> None:
    assert compared(None, heard("hello"), tmp_path) is None
    assert compared(whole, None, tmp_path) is None
