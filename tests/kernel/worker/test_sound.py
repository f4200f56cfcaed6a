"""The sound of a source as samples: on the source's own clock, and nothing but the worker's own files read back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kernel.errors import BadInput
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.probe import probe
from kernel.worker.sound import RATE, loudness_in, read_wav, take_sound
from tests.kernel.worker.scenes import beeps, numbered, tone, write_sound, write_video


def test_a_beep_lies_in_the_samples_where_it_lies_in_the_video(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    video = write_video(footage / "beep.mp4", ffmpeg, numbered(90), "30", beeps(3, [1.0, 2.0]))
    take_sound(video, probe(video, ffmpeg, tmp_path), tmp_path / "s.wav", ffmpeg)
    samples = read_wav(tmp_path / "s.wav")
    loud = np.flatnonzero(np.abs(samples) > 0.1) / RATE
    assert len(samples) == pytest.approx(3 * RATE, abs=400)
    assert loud[0] == pytest.approx(1.0, abs=0.005)
    assert loud[-1] == pytest.approx(2.05, abs=0.005)


def test_sound_that_begins_late_is_led_in_by_silence(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    video = write_video(footage / "both.mp4", ffmpeg, numbered(90), "30", tone(2))
    late = footage / "late.mkv"
    two = ["-i", f"file:{video}", "-itsoffset", "1", "-i", f"file:{video}", "-map", "0:v", "-map", "1:a", "-c", "copy"]
    ffmpeg.run([*two, f"file:{late}"], cwd=footage, timeout=30)
    take_sound(late, probe(late, ffmpeg, tmp_path), tmp_path / "s.wav", ffmpeg)
    samples = read_wav(tmp_path / "s.wav")
    assert np.abs(samples[: int(0.95 * RATE)]).max() < 0.01
    assert np.abs(samples[int(1.1 * RATE) : int(1.9 * RATE)]).max() > 0.1


def test_the_same_source_gives_the_same_bytes(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    source = write_sound(footage / "same.flac", ffmpeg, tone(1))
    found = probe(source, ffmpeg, tmp_path)
    take_sound(source, found, tmp_path / "a.wav", ffmpeg)
    take_sound(source, found, tmp_path / "b.wav", ffmpeg)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_loudness_is_measured_and_silence_has_none(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    for name, level, expected in (("tone", 0.1, -23.0), ("none", 0.0, None)):
        source = write_sound(footage / f"{name}.wav", ffmpeg, tone(3, 1000, level))
        loudness = take_sound(source, probe(source, ffmpeg, tmp_path), tmp_path / "s.wav", ffmpeg)
        assert loudness == (pytest.approx(expected, abs=0.3) if expected else None)


def test_loudness_is_read_from_the_last_summary() -> None:
    assert loudness_in("  Integrated loudness:\n    I:         -14.4 LUFS\n    Threshold: -24.8 LUFS\n") == -14.4
    assert loudness_in("    I:         -70.0 LUFS\n") is None
    assert loudness_in("") is None


@pytest.mark.parametrize("more", [["-ar", "8000"], ["-ac", "2", "-ar", "16000"], ["-c:a", "pcm_s24le", "-ar", "16000"]])
def test_another_wav_is_not_read(footage: Path, ffmpeg: Ffmpeg, more: list[str]) -> None:
    with pytest.raises(BadInput, match=r"not mono, 16 bit|no WAV"):
        read_wav(write_sound(footage / "other.wav", ffmpeg, tone(0.2), more))


def test_what_is_no_wav_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(b"not a wav")
    with pytest.raises(BadInput, match="no WAV file made by the worker"):
        read_wav(tmp_path / "x.wav")
