"""joins: clicks, sync and music measured on sound whose truth is known, and on a real render, whole and spoilt."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from kernel.evaluation.case import Case
from kernel.evaluation.measures.joins import Joins, click_at, measure, place_of
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.plan import EditPlan
from kernel.worker.probe import probe
from kernel.worker.render import render
from kernel.worker.sound import RATE, Coded, Samples, map_wav, take_sound
from tests.kernel.worker.scenes import cut, numbered, plan, source, words, write_sound, write_video


def voice(seconds: float, seed: int, rate: int = RATE) -> Samples:
    """Return what is like speech: syllables of noise in the formants' band."""
    noise = np.random.default_rng(seed).normal(size=round(seconds * rate))
    spectrum = np.fft.rfft(noise)
    hertz = np.fft.rfftfreq(len(noise), 1 / rate)
    spectrum *= np.exp(-(((np.log2(np.maximum(hertz, 1) / 600)) / 1.2) ** 2))
    made = np.fft.irfft(spectrum, len(noise))
    shape = 0.55 + 0.45 * np.sin(2 * np.pi * 4 * np.arange(len(made)) / rate + seed)
    return np.asarray(0.2 * shape * made / np.abs(made).max(), dtype=np.float32)


def music(seconds: float, rate: int) -> Samples:
    """Return chords that change four times a second."""
    at = np.arange(round(seconds * rate))
    notes = np.random.default_rng(5).integers(0, 24, (int(seconds * 4) + 1, 3))
    pitch = 110 * 2 ** (notes[at * 4 // rate] / 12)
    phase = np.cumsum(2 * np.pi * pitch / rate, axis=0)
    decay = np.exp(-6 * ((at * 4 % rate) / rate))
    return np.asarray(0.15 * (np.sin(phase).sum(axis=1) + np.sin(2 * phase).sum(axis=1)) * decay, dtype=np.float32)


def coded(sound: Samples) -> Coded:
    return np.asarray(np.clip(sound, -1, 1) * 32767, dtype=np.int16)


def clicking(height: float) -> Samples:
    sound = voice(2.0, 1)
    sound[RATE : RATE + 5] += height
    return sound


def over(sound: Samples, at: float = 1.0) -> float:
    found = click_at(coded(sound), at)
    assert found is not None
    return found.over


def test_a_click_stands_over_the_voice_and_the_more_the_higher_it_is() -> None:
    heights = [over(clicking(height)) for height in (0.0, 0.1, 0.2, 0.4)]
    assert heights == sorted(heights)
    assert heights[0] < 6 < 12 < heights[1]


def test_a_jump_between_two_sounds_clicks_and_a_short_fade_does_not() -> None:
    at = np.arange(2 * RATE) / RATE
    one, other = (0.3 * np.cos(2 * np.pi * hertz * at).astype(np.float32) for hertz in (150.0, 210.0))
    jump = np.where(at < 1, one, -other)
    edge = RATE * 8 // 1000
    fade = np.clip(np.abs(np.arange(len(at)) - RATE) / edge, 0, 1)
    assert over(jump) > 20
    assert over(np.asarray(jump * fade, dtype=np.float32)) < 9


def test_a_drum_on_the_cut_is_no_click() -> None:
    sound = voice(2.0, 2)
    hit = np.random.default_rng(3).normal(size=RATE // 5) * np.exp(-np.arange(RATE // 5) / (0.03 * RATE))
    sound[RATE : RATE + len(hit)] += 0.2 * hit.astype(np.float32)
    assert over(sound) < 9


def test_where_nothing_is_heard_nothing_clicks() -> None:
    assert click_at(np.zeros(2 * RATE, dtype=np.int16), 1.0) is None
    assert click_at(np.zeros(0, dtype=np.int16), 1.0) is None


@pytest.mark.parametrize("late", [-0.3, -0.045, 0.0, 0.125, 0.6])
def test_a_sound_is_found_again_wherever_it_lies_nearby(late: float) -> None:
    own, others = voice(3.0, 1), voice(5.0, 2)
    shift = round(late * RATE)
    sound = 0.3 * others
    sound[RATE + shift : 4 * RATE + shift] += own
    assert place_of(own, sound, RATE, round(0.7 * RATE)) == shift


def test_another_sound_is_not_taken_for_it() -> None:
    assert place_of(voice(3.0, 1), voice(5.0, 2), RATE, round(0.7 * RATE)) is None
    assert place_of(voice(3.0, 1), np.zeros(5 * RATE, dtype=np.float32), RATE, RATE // 2) is None


class Made(NamedTuple):
    """A render of two clips of speech over music."""

    video: Path
    edit: EditPlan
    media: dict[str, Path]
    samples: Coded

    def joins(self, ffmpeg: Ffmpeg, work: Path, samples: Coded | None = None) -> Joins:
        case = Case(self.video, ffmpeg, work, plan=self.edit, media=self.media)
        found = measure(case, self.samples if samples is None else samples)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Ffmpeg) -> Made:
    folder = tmp_path_factory.mktemp("joins")
    talk = write_video(folder / "talk.mp4", ffmpeg, numbered(300), "30", voice(10.0, 1, 48000))
    song = write_sound(folder / "song.wav", ffmpeg, music(12.0, 48000))
    spoken = words("s1", *((f"word{n}", n * 0.5 + 0.1, n * 0.5 + 0.5) for n in range(19)))
    sources = [
        source("s1", talk, 10.0, words=spoken),
        source("s2", song, 12.0, kind="audio", width=0, height=0, rate=None),
    ]
    bed = {"type": "music", "source": "s2", "level_db": -20.0}
    edit = plan(sources, cut("c1", "s1", 0.0, 4.0), cut("c2", "s1", 5.0, 9.5), bed, {"type": "loudness"})
    media = {"s1": talk, "s2": song}
    video, wav = folder / "out.mp4", folder / "out.wav"
    render(edit, media, video, folder / "cache", ffmpeg)
    take_sound(video, probe(video, ffmpeg, folder), wav, ffmpeg)
    return Made(video, edit, media, map_wav(wav))


def test_a_good_render_neither_clicks_nor_drifts_and_its_music_lies_where_it_was_planned(
    made: Made, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    found = made.joins(ffmpeg, tmp_path)
    assert (found.cuts, len(found.clicks)) == (1, 1)
    assert found.clicks[0].over < 9
    assert [drift.clip for drift in found.drifts] == ["c1", "c2"]
    assert all(abs(drift.late) < 0.002 for drift in found.drifts)
    assert found.music == pytest.approx(20.0, abs=2.0)
    assert found.over_talk


def test_sound_that_comes_late_is_told_by_so_much(made: Made, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    late = np.concatenate([np.zeros(RATE // 5, dtype=np.int16), made.samples[: -RATE // 5]])
    found = made.joins(ffmpeg, tmp_path, late)
    assert [drift.late for drift in found.drifts] == [pytest.approx(0.2, abs=0.002)] * 2


def test_a_click_at_the_cut_is_told_by_its_time(made: Made, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    spoilt = np.array(made.samples)
    spoilt[4 * RATE : 4 * RATE + 5] += 12000
    (click,) = made.joins(ffmpeg, tmp_path, spoilt).clicks
    assert click.over > 12
    assert click.at == pytest.approx(4.0, abs=0.007)


def test_without_the_sources_only_the_cuts_are_listened_to(made: Made, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    found = measure(Case(made.video, ffmpeg, tmp_path, plan=made.edit), made.samples)
    assert found is not None
    assert (found.cuts, found.drifts, found.music) == (1, (), None)


def test_without_a_plan_or_a_sound_nothing_is_measured(made: Made, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    assert measure(Case(made.video, ffmpeg, tmp_path), made.samples) is None
    assert measure(Case(made.video, ffmpeg, tmp_path, plan=made.edit), np.zeros(0, dtype=np.int16)) is None
