"""Stills: on the grid and where they are wished for, upright, at their own size or bounded, in right colours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kernel.worker.analysis.passes import analyse
from kernel.worker.analysis.stills import MOST, MOST_WISHED, chosen, still_size
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.media import Probe, Rate
from tests.kernel.worker.scenes import numbered, write_video


def known(duration: float = 10.0, rate: str = "30/1", width: int = 640, height: int = 360) -> Probe:
    num, den = map(int, rate.split("/"))
    shape = {"width": width, "height": height, "rate": Rate(num=num, den=den)}
    return Probe.model_validate(
        {"kind": "video", "duration": duration, "size": 1, "container": "x", "bitrate": 1, **shape}
    )


def test_a_still_is_taken_each_second_and_where_it_is_wished_for() -> None:
    taken = chosen(known(3.0), (1.5, 1.0, 99.0, -1.0))
    assert (taken.frames, taken.every) == ((0, 30, 45, 60), 1.0)
    assert chosen(known(3.0, "30000/1001"), ()).times == pytest.approx((0.0, 29 * 1001 / 30000, 59 * 1001 / 30000))


def test_a_long_file_is_sampled_however_much_is_wished_for() -> None:
    taken = chosen(known(4 * 3600.0), [n / 2 for n in range(20_000)])
    assert taken.every == 120.0
    assert MOST + MOST_WISHED / 2 < len(taken.frames) <= MOST + MOST_WISHED


def test_sound_has_no_stills() -> None:
    assert chosen(known().model_copy(update={"kind": "audio"}), (1.0,)).frames == ()


@pytest.mark.parametrize(
    ("size", "still"), [((640, 360), (640, 360)), ((7680, 4320), (1920, 1080)), ((2160, 3840), (1080, 1920))]
)
def test_a_large_picture_has_bounded_stills(size: tuple[int, int], still: tuple[int, int]) -> None:
    assert still_size(known(width=size[0], height=size[1])) == still


def test_the_still_is_the_frame_that_is_shown_at_its_time(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    bright = (13, 31, 77)
    video = write_video(footage / "marked.mp4", ffmpeg, numbered(100, bright), "25")
    wished = [frame / 25 for frame in bright] + [32 / 25, 76 / 25]
    stills = analyse(video, ffmpeg, tmp_path, wished).stills
    shown = {round(still.at * 25): still.rgb[100:].mean() > 180 for still in stills}
    assert shown == {0: False, 13: True, 25: False, 31: True, 32: False, 50: False, 75: False, 76: False, 77: True}
    near = stills.near(1.26)
    assert near is not None
    assert near.at == pytest.approx(31 / 25)


@pytest.mark.parametrize("size", ["128x96", "1280x720"])
def test_colours_are_as_they_were_meant_whether_the_file_says_so_or_not(
    ffmpeg: Ffmpeg, tmp_path: Path, size: str
) -> None:
    matrix = "bt709" if size == "1280x720" else "smpte170m"
    coded = f"scale=out_color_matrix={matrix},format=yuv420p,setparams=colorspace=unknown"
    made = f"color=c=0xC04020:s={size}:d=1:r=10,{coded}"
    encoder = ["-c:v", "libx264", "-qp", "0", "-preset", "ultrafast"]
    ffmpeg.run(["-f", "lavfi", "-i", made, *encoder, f"file:{tmp_path / 'red.mp4'}"], cwd=tmp_path, timeout=60)
    (still,) = analyse(tmp_path / "red.mp4", ffmpeg, tmp_path).stills
    assert np.abs(still.rgb.reshape(-1, 3).mean(axis=0) - (0xC0, 0x40, 0x20)).max() < 4


def test_a_turned_picture_stands_upright(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    flat = write_video(footage / "flat.mp4", ffmpeg, numbered(30), "30")
    turn = ["-display_rotation", "90", "-i", f"file:{flat}", "-c", "copy", f"file:{footage / 'turned.mp4'}"]
    ffmpeg.run(turn, cwd=footage, timeout=30)
    found = analyse(footage / "turned.mp4", ffmpeg, tmp_path)
    assert found.stills[0].rgb.shape == (320, 180, 3)
    assert (found.measured.width, found.measured.height) == (180, 320)
