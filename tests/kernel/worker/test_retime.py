"""retime and pacing: speeds, ramps and freezes, frame by frame on numbered footage."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.worker.camera import camera_of
from kernel.worker.compile import HELD, check, compile
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.filters import FILTERS
from kernel.worker.graph import picture_graph
from kernel.worker.render import render
from kernel.worker.runs import UNIT, place
from kernel.worker.timing import ClipSpan, locate
from tests.kernel.worker.looking import looked, parted, shown
from tests.kernel.worker.scenes import (
    RATE,
    Sound,
    cut,
    numbers,
    plan,
    read_frames,
    read_sound,
    said,
    source,
    words,
)

MAX_ARGUMENT = 2**17
"""Bytes of one argument of a command, as Linux allows it."""
RAMP = [{"at": 2.0, "factor": 1.0}, {"at": 3.0, "factor": 4.0}, {"at": 4.0, "factor": 4.0}, {"at": 5.0, "factor": 0.5}]


def _speed(of: str = "c1", **more: Any) -> dict[str, Any]:
    return {"type": "speed", "of": of, **more}


def _freeze(**more: Any) -> dict[str, Any]:
    return {"type": "freeze", "clip": "c1", "length": 0.5, **more}


def _planned(clip: ClipSpan, rate: Fraction, source_rate: Fraction) -> list[int]:
    """Return the source frames of a clip by the conform policy's words, from the places of its runs."""
    lead = Fraction(9, 20) * min(1 / rate, 1 / source_rate)
    at = [Fraction(place(clip.runs, n), UNIT) / rate for n in range(clip.frames)]
    return [int((time + lead) * source_rate // 1) for time in at]


@pytest.mark.parametrize(
    ("factor", "planned"),
    [(2.0, list(range(30, 90, 2))), (0.5, [30 + n // 2 for n in range(120)]), (20.0, [30, 50, 70])],
)
def test_a_speed_shows_every_nth_frame_or_repeats_them(
    factor: float, planned: list[int], talk: Path, ffmpeg: Ffmpeg
) -> None:
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 1, 3), cut("c2", "s1", 4, 5), _speed(factor=factor))
    assert shown(edit, {"s1": talk}, ffmpeg) == [*planned, *range(120, 150)]


def test_backwards_play_shows_the_same_frames_the_last_one_first(talk: Path, ffmpeg: Ffmpeg) -> None:
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 1, 3), _speed(reverse=True, factor=0.5))
    assert shown(edit, {"s1": talk}, ffmpeg) == [30 + n // 2 for n in reversed(range(120))]


def test_slow_motion_uses_every_frame_of_footage_at_a_higher_rate(talk: Path, ffmpeg: Ffmpeg) -> None:
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 1, 2), _speed(factor=0.4), rate={"num": 12, "den": 1})
    assert shown(edit, {"s1": talk}, ffmpeg) == list(range(30, 60))


@pytest.mark.parametrize("rate", [{"num": 30, "den": 1}, {"num": 25, "den": 1}, {"num": 24000, "den": 1001}])
def test_a_ramp_shows_the_planned_frames(rate: dict[str, int], talk: Path, ffmpeg: Ffmpeg) -> None:
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 1, 6), _speed(ramp=RAMP), rate=rate)
    timeline = compile(edit)
    planned = _planned(timeline.clips[0], timeline.rate.fraction, Fraction(30))
    assert planned == sorted(planned)
    assert shown(edit, {"s1": talk}, ffmpeg) == planned
    steps = {step for run in timeline.clips[0].runs if (step := run.step)}
    assert (min(steps), max(steps)) == (500, 4000)
    assert len(steps) > 20


@pytest.mark.parametrize("more", [{}, {"reverse": True}, {"smooth": True}])
def test_pieces_of_a_ramp_with_a_freeze_are_those_of_the_whole(
    more: dict[str, Any], talk: Path, ffmpeg: Ffmpeg
) -> None:
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 1, 6), _speed(ramp=RAMP, **more), _freeze(at=3.5))
    timeline = compile(edit)
    whole, pieces = (looked(edit, {"s1": talk}, ffmpeg, parted(timeline, size)) for size in (1000, 17))
    assert whole.shape == pieces.shape
    assert np.abs(whole.astype(int) - pieces).max() <= (2 if more.get("smooth") else 0)


def test_smooth_slow_motion_blends_what_lies_between_two_frames(talk: Path, ffmpeg: Ffmpeg) -> None:
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 1, 2), _speed(factor=0.25, smooth=True))
    seen = looked(edit, {"s1": talk}, ffmpeg)
    assert numbers(seen[::4]) == list(range(30, 60))
    # The first block is dark in frame 30 and light in frame 31.
    corner = seen[:5, 4:20, 4:20].mean(axis=(1, 2))
    assert corner == pytest.approx(np.linspace(corner[0], corner[4], 5), abs=4)


@pytest.mark.parametrize(
    ("freeze", "held"), [({"at": 2.0}, 60), ({}, 89), ({"at": 1.0}, 30), ({"after_word": "s1w1"}, 77)]
)
def test_a_freeze_holds_one_frame_and_goes_on(freeze: dict[str, Any], held: int, talk: Path, ffmpeg: Ffmpeg) -> None:
    known = source("s1", talk, 8, words=words("s1", ("One", 1.1, 1.5), ("two", 1.6, 2.5), ("three", 2.6, 2.9)))
    edit = plan([known], cut("c1", "s1", 1, 3), cut("c2", "s1", 5, 6), _freeze(**freeze))
    planned = [*range(30, held + 1), *[held] * 15, *range(held + 1, 90), *range(150, 180)]
    assert shown(edit, {"s1": talk}, ffmpeg) == planned


def test_words_covers_and_what_follows_move_with_the_speed(talk: Path, ffmpeg: Ffmpeg) -> None:
    known = source("s1", talk, 8, words=words("s1", ("One", 1.0, 1.4), ("two", 2.0, 2.4), ("three", 2.6, 2.9)))
    cover = {"type": "cover", "id": "b1", "clip": "c1", "offset": 1.05, "length": 0.4, "source": "s1", "why": ""}
    edit = plan([known], said("c1", "s1", 0, 2), cut("c2", "s1", 5, 6), cover, _speed(factor=2.0))
    timeline = compile(edit)
    first = timeline.clips[0]
    assert (first.frames, timeline.clips[1].first_frame) == (31, 31)
    assert [(w.first_frame, w.last_frame) for w in timeline.spoken] == [(1, 7), (16, 22), (25, 29)]
    assert [(p.shot.of, p.first_frame, p.frames) for p in timeline.pictures][1] == ("b1", 16, 6)
    assert locate(timeline, 16.5 / 30) == locate(timeline, 16.5 / 30).model_copy(  # type: ignore[union-attr]
        update={"clip": "c1", "source_time": round(28 / 30 + 33 / 30, 3), "word": "s1w1"}
    )


def test_the_sound_follows_the_picture_without_a_hole() -> None:
    known = {"id": "s1", "hash": "1" * 64, "name": "a", "kind": "video", "duration": 8.0, "width": 320, "height": 180}
    known |= {"rate": {"num": 30, "den": 1}, "has_sound": True}
    edit = plan([known], cut("c1", "s1", 1, 6), _speed(ramp=RAMP, sound="keep"), _freeze(at=3.5), _freeze())
    timeline = compile(edit)
    clip = timeline.clips[0]
    paces = clip.paces(timeline.rate)
    assert paces[0].start == Fraction(clip.source_frame) / timeline.rate.fraction
    assert all(a.end == b.start for a, b in pairwise(paces))
    assert sum(pace.lasts for pace in paces) == Fraction(clip.frames) / timeline.rate.fraction
    assert [float(pace.lasts) for pace in paces if pace.start == pace.end] == [0.5, 0.5]


def test_sound_is_left_out_where_talk_would_be_noise(talk: Path) -> None:
    known = source("s1", talk, 8, words=words("s1", ("One", 1.0, 1.4), ("two", 2.0, 2.4)))
    silent = {
        str(more): (clip.silent, len(timeline.spoken))
        for more in ({"factor": 2.0}, {"factor": 2.5}, {"factor": 3.0, "sound": "keep"}, {"reverse": True})
        for timeline in [compile(plan([known], said("c1", "s1", 0, 1), _speed(**more)))]
        for clip in timeline.clips
    }
    assert list(silent.values()) == [(False, 2), (True, 0), (False, 2), (True, 0)]


def test_a_cover_at_another_speed_keeps_its_length(talk: Path, slow: Path, ffmpeg: Ffmpeg) -> None:
    silent = source("s2", slow, 6, rate={"num": 25, "den": 1}, has_sound=False)
    cover = {"type": "cover", "id": "b1", "clip": "c1", "source": "s2", "start": 1.0, "length": 0.4, "why": ""}
    edit = plan([source("s1", talk, 8), silent], cut("c1", "s1", 1, 2), cover, _speed("b1", factor=3.0))
    assert shown(edit, {"s1": talk, "s2": slow}, ffmpeg)[:12] == [int(25 + 2.5 * n + 0.375) for n in range(12)]


def test_a_dissolve_goes_on_at_the_speed_of_its_shots(talk: Path, ffmpeg: Ffmpeg) -> None:
    passage = {"type": "transition", "after": "c1", "kind": "dissolve", "length": 0.2}
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 1, 2), cut("c2", "s1", 4, 5), passage, _speed(factor=2.0))
    into = next(p for p in compile(edit).pictures if p.into)
    assert (into.first_frame, into.frames) == (12, 6)
    assert [(run.at, run.step) for run in into.shot.course] == [(54000, 2000)]


@pytest.mark.parametrize(
    ("operation", "sentence"),
    [
        (_speed(factor=2.0, ramp=RAMP), "has a factor and a ramp"),
        (_speed(ramp=RAMP[:1]), "needs two moments or more"),
        (_speed(ramp=RAMP[::-1]), "needs two moments or more"),
        (
            _speed("c2", ramp=[{"at": 0, "factor": 1}, {"at": 0.5, "factor": 2}]),
            "lies outside it: it shows s1 from 4.00 s",
        ),
        (_speed(factor=2, reverse=True, sound="keep"), "cannot be kept backwards"),
        (_speed(factor=10, sound="keep"), "cannot be kept at that speed"),
        (_speed("c9", factor=2), "names c9, which is no clip or cover"),
        (_speed("c3", factor=2), "s2 is a still"),
        (_speed("b1", factor=4), "Cover b1 shows s1 from 6.00 s for 4.00 s"),
        (_speed("c2", factor=20), "c2 lasts 0.07 s at that speed"),
        (_freeze(clip="c9"), "names c9, which is no clip"),
        (_freeze(at=5), "is at 5.00 s of s1, but the clip shows 1.00 s to 3.00 s"),
        (_freeze(after_word="s1w9"), "comes after s1w9, which is no word of that clip"),
        (_freeze(at=2, after_word="s1w9"), "has both at and after_word"),
        (_freeze(clip="c3"), "s2 is no video"),
    ],
)
def test_what_cannot_be_retimed_is_said(operation: dict[str, Any], sentence: str, talk: Path) -> None:
    cover = {
        "type": "cover",
        "id": "b1",
        "clip": "c1",
        "offset": 0.5,
        "length": 1,
        "source": "s1",
        "start": 6,
        "why": "",
    }
    still = source("s2", talk, 0, kind="still", has_sound=False)
    cuts = [cut("c1", "s1", 1, 3), cut("c2", "s1", 4, 5), cut("c3", "s2", 0, 1)]
    found = check(plan([source("s1", talk, 8), still], *cuts, cover, operation))
    assert any(sentence in one for one in found), found


def test_a_second_speed_of_a_clip_is_refused(talk: Path) -> None:
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 1, 3), _speed(factor=2), _speed(factor=3))
    assert check(edit) == ["There are 2 speeds of c1: one is enough; a ramp changes the speed inside it."]


def test_a_speed_of_all_leaves_clips_that_have_their_own(talk: Path) -> None:
    cuts = [cut("c1", "s1", 1, 3), cut("c2", "s1", 4, 6)]
    timeline = compile(plan([source("s1", talk, 8)], *cuts, _speed("*", factor=2), _speed("c2", factor=0.5)))
    assert [clip.frames for clip in timeline.clips] == [30, 120]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 40), st.floats(0.1, 20)), min_size=0, max_size=4),
    st.floats(0.1, 20),
    st.booleans(),
    st.lists(st.floats(0, 40), max_size=2),
    st.booleans(),
    st.sampled_from([(24, 1), (30000, 1001), (60, 1), (120, 1)]),
)
def test_whatever_the_speed_places_stay_inside_the_clip_and_graphs_inside_their_bounds(
    ramp: list[tuple[float, float]],
    factor: float,
    reverse: bool,
    freezes: list[float],
    smooth: bool,
    rate: tuple[int, int],
) -> None:
    known = {"id": "s1", "hash": "1" * 64, "name": "a", "kind": "video", "duration": 40.0, "width": 320, "height": 180}
    points = [{"at": at, "factor": fast} for at, fast in sorted(ramp)]
    how = {"ramp": points} if points else {"factor": factor}
    speed = _speed(reverse=reverse, smooth=smooth, **how)
    held = [_freeze(at=at) for at in freezes]
    shape = {"num": rate[0], "den": rate[1]}
    edit = plan([{**known, "rate": shape}], cut("c1", "s1", 3, 30), speed, *held, rate=shape)
    if check(edit):
        return
    timeline = compile(edit)
    (clip,) = timeline.clips
    low, high = round(3 * timeline.rate.fraction), round(30 * timeline.rate.fraction)
    seen = [place(clip.runs, n) // UNIT for n in range(clip.frames)] or [clip.source_frame]
    assert low <= min(seen) <= max(seen) < max(high, low + 1)
    assert sum(picture.frames for picture in timeline.pictures) == timeline.frames == clip.frames
    for picture in timeline.pictures:
        graph = picture_graph(edit, timeline, picture, (320, 180), None).text
        assert len(graph) < MAX_ARGUMENT
        assert set(re.findall(r"(?:^|\]|;)([a-z]\w+)=", graph)) <= FILTERS


@pytest.mark.parametrize(("factor", "frames"), [(2.0, 120), (0.5, 480)])
def test_a_camera_that_follows_finds_the_face_at_any_speed(factor: float, frames: int) -> None:
    known = {"id": "s1", "hash": "1" * 64, "name": "a", "kind": "video", "duration": 8.0, "width": 640, "height": 180}
    faces = [{"at": n / 2, "x": 0.3 + 0.05 * n / 2, "y": 0.5, "height": 0.3} for n in range(17)]
    follow = {"type": "reframe", "of": "c1", "mode": "follow"}
    ways = []
    for speed in ([], [_speed(factor=factor)]):
        edit = plan([{**known, "rate": {"num": 30, "den": 1}, "faces": faces}], cut("c1", "s1", 0, 8), follow, *speed)
        shot = compile(edit).clips[0].shot
        ways.append(camera_of(edit, shot, edit.source("s1")).x)
    assert len(ways[1]) == frames
    assert np.ptp(ways[0]) > 0.2
    assert np.interp(np.arange(frames) * factor, np.arange(240), ways[0]) == pytest.approx(ways[1], abs=1e-3)


def _onsets(sound: Sound) -> list[float]:
    """Return the seconds at which beeps begin."""
    whole = sound[: len(sound) // 240 * 240].mean(axis=1)
    level = np.abs(whole).reshape(-1, RATE // 200).max(axis=1) > 0.1
    begins = np.flatnonzero(level & ~np.concatenate([np.zeros(20, bool), level[:-20]]))
    return [float(at) / 200 for at in begins if not level[max(0, at - 20) : at].any()]


def test_picture_and_sound_stay_together_whatever_the_speed_and_whoever_makes_the_pieces(
    talk: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    ramp = [{"at": 3.0, "factor": 1.0}, {"at": 5.0, "factor": 0.5}]
    cuts = [cut("c1", "s1", 0.4, 2.4), cut("c2", "s1", 2.4, 5.4), cut("c3", "s1", 5.4, 7.4)]
    timed = [_speed(factor=2.0), _speed("c2", ramp=ramp), _freeze(clip="c3", at=6.5), _split_after("c1")]
    edit = plan([source("s1", talk, 8)], *cuts, *timed)
    made = [tmp_path / f"{workers}.mp4" for workers in (1, 3)]
    for workers, path in zip((1, 3), made, strict=True):
        render(edit, {"s1": talk}, path, tmp_path / f"cache{workers}", ffmpeg, workers=workers)
    assert made[0].read_bytes() == made[1].read_bytes()
    timeline, frames = compile(edit), read_frames(made[0], ffmpeg)
    bright = frames[:, 100:].mean(axis=(1, 2)) > 170
    flashes = [int(n) for n in np.flatnonzero(bright) if not bright[n - 1]]
    spans = [clip for clip in timeline.clips for second in range(1, 8) if clip.cut_in <= second < clip.cut_out]
    planned = [float(clip.frame_of(at, timeline.rate)) for clip, at in zip(spans, range(1, 8), strict=True)]
    assert flashes == pytest.approx(planned, abs=1)
    assert [at * 30 for at in _onsets(read_sound(made[0], ffmpeg))] == pytest.approx(planned, abs=1)


def _split_after(clip: str) -> dict[str, Any]:
    return {"type": "split", "after": clip, "kind": "J", "length": 0.2}


def test_backwards_play_is_made_in_pieces_that_hold_few_pictures_at_once() -> None:
    known = {
        "id": "s1",
        "hash": "1" * 64,
        "name": "a",
        "kind": "video",
        "duration": 60.0,
        "width": 1920,
        "height": 1080,
    }
    edit = plan([{**known, "rate": {"num": 30, "den": 1}}], cut("c1", "s1", 1, 31), _speed(reverse=True))
    assert max(picture.frames for picture in compile(edit).pictures) * 1920 * 1080 * 1.5 <= HELD
