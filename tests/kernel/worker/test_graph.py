"""Filter graphs: only filters of our own list, whatever a plan says."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import WorkerError
from kernel.worker.camera import reframe_of
from kernel.worker.compile import check, compile
from kernel.worker.filters import FILTERS, apply
from kernel.worker.gauged import Gauged, Motion
from kernel.worker.graph import picture_graph
from kernel.worker.plan import EditPlan
from tests.kernel.worker.scenes import cut, plan

HOSTILE = ("movie=/etc/passwd", "[0:v]", "';movie=x", "a:b=c,d;[e]", "%{pts}", "\\", "file:x")


def _video(**more: Any) -> dict[str, Any]:
    known = {"id": "s1", "hash": "1" * 64, "name": "a", "kind": "video", "duration": 60.0, "width": 640, "height": 360}
    return {**known, "rate": {"num": 25, "den": 1}, **more}


def _names(graph: str) -> set[str]:
    return {re.sub(r"^(\[[^\]]*\])*", "", step).split("=")[0].split("[")[0] for step in graph.split(";")}


text = st.text(min_size=1, max_size=40) | st.sampled_from(HOSTILE)


@settings(max_examples=80, deadline=None)
@given(text, st.sampled_from(["crop", "blur", "letterbox"]), st.floats(0, 1), st.booleans(), st.booleans())
def test_every_graph_holds_filters_of_the_list_only(
    said: str, mode: str, x: float, hdr: bool, interlaced: bool
) -> None:
    title = {"type": "title", "id": "t1", "text": said, "clip": "c1"}
    passage = {"type": "transition", "after": "c1", "kind": "dissolve", "length": 0.5}
    reframe = {"type": "reframe", "of": "*", "mode": mode, "x": x}
    known = _video(hdr=hdr, interlaced=interlaced, name=said)
    edit = plan([known], cut("c1", "s1", 1, 4), cut("c2", "s1", 8, 12), title, passage, reframe)
    if check(edit):
        return
    timeline = compile(edit)
    for picture in timeline.pictures:
        graph = picture_graph(edit, timeline, picture, (320, 180), "words.ass")
        assert _names(graph.text) <= FILTERS
        assert not any(hostile in graph.text for hostile in HOSTILE[:3])


def test_a_filter_that_is_not_on_the_list_is_refused() -> None:
    with pytest.raises(WorkerError, match="movie"):
        apply(None, "movie", filename="/etc/passwd")


def test_decoding_begins_further_back_where_there_is_no_index() -> None:
    seeks = {}
    for container in ("mov,mp4,m4a,3gp,3g2,mj2", "mpegts"):
        edit = plan([_video(container=container)], cut("c1", "s1", 30.5, 32))
        timeline = compile(edit)
        seeks[container] = picture_graph(edit, timeline, timeline.pictures[0], (320, 180), None).feeds[0].seek
    assert list(seeks.values()) == [30.0, 18.5]


def test_a_reframe_of_its_own_comes_before_that_of_all() -> None:
    own, every = {"type": "reframe", "of": "c1", "mode": "blur"}, {"type": "reframe", "of": "*", "mode": "letterbox"}
    edit = plan([_video()], cut("c1", "s1", 0, 1), every, own)
    assert [reframe_of(edit, id).mode for id in ("c1", "c2")] == ["blur", "letterbox"]
    assert reframe_of(EditPlan.read(EditPlan.EXAMPLE), "c1").mode == "crop"


def _motion(frames: int) -> Motion:
    moves = tuple((-1) ** n * 4000 * (n % 7) for n in range(frames))
    return Motion(0, moves, moves[::-1], moves, (frames // 2,))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["crop", "follow", "blur", "letterbox"]),
    st.tuples(*[st.floats(1, 4)] * 2, *[st.floats(0, 1)] * 4),
    st.floats(-1, 1),
    st.sampled_from(["light", "medium", "strong"]),
    st.sampled_from([None, "warm", "mono"]),
    st.sampled_from([(320, 180), (180, 320), (200, 200), (64, 64)]),
)
def test_whatever_is_asked_of_the_picture_its_graph_holds_filters_of_the_list_only(
    mode: str, zoom: tuple[float, ...], number: float, strength: str, look: str | None, size: tuple[int, int]
) -> None:
    scale, to, x, y, to_x, to_y = zoom
    faces = [{"at": n / 2, "x": (n % 9) / 9, "y": 0.4, "height": 0.2} for n in range(60)]
    drawn: list[dict[str, Any]] = [
        {"type": "reframe", "of": "*", "mode": mode},
        {"type": "zoom", "of": "c1", "scale": scale, "to": to, "x": x, "y": y, "to_x": to_x, "to_y": to_y},
        {"type": "stabilise", "of": "*", "strength": strength},
        {"type": "colour", "of": "*", "exposure": number, "tint": -number, "look": look},
        {"type": "denoise", "of": "c2", "strength": strength},
        {"type": "transition", "after": "c1", "kind": "dissolve", "length": 0.5},
    ]
    shape: dict[str, Any] = {"width": size[0], "height": size[1]}
    edit = plan([_video(faces=faces)], cut("c1", "s1", 1, 4), cut("c2", "s1", 8, 12), *drawn, **shape)
    if check(edit):
        return
    timeline = compile(edit)
    gauged = Gauged(motion={"c1": _motion(600), "c2": _motion(600)})
    for picture in timeline.pictures:
        graph = picture_graph(edit, timeline, picture, size, None, gauged)
        assert _names(graph.text) <= FILTERS
        assert "nan" not in graph.text
        assert "inf" not in graph.text
        assert [table.name in graph.text for table in graph.tables] == [True] * len(graph.tables)
