"""What is seen and heard in a source, each in one decode: shots, motion, faces; silences, beats, loudness."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kernel.document import Value
from kernel.worker.analysis.beats import find_beats
from kernel.worker.analysis.faces import FaceFinder
from kernel.worker.analysis.pictures import frames, looked_at, small_size
from kernel.worker.analysis.shots import ShotFinder
from kernel.worker.envelope import Envelope
from kernel.worker.ffmpeg import Ffmpeg, Run, Wish
from kernel.worker.media import Face, Probe, Span
from kernel.worker.sound import Samples

MOSTLY_SPEECH = 0.5
"""Share of the sound that is speech, from which on no beat is looked for."""


class Sights(Value):
    """What is seen in a source; times in seconds."""

    shots: tuple[Span, ...] = ()
    motion: tuple[float, ...] = ()
    light: tuple[float, ...] = ()
    faces: tuple[Face, ...] = ()
    black: tuple[Span, ...] = ()
    frozen: tuple[Span, ...] = ()
    flashes: Span | None = None
    """Where the picture flashes so often that it can harm people."""
    flash_rate: int = 0
    """Flashes in the worst second there."""
    faults: int = 0
    """Complaints of the decoder."""


class Sounds(Value):
    """What is heard in a source, speech aside."""

    silences: tuple[Span, ...] = ()
    tempo: float = 0.0
    beats: tuple[float, ...] = ()


def look(
    path: Path,
    probe: Probe,
    ffmpeg: Ffmpeg,
    work: Path,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Wish | None = None,
) -> Sights:
    """Watch a video once, from its first frame to its last.

    Args:
        path: the source.
        probe: what it holds: a video.
        ffmpeg: decodes it.
        work: a folder of the job.
        on_progress: is told the share that was watched, 0 to 1, about once a second of footage.
        cancelled: asked all along.
    """
    if probe.rate is None:
        return Sights()
    rate = float(looked_at(probe.rate).fraction)
    runs: list[Run] = []
    shots, faces = ShotFinder(rate), FaceFinder(*small_size(probe))
    for number, frame in enumerate(frames(path, probe, ffmpeg, work, cancelled, runs.append)):
        shots.add(frame)
        faces.add(frame)
        if on_progress and number % max(1, round(rate)) == 0:
            on_progress(min(1.0, frame.at / max(probe.duration, 1e-3)))
    parts, flashes = shots.shots(probe.duration), shots.flashes()
    return Sights(
        shots=parts,
        motion=shots.motion(),
        light=shots.light(),
        faces=faces.faces(parts),
        black=shots.black(),
        frozen=shots.frozen(),
        flashes=flashes[0] if flashes else None,
        flash_rate=flashes[1] if flashes else 0,
        faults=sum(len(run.stderr.splitlines()) for run in runs),
    )


def listen(samples: Samples, speech: tuple[Span, ...]) -> Sounds:
    """Find silences, and the beat where the sound is not mostly speech.

    Args:
        samples: the source's sound, mono, 16 kHz.
        speech: the stretches in which somebody speaks.
    """
    envelope = Envelope(samples)
    spoken = sum(span.end - span.start for span in speech)
    music = spoken < MOSTLY_SPEECH * envelope.duration
    tempo, beats = find_beats(samples) if music else (0.0, ())
    return Sounds(silences=envelope.silences(), tempo=tempo, beats=beats)
