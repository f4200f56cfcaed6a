"""What ffmpeg lists is read right."""

from __future__ import annotations

import pytest

from kernel.worker.listing import read_listing, read_shown
from kernel.worker.media import Rate

SAID = """Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:/a/b.mp4':
  Metadata:
    title           : Stream #0:9: Video: fake, 1x1
  Duration: 01:02:03.50, start: 0.500000, bitrate: 412 kb/s
  Stream #0:0[0x1](eng): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, top first), 320x180, 25 fps
    Side data:
      Display Matrix: rotation of -90.00 degrees
  Stream #0:1[0x2](eng): Audio: aac (LC) (mp4a / 0x6134706D), 8000 Hz, 5.1(side), fltp, 72 kb/s (default)
  Stream #0:2: Subtitle: mov_text (tx3g / 0x67337874), 0 kb/s (default)
  Stream #0:3: Video: hevc (Main 10), yuv420p10le(tv, bt2020nc/bt2020/smpte2084), 1920x1080, 27.52 fps
  Stream #0:4: Video: mjpeg (Baseline), yuvj420p(pc), 720x720 [SAR 72:72 DAR 1:1], 90k tbr (attached pic)
  Stream #0:5: Audio: none, 44100 Hz, mono
Output #0, null, to 'pipe:':
  Stream #0:0(eng): Video: wrapped_avframe, yuv420p, 180x320
"""


def test_streams_are_counted_by_kind_and_the_output_is_left_out() -> None:
    listed = read_listing(SAID)
    assert listed is not None
    assert [(v.index, v.codec, v.width, v.height) for v in listed.videos] == [
        (0, "h264", 320, 180),
        (1, "hevc", 1920, 1080),
        (2, "mjpeg", 720, 720),
    ]
    assert [(a.codec, a.sample_rate, a.channels, a.readable) for a in listed.audios] == [
        ("aac", 8000, 6, True),
        ("none", 44100, 1, False),
    ]
    assert (listed.duration, listed.start) == (3723.5, 0.5)


def test_rotation_fields_light_and_covers_are_seen() -> None:
    listed = read_listing(SAID)
    assert listed is not None
    first, second, cover = listed.videos
    assert (first.rotation, first.interlaced, first.hdr) == (90, True, False)
    assert (second.rotation, second.interlaced, second.hdr) == (0, False, True)
    assert cover.attached
    assert not first.attached


def test_a_file_that_did_not_open_lists_nothing() -> None:
    assert read_listing("Error opening input files: Invalid data found") is None


@pytest.mark.parametrize(
    ("aspect", "width", "rate"),
    [("1/1", 640, (1, 1)), ("2/3", 427, (2, 3)), ("0/1", 640, (1, 1)), ("2/1", 1280, (2, 1))],
)
def test_the_displayed_width_counts_the_pixel_aspect(aspect: str, width: int, rate: tuple[int, int]) -> None:
    shown = read_shown(f"[x] n: 0 pts: 0 fmt:yuv420p sar:{aspect} s:640x360 i:P iskey:1")
    assert shown is not None
    assert (shown.width, shown.height) == (width, 360)
    assert shown.pixel_aspect == Rate(num=rate[0], den=rate[1])


def test_no_picture_is_no_shown() -> None:
    assert read_shown("nothing") is None
