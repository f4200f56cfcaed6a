"""contrast: WCAG's own values."""

import pytest

from kernel.evaluation.contrast import BLACK, WHITE, contrast, over, parsed


@pytest.mark.parametrize(
    ("colour", "ratio"), [("#ffffff", 1.0), ("#000000", 21.0), ("#767676", 4.54), ("#ff0000", 4.0)]
)
def test_ratios_on_white_are_those_of_wcag(colour: str, ratio: float) -> None:
    assert contrast(parsed(colour), WHITE) == pytest.approx(ratio, abs=0.01)


def test_it_does_not_matter_which_colour_comes_first() -> None:
    assert contrast(BLACK, parsed("#ffd400")) == contrast(parsed("#ffd400"), BLACK)


def test_a_veil_lets_some_of_the_picture_through() -> None:
    assert over(BLACK, WHITE, 0.75) == (0.25, 0.25, 0.25)
