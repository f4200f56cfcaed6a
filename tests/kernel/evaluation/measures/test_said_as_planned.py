"""Real renders of a real reading, with music under it: the good one passes both gates, the spoilt ones do not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kernel.evaluation.base import MEASURED, Seen
from kernel.evaluation.case import Case
from kernel.evaluation.gates import presence as present_gate
from kernel.evaluation.gates import words as words_gate
from kernel.evaluation.measures.presence import presence
from kernel.evaluation.measures.words_kept import words_kept
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.plan import EditPlan
from kernel.worker.probe import probe
from kernel.worker.render import render
from kernel.worker.sound import map_wav, take_sound
from kernel.worker.transcribe import Heard, Recogniser, choose
from tests.kernel.worker.scenes import RATE, Sound, cut, numbered, plan, said, source, write_sound, write_video

LASTS = 26
MUSIC = {"type": "music", "source": "s2"}
Listen = Callable[[EditPlan, EditPlan], Seen]


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory: pytest.TempPathFactory) -> Recogniser:
    found = choose(tmp_path_factory.mktemp("data"))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("said")


@pytest.fixture(scope="module")
def reading(root: Path, ffmpeg: Ffmpeg, folder: Path) -> Path:
    """Twenty-six seconds of a reading over numbered pictures."""
    picture = write_video(folder / "quiet.mp4", ffmpeg, numbered(LASTS * 10), "10")
    sound = root / "tests" / "footage" / "speech_two_cities_44s.flac"
    both = ["-i", f"file:{picture}", "-i", f"file:{sound}", "-t", str(LASTS), "-c:v", "copy", "-c:a", "aac"]
    ffmpeg.run([*both, f"file:{folder / 'reading.mp4'}"], cwd=folder, timeout=60)
    return folder / "reading.mp4"


@pytest.fixture(scope="module")
def drums(ffmpeg: Ffmpeg, folder: Path) -> Path:
    """Something like drums: bursts of noise, no two alike."""
    return write_sound(folder / "drums.wav", ffmpeg, beats(12))


def beats(seconds: int) -> Sound:
    """Return two bursts of noise a second that die away."""
    chance = np.random.default_rng(7)
    noise = chance.normal(0, 0.2, (seconds * 2, RATE // 2)) * np.exp(-np.arange(RATE // 2) / RATE * 6)
    return noise.reshape(-1).astype(np.float32)


@pytest.fixture(scope="module")
def sources(reading: Path, drums: Path, recogniser: Recogniser, ffmpeg: Ffmpeg, folder: Path) -> list[dict[str, Any]]:
    wav = folder / "reading.wav"
    take_sound(reading, probe(reading, ffmpeg, folder), wav, ffmpeg)
    heard = [word.model_dump() for word in recogniser.hear(wav, "s1").words]
    tens = {"num": 10, "den": 1}
    bed = {"id": "s2", "hash": "2" * 64, "name": "drums.wav", "kind": "audio", "duration": 12.0, "has_sound": True}
    return [source("s1", reading, LASTS, words=heard, rate=tens), {**bed, "channels": 1}]


@pytest.fixture(scope="module")
def edit(sources: list[dict[str, Any]]) -> EditPlan:
    """A plan of three sentences, one of them moved forward, with music under them."""
    return plan(sources, said("c1", "s1", 1, 12), said("c2", "s1", 61, 70), said("c3", "s1", 25, 36), MUSIC)


@pytest.fixture(scope="module")
def listen(reading: Path, drums: Path, recogniser: Recogniser, ffmpeg: Ffmpeg, folder: Path) -> Listen:
    """Return a maker: what is heard in a render of one plan, against another."""

    def made(real: EditPlan, planned: EditPlan) -> Seen:
        out, wav, media = folder / f"{real.digest[:9]}.mp4", folder / "out.wav", {"s1": reading, "s2": drums}
        render(real, media, out, folder / "cache", ffmpeg)
        take_sound(out, probe(out, ffmpeg, folder), wav, ffmpeg)
        heard, samples = recogniser.hear(wav, "v"), map_wav(wav)
        case = Case(out, ffmpeg, folder, planned, media=media, recogniser=recogniser)
        found = {"words_kept": words_kept(case, heard, samples), "presence": presence(case, samples, heard.speech)}
        return Seen.model_validate({"measured": MEASURED, "plan": planned, "timeline": case.timeline, **found})

    return made


def without(plan: EditPlan, *types: str) -> EditPlan:
    """Return a plan without some kinds of operations."""
    return plan.model_copy(update={"operations": tuple(o for o in plan.operations if o.type not in types)})


def test_the_planned_render_passes_both(edit: EditPlan, listen: Listen) -> None:
    seen = listen(edit, edit)
    said, present = words_gate(seen), present_gate(seen)
    assert (said.passed, present.passed) == (True, True), (said, present)
    assert said.why == "34 of 34 kept words were heard again, in order."
    assert "of speech and" in present.why
    assert "of music are where they were planned." in present.why


def test_music_that_is_not_there_is_missed_under_a_voice(edit: EditPlan, listen: Listen) -> None:
    seen = listen(without(edit, "music"), edit)
    assert words_gate(seen).passed
    gate = present_gate(seen)
    assert not gate.passed
    assert gate.why.startswith("No music is heard at 0:")


def test_other_music_is_not_the_music_that_was_planned(edit: EditPlan, listen: Listen) -> None:
    later = [o.model_copy(update={"start": 3.3}) if o.type == "music" else o for o in edit.operations]
    assert not present_gate(listen(edit.model_copy(update={"operations": tuple(later)}), edit)).passed


def test_a_voice_that_is_muted_is_missed_under_music(edit: EditPlan, listen: Listen) -> None:
    muted = [o.model_copy(update={"gain_db": -60.0}) if getattr(o, "id", "") == "c2" else o for o in edit.operations]
    seen = listen(edit.model_copy(update={"operations": tuple(muted)}), edit)
    said, present = words_gate(seen), present_gate(seen)
    assert not said.passed
    assert "though the plan keeps it" in said.why
    assert not present.passed
    assert present.why.startswith("Nobody is heard to speak at 0:")


def test_clips_in_another_order_are_noticed_by_their_words(edit: EditPlan, listen: Listen) -> None:
    first, second, *rest = edit.operations
    seen = listen(edit.model_copy(update={"operations": (second, first, *rest)}), edit)
    assert not words_gate(seen).passed


def test_sound_where_silence_was_planned_is_noticed(edit: EditPlan, listen: Listen) -> None:
    quiet = tuple(o.model_copy(update={"gain_db": -60.0}) if o.type == "cut" else o for o in edit.operations)
    silent = without(edit.model_copy(update={"operations": quiet}), "music")
    gate = present_gate(listen(edit, silent))
    assert not gate.passed
    assert gate.why.startswith("Something is heard at 0:00.0")
    assert present_gate(listen(silent, silent)).passed


def test_a_render_without_sound_has_neither(edit: EditPlan, folder: Path, ffmpeg: Ffmpeg) -> None:
    none = np.zeros(0, dtype=np.int16)
    case = Case(folder / "none.mp4", ffmpeg, folder, edit)
    found = {"words_kept": words_kept(case, Heard(), none), "presence": presence(case, none, ())}
    seen = Seen.model_validate({"measured": MEASURED, "plan": edit, "timeline": case.timeline, **found})
    assert not words_gate(seen).passed
    assert "Nobody is heard to speak" in present_gate(seen).why
    assert "No music is heard" in present_gate(seen).why


def test_what_cannot_be_compared_passes_and_says_so(edit: EditPlan) -> None:
    bare = Seen.model_validate({"measured": MEASURED})
    assert words_gate(bare).why == "Not compared: there is no plan to compare with."
    assert present_gate(bare).why == "Not compared: there is no plan to compare with."
    deaf = Seen.model_validate({"measured": MEASURED, "plan": edit})
    assert words_gate(deaf).why == "Not compared: nobody here can hear words."
    few = Seen.model_validate({"measured": MEASURED, "plan": edit, "words_kept": {"planned": 2, "heard": 0}})
    assert words_gate(few).why == "Not compared: the plan keeps 2 words, too few to tell."
    assert all(gate(seen).passed for gate in (words_gate, present_gate) for seen in (bare, deaf, few))


def test_no_music_is_looked_for_where_its_own_file_is_silent(
    sources: list[dict[str, Any]], tmp_path: Path, ffmpeg: Ffmpeg
) -> None:
    quiet = write_sound(tmp_path / "quiet.wav", ffmpeg, np.zeros(12 * RATE, dtype=np.float32))
    edit = plan(sources, cut("c1", "s1", 0, 6, gain_db=-60), MUSIC)
    case = Case(tmp_path / "none.mp4", ffmpeg, tmp_path, edit, media={"s2": quiet})
    found = presence(case, np.zeros(6 * 16000, dtype=np.int16), ())
    assert found is not None
    assert (found.music, found.scored) == ((), 0.0)
