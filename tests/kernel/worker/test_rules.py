"""The domain rules: each has a plan that breaks it alone."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from kernel.worker.compile import check
from kernel.worker.ops import OPS
from kernel.worker.plan import EditPlan


def _plan(*operations: dict[str, Any], without: tuple[str, ...] = (), **output: Any) -> EditPlan:
    """Return the example with operations of some types left out and others added."""
    body = deepcopy(EditPlan.EXAMPLE)
    body["operations"] = [o for o in body["operations"] if o["type"] not in without] + list(operations)
    body["output"] |= output
    return EditPlan.read(body)


def _cut(**more: Any) -> dict[str, Any]:
    return {"type": "cut", "id": "c9", "source": "s1", "why": "", **more}


def _cover(**more: Any) -> dict[str, Any]:
    return {"type": "cover", "id": "b9", "clip": "c2", "source": "s2", "why": "", **more}


def _title(**more: Any) -> dict[str, Any]:
    return {"type": "title", "id": "t9", "text": "Hello", "clip": "c1", **more}


def _passage(**more: Any) -> dict[str, Any]:
    return {"type": "transition", "after": "c1", "kind": "dip", "length": 0.2, **more}


def test_the_example_can_be_done() -> None:
    assert check(_plan()) == []


@pytest.mark.parametrize("operation", OPS)
def test_every_operation_has_an_example_that_fits(operation: Any) -> None:
    assert operation.model_validate(operation.EXAMPLE).type == operation.EXAMPLE["type"]


@pytest.mark.parametrize(
    ("operation", "sentence"),
    [
        (_cut(source="s7", start=0, end=1), "takes from s7, which is no source"),
        (_cut(first_word="s1w0"), "needs both"),
        (_cut(first_word="s1w0", last_word="s1w9"), "names s1w9: s1 has the words s1w0 to s1w3"),
        (_cut(source="s2", first_word="s1w0", last_word="s1w1"), "s2 has no words"),
        (_cut(first_word="s1w0", last_word="s1w1", start=1), "by words and by seconds"),
        (_cut(first_word="s1w2", last_word="s1w1"), "spoken before its first word"),
        (_cut(), "needs first_word and last_word, or start and end"),
        (_cut(start=2, end=1), "a clip lasts 0.1 s at the least"),
        (_cut(start=2, end=4.2), "ends at 4.20 s, but s1 lasts 4.00 s"),
        (_cut(last_shot=1), "names a last_shot, but no first_shot"),
        (_cut(first_shot=1), "no shots of s1 are known"),
        (_cut(first_word="s1w0", last_word="s1w1", first_shot=1), "by words and by shots"),
        (_cut(id="c1", start=0, end=1), "The id c1 is used 2 times"),
        (_cut(source="s3", start=0, end=1), "nothing can be seen: clip c9 takes from s3"),
        (_cover(source="s7"), "takes from s7, which is no source"),
        (_cover(source="s3"), "which is sound only"),
        (_cover(clip="c7"), "over c7, which is no clip"),
        (_cover(source="s1", start=5), "begins at 5.00 s of s1, which lasts 4.00 s"),
        (_cover(source="s1", start=3.5), "but s1 lasts 4.00 s: shorten it"),
        (_cover(clip="c1", offset=0.2, length=1), "begins before the one before it"),
        (_cover(offset=0.5, length=1), "reaches 1.50 s into clip c2, which lasts 1.00 s"),
        (_cover(id="b1"), "The id b1 is used 2 times"),
        (_title(clip="c7"), "over c7, which is no clip"),
        (_title(offset=5), "begins 5.00 s into clip c1"),
        (_title(text="a\nb\nc"), "more than two lines"),
        (_title(text="  "), "empty or too long"),
        (_title(text="W" * 120), "empty or too long"),
        (_title(text="a \U0010fffd"), "no font of this machine has \U0010fffd"),
        (_title(id="t1"), "The id t1 is used 2 times"),
        (_passage(), "2 transitions after c1"),
        (_passage(after="c7"), "after c7, which is no clip"),
        (_passage(after="c2"), "the last clip: end the video with a fade"),
        ({"type": "reframe", "of": "c7"}, "of c7, which is no clip or cover"),
        ({"type": "captions"}, "2 operations of the type captions"),
        ({"type": "music", "source": "s3"}, "Two beds of music lie under clip c1"),
        ({"type": "loudness"}, "2 operations of the type loudness"),
        ({"type": "fade"}, "2 operations of the type fade"),
    ],
)
def test_what_cannot_be_done_is_said(operation: dict[str, Any], sentence: str) -> None:
    found = check(_plan(operation))
    assert any(sentence in said for said in found), found


@pytest.mark.parametrize(
    ("without", "operation", "sentence"),
    [
        ("cut", _title(clip="c1"), "at least one cut"),
        ("music", {"type": "music", "source": "s7"}, "is s7, which is no source"),
        ("music", {"type": "music", "source": "s2"}, "which has no sound"),
        ("music", {"type": "music", "source": "s3", "start": 9}, "begins at 9.00 s of s3"),
        ("fade", {"type": "fade", "start": 2, "end": 2}, "The fades take 4.00 s"),
        ("transition", _passage(length=2), "more than the shots on its two sides hold"),
        ("captions", {"type": "captions", "corrections": [{"word": "s1w9", "text": "x"}]}, "correct s1w9"),
        (
            "captions",
            {"type": "captions", "corrections": [{"word": "s1w1", "text": "\U0010fffd"}]},
            "no font of this machine has",
        ),
    ],
)
def test_a_replaced_operation_is_checked_too(without: str, operation: dict[str, Any], sentence: str) -> None:
    found = check(_plan(operation, without=(without,)))
    assert any(sentence in said for said in found), found


def test_two_reframes_of_one_clip_are_one_too_many() -> None:
    reframe = {"type": "reframe", "of": "c1"}
    assert check(_plan(reframe, reframe)) == ["There are 2 reframes of c1: one is enough."]


def test_a_rate_that_nobody_can_watch_is_refused() -> None:
    assert "frames a second" in check(_plan(rate={"num": 500, "den": 1}))[0]


def test_a_picture_without_a_size_is_refused() -> None:
    body = deepcopy(EditPlan.EXAMPLE)
    body["sources"][1]["width"] = 0
    assert check(EditPlan.read(body)) == ["The size of s2 is not known: its width and height must be filled in."]


def test_the_same_words_may_be_used_twice() -> None:
    assert check(_plan(_cut(first_word="s1w0", last_word="s1w3"))) == []


def test_sound_alone_is_allowed_where_covers_hide_it_wholly() -> None:
    covers = _cover(clip="c9", length=0.5), _cover(id="b8", clip="c9", offset=0.5)
    assert check(_plan(_cut(source="s3", start=0, end=1), *covers)) == []
    gap = check(_plan(_cut(source="s3", start=0, end=1), _cover(clip="c9", length=0.5)))
    assert gap[0].startswith("From 3.53 s to 4.03 s of the video nothing can be seen")


@pytest.mark.parametrize(
    ("cut", "sentence"),
    [
        ({"first_shot": 4}, "names shot 4 of s1, which has 3"),
        ({"first_shot": 3, "last_shot": 2}, "ends with shot 2, which comes before its first shot 3"),
        ({"first_shot": 1, "start": 0, "end": 1}, "by shots and by seconds"),
        ({"first_shot": 2}, None),
    ],
)
def test_shots_that_a_source_does_not_have_are_refused(cut: dict[str, Any], sentence: str | None) -> None:
    body = _plan(_cut(**cut)).body()
    body["sources"][0]["shots"] = [{"start": at, "end": at + 1} for at in range(3)]
    found = check(EditPlan.read(body))
    assert [one for one in found if sentence and sentence in one] == found
    assert bool(found) == bool(sentence)
