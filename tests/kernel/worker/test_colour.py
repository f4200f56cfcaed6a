"""The operation `colour`, in pixels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kernel.errors import BadInput
from kernel.worker.compile import check, compile
from kernel.worker.ffmpeg import Ffmpeg, opening_ours
from kernel.worker.gauge import asked, gauge
from kernel.worker.gauged import Gauged, Levels
from kernel.worker.grade import Grade, graded
from kernel.worker.logs import Numbers
from kernel.worker.lut import cube, lattice, table_of
from kernel.worker.ops.colour import Colour
from kernel.worker.render import render
from kernel.worker.segments import Cache
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


def _lut(folder: Path, rows: Numbers, steps: int, name: str = "look.cube") -> Path:
    path = folder / name
    path.write_text(cube(rows, steps))
    return path


def _beside(path: Path, *operations: dict[str, Any]) -> Any:
    """Return a plan of a chart, with a person's table beside it."""
    table = source("s2", path, 0, kind="lut", has_sound=False, rate=None, width=0, height=0)
    return plan([_chart("s1", path), table], cut("c1", "s1", 0, 0.5), *operations)


def _looked(path: Path, lut: Path, ffmpeg: Ffmpeg, work: Path, **colour: Any) -> Numbers:
    edit = _beside(path, {"type": "colour", "of": "*", "lut": "s2", **colour})
    assert check(edit) == []
    return _columns(pictured(edit, {"s1": path, "s2": lut}, ffmpeg, work)[3])


@pytest.mark.parametrize("steps", [2, 32, 33, 65])
def test_a_lut_that_changes_nothing_leaves_every_colour(
    paint: Paint, ffmpeg: Ffmpeg, tmp_path: Path, steps: int
) -> None:
    path, lut = paint("a.mp4", PATCHES), _lut(tmp_path, lattice(steps), steps)
    plain = _columns(pictured(_beside(path), {"s1": path, "s2": lut}, ffmpeg, tmp_path)[3])
    assert np.abs(_looked(path, lut, ffmpeg, tmp_path) - plain).max() <= 1.5 / 255


def test_a_lut_that_swaps_red_and_blue_swaps_them_and_half_of_it_is_halfway(
    paint: Paint, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    path, lut = paint("a.mp4", PATCHES), _lut(tmp_path, lattice(17)[:, ::-1], 17)
    chart = PATCHES / 255
    assert np.abs(_looked(path, lut, ffmpeg, tmp_path) - chart[:, ::-1]).max() < 3.2 / 255
    halfway = (chart + chart[:, ::-1]) / 2
    assert np.abs(_looked(path, lut, ffmpeg, tmp_path, amount=0.5) - halfway).max() < 3.2 / 255


def test_a_look_comes_after_the_numbers_and_what_brings_log_comes_before_them(
    paint: Paint, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    path, lut = paint("a.mp4", PATCHES), _lut(tmp_path, lattice(33)[:, ::-1], 33)
    warmer, chart = Grade(temperature=0.3), PATCHES / 255
    last = _looked(path, lut, ffmpeg, tmp_path, temperature=0.3)
    first = _looked(path, lut, ffmpeg, tmp_path, temperature=0.3, lut_from="log")
    assert np.abs(last - graded(warmer, chart)[:, ::-1]).max() < 3.2 / 255
    assert np.abs(first - graded(warmer, chart[:, ::-1])).max() < 3.2 / 255


def test_a_log_clip_is_matched_as_its_lut_shows_it(paint: Paint, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    like, dim = paint("like.mp4", PATCHES), paint("dim.mp4", (PATCHES * 0.4 + 60).round())
    lut = _lut(tmp_path, np.clip((lattice(33) - 60 / 255) / 0.4, 0, 1), 33)
    table = source("s3", lut, 0, kind="lut", has_sound=False, rate=None, width=0, height=0)
    cuts = [cut("c1", "s1", 0, 0.5), cut("c2", "s2", 0, 0.5)]
    brought = {"type": "colour", "of": "c2", "lut": "s3", "lut_from": "log"}
    media = {"s1": like, "s2": dim, "s3": lut}
    edit = plan([_chart("s1", like), _chart("s2", dim), table], *cuts, {**brought, "match": "c1"})
    levels = gauge(edit, compile(edit), media, Cache(tmp_path / "cache"), ffmpeg, lambda: False).levels
    assert levels["c2"].mean == pytest.approx(levels["c1"].mean, abs=0.01)


def test_a_plan_without_a_lut_keeps_the_tables_it_had_and_one_with_it_names_what_is_in_it(
    paint: Paint, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    assert table_of(Grade(exposure=0.1)).name == "colour-ac9d2bce83d60c146833f590.cube"
    path, names = paint("a.mp4", PATCHES), []
    edit = _beside(path, {"type": "colour", "of": "*", "lut": "s2"})
    for rows in (lattice(2), lattice(2)[:, ::-1], lattice(2)):
        media = {"s1": path, "s2": _lut(tmp_path, rows, 2)}
        found = gauge(edit, compile(edit), media, Cache(tmp_path / "cache"), ffmpeg, lambda: False)
        [table] = graphs(edit, found)[0][0].tables
        names.append(table.name)
    assert names[0] == names[2] != names[1]


def test_the_same_lut_gives_the_same_bytes_and_another_one_makes_the_picture_anew(
    paint: Paint, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    path, held, reused = paint("a.mp4", PATCHES), [], []
    edit = _beside(path, {"type": "colour", "of": "*", "lut": "s2"})
    for cache, rows in (("one", lattice(2)), ("two", lattice(2)), ("two", lattice(2)), ("two", lattice(2)[:, ::-1])):
        media = {"s1": path, "s2": _lut(tmp_path, rows, 2)}
        made = render(edit, media, tmp_path / "out.mp4", tmp_path / cache, ffmpeg)
        held.append((tmp_path / "out.mp4").read_bytes())
        reused.append(made.segments_reused)
    assert held[0] == held[1] == held[2] != held[3]
    assert reused == [0, 0, 1, 0]


def test_a_lut_that_was_broken_since_it_was_inspected_is_refused(paint: Paint, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    path, lut = paint("a.mp4", PATCHES), tmp_path / "look.cube"
    lut.write_text("LUT_3D_SIZE 2\n0 0 0\n")
    with pytest.raises(BadInput, match="holds 1 colours, but says that it has 8"):
        _looked(path, lut, ffmpeg, tmp_path)


@pytest.mark.parametrize(
    ("colour", "words"),
    [
        ({"lut": "s9"}, "names the LUT s9, which is no source of this plan"),
        ({"lut": "s1"}, "names the LUT s1, which is a.mp4, no .cube file"),
        ({"lut": "s2", "look": "warm"}, "has a look and a LUT"),
        ({"lut": "s2", "lut_from": "log", "input": "slog3"}, "brings log to Rec.709 itself"),
    ],
    ids=str,
)
def test_a_lut_that_cannot_be_used_so_is_said(paint: Paint, colour: dict[str, Any], words: str) -> None:
    [sentence] = check(_beside(paint("a.mp4", PATCHES), {"type": "colour", "of": "c1", **colour}))
    assert words in sentence


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (cut("c2", "s2", 0, 1), "Clip c2 takes from s2, which is a LUT"),
        ({"type": "cover", "id": "b1", "source": "s2", "clip": "c1", "length": 0.2, "why": ""}, "which is a LUT"),
        ({"type": "music", "source": "s2"}, "The music is s2, which has no sound"),
        ({"type": "effect", "id": "e1", "source": "s2", "clip": "c1"}, "takes its sound from s2, which has none"),
        ({"type": "logo", "source": "s2"}, "The logo is s2, which is no still"),
        ({"type": "pip", "source": "s2"}, "The picture in picture is s2, which has no picture"),
    ],
    ids=str,
)
def test_a_lut_is_no_picture_and_no_sound(paint: Paint, operation: dict[str, Any], words: str) -> None:
    [sentence] = check(_beside(paint("a.mp4", PATCHES), operation))
    assert words in sentence
