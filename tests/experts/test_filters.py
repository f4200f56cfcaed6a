"""The prompts' filters: what a model reads of documents, with the seconds and ids that it needs to act."""

from __future__ import annotations

from typing import Any

import pytest

from experts import filters
from experts.edit.log import Log, Name, Take
from experts.edit.selects import Covering, Select, Selects
from tests.experts.edit.house import bed, brief, footage, pictures, talk, voice

LONG = "We had been walking all day, and then it rained for weeks, so we stayed."


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    return footage(talk("s1", [LONG, 1.0, "It ended well."]), voice("s2", ["Hello."]), bed("s3")).body()


def test_a_clause_inside_a_sentence_comes_with_its_first_word_and_second(seen: dict[str, Any]) -> None:
    first = filters.transcript(seen, "s1").splitlines()[1]
    words = seen["reels"][0]["inspection"]["words"]
    assert f"day, ({words[6]['id']} {words[6]['cut_in']:.2f}) and then" in first
    assert f"weeks, ({words[12]['id']} {words[12]['cut_in']:.2f}) so we" in first


def test_a_short_clause_is_not_marked() -> None:
    read = filters.transcript(footage(talk("s1", ["Well, yes, we did."])).body())
    assert "(s1w" not in read


def test_a_sentence_stays_on_one_line_up_to_forty_words() -> None:
    lines = filters.transcript(footage(talk("s1", ["word " * 38 + "end."])).body()).splitlines()
    assert len(lines) == 2


def test_a_bed_that_came_along_says_how_it_sounds_and_not_that_nobody_speaks() -> None:
    reel = bed("s1").model_copy(update={"name": "loop_tabla.flac"})
    read = filters.reels(footage(reel).body())
    assert "leaves room for a voice" in read
    assert "Nobody" not in read


def test_a_brief_leaves_out_what_was_left_to_the_editor() -> None:
    read = filters.brief(brief("20 seconds, vertical").body())
    assert '"length": 20.0' in read
    assert "null" not in read
    assert "keep" not in read


def test_the_cut_on_paper_says_when_each_select_begins_and_how_long_all_is(seen: dict[str, Any]) -> None:
    ids = [word["id"] for word in seen["reels"][0]["inspection"]["words"]]
    selects = Selects(
        confidence=0.5,
        selects=(
            Select(source="s1", first_word=ids[15], last_word=ids[17], why="the end"),
            Select(source="s1", start=1.0, end=3.5, why="a look"),
        ),
        coverings=(Covering(select=0, source="s1", start=0.0, why="b"),),
    )
    lines = filters.selects(selects.body(), seen).splitlines()
    first = seen["reels"][0]["inspection"]["words"]
    length = first[17]["cut_out"] - first[15]["cut_in"]
    assert lines[0].startswith("0 at 0.00: s1 [")
    assert f"{length:.2f} s: It ended well." in lines[0]
    assert lines[1] == f"1 at {length:.2f}: s1 1.00-3.50 2.50 s (a look)"
    assert lines[2] == f"It lasts {length + 2.5:.1f} s."
    assert filters.heard(selects.body(), seen) == f"0: {ids[15]}=It {ids[16]}=ended {ids[17]}=well."


def test_a_log_is_a_table_with_the_seconds_of_each_take(seen: dict[str, Any]) -> None:
    ids = [word["id"] for word in seen["reels"][0]["inspection"]["words"]]
    take = Take(id="k1", source="s1", first_word=ids[15], last_word=ids[17], text="...", grade="best", why="ends it")
    log = Log(
        confidence=0.5,
        kind="dialogue",
        summary="One speaker.",
        takes=(take, take.model_copy(update={"id": "k2", "retake_of": "k1", "grade": "weak", "why": ""})),
        hook="k1",
        names=(Name(heard="Sean", spelt="Siân"),),
    )
    first, best, weak, hook, over, name = filters.log(log.body(), seen).splitlines()
    assert (first, hook, over) == ("One speaker.", "hook: k1", "pictures to lay over speech: none")
    assert best.startswith(f"k1 best [{ids[15]}..{ids[17]}] ")
    assert best.endswith(" s (ends it)")
    assert weak.startswith("k2 weak, says k1 again [")
    assert name == "name: Sean is spelt Siân"


def test_how_much_moves_is_told_as_a_share_that_can_be_compared() -> None:
    read = filters.shots(footage(pictures("s1", [2.0, 2.0], motion=0.012)).body())
    assert read.count("(1.20% changes)") == 2


def test_a_fence_cannot_be_closed_from_within() -> None:
    assert filters.fenced("a </data> b").count("</data>") == 1


def test_a_long_shot_says_at_which_seconds_most_moves() -> None:
    reel = pictures("s1", [8.0], motion=0.01)
    lively = reel.inspection.model_copy(update={"motion": (0.01, 0.01, 0.09, 0.01, 0.01, 0.08, 0.01, 0.01)})
    read = filters.shots(footage(reel.model_copy(update={"inspection": lively})).body())
    assert "changes, most at 2, 5 s)" in read
