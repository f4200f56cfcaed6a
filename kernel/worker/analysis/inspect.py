"""Find out all there is to know of one source: the row of the `footage` document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar
from uuid import uuid4

from kernel.document import Value
from kernel.worker.analysis.found import Sights, Sounds
from kernel.worker.analysis.passes import listen, look
from kernel.worker.ffmpeg import Ffmpeg, Wish
from kernel.worker.media import Inspection, Probe, Span
from kernel.worker.probe import named, probe
from kernel.worker.sound import read_wav, take_sound
from kernel.worker.transcribe import Heard, Recogniser, speech_spans

Progress = Callable[[float], None]
Part = TypeVar("Part", bound=Value)

NOBODY = "Nobody speaks in this source."
NO_WEIGHTS = "There is no transcript: this machine has no speech weights."


class Ears(Value):
    """What was found in the sound."""

    loudness: float | None = None
    heard: Heard = Heard()
    sounds: Sounds = Sounds()


class Parts:
    """Finished parts of an inspection, so that one that was cut off goes on where it was.

    Args:
        folder: where they are kept, for these very bytes; None keeps nothing.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def once(self, kind: type[Part], make: Callable[[], Part]) -> Part:
        """Return the kept part of this kind; make and keep it where there is none."""
        if self._folder is None:
            return make()
        place = self._folder / f"{kind.__name__.lower()}.json"
        if place.is_file():
            return kind.model_validate_json(place.read_text())
        made = make()
        self._folder.mkdir(parents=True, exist_ok=True)
        half = place.with_suffix(f".{uuid4().hex}")
        half.write_text(made.model_dump_json())
        half.replace(place)
        return made


def inspect(
    path: Path,
    source_id: str,
    ffmpeg: Ffmpeg,
    work: Path,
    recogniser: Recogniser | None,
    on_progress: Progress | None = None,
    cancelled: Wish | None = None,
    parts: Parts | None = None,
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
        parts: keeps what is finished; None keeps nothing.

    Raises:
        BadInput: the file cannot be used; the text says why and what to do.
        Cancelled: `cancelled` said so.
    """
    kept = parts or Parts()
    found = kept.once(Probe, lambda: probe(path, ffmpeg, work, cancelled))
    _tell(on_progress, 0.1)
    seen = _from(on_progress, 0.1, 0.6)
    sights = kept.once(Sights, lambda: look(path, found, ffmpeg, work, seen, cancelled))
    _tell(on_progress, 0.6)
    ears = kept.once(Ears, lambda: _hear(path, found, source_id, ffmpeg, work, recogniser, cancelled))
    _tell(on_progress, 1.0)
    return _together(named(path), found, sights, ears, recogniser is not None)


def _hear(
    path: Path,
    found: Probe,
    source_id: str,
    ffmpeg: Ffmpeg,
    work: Path,
    recogniser: Recogniser | None,
    cancelled: Wish | None,
) -> Ears:
    if not found.has_sound:
        return Ears()
    with TemporaryDirectory(dir=work) as folder:
        wav = Path(folder) / "sound.wav"
        loudness = take_sound(path, found, wav, ffmpeg, cancelled)
        samples = read_wav(wav)
        heard = recogniser.hear(wav, source_id) if recogniser else Heard(speech=speech_spans(samples))
    return Ears(loudness=loudness, heard=heard, sounds=listen(samples, heard.speech))


def _together(name: str, found: Probe, sights: Sights, ears: Ears, recogniser: bool) -> Inspection:
    return Inspection(
        probe=_warned(name, found, sights),
        language=ears.heard.language,
        words=ears.heard.words,
        speech=ears.heard.speech,
        silences=ears.sounds.silences,
        shots=sights.shots,
        tempo=ears.sounds.tempo,
        beats=ears.sounds.beats,
        faces=sights.faces,
        loudness=ears.loudness,
        motion=sights.motion,
        light=sights.light,
        notes=tuple(_notes(found, sights, ears.heard, recogniser)),
    )


def _warned(name: str, found: Probe, sights: Sights) -> Probe:
    """Add what only the whole decode met."""
    said = []
    if sights.faults and not any("is damaged" in warning for warning in found.warnings):
        faults = f"{sights.faults} faults were met while watching it"
        said.append(f"{name} is damaged: {faults}, so look closely at the result.")
    if sights.flashing:
        worst = max(sights.flashing, key=lambda flashing: flashing.rate)
        often = f"up to {worst.rate:.0f} times a second from {worst.start:.1f} to {worst.end:.1f} s"
        said.append(f"{name} flashes {often}, which can harm people who are sensitive to light.")
    return found.model_copy(update={"warnings": (*found.warnings, *said)})


def _notes(found: Probe, sights: Sights, heard: Heard, recogniser: bool) -> list[str]:
    notes = []
    if found.has_sound and heard.speech and not recogniser:
        notes.append(NO_WEIGHTS)
    if found.has_sound and not heard.words and (recogniser or not heard.speech):
        notes.append(NOBODY)
    notes += [f"The picture is black from {_told(span)}." for span in sights.black]
    notes += [f"The picture stands still from {_told(span)}." for span in sights.frozen]
    return notes


def _told(span: Span) -> str:
    return f"{span.start:.1f} to {span.end:.1f} s"


def _tell(on_progress: Progress | None, share: float) -> None:
    if on_progress:
        on_progress(share)


def _from(on_progress: Progress | None, low: float, high: float) -> Progress | None:
    """Return a progress that fills the part from `low` to `high` of another one."""
    return (lambda share: on_progress(low + share * (high - low))) if on_progress else None
