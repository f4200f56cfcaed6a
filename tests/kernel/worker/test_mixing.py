"""The sound of a cut: sample-exact, without clicks, the bed under the voice."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.loudness import RATE
from kernel.worker.media import Source
from kernel.worker.mixing import ATTACK, RELEASE, Samples, bed_gain, decode, edges, mix, write_bed
from kernel.worker.ops.music import Music
from kernel.worker.plan import EditPlan
from kernel.worker.segments import Cache
from tests.kernel.worker.scenes import cut, plan, said, source, tone, words, write_sound


def _source(path: Path, seconds: float, **more: Any) -> Source:
    return Source.model_validate(source("s1", path, seconds, kind="audio", **more))


def _read(path: Path) -> Samples:
    return np.fromfile(path, dtype=np.float32).reshape(-1, 2)


@pytest.fixture(scope="module")
def ramp(footage: Path, ffmpeg: Ffmpeg) -> Path:
    """Eight seconds in which every sample has its own value."""
    return write_sound(footage / "ramp.flac", ffmpeg, np.linspace(-0.9, 0.9, 8 * RATE).astype(np.float32))


@pytest.mark.parametrize("at", [Fraction(0), Fraction(1, 3), Fraction(5), Fraction(143, 30)])
def test_a_stretch_is_cut_to_the_sample(at: Fraction, ramp: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    file = decode(_source(ramp, 8), at, RATE, ramp, Cache(tmp_path), ffmpeg)
    wanted = np.linspace(-0.9, 0.9, 8 * RATE)[round(at * RATE) :][:RATE]
    assert len(_read(file)) == RATE
    assert np.abs(_read(file) - wanted[:, None]).max() < 1e-4


def test_a_mono_sound_goes_to_both_sides_at_its_level(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    path = write_sound(footage / "mono.flac", ffmpeg, tone(1, level=0.5))
    held = _read(decode(_source(path, 1), Fraction(0), RATE, path, Cache(tmp_path), ffmpeg))
    assert np.abs(held).max(axis=0) == pytest.approx([0.5, 0.5], abs=0.01)


def test_surround_sound_is_brought_to_two_channels(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    more = ["-af", "pan=5.1|FL=c0|FR=c0|FC=c0|LFE=c0|BL=c0|BR=c0"]
    path = write_sound(footage / "six.flac", ffmpeg, tone(1, level=0.3), more)
    held = _read(decode(_source(path, 1, channels=6), Fraction(0), RATE, path, Cache(tmp_path), ffmpeg))
    assert held.shape == (RATE, 2)
    assert 0.1 < np.abs(held).max() <= 1


def test_sound_that_ends_early_gives_fewer_samples(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    path = write_sound(footage / "short.flac", ffmpeg, tone(1))
    held = _read(decode(_source(path, 1), Fraction(1, 2), RATE, path, Cache(tmp_path), ffmpeg))
    assert len(held) == RATE // 2


def _mix(edit: EditPlan, voices: list[Path | None], bed: Path | None, work: Path, ffmpeg: Ffmpeg) -> Samples:
    return _read(mix(edit, compile(edit), voices, bed, work, ffmpeg, None).path)


def _steady(path: Path, seconds: float, level: float = 0.5) -> Path:
    """Write raw samples that never change: every fade and every click shows."""
    np.full((round(seconds * RATE), 2), level, dtype=np.float32).tofile(path)
    return path


@pytest.fixture
def video(talk: Path) -> dict[str, Any]:
    spans = ("One", 0.5, 0.9), ("two", 1.5, 1.9), ("three", 2.0, 2.4)
    return source("s1", talk, 8, words=words("s1", *spans))


def test_joins_are_faded_and_nothing_clicks(video: dict[str, Any], ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    edit = plan([video], cut("c1", "s1", 0.5, 1.5), cut("c2", "s1", 3, 4))
    file = _steady(tmp_path / "a.f32", 1)
    made = _mix(edit, [file, file], None, tmp_path, ffmpeg)[:, 0]
    assert np.abs(np.diff(made)).max() < 0.5 / (0.007 * RATE)
    assert (made[RATE // 100 : RATE - RATE // 100] == 0.5).all()
    assert abs(made[RATE]) < 0.01


def test_a_clip_that_goes_on_is_not_faded(video: dict[str, Any], ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    edit = plan([video], cut("c1", "s1", 0, 1), cut("c2", "s1", 1, 2))
    file = _steady(tmp_path / "a.f32", 1)
    made = _mix(edit, [file, file], None, tmp_path, ffmpeg)[:, 0]
    assert (made[RATE // 50 : -RATE // 50] == 0.5).all()


def test_fades_eat_no_word(video: dict[str, Any]) -> None:
    timeline = compile(plan([video], said("c1", "s1", 0, 1)))
    clip = timeline.clips[0]
    samples = clip.frames * RATE // 30
    curve = edges(clip, samples, False, timeline)
    word_in, word_out = (round((at - clip.source_start) * RATE) for at in (0.5, 1.9))
    assert curve.over(word_in, word_out).min() == 1
    assert curve.over(0, samples)[0] == 0
    assert curve.over(0, samples + 1)[-1] == 0


def test_gain_and_silence_are_as_asked(video: dict[str, Any], ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    edit = plan([video], cut("c1", "s1", 0, 1, gain_db=-6), cut("c2", "s1", 3, 4))
    made = _mix(edit, [_steady(tmp_path / "a.f32", 1), None], None, tmp_path, ffmpeg)
    assert made[RATE // 2, 0] == pytest.approx(0.5 * 10 ** (-6 / 20), rel=1e-4)
    assert not made[RATE + 500 :].any()
    assert len(made) == 2 * RATE


def test_a_bed_lies_under_speech_by_the_measured_level(video: dict[str, Any], ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    music = {"type": "music", "source": "s2", "level_db": -18, "duck_db": 6, "fade_in": 0, "fade_out": 0}
    known = source("s2", Path(__file__), 2, kind="audio", width=0, height=0, rate=None)
    edit = plan([video, known], said("c1", "s1", 0, 2), cut("c2", "s1", 4, 8), music)
    timeline = compile(edit)
    loud = np.random.default_rng(1).normal(0, 0.1, (4 * RATE, 2)).astype(np.float32)
    (loud * 3).tofile(tmp_path / "voice.raw")
    loud[: 2 * RATE].tofile(tmp_path / "bed.raw")
    voice = tmp_path / "voice.raw"
    with_bed = _mix(edit, [voice, None], tmp_path / "bed.raw", tmp_path, ffmpeg)
    bare = plan([video, known], said("c1", "s1", 0, 2), cut("c2", "s1", 4, 8))
    without = _mix(bare, [voice, None], None, tmp_path, ffmpeg)
    bed = with_bed - without
    under, over = _level(bed[RATE // 2 : 2 * RATE]), _level(bed[5 * RATE : 5 * RATE + 9000])
    voice_level = _level(without[RATE // 10 : RATE])
    assert under - voice_level == pytest.approx(-18, abs=1)
    assert over - under == pytest.approx(6, abs=0.5)
    assert timeline.frames * RATE // 30 == len(bed)


def _level(samples: Samples) -> float:
    return float(10 * np.log10((samples**2).mean()))


def test_the_bed_goes_down_before_a_word_and_comes_up_after_it(video: dict[str, Any]) -> None:
    timeline = compile(plan([video], cut("c1", "s1", 0, 6)))
    curve = bed_gain(Music(source="s2", level_db=-20, duck_db=8), timeline.spoken, timeline, -20, -10)
    first, last = round(0.5 * RATE), round(2.4 * RATE)
    gain = curve.over(0, 6 * RATE)[:, 0]
    assert gain[first : last + 1] == pytest.approx(-30, abs=1e-6)
    assert gain[first - round(ATTACK * RATE)] == pytest.approx(-22, abs=0.01)
    assert gain[last + round(RELEASE * RATE) + 1 :] == pytest.approx(-22, abs=0.01)
    assert np.abs(np.diff(gain)).max() < 8 / (0.3 * RATE)


def test_without_speech_the_bed_is_the_programme(video: dict[str, Any]) -> None:
    timeline = compile(plan([video], cut("c1", "s1", 4, 6)))
    assert set(bed_gain(Music(source="s2"), timeline.spoken, timeline, -30, -10).gain) == {-6.0}


def test_a_short_bed_begins_anew_without_a_click(video: dict[str, Any], tmp_path: Path) -> None:
    timeline = compile(plan([video], cut("c1", "s1", 0, 5)))
    made = _read(write_bed(Music(source="s2"), _steady(tmp_path / "a.f32", 2), timeline, tmp_path / "bed.f32").path)
    assert len(made) == 5 * RATE
    assert np.abs(np.diff(made[:, 0])).max() < 0.5 / (0.0025 * RATE)
    assert (made[RATE : RATE + 100] == 0.5).all()


def test_the_same_stretch_is_decoded_once(ramp: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    runs: list[Any] = []
    told = ffmpeg.telling(runs.append)
    for _ in range(2):
        decode(_source(ramp, 8), Fraction(1), RATE, ramp, Cache(tmp_path), told)
    assert len([run for run in runs if "f32le" in run.command]) == 1
