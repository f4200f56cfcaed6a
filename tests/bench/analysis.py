"""The analysis of a minute of 720p beside decoding it once, and beside the naive way: one run of ffmpeg a measure.

Real footage where the shared folder is there, else the benchmark's own. What needs a model has lines of its own: faces
and words on the picture, and speech. Each figure is the best of a few rounds in which all take turns.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from kernel.worker.analysis import faces, measure, pictures, stills
from kernel.worker.analysis.passes import Pass, Passed, analyse, look_at
from kernel.worker.analysis.stills import Stills
from kernel.worker.analysis.texts import Reader
from kernel.worker.ffmpeg import Ffmpeg, bundled, opening
from kernel.worker.media import Probe
from kernel.worker.probe import probe
from kernel.worker.sound import RATE, on_the_clock
from kernel.worker.transcribe import Recogniser, choose, speech_spans
from tests.bench import footage
from tests.bench.meter import Usage, metered
from tests.bench.report import Line, ratio

SHARED = Path(__file__).parents[2].parent / "shared" / "footage" / "derived_talk720_60s.mp4"
LASTS, TIMES = 60.0, 10
"""Seconds of the clip, and how often it is repeated where memory is looked at."""
MOST, MOST_MODELS = 2.5, 8.0
"""Times the one decode that the analysis may take; seconds that faces and words on the picture may take a minute."""
GROWN = 1.5
"""Times the memory that a file ten times as long may take."""
ROUNDS = 3


@dataclass(frozen=True)
class Took:
    """What something took."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of processor, ours and ffmpeg's."""


def lines(ffmpeg: Ffmpeg, folder: Path, repeat: int = ROUNDS) -> Iterator[Line]:
    """Yield every figure.

    Args:
        ffmpeg: decodes.
        folder: keeps what is generated.
        repeat: rounds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    video = clip(ffmpeg, folder)
    with TemporaryDirectory(dir=folder) as work:
        yield from times(video, ffmpeg, Path(work), max(repeat, ROUNDS))
        yield from memory(video, ffmpeg, Path(work))


def clip(ffmpeg: Ffmpeg, folder: Path) -> Path:
    """Return a minute of 720p with speech."""
    if SHARED.is_file():
        return SHARED
    made, whole = folder / "minute.mp4", footage.assembled(folder, 720, ffmpeg).path
    if not made.is_file():
        _ffmpeg(["-i", str(whole), "-t", f"{LASTS:g}", "-c", "copy", str(made)], folder)
    return made


def times(video: Path, ffmpeg: Ffmpeg, work: Path, rounds: int) -> Iterator[Line]:
    """Yield what the analysis takes beside decoding, beside one run a measure, and what the models take."""
    reader, recogniser = Reader(), choose(work)
    _warm(reader)
    known = probe(video, ffmpeg, work)
    turns = [_turn(video, known, ffmpeg, work, reader, recogniser) for _ in range(rounds)]
    best = {name: min((turn[name] for turn in turns), key=lambda took: took.wall) for name in turns[0]}
    least = {name: min(turn[name].cpu for turn in turns) for name in turns[0]}
    decode, whole, naive = best["decode"], best["analysis"], best["naive"]
    seconds = f"{decode.wall:.2f} s; processor"
    note = f"{whole.wall:.2f} s against {seconds} {least['analysis'] / least['decode']:.2f} times"
    yield ratio("analysis / decoding once", whole.wall, decode.wall, MOST, note)
    note = f"{naive.wall:.2f} s against {seconds} {least['naive'] / least['decode']:.2f} times"
    yield ratio("one run of ffmpeg a measure / decoding once", naive.wall, decode.wall, note=note)
    models = best["faces"].wall + best["words on the picture"].wall
    each = ", ".join(f"{name} {best[name].wall:.1f} s" for name in ("faces", "words on the picture"))
    cpu = least["faces"] + least["words on the picture"]
    yield Line("faces and words on the picture", models, MOST_MODELS, " s", f"{each}; processor {cpu:.1f} s")
    if "speech" in best:
        yield Line("speech, by Whisper", best["speech"].wall, unit=" s", note=f"processor {least['speech']:.1f} s")


def memory(video: Path, ffmpeg: Ffmpeg, work: Path) -> Iterator[Line]:
    """Yield what a file ten times as long takes more."""
    long = work / "long.mp4"
    _ffmpeg(["-stream_loop", str(TIMES - 1), "-i", str(video), "-c", "copy", str(long)], work)
    short, whole = (_metered(file, work) for file in (video, long))
    sizes = f"{short.root >> 20} MiB a minute, {whole.root >> 20} MiB {TIMES} minutes"
    yield ratio(f"memory for {TIMES} minutes / for one", whole.root, short.root, GROWN, sizes)
    with_files = f"{short.tree >> 20} MiB a minute; ffmpeg and what is mapped of files counted in"
    yield Line("memory of all processes, the peak", whole.tree / 2**20, unit=" MiB", note=with_files)


def _turn(
    video: Path, known: Probe, ffmpeg: Ffmpeg, work: Path, reader: Reader, recogniser: Recogniser | None
) -> dict[str, Took]:
    decode = [*opening(video), "-map", "0:v:0", "-map", "0:a:0", "-f", "null", "-"]
    took = {"decode": _timed(lambda: ffmpeg.run(decode, timeout=600))}
    with TemporaryDirectory(dir=work) as folder:
        once, found = Pass(video, ffmpeg, Path(folder), (), None), list[Passed]()
        shown = Stills(stills.chosen(known, ()), lambda: once.stills(known))
        passed = _timed(lambda: found.append(once.passed(lambda share: None)))
        looks = _timed(lambda: look_at(shown, known))
        took["analysis"] = Took(passed.wall + looks.wall, passed.cpu + looks.cpu)
        took["faces"] = _timed(lambda: once.faces(known, found[0].sights.shots))
        took["words on the picture"] = _timed(lambda: [reader.read(still.rgb) for still in shown])
        if recogniser:
            took["speech"] = _timed(lambda: recogniser.hear(once.wav(known), ""))
    took["naive"] = _timed(lambda: [ffmpeg.run(run, timeout=600) for run in naive(video, known)])
    return took


def naive(video: Path, known: Probe) -> list[list[str]]:
    """Return the runs that decode the file anew for each thing that is looked for."""
    steady = pictures.steady(known)
    seen = [
        f"{steady},{pictures.filters(known)}",
        f"{steady},{stills.filters(known, stills.chosen(known, ()))}",
        f"{steady},{faces.filters(known)}",
        measure.BLACK,
        measure.FROZEN,
        "crop=2:2:0:0",
    ]
    heard = [measure.LOUD, measure.SILENT, on_the_clock(known)]
    picture = [["-map", "0:v:0", "-vf", chain] for chain in seen]
    sound = [["-map", "0:a:0", "-af", chain] for chain in heard]
    # Shots and flashes both want the small frames.
    return [[*opening(video), *chosen, "-f", "null", "-"] for chosen in (*picture, picture[0], *sound)]


def _warm(reader: Reader) -> None:
    """Load what is loaded once."""
    speech_spans(np.zeros(RATE, dtype=np.int16))
    reader.read(np.zeros((360, 640, 3), dtype=np.uint8))


def _timed(work: Callable[[], object]) -> Took:
    began, before = time.monotonic(), os.times()
    work()
    after = os.times()
    return Took(time.monotonic() - began, sum(after[:4]) - sum(before[:4]))


def _ffmpeg(arguments: Sequence[str], cwd: Path) -> Usage:
    return metered([str(bundled()), "-nostdin", "-v", "error", "-y", *arguments], cwd)


def _metered(video: Path, work: Path) -> Usage:
    command = [sys.executable, "-m", "tests.bench.analysis", str(video), str(work)]
    return metered(command, Path(__file__).parents[2])


if __name__ == "__main__":
    analyse(Path(sys.argv[1]), Ffmpeg(bundled()), Path(sys.argv[2]))
