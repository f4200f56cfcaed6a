"""probe: what a file really holds, or one clear sentence why it cannot be used."""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from kernel.errors import BadInput, Cancelled
from kernel.worker import probe as rules
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.media import Probe
from kernel.worker.probe import probe
from tests.kernel.worker.scenes import numbered, tone, write_sound, write_video


@pytest.fixture(scope="module")
def clip(footage: Path, ffmpeg: Ffmpeg) -> Path:
    return write_video(footage / "probed.mp4", ffmpeg, numbered(50), "25", tone(2), ["-movflags", "+faststart"])


def refusal(path: Path, ffmpeg: Ffmpeg, work: Path) -> str:
    with pytest.raises(BadInput) as caught:
        probe(path, ffmpeg, work)
    said = str(caught.value)
    assert said.startswith(f"{path.name} cannot be used: ")
    assert "\n" not in said
    return said


def remade(clip: Path, ffmpeg: Ffmpeg, name: str, more: Sequence[str]) -> Path:
    made = clip.with_name(name)
    ffmpeg.run(["-i", f"file:{clip}", *more, f"file:{made}"], cwd=clip.parent, timeout=60)
    return made


def test_a_good_video_is_measured(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    found = probe(clip, ffmpeg, tmp_path)
    assert (found.kind, found.width, found.height, str(found.rate)) == ("video", 320, 180, "25/1")
    assert found.duration == pytest.approx(2.0)
    assert (found.video_codec, found.audio_codec, found.sample_rate, found.channels) == ("h264", "aac", 48000, 1)
    assert found.size == clip.stat().st_size
    assert found.bitrate == round(found.size * 8 / found.duration)
    assert found.warnings == ()


def test_nothing_is_written_into_the_work_folder(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    probe(clip, ffmpeg, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_sound_alone_is_sound(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    found = probe(write_sound(footage / "alone.flac", ffmpeg, tone(1.5)), ffmpeg, tmp_path)
    assert (found.kind, found.has_picture, found.has_sound, found.rate) == ("audio", False, True, None)
    assert found.duration == pytest.approx(1.5)


def test_a_silent_video_says_so(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    found = probe(remade(clip, ffmpeg, "mute.mp4", ["-an", "-c", "copy"]), ffmpeg, tmp_path)
    assert not found.has_sound
    assert "it has no sound" in found.warnings[0]


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_a_picture_is_a_still(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path, suffix: str) -> None:
    found = probe(remade(clip, ffmpeg, f"still.{suffix}", ["-frames:v", "1", "-update", "1"]), ffmpeg, tmp_path)
    assert (found.kind, found.duration, found.width, found.height) == ("still", 0.0, 320, 180)


def test_a_turned_picture_has_its_displayed_size(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    made = clip.with_name("turned.mp4")
    turn = ["-display_rotation", "-90", "-i", f"file:{clip}", "-c", "copy", f"file:{made}"]
    ffmpeg.run(turn, cwd=clip.parent, timeout=60)
    found = probe(made, ffmpeg, tmp_path)
    assert (found.width, found.height, found.rotation) == (180, 320, 90)


def test_wide_pixels_widen_the_picture(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    found = probe(remade(clip, ffmpeg, "wide.mp4", ["-vf", "setsar=4/3", "-an"]), ffmpeg, tmp_path)
    assert (found.width, found.height, str(found.pixel_aspect)) == (427, 180, "4/3")


def test_a_variable_rate_is_seen(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    drop = ["-vf", "select='mod(n,4)'", "-fps_mode", "vfr", "-an"]
    found = probe(remade(clip, ffmpeg, "vfr.mp4", drop), ffmpeg, tmp_path)
    assert (str(found.rate), found.variable_rate) == ("25/1", True)


def test_a_file_that_begins_late_is_measured_from_its_first_picture(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    found = probe(remade(clip, ffmpeg, "late.mkv", ["-c", "copy", "-output_ts_offset", "5"]), ffmpeg, tmp_path)
    assert found.duration == pytest.approx(2.0, abs=0.05)
    assert found.warnings == ()


def test_a_cover_picture_is_no_footage(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    png = remade(clip, ffmpeg, "cover.png", ["-frames:v", "1", "-update", "1"])
    made = clip.with_name("song.m4a")
    both = ["-i", f"file:{clip}", "-i", f"file:{png}", "-map", "0:a", "-map", "1:v", "-c:a", "copy", "-c:v", "png"]
    ffmpeg.run([*both, "-disposition:v", "attached_pic", f"file:{made}"], cwd=clip.parent, timeout=60)
    found = probe(made, ffmpeg, tmp_path)
    assert (found.kind, found.width) == ("audio", 0)


TWO_OF_EACH = [
    *("-filter_complex", "[0:v]split[a][b];[a]scale=160:90[small];[0:a]asplit[c][d];[c]aresample=8000[poor]"),
    *("-map", "[small]", "-map", "[b]", "-map", "[poor]", "-map", "[d]"),
]


def test_of_several_streams_the_largest_picture_and_the_richest_sound_are_used_and_said(
    clip: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    made = remade(clip, ffmpeg, "many.mkv", [*TWO_OF_EACH, "-disposition:v", "default", "-disposition:a", "default"])
    found = probe(made, ffmpeg, tmp_path)
    assert (found.video_stream, found.width, found.audio_stream, found.sample_rate) == (1, 320, 1, 48000)
    assert found.warnings == (
        "many.mkv holds 2 pictures: 2 of 2 is used, 320x180 pixels.",
        "many.mkv holds 2 sounds: 2 of 2 is used, 48000 Hz.",
    )


def test_streams_that_the_file_calls_its_default_go_before_larger_ones(
    clip: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    found = probe(remade(clip, ffmpeg, "default.mkv", TWO_OF_EACH), ffmpeg, tmp_path)
    assert (found.video_stream, found.width, found.audio_stream, found.sample_rate) == (0, 160, 0, 8000)


def test_a_file_of_too_many_streams_is_refused(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    maps = ["-map", "0:v", *["-map", "0:a"] * 32]
    assert "33 streams, and 32 is the most" in refusal(
        remade(clip, ffmpeg, "crowd.mkv", [*maps, "-c", "copy"]), ffmpeg, tmp_path
    )


def test_a_file_says_how_its_colours_are_coded_and_whether_it_is_see_through(
    clip: Path, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    tagged = remade(clip, ffmpeg, "tagged.mp4", ["-an", "-vf", "setparams=colorspace=bt709"])
    clear = ["-an", "-frames:v", "3", "-vf", "format=yuva420p", "-c:v", "libvpx-vp9"]
    found = [probe(path, ffmpeg, tmp_path) for path in (tagged, remade(clip, ffmpeg, "clear.webm", clear))]
    assert [(probed.matrix, probed.alpha, probed.decoder) for probed in found] == [
        ("bt709", False, ""),
        ("smpte170m", True, "libvpx-vp9"),
    ]


def test_a_truncated_file_is_measured_and_says_so(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(clip.read_bytes()[: clip.stat().st_size * 2 // 3])
    found = probe(cut, ffmpeg, tmp_path)
    assert found.duration < 1.6
    assert "says it lasts 2.0 s, but only" in found.warnings[0]


def test_a_long_file_is_decoded_at_both_ends_only(
    clip: Path, ffmpeg: Ffmpeg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "FULL_DECODE", 1)
    monkeypatch.setattr(rules, "SAMPLE", 0.3)
    found = probe(clip, ffmpeg, tmp_path)
    assert found.duration == pytest.approx(2.0, abs=0.05)
    assert (str(found.rate), found.channels) == ("25/1", 1)


def test_a_file_that_lasts_too_long_is_refused(
    clip: Path, ffmpeg: Ffmpeg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LONGEST", 1.0)
    assert "its clock runs to" in refusal(clip, ffmpeg, tmp_path)


def test_a_huge_animation_is_refused(
    clip: Path, ffmpeg: Ffmpeg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = remade(clip, ffmpeg, "moving.gif", ["-an"])
    assert probe(made, ffmpeg, tmp_path).kind == "video"
    monkeypatch.setattr(rules, "MAX_ANIMATION", 1000)
    assert "animation" in refusal(made, ffmpeg, tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.mp4", b"", "it is empty"),
        ("zeros.mp4", b"\0" * 4096, "nothing but zeros"),
        ("list.mp4", b"#EXTM3U\n#EXTINF:1,\na.ts\n", "playlist"),
        ("files.mp4", b"ffconcat version 1.0\nfile a.mp4\n", "list of other files"),
        ("page.mp4", b"<!DOCTYPE html><html>sign in</html>", "web page (HTML)"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        ("dash.mp4", b"<MPD><BaseURL>http://x/</BaseURL></MPD>", "playlist"),
        ("error.mp4", b'{"ok": false}', "JSON"),
        ("paper.mov", b"%PDF-1.7\n" + bytes(range(256)) * 9, "PDF"),
        ("tool.mp4", b"\x7fELF" + bytes(range(256)) * 9, "program"),
        ("report.mp4", b"PK\x03\x04" + bytes(range(256)) * 9, "archive"),
        ("note.mp4", b"Dear editor, " * 99, "it is text"),
        ("noise.mov", bytes((n * 7919 >> 3) & 255 for n in range(4096)), "no video, sound or picture"),
        (
            "cut.mp4",
            b"\0\0\0\x18ftypisom\0\0\2\0isommp41\0\0\x10\0mdat" + bytes(range(256)) * 9,
            "its index is missing",
        ),
    ],
)
def test_what_is_not_media_is_refused_by_its_reason(
    ffmpeg: Ffmpeg, tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert reason in refusal(tmp_path / name, ffmpeg, tmp_path)


def test_a_missing_file_a_folder_and_a_pipe_are_refused_at_once(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    begun = time.monotonic()
    assert "no such file" in refusal(tmp_path / "none.mp4", ffmpeg, tmp_path)
    assert "a folder" in refusal(tmp_path, ffmpeg, tmp_path)
    assert "a pipe" in refusal(tmp_path / "pipe.mp4", ffmpeg, tmp_path)
    assert time.monotonic() - begun < 1


def test_a_wish_to_stop_stops_the_probe(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        probe(clip, ffmpeg, tmp_path, cancelled=lambda: True)


REFUSED = {"dims_2x2.mp4", "stts_delta_huge.mp4", "timescale_zero.mp4", "stsz_268M_samples.mp4"}
SOUND_ALONE = {"audio_only.mp4", "cover_art_only.m4a"}
"""Of no use as footage, but good as sound: said by their kind, not by a refusal."""


def test_every_bad_file_gets_what_its_manifest_says(shared: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    if not (shared / "bad" / "MANIFEST.tsv").is_file():
        pytest.skip(f"no bad files in {shared}")
    with (shared / "bad" / "MANIFEST.tsv").open() as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["file"].startswith("media/")]
    wrong = [said for row in rows if (said := judged(shared / "bad" / row["file"], row["class"], ffmpeg, tmp_path))]
    assert wrong == []


def judged(path: Path, expected: str, ffmpeg: Ffmpeg, work: Path) -> str:
    begun = time.monotonic()
    try:
        found: Probe | None = probe(path, ffmpeg, work)
    except BadInput:
        found = None
    slow = time.monotonic() - begun > 15
    refused = found is None or (found.kind == "audio" and path.name in SOUND_ALONE)
    fits = {"REJECT": refused, "ACCEPT": found is not None, "WARN": found is None or found.warnings, "SAFE": True}
    known = path.name not in REFUSED or found is None
    # Flicker is the scorecard's to find, once it is rendered.
    right = bool(fits[expected]) or path.name == "flicker_10hz.mp4"
    return "" if right and known and not slow else f"{path.name}: {found}"


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("odd_sample_fragmented.mp4", {"duration": 1.068, "width": 1080}),
        ("derived_truncated.mp4", {"duration": 13.267}),
        ("odd_sample_edit_list.mp4", {"width": 1080, "height": 1920, "rotation": 90, "hdr": True, "duration": 2.568}),
        ("odd_hdr10-video-with-sdr-container.mp4", {"hdr": True}),
        ("odd_nasa_multistream.mp4", {"width": 480, "video_stream": 1, "audio_stream": 1, "sample_rate": 16000}),
        ("odd_phone_vfr_rot180.mp4", {"rotation": 180, "variable_rate": True, "channels": 1, "width": 1280}),
        ("derived_vfr.mp4", {"variable_rate": True, "duration": 12.0}),
        ("derived_interlaced_576i.mpg", {"interlaced": True, "width": 720, "height": 576}),
        ("odd_SAR_2by3.mp4", {"width": 427, "height": 360}),
        ("odd_bbb_800x640_768kbps_30fps_avc_2b_firstpts_10_sec.mp4", {"duration": 4.0, "width": 1137}),
        ("odd_portrait_4k60.mp4", {"width": 2160, "height": 3840, "rotation": 90}),
        ("music_vibe_ace.ogg", {"kind": "audio", "duration": 61.459, "width": 0}),
        ("odd_sample_h264_dts_audio.ts", {"audio_codec": "dts", "duration": 0.1}),
        ("broll_city_mpeg2.mpg", {"duration": 7.6, "height": 405, "channels": 0}),
    ],
)
def test_odd_real_footage_is_measured_right(
    shared: Path, ffmpeg: Ffmpeg, tmp_path: Path, name: str, facts: dict[str, object]
) -> None:
    found = probe(shared / "footage" / name, ffmpeg, tmp_path).model_dump()
    assert {key: found[key] for key in facts} == {
        key: pytest.approx(value, abs=0.01) if isinstance(value, float) else value for key, value in facts.items()
    }


@pytest.mark.parametrize(("name", "rate"), [("broll_cars_12.5fps.mp4", "25/2"), ("talk_jwpIntro.mp4", "2997/100")])
def test_odd_real_rates_are_measured_right(shared: Path, ffmpeg: Ffmpeg, tmp_path: Path, name: str, rate: str) -> None:
    found = probe(shared / "footage" / name, ffmpeg, tmp_path)
    assert (str(found.rate), found.variable_rate) == (rate, False)
