"""A plan goes out and comes back: exact to the frame at every rate, and the same plan where nobody changed anything."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from otio_fcpx_xml_adapter import fcpx_xml

from kernel.worker.compile import check, lay, shots
from kernel.worker.media import Rate
from kernel.worker.plan import EditPlan
from kernel.worker.timelines.base import TimelineFormat
from kernel.worker.timelines.edl import EDL
from kernel.worker.timelines.fcpxml import FCPXML
from kernel.worker.timelines.otio import OTIO
from kernel.worker.timelines.recut import recut
from kernel.worker.timelines.strips import edited
from kernel.worker.timelines.units import rate_of, shown
from tests.kernel.worker.timelines.cuts import EACH_RATE, MEDIA, item, laid, opened, random_plan, track

BACK = (OTIO, FCPXML, EDL)
each_rate = pytest.mark.parametrize("rate", EACH_RATE, ids=str)


def at_rate(rate: Rate, source: Rate | None = None) -> EditPlan:
    """Return the example plan at a rate, its first source at another."""
    body = EditPlan.read(EditPlan.EXAMPLE).body()
    body["output"]["rate"] = rate.model_dump()
    body["sources"][0]["rate"] = (source or rate).model_dump()
    return EditPlan.read(body)


@settings(max_examples=45, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9), st.sampled_from(BACK))
def test_a_plan_that_nobody_changed_comes_back_as_the_same_plan(seed: int, kind: TimelineFormat) -> None:
    plan = random_plan(Random(seed))
    assume(not check(plan))
    found = edited(kind, kind.write(laid(plan)).encode(), plan.output.rate)
    made = recut(plan, found)
    assert (made.changes, made.left) == ((), ())
    assert made.plan is plan
    assert found.plan == plan.digest


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9))
def test_every_edge_lies_on_the_very_frame_that_is_rendered(seed: int) -> None:
    plan = random_plan(Random(seed))
    assume(not check(plan))
    timeline = opened(plan)
    for shot in (shot for seen in shots(plan, lay(plan)) for shot in seen):
        if shot.of.startswith("b"):
            lies = item(timeline, shot.of, "V2").range_in_parent()
            assert (lies.start_time.value, lies.duration.value) == (shot.first_frame, shot.frames)
            assert rate_of(lies.duration.rate) == plan.output.rate.fraction


@each_rate
def test_clips_are_counted_at_the_rate_of_the_output(rate: Rate) -> None:
    plan = at_rate(rate)
    timeline, clips = opened(plan), lay(plan)
    for clip in clips:
        found = item(timeline, clip.id)
        lies, shows = found.range_in_parent(), found.source_range
        assert (lies.start_time.value, lies.duration.value) == (clip.first_frame, clip.frames)
        assert (shows.start_time.value, shows.duration.value) == (clip.source_frame, clip.frames)
        assert shows.start_time.rate == float(rate.fraction)
    assert timeline.duration().value == clips[-1].end_frame


@each_rate
@pytest.mark.parametrize("source", EACH_RATE, ids=str)
def test_a_source_of_another_rate_begins_at_the_frame_of_its_own_that_is_seen_first(rate: Rate, source: Rate) -> None:
    plan = at_rate(rate, source)
    for clip in lay(plan):
        begins = item(opened(plan), clip.id).source_range.start_time
        assert begins.value == shown(clip.source_frame, plan.source("s1"), rate) == int(begins.value)
        assert begins.rate == float(source.fraction)
    for kind in BACK:
        back = edited(kind, kind.write(laid(plan)).encode(), rate)
        assert recut(plan, back).plan is plan


def test_a_timeline_says_where_the_media_lie_and_how_much_there_is() -> None:
    plan = EditPlan.read(EditPlan.EXAMPLE)
    reference = item(opened(plan), "c1").media_reference
    assert reference.target_url == MEDIA["s1"].as_uri() == "file:///footage/my%20takes/talk.mp4"
    assert reference.available_range.start_time.value == 0
    assert reference.available_range.duration.value == 120
    assert reference.metadata["rushes"] == {"id": "s1", "hash": "1" * 64}
    assert isinstance(item(opened(plan), "b1", "V2").media_reference, otio.schema.ExternalReference)
    assert isinstance(item(opened(plan), "music", "A2").media_reference, otio.schema.MissingReference)


def test_what_no_timeline_can_carry_stands_in_the_metadata() -> None:
    plan = EditPlan.read(EditPlan.EXAMPLE)
    timeline = opened(plan)
    told = timeline.metadata["rushes"]
    assert told["plan"] == plan.digest
    assert [o["type"] for o in told["operations"]] == [o.type for o in plan.operations]
    clip = item(timeline, "c1")
    assert list(clip.metadata["rushes"]["words"]) == ["s1w0", "s1w1", "s1w2", "s1w3"]
    assert clip.metadata["rushes"]["operation"]["why"] == "the strongest line, as a hook"
    [marker] = item(timeline, "c2").markers
    assert (marker.name, marker.marked_range.duration.value) == ("Two cities", 30)


def test_a_transition_stands_round_its_cut() -> None:
    plan = EditPlan.read(EditPlan.EXAMPLE)
    timeline = opened(plan)
    [found] = [i for i in track(timeline, "V1") if isinstance(i, otio.schema.Transition)]
    assert (found.in_offset.value, found.out_offset.value) == (6, 6)
    assert found.transition_type == "SMPTE_Dissolve"


def test_music_that_is_too_short_begins_anew() -> None:
    body = EditPlan.read(EditPlan.EXAMPLE).body()
    body["sources"][2]["duration"] = 1.0
    plan = EditPlan.read(body)
    timeline = opened(plan)
    assert [i.source_range.duration.value for i in track(timeline, "A2")] == [30, 30, 30, 1]
    assert returned_same(plan)


def returned_same(plan: EditPlan) -> bool:
    """Say whether a plan comes back the same in all formats."""
    made = [recut(plan, edited(kind, kind.write(laid(plan)).encode(), plan.output.rate)) for kind in BACK]
    return all(each.plan is plan and not each.left for each in made)


@pytest.mark.parametrize("rate", [Rate(num=25, den=1), Rate(num=30, den=1)], ids=str)
def test_the_adapter_of_the_library_reads_our_fcpxml_where_it_can_count(rate: Rate) -> None:
    body = at_rate(rate).body()
    body["operations"] = [o for o in body["operations"] if o["type"] in ("cut", "transition")]
    plan = EditPlan.read(body)
    [timeline] = fcpx_xml.read_from_string(FCPXML.write(laid(plan)))
    spine = next(t for t in timeline.tracks if t.name == "0")
    ranges: list[Any] = [clip.source_range for clip in spine if isinstance(clip, otio.schema.Clip)]
    assert [(r.start_time.value, r.duration.value) for r in ranges] == [(c.source_frame, c.frames) for c in lay(plan)]


def test_an_edl_counts_drop_frames_and_says_so() -> None:
    text = EDL.write(laid(at_rate(Rate(num=30000, den=1001))))
    assert "FCM: DROP FRAME" in text
    assert "00:00:00;13 00:00:02;08 00:00:00;00 00:00:01;25" in text
    assert "FCM: NON-DROP FRAME" in EDL.write(laid(at_rate(Rate(num=24000, den=1001))))


def test_an_edl_of_an_hour_drops_its_frames_where_they_are_dropped() -> None:
    rate = Rate(num=30000, den=1001)
    body = at_rate(rate).body()
    body["sources"][0]["duration"] = 4000.0
    body["operations"] = [{"type": "cut", "id": "c1", "source": "s1", "start": 3600.0, "end": 3610.0, "why": ""}]
    plan = EditPlan.read(body)
    [clip] = lay(plan)
    assert clip.source_frame == round(3600 * Fraction(30000, 1001)) == 107892
    assert "01:00:00;00" in EDL.write(laid(plan))
    assert returned_same(plan)


def test_speeds_are_what_editing_programs_call_them() -> None:
    body = at_rate(Rate(num=25, den=1)).body()
    body["operations"] = [
        {"type": "cut", "id": "c1", "source": "s1", "start": 0.0, "end": 2.0, "why": ""},
        {"type": "speed", "of": "c1", "factor": 2.0},
    ]
    plan = EditPlan.read(body)
    clip = item(opened(plan), "c1")
    [warp] = clip.effects
    assert (type(warp), warp.time_scalar) == (otio.schema.LinearTimeWarp, 2.0)
    assert clip.source_range.duration.value == 25
    assert '<timept time="1s" value="2s"' in FCPXML.write(laid(plan))
    assert "M2   S1       050.000" in EDL.write(laid(plan))
    assert returned_same(plan)
