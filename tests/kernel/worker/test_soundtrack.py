"""The whole sound of a plan: in its place, at its level, made once, the same bytes every time."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.ops.loudness import Loudness
from kernel.worker.samples import RATE, sample_of
from tests.kernel.worker.heard import db, decoded, noise, sound_of
from tests.kernel.worker.scenes import beeps, cut, plan, source, tone, words, write_sound


@pytest.fixture(scope="module")
def hit(footage: Path, ffmpeg: Ffmpeg) -> Path:
    """Half a second that begins with its loudest sample."""
    sound = tone(0.5, 1000, 0.5) * np.exp(-np.arange(RATE // 2) / 2000)
    return write_sound(footage / "hit.wav", ffmpeg, np.roll(sound, -12).astype(np.float32))


def _sources(talk: Path, music: Path, hit: Path) -> tuple[list[dict[str, Any]], dict[str, Path]]:
    bare: dict[str, Any] = {"kind": "audio", "width": 0, "height": 0, "rate": None}
    known = [source("s1", talk, 8), source("s2", music, 2, **bare), source("s3", hit, 0.5, **bare)]
    return known, {"s1": talk, "s2": music, "s3": hit}


def test_an_effect_is_heard_at_its_exact_sample(
    talk: Path, music: Path, hit: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    known, media = _sources(talk, music, hit)
    effect = {"type": "effect", "id": "e1", "source": "s3", "clip": "c2", "offset": 0.3331, "gain_db": -6}
    clips = cut("c1", "s1", 2.5, 3.5, gain_db=-60), cut("c2", "s1", 4.2, 5.2, gain_db=-60)
    made = decoded(sound_of(plan(known, *clips, effect), media, tmp_path, ffmpeg).path, ffmpeg)[:, 0]
    alone = decoded(hit, ffmpeg)[:, 0] / 2
    at = round(1.3331 * RATE)
    likeness = [float(made[at + shift :][: len(alone)] @ alone) for shift in range(-40, 41)]
    assert int(np.argmax(likeness)) == 40
    assert db(made[: at - 2000]) < -70


def test_the_same_plan_gives_the_same_bytes_and_a_second_time_costs_nothing(
    talk: Path, music: Path, hit: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    known, media = _sources(talk, music, hit)
    edit = plan(
        known, cut("c1", "s1", 0, 2), cut("c2", "s1", 3, 5), {"type": "music", "source": "s2"}, {"type": "loudness"}
    )
    runs: list[Any] = []
    one = sound_of(edit, media, tmp_path / "one", ffmpeg.telling(runs.append))
    first = len(runs)
    again = sound_of(edit, media, tmp_path / "one", ffmpeg.telling(runs.append))
    other = sound_of(edit, media, tmp_path / "other", ffmpeg)
    assert (one.reused, again.reused, other.reused) == (False, True, False)
    assert len([run for run in runs[first:] if "-version" not in run.command]) == 0
    assert one.path.read_bytes() == other.path.read_bytes()
    assert one.level == again.level == other.level


def test_a_trim_decodes_its_own_clip_alone(talk: Path, music: Path, hit: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    known, media = _sources(talk, music, hit)
    runs: list[Any] = []
    told = ffmpeg.telling(runs.append)
    sound_of(plan(known, cut("c1", "s1", 0, 2), cut("c2", "s1", 3, 5)), media, tmp_path, told)
    runs.clear()
    sound_of(plan(known, cut("c1", "s1", 0, 2), cut("c2", "s1", 3, 4.5)), media, tmp_path, told)
    assert len([run for run in runs if "f32le" in run.command and "aac" not in run.command]) == 1


def test_a_sound_that_proved_bad_is_made_anew(
    talk: Path, music: Path, hit: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    known, media = _sources(talk, music, hit)
    edit = plan(known, cut("c1", "s1", 0, 2))
    sound_of(edit, media, tmp_path, ffmpeg).path.write_bytes(b"bad")
    assert not sound_of(edit, media, tmp_path, ffmpeg).reused


def test_a_bed_lies_under_speech_by_the_measured_level(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    speech = np.concatenate([noise(2, 0.2), np.zeros(4 * RATE, np.float32)])
    talk = write_sound(footage / "talks.wav", ffmpeg, speech)
    bed = write_sound(footage / "lies.wav", ffmpeg, tone(6, 1000, 0.1))
    bare: dict[str, Any] = {"kind": "audio", "width": 0, "height": 0, "rate": None}
    spans = words("s1", ("All", 0.05, 1.0), ("along", 1.0, 1.95))
    known = [source("s1", talk, 6, words=spans), source("s2", bed, 6, **bare)]
    music = {"type": "music", "source": "s2", "level_db": -18, "duck_db": 6, "fade_in": 0, "fade_out": 0}
    media = {"s1": talk, "s2": bed}
    made = decoded(sound_of(plan(known, cut("c1", "s1", 0, 6), music), media, tmp_path, ffmpeg).path, ffmpeg)[:, 0]
    wave = np.exp(2j * np.pi * 1000 * np.arange(RATE) / RATE)
    under, over = (float(np.abs(made[first : first + RATE] @ wave)) / RATE * 2 for first in (RATE // 2, 4 * RATE))
    assert 20 * np.log10(under / over) == pytest.approx(-6, abs=0.5)
    # White noise of 0.2 is about 3 dB louder to the ear than a tone of its power at 1 kHz.
    assert 20 * np.log10(under / np.sqrt(2)) - db(made[RATE // 2 : 3 * RATE // 2]) == pytest.approx(-18 + 3, abs=1.5)


def test_speakers_are_brought_to_one_loudness(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    loud = write_sound(footage / "loud.wav", ffmpeg, noise(4, 0.2))
    low = write_sound(footage / "low.wav", ffmpeg, noise(4, 0.03, seed=2))
    known = [source(f"s{n}", path, 4, words=words(f"s{n}", ("w", 0.1, 3.9))) for n, path in ((1, loud), (2, low))]
    edit = plan(known, cut("c1", "s1", 0, 4), cut("c2", "s2", 0, 4), {"type": "clean", "denoise": "off", "level": True})
    made = decoded(sound_of(edit, {"s1": loud, "s2": low}, tmp_path, ffmpeg).path, ffmpeg)[:, 0]
    assert db(made[RATE : 3 * RATE]) == pytest.approx(db(made[5 * RATE : 7 * RATE]), abs=0.7)


@pytest.mark.parametrize("rate", [{"num": 30, "den": 1}, {"num": 30000, "den": 1001}])
def test_sound_stays_in_its_place_over_many_cuts(
    rate: dict[str, int], footage: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    clock = write_sound(footage / "clock.wav", ffmpeg, beeps(60, [float(second) for second in range(1, 60)]))
    known = [source("s1", clock, 60, rate=rate)]
    clips = [cut(f"c{n}", "s1", (n * 7) % 55 + 0.5, (n * 7) % 55 + 1.5) for n in range(50)]
    made = decoded(sound_of(plan(known, *clips, rate=rate), {"s1": clock}, tmp_path, ffmpeg).path, ffmpeg)[:, 0]
    timeline = compile(plan(known, *clips, rate=rate))
    for clip in timeline.clips:
        second = math.ceil(clip.source_start)
        at = sample_of(clip.first_frame, timeline) + round((second - clip.source_start) * RATE)
        loud = np.flatnonzero(np.abs(made[at - 2000 : at + 2000]) > 0.1)
        assert abs(int(loud[0]) - 2000) <= 48


def test_loudness_is_that_of_the_plan(shared: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    folder = shared / "footage"
    path, bed = folder / "derived_talk720_60s.mp4", folder / "music_vibe_ace.ogg"
    known = [source("s1", path, 60.0), source("s2", bed, 61.4, kind="audio", width=0, height=0, rate=None)]
    clips = [cut(f"c{n}", "s1", 5.0 * n, 5.0 * n + 4) for n in range(6)]
    for wanted in (Loudness(), Loudness(lufs=-23, true_peak_db=-2)):
        edit = plan(known, *clips, {"type": "music", "source": "s2"}, wanted.model_dump())
        level = sound_of(edit, {"s1": path, "s2": bed}, tmp_path, ffmpeg).level
        assert level.lufs == pytest.approx(wanted.lufs, abs=0.2)
        assert level.peak_db is not None
        assert level.peak_db <= wanted.true_peak_db
