"""passes: all that is found in one file, from one decode of its picture and its sound.

One run of ffmpeg writes five things at once: small frames to its pipe, which are looked at as they come; the clock of
every frame; the loudness of every moment; the samples; and stills at full size. What was found is kept by the file's
content. Stills and samples are not: they are made anew when a later look at a known file asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import cv2
import numpy as np

from kernel.document import Value
from kernel.errors import Cancelled, SetUp, TimedOut, WorkerError
from kernel.worker.analysis import faces, measure, pictures, stills
from kernel.worker.analysis.beats import find_beats
from kernel.worker.analysis.colours import swatches
from kernel.worker.analysis.curve import noting, read_curve
from kernel.worker.analysis.flashes import FlashFinder
from kernel.worker.analysis.found import Look, Sights, Sounds
from kernel.worker.analysis.kept import Kept
from kernel.worker.analysis.measure import Measured
from kernel.worker.analysis.pictures import looked_at
from kernel.worker.analysis.sharpness import blocking, sharpness
from kernel.worker.analysis.shots import ShotFinder
from kernel.worker.analysis.stills import LONGEST_SIDE, Still, Stills, Taken
from kernel.worker.analysis.texts import Reader
from kernel.worker.clock import OWN_CLOCK, read_tracks
from kernel.worker.envelope import Envelope
from kernel.worker.ffmpeg import Ffmpeg, Run, Wish, opening
from kernel.worker.media import Face, Probe, Span
from kernel.worker.probe import Decoded, probe
from kernel.worker.sound import MADE, RATE, Coded, floats, map_wav, on_the_clock
from kernel.worker.transcribe import Heard, Recogniser, speech_spans

Progress = Callable[[float], None]

CLOCK, CURVE, SOUND, STILLS, FACES = "clock.txt", "loudness.txt", "sound.wav", "stills.rgb", "faces.gray"
"""What one run leaves in its folder."""
SPEED = 0.2
"""Times real time that decoding may at least take; 720p was measured at forty."""
MOSTLY_SPEECH = 0.5
"""Share of the sound that is speech, from which on no beat is looked for."""
MUSIC = 20 * 60.0
"""Seconds of sound, from its beginning, that a beat is looked for in."""
LOOKERS = 2
"""Stills that are looked at at a time; the arithmetic of each holds no lock."""


class Passed(Value):
    """What one pass found."""

    probe: Probe
    measured: Measured
    sights: Sights
    sounds: Sounds


class Faces(Value):
    """What faces were found."""

    faces: tuple[Face, ...] = ()


class Looks(Value):
    """What was seen on the stills."""

    looks: tuple[Look, ...]
    every: float


@dataclass(frozen=True)
class Analysis:
    """All that is found in one file from the file alone.

    Attributes:
        probe: what it holds.
        measured: its facts.
        sights, sounds: what is seen and heard.
        heard: what is said; None without a recogniser.
        stills: pictures at full size: on the grid, and at the times that were wished for; taken anew, by a decode, when
            they are looked at and the file was known already.
    """

    probe: Probe
    measured: Measured
    sights: Sights
    sounds: Sounds
    heard: Heard | None
    stills: Stills
    _pass: Pass

    @property
    def samples(self) -> Coded:
        """Its sound, mono, 16 kHz, mapped: `floats` makes numbers of a part; none where there is no sound."""
        return self._pass.samples(self.probe)


def analyse(
    path: Path,
    ffmpeg: Ffmpeg,
    work: Path,
    wished: Sequence[float] = (),
    recogniser: Recogniser | None = None,
    reader: Reader | None = None,
    source_id: str = "v",
    on_progress: Progress | None = None,
    cancelled: Wish | None = None,
    kept: Kept | None = None,
    people: bool = True,
) -> Analysis:
    """Watch and hear a file once.

    Args:
        path: the file, of any origin.
        ffmpeg: the only thing that opens it.
        work: an existing folder, where stills and samples lie until whoever lent it removes it.
        wished: seconds at which stills are wanted besides those of the grid.
        recogniser: turns speech into words; None where there are no weights.
        reader: reads what is written on the stills; None: nobody does.
        source_id: begins the ids of its words.
        on_progress: is told the share that is done, 0 to 1.
        cancelled: asked all along.
        kept: what is known of it already, and where to keep what is found.
        people: whether faces are looked for.

    Raises:
        BadInput: it is no file that can be used.
        Cancelled: `cancelled` said so.
    """
    kept = kept or Kept()
    told = on_progress or _nobody
    once = Pass(path, ffmpeg, Path(mkdtemp(prefix="analysis-", dir=work)), wished, cancelled)
    passed = kept.once(Passed, lambda: once.passed(lambda share: told(0.4 * share)))
    found, shots = passed.probe, passed.sights.shots
    told(0.4)
    seen = kept.once(Faces, lambda: Faces(faces=once.faces(found, shots))) if people else Faces()
    told(0.6)
    shown = Stills(once.taken(found), lambda: once.stills(found))
    read = None if reader else kept.known(Looks, sorted(wished), True)
    looks = read or kept.once(Looks, lambda: look_at(shown, found, reader, cancelled), sorted(wished), bool(reader))
    told(0.75)
    heard = _heard(once, found, recogniser, kept) if recogniser else None
    told(1.0)
    sights = passed.sights.model_copy(update={"faces": seen.faces, "looks": looks.looks, "every": looks.every})
    return Analysis(found, passed.measured, sights, passed.sounds, _named(heard, source_id), shown, once)


class Pass:
    """One decode of a file, and what it leaves in a folder.

    Args:
        path: the file.
        ffmpeg: decodes it.
        folder: ours, and empty.
        wished: seconds at which stills are wanted.
        cancelled: asked all along.
    """

    def __init__(
        self, path: Path, ffmpeg: Ffmpeg, folder: Path, wished: Sequence[float], cancelled: Wish | None
    ) -> None:
        self._path, self._ffmpeg, self._folder = path, ffmpeg, folder
        self._wished, self._cancelled = wished, cancelled
        self._guess: Probe | None = None
        self._told: Progress = _nobody
        self._said = ""
        self._decoded = Decoded(None, None, 0)
        self._finders: Finders | None = None

    def passed(self, on_progress: Progress) -> Passed:
        """Decode the file whole and return what was found; for a still that is nothing but what it is."""
        self._told = on_progress
        found = probe(self._path, self._ffmpeg, self._folder, self._cancelled, self._decode)
        measured = measure.measured(found, self._decoded, self._said)
        sights = self._finders.sights(found.duration) if self._finders and found.kind == "video" else Sights()
        faults = sights.model_copy(update={"faults": self._decoded.faults})
        return Passed(probe=found, measured=measured, sights=faults, sounds=self._sounds(found, measured))

    def taken(self, found: Probe) -> Taken:
        """Return which stills are taken."""
        return stills.chosen(self._guess or found, self._wished)

    def stills(self, found: Probe) -> Path | None:
        """Return the file of the stills; taken now where the pass was made long ago."""
        if found.kind != "video":
            return None
        if not (self._folder / STILLS).is_file():
            self._pictures_again(found, stills.filters(found, self.taken(found)), STILLS)
        return self._folder / STILLS

    def faces(self, found: Probe, shots: Sequence[Span]) -> tuple[Face, ...]:
        """Return the faces that are seen; what they are looked for on is taken now where the pass was made long ago."""
        if found.kind != "video":
            return ()
        if not (self._folder / FACES).is_file():
            self._pictures_again(found, faces.filters(found), FACES)
        return faces.find_faces(self._folder / FACES, self._guess or found, shots, self._cancelled)

    def samples(self, found: Probe) -> Coded:
        """Return the samples; none where there is no sound."""
        return map_wav(self.wav(found)) if found.has_sound else np.zeros(0, np.int16)

    def wav(self, found: Probe) -> Path:
        """Return the file of the samples; taken now where the pass was made long ago."""
        if not (self._folder / SOUND).is_file():
            chosen = ["-map", f"0:a:{found.audio_stream}", "-af", on_the_clock(found)]
            self._again(found, [*chosen, *MADE, SOUND])
        return self._folder / SOUND

    def _pictures_again(self, found: Probe, filters: str, file: str) -> None:
        chosen = ["-map", f"0:v:{found.video_stream}", "-vf", f"{pictures.steady(found)},{filters}"]
        self._again(found, [*chosen, *pictures.RAW, file])

    def _again(self, found: Probe, arguments: Sequence[str]) -> None:
        self._ffmpeg.run(
            [*opening(self._path, *OWN_CLOCK), *arguments],
            cwd=self._folder,
            timeout=60 + found.duration / SPEED,
            cancelled=self._cancelled,
        )

    def _decode(self, guess: Probe) -> Decoded:
        """Decode the file, with everything that is wanted of it."""
        self._guess = guess
        self._finders = Finders(guess) if guess.kind == "video" else None
        runs: list[Run] = []
        blocks = self._ffmpeg.stream(
            [*opening(self._path, *OWN_CLOCK), *self._outputs(guess)],
            cwd=self._folder,
            timeout=60 + guess.duration / SPEED,
            size=pictures.block_size(guess),
            cancelled=self._cancelled,
            told=runs.append,
            level="level+info",
            kept=measure.SAID,
        )
        try:
            self._watch(blocks, guess)
        except TimedOut:
            raise
        except WorkerError as error:
            if "No space left" in error.stderr:
                raise SetUp(f"The disk is full where {self._path.name} is looked at: make room there.") from error
            # ffmpeg gives up when most of a stream is damaged: then nothing of the file counts.
            return self._decoded
        self._said = runs[-1].stderr
        self._decoded = self._clocks(guess)
        return self._decoded

    def _watch(self, blocks: Iterator[bytes], guess: Probe) -> None:
        second = round(guess.rate.fraction) if guess.rate else 1
        for number, frame in enumerate(pictures.framed(blocks, guess)):
            if self._finders:
                self._finders.add(frame)
            if number % max(1, second) == 0:
                self._told(min(1.0, frame.at / max(guess.duration, 1e-3)))

    def _outputs(self, guess: Probe) -> list[str]:
        """Return one graph for the picture and one for the sound, and what becomes of their ends.

        Outputs with a graph each were measured to wait for one another for ever on some damaged files.
        """
        picture, sound = guess.kind == "video", guess.has_sound
        graphs = [*([self._picture(guess)] if picture else []), *([_sound(guess)] if sound else [])]
        clocks = [*(["-map", "[clock]"] if picture else []), *(["-map", "[heard]"] if sound else [])]
        wav = ["-map", "[wav]", *MADE, SOUND]
        raw = ["-map", "[stills]", *pictures.RAW, STILLS, "-map", "[faces]", *pictures.RAW, FACES]
        small = ["-map", "[small]", *pictures.output(guess)]
        return [
            *(part for graph in graphs for part in ("-filter_complex", graph)),
            *("-nostats", *clocks, *measure.CLOCK, "-f", "framecrc", CLOCK),
            *(wav if sound else []),
            *([*raw, *small] if picture else []),
        ]

    def _picture(self, guess: Probe) -> str:
        return (
            f"[0:v:{guess.video_stream}]split=2[own][any];[own]{measure.BLACK},{measure.FROZEN},crop=2:2:0:0[clock];"
            f"[any]{pictures.steady(guess)},split=3[one][two][three];[one]{stills.filters(guess, self.taken(guess))}"
            f"[stills];[two]{faces.filters(guess)}[faces];[three]{pictures.filters(guess)}[small]"
        )

    def _clocks(self, guess: Probe) -> Decoded:
        with (self._folder / CLOCK).open() as lines:
            tracks = read_tracks((line.rstrip("\n") for line in lines), guess.start)
        (self._folder / CLOCK).unlink()
        seen = tracks.get(0) if guess.kind == "video" else None
        heard = tracks.get(1 if guess.kind == "video" else 0) if guess.has_sound else None
        return Decoded(seen, heard, len(measure.faults(self._said)))

    def _sounds(self, found: Probe, measured: Measured) -> Sounds:
        if not found.has_sound:
            return Sounds()
        with (self._folder / CURVE).open() as lines:
            curve, step = read_curve(lines, found.start, found.duration)
        return listen(self.samples(found)).model_copy(
            update={
                "loudness": measured.loudness,
                "loudness_range": measured.loudness_range,
                "true_peak": measured.true_peak,
                "curve": curve,
                "step": step,
            }
        )


def _sound(guess: Probe) -> str:
    noted = ",".join([measure.LOUD, noting(CURVE), measure.SILENT])
    made = on_the_clock(guess)
    return f"[0:a:{guess.audio_stream}]asplit=2[own][any];[own]{noted}[heard];[any]{made}[wav]"


class Finders:
    """All that look at the small frames as they pass.

    Args:
        found: what the file holds.
    """

    def __init__(self, found: Probe) -> None:
        often = float(looked_at(found).fraction)
        self._shots, self._flashes = ShotFinder(often), FlashFinder(often)

    def add(self, frame: pictures.Frame) -> None:
        """Show them the next frame."""
        self._shots.add(frame)
        self._flashes.add(frame)

    def sights(self, duration: float) -> Sights:
        """Return what they saw of a video that lasts so long."""
        return Sights(
            shots=self._shots.shots(duration),
            motion=self._shots.motion(),
            light=self._shots.light(),
            black=self._shots.black(),
            frozen=self._shots.frozen(),
            flashing=self._flashes.flashing(),
            flicker=self._flashes.flicker(),
        )


def listen(samples: Coded) -> Sounds:
    """Find silences and speech, and the beat where the sound is not mostly speech.

    Args:
        samples: mono, 16 kHz.
    """
    speech = speech_spans(samples)
    envelope = Envelope(samples)
    spoken = sum(span.end - span.start for span in speech)
    music = spoken < MOSTLY_SPEECH * envelope.duration
    tempo, beats = find_beats(floats(samples[: int(MUSIC * RATE)])) if music else (0.0, ())
    return Sounds(silences=envelope.silences(), speech=speech, tempo=tempo, beats=beats)


def look_at(shown: Stills, found: Probe, reader: Reader | None = None, cancelled: Wish | None = None) -> Looks:
    """Look at each still of a video.

    Args:
        shown: the stills.
        found: what the video holds.
        reader: reads what is written on them; None: nobody does.
        cancelled: asked all along.

    Raises:
        Cancelled: `cancelled` said so.
    """
    own_size = max(found.width, found.height) <= LONGEST_SIDE

    def look(still: Still) -> Look:
        if cancelled and cancelled():
            raise Cancelled("Stopped while stills were looked at, as asked.")
        return _look(still, own_size, reader)

    with ThreadPoolExecutor(LOOKERS, "looks") as lookers:
        return Looks(looks=tuple(lookers.map(look, shown)), every=shown.every)


def _look(still: Still, own_size: bool, reader: Reader | None) -> Look:
    luma = np.asarray(cv2.cvtColor(still.rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    return Look(
        at=round(still.at, 3),
        sharpness=sharpness(luma),
        # The blocks of an encoder are found at the size at which it made them.
        blocking=blocking(luma) if own_size else 0.0,
        swatches=swatches(still.rgb),
        writing=reader.read(still.rgb) if reader else (),
    )


def _heard(once: Pass, found: Probe, recogniser: Recogniser, kept: Kept) -> Heard:
    if not found.has_sound:
        return Heard()
    return kept.once(Heard, lambda: recogniser.hear(once.wav(found), ""), str(recogniser.weights))


def _named(heard: Heard | None, source_id: str) -> Heard | None:
    """Return words by their source: what is kept knows none, since one file may be the source of many jobs."""
    if heard is None:
        return None
    words = tuple(word.model_copy(update={"id": f"{source_id}{word.id}"}) for word in heard.words)
    return heard.model_copy(update={"words": words})


def _nobody(share: float) -> None:
    """Tell nobody."""
