"""The operation `colour`, in pixels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kernel.worker.compile import check, compile
from kernel.worker.ffmpeg import Ffmpeg, opening_ours
from kernel.worker.gauge import asked
from kernel.worker.gauged import Gauged, Levels
from kernel.worker.grade import Grade, graded
from kernel.worker.logs import Numbers
from kernel.worker.lut import cube, lattice, table_of
from kernel.worker.ops.colour import Colour
from tests.kernel.worker.pictured import Pictures, graphs, pictured
from tests.kernel.worker.scenes import HEIGHT, WIDTH, cut, plan, source

PATCHES = np.array(
    [[115, 82, 68], [194, 150, 130], [98, 122, 157], [87, 108, 67], [160, 160, 160], [70, 70, 70], [200, 160, 40]]
)
"""Colours of a chart, as 8-bit values; each fills a column."""
Paint = Callable[[str, Numbers], Path]


@pytest.fixture(scope="module")
def paint(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Paint:
    """Makes a second of columns of colours, losslessly, in BT.709."""

    def make(name: str, patches: Numbers) -> Path:
        path = tmp_path_factory.mktemp("chart") / name
        row = np.repeat(np.asarray(patches, dtype=np.uint8), -(-WIDTH // len(patches)), axis=0)[:WIDTH]
        path.with_suffix(".raw").write_bytes(np.tile(row, (HEIGHT * 30, 1)).tobytes())
        opened = opening_ours(path.with_suffix(".raw"), "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}")
        coded = ["-vf", "scale=out_color_matrix=bt709:flags=accurate_rnd+full_chroma_int,format=yuv444p"]
        coded += ["-c:v", "libx264", "-qp", "0", "-colorspace", "bt709", "-r", "30"]
        ffmpeg.run([*opened, *coded, f"file:{path}"], cwd=path.parent, timeout=60)
        return path

    return make


def _chart(id: str, path: Path) -> dict[str, Any]:
    return source(id, path, 1, has_sound=False, matrix="bt709")


def _columns(frame: Any, count: int = len(PATCHES)) -> Numbers:
    """Return the colour in the middle of each column, 0 to 1."""
    middles = [round((n + 0.5) * -(-WIDTH // count)) for n in range(count)]
    return np.asarray(frame[HEIGHT // 4 : -HEIGHT // 4, middles].mean(axis=0) / 255)


def _made(path: Path, ffmpeg: Ffmpeg, work: Path, **colour: Any) -> Pictures:
    edit = plan([_chart("s1", path)], cut("c1", "s1", 0, 0.5), {"type": "colour", "of": "c1", **colour})
    return pictured(edit, {"s1": path}, ffmpeg, work)


@pytest.mark.parametrize(
    "colour",
    [{"exposure": 0.5}, {"temperature": 0.4, "tint": -0.2}, {"look": "film"}, {"look": "mono"}, {"saturation": 0.5}],
    ids=str,
)
def test_every_colour_comes_out_as_the_grade_says(
    paint: Paint, ffmpeg: Ffmpeg, tmp_path: Path, colour: dict[str, Any]
) -> None:
    shown = _columns(_made(paint("a.mp4", PATCHES), ffmpeg, tmp_path, **colour)[3])
    assert np.abs(shown - graded(Grade(**colour), PATCHES / 255)).max() < 3.2 / 255


def test_nothing_asked_adds_no_filter_and_a_table_is_named_after_what_it_holds(paint: Paint) -> None:
    path = paint("a.mp4", PATCHES)
    edits = [
        plan([_chart("s1", path)], cut("c1", "s1", 0, 0.5), *({"type": "colour", "of": "*", **o} for o in some))
        for some in ([], [{"amount": 0.5}], [{"exposure": 0.2}], [{"exposure": 0.21}])
    ]
    texts = [graphs(edit)[0][0] for edit in edits]
    assert texts[0].text == texts[1].text
    assert not texts[1].tables
    assert [table.name in graph.text for graph in texts[2:] for table in graph.tables] == [True, True]
    assert texts[2].tables[0].name != texts[3].tables[0].name


def test_a_table_holds_red_quickest_and_every_colour_once() -> None:
    rows = lattice(3)
    assert rows[:4].tolist() == [[0, 0, 0], [0.5, 0, 0], [1, 0, 0], [0, 0.5, 0]]
    assert cube(rows, 3).splitlines()[:2] == ["LUT_3D_SIZE 3", "0.00000 0.00000 0.00000"]
    text = table_of(Grade(exposure=0.1)).text()
    assert len(text.splitlines()) == 1 + 33**3


def test_log_is_brought_to_a_picture_before_it_is_fitted(paint: Paint, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    grey = ((np.array([420, 598, 95]) - 64) / 876 * 255).round()
    path = paint("log.mp4", np.repeat(grey[:, None], 3, axis=1))
    shown = _columns(_made(path, ffmpeg, tmp_path, input="slog3")[3], 3)
    assert np.ptp(shown, axis=1).max() < 2 / 255
    assert shown[0, 1] == pytest.approx(0.409, abs=0.012)
    assert 0.75 < shown[1, 1] < 0.95
    assert shown[2, 1] < 0.03


def test_a_clip_is_matched_to_another_by_what_is_measured(paint: Paint, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    like = paint("like.mp4", PATCHES)
    dull = paint("dull.mp4", (graded(Grade(exposure=-0.6, temperature=-0.35), PATCHES / 255) * 255).round())
    cuts = [cut("c1", "s1", 0, 0.5), cut("c2", "s2", 0, 0.5)]
    media = {"s1": like, "s2": dull}
    edits = [
        plan([_chart("s1", like), _chart("s2", dull)], *cuts, *some)
        for some in ([], [{"type": "colour", "of": "c2", "match": "c1"}])
    ]
    plain, matched = (pictured(edit, media, ffmpeg, tmp_path)[20] for edit in edits)
    apart = [np.abs(_columns(frame) - PATCHES / 255).mean() for frame in (plain, matched)]
    assert apart[1] < 0.45 * apart[0]
    assert [ask.of for ask in asked(edits[1], compile(edits[1]))] == ["c1", "c2"]


def test_what_cannot_be_matched_is_said(paint: Paint) -> None:
    path = paint("a.mp4", PATCHES)

    def said(**colour: Any) -> list[str]:
        return check(plan([_chart("s1", path)], cut("c1", "s1", 0, 0.5), {"type": "colour", "of": "c1", **colour}))

    assert said(match="c9") == ["The colour of c1 is matched to c9, which is no clip or cover of this plan."]
    assert said(match="c1") == ["The colour of c1 is matched to itself: name another clip."]
    assert said(exposure=0.2) == []


def test_without_measures_a_match_changes_nothing() -> None:
    colour = Colour(of="c1", match="c2")
    levels = Levels((0.5, 0, 0), (0.1, 0.1, 0.1))
    assert colour.tables("c1", Gauged()) == ()
    assert colour.tables("c1", Gauged(levels={"c1": levels, "c2": levels}))
