"""What is seen and heard in a source, each in one decode: shots, motion, faces; silences, beats, loudness."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kernel.worker.analysis.beats import find_beats
from kernel.worker.analysis.faces import FaceFinder
from kernel.worker.analysis.found import Flashing, Sights, Sounds
from kernel.worker.analysis.measure import Measured, measure
from kernel.worker.analysis.pictures import frames, looked_at, small_size
from kernel.worker.analysis.shots import ShotFinder
from kernel.worker.analysis.stills import Stills
from kernel.worker.envelope import Envelope
from kernel.worker.ffmpeg import Ffmpeg, Run, Wish
from kernel.worker.media import Probe, Span
from kernel.worker.probe import probe
from kernel.worker.sound import Samples, read_wav, take_sound
from kernel.worker.transcribe import Heard, Recogniser, speech_spans

MOSTLY_SPEECH = 0.5
"""Share of the sound that is speech, from which on no beat is looked for."""


@dataclass(frozen=True)
class Analysis:
    """All that is found in one file from the file alone.

    Attributes:
        measured: its facts.
        sights, sounds: what is seen and heard.
        heard: what is said; None without a recogniser.
        stills: pictures at full size: on the grid, and at the times that were wished for.
        samples: its sound, mono, 16 kHz, 16 bit, mapped; none where there is no sound.
    """

    measured: Measured
    sights: Sights
    sounds: Sounds
    heard: Heard | None
    stills: Stills
    samples: npt.NDArray[np.int16]


def analyse(
    path: Path,
    ffmpeg: Ffmpeg,
    work: Path,
    wished: Sequence[float] = (),
    recogniser: Recogniser | None = None,
    source_id: str = "v",
    on_progress: Callable[[float], None] | None = None,
    cancelled: Wish | None = None,
) -> Analysis:
    """Watch and hear a file once.

    Args:
        path: the file, of any origin.
        ffmpeg: the only thing that opens it.
        work: an existing folder, where stills and samples lie until whoever lent it removes it.
        wished: seconds at which stills are wanted besides those of the grid.
        recogniser: turns speech into words; None where there are no weights.
        source_id: begins the ids of its words.
        on_progress: is told the share that is done, 0 to 1.
        cancelled: asked all along.

    Raises:
        WorkerError: it cannot be decoded at all.
        BadInput: it is no file that can be used.
    """
    measured = measure(path, ffmpeg, work, cancelled)
    found = probe(path, ffmpeg, work, cancelled)
    sights = look(path, found, ffmpeg, work, on_progress, cancelled)
    none = np.zeros(0, dtype=np.int16)
    stills = Stills(None, (), found.width, found.height)
    if not found.has_sound:
        return Analysis(measured, sights, Sounds(), None, stills, none)
    wav = work / "sound.wav"
    take_sound(path, found, wav, ffmpeg, cancelled)
    samples = read_wav(wav)
    sounds = listen(samples, speech_spans(samples))
    heard = recogniser.hear(wav, source_id) if recogniser else None
    more = {"loudness": measured.loudness, "loudness_range": measured.loudness_range, "true_peak": measured.true_peak}
    return Analysis(measured, sights, sounds.model_copy(update=more), heard, stills, none)


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
    general = [Flashing(kind="general", start=flashes[0].start, end=flashes[0].end, rate=flashes[1])] if flashes else []
    return Sights(
        shots=parts,
        motion=shots.motion(),
        light=shots.light(),
        faces=faces.faces(parts),
        black=shots.black(),
        frozen=shots.frozen(),
        flashing=tuple(general),
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
    return Sounds(silences=envelope.silences(), speech=speech, tempo=tempo, beats=beats)
