"""Measure a render in one decode: what the scorecard and the gates judge by."""

from __future__ import annotations

import re
from pathlib import Path

from kernel.document import Value
from kernel.errors import WorkerError
from kernel.worker.clock import Track, rate_of, read_tracks
from kernel.worker.ffmpeg import Ffmpeg, Run, Wish, opening
from kernel.worker.listing import Listing, read_listing
from kernel.worker.media import Rate, Span
from kernel.worker.sound import loudness_in

BLACK = "blackdetect=d=0.04:pic_th=0.998:pix_th=0.06"
FROZEN = "freezedetect=n=-60dB:d=0.5"
SILENT = "silencedetect=n=-60dB:d=0.3"
"""What counts as black (99.8 % of the pixels within 6 % of black, a frame long), frozen and silent."""
SPEED = 0.2
"""Times real time that measuring may at least take."""
_SAID = 1 << 22
"""Bytes of ffmpeg's words: an hour that flickers between black and picture says less."""

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


def measure(video: Path, ffmpeg: Ffmpeg, work: Path, cancelled: Wish | None = None) -> Measured:
    """Measure one of our own renders.

    Args:
        video: the file.
        ffmpeg: decodes it.
        work: a folder; nothing is written there.
        cancelled: asked all along.

    Raises:
        WorkerError: it cannot be decoded at all.
    """
    listed = _listing(video, ffmpeg, work, cancelled)
    length = listed.duration or 0.0
    runs: list[Run] = []
    lines = ffmpeg.lines(
        [*opening(video), *_graph(listed), "-f", "framecrc", "pipe:1"],
        cwd=work,
        timeout=60 + length / SPEED,
        cancelled=cancelled,
        told=runs.append,
        level="level+info",
        kept=_SAID,
    )
    tracks = read_tracks(lines)
    return _measured(video, listed, tracks, runs[-1].stderr)


def _listing(video: Path, ffmpeg: Ffmpeg, work: Path, cancelled: Wish | None) -> Listing:
    ask = [*opening(video), "-f", "ffmetadata", "-"]
    run = ffmpeg.run(ask, cwd=work, timeout=30, cancelled=cancelled, level="info", kept=1 << 16)
    listed = read_listing(run.stderr)
    if listed is None or not (listed.videos or listed.audios):
        raise WorkerError(f"{video.name} holds neither picture nor sound.", run.command, run.stderr)
    return listed


def _graph(listed: Listing) -> list[str]:
    seen = ["-map", "0:v:0", "-vf", f"{BLACK},{FROZEN},crop=2:2:0:0", "-fps_mode:v", "passthrough"]
    seen += ["-enc_time_base:v", "demux", "-c:v", "rawvideo"]
    heard = ["-map", "0:a:0", "-af", f"ebur128=peak=true:framelog=quiet,{SILENT}", "-c:a", "pcm_s16le"]
    return [*(seen if listed.videos else []), *(heard if listed.audios else [])]


def _measured(video: Path, listed: Listing, tracks: dict[int, Track], said: str) -> Measured:
    seen = tracks.get(0) if listed.videos else None
    heard = tracks.get(1 if listed.videos else 0) if listed.audios else None
    end = seen.end if seen else heard.end if heard else 0.0
    rate, variable = rate_of(seen) if seen else (None, False)
    peaks = [float(peak) for peak in _PEAK.findall(said) if peak != "-inf"]
    ranges = _RANGE.findall(said)
    loudness = loudness_in(said)
    return Measured(
        duration=round(end, 6),
        frames=len(seen.times) if seen else 0,
        rate=rate,
        variable_rate=variable,
        width=listed.videos[0].width if seen else 0,
        height=listed.videos[0].height if seen else 0,
        video_codec=listed.videos[0].codec if seen else "",
        audio_codec=listed.audios[0].codec if heard else "",
        sound_duration=round(heard.end, 6) if heard else 0.0,
        size=video.stat().st_size,
        loudness=loudness,
        loudness_range=float(ranges[-1]) if ranges and loudness is not None else None,
        true_peak=max(peaks) if peaks else None,
        black=tuple(Span(start=float(a), end=float(b)) for a, b in _BLACK.findall(said)),
        frozen=_paired(_FREEZE.findall(said), end),
        silent=_paired(_SILENCE.findall(said), heard.end if heard else 0.0),
        faults=tuple(dict.fromkeys(_FAULT.findall(said))),
    )


def _paired(marks: list[tuple[str, str]], end: float) -> tuple[Span, ...]:
    """Join starts and ends; a stretch that is still open at the end lasts to the end."""
    starts = [max(0.0, float(at)) for kind, at in marks if kind == "start"]
    ends = [float(at) for kind, at in marks if kind == "end"]
    return tuple(Span(start=a, end=b) for a, b in zip(starts, [*ends, end], strict=False))
