"""Voices: every clip's sound in its place, no click, no word cut or doubled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kernel.worker.compile import compile
from kernel.worker.mixdown import Layer, Mix
from kernel.worker.plan import EditPlan
from kernel.worker.samples import RATE, Curve, Samples
from kernel.worker.voices import Voice, voices
from tests.kernel.worker.scenes import cut, plan, said, source, words


@pytest.fixture
def video(talk: Path) -> dict[str, Any]:
    spans = ("One", 0.5, 0.9), ("two", 1.5, 1.9), ("three", 2.0, 2.4), ("four", 6.0, 6.4)
    return source("s1", talk, 8, words=words("s1", *spans))


def _voices(edit: EditPlan) -> tuple[Voice, ...]:
    return voices(edit, compile(edit))


def _played(edit: EditPlan, folder: Path) -> Samples:
    """Return the mix where every source is a steady 0.5: every fade and every click shows."""
    made, total = folder / "steady.f32", compile(edit).frames * RATE // 30
    np.full((10 * RATE, 2), 0.5, dtype=np.float32).tofile(made)
    layers = tuple(Layer(made, voice.at, voice.samples, voice.gain) for voice in _voices(edit))
    return Mix(layers, total, Curve((0.0,), (1.0,))).read(0, total)[:, 0]


def _dissolve(after: str, length: float = 1.0) -> dict[str, Any]:
    return {"type": "transition", "after": after, "kind": "dissolve", "length": length}


def test_joins_are_faded_and_nothing_clicks(video: dict[str, Any], tmp_path: Path) -> None:
    made = _played(plan([video], cut("c1", "s1", 0.5, 1.5), cut("c2", "s1", 3, 4)), tmp_path)
    assert np.abs(np.diff(made)).max() < 0.5 / (0.007 * RATE)
    assert (made[RATE // 100 : RATE - RATE // 100] == 0.5).all()
    assert abs(made[RATE]) < 0.01


def test_a_clip_that_goes_on_is_not_faded_and_loses_no_sample(video: dict[str, Any], tmp_path: Path) -> None:
    edit = plan([video], cut("c1", "s1", 0, 1), cut("c2", "s1", 1, 2), rate={"num": 30000, "den": 1001})
    one, other = _voices(edit)
    assert other.first == one.first + one.samples
    made = _played(plan([video], cut("c1", "s1", 0, 1), cut("c2", "s1", 1, 2)), tmp_path)
    assert (made[RATE // 50 : -RATE // 50] == 0.5).all()


def test_fades_eat_no_word(video: dict[str, Any]) -> None:
    edit = plan([video], said("c1", "s1", 0, 1))
    (voice,) = _voices(edit)
    word_in, word_out = (round(at * RATE) - voice.first for at in (0.5, 1.9))
    assert voice.gain.over(word_in, word_out).min() == 1
    assert voice.gain.over(0, voice.samples + 1)[[0, -1], 0] == pytest.approx([0, 0])


def test_gain_and_silence_are_as_asked(video: dict[str, Any], tmp_path: Path) -> None:
    edit = plan([video], cut("c1", "s1", 0, 1, gain_db=-6), cut("c2", "s1", 3, 4, gain_db=-60))
    made = _played(edit, tmp_path)
    assert made[RATE // 2] == pytest.approx(0.5 * 10 ** (-6 / 20), rel=1e-4)
    assert not made[RATE + 500 :].any()


def test_a_clip_without_sound_is_silence(video: dict[str, Any], slow: Path) -> None:
    mute = source("s2", slow, 6, has_sound=False, channels=0)
    assert [voice.clip.id for voice in _voices(plan([video, mute], cut("c1", "s2", 0, 1), cut("c2", "s1", 0, 1)))] == [
        "c2"
    ]


def test_a_transition_passes_the_sound_over_at_even_power(video: dict[str, Any], tmp_path: Path) -> None:
    edit = plan([video], cut("c1", "s1", 3, 5), cut("c2", "s1", 3, 5), _dissolve("c1"))
    one, other = _voices(edit)
    assert (one.at, one.samples) == (0, round(2.5 * RATE))
    assert (other.at, other.first) == (round(1.5 * RATE), round(2.5 * RATE))
    at = np.arange(round(1.5 * RATE), round(2.5 * RATE))
    power = one.gain.over(at[0], at[-1] + 1) ** 2 + other.gain.over(0, RATE) ** 2
    assert power == pytest.approx(1, abs=0.01)
    assert np.abs(np.diff(_played(edit, tmp_path)[500:-600])).max() < 1e-3


def test_no_word_that_was_cut_away_is_heard_in_a_passage(video: dict[str, Any]) -> None:
    # After "two" comes "three" 0.1 s later; before "four" there is quiet.
    edit = plan([video], said("c1", "s1", 0, 1), said("c2", "s1", 3, 3), _dissolve("c1"))
    one, other = _voices(edit)
    # Its last frame ends at 59/30 s; nothing of what follows is taken.
    assert one.first + one.samples == round(59 / 30 * RATE)
    assert other.at < round(compile(edit).clips[1].first_frame * RATE / 30)
    word_in, word_out = (round(at * RATE) - other.first for at in (6.0, 6.4))
    assert other.gain.over(word_in, word_out).min() == pytest.approx(1)
    assert one.gain.over(*(round(at * RATE) - one.first for at in (1.5, 1.9))).min() == pytest.approx(1)


def test_a_passage_takes_no_more_than_the_sources_have(video: dict[str, Any]) -> None:
    edit = plan([video], cut("c1", "s1", 7, 8), cut("c2", "s1", 0, 1), {**_dissolve("c1"), "kind": "dip"})
    one, other = _voices(edit)
    assert one.samples == RATE
    assert (other.first, other.samples) == (0, RATE)


def test_cleaning_is_asked_of_the_clip_alone(video: dict[str, Any]) -> None:
    clean = {"type": "clean", "of": "c2", "denoise": "strong", "hum_hz": 50}
    edit = plan([video], cut("c1", "s1", 0, 1), cut("c2", "s1", 3, 4), clean)
    one, other = (voice.wanted for voice in _voices(edit))
    assert (one.filters, one.quieter) == ((), 0)
    assert other.quieter == 18
    assert "bandreject=f=50:t=h:w=2" in other.filters
