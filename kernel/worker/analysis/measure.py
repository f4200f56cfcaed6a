"""measure: the facts of a file, read off its one decode: what the gates and the scorecard judge by."""

from __future__ import annotations

import re
from typing import NamedTuple

from kernel.document import Value
from kernel.worker.clock import rate_of
from kernel.worker.media import Probe, Rate, Span
from kernel.worker.probe import Decoded
from kernel.worker.sound import loudness_in

BLACK = "blackdetect=d=0.04:pic_th=0.998:pix_th=0.06"
FROZEN = "freezedetect=n=-60dB:d=0.5"
SILENT = "silencedetect=n=-60dB:d=0.3"
"""What counts as black (99.8 % of the pixels within 6 % of black, a frame long), frozen and silent."""
LOUD = "ebur128=peak=true:framelog=quiet:metadata=1"
CLOCK = ("-fps_mode:v", "passthrough", "-enc_time_base:v", "demux", "-c:v", "rawvideo", "-c:a", "pcm_s16le")
"""Arguments of an output that shows when each frame really comes."""
SAID = 1 << 25
"""Bytes of ffmpeg's words: twelve hours of a lecture whose slides stand still and change each second say less."""

_BLACK = re.compile(r"black_start:([\d.]+) black_end:([\d.]+)")
_FREEZE = re.compile(r"freeze_(start|end): ([\d.]+)")
_SILENCE = re.compile(r"silence_(start|end): (-?[\d.]+)")
_RANGE = re.compile(r"^(?:\[\w+\] )?\s*LRA:\s+([\d.]+) LU", re.MULTILINE)
_PEAK = re.compile(r"Peak:\s+(-?[\d.]+|-inf) dBFS")
_FAULT = re.compile(r"^(?:\[[^\]]* @ [^\]]*\] )*\[(?:error|fatal|panic)\] (.+)$", re.MULTILINE)


class Measured(Value):
    """A render, as it really is; times in seconds."""

    duration: float
    """End of the last picture; of the last sample where there is no picture."""
    frames: int
    rate: Rate | None
    variable_rate: bool
    width: int
    height: int
    video_codec: str
    audio_codec: str
    sound_duration: float
    size: int
    """Bytes."""
    loudness: float | None
    """Integrated, LUFS; None where all is silent."""
    loudness_range: float | None
    """LU."""
    true_peak: float | None
    """dBTP."""
    black: tuple[Span, ...]
    frozen: tuple[Span, ...]
    silent: tuple[Span, ...]
    faults: tuple[str, ...]
    """What the decoder complained of; empty for a sound file."""


def measured(probe: Probe, found: Decoded, said: str) -> Measured:
    """Return the facts of a file that was decoded.

    Args:
        probe: what it holds.
        found: its clocks.
        said: ffmpeg's words, of which the filters' are read.
    """
    seen, heard = found.seen, found.heard
    rate, variable = rate_of(seen) if seen else (None, False)
    peaks = [float(peak) for peak in _PEAK.findall(said) if peak != "-inf"]
    ranges = _RANGE.findall(said)
    loudness = loudness_in(said)
    clock = _Clock(probe.start, probe.duration)
    return Measured(
        duration=probe.duration,
        frames=len(seen.times) if seen else 0,
        rate=rate,
        variable_rate=variable,
        width=probe.width,
        height=probe.height,
        video_codec=probe.video_codec if seen else "",
        audio_codec=probe.audio_codec if heard else "",
        sound_duration=round(heard.end, 6) if heard else 0.0,
        size=probe.size,
        loudness=loudness,
        loudness_range=float(ranges[-1]) if ranges and loudness is not None else None,
        true_peak=max(peaks) if peaks else None,
        black=tuple(clock.span(float(start), float(end)) for start, end in _BLACK.findall(said)),
        frozen=clock.paired(_FREEZE.findall(said)),
        silent=_Clock(probe.start, heard.end if heard else 0.0).paired(_SILENCE.findall(said)),
        faults=tuple(dict.fromkeys(faults(said))),
    )


def faults(said: str) -> list[str]:
    """Return what the decoder complained of."""
    return _FAULT.findall(said)


class _Clock(NamedTuple):
    """Where the file's clock begins, and how long it runs, in seconds."""

    start: float
    duration: float

    def span(self, start: float, end: float) -> Span:
        low = max(0.0, start - self.start)
        return Span(start=round(low, 6), end=round(max(low, end - self.start), 6))

    def paired(self, marks: list[tuple[str, str]]) -> tuple[Span, ...]:
        """Join starts and ends; a stretch that is still open at the end lasts to the end."""
        starts = [float(at) for kind, at in marks if kind == "start"]
        ends = [float(at) for kind, at in marks if kind == "end"]
        whole = [*ends, self.start + self.duration]
        return tuple(self.span(a, b) for a, b in zip(starts, whole, strict=False))
