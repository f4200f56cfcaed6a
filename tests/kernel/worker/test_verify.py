"""verify: what is not what was planned is never handed out."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from kernel.errors import WorkerError
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.verify import check_join, prove, verify
from tests.kernel.worker.scenes import numbered, tone, write_video

RATE = Fraction(30)


@pytest.fixture(scope="module")
def video(footage: Path, ffmpeg: Ffmpeg) -> Path:
    return write_video(footage / "verified.mp4", ffmpeg, numbered(60), "30", tone(2))


def test_a_whole_file_passes(video: Path, ffmpeg: Ffmpeg) -> None:
    found = verify(video, 60, RATE, ffmpeg)
    assert (found.frames, found.size) == (60, video.stat().st_size)
    check_join(video, 60, RATE, ffmpeg)


def test_a_piece_is_proved_by_decoding_it(video: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    prove(video, 60, ffmpeg)
    with pytest.raises(WorkerError, match="60 frames where 59 were planned"):
        prove(video, 59, ffmpeg)
    with pytest.raises(WorkerError):
        prove(_damaged(video, tmp_path), 60, ffmpeg)


def test_a_join_with_a_hole_is_found(footage: Path, video: Path, ffmpeg: Ffmpeg) -> None:
    with pytest.raises(WorkerError, match="60 frames where 61"):
        check_join(video, 61, RATE, ffmpeg)
    late = "setts=pts=PTS+gte(N\\,30)*1024:dts=DTS+gte(N\\,30)*1024"
    torn = footage / "torn.mp4"
    arguments = [*opening(video), "-map", "0", "-c", "copy", "-bsf:v", late, f"file:{torn}"]
    ffmpeg.run(arguments, cwd=footage, timeout=60)
    with pytest.raises(WorkerError, match="evenly"):
        check_join(torn, 60, RATE, ffmpeg)


def test_a_join_with_too_little_sound_is_found(footage: Path, ffmpeg: Ffmpeg) -> None:
    short = write_video(footage / "brief.mp4", ffmpeg, numbered(60), "30", tone(1.5))
    with pytest.raises(WorkerError, match="samples where 96000 were planned"):
        check_join(short, 60, RATE, ffmpeg)


def test_a_frame_too_few_is_found(video: Path, ffmpeg: Ffmpeg) -> None:
    with pytest.raises(WorkerError, match="60 frames where 61 were planned"):
        verify(video, 61, RATE, ffmpeg)


def test_sound_of_another_length_is_found(footage: Path, ffmpeg: Ffmpeg) -> None:
    short = write_video(footage / "short.mp4", ffmpeg, numbered(60), "30", tone(1.5))
    with pytest.raises(WorkerError, match="samples where 96000 were planned"):
        verify(short, 60, RATE, ffmpeg)


def test_a_truncated_file_is_found(video: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    half = tmp_path / "half.mp4"
    half.write_bytes(video.read_bytes()[: video.stat().st_size // 2])
    with pytest.raises(WorkerError):
        verify(half, 60, RATE, ffmpeg)


def test_a_file_without_sound_is_found(slow: Path, ffmpeg: Ffmpeg) -> None:
    with pytest.raises(WorkerError):
        verify(slow, 150, Fraction(25), ffmpeg)


def test_damaged_pictures_are_found(video: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    with pytest.raises(WorkerError):
        verify(_damaged(video, tmp_path), 60, RATE, ffmpeg)


def _damaged(video: Path, tmp_path: Path) -> Path:
    held = bytearray(video.read_bytes())
    at = held.index(b"mdat") + len(held) // 4
    held[at : at + 3000] = bytes(3000)
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(held)
    return bad
