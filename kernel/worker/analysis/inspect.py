"""Find out all there is to know of one source: the row of the `footage` document."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from kernel.worker.analysis.found import Sights
from kernel.worker.analysis.kept import Kept
from kernel.worker.analysis.passes import MUSIC, Analysis, Progress, analyse
from kernel.worker.analysis.stills import EVERY
from kernel.worker.ffmpeg import Ffmpeg, Wish
from kernel.worker.media import Inspection, Probe, Span
from kernel.worker.probe import named
from kernel.worker.transcribe import Heard, Recogniser

NOBODY = "Nobody speaks in this source."
NO_WEIGHTS = "There is no transcript: this machine has no speech weights."


def inspect(
    path: Path,
    source_id: str,
    ffmpeg: Ffmpeg,
    work: Path,
    recogniser: Recogniser | None,
    on_progress: Progress | None = None,
    cancelled: Wish | None = None,
    kept: Kept | None = None,
) -> Inspection:
    """Probe, watch and hear one source.

    Args:
        path: the file, of any origin.
        source_id: begins the ids of its words, as s1.
        ffmpeg: the only thing that opens it.
        work: an existing folder of the job; what is written there is removed again.
        recogniser: turns speech into words; None where there are no weights.
        on_progress: is told the share that is done, 0 to 1.
        cancelled: asked all along.
        kept: what is known of it already, and where to keep what is found.

    Raises:
        BadInput: the file cannot be used; the text says why and what to do.
        Cancelled: `cancelled` said so.
    """
    with TemporaryDirectory(dir=work) as folder:
        found = analyse(
            path,
            ffmpeg,
            Path(folder),
            recogniser=recogniser,
            source_id=source_id,
            on_progress=on_progress,
            cancelled=cancelled,
            kept=kept,
        )
    return _together(named(path), found)


def _together(name: str, found: Analysis) -> Inspection:
    heard = found.heard or Heard()
    return Inspection(
        probe=_warned(name, found.probe, found.sights),
        language=heard.language,
        words=heard.words,
        speech=found.sounds.speech,
        silences=found.sounds.silences,
        shots=found.sights.shots,
        tempo=found.sounds.tempo,
        beats=found.sounds.beats,
        faces=found.sights.faces,
        loudness=found.sounds.loudness,
        motion=found.sights.motion,
        light=found.sights.light,
        notes=tuple(_notes(found)),
    )


def _warned(name: str, found: Probe, sights: Sights) -> Probe:
    """Add what only the whole decode met."""
    said = []
    if sights.flashing:
        worst = max(sights.flashing, key=lambda flashing: flashing.rate)
        often = f"up to {worst.rate:.0f} times a second from {worst.start:.1f} to {worst.end:.1f} s"
        said.append(f"{name} flashes {often}, which can harm people who are sensitive to light.")
    return found.model_copy(update={"warnings": (*found.warnings, *said)})


def _notes(found: Analysis) -> list[str]:
    notes = []
    sounds, sights = found.sounds, found.sights
    if found.probe.has_sound and sounds.speech and found.heard is None:
        notes.append(NO_WEIGHTS)
    if (found.probe.has_sound and not sounds.speech) or (
        found.heard and found.probe.has_sound and not found.heard.words
    ):
        notes.append(NOBODY)
    if sights.every > EVERY:
        notes.append(f"It is long: one still in {sights.every:.0f} seconds of it was looked at.")
    if sounds.beats and found.probe.duration > MUSIC:
        notes.append(f"It is long: a beat was looked for in its first {MUSIC / 60:.0f} minutes.")
    notes += [f"The picture is black from {_told(span)}." for span in sights.black]
    notes += [f"The picture stands still from {_told(span)}." for span in sights.frozen]
    return notes


def _told(span: Span) -> str:
    return f"{span.start:.1f} to {span.end:.1f} s"
