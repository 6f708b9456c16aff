"""Contrast of colours."""

import pytest
from hypothesis import given
from hypothesis.strategies import integers, sampled_from

from cvtools.contrast import DARK, LEGIBLE, LIGHT, contrast, legible


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("000000", "FFFFFF", 21), ("777777", "FFFFFF", 4.48), ("1f4e79", "FFFFFF", 8.66)]
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.01)


@given(integers(0, 0xFFFFFF), sampled_from([LIGHT, DARK]))
def test_any_colour_becomes_legible_and_stays_if_it_is(number: int, background: str) -> None:
    colour = f"{number:06X}"
    better = legible(colour, background)
    assert contrast(better, background) >= LEGIBLE
    assert better == colour or contrast(colour, background) < LEGIBLE
