"""Exactness on every kind of file that cameras and programs make, on numbered frames that were generated."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from kernel.worker.analysis.inspect import inspect
from kernel.worker.ffmpeg import Ffmpeg, opening, opening_ours
from kernel.worker.plan import EditPlan
from kernel.worker.render import render
from tests.kernel.worker.exact import Made, lags, make, planned, reference, source_of, times_of
from tests.kernel.worker.scenes import (
    HEIGHT,
    RATE,
    WIDTH,
    Frames,
    Sound,
    cut,
    numbered,
    numbers,
    read_frames,
    read_sound,
    tone,
    write_sound,
    write_video,
)

HEVC = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:open-gop=1:keyint=40"]


def speech(seconds: float) -> Sound:
    """Return noise that swells and fades like speech: no stretch of it is like another."""
    noise = np.random.default_rng(11).normal(0, 0.1, round(seconds * RATE))
    swell = 1 + np.sin(2 * np.pi * 1.7 * np.arange(len(noise)) / RATE)
    return np.asarray(np.convolve(noise * swell, np.ones(8) / 4, "same"), dtype=np.float32)


def remade(path: Path, ffmpeg: Ffmpeg, name: str, before: Sequence[str], more: Sequence[str] = ("-c", "copy")) -> Path:
    """Make a file out of another one; `before` are options of the input."""
    made = path.with_name(name)
    arguments = [*opening(path, *before), "-map", "0", *more, f"file:{made}"]
    ffmpeg.run(arguments, cwd=path.parent, timeout=60)
    return made


def assert_exact(path: Path, work: Path, ffmpeg: Ffmpeg) -> Made:
    """Render a few stretches of a numbered file and hold each frame and the sound against a plain decode."""
    made = make(path, work, ffmpeg, width=WIDTH)
    own = numbers(read_frames(path, ffmpeg))
    times = times_of(path, ffmpeg, Fraction(made.found.probe.start))
    order = np.argsort([float(time) for time in times], kind="stable")
    wanted = [own[order[n]] for n in planned(made, times)]
    assert numbers(read_frames(made.file, ffmpeg)) == wanted
    found = lags(made, reference(path, made.found, ffmpeg), ffmpeg) if made.found.probe.has_sound else []
    assert all(abs(lag) <= 1 for lag in found), found
    assert made.render.frames == made.timeline.frames
    return made


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("long.mp4", ["-g", "1000", "-bf", "3"]),
        ("open.mp4", ["-x264-params", "open-gop=1", "-g", "40", "-bf", "3"]),
        ("pyramid.mkv", ["-bf", "8", "-b-pyramid", "normal", "-g", "60"]),
        ("open.ts", ["-x264-params", "open-gop=1", "-g", "40", "-bf", "3"]),
        ("hevc.mp4", HEVC),
        ("hevc.ts", HEVC),
        ("ten_bit.mkv", ["-pix_fmt", "yuv422p10le"]),
        ("full_colour.mp4", ["-pix_fmt", "yuv444p"]),
        ("vp9.webm", ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"]),
        ("old.avi", ["-c:v", "mpeg4", "-q:v", "2", "-bf", "0", "-c:a", "mp3"]),
        ("stream.mpg", ["-c:v", "mpeg2video", "-q:v", "2", "-g", "15", "-bf", "2", "-c:a", "mp2"]),
        ("late.mp4", ["-output_ts_offset", "10"]),
    ],
)
def test_each_frame_is_the_planned_one(
    name: str, more: list[str], footage: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    path = write_video(footage / name, ffmpeg, numbered(450), "30", speech(15), more)
    made = assert_exact(path, tmp_path, ffmpeg)
    assert made.found.probe.duration == pytest.approx(15, abs=0.1)


@pytest.fixture(scope="module")
def plain(footage: Path, ffmpeg: Ffmpeg) -> Path:
    return write_video(footage / "plain.mp4", ffmpeg, numbered(300), "30", speech(10), ["-g", "40"])


def test_an_edit_list_that_skips_the_beginning_is_followed(plain: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    made = assert_exact(remade(plain, ffmpeg, "skips.mp4", ["-ss", "1.9"]), tmp_path, ffmpeg)
    first = next(clip for clip in made.timeline.clips if clip.source_frame == 0)
    shown = numbers(read_frames(made.file, ffmpeg))[first.first_frame]
    assert shown == pytest.approx(1.9 * 30, abs=1)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
@pytest.mark.parametrize(("late", "ahead"), [("v", "a"), ("a", "v")], ids=["picture late", "sound late"])
def test_a_stream_that_begins_later_than_the_other_keeps_its_place(
    suffix: str, late: str, ahead: str, plain: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    path = plain.with_name(f"late_{late}.{suffix}")
    inputs = [*opening(plain), *opening(plain, "-itsoffset", "0.7")]
    arguments = [*inputs, "-map", f"0:{ahead}", "-map", f"1:{late}", "-c", "copy", f"file:{path}"]
    ffmpeg.run(arguments, cwd=plain.parent, timeout=60)
    assert_exact(path, tmp_path, ffmpeg)


def test_a_stream_whose_first_key_frame_is_missing_is_exact_from_the_first_one_that_is_there(
    plain: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    whole = remade(plain, ffmpeg, "whole.ts", []).read_bytes()
    cut_off = tmp_path / "cut_off.ts"
    cut_off.write_bytes(whole[len(whole) * 3 // 10 // 188 * 188 :])
    assert_exact(cut_off, tmp_path, ffmpeg)


def test_jittering_and_missing_frames_show_what_is_on_screen(plain: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    jitter = ["-vf", "settb=1/1000,setpts='(N/30+0.012*sin(N*7))/TB',select='mod(n,7)'", "-fps_mode", "vfr"]
    path = remade(plain, ffmpeg, "jitter.mkv", [], [*jitter, "-c:v", "libx264", "-crf", "12", "-c:a", "copy"])
    assert assert_exact(path, tmp_path, ffmpeg).found.probe.variable_rate


def test_odd_sizes_are_brought_to_even_ones(plain: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    odd = ["-vf", "crop=319:179:0:0:exact=1", "-pix_fmt", "yuv444p", "-c:v", "libx264", "-crf", "12", "-c:a", "copy"]
    path = remade(plain, ffmpeg, "odd.mp4", [], odd)
    made = make(path, tmp_path, ffmpeg, width=WIDTH)
    assert (made.found.probe.width, made.found.probe.height) == (319, 179)
    wanted = planned(made, times_of(path, ffmpeg, Fraction(made.found.probe.start)))
    assert numbers(read_frames(made.file, ffmpeg)) == wanted


def test_a_circle_of_wide_pixels_is_round(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    x, y = np.meshgrid(np.arange(WIDTH) * 2 - WIDTH, np.arange(HEIGHT) - HEIGHT / 2)
    disc = np.where(x**2 + y**2 < 70**2, 235, 16).astype(np.uint8)
    path = write_video(footage / "wide.mp4", ffmpeg, np.repeat(disc[None], 10, 0), "30", more=["-vf", "setsar=2"])
    frame = shown(path, tmp_path, ffmpeg, 360, 180)[0] > 125
    across, down = frame.any(axis=0).sum(), frame.any(axis=1).sum()
    assert across == pytest.approx(140, abs=3)
    assert down == pytest.approx(140, abs=3)


def shown(path: Path, work: Path, ffmpeg: Ffmpeg, width: int, height: int, seconds: float = 0.2) -> Frames:
    """Render the beginning of a file in a given size and return its frames as luma."""
    found = inspect(path, "s1", ffmpeg, work, None)
    rate = found.probe.rate or pytest.fail("no picture")
    output = {"width": width, "height": height, "rate": rate.model_dump(), "quality": "best"}
    sources, operations = [source_of(path, found).model_dump(mode="json")], [cut("c1", "s1", 0, seconds)]
    whole = {"confidence": 1, "output": output, "sources": sources, "operations": operations}
    render(EditPlan.read(whole), {"s1": path}, work / "shown.mp4", work / "cache", ffmpeg)
    return read_frames(work / "shown.mp4", ffmpeg, width, height)


CORNERS = {(-1, -1): 60, (1, -1): 110, (-1, 1): 160, (1, 1): 210}
"""Brightness of each corner of a picture, by the signs of x and y seen from its middle."""


@pytest.mark.parametrize("flip", ["", "-display_hflip", "-display_vflip"])
@pytest.mark.parametrize("turn", ["0", "90", "180", "-90"])
def test_a_picture_is_turned_and_mirrored_as_its_matrix_says(
    turn: str, flip: str, footage: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    corners = np.zeros((10, HEIGHT, WIDTH), dtype=np.uint8)
    for (x, y), light in CORNERS.items():
        corners[:, slice(0, 90) if y < 0 else slice(90, None), slice(0, 160) if x < 0 else slice(160, None)] = light
    path = write_video(footage / "corners.mp4", ffmpeg, corners, "30")
    before = ["-display_rotation", turn, *([flip] if flip else [])]
    turned = remade(path, ffmpeg, f"turned{turn}{flip}.mp4", before)
    a, b, c, d = matrix(turned)
    upright = a != 0
    width, height = (WIDTH, HEIGHT) if upright else (HEIGHT, WIDTH)
    frame = shown(turned, tmp_path, ffmpeg, width, height)[0]
    found = {(x, y): float(frame[height // 2 + y * 20, width // 2 + x * 20]) for x, y in CORNERS}
    # What was grey from 0 to 255 is luma from 16 to 235.
    wanted = {(a * x + c * y, b * x + d * y): 16 + light * 219 / 255 for (x, y), light in CORNERS.items()}
    assert found == pytest.approx(wanted, abs=4)


def matrix(path: Path) -> tuple[int, int, int, int]:
    """Return a, b, c, d of the first track's matrix (ISO/IEC 14496-12, 8.3.2): x' = ax + cy, y' = bx + dy."""
    data = path.read_bytes()
    at = data.index(b"tkhd") + 4 + 4 + 20 + 16
    a, b, _, c, d = struct.unpack_from(">5i", data, at)
    return a >> 16, b >> 16, c >> 16, d >> 16


@pytest.mark.parametrize("order", ["tff", "bff"])
def test_fields_become_whole_frames(order: str, footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    fields = numbered(100)
    for n in range(100):
        fields[n, 40:, (n * 7) % 280 : (n * 7) % 280 + 40] = 235
    weave = ["-vf", f"interlace=scan={order}:lowpass=off", "-flags", "+ilme+ildct"]
    more = ["-c:v", "mpeg2video", "-q:v", "2", *weave, "-r", "25"]
    path = write_video(footage / f"{order}.mpg", ffmpeg, fields, "50", more=more)
    found = inspect(path, "s1", ffmpeg, tmp_path, None).probe
    assert (found.interlaced, str(found.rate)) == (True, "25/1")
    frames = shown(path, tmp_path, ffmpeg, WIDTH, HEIGHT, 2.0)
    assert len(frames) == 50
    assert numbers(frames) == list(range(0, 100, 2))
    assert combed(read_frames(path, ffmpeg)) > 5 * combed(frames)


def combed(frames: Frames) -> float:
    """Return how much rows differ from both rows beside them where those are alike."""
    rows = frames[:, 45:].astype(np.float64)
    return float(np.abs(rows[:, 1:-1] - (rows[:, :-2] + rows[:, 2:]) / 2).mean())


def test_the_streams_that_a_file_calls_default_are_seen_and_heard(
    plain: Path, footage: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    high = write_sound(footage / "high.wav", ffmpeg, tone(2, 1000))
    low = write_sound(footage / "low.wav", ffmpeg, tone(2, 300))
    black = ["-f", "lavfi", "-i", f"color=black:s={WIDTH}x{HEIGHT}:r=30:d=2"]
    maps = ["-map", "0:v", "-map", "3:v", "-map", "1:a", "-map", "2:a", "-t", "2"]
    marked = ["-disposition:v:0", "0", "-disposition:v:1", "default"]
    marked += ["-disposition:a:0", "0", "-disposition:a:1", "default"]
    path = footage / "several.mkv"
    inputs = [*black, *opening(high), *opening(low), *opening(plain)]
    ffmpeg.run([*inputs, *maps, *marked, "-c:a", "flac", f"file:{path}"], cwd=footage, timeout=60)
    made = make(path, tmp_path, ffmpeg, width=WIDTH)
    assert [warning.split(": ")[1] for warning in made.found.probe.warnings] == [
        "2 of 2 is used, 320x180 pixels.",
        "2 of 2 is used, 48000 Hz.",
    ]
    assert numbers(read_frames(made.file, ffmpeg))[-1] > 0
    assert loudest(read_sound(made.file, ffmpeg)[:, 0]) == pytest.approx(300, abs=10)


def loudest(sound: Sound) -> float:
    """Return the frequency that is loudest, in hertz."""
    return float(np.abs(np.fft.rfft(sound))[1:].argmax() + 1) * RATE / len(sound)


def heard(path: Path, work: Path, ffmpeg: Ffmpeg, seconds: float) -> Sound:
    """Render a stretch of a file and return its sound."""
    shown(path, work, ffmpeg, 64, 64, seconds)
    return read_sound(work / "shown.mp4", ffmpeg)


def level(sound: Sound, hertz: float) -> float:
    """Return the amplitude of one frequency."""
    turn = np.exp(-2j * np.pi * hertz * np.arange(len(sound)) / RATE)
    return float(2 * abs((sound * turn).mean()))


def test_of_surround_sound_the_dialogue_stays_in_both_ears(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    pitches = {"FL": 300, "FR": 500, "FC": 700, "LFE": 50, "SL": 1100, "SR": 1300}
    sound = np.stack([tone(2, pitch, 0.1) for pitch in pitches.values()], axis=1)
    sound.tofile(footage / "six.f32")
    silent = write_video(footage / "silent6.mp4", ffmpeg, numbered(60), "30")
    path = footage / "six.mkv"
    six = opening_ours(footage / "six.f32", "f32le", "-ar", str(RATE), "-ch_layout", "5.1")
    ffmpeg.run([*opening(silent), *six, "-c:v", "copy", "-c:a", "flac", f"file:{path}"], cwd=footage, timeout=60)
    left, right = heard(path, tmp_path, ffmpeg, 2)[RATE // 4 : -RATE // 4].T
    ears = [{name: round(level(ear, pitch) / 0.1, 1) for name, pitch in pitches.items()} for ear in (left, right)]
    assert ears == [
        {"FL": 1.0, "FR": 0.0, "FC": 0.7, "LFE": 0.0, "SL": 0.7, "SR": 0.0},
        {"FL": 0.0, "FR": 1.0, "FC": 0.7, "LFE": 0.0, "SL": 0.0, "SR": 0.7},
    ]


def test_one_channel_is_heard_in_both_ears_as_loud_as_it_was(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    path = write_video(footage / "mono.mkv", ffmpeg, numbered(60), "30", tone(2, 440, 0.2), ["-c:a", "flac"])
    left, right = heard(path, tmp_path, ffmpeg, 2)[RATE // 4 : -RATE // 4].T
    assert level(left, 440) == pytest.approx(0.2, rel=0.03)
    assert level(right, 440) == pytest.approx(0.2, rel=0.03)


def test_a_hole_in_the_sound_is_silence_and_what_follows_keeps_its_place(
    plain: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    holes = ["-c", "copy", "-bsf:a", "noise=drop=not(mod(n\\,50))"]
    path = remade(plain, ffmpeg, "holes.mkv", [], holes)
    made = make(path, tmp_path, ffmpeg, width=64)
    found = lags(made, reference(plain, made.found, ffmpeg), ffmpeg)
    assert all(abs(lag) <= 20 for lag in found), found


def test_joins_do_not_click(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    path = write_video(footage / "hum.mkv", ffmpeg, numbered(120), "30", tone(4, 200, 0.5), ["-c:a", "flac"])
    found = inspect(path, "s1", ffmpeg, tmp_path, None)
    cuts = [cut(f"c{n}", "s1", at, at + 0.31) for n, at in enumerate((3.03, 0.51, 1.77, 2.09, 0.1))]
    output = {"width": 64, "height": 64, "rate": {"num": 30, "den": 1}, "quality": "draft"}
    sources = [source_of(path, found).model_dump(mode="json")]
    plan = EditPlan.read({"confidence": 1, "output": output, "sources": sources, "operations": cuts})
    render(plan, {"s1": path}, tmp_path / "out.mp4", tmp_path / "cache", ffmpeg)
    steps = np.abs(np.diff(read_sound(tmp_path / "out.mp4", ffmpeg)[:, 0]))
    assert steps.max() < 1.25 * np.abs(np.diff(tone(4, 200, 0.5))).max()


def test_bytes_are_the_same_from_a_cold_a_warm_and_a_half_evicted_cache(
    plain: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    cuts = [cut(f"c{n}", "s1", n, n + 0.6) for n in range(6)]
    found = inspect(plain, "s1", ffmpeg, tmp_path, None)
    output = {"width": 160, "height": 90, "rate": {"num": 30, "den": 1}, "quality": "draft"}
    sources = [source_of(plain, found).model_dump(mode="json")]
    plan = EditPlan.read({"confidence": 1, "output": output, "sources": sources, "operations": cuts})
    cache = tmp_path / "cache"
    made = []
    for workers in (3, 2, 1):
        made.append(render(plan, {"s1": plain}, tmp_path / "out.mp4", cache, ffmpeg, workers=workers))
        whole = max(cache.glob("*.mp4"), key=lambda path: path.stat().st_size)
        for place in {whole, *sorted(path for path in cache.rglob("*") if path.is_file())[::workers]}:
            place.unlink()
    assert len({one.hash for one in made}) == 1
    assert 0 < made[1].segments_reused < 6
