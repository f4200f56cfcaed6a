"""Scripts: where lines break, how words join, which way they run."""

from __future__ import annotations

from itertools import pairwise

import pytest

from kernel.worker.writing import (
    LETTERS,
    READINGS,
    breaks,
    clusters,
    joined,
    levels,
    may_part,
    plain,
    reading,
    rightward,
    seen_order,
)


def _parts(text: str) -> list[str]:
    ends = [0, *breaks(text)]
    return [text[start:end] for start, end in pairwise(ends)]


def test_japanese_breaks_between_phrases_and_never_before_a_closing_mark() -> None:
    parts = _parts("今日は、とても良い天気です。「はい」と言った。")
    assert parts[:3] == ["今日は、", "とても", "良い"]
    assert not any(part[0] in "、。」" or part[-1] == "「" for part in parts)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("我们今天去北京，吃烤鸭！", ["我们", "今天", "去", "北京，", "吃", "烤鸭！"]),
        ("안녕하세요 여러분", ["안녕하세요 ", "여러분"]),
        ("สวัสดีชาวโลก", ["สวัสดี", "ชาว", "โลก"]),
        ("Hello big world", ["Hello ", "big ", "world"]),
    ],
)
def test_every_script_breaks_where_it_may(text: str, parts: list[str]) -> None:
    assert _parts(text) == parts


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["我们", "今天", "，", "去"], "我们今天，去"),
        (["今日は、", "iPhone", "です"], "今日は、iPhone です"),
        (["안녕", "여러분"], "안녕 여러분"),
        (["สวัสดี", "ชาว"], "สวัสดีชาว"),
        (["Hello", "world."], "Hello world."),
        ([], ""),
    ],
)
def test_words_join_as_their_script_joins_them(words: list[str], text: str) -> None:
    assert joined(words) == text


def test_a_line_does_not_end_before_a_closing_mark() -> None:
    assert not may_part("天気です", "。")
    assert may_part("天気です。", "はい")
    assert may_part("any", "word")


def test_the_order_of_mixed_directions_is_that_of_the_standard() -> None:
    assert levels("abc", False) == [0, 0, 0]
    # Hebrew letters run to the left, a number among them to the right.
    assert levels("אב 12", True) == [1, 1, 1, 2, 2]
    assert levels("ab אב", False) == [0, 0, 0, 1, 1]
    assert levels("א\N{ZERO WIDTH NON-JOINER}ב", True) == [1, 1, 1]
    assert seen_order([1, 2, 1]) == [2, 1, 0]
    assert seen_order([0, 1, 1, 0]) == [0, 2, 1, 3]


def test_a_text_runs_the_way_of_most_of_its_letters() -> None:
    assert rightward("שלום iPhone עולם")
    assert not rightward("The word שלום means peace")
    assert not rightward("12:30")


def test_each_script_is_read_at_its_own_pace() -> None:
    assert reading("Hello 12") == LETTERS
    assert reading("今日は良い") == READINGS["kana"]
    assert reading("今天很好") == READINGS["Hani"]
    assert reading("안녕하세요") == READINGS["Hang"]


def test_what_has_no_shape_is_left_out_and_what_joins_letters_stays() -> None:
    assert plain("\u202eevil\x00 \t a\u2028b") == "evil a b"
    family = "👨\N{ZERO WIDTH JOINER}👩"
    assert plain(family) == family
    assert clusters(family + "é") == [family, "é"]
