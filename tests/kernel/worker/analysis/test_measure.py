"""measure: a render's facts in one decode."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kernel.errors import BadInput
from kernel.worker.analysis.measure import Measured
from kernel.worker.analysis.passes import analyse
from kernel.worker.ffmpeg import Ffmpeg
from tests.kernel.worker.scenes import numbered, tone, write_sound, write_video


def measure(path: Path, ffmpeg: Ffmpeg, work: Path) -> Measured:
    return analyse(path, ffmpeg, work).measured


@pytest.fixture(scope="module")
def measured(footage: Path, ffmpeg: Ffmpeg) -> Measured:
    """Five seconds: moving, black in the second second, frozen in the last two; silent in the third."""
    frames = numbered(150)
    frames += (np.arange(150, dtype=np.uint8) % 7 * 9)[:, None, None]
    frames[30:60] = 0
    frames[90:] = frames[90]
    sound = tone(5, 1000, 0.25)
    sound[2 * 48000 : 3 * 48000] = 0
    return measure(write_video(footage / "facts.mp4", ffmpeg, frames, "30", sound), ffmpeg, footage)


def test_length_rate_size_and_codecs_are_measured(measured: Measured) -> None:
    assert (measured.frames, str(measured.rate), measured.variable_rate) == (150, "30/1", False)
    assert (measured.width, measured.height, measured.video_codec, measured.audio_codec) == (320, 180, "h264", "aac")
    assert measured.duration == pytest.approx(5.0)
    assert measured.sound_duration == pytest.approx(5.0, abs=0.03)
    assert measured.size > 1000
    assert measured.faults == ()


def test_black_frozen_and_silent_stretches_are_found(measured: Measured) -> None:
    assert [(s.start, s.end) for s in measured.black] == [(1.0, 2.0)]
    assert measured.frozen[-1].start == pytest.approx(3.0, abs=0.05)
    assert measured.frozen[-1].end == pytest.approx(5.0, abs=0.05)
    (silent,) = measured.silent
    assert (silent.start, silent.end) == pytest.approx((2.0, 3.0), abs=0.05)


def test_loudness_and_true_peak_are_measured(measured: Measured) -> None:
    assert measured.true_peak == pytest.approx(-11.5, abs=1.5)
    assert measured.loudness == pytest.approx(-15.2, abs=0.7)
    assert measured.loudness_range is not None


def test_sound_alone_is_measured(footage: Path, ffmpeg: Ffmpeg) -> None:
    found = measure(write_sound(footage / "facts.wav", ffmpeg, tone(1)), ffmpeg, footage)
    assert (found.frames, found.rate, found.video_codec, found.audio_codec) == (0, None, "", "pcm_s16le")
    assert found.duration == pytest.approx(1.0)


def test_silence_and_no_sound_have_no_loudness(footage: Path, ffmpeg: Ffmpeg) -> None:
    for sound in (tone(1, 440, 0.0), None):
        found = measure(write_video(footage / "hush.mp4", ffmpeg, numbered(30), "30", sound), ffmpeg, footage)
        assert (found.loudness, found.true_peak, found.loudness_range) == (None, None, None)


def test_a_damaged_render_tells_its_faults(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    good = write_video(footage / "good.mp4", ffmpeg, numbered(90), "30", tone(3))
    data = bytearray(good.read_bytes())
    data[len(data) // 3 : len(data) // 3 + 2000] = bytes(n * 91 & 255 for n in range(2000))
    (tmp_path / "hurt.mp4").write_bytes(data)
    assert measure(tmp_path / "hurt.mp4", ffmpeg, tmp_path).faults
    assert measure(good, ffmpeg, tmp_path).faults == ()


def test_what_is_no_media_cannot_be_measured(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    (tmp_path / "x.mp4").write_text("nothing")
    with pytest.raises(BadInput):
        measure(tmp_path / "x.mp4", ffmpeg, tmp_path)


def test_loudness_meets_the_test_signal_of_the_standard(shared: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    assert measure(shared / "footage" / "loud_RelGateTest.wav", ffmpeg, tmp_path).loudness == pytest.approx(
        -10.0, abs=0.1
    )
