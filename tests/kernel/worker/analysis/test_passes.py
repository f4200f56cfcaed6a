"""passes: one decode for everything, none for what is known, and as much memory for hours as for a minute."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kernel.errors import BadInput, Cancelled
from kernel.worker.analysis import passes
from kernel.worker.analysis.kept import Kept
from kernel.worker.analysis.passes import analyse
from kernel.worker.ffmpeg import Ffmpeg, Run
from kernel.worker.sound import RATE, floats
from kernel.worker.transcribe import choose
from tests.kernel.worker.scenes import numbered, tone, write_sound, write_video


@pytest.fixture(scope="module")
def clip(footage: Path, ffmpeg: Ffmpeg) -> Path:
    """Four seconds, cut in the middle, with a tone in its second half."""
    frames = numbered(120, range(60, 120))
    sound = tone(4, 1000, 0.25)
    sound[: 2 * 48000] = 0
    return write_video(footage / "whole.mp4", ffmpeg, frames, "30", sound)


def decodes(runs: list[Run]) -> list[Run]:
    """Return the runs that decoded the whole of a file."""
    return [run for run in runs if "showinfo" not in run.command and not {"copy", "ffmetadata", "2"} & {*run.command}]


def test_one_run_finds_everything(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    runs: list[Run] = []
    found = analyse(clip, ffmpeg.telling(runs.append), tmp_path, (1.5,))
    assert len(decodes(runs)) == 1
    assert (found.measured.frames, found.measured.duration) == (120, 4.0)
    assert [shot.start for shot in found.sights.shots] == [0.0, 2.0]
    assert [look.at for look in found.sights.looks] == [0.0, 1.0, 1.5, 2.0, 3.0]
    assert all(look.swatches for look in found.sights.looks)
    assert len(found.sounds.curve) == 40
    assert max(found.sounds.curve[:18]) == -70.0
    assert found.sounds.curve[30] == pytest.approx(found.sounds.loudness, abs=0.5)
    assert np.abs(floats(found.samples[: 2 * RATE - 200])).max() < 0.01
    assert np.abs(floats(found.samples[3 * RATE :])).max() > 0.1
    assert (found.heard, found.sounds.speech, found.sounds.tempo) == (None, (), 0.0)


def test_what_is_known_is_not_decoded_again(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    kept = Kept.of(tmp_path / "cache", "a" * 64)
    first = analyse(clip, ffmpeg, tmp_path, (1.5,), kept=kept)
    runs: list[Run] = []
    again = analyse(clip, ffmpeg.telling(runs.append), tmp_path, (1.5,), kept=kept)
    assert runs == []
    assert (again.sights, again.sounds, again.measured, again.probe) == (
        first.sights,
        first.sounds,
        first.measured,
        first.probe,
    )
    assert (again.stills[2].rgb == first.stills[2].rgb).all()
    assert (again.samples == first.samples).all()
    assert len(runs) == 2


def test_other_wishes_for_stills_leave_the_rest_as_it_is_known(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    kept = Kept.of(tmp_path / "cache", "a" * 64)
    analyse(clip, ffmpeg, tmp_path, kept=kept)
    runs: list[Run] = []
    again = analyse(clip, ffmpeg.telling(runs.append), tmp_path, (2.5,), kept=kept)
    assert len(runs) == 1
    assert 2.5 in [look.at for look in again.sights.looks]


def test_words_are_kept_for_the_content_and_named_by_the_source(
    root: Path, ffmpeg: Ffmpeg, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    recogniser = choose(tmp_path_factory.mktemp("data"))
    if recogniser is None:
        pytest.skip("no speech weights here")
    speech = tmp_path / "speech.wav"
    whole = root / "tests" / "footage" / "speech_two_cities_44s.flac"
    ffmpeg.run(["-i", f"file:{whole}", "-t", "6", f"file:{speech}"], cwd=tmp_path, timeout=30)
    kept = Kept.of(tmp_path / "cache", "a" * 64)
    one, other = (
        analyse(speech, ffmpeg, tmp_path, recogniser=recogniser, source_id=id, kept=kept) for id in ("s1", "s2")
    )
    assert one.heard is not None
    assert other.heard is not None
    assert [word.id for word in one.heard.words][:2] == ["s1w1", "s1w2"]
    assert [word.text for word in other.heard.words] == [word.text for word in one.heard.words]
    assert other.heard.words[0].id == "s2w1"
    assert one.sounds.speech


def test_sound_alone_and_a_silent_picture_are_analysed(footage: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    sound = analyse(write_sound(footage / "alone.wav", ffmpeg, tone(1)), ffmpeg, tmp_path)
    assert (len(sound.stills), sound.sights.looks, len(sound.sounds.curve)) == (0, (), 10)
    picture = analyse(write_video(footage / "mute.mp4", ffmpeg, numbered(5), "5"), ffmpeg, tmp_path)
    assert (len(picture.stills), picture.samples.size, picture.sounds.curve) == (1, 0, ())
    assert str(picture.measured.rate) == "5/1"


def test_a_damaged_file_is_never_waited_for(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    data = bytearray(clip.read_bytes())
    data[len(data) // 3 : len(data) // 3 + 2000] = bytes(n * 91 & 255 for n in range(2000))
    (tmp_path / "hurt.mp4").write_bytes(data)
    runs: list[Run] = []
    found = analyse(tmp_path / "hurt.mp4", ffmpeg.telling(runs.append), tmp_path)
    assert found.sights.faults > 0
    assert max(run.seconds for run in runs) < 40


def test_a_wish_to_stop_is_heard_between_stills_too(clip: Path, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        analyse(clip, ffmpeg, tmp_path, cancelled=lambda: True)
    known = analyse(clip, ffmpeg, tmp_path)
    with pytest.raises(Cancelled, match="stills"):
        passes.look_at(known.stills, known.probe, cancelled=lambda: True)


def test_what_is_no_media_is_refused(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    (tmp_path / "x.mp4").write_text("nothing")
    with pytest.raises(BadInput, match="it is text"):
        analyse(tmp_path / "x.mp4", ffmpeg, tmp_path)


def test_only_the_beginning_of_a_long_sound_is_asked_for_a_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    clicks = np.zeros(30 * RATE, dtype=np.int16)
    for beat in range(0, len(clicks), RATE // 2):
        clicks[beat : beat + 400] = (np.random.default_rng(beat).normal(size=400) * 8000).astype(np.int16)
    assert passes.listen(clicks).beats[-1] > 28
    monkeypatch.setattr(passes, "MUSIC", 15.0)
    assert passes.listen(clicks).beats[-1] < 15
