"""The agreements' own measures: they must see a miss, or they agree with anything."""

from __future__ import annotations

import numpy as np
import pytest

from tests.bench import agreements


def test_beats_beside_the_beat_are_missed_and_so_are_those_left_out() -> None:
    true = np.arange(0.0, 10.0, 0.5)
    assert agreements.f_measure(true + 0.06, true) == 1.0
    assert agreements.f_measure(true + 0.08, true) == 0.0
    assert agreements.f_measure(true[::2], true) == pytest.approx(2 / 3)
    assert agreements.f_measure((), true) == 0.0


def test_each_limit_of_flashes_is_met_from_both_sides() -> None:
    found = list(agreements.flashes())
    assert all(line.verdict == "PASS" for line in found), [line.what for line in found if line.verdict != "PASS"]
    assert {line.note.split(",")[0] for line in found} == {"0 found", "1 found"}


def test_the_plan_of_many_cuts_knows_its_borders() -> None:
    hard, dips = agreements._borders(agreements._many_cuts())
    assert (len(hard), len(dips)) == (agreements.CLIPS - 1 - agreements.DIPS, agreements.DIPS)
    assert sorted(set(hard + dips)) == sorted(hard + dips)
