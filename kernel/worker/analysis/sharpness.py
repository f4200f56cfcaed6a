"""sharpness: how fine the detail of a picture is, and how much an encoder's blocks stand out of it; no reference.

Sharpness goes by edges: how much of an edge's height is gone through between two neighbouring pixels. A step from one
pixel to the next is 1, one that takes three pixels a third; a picture that was blown up, blurred or filmed out of
focus has wide edges wherever one looks, whatever it shows. The sharpest fifth of the edges counts, since a background
that is out of focus on purpose is no fault. Weak edges are left out, which keeps noise and grain from passing for
detail, and so is all that lies round a step from black to white: captions and titles, drawn after the camera.

Measured (19 clips of many origins, at their own size): sharp footage 0.43 to 0.82, a webcam at 480p 0.5, the same blown
up to 720p 0.29. What is blown up 1.5 times loses about 0.11, 2.25 times 0.2, 4 times 0.29; a blur of 1.5 pixels reads
0.2 to 0.3, one of 3 pixels 0.16 to 0.2. Noise of 5 levels, or a caption, changes it by 0.09 at most, mostly by 0.03.

Blocks: the step at each border of the 8x8 grid, beside the steps between. Measured: x264 at crf 19 0.0 to 0.2, at 40
0.1 to 0.26, at 45 0.2 to 0.41, at 51 up to 0.52; MPEG-4 without its smoothing 0.4 to 1.4.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.uint8]
Levels = npt.NDArray[np.float64]

REACH = 9
"""Pixels within which an edge is followed."""
WINDOW = 16
"""Pixels; of each window the steepest edge counts, and every second row of windows is looked at."""
WEAKEST, DRAWN = 40, 170
"""Levels from which on an edge is one, and from which on it is taken for drawn, with what lies round it."""
SHARPEST = 80
"""Percentile of the edges that counts."""
FLATTEST, GRAIN = 10, 2.0
"""Percentile of the windows whose mean step is taken for noise, and how much of it an edge picks up."""
FEWEST = 12
"""Windows with an edge below which nothing can be said."""
HALVINGS = 2
"""How often a picture without edges is halved, to find whether it has wide ones: up to 36 pixels."""
BLOCK = 8
"""Pixels of the grid that block codecs share."""
TALLEST, FLAT = 12, 1.0
"""Levels that a step counts at the most, and that are added to all means: steps of less than a level are not seen."""


def sharpness(luma: Plane) -> float | None:
    """Return how steep the steepest edges are, 0 (nothing but blur) to 1 (from one pixel to the next).

    Args:
        luma: brightness, height x width.

    Returns:
        None where too little is on the picture to tell: flat ground, fog, black, nothing but a title.
    """
    for halved in range(HALVINGS + 1):
        found = _steepness(luma)
        if found is not None:
            return round(found * 0.5**halved, 4)
        # Edges wider than what is followed: on a smaller picture they are narrower.
        luma = _plane(cv2.resize(luma, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    return None


def _steepness(luma: Plane) -> float | None:
    """Return the same for edges that are no wider than `REACH`."""
    if min(luma.shape) < WINDOW:
        return None
    across, along = _edges(luma), _edges(np.ascontiguousarray(luma.T))
    steps, heights = (np.concatenate(pair) for pair in zip(across, along, strict=True))
    edges = heights >= WEAKEST
    if np.count_nonzero(edges) < FEWEST:
        return None
    return float(np.percentile(steps[edges] / heights[edges], SHARPEST))


def blocking(luma: Plane) -> float:
    """Return how much steeper the picture is on the borders of the encoder's blocks than beside them.

    Args:
        luma: brightness, height x width, at the size at which it was encoded.

    Returns:
        0 where the borders are like all else, about 0.3 where they are seen, 1 where nothing else is.
    """
    found = [_stepped(luma), _stepped(np.ascontiguousarray(luma.T))]
    return round(max(0.0, float(np.mean(found))), 4)


def _stepped(luma: Plane) -> float:
    """Return the same for borders that stand upright."""
    columns = (luma.shape[1] - 1) // BLOCK * BLOCK
    if columns < 2 * BLOCK:
        return 0.0
    # A step that is higher than what an encoder makes is an edge of what is filmed.
    steps = np.minimum(cv2.absdiff(luma[:, 1:], luma[:, :-1]), TALLEST)
    mean = steps[:, :columns].mean(axis=0).reshape(-1, BLOCK).mean(axis=0)
    border, beside = mean[BLOCK - 1], np.delete(mean, BLOCK - 1).mean()
    return float((border - beside) / (beside + FLAT))


def _edges(luma: Plane) -> tuple[Levels, Levels]:
    """Return the steepest step along the rows in each window, and the height of the edge that it belongs to."""
    bands = _bands(_plane(cv2.blur(luma, (1, 3))))
    steps = np.zeros_like(bands)
    steps[:, 1:] = cv2.absdiff(bands[:, 1:], bands[:, :-1])
    kernel = np.ones((1, REACH), np.uint8)
    heights = _plane(cv2.subtract(cv2.dilate(bands, kernel), cv2.erode(bands, kernel)))
    pooled = _windows(steps)
    tall = _windows(heights)
    place = pooled.argmax(axis=1, keepdims=True)
    steepest = np.take_along_axis(pooled, place, axis=1)[:, 0]
    highest = np.take_along_axis(tall, place, axis=1)[:, 0]
    # Letters have outlines and shadows, whose own edges are not as high: all that lies round them is left out.
    drawn = (tall.max(axis=1) >= DRAWN).astype(np.uint8).reshape(-1, luma.shape[1] // WINDOW)
    highest = np.where(cv2.dilate(drawn, np.ones((3, 3), np.uint8)).ravel() > 0, 0, highest)
    # What the flattest windows show is noise; it adds to a step, and on both sides to an edge.
    noise = GRAIN * np.percentile(pooled.mean(axis=1), FLATTEST)
    return np.maximum(steepest - noise, 0.0), np.maximum(highest - noise, 1.0)


def _bands(luma: Plane) -> Plane:
    """Return every second row of windows, one below the other."""
    height, width = luma.shape
    rows, columns = max(1, height // (2 * WINDOW)), width // WINDOW * WINDOW
    step = 2 * WINDOW if height >= 2 * WINDOW else height
    cut = luma[: rows * step, :columns].reshape(rows, step, columns)[:, :WINDOW]
    return np.ascontiguousarray(cut).reshape(-1, columns)


def _windows(bands: Plane) -> Plane:
    """Return windows x pixels."""
    rows, columns = bands.shape[0] // WINDOW, bands.shape[1] // WINDOW
    parts = bands[: rows * WINDOW].reshape(rows, WINDOW, columns, WINDOW).swapaxes(1, 2)
    return parts.reshape(rows * columns, WINDOW * WINDOW)


def _plane(made: npt.NDArray[Any]) -> Plane:
    return np.asarray(made, dtype=np.uint8)
