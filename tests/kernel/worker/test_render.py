"""render: real ffmpeg on numbered footage, looked at frame by frame."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kernel.errors import BadInput, Cancelled, PlanError, SetUp
from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.plan import EditPlan
from kernel.worker.probe import probe
from kernel.worker.progress import Told
from kernel.worker.render import render
from tests.kernel.worker.scenes import (
    HEIGHT,
    RATE,
    WIDTH,
    cut,
    nearest,
    numbered,
    numbers,
    plan,
    read_frames,
    read_sound,
    said,
    source,
    tone,
    words,
    write_sound,
    write_video,
)

LOUD = {"type": "loudness", "lufs": -14.0, "true_peak_db": -1.0}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.mp4"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def test_every_output_frame_is_the_planned_one(talk: Path, ffmpeg: Ffmpeg, out: Path, cache: Path) -> None:
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 5, 7.5), cut("c2", "s1", 0, 1.3), cut("c3", "s1", 3.4, 4.1))
    made = render(edit, {"s1": talk}, out, cache, ffmpeg)
    planned = [*range(150, 225), *range(39), *range(102, 123)]
    assert numbers(read_frames(out, ffmpeg)) == planned
    assert (made.frames, made.width, made.height) == (len(planned), WIDTH, HEIGHT)


@pytest.mark.parametrize(
    ("rate", "source_rate"),
    [("30", "25"), ("25", "30"), ("30000/1001", "24000/1001"), ("30", "60"), ("24", "30000/1001")],
)
def test_other_rates_show_the_nearest_frame(
    rate: str, source_rate: str, footage: Path, ffmpeg: Ffmpeg, out: Path, cache: Path
) -> None:
    name = f"rate{source_rate.replace('/', '-')}.mp4"
    video = write_video(footage / name, ffmpeg, numbered(150), source_rate)
    ours, theirs = Fraction(rate), Fraction(source_rate)
    known = source("s1", video, float(150 / theirs), rate=_rate(theirs), has_sound=False)
    edit = plan([known], cut("c1", "s1", 0.5, 1.7), cut("c2", "s1", 0, 0.4), rate=_rate(ours))
    clips = compile(edit).clips
    render(edit, {"s1": video}, out, cache, ffmpeg)
    planned = [number for clip in clips for number in nearest(clip.source_frame, clip.frames, ours, theirs)]
    assert numbers(read_frames(out, ffmpeg)) == planned


def _rate(rate: Fraction) -> dict[str, int]:
    return {"num": rate.numerator, "den": rate.denominator}


@pytest.mark.parametrize(
    ("suffix", "container", "more"),
    [
        (".mpg", "mpeg", ["-c:v", "mpeg2video", "-q:v", "2", "-bf", "2"]),
        (".ts", "mpegts", ["-output_ts_offset", "10"]),
        (".mkv", "matroska,webm", ["-output_ts_offset", "3.21"]),
        (".mp4", "mov,mp4,m4a,3gp,3g2,mj2", ["-movflags", "+frag_keyframe", "-g", "15"]),
    ],
)
def test_seeking_is_exact_in_containers_that_make_it_hard(
    suffix: str, container: str, more: list[str], footage: Path, ffmpeg: Ffmpeg, out: Path, cache: Path
) -> None:
    video = write_video(footage / f"seek{suffix}", ffmpeg, numbered(900), "30", more=more)
    found = probe(video, ffmpeg, out.parent)
    assert found.container == container
    known = source("s1", video, 30, has_sound=False, container=container, start=found.start)
    edit = plan([known], cut("c1", "s1", 24.2, 25), cut("c2", "s1", 28, 28.5))
    render(edit, {"s1": video}, out, cache, ffmpeg)
    assert numbers(read_frames(out, ffmpeg)) == [*range(726, 750), *range(840, 855)]


def test_a_clip_that_begins_within_a_long_still_shows_the_frame_on_screen(
    footage: Path, ffmpeg: Ffmpeg, out: Path, cache: Path
) -> None:
    held = ["-vf", "select=lt(n\\,30)+gte(n\\,270)", "-fps_mode", "vfr"]
    video = write_video(footage / "held.mp4", ffmpeg, numbered(300), "30", more=held)
    edit = plan(
        [source("s1", video, 10, has_sound=False, container="mov")], cut("c1", "s1", 6, 6.5), cut("c2", "s1", 8.8, 9.2)
    )
    render(edit, {"s1": video}, out, cache, ffmpeg)
    assert numbers(read_frames(out, ffmpeg)) == [29] * 15 + [29] * 6 + list(range(270, 276))


def test_picture_and_sound_stay_together_over_cuts(talk: Path, ffmpeg: Ffmpeg, out: Path, cache: Path) -> None:
    edit = plan(
        [source("s1", talk, 8)], cut("c1", "s1", 1.5, 3.4), cut("c2", "s1", 5.7, 7.3), cut("c3", "s1", 0.6, 1.6)
    )
    render(edit, {"s1": talk}, out, cache, ffmpeg)
    flashes = np.flatnonzero(read_frames(out, ffmpeg)[:, -20:].mean(axis=(1, 2)) > 160) / 30
    loud = np.abs(read_sound(out, ffmpeg)).max(axis=1) > 0.1
    starts = [at for at in np.flatnonzero(loud) if not loud[max(0, at - RATE // 10) : at].any()]
    assert len(flashes) == len(starts) == 5
    assert np.abs(np.array(starts) / RATE - flashes).max() < 0.003


def test_the_sound_lasts_as_long_as_the_picture(talk: Path, ffmpeg: Ffmpeg, out: Path, cache: Path) -> None:
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 1, 2.7), rate={"num": 30000, "den": 1001})
    made = render(edit, {"s1": talk}, out, cache, ffmpeg)
    assert abs(len(read_sound(out, ffmpeg)) - made.duration * RATE) <= 1


def test_a_dissolve_keeps_the_length_round_the_cut(talk: Path, ffmpeg: Ffmpeg, out: Path, cache: Path) -> None:
    passage = {"type": "transition", "after": "c1", "kind": "dissolve", "length": 0.4}
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 1.1, 2), cut("c2", "s1", 5.1, 5.9), passage)
    made = render(edit, {"s1": talk}, out, cache, ffmpeg)
    found = numbers(read_frames(out, ffmpeg))
    assert made.frames == 27 + 24
    assert found[:21] == list(range(33, 54))
    assert found[33:] == list(range(159, 177))


def test_a_dissolve_beyond_the_source_holds_its_last_frame(talk: Path, ffmpeg: Ffmpeg, out: Path, cache: Path) -> None:
    passage = {"type": "transition", "after": "c1", "kind": "dissolve", "length": 0.5}
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 7, 8), cut("c2", "s1", 0, 1), passage)
    assert render(edit, {"s1": talk}, out, cache, ffmpeg).frames == 60


def test_a_dip_goes_through_black(talk: Path, ffmpeg: Ffmpeg, out: Path, cache: Path) -> None:
    passage = {"type": "transition", "after": "c1", "kind": "dip", "length": 0.4}
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 1.1, 2), cut("c2", "s1", 5.1, 5.9), passage)
    render(edit, {"s1": talk}, out, cache, ffmpeg)
    bright = read_frames(out, ffmpeg)[:, 60:].mean(axis=(1, 2))
    assert bright[26] < 20
    assert bright[27] < 20
    assert min(bright[:20].min(), bright[34:].min()) > 90


def test_fades_begin_and_end_in_black_and_silence(footage: Path, ffmpeg: Ffmpeg, out: Path, cache: Path) -> None:
    video = write_video(footage / "steady.mp4", ffmpeg, numbered(90), "30", tone(3))
    fade = {"type": "fade", "start": 0.5, "end": 0.5}
    render(plan([source("s1", video, 3)], cut("c1", "s1", 0, 2), fade), {"s1": video}, out, cache, ffmpeg)
    bright = read_frames(out, ffmpeg)[:, 60:].mean(axis=(1, 2))
    sound = np.abs(read_sound(out, ffmpeg))
    assert bright[0] < 18
    assert bright[-1] < 18
    assert bright[20:40].min() > 90
    assert sound[: RATE // 50].max() < 0.02
    assert sound[-RATE // 50 :].max() < 0.02


def test_a_cover_shows_its_own_frames(talk: Path, slow: Path, ffmpeg: Ffmpeg, out: Path, cache: Path) -> None:
    known = [source("s1", talk, 8), source("s2", slow, 6, rate={"num": 25, "den": 1}, has_sound=False)]
    cover = {
        "type": "cover",
        "id": "b1",
        "clip": "c1",
        "offset": 0.5,
        "length": 1,
        "source": "s2",
        "start": 2,
        "why": "",
    }
    render(plan(known, cut("c1", "s1", 1, 3), cover), {"s1": talk, "s2": slow}, out, cache, ffmpeg)
    shown = nearest(60, 30, Fraction(30), Fraction(25))
    assert numbers(read_frames(out, ffmpeg)) == [*range(30, 45), *shown, *range(75, 90)]


def test_narration_is_covered_by_a_still_and_a_video(
    music: Path, talk: Path, footage: Path, ffmpeg: Ffmpeg, out: Path, cache: Path
) -> None:
    still = footage / "still.png"
    ffmpeg.run([*_input(talk), "-frames:v", "1", "-vf", "scale=400:300", f"file:{still}"], cwd=footage, timeout=20)
    known = [source("s1", music, 2, kind="audio", width=0, height=0, rate=None), source("s2", talk, 8)]
    known.append(source("s3", still, 0, kind="still", width=400, height=300, rate=None, has_sound=False))
    covers: list[dict[str, Any]] = [
        {"type": "cover", "id": "b1", "clip": "c1", "length": 1.0, "source": "s3", "why": ""},
        {"type": "cover", "id": "b2", "clip": "c1", "offset": 1.0, "source": "s2", "start": 1.0, "why": ""},
    ]
    edit = plan(known, cut("c1", "s1", 0, 2), *covers)
    made = render(edit, {"s1": music, "s2": talk, "s3": still}, out, cache, ffmpeg)
    assert made.frames == 60
    assert numbers(read_frames(out, ffmpeg))[30:] == list(range(30, 60))


def _input(path: Path) -> list[str]:
    return ["-i", f"file:{path}"]


@pytest.mark.parametrize("level", [0.02, 0.1, 0.9])
def test_the_loudness_hits_its_target_after_the_encoder(
    level: float, footage: Path, ffmpeg: Ffmpeg, out: Path, cache: Path
) -> None:
    noise = np.random.default_rng(7).normal(0, 0.3, 4 * RATE)
    swell = np.repeat([0.2, 1, 0.1, 0.7] * 4, RATE // 4)
    loud = np.asarray(np.clip(noise * swell, -1, 1) * level, dtype=np.float32)
    video = write_video(footage / f"loud{level}.mp4", ffmpeg, numbered(120), "30", loud)
    made = render(plan([source("s1", video, 4)], cut("c1", "s1", 0, 4), LOUD), {"s1": video}, out, cache, ffmpeg)
    assert made.lufs == pytest.approx(-14, abs=0.5)
    assert made.true_peak_db is not None
    assert made.true_peak_db <= -1.0


def test_the_same_plan_gives_the_same_bytes(talk: Path, music: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    edit = _rich(talk, music)
    files = {"s1": talk, "s2": music}
    made = [
        render(edit, files, tmp_path / f"{n}.mp4", tmp_path / f"cache{n}", ffmpeg, workers=n).hash for n in (1, 2, 3)
    ]
    assert len(set(made)) == 1


def _rich(talk: Path, music: Path, title: str = "Hello") -> EditPlan:
    spoken = words(
        "s1", ("One", 0.2, 0.6), ("two", 1.2, 1.6), ("three.", 2.2, 2.6), ("Four", 4.2, 4.6), ("five.", 5.2, 5.8)
    )
    known = [source("s1", talk, 8, words=spoken), source("s2", music, 2, kind="audio", width=0, height=0, rate=None)]
    return plan(
        known,
        said("c1", "s1", 0, 2),
        said("c2", "s1", 3, 4),
        {"type": "transition", "after": "c1", "kind": "dissolve", "length": 0.4},
        {"type": "captions", "style": "karaoke"},
        {"type": "title", "id": "t1", "text": title, "clip": "c2", "offset": 0.5, "length": 0.8},
        {"type": "music", "source": "s2"},
        LOUD,
        {"type": "fade", "end": 0.3},
    )


def test_a_change_makes_only_its_own_pieces_anew(
    talk: Path, music: Path, ffmpeg: Ffmpeg, out: Path, cache: Path
) -> None:
    files = {"s1": talk, "s2": music}
    first = render(_rich(talk, music), files, out, cache, ffmpeg)
    again = render(_rich(talk, music), files, out, cache, ffmpeg)
    other = render(_rich(talk, music, "Good bye"), files, out, cache, ffmpeg)
    assert (first.segments_made, first.segments_reused) == (3, 0)
    assert (again.segments_made, again.segments_reused, again.hash) == (0, 3, first.hash)
    assert (other.segments_made, other.segments_reused) == (1, 2)
    assert other.hash != first.hash


def test_a_preview_has_the_same_frames_in_a_smaller_picture(talk: Path, ffmpeg: Ffmpeg, out: Path, cache: Path) -> None:
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 1, 2), width=1080, height=1920)
    made = render(edit, {"s1": talk}, out, cache, ffmpeg, target="preview")
    assert (made.width, made.height, made.frames) == (540, 960, 30)


def test_progress_never_goes_back_and_ends_at_one(talk: Path, ffmpeg: Ffmpeg, out: Path, cache: Path) -> None:
    told: list[float] = []
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 1, 3), cut("c2", "s1", 4, 6))
    render(edit, {"s1": talk}, out, cache, ffmpeg, on_progress=lambda each: told.append(each.share))
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_stop_leaves_no_file_and_keeps_finished_pieces(talk: Path, ffmpeg: Ffmpeg, out: Path, cache: Path) -> None:
    stop = threading.Event()
    edit = plan([source("s1", talk, 8)], *(cut(f"c{n}", "s1", n, n + 1) for n in range(1, 7)))

    def tell(told: Told) -> None:
        if told.share > 0.5:
            stop.set()

    with pytest.raises(Cancelled):
        render(edit, {"s1": talk}, out, cache, ffmpeg, on_progress=tell, cancelled=stop.is_set, workers=1)
    assert not list(out.parent.glob("*.mp4")) + list(out.parent.glob(".out*"))
    assert render(edit, {"s1": talk}, out, cache, ffmpeg).segments_reused > 0


KILLED = """
import sys
from pathlib import Path
from kernel.worker.ffmpeg import Ffmpeg, bundled
from kernel.worker.plan import EditPlan
from kernel.worker.probe import probe
from kernel.worker.progress import Told
from kernel.worker.render import render
plan, talk, out, cache = sys.argv[1:]
ffmpeg = Ffmpeg(bundled(), weak=True)
render(EditPlan.model_validate_json(plan), {"s1": Path(talk)}, Path(out), Path(cache), ffmpeg, workers=1)
"""


def test_a_killed_render_goes_on_with_the_pieces_it_has(talk: Path, ffmpeg: Ffmpeg, out: Path, cache: Path) -> None:
    edit = plan([source("s1", talk, 8)], *(cut(f"c{n}", "s1", n / 2, n / 2 + 1) for n in range(1, 13)), quality="best")
    line = [sys.executable, "-c", KILLED, edit.model_dump_json(), str(talk), str(out), str(cache)]
    with subprocess.Popen(line, cwd=Path(__file__).parents[3]) as process:
        _await(lambda: len(list(cache.glob("*.mp4"))) >= 2)
        os.kill(process.pid, signal.SIGKILL)
    assert not out.exists()
    made = render(edit, {"s1": talk}, out, cache, ffmpeg)
    assert made.segments_reused >= 2
    assert made.segments_made + made.segments_reused == 12
    assert not list(cache.glob("work-*"))


def _await(happened: Any) -> None:
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_damaged_piece_in_the_cache_is_not_handed_out(talk: Path, ffmpeg: Ffmpeg, out: Path, cache: Path) -> None:
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 1, 3))
    good = render(edit, {"s1": talk}, out, cache, ffmpeg).hash
    out.unlink()
    for piece in cache.glob("*.mp4"):
        _damage(piece)
    assert render(edit, {"s1": talk}, out, cache, ffmpeg).hash == good


def _damage(piece: Path) -> None:
    held = bytearray(piece.read_bytes())
    at = held.index(b"mdat") + len(held) // 8
    held[at : at + 2000] = os.urandom(2000)
    piece.write_bytes(held)


def test_what_cannot_be_done_is_refused_at_once(talk: Path, ffmpeg: Ffmpeg, out: Path, cache: Path) -> None:
    with pytest.raises(PlanError, match="Clip c1 ends at 9"):
        render(plan([source("s1", talk, 8)], cut("c1", "s1", 1, 9)), {"s1": talk}, out, cache, ffmpeg)
    assert not cache.exists()


def test_a_missing_file_is_named(talk: Path, ffmpeg: Ffmpeg, out: Path, cache: Path) -> None:
    with pytest.raises(BadInput, match=r"s1 \(talk.mp4\) is missing"):
        render(plan([source("s1", talk, 8)], cut("c1", "s1", 1, 2)), {"s1": out}, out, cache, ffmpeg)


def test_every_run_of_ffmpeg_is_told(talk: Path, ffmpeg: Ffmpeg, out: Path, cache: Path) -> None:
    made = render(plan([source("s1", talk, 8)], cut("c1", "s1", 1, 2)), {"s1": talk}, out, cache, ffmpeg)
    assert any("libx264" in command for command in made.commands)
    assert any("aac" in command for command in made.commands)


@pytest.mark.parametrize("mode", ["crop", "blur", "letterbox"])
def test_a_wide_picture_fills_a_tall_one(mode: str, talk: Path, ffmpeg: Ffmpeg, out: Path, cache: Path) -> None:
    edit = plan(
        [source("s1", talk, 8)],
        cut("c1", "s1", 1.1, 1.5),
        {"type": "reframe", "of": "*", "mode": mode},
        width=180,
        height=320,
    )
    render(edit, {"s1": talk}, out, cache, ffmpeg)
    frame = read_frames(out, ffmpeg, 180, 320)[5]
    edge, middle = frame[:40].mean(), frame[150:200].mean()
    assert {"crop": 60 < edge < 140, "blur": 30 < edge < 95, "letterbox": edge < 18}[mode]
    assert 85 < middle < 110


def test_sound_that_begins_late_keeps_its_place(footage: Path, ffmpeg: Ffmpeg, out: Path, cache: Path) -> None:
    late = write_sound(footage / "late.wav", ffmpeg, tone(1))
    silent = write_video(footage / "silent.mp4", ffmpeg, numbered(120), "30")
    both = footage / "late.mkv"
    opened = [*_input(silent), "-itsoffset", "1.5", *_input(late)]
    ffmpeg.run(
        [*opened, "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "flac", f"file:{both}"], cwd=footage, timeout=20
    )
    render(plan([source("s1", both, 4)], cut("c1", "s1", 1, 4)), {"s1": both}, out, cache, ffmpeg)
    loud = np.flatnonzero(np.abs(read_sound(out, ffmpeg)[:, 0]) > 0.05) / RATE
    assert loud[0] == pytest.approx(0.5, abs=0.01)
    assert loud[-1] == pytest.approx(1.5, abs=0.01)


def test_a_place_that_cannot_be_written_is_said_plainly(talk: Path, ffmpeg: Ffmpeg, out: Path, cache: Path) -> None:
    edit = plan([source("s1", talk, 8)], cut("c1", "s1", 1, 2))
    out.mkdir()
    with pytest.raises(SetUp, match="cannot be written"):
        render(edit, {"s1": talk}, out, cache, ffmpeg)
    assert not list(out.parent.glob(".out*"))
