"""The mix: layers on their samples, any stretch of it at any time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kernel.worker.mixdown import Layer, Mix, fades, fall, joined, rise, slope
from kernel.worker.samples import RATE, Curve
from tests.kernel.worker.heard import both, noise

WHOLE = Curve((0.0,), (1.0,))


@pytest.fixture
def mix(tmp_path: Path) -> Mix:
    """Two layers, one with a fade and one that ducks, under a fade of the whole."""
    one, other = tmp_path / "a.f32", tmp_path / "b.f32"
    both(noise(2)).tofile(one)
    both(noise(2, seed=2)).tofile(other)
    layers = (
        Layer(one, 100, 90_000, joined([rise(0, 1000), slope(80_000, 90_000, 1, 0)])),
        Layer(other, 50_000, 96_000, WHOLE, over=Curve((60_000.0, 70_000.0), (0.0, -20.0))),
    )
    return Mix(layers, 150_000, fades(150_000, 0.1, 0.5))


def test_every_stretch_is_that_of_the_whole(mix: Mix) -> None:
    whole = mix.read(0, mix.samples)
    for start, end in ((0, 1), (99, 101), (1000, 60_123), (85_000, 150_000)):
        assert (mix.read(start, end) == whole[start:end]).all()
    beyond = mix.read(-50, mix.samples + 70)
    assert not beyond[:50].any()
    assert not beyond[-70:].any()
    assert (beyond[50:-70] == whole).all()


def test_layers_are_added_at_their_gains(mix: Mix) -> None:
    made, one, other = mix.read(0, mix.samples)[:, 0], noise(2), noise(2, seed=2)
    assert not made[:100].any()
    assert made[40_000] == pytest.approx(one[39_900], abs=1e-6)
    assert made[75_000] == pytest.approx(one[74_900] + other[25_000] * 0.1, abs=1e-6)
    assert made[100_000] == pytest.approx(other[50_000] * 0.1, abs=1e-6)


def test_a_layer_begins_where_it_is_told_to_skip(tmp_path: Path) -> None:
    both(np.arange(1000) / 1000).tofile(tmp_path / "a.f32")
    made = Mix((Layer(tmp_path / "a.f32", 10, 500, WHOLE, skip=200),), 600, WHOLE).read(0, 600)[:, 0]
    assert made[10] == pytest.approx(0.2)
    assert made[509] == pytest.approx(0.699)
    assert made[510] == 0


def test_a_passage_is_as_loud_as_its_sides() -> None:
    up, down = rise(0, RATE).over(0, RATE), fall(0, RATE).over(0, RATE)
    assert up**2 + down**2 == pytest.approx(1, abs=0.01)


def test_fades_never_overlap() -> None:
    curve = fades(1000, 1, 1)
    assert curve.over(0, 1001)[[0, 500, 1000], 0] == pytest.approx([0, 1, 0])
