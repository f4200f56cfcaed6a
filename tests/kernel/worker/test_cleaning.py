"""Cleaning: allowed filters only, none late, and each does what it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kernel.errors import WorkerError
from kernel.worker.cleaning import audio, clean_of, filters
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.media import Source
from kernel.worker.ops.clean import Clean
from kernel.worker.samples import RATE
from kernel.worker.segments import Cache
from kernel.worker.stems import Wanted, take
from tests.kernel.worker.heard import Mono, db, lag, noise, snr
from tests.kernel.worker.scenes import cut, plan, source, tone, write_sound

BARE = Clean(denoise="off", highpass_hz=0)


def _through(sound: Mono, clean: Clean, folder: Path, ffmpeg: Ffmpeg) -> Mono:
    path = write_sound(folder / "sound.wav", ffmpeg, sound, ["-c:a", "pcm_f32le"])
    known = Source.model_validate(source("s1", path, len(sound) / RATE, kind="audio"))
    stem = take(Wanted(known, 0, len(sound), filters(clean)), path, Cache(folder / "cache"), ffmpeg)
    return np.fromfile(stem.path, dtype=np.float32).reshape(-1, 2)[:, 0]


def _voice(seconds: float = 4) -> Mono:
    """Return a deep voice's overtones, coming and going."""
    at = np.arange(round(seconds * RATE)) / RATE
    made = sum(np.sin(2 * np.pi * 118 * number * at + number**2) / number for number in range(1, 30))
    return np.asarray(0.05 * made * np.sin(2 * np.pi * 1.5 * at) ** 2, dtype=np.float32)


@pytest.mark.parametrize("name", ["amovie", "ladspa", "afftdn", "anlmdn", "volume"])
def test_a_filter_that_is_not_on_the_list_is_refused(name: str) -> None:
    with pytest.raises(WorkerError, match=name):
        audio(name, f="x")


@pytest.mark.parametrize("value", ["1,amovie=/etc/passwd", "1;a", "[x]", "it's", "a\\b"])
def test_an_option_cannot_smuggle_in_another_filter(value: str) -> None:
    with pytest.raises(WorkerError):
        audio("highpass", f=value)


def test_a_clips_own_cleaning_counts_before_that_of_all() -> None:
    known = source("s1", Path(__file__), 8)
    both = {"type": "clean"}, {"type": "clean", "of": "c2", "denoise": "strong"}
    edit = plan([known], cut("c1", "s1", 0, 1), cut("c2", "s1", 2, 3), *both)
    assert [clean.denoise for clean in (clean_of(edit, clip) for clip in ("c1", "c2")) if clean] == [
        "medium",
        "strong",
    ]
    assert clean_of(plan([known], cut("c1", "s1", 0, 1)), "c1") is None


@pytest.mark.parametrize(
    "clean",
    [
        BARE,
        BARE.model_copy(update={"highpass_hz": 80.0}),
        BARE.model_copy(update={"hum_hz": 50}),
        BARE.model_copy(update={"declick": True}),
        BARE.model_copy(update={"deess": True}),
    ],
    ids=["bare", "highpass", "hum", "declick", "deess"],
)
def test_no_filter_is_late_by_a_sample(clean: Clean, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    sound = noise(4, 0.05)
    made = _through(sound, clean, tmp_path, ffmpeg)
    assert len(made) == len(sound)
    assert lag(sound, made) == 0


def test_hum_goes_and_the_voice_stays(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    voice = _voice()
    hum = sum(tone(4, 50.0 * number, 0.1 / number) for number in range(1, 6))
    made = _through(np.asarray(voice + hum, np.float32), BARE.model_copy(update={"hum_hz": 50}), tmp_path, ffmpeg)
    assert db(made[RATE:] - voice[RATE:]) < db(np.asarray(hum)) - 15


def test_clicks_go_and_the_voice_stays(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    voice = _voice()
    clicked = voice.copy()
    clicked[3000:-3000:7919] += 0.4
    made = _through(clicked, BARE.model_copy(update={"declick": True}), tmp_path, ffmpeg)
    assert snr(voice, made) > snr(voice, clicked) + 15


def test_clicks_that_last_a_while_go_too(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    hiss = noise(8, 0.003)
    clicked, places = hiss.copy(), range(RATE // 2, 7 * RATE, RATE * 9 // 10)
    for place in places:
        clicked[place : place + 10] += 0.3
    made = _through(clicked, BARE.model_copy(update={"declick": True}), tmp_path, ffmpeg)
    assert max(np.abs(made[place - 50 : place + 60]).max() for place in places) < 0.06


def test_rumble_goes(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    made = _through(tone(3, 25, 0.3), BARE.model_copy(update={"highpass_hz": 80.0}), tmp_path, ffmpeg)
    assert db(made[RATE:]) < db(tone(3, 25, 0.3)) - 15
    kept = _through(tone(3, 400, 0.3), BARE.model_copy(update={"highpass_hz": 80.0}), tmp_path, ffmpeg)
    assert db(kept[RATE:]) == pytest.approx(db(tone(3, 400, 0.3)), abs=0.2)


def test_a_sharp_s_is_softened_and_a_vowel_is_not(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    sound = tone(3, 300, 0.2)
    hiss = np.diff(noise(0.5, 0.15), prepend=0).astype(np.float32)
    sound[RATE : RATE + len(hiss)] += hiss
    made = _through(sound, BARE.model_copy(update={"deess": True}), tmp_path, ffmpeg)
    sharp = slice(RATE + 4000, RATE + len(hiss))
    assert db(np.diff(made[sharp])) < db(np.diff(sound[sharp])) - 3
    assert db(made[: RATE // 2]) == pytest.approx(db(sound[: RATE // 2]), abs=0.5)
