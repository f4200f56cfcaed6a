"""Where pieces of words stand on the picture."""

from __future__ import annotations

import pytest

from kernel.worker.ass import MIDDLE, Place, places
from kernel.worker.fonts import heavy
from kernel.worker.timing import Box
from kernel.worker.typeset import Type, set_line


def middle(place: Place) -> tuple[float, float]:
    """Return where the middle of a piece's letters lies."""
    return place.x + place.piece.width / 2, place.baseline - MIDDLE * place.size


def test_words_that_shrink_together_keep_their_shape_as_a_group() -> None:
    pieces = set_line(["WAS", "THE"], Type(heavy()), 40)
    box = Box(x=100, y=200, width=300, height=60)
    whole = places(pieces, 130.0, 240.0, 40)
    small = [place.apart(0.5, box) for place in whole]
    for before, after in zip(whole, small, strict=True):
        (x, y), (nearer, higher) = middle(before), middle(after)
        assert (nearer - 250, higher - 230) == pytest.approx(((x - 250) / 2, (y - 230) / 2))
    assert [place.apart(1.0, box) for place in whole] == whole
