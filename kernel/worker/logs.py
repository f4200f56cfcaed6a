"""logs: what cameras record in a log curve, as light, by the makers' published formulas.

Where each formula comes from:

- `slog3`: Sony, Technical Summary for S-Gamut3.Cine/S-Log3 and S-Gamut3/S-Log3
- `clog3`: Canon, Canon Log Gamma Curves white paper, version 1.2; Cinema Gamut
- `vlog`: Panasonic, V-Log/V-Gamut Reference Manual
- `logc3`: ARRI, ALEXA Log C Curve: Usage in VFX (exposure index 800); Wide Gamut 3
- `logc4`: ARRI, LogC4 Logarithmic Color Space Specification; Wide Gamut 4
- `applelog`: Apple, Apple Log Profile White Paper; ITU-R BT.2020 primaries

All primaries stand with D65 white; 0.18 is mid grey. Sony, Canon and Panasonic give their curves for code values of a
10-bit signal over 1023, ARRI and Apple for the signal from black to white.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Log = Literal["slog3", "clog3", "vlog", "logc3", "logc4", "applelog"]
Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]

WHITE = (0.3127, 0.3290)
"""D65, as x and y."""
BT709: Corners = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
BT2020: Corners = ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))
BLACK_CODE, CODES = 64, 876
"""Code value of black, and code values from there to white, of a 10-bit signal (ITU-R BT.709)."""


class Profile(NamedTuple):
    """A log curve and the colours that it goes with."""

    light: Callable[[Numbers], Numbers]
    """From what is recorded to light, 0.18 being mid grey."""
    corners: Corners
    """x and y of its red, green and blue."""
    by_code: bool = True
    """Whether the curve is given for code values over 1023; else from black to white."""


def linear(log: Log, signal: Numbers) -> Numbers:
    """Return the light, in BT.709 primaries, of a signal from 0 (black) to 1 (white); rows of red, green, blue."""
    profile = PROFILES[log]
    coded = (signal * CODES + BLACK_CODE) / 1023 if profile.by_code else signal
    return np.asarray(profile.light(coded) @ _to_709(profile.corners).T)


def _to_709(corners: Corners) -> Numbers:
    return np.asarray(np.linalg.inv(_to_xyz(BT709)) @ _to_xyz(corners))


def _to_xyz(corners: Corners) -> Numbers:
    """Return the matrix from a colour space to CIE XYZ (SMPTE RP 177)."""
    columns = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in corners]).T
    white = np.array([WHITE[0] / WHITE[1], 1.0, (1 - sum(WHITE)) / WHITE[1]])
    return np.asarray(columns * np.linalg.solve(columns, white))


def _slog3(code: Numbers) -> Numbers:
    at = code * 1023
    toe = (at - 95) * 0.01125 / (171.2102946929 - 95)
    return np.where(at >= 171.2102946929, 10 ** ((at - 420) / 261.5) * (0.18 + 0.01) - 0.01, toe)


def _clog3(code: Numbers) -> Numbers:
    below = -(10 ** ((0.12783901 - code) / 0.36726845) - 1) / 14.98325
    above = (10 ** ((code - 0.12240537) / 0.36726845) - 1) / 14.98325
    middle = (code - 0.12512219) / 1.9754798
    return 0.9 * np.where(code < 0.097465473, below, np.where(code <= 0.15277891, middle, above))


def _vlog(code: Numbers) -> Numbers:
    return np.where(code < 0.181, (code - 0.125) / 5.6, 10 ** ((code - 0.598206) / 0.241514) - 0.00873)


def _logc3(signal: Numbers) -> Numbers:
    above = (10 ** ((signal - 0.385537) / 0.247190) - 0.052272) / 5.555556
    return np.where(signal > 5.367655 * 0.010591 + 0.092809, above, (signal - 0.092809) / 5.367655)


def _logc4(signal: Numbers) -> Numbers:
    a, b, c = (2**18 - 16) / 117.45, (1023 - 95) / 1023, 95 / 1023
    s = 7 * np.log(2) * 2 ** (7 - 14 * c / b) / (a * b)
    t = (2 ** (14 * (-c / b) + 6) - 64) / a
    return np.where(signal < 0, signal * s + t, (2 ** (14 * (signal - c) / b + 6) - 64) / a)


def _applelog(signal: Numbers) -> Numbers:
    c, start = 47.28711236, -0.05641088
    above = 2 ** ((signal - 0.69336945) / 0.08550479) - 0.00964052
    return np.where(signal >= c * (0.01 - start) ** 2, above, np.sqrt(np.maximum(signal, 0) / c) + start)


PROFILES: Mapping[Log, Profile] = {
    "slog3": Profile(_slog3, ((0.766, 0.275), (0.225, 0.800), (0.089, -0.087))),
    "clog3": Profile(_clog3, ((0.740, 0.270), (0.170, 1.140), (0.080, -0.100))),
    "vlog": Profile(_vlog, ((0.730, 0.280), (0.165, 0.840), (0.100, -0.030))),
    "logc3": Profile(_logc3, ((0.6840, 0.3130), (0.2210, 0.8480), (0.0861, -0.1020)), by_code=False),
    "logc4": Profile(_logc4, ((0.7347, 0.2653), (0.1424, 0.8576), (0.0991, -0.0308)), by_code=False),
    "applelog": Profile(_applelog, BT2020, by_code=False),
}
