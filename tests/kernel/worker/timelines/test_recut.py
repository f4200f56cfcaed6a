"""An editor's changes become the next plan: what was done on the timeline, frame by frame, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kernel.errors import BadInput
from kernel.worker.compile import check, compile, lay
from kernel.worker.media import Rate
from kernel.worker.ops.captions import Captions
from kernel.worker.ops.cover import Cover
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.freeze import Freeze
from kernel.worker.ops.music import Music
from kernel.worker.ops.reframe import Reframe
from kernel.worker.ops.speed import Speed
from kernel.worker.ops.split import Split
from kernel.worker.ops.title import Title
from kernel.worker.ops.transition import Transition
from kernel.worker.plan import EditPlan
from kernel.worker.timelines.edl import EDL
from kernel.worker.timelines.fcpxml import FCPXML
from kernel.worker.timelines.parts import source_of
from kernel.worker.timelines.recut import Recut, recut
from kernel.worker.timelines.strips import Strip, edited
from tests.kernel.worker.timelines.cuts import (
    cut_both,
    frames,
    item,
    laid,
    random_plan,
    remove,
    remove_both,
    returned,
    track,
    trim,
)

RATE = Rate(num=25, den=1)


def plan_of(*operations: dict[str, Any], **output: Any) -> EditPlan:
    """Return a plan of three clips, two of words and one of seconds, and more operations."""
    body = EditPlan.read(EditPlan.EXAMPLE).body()
    words = [
        {"id": f"s1w{n}", "text": f"word{n}", "start": n + 0.1, "end": n + 0.8, "probability": 1, "cut_in": n + 0.04}
        | {"cut_out": n + 0.9}
        for n in range(10)
    ]
    body["output"] |= {"rate": RATE.model_dump(), **output}
    body["sources"][0] |= {"rate": RATE.model_dump(), "duration": 12.0, "words": words}
    cuts = [
        {"type": "cut", "id": "c1", "source": "s1", "first_word": "s1w0", "last_word": "s1w2", "why": "a beginning"},
        {"type": "cut", "id": "c2", "source": "s1", "first_word": "s1w4", "last_word": "s1w5", "why": "a middle"},
        {"type": "cut", "id": "c3", "source": "s1", "start": 8.0, "end": 10.0, "why": "an end"},
    ]
    body["operations"] = [*cuts, *operations, {"type": "captions"}, {"type": "loudness"}]
    return EditPlan.read(body)


def cut(made: Recut, id: str) -> Cut:
    """Return a clip of a plan."""
    return next(cut for cut in made.plan.each(Cut) if cut.id == id)


def lies(plan: EditPlan) -> list[tuple[str, int, int]]:
    """Return each clip's id, first frame of its source and frames."""
    return [(clip.id, clip.source_frame, clip.frames) for clip in lay(plan)]


def test_a_trimmed_clip_has_the_editors_frames_and_the_others_keep_their_words() -> None:
    plan = plan_of()
    assert lies(plan) == [("c1", 1, 72), ("c2", 101, 47), ("c3", 200, 50)]
    made = returned(plan, lambda timeline: cut_both(timeline, "c1", head=5, tail=7))
    assert lies(made.plan) == [("c1", 6, 60), ("c2", 101, 47), ("c3", 200, 50)]
    assert (cut(made, "c1").first_word, cut(made, "c1").start, cut(made, "c1").end) == (None, 0.24, 2.64)
    assert cut(made, "c1").why == "a beginning"
    assert (cut(made, "c2").first_word, cut(made, "c2").last_word) == ("s1w4", "s1w5")
    assert made.changes == ("1 clip trimmed (c1)",)
    assert made.left == ()
    assert check(made.plan) == []


def test_clips_change_places() -> None:
    def reorder(timeline: Any) -> None:
        for lane in (track(timeline, "V1"), track(timeline, "A1")):
            clip = lane[2].deepcopy()
            del lane[2]
            lane.insert(0, clip)

    made = returned(plan_of(), reorder)
    assert [clip.id for clip in lay(made.plan)] == ["c3", "c1", "c2"]
    assert made.changes == ("the order changed",)


def test_a_clip_that_is_taken_out_takes_along_what_belonged_to_it_alone() -> None:
    title = {"type": "title", "id": "t1", "text": "Hello", "clip": "c2", "offset": 0.2, "length": 1.0}
    frame = {"type": "reframe", "of": "c2", "mode": "blur"}
    made = returned(
        plan_of(title, frame, {"type": "reframe", "of": "*", "mode": "letterbox"}),
        lambda timeline: remove_both(timeline, "c2"),
    )
    assert [clip.id for clip in lay(made.plan)] == ["c1", "c3"]
    assert made.plan.each(Title) == ()
    assert [frame.of for frame in made.plan.each(Reframe)] == ["*"]
    assert len(made.plan.each(Captions)) == 1
    assert made.left == (
        "The title t1 was left out: c2, which it belongs to, is gone.",
        "The reframe was left out: c2, which it belongs to, is gone.",
    )


def test_words_stay_where_a_neighbour_goes_unless_a_frame_would_change() -> None:
    body = plan_of().body()
    body["operations"][1] |= {"first_word": "s1w3"}
    body["sources"][0]["words"][2]["cut_out"] = 3.01  # 75.25 frames: alone it ends with frame 76, joined with 75
    body["sources"][0]["words"][3]["cut_in"] = 3.01
    plan = EditPlan.read(body)
    before = {id: (start, count) for id, start, count in lies(plan)}
    assert before["c1"] == (1, 74)
    made = returned(plan, lambda timeline: remove_both(timeline, "c2"))
    assert lies(made.plan)[0] == ("c1", 1, 74)
    assert cut(made, "c1").first_word is None


def split(id: str, at: int, gap: int = 0) -> Callable[[Any], None]:
    """Return an edit that cuts a clip in two, and takes frames out between them."""

    def edit(timeline: Any) -> None:
        for name in ("V1", "A1"):
            lane, clip = track(timeline, name), item(timeline, id, name)
            rest = clip.deepcopy()
            lasts = clip.source_range.duration.value
            trim(clip, tail=lasts - at)
            trim(rest, head=at + gap)
            lane.insert(lane.index(clip) + 1, rest)

    return edit


def test_a_clip_that_is_cut_in_two_keeps_its_id_for_the_first_piece() -> None:
    title = {"type": "title", "id": "t1", "text": "Hello", "clip": "c1", "offset": 2.0, "length": 0.8}
    made = returned(plan_of(title, {"type": "reframe", "of": "c1", "mode": "blur"}), split("c1", 30, gap=10))
    assert lies(made.plan) == [("c1", 1, 30), ("c4", 41, 32), ("c2", 101, 47), ("c3", 200, 50)]
    [title_now] = made.plan.each(Title)
    assert (title_now.clip, title_now.offset) == ("c4", 0.4)
    assert [frame.of for frame in made.plan.each(Reframe)] == ["c1", "c4"]
    assert made.changes == ("1 clip split (c1)",)


def test_what_stands_at_a_moment_of_a_clip_stays_at_that_moment() -> None:
    title = {"type": "title", "id": "t1", "text": "Hello", "clip": "c1", "offset": 1.0, "length": 1.0}
    early = {"type": "title", "id": "t2", "text": "Early", "clip": "c2", "offset": 0.0, "length": 1.0}
    late = {"type": "title", "id": "t3", "text": "Late", "clip": "c3", "offset": 1.6, "length": 1.0}

    def edit(timeline: Any) -> None:
        cut_both(timeline, "c1", head=10)
        cut_both(timeline, "c2", head=10)
        cut_both(timeline, "c3", tail=15)

    made = returned(plan_of(title, early, late), edit)
    assert [(t.id, t.offset) for t in made.plan.each(Title)] == [("t1", 0.6), ("t2", 0.0)]
    assert made.left == ("The title t3 was left out: the part of c3 that it stood on is gone.",)


def added(reference: Any, name: str = "") -> Callable[[Any], None]:
    """Return an edit that puts a second of some file at the end."""

    def edit(timeline: Any) -> None:
        lasts = otio.opentime.TimeRange(frames(50, RATE), frames(25, RATE))
        track(timeline, "V1").append(otio.schema.Clip(name, reference, lasts))

    return edit


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        (otio.schema.ExternalReference("file:///elsewhere/other.mov"), "x"),
        (otio.schema.ExternalReference("C:\\rushes\\talk.mp4"), "x"),
        (otio.schema.ExternalReference("file:///elsewhere/talk.mp4"), "x"),
        (otio.schema.MissingReference(), "talk.mp4"),
        (otio.schema.MissingReference(), "talk"),
    ],
    ids=["hash", "windows path", "file name", "clip name", "stem"],
)
def test_an_added_clip_is_known_by_its_hash_its_file_or_its_name(reference: Any, name: str) -> None:
    if name == "x" and reference.target_url.endswith("other.mov"):
        reference.metadata["rushes"] = {"hash": "1" * 64}
    made = returned(plan_of(), added(reference, name))
    new = made.plan.each(Cut)[-1]
    assert (new.source, lies(made.plan)[-1][1:]) == ("s1", (50, 25))


def test_an_unknown_file_is_left_out_and_said() -> None:
    made = returned(plan_of(), added(otio.schema.ExternalReference("file:///etc/passwd"), "secrets"))
    assert made.plan.operations == plan_of().operations
    assert made.left == ("secrets at 6.76 s shows a file that is no source of this job: drop it there first.",)


COVER = {"type": "cover", "id": "b1", "clip": "c1", "offset": 0.4, "length": 1.0, "source": "s2", "why": "a city"}


def slide(timeline: Any, by: int) -> None:
    """Move the first thing of the cover track."""
    gap = track(timeline, "V2")[0]
    trim(gap, tail=-by)


def test_a_cover_moves_and_may_come_to_lie_over_another_clip() -> None:
    made = returned(plan_of(COVER), lambda timeline: slide(timeline, 5))
    [cover] = made.plan.each(Cover)
    assert (cover.clip, cover.offset, cover.length, cover.why) == ("c1", 0.6, 1.0, "a city")
    assert made.changes == ("1 cover changed (b1)",)
    made = returned(plan_of(COVER), lambda timeline: slide(timeline, 70))
    assert [(cover.clip, cover.offset) for cover in made.plan.each(Cover)] == [("c2", 0.32)]


def test_a_cover_over_a_cut_becomes_two() -> None:
    made = returned(plan_of(COVER), lambda timeline: slide(timeline, 50))
    covers = made.plan.each(Cover)
    assert [(c.id, c.clip, c.offset, c.length) for c in covers] == [("b1", "c1", 2.4, 0.48), ("b2", "c2", 0.0, 0.52)]
    assert check(made.plan) == []


def test_a_cover_stays_where_it_lies_when_the_clip_under_it_is_trimmed_at_its_head() -> None:
    made = returned(plan_of(COVER), lambda timeline: cut_both(timeline, "c1", head=5))
    [cover] = made.plan.each(Cover)
    assert (cover.offset, cover.length) == (0.4, 1.0)


def test_a_cover_that_is_taken_out_is_gone() -> None:
    made = returned(
        plan_of(COVER, {"type": "reframe", "of": "b1", "mode": "blur"}), lambda timeline: remove(timeline, "b1", "V2")
    )
    assert made.plan.each(Cover) == ()
    assert made.changes == ("1 cover removed (b1)",)
    assert made.left == ("The reframe was left out: b1, which it belongs to, is gone.",)


def test_a_picture_on_a_track_above_becomes_a_cover() -> None:
    def edit(timeline: Any) -> None:
        new = otio.schema.Track("V3", kind="Video")
        new.append(otio.schema.Gap(source_range=otio.opentime.TimeRange(frames(0, RATE), frames(80, RATE))))
        lasts = otio.opentime.TimeRange(frames(0, RATE), frames(20, RATE))
        new.append(otio.schema.Clip("city.png", otio.schema.MissingReference(), lasts))
        timeline.tracks.append(new)

    made = returned(plan_of(), edit)
    [cover] = made.plan.each(Cover)
    assert (cover.source, cover.clip, cover.offset, cover.length) == ("s2", "c2", 0.32, 0.8)


DISSOLVE = {"type": "transition", "after": "c1", "kind": "dissolve", "length": 0.4}


def passage(timeline: Any) -> Any:
    """Return the transition of the picture track."""
    return next(i for i in track(timeline, "V1") if isinstance(i, otio.schema.Transition))


def test_a_transition_becomes_longer_or_is_taken_out() -> None:
    def longer(timeline: Any) -> None:
        passage(timeline).in_offset = passage(timeline).out_offset = frames(10, RATE)

    made = returned(plan_of(DISSOLVE), longer)
    assert [t.length for t in made.plan.each(Transition)] == [0.8]
    assert made.changes == ("1 transition changed (c1)",)
    made = returned(plan_of(DISSOLVE), lambda t: track(t, "V1").remove(passage(t)))
    assert made.plan.each(Transition) == ()


def test_a_transition_that_begins_at_the_cut_is_centred_with_the_same_pictures() -> None:
    def edit(timeline: Any) -> None:
        passage(timeline).in_offset, passage(timeline).out_offset = frames(0, RATE), frames(10, RATE)

    made = returned(plan_of(DISSOLVE), edit)
    assert lies(made.plan)[:2] == [("c1", 1, 77), ("c2", 106, 42)]
    [found] = made.plan.each(Transition)
    assert found.window(77, RATE) == (72, 10)


def test_a_transition_that_no_longer_fits_is_left_out_and_said() -> None:
    made = returned(plan_of(DISSOLVE), lambda timeline: cut_both(timeline, "c2", head=44))
    assert made.plan.each(Transition) == ()
    assert made.left[0].startswith("The transition was left out. The transition after c1 takes 0.40 s round the cut")


def test_a_new_transition_becomes_a_dissolve() -> None:
    def edit(timeline: Any) -> None:
        new = otio.schema.Transition("star wipe", "Star", frames(5, RATE), frames(5, RATE))
        track(timeline, "V1").insert(1, new)

    made = returned(plan_of(), edit)
    assert [(t.after, t.kind, t.length) for t in made.plan.each(Transition)] == [("c1", "dissolve", 0.4)]
    assert made.left == ("The transition Star after c1 is none that a plan knows: it became a dissolve.",)


def test_music_is_taken_out_or_begins_elsewhere() -> None:
    plan = plan_of({"type": "music", "source": "s3", "level_db": -18.0})
    assert returned(plan, lambda timeline: remove(timeline, "music", "A2")).plan.each(Music) == ()
    made = returned(plan, lambda timeline: trim(item(timeline, "music", "A2"), head=25))
    assert [(m.start, m.level_db) for m in made.plan.each(Music)] == [(1.0, -18.0)]


def test_a_speed_of_the_editor_becomes_a_speed_of_the_plan() -> None:
    def edit(timeline: Any) -> None:
        for name in ("V1", "A1"):
            item(timeline, "c3", name).effects.append(otio.schema.LinearTimeWarp(time_scalar=2.0))
        cut_both(timeline, "c3", tail=25)

    made = returned(plan_of(), edit)
    assert [(s.of, s.factor) for s in made.plan.each(Speed)] == [("c3", 2.0)]
    assert lies(made.plan)[-1] == ("c3", 200, 25)
    assert (cut(made, "c3").start, cut(made, "c3").end) == (8.0, 10.0)


def test_a_trimmed_clip_keeps_its_speed_and_takes_its_share_of_the_source() -> None:
    plan = plan_of({"type": "speed", "of": "c3", "factor": 2.0})
    made = returned(plan, lambda timeline: cut_both(timeline, "c3", tail=5))
    assert lies(made.plan)[-1] == ("c3", 200, 20)
    assert (cut(made, "c3").start, cut(made, "c3").end) == (8.0, 9.6)
    assert [s.of for s in made.plan.each(Speed)] == ["c3"]


def test_a_speed_that_is_taken_off_is_taken_off() -> None:
    plan = plan_of({"type": "speed", "of": "c3", "factor": 2.0})
    made = returned(plan, lambda timeline: item(timeline, "c3").effects.clear())
    assert made.plan.each(Speed) == ()
    assert lies(made.plan)[-1] == ("c3", 200, 25)


def test_a_freeze_stays_with_the_piece_that_it_stands_in() -> None:
    plan = plan_of({"type": "freeze", "clip": "c3", "at": 9.0, "length": 1.0})
    made = returned(plan, lambda timeline: cut_both(timeline, "c1", tail=5))
    assert [f.clip for f in made.plan.each(Freeze)] == ["c3"]
    assert lies(made.plan)[-1] == lies(plan)[-1]


def test_a_split_edit_comes_in_and_goes_out() -> None:
    def roll(timeline: Any) -> None:
        trim(item(timeline, "c1"), tail=10)
        trim(item(timeline, "c2"), head=-10)

    made = returned(plan_of(), roll)
    assert [(s.after, s.kind, s.length) for s in made.plan.each(Split)] == [("c1", "L", 0.4)]
    assert lies(made.plan) == lies(plan_of())
    assert all(clip.by_words for clip in made.plan.each(Cut)[:2])

    def straight(timeline: Any) -> None:
        trim(item(timeline, "c1"), tail=-10)
        trim(item(timeline, "c2"), head=10)

    back = returned(made.plan, straight)
    assert back.plan.each(Split) == ()


def test_sound_that_was_moved_away_from_its_picture_is_said() -> None:
    def edit(timeline: Any) -> None:
        heard = track(timeline, "A1")
        heard.insert(0, otio.schema.Gap(source_range=otio.opentime.TimeRange(frames(0, RATE), frames(5, RATE))))

    made = returned(plan_of(), edit)
    assert any(said.startswith("The sound was cut apart from its picture") for said in made.left)


def test_holes_are_closed_and_said() -> None:
    def edit(timeline: Any) -> None:
        hole = otio.schema.Gap(source_range=otio.opentime.TimeRange(frames(0, RATE), frames(12, RATE)))
        track(timeline, "V1").insert(1, hole)
        track(timeline, "A1").insert(1, hole.deepcopy())

    made = returned(plan_of(), edit)
    assert lies(made.plan) == lies(plan_of())
    assert made.left == ("The holes between the clips were closed: in a plan one clip follows the other.",)


def test_what_a_plan_cannot_hold_is_said_one_sentence_each() -> None:
    def edit(timeline: Any) -> None:
        item(timeline, "c1").effects.append(otio.schema.Effect(effect_name="Blur"))
        video = track(timeline, "V1")
        nested = otio.schema.Stack("inner", source_range=otio.opentime.TimeRange(frames(0, RATE), frames(10, RATE)))
        video.append(nested)
        bars = otio.schema.GeneratorReference(generator_kind="SMPTEBars")
        video.append(otio.schema.Clip("bars", bars, otio.opentime.TimeRange(frames(0, RATE), frames(10, RATE))))
        item(timeline, "c3").enabled = item(timeline, "c3", "A1").enabled = False

    made = returned(plan_of(), edit)
    assert [clip.id for clip in lay(made.plan)] == ["c1", "c2"]
    assert made.left == (
        "The effect Blur on talk.mp4 (c1) at 0.00 s was left out.",
        "talk.mp4 (c3) at 4.76 s is switched off and was left out.",
        "The nested timeline inner at 6.76 s was left out: a plan holds clips of files only.",
        "The generated picture bars at 7.16 s was left out: a plan holds clips of files only.",
    )


def test_a_clip_beyond_the_end_of_its_source_is_shortened_or_left_out() -> None:
    made = returned(plan_of(), lambda timeline: cut_both(timeline, "c3", tail=-80))
    assert lies(made.plan)[-1] == ("c3", 200, 100)
    assert made.left[0].startswith("talk.mp4 (c3) at 4.76 s was 30 frames longer than what there is of talk.mp4")
    made = returned(plan_of(), lambda timeline: cut_both(timeline, "c3", head=3600 * 25, tail=-3600 * 25))
    assert [clip.id for clip in lay(made.plan)] == ["c1", "c2"]
    assert "is it counted by a camera's time code?" in made.left[0]


def test_a_timeline_of_which_nothing_can_be_used_is_refused() -> None:
    def edit(timeline: Any) -> None:
        for clip in list(timeline.find_clips()):
            clip.media_reference, clip.name = otio.schema.ExternalReference("file:///x.mov"), "x"

    with pytest.raises(BadInput, match=r"Nothing of this timeline can become a plan\. x at 0\.00 s shows a file"):
        returned(plan_of(), edit)


def test_a_clip_of_a_moment_is_refused_with_the_reason() -> None:
    with pytest.raises(BadInput, match=r"cannot become a plan\. Clip c3 goes from 8\.00 s to 8\.04 s"):
        returned(plan_of(), lambda timeline: cut_both(timeline, "c3", tail=49))


def test_a_narration_keeps_its_voice_where_only_covers_are_seen() -> None:
    body = plan_of({"type": "cover", "id": "b1", "clip": "c1", "source": "s2", "why": ""}).body()
    body["sources"][0] |= {"kind": "audio", "rate": None, "width": 0, "height": 0}
    body["operations"] = [o for o in body["operations"] if o.get("id") not in ("c2", "c3")]
    plan = EditPlan.read(body)
    made = returned(plan, lambda timeline: trim(item(timeline, "b1", "V2"), tail=0))
    assert made.plan is plan

    def edit(timeline: Any) -> None:
        trim(item(timeline, "c1", "A1"), tail=10)
        trim(item(timeline, "b1", "V2"), tail=10)

    made = returned(plan, edit)
    assert lies(made.plan) == [("c1", 1, 62)]
    assert made.left == ()


def test_a_timeline_without_our_marks_is_matched_by_what_it_shows() -> None:
    def edit(timeline: Any) -> None:
        timeline.metadata.clear()
        for clip in timeline.find_clips():
            clip.metadata.clear()
            clip.media_reference.metadata.clear()
        trim(track(timeline, "V1")[0], tail=5)
        del timeline.tracks[1]

    made = returned(plan_of(), edit)
    assert lies(made.plan) == [("c1", 1, 67), ("c2", 101, 47), ("c3", 200, 50)]
    assert cut(made, "c2").by_words


def test_an_edited_edl_leaves_what_it_cannot_show_with_its_clips() -> None:
    title = {"type": "title", "id": "t1", "text": "Hello", "clip": "c2", "offset": 0.2, "length": 1.0}
    plan = plan_of(COVER, title, {"type": "music", "source": "s3"})
    lines = EDL.write(laid(plan)).splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("003"))
    found = edited(EDL, "\n".join(lines[:start]).encode(), plan.output.rate)
    made = recut(plan, found)
    assert [clip.id for clip in lay(made.plan)] == ["c1", "c2"]
    assert [len(made.plan.each(kind)) for kind in (Cover, Title, Music)] == [1, 1, 1]
    assert made.changes == ("1 clip removed (c3)",)


def test_an_edited_fcpxml_is_trimmed_at_both_ends() -> None:
    plan = plan_of(COVER)
    text = FCPXML.write(laid(plan)).replace(
        'offset="119/25s" start="8s" duration="2s"', 'offset="119/25s" start="41/5s" duration="8/5s"'
    )
    made = recut(plan, edited(FCPXML, text.encode(), plan.output.rate))
    assert lies(made.plan) == [("c1", 1, 72), ("c2", 101, 47), ("c3", 205, 40)]
    assert made.plan.each(Cover) == plan.each(Cover)


def test_another_rate_goes_to_the_nearest_frames_and_is_said() -> None:
    def edit(timeline: Any) -> None:
        other = Rate(num=24, den=1)
        for clip in track(timeline, "V1"):
            lasts = clip.source_range.duration.value * 24 / 25
            clip.source_range = otio.opentime.TimeRange(clip.source_range.start_time, frames(round(lasts), other))

    made = returned(plan_of(), edit)
    assert any("24.00 frames a second and the plan 25.00" in said for said in made.left)
    assert [count for _, _, count in lies(made.plan)] == [72, 47, 50]


def _trim_both(timeline: Any, id: str, head: int, tail: int) -> None:
    """Trim a clip as editing programs do: its picture, and the sound that is linked to it."""
    for lane in (each for each in timeline.tracks if each.name in ("V1", "A1")):
        for lies in lane:
            if lies.metadata.get("rushes", {}).get("id") == id and not isinstance(lies, otio.schema.Gap):
                trim(lies, head, tail)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9), st.integers(0, 5), st.integers(0, 6), st.integers(0, 6))
def test_whatever_is_trimmed_the_plan_has_the_frames_of_the_timeline(
    seed: int, which: int, head: int, tail: int
) -> None:
    plan = random_plan(Random(seed))
    assume(not check(plan))
    # Their sound is drawn on its track at a speed of its own.
    assume(not any(plan.each(kind) for kind in (Split, Speed, Freeze)))
    clips = [clip for clip in lay(plan) if plan.source(clip.source).has_picture]
    assume(clips and all(plan.source(each.source).has_picture for each in lay(plan)))
    clip = clips[which % len(clips)]
    assume(clip.frames - head - tail > 3 * plan.output.rate.fraction // 10)
    made = returned(plan, lambda timeline: _trim_both(timeline, clip.id, head, tail))
    now = {each.id: each for each in lay(made.plan)}
    assert (now[clip.id].source_frame, now[clip.id].frames) == (clip.source_frame + head, clip.frames - head - tail)
    for other in lay(plan):
        if other.id != clip.id:
            assert (now[other.id].source_frame, now[other.id].frames) == (other.source_frame, other.frames)
    compile(made.plan)


def test_a_lut_of_the_same_name_is_not_taken_for_footage() -> None:
    body = EditPlan.EXAMPLE
    table = {"id": "s9", "hash": "9" * 64, "name": "talk.cube", "kind": "lut", "duration": 0}
    plan = EditPlan.read({**body, "sources": [table, *body["sources"]]})
    for name in ("talk", "talk.mp4"):
        found = source_of(plan, Strip(name, "", "", "", 0, 25, Fraction(0)))
        assert found is not None
        assert found.id == "s1"
