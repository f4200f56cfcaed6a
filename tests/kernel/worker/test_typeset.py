"""Typesetting: fonts, directions and places of the pieces of a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.worker.fonts import heavy, text
from kernel.worker.typeset import SPACE, Type, set_line, type_for, unwritable, width_of, wrap

HEBREW = "שלום עולם 2024 iPhone!"


def test_lines_part_evenly() -> None:
    type = type_for(heavy(), "one")
    assert wrap("one two three four", type, 20, type.width("one two three", 20)) == ["one two", "three four"]


def test_a_line_is_as_wide_as_it_was_measured() -> None:
    type = type_for(text(), "Some words")
    pieces = set_line(["Some", "words", "to", "measure"], type, 50)
    assert width_of(pieces) == pytest.approx(type.width("Some words to measure", 50))
    assert [piece.word for piece in pieces] == [0, 1, 2, 3]
    assert pieces[1].x - pieces[0].width == pytest.approx(max(SPACE, text().width(" ", 1)) * 50)


def test_words_from_the_right_are_set_from_the_right_and_numbers_are_not_turned() -> None:
    type = type_for(heavy(), HEBREW)
    words = HEBREW.split()
    pieces = set_line(words, type, 50, rtl=True)
    assert [piece.text for piece in pieces] == ["!", "iPhone", "2024", "עולם", "שלום"]
    assert [piece.rtl for piece in pieces] == [True, False, False, True, True]
    assert [piece.word for piece in pieces] == [3, 3, 2, 1, 0]


def test_a_word_in_two_fonts_is_set_without_a_gap() -> None:
    type = Type(heavy())
    pieces = set_line(["a東b"], type, 50)
    assert sum(piece.width for piece in pieces) == pytest.approx(width_of(pieces))
    assert {piece.word for piece in pieces} == {0}


def test_a_missing_glyph_is_said_with_the_package_to_install(tmp_path: Path) -> None:
    bare = Type(heavy(), "JP", (tmp_path,))
    assert list(unwritable("Title t1", "to 東京 now", bare)) == [
        "Title t1 cannot be written here: no font of this machine has 東京 (in '東京'); install the Debian package"
        " fonts-noto-cjk (or any font that has them), or leave them out."
    ]
    assert list(unwritable("The captions", "Łódź", bare)) == []


def test_what_nobody_has_is_to_be_left_out(tmp_path: Path) -> None:
    (said,) = unwritable("The captions", "a\U0010fffd", Type(heavy(), "SC", (tmp_path,)))
    assert said.endswith("; leave them out.")
