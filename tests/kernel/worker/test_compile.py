"""compile: whole frames out of words and seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import PlanError
from kernel.worker.compile import check, compile
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.plan import EditPlan
from tests.kernel.worker.looking import shown
from tests.kernel.worker.scenes import cut, plan, said, source, words

TALK = [("So", 0.5, 0.7), ("this", 0.75, 0.9), ("is", 1.4, 1.5), ("it.", 1.52, 1.9), ("Bye.", 2.6, 3.0)]


def _talk(**more: Any) -> dict[str, Any]:
    body = {"id": "s1", "hash": "1" * 64, "name": "a", "kind": "video", "duration": 4.0, "width": 320, "height": 180}
    return {**body, "rate": {"num": 30, "den": 1}, "has_sound": True, "words": words("s1", *TALK), **more}


def test_a_clip_by_words_holds_them_whole() -> None:
    timeline = compile(plan([_talk()], said("c1", "s1", 0, 1), said("c2", "s1", 3, 4)))
    first, second = timeline.clips
    assert (first.source_frame, first.frames) == (13, 16)
    assert first.source_start <= first.cut_in
    assert first.cut_out <= first.source_start + first.frames / 30
    assert second.first_frame == first.end_frame == 16
    assert first.words == ("s1w0", "s1w1")


def test_clips_that_go_on_in_the_source_share_an_edge() -> None:
    edges = [0.45, 0.72, 1.2, 1.51, 2.2, 3.1]
    spoken = words("s1", *TALK)
    known = [{**word, "cut_in": edges[n], "cut_out": edges[n + 1]} for n, word in enumerate(spoken)]
    timeline = compile(plan([_talk(words=known)], said("c1", "s1", 0, 0), said("c2", "s1", 1, 2)))
    first, second = timeline.clips
    assert second.source_frame == first.source_frame + first.frames
    assert (first.joins_last, second.joins_last) == (False, True)


def test_seconds_go_to_the_nearest_frame() -> None:
    timeline = compile(plan([_talk()], cut("c1", "s1", 0.99, 2.02)))
    assert (timeline.clips[0].source_frame, timeline.frames) == (30, 31)
    assert timeline.duration == pytest.approx(31 / 30)


def test_long_shots_are_made_in_pieces_counted_from_their_start() -> None:
    long = _talk(duration=60.0)
    assert [p.frames for p in compile(plan([long], cut("c1", "s1", 0, 20))).pictures] == [240, 240, 120]
    assert [p.frames for p in compile(plan([long], cut("c1", "s1", 0, 17.5))).pictures] == [240, 285]


def test_slivers_beside_covers_are_closed() -> None:
    covers = [
        {"type": "cover", "id": "b1", "clip": "c1", "offset": 0.05, "length": 0.95, "source": "s2", "why": ""},
        {"type": "cover", "id": "b2", "clip": "c1", "offset": 1.05, "length": 0.9, "source": "s2", "why": ""},
    ]
    still = {"id": "s2", "hash": "2" * 64, "name": "b", "kind": "still", "duration": 0, "width": 10, "height": 10}
    pictures = compile(plan([_talk(), still], cut("c1", "s1", 0, 2), *covers)).pictures
    assert [(p.shot.of, p.frames) for p in pictures] == [("b1", 32), ("b2", 28)]


def test_a_plan_that_breaks_rules_is_refused_with_all_of_them() -> None:
    edit = plan([_talk()], cut("c1", "s1", 0, 9), {"type": "title", "id": "t1", "text": "x", "clip": "c9"})
    with pytest.raises(PlanError, match=r"Clip c1 ends.*Title t1"):
        compile(edit)


def test_the_same_plan_gives_the_same_timeline() -> None:
    assert compile(EditPlan.read(EditPlan.EXAMPLE)) == compile(EditPlan.read(EditPlan.EXAMPLE))


spans = st.lists(st.tuples(st.floats(0, 50), st.floats(0.2, 9)), min_size=1, max_size=8)
rates = st.sampled_from([(24, 1), (25, 1), (30000, 1001), (60, 1)])


@settings(max_examples=60, deadline=None)
@given(spans, rates, st.lists(st.sampled_from(["dissolve", "dip", None]), min_size=8, max_size=8), st.floats(0.1, 2))
def test_pieces_fill_the_video_without_gap_or_overlap(
    clips: list[tuple[float, float]], rate: tuple[int, int], passages: list[str | None], length: float
) -> None:
    cuts = [cut(f"c{n}", "s1", start, start + lasts) for n, (start, lasts) in enumerate(clips, 1)]
    between = [
        {"type": "transition", "after": f"c{n}", "kind": kind, "length": length}
        for n, kind in enumerate(passages[: len(clips) - 1], 1)
        if kind
    ]
    edit = plan([_talk(duration=60.0, words=[])], *cuts, *between, rate={"num": rate[0], "den": rate[1]})
    if check(edit):
        return
    timeline = compile(edit)
    edges = [0, *(picture.end_frame for picture in timeline.pictures)]
    assert [picture.first_frame for picture in timeline.pictures] == edges[:-1]
    assert edges[-1] == timeline.frames == timeline.clips[-1].end_frame
    assert all(picture.frames > 0 for picture in timeline.pictures)


@pytest.mark.parametrize("rate", [(24, 1), (25, 1), (30, 1), (60000, 1001)])
def test_a_clip_by_shots_holds_them_whole_and_nothing_of_their_neighbours(
    rate: tuple[int, int], talk: Path, ffmpeg: Ffmpeg
) -> None:
    # At 30 frames a second one shot begins with frame 41, another one with frame 99.
    spans = [{"start": 0, "end": 1.367}, {"start": 1.367, "end": 3.3}, {"start": 3.3, "end": 8}]
    known = source("s1", talk, 8, shots=spans)
    shape = {"rate": {"num": rate[0], "den": rate[1]}}
    whole = plan([known], {**cut("c1", "s1", 0, 1), "start": None, "end": None, "first_shot": 2}, **shape)
    seen = shown(whole, {"s1": talk}, ffmpeg)
    assert (seen[0] in (41, 42), seen[-1] in (97, 98)) == (True, True)
    two = plan([known], {**cut("c1", "s1", 0, 1), "start": None, "end": None, "first_shot": 1, "last_shot": 2}, **shape)
    assert compile(two).clips[0].cut_out == pytest.approx(3.3, abs=0.03)
