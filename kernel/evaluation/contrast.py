"""Contrast of two colours, by WCAG 2 (success criterion 1.4.3)."""

from __future__ import annotations

Colour = tuple[float, float, float]
"""Red, green and blue as they are coded, 0 to 1."""
BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)


def parsed(colour: str) -> Colour:
    """Return #rrggbb as a colour."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def over(top: Colour, below: Colour, opacity: float) -> Colour:
    """Return what is seen of a colour that lets some of another through."""
    red, green, blue = (a * opacity + b * (1 - opacity) for a, b in zip(top, below, strict=True))
    return red, green, blue


def luminance(colour: Colour) -> float:
    """Return the relative luminance, 0 to 1, by WCAG's formula."""
    red, green, blue = (_linear(channel) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _linear(channel: float) -> float:
    return float(channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4)
