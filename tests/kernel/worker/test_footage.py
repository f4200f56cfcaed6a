"""Real footage of every awkward kind: each render is held against a plain decode of the whole file."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.media import Rate
from tests.kernel.worker.exact import lags, make, misplaced, reference
from tests.kernel.worker.scenes import read_sound

NTSC = Rate(num=30000, den=1001)

KINDS = [
    ("variable rate", "derived_vfr.mp4"),
    ("variable rate, upside down, mono", "odd_phone_vfr_rot180.mp4"),
    ("slow motion by timestamps, 12 kHz", "odd_sample_sef_slow_motion.mp4"),
    ("edit list, HLG, 10 bit, turned", "odd_sample_edit_list.mp4"),
    ("PQ in a container that says SDR", "odd_hdr10-video-with-sdr-container.mp4"),
    ("turned and mirrored, sound begins late", "odd_sample_rotate_and_reflect.mp4"),
    ("tall pixels", "odd_SAR_2by3.mp4"),
    ("first timestamp 10 s", "odd_bbb_800x640_768kbps_30fps_avc_2b_firstpts_10_sec.mp4"),
    ("interlaced, program stream", "derived_interlaced_576i.mpg"),
    ("two pictures, two sounds", "odd_nasa_multistream.mp4"),
    ("fragments, a false duration", "odd_sample_fragmented.mp4"),
    ("PCM in MOV, 50 frames a second", "odd_sowt-with-video.mov"),
    ("odd height, no sound, starts at 0.54 s", "broll_city_mpeg2.mpg"),
    ("truncated", "derived_truncated.mp4"),
    ("corrupted", "broken_corrupted.mp4"),
    ("full range, 60 frames a second, sound too short", "odd_sample_shorter_audio.mp4"),
    ("12.5 frames a second", "broll_cars_12.5fps.mp4"),
    ("29.97 as 2997/100", "talk_jwpIntro.mp4"),
]


@pytest.mark.parametrize("rate", [None, NTSC], ids=["own rate", "29.97"])
@pytest.mark.parametrize(("kind", "name"), KINDS, ids=[kind for kind, _ in KINDS])
def test_every_frame_is_the_planned_one_and_the_sound_keeps_its_place(
    kind: str, name: str, rate: Rate | None, shared: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    path = shared / "footage" / name
    made = make(path, tmp_path, ffmpeg, rate)
    whole = reference(path, made.found, ffmpeg)
    assert misplaced(made, whole, ffmpeg) == []
    assert all(abs(lag) <= 1 for lag in lags(made, whole, ffmpeg))
    assert made.render.frames == made.timeline.frames
    assert abs(len(read_sound(made.file, ffmpeg)) / 48000 - made.timeline.duration) < 0.001
