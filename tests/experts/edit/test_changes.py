"""Changes: what a note for a rerun asks for."""

from __future__ import annotations

import pytest

from experts.edit.changes import amended, read_change, restyled
from experts.edit.reading import read_brief
from kernel.worker.ops.captions import Captions


@pytest.mark.parametrize(
    ("notes", "field", "value"),
    [
        (["bigger"], "size", "large"),
        (["bigger", "bigger"], "size", "huge"),
        (["much bigger"], "size", "huge"),
        (["bigger", "bigger", "bigger"], "size", "huge"),
        (["smaller"], "size", "small"),
        (["yellow"], "colour", "#ffd400"),
        (["yellow", "green"], "colour", "#34c759"),
        (["make them #112233"], "colour", "#112233"),
        (["upper case"], "case", "upper"),
        (["captions at the top"], "position", "top"),
        (["word by word please"], "style", "karaoke"),
        (["captions boxed"], "style", "boxed"),
        (["with a marker"], "style", "marker"),
        (["one word at a time"], "style", "pop"),
        (["something subtle"], "style", "subtle"),
        (["make the captions pop, in green"], "highlight", "#34c759"),
    ],
)
def test_notes_about_captions_add_up_oldest_first(notes: list[str], field: str, value: str) -> None:
    captions = Captions()
    for note in notes:
        captions = restyled(captions, read_change(note))
    assert getattr(captions, field) == value


@pytest.mark.parametrize(
    ("note", "start", "end", "wish"),
    [
        ("0:12 is slow", 10.5, 13.5, "tighten"),
        ("cut 0:03 to 0:05", 3.0, 5.0, "drop"),
        ("from 0:03 to 0:05 it drags", 3.0, 5.0, "tighten"),
        ("drop what he says at 1:02", 60.5, 63.5, "drop"),
        ("at 12 seconds it is slow", 10.5, 13.5, "tighten"),
    ],
)
def test_a_time_in_a_note_is_a_time_of_the_cut(note: str, start: float, end: float, wish: str) -> None:
    change = read_change(note)
    assert change.timed == ((start, end, wish),)
    assert amended(read_brief("30 seconds"), [change]).length == 30


def test_a_scope_names_the_stretch_even_without_its_end() -> None:
    assert read_change("too slow", {"from": 4.0, "to": 7.0, "fields": []}).timed == ((4.0, 7.0, "tighten"),)
    assert read_change("drop this", {"from": 4.0, "to": None}).timed[0][:2] == (4.0, 4.001)
    assert read_change("yellow", {"from": None, "to": None, "fields": ["/operations"]}).timed == ()


@pytest.mark.parametrize("note", ["make the opening shorter", "the intro is too long", "shorten the beginning"])
def test_the_opening_is_a_place(note: str) -> None:
    change = read_change(note)
    assert change.opening
    assert amended(read_brief("30 seconds"), [change]).length == 30


def test_a_shorter_ending_is_not_a_shorter_opening() -> None:
    change = read_change("make the ending shorter")
    assert (change.opening, change.ending) == (False, True)


@pytest.mark.parametrize(
    ("note", "field", "value"),
    [
        ("make it 20 seconds", "length", 20),
        ("shorter", "length", 24),
        ("longer please", "length", 37.5),
        ("no music", "music", False),
        ("square", "shape", "1:1"),
        ("title: X marks it", "title", "X marks it"),
        ("drop the line about glue", "drop", ("the line about glue",)),
        ("tighten it", "pace", "fast"),
    ],
)
def test_a_note_about_the_whole_amends_the_brief(note: str, field: str, value: object) -> None:
    assert getattr(amended(read_brief("30 seconds"), [read_change(note)]), field) == value


def test_a_title_can_be_taken_away_again() -> None:
    assert amended(read_brief("title: News"), [read_change("no title")]).title is None


def test_what_is_not_understood_is_known() -> None:
    assert not read_change("more cowbell energy vibes").understood
    assert all(read_change(note).understood for note in ("bigger", "0:12 is slow", "no music", "make it 20 seconds"))
