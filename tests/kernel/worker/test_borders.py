"""borders: splits and transitions, what they need, and which frames they show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kernel.worker.compile import check, compile
from kernel.worker.ffmpeg import Ffmpeg
from tests.kernel.worker.looking import shown
from tests.kernel.worker.scenes import cut, plan, said, source, words


def _split(**more: Any) -> dict[str, Any]:
    return {"type": "split", "after": "c1", "kind": "L", "length": 0.5, **more}


def _cover(**more: Any) -> dict[str, Any]:
    return {"type": "cover", "id": "b1", "clip": "c1", "source": "s2", "why": "", **more}


def test_an_l_cut_shows_the_next_picture_early_and_leaves_the_sound(talk: Path, ffmpeg: Ffmpeg) -> None:
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 1, 2), cut("c2", "s1", 4, 5), _split())
    assert shown(edit, {"s1": talk}, ffmpeg) == [*range(30, 45), *range(105, 150)]
    straight = compile(plan([source("s1", talk, 8)], cut("c1", "s1", 1, 2), cut("c2", "s1", 4, 5)))
    assert compile(edit).clips == straight.clips


def test_a_j_cut_keeps_the_picture_while_the_next_one_is_heard(talk: Path, ffmpeg: Ffmpeg) -> None:
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 1, 2), cut("c2", "s1", 4, 5), _split(kind="J"))
    assert shown(edit, {"s1": talk}, ffmpeg) == [*range(30, 75), *range(135, 150)]


def test_splits_stand_one_after_the_other(talk: Path, ffmpeg: Ffmpeg) -> None:
    cuts = [cut("c1", "s1", 1, 2), cut("c2", "s1", 4, 5), cut("c3", "s1", 6, 7)]
    edit = plan([source("s1", talk, 8)], *cuts, _split(kind="J"), _split(after="c2", length=0.2))
    assert shown(edit, {"s1": talk}, ffmpeg) == [*range(30, 75), *range(135, 144), *range(174, 210)]


def test_a_dissolve_stands_round_the_border_of_the_picture(talk: Path, ffmpeg: Ffmpeg) -> None:
    passage = {"type": "transition", "after": "c1", "kind": "dissolve", "length": 0.2}
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 1, 2), cut("c2", "s1", 4, 5), _split(), passage)
    pictures = compile(edit).pictures
    assert [(p.first_frame, p.frames) for p in pictures] == [(0, 12), (12, 6), (18, 42)]
    seen = shown(edit, {"s1": talk}, ffmpeg)
    assert (seen[:12], seen[18:]) == ([*range(30, 42)], [*range(108, 150)])


def test_a_cover_away_from_the_border_stays_where_it_is(talk: Path, slow: Path, ffmpeg: Ffmpeg) -> None:
    silent = source("s2", slow, 6, rate={"num": 25, "den": 1}, has_sound=False)
    cuts = [cut("c1", "s1", 1, 2), cut("c2", "s1", 4, 5)]
    edit = plan([source("s1", talk, 8), silent], *cuts, _split(), _cover(offset=0.1, length=0.2))
    seen = shown(edit, {"s1": talk, "s2": slow}, ffmpeg)
    assert seen[:3] + seen[9:15] == [30, 31, 32, *range(39, 45)]
    assert seen[15:] == [*range(105, 150)]


@pytest.mark.parametrize(
    ("operations", "sentence"),
    [
        ((_split(after="c4"),), "after c4, the last clip"),
        ((_split(after="c7"),), "after c7, which is no clip"),
        ((_split(), _split()), "There are 2 splits after c1"),
        ((_split(length=0.95),), "leaves no picture of c1: make it shorter"),
        ((_split(kind="J", length=3.0),), "leaves no picture of c2"),
        (
            (_split(kind="J", length=0.8, after="c3"),),
            "needs 0.80 s more of s1 for c3 after it ends, but there are 0.00 s",
        ),
        ((_split(length=0.7, after="c3"),), "needs 0.70 s more of s1 for c4 before it begins, but there are 0.50 s"),
        ((_split(), _cover(offset=0.4)), "hidden by cover b1"),
        ((_split(kind="J"), _cover(clip="c2", offset=0, length=0.2)), "hidden by cover b1"),
        ((_split(after="c4"), _cover(clip="c5")), "s3 is sound only"),
    ],
)
def test_what_a_split_cannot_show_is_said(operations: tuple[dict[str, Any], ...], sentence: str, talk: Path) -> None:
    cuts = [cut("c1", "s1", 1, 2), cut("c2", "s1", 4, 5), cut("c3", "s1", 7, 8), cut("c4", "s1", 0.5, 1.5)]
    known = [source("s1", talk, 8), source("s2", talk, 8), source("s3", talk, 8, kind="audio", width=0, height=0)]
    known[2]["rate"] = None
    more = [cut("c5", "s3", 1, 2)] if any(o.get("clip") == "c5" for o in operations) else []
    found = check(plan(known, *cuts, *more, *operations))
    assert any(sentence in one for one in found), found


SAID = words("s1", ("One", 1.0, 1.4), ("two", 2.0, 2.4), ("three", 2.6, 2.9), ("four", 3.2, 3.5))


@pytest.mark.parametrize(
    ("placed", "span"),
    [
        ({"first_word": "s1w1", "last_word": "s1w2"}, (30, 60)),
        ({"first_word": "s1w1", "length": 0.5}, (30, 45)),
        ({"first_word": "s1w1", "offset": 0.2, "length": 0.5}, (36, 51)),
        ({"last_word": "s1w0"}, (0, 15)),
        ({"first_word": "s1w2"}, (48, 79)),
        ({"first_word": "s1w0", "last_word": "s1w3"}, (0, 79)),
    ],
)
@pytest.mark.parametrize("factor", [1.0, 0.5])
def test_a_cover_falls_on_the_words_it_names_at_any_speed(
    placed: dict[str, Any], span: tuple[int, int], factor: float, talk: Path
) -> None:
    speed = {"type": "speed", "of": "c1", "factor": factor}
    edit = plan(
        [source("s1", talk, 8, words=SAID), source("s2", talk, 8)], said("c1", "s1", 0, 3), _cover(**placed), speed
    )
    assert check(edit) == []
    seen = [p for p in compile(edit).pictures if p.shot.of == "b1"]
    found = seen[0].first_frame * factor, seen[-1].end_frame * factor
    assert found == pytest.approx(span, abs=1)


@pytest.mark.parametrize(
    ("operations", "sentence"),
    [
        ((_cover(first_word="s1w3"),), "Cover b1 names s1w3, which is no word of clip c1"),
        ((_cover(first_word="s1w2", last_word="s1w1"),), "ends with s1w1, before it begins"),
        ((_cover(first_word="s1w0", offset=1.8, last_word="s1w1"),), "ends with s1w1, before it begins"),
        ((_cover(last_word="s1w1", length=1),), "has both a last_word and a length"),
        ((_cover(first_word="s1w1"), {"type": "speed", "of": "c1", "reverse": True}), "plays backwards"),
        ((_cover(first_word="s1w1", start=7.5),), "Cover b1 shows s2 from 7.50 s for 1.03 s, but s2 lasts 8.00 s"),
    ],
)
def test_covers_whose_words_are_not_there_are_refused(
    operations: tuple[dict[str, Any], ...], sentence: str, talk: Path
) -> None:
    edit = plan([source("s1", talk, 8, words=SAID), source("s2", talk, 8)], said("c1", "s1", 0, 2), *operations)
    (found,) = check(edit)
    assert sentence in found
