"""A synthetic logo, and pictures and kits with it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

Rgb = npt.NDArray[np.uint8]

WIDE, HIGH = 240, 100
BLUE, ORANGE, WHITE = (11, 61, 145), (255, 107, 53), (255, 255, 255)


def write_logo(path: Path) -> Path:
    """Write a round badge with a sail, and a word beside it, on a transparent ground."""
    made = np.zeros((HIGH * 2, WIDE * 2, 4), np.uint8)
    cv2.circle(made, (100, 100), 92, (*BLUE[::-1], 255), -1, cv2.LINE_AA)
    for points, colour in (([[104, 25], [104, 135], [165, 135]], WHITE), ([[92, 45], [92, 135], [45, 135]], ORANGE)):
        cv2.fillPoly(made, [np.array(points)], (*colour[::-1], 255))
    cv2.putText(made, "SHIPS", (205, 130), cv2.FONT_HERSHEY_DUPLEX, 2.6, (*WHITE, 255), 7, cv2.LINE_AA)
    small = cv2.resize(made.astype(np.float32), (WIDE, HIGH), interpolation=cv2.INTER_AREA)
    alpha = np.maximum(small[..., 3:] / 255, 1e-3)
    small[..., :3] = np.clip(small[..., :3] / alpha, 0, 255)
    cv2.imwrite(str(path), small.astype(np.uint8))
    return path


def scenery(number: int, width: int = 960, height: int = 540) -> Rgb:
    """Return a picture with soft shapes of many colours, another one for each number."""
    rough = np.random.default_rng(number).integers(0, 255, (6, 10, 3)).astype(np.float32)
    made = cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(number + 1000).normal(0, 4, made.shape)
    coarse: Rgb = np.clip(made + grain, 0, 255).astype(np.uint8)
    return coarse


def laid(picture: Rgb, logo: Path, x: int, y: int, width: int, opacity: float = 1.0) -> Rgb:
    """Return a picture with the logo over it, its top left corner at (x, y)."""
    read = cv2.imread(str(logo), cv2.IMREAD_UNCHANGED)
    assert read is not None
    drawn = cv2.resize(read.astype(np.float32), (width, round(width * HIGH / WIDE)), interpolation=cv2.INTER_AREA)
    alpha = drawn[..., 3:] / 255 * opacity
    made = picture.astype(np.float32)
    spot = made[y : y + drawn.shape[0], x : x + drawn.shape[1]]
    spot[:] = drawn[..., 2::-1] * alpha + spot * (1 - alpha)
    whole: Rgb = np.clip(made, 0, 255).astype(np.uint8)
    return whole
