"""Music under the cut: by the measured level under speech, up in the pauses, whole at its ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kernel.worker.compile import compile
from kernel.worker.mixdown import Mix
from kernel.worker.plan import EditPlan
from kernel.worker.samples import RATE, Curve, Samples
from kernel.worker.underscore import ATTACK, RELEASE, beds, gain_db, layers, talk
from tests.kernel.worker.heard import both, db
from tests.kernel.worker.scenes import cut, plan, source, words

WHOLE = Curve((0.0,), (1.0,))


def _plan(talk_file: Path, *operations: dict[str, Any], seconds: float = 60, beats: tuple[float, ...] = ()) -> EditPlan:
    spans = ("One", 0.5, 0.9), ("two", 1.5, 1.9), ("three", 2.0, 2.4)
    video = source("s1", talk_file, 8, words=words("s1", *spans))
    bed = source("s2", talk_file, seconds, kind="audio", width=0, height=0, rate=None, beats=beats)
    return plan([video, bed], *operations)


def _played(edit: EditPlan, folder: Path, speech: float | None = None, seconds: float = 60) -> Samples:
    """Return the beds alone, of a source that is a steady 0.5."""
    timeline, file = compile(edit), folder / "bed.f32"
    np.full((round(seconds * RATE), 2), 0.5, dtype=np.float32).tofile(file)
    energies, spoken = np.full(100, 0.01 * RATE), talk(timeline)
    found = [layer for bed in beds(edit, timeline) for layer in layers(bed, file, energies, spoken, speech)]
    total = timeline.frames * RATE // 30
    return Mix(tuple(found), total, WHOLE).read(0, total)[:, 0]


def test_the_bed_goes_down_before_a_word_and_comes_up_after_it(talk: Path) -> None:
    edit = _plan(talk, cut("c1", "s1", 0, 6), {"type": "music", "source": "s2", "level_db": -20, "duck_db": 8})
    timeline = compile(edit)
    spoken = _talk(edit)
    curve = gain_db(beds(edit, timeline)[0], spoken, -20, -10)
    first, last = round(0.5 * RATE), round(2.4 * RATE)
    gain = curve.over(0, 6 * RATE)[:, 0]
    assert gain[first : last + 1] == pytest.approx(-30, abs=1e-6)
    assert gain[first - round(ATTACK * RATE)] == pytest.approx(-22, abs=0.01)
    assert gain[last + round(RELEASE * RATE) + 1 :] == pytest.approx(-22, abs=0.01)
    assert np.abs(np.diff(gain)).max() < 8 / (0.3 * RATE)


def _talk(edit: EditPlan) -> list[tuple[int, int]]:
    return talk(compile(edit))


def test_without_speech_the_bed_is_the_programme(talk: Path) -> None:
    edit = _plan(talk, cut("c1", "s1", 4, 6), {"type": "music", "source": "s2"})
    assert gain_db(beds(edit, compile(edit))[0], [], None, -10).gain == (-6.0,)


def test_a_bed_lies_under_its_own_clips_alone(talk: Path, tmp_path: Path) -> None:
    clips = [cut(f"c{n}", "s1", 4 + n, 5 + n) for n in range(1, 4)]
    clips = [cut("c1", "s1", 3, 4), cut("c2", "s1", 5, 6), cut("c3", "s1", 7, 8)]
    part = {"type": "music", "source": "s2", "clip": "c2", "until": "c2", "fade_in": 0, "fade_out": 0}
    made = _played(_plan(talk, *clips, part), tmp_path)
    assert not made[:RATE].any()
    assert (made[RATE : 2 * RATE] > 0).all()
    assert not made[2 * RATE :].any()


def test_several_beds_follow_one_another(talk: Path, tmp_path: Path) -> None:
    clips = [cut("c1", "s1", 3, 4), cut("c2", "s1", 5, 6)]
    music = [
        {"type": "music", "source": "s2", "clip": id, "until": id, "fade_in": 0.2, "fade_out": 0.2}
        for id in ("c1", "c2")
    ]
    made = _played(_plan(talk, *clips, *music), tmp_path)
    assert made[RATE] == pytest.approx(0, abs=1e-3)
    assert made[RATE // 2] == pytest.approx(made[3 * RATE // 2])
    assert np.abs(np.diff(made)).max() < 1e-3


def test_a_short_bed_begins_anew_without_a_click(talk: Path, tmp_path: Path) -> None:
    edit = _plan(talk, cut("c1", "s1", 0, 5), {"type": "music", "source": "s2", "fade_out": 0}, seconds=2)
    made = _played(edit, tmp_path, seconds=2)
    assert len(made) == 5 * RATE
    level = made.max()
    assert np.abs(np.diff(made)).max() < level / (0.0009 * RATE)
    assert db(made[RATE : 4 * RATE]) == pytest.approx(20 * np.log10(level), abs=0.1)


def test_a_loop_on_the_beat_has_no_hole(talk: Path, tmp_path: Path) -> None:
    beats = tuple(float(beat) for beat in np.arange(0.3, 7.9, 0.5))
    clips = cut("c1", "s1", 0, 8), cut("c2", "s1", 0, 8)
    edit = _plan(talk, *clips, {"type": "music", "source": "s2"}, seconds=8.2, beats=beats)
    made = _played(edit, tmp_path, seconds=8.2)[RATE : 14 * RATE]
    assert made.min() == pytest.approx(made.max(), rel=0.01)


def test_a_bed_that_ends_on_a_beat_is_whole_up_to_it_and_rings_out(talk: Path, tmp_path: Path) -> None:
    beats = tuple(float(beat) for beat in np.arange(0.3, 59, 0.5))
    music = {"type": "music", "source": "s2", "end": "beat", "fade_in": 0}
    made = _played(_plan(talk, cut("c1", "s1", 0, 6), music, beats=beats), tmp_path)
    assert made[: round(5.35 * RATE)].min() == pytest.approx(made.max(), rel=1e-3)
    assert made[-1] == pytest.approx(0, abs=1e-3)
    assert made[round(5.6 * RATE)] < made.max() / 2


def test_both_sides_of_a_bed_are_heard(talk: Path, tmp_path: Path) -> None:
    assert both(_played(_plan(talk, cut("c1", "s1", 4, 6), {"type": "music", "source": "s2"}), tmp_path)).any()
