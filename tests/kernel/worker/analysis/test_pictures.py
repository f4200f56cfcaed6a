"""Small frames: at the source's nominal rate, upright, in their right shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.worker.analysis.passes import analyse
from kernel.worker.analysis.pictures import Frame, block_size, filters, framed, looked_at, output, small_size, steady
from kernel.worker.clock import OWN_CLOCK
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.media import Probe, Rate
from kernel.worker.probe import probe
from tests.kernel.worker.scenes import numbered, write_video


def sized(width: int, height: int) -> Probe:
    return Probe(kind="video", duration=1, size=1, container="x", bitrate=1, width=width, height=height)


def frames(path: Path, found: Probe, ffmpeg: Ffmpeg, work: Path) -> list[Frame]:
    arguments = [*opening(path, *OWN_CLOCK), "-vf", f"{steady(found)},{filters(found)}", "-an", *output(found)]
    return list(framed(ffmpeg.stream(arguments, cwd=work, timeout=60, size=block_size(found)), found))


@pytest.mark.parametrize(
    ("size", "small"), [((1920, 1080), (320, 180)), ((1080, 1920), (180, 320)), ((4000, 16), (320, 16))]
)
def test_the_long_side_is_the_same_for_every_shape(size: tuple[int, int], small: tuple[int, int]) -> None:
    assert small_size(sized(*size)) == small


@pytest.mark.parametrize(("rate", "looked"), [("60/1", "60/1"), ("120/1", "120/2"), ("30000/1001", "30000/1001")])
def test_a_fast_source_is_looked_at_every_second_frame(rate: str, looked: str) -> None:
    num, den = map(int, rate.split("/"))
    assert str(looked_at(sized(64, 64).model_copy(update={"rate": Rate(num=num, den=den)}))) == looked


def test_every_frame_comes_at_its_time_with_its_brightness(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    video = write_video(footage / "small.mp4", ffmpeg, numbered(50, range(25, 50)), "25")
    seen = frames(video, probe(video, ffmpeg, tmp_path), ffmpeg, tmp_path)
    assert [frame.at for frame in seen] == [pytest.approx(n / 25) for n in range(50)]
    assert [frame.luma[135:].mean() > 180 for frame in seen] == [n >= 25 for n in range(50)]
    assert seen[0].blue.shape == (seen[0].luma.shape[0] // 2, seen[0].luma.shape[1] // 2)


def test_a_variable_rate_is_laid_on_an_even_clock(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    even = write_video(footage / "even.mp4", ffmpeg, numbered(50, range(30, 50)), "25")
    gappy = footage / "gappy.mp4"
    drop = ["-vf", "select='lt(mod(n,10),6)'", "-fps_mode", "vfr", f"file:{gappy}"]
    ffmpeg.run(["-i", f"file:{even}", *drop], cwd=footage, timeout=30)
    found = probe(gappy, ffmpeg, tmp_path)
    assert found.variable_rate
    bright = [frame.at for frame in frames(gappy, found, ffmpeg, tmp_path) if frame.luma[135:].mean() > 180]
    assert bright[0] == pytest.approx(1.2)


def test_looking_tells_its_progress_and_its_shots(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    video = write_video(footage / "two.mp4", ffmpeg, numbered(100, range(50, 100)), "25")
    shares: list[float] = []
    sights = analyse(video, ffmpeg, tmp_path, on_progress=shares.append).sights
    assert [shot.start for shot in sights.shots] == [0.0, 2.0]
    assert shares == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.75, 1.0])
    assert sights.faults == 0
