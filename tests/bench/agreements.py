"""Whether independent meters agree with ours, and whether what is known beforehand is found.

Loudness against pyloudnorm; beats on music and drums of known tempo; shots on a render whose cuts its plan knows;
flashes on pictures just below and just above each limit.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyloudnorm

from kernel.worker.analysis.beats import find_beats
from kernel.worker.analysis.flashes import FlashFinder
from kernel.worker.analysis.passes import analyse
from kernel.worker.analysis.pictures import Frame
from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.ops.transition import Transition
from kernel.worker.plan import EditPlan
from kernel.worker.probe import probe
from kernel.worker.render import render
from kernel.worker.sound import RATE, Samples, read_wav, take_sound
from kernel.worker.timing import seconds
from tests.bench.report import Line
from tests.gallery.material import BUNNY, CITY, FOOTAGE, MUSIC, known
from tests.kernel.worker.scenes import cut, plan, write_sound

LOUD = (
    FOOTAGE / "speech_two_cities_44s.flac",
    BUNNY,
    MUSIC / "ambi_glass_hum.flac",
    MUSIC / "guit_em9.flac",
    MUSIC / "loop_garzul.flac",
    MUSIC / "loop_tabla.flac",
)
APART = 0.1
"""LU that two meters may lie apart."""
ON_BEAT = 0.07
"""Seconds beside a beat that count as on it (mir_eval's beat F-measure)."""
LOOPS = {"loop_garzul.flac": 120.0}
TEMPOS = (75.0, 84.0, 96.5, 104.0, 120.0, 128.0, 140.0, 150.0, 165.0)
WITHIN = {
    "bunny": ((1.0, 10.3), (10.8, 17.0), (18.8, 21.7), (22.0, 23.2), (23.6, 26.9), (27.2, 29.4)),
    "city": ((0.2, 4.5), (4.8, 7.4)),
}
"""Stretches of the footage that lie within one shot."""
CLIPS, DIPS = 40, 6
BESIDE, BESIDE_DIP = 1, 12
"""Frames by which a border may lie beside a hard cut, and beside the middle of a dip through black."""
FLASH_RATE = 30.0
Times = Sequence[float] | np.ndarray[Any, Any]


def lines(ffmpeg: Ffmpeg) -> Iterator[Line]:
    """Yield every agreement."""
    with TemporaryDirectory() as folder:
        work = Path(folder)
        yield from loudness(ffmpeg, work)
        yield from beats(ffmpeg, work)
        yield from shots(ffmpeg, work)
    yield from flashes()


def loudness(ffmpeg: Ffmpeg, work: Path) -> Iterator[Line]:
    """Compare the loudness of the scorecard with pyloudnorm's."""
    steady = (0.1 * np.sin(2 * np.pi * 997 * np.arange(20 * 48000) / 48000)).astype(np.float32)
    files = (*LOUD, write_sound(work / "steady.wav", ffmpeg, steady))
    for path in files:
        ours = analyse(path, ffmpeg, work).measured.loudness
        theirs = _pyloudnorm(path, ffmpeg, work)
        apart = abs(ours - theirs) if ours is not None else None
        note = f"ours {ours} LUFS, pyloudnorm {theirs:.2f}"
        yield Line(f"loudness beside pyloudnorm: {path.name}", apart, APART, " LU", note)


def _pyloudnorm(path: Path, ffmpeg: Ffmpeg, work: Path) -> float:
    found = probe(path, ffmpeg, work)
    raw = ["-map", "0:a:0", "-f", "f32le", "pipe:1"]
    held = ffmpeg.read([*opening(path), *raw], cwd=work, timeout=120, limit=2**29)
    samples = np.frombuffer(held, dtype=np.float32).reshape(-1, found.channels).astype(np.float64)
    return float(pyloudnorm.Meter(found.sample_rate).integrated_loudness(samples))


def beats(ffmpeg: Ffmpeg, work: Path) -> Iterator[Line]:
    """Look for beats in loops and drums of known tempo, and in speech and noise, which have none."""
    found = [*_loops(ffmpeg, work)]
    found += [_beats(f"drums of {bpm:g} bpm", drums(bpm, 40.0), np.arange(0.3, 39.5, 60 / bpm)) for bpm in TEMPOS]
    yield from found
    mean = float(np.mean([line.value for line in found]))
    yield Line("beats, F at 70 ms: all of them", mean, 0.9, note=f"{len(found)} pieces", least=True)
    noise = (0.1 * np.random.default_rng(3).standard_normal(30 * RATE)).astype(np.float32)
    for name, calm in (("speech", _heard(LOUD[0], ffmpeg, work)), ("noise", noise)):
        yield Line(f"beats that are found in {name}", float(len(find_beats(calm)[1])), 0.0)


def _loops(ffmpeg: Ffmpeg, work: Path) -> Iterator[Line]:
    for name, tempo in LOOPS.items():
        loop = _heard(MUSIC / name, ffmpeg, work)
        sound = np.tile(loop, -(-60 * RATE // len(loop)))
        yield _beats(name, sound, np.arange(0, len(sound) / RATE, 60 / tempo))


def _beats(name: str, sound: Samples, true: Times) -> Line:
    tempo, found = find_beats(sound)
    return Line(f"beats, F at 70 ms: {name}", f_measure(found, true), note=f"tempo {tempo:g}")


def f_measure(found: Times, true: Times) -> float:
    """Return how well beats are met, 0 to 1."""
    if not len(found):
        return 0.0
    apart = np.abs(np.asarray(found)[:, None] - np.asarray(true))
    precision, recall = (apart.min(axis=1) <= ON_BEAT).mean(), (apart.min(axis=0) <= ON_BEAT).mean()
    return float(2 * precision * recall / max(precision + recall, 1e-9))


def drums(tempo: float, lasts: float) -> Samples:
    """Return a kick on each beat, deeper on every fourth, and a quiet hat between."""
    made = np.zeros(round(lasts * RATE))
    at = np.arange(RATE // 5) / RATE
    noise = np.random.default_rng(2).standard_normal(len(at))
    for number in range(int((lasts - 0.8) * tempo / 60)):
        deep = 1 + (number % 4 == 0)
        kick = 0.3 * deep * np.sin(2 * np.pi * 120 / deep * at) * np.exp(-30 * at) + 0.2 * noise * np.exp(-200 * at)
        first, hat = (round((0.3 + place * 60 / tempo) * RATE) for place in (number, number + 0.5))
        made[first : first + len(at)] += kick
        made[hat : hat + len(at)] += 0.01 * noise * np.exp(-90 * at)
    hiss: Samples = np.asarray(made + 0.001 * np.random.default_rng(4).standard_normal(len(made)), dtype=np.float32)
    return hiss


def _heard(path: Path, ffmpeg: Ffmpeg, work: Path) -> Samples:
    take_sound(path, probe(path, ffmpeg, work), work / "heard.wav", ffmpeg)
    return read_wav(work / "heard.wav")


def shots(ffmpeg: Ffmpeg, work: Path) -> Iterator[Line]:
    """Render a plan of many short clips, and look for its cuts and dips in the file."""
    edit = _many_cuts()
    out = work / "cuts.mp4"
    media = {known()["bunny"].id: BUNNY, known()["city"].id: CITY}
    render(edit, media, out, work / "cache", ffmpeg)
    found = [shot.start for shot in analyse(out, ffmpeg, work).sights.shots][1:]
    hard, dips = _borders(edit)
    frame = seconds(1, edit.output.rate)
    near = [(at, (BESIDE + 0.5) * frame) for at in hard] + [(at, BESIDE_DIP * frame) for at in dips]
    met = sum(any(abs(border - at) <= slack for border in found) for at, slack in near)
    right = sum(any(abs(border - at) <= slack for at, slack in near) for border in found)
    note = f"{len(hard)} hard cuts and {len(dips)} dips through black, {len(found)} borders found"
    yield Line("shots, precision", right / max(len(found), 1), 0.95, note=note, least=True)
    yield Line("shots, recall", met / len(near), 0.95, note=note, least=True)


def _many_cuts() -> EditPlan:
    chance = random.Random(4)
    spots = [(name, first, last) for name, spans in WITHIN.items() for first, last in spans]
    cuts: list[dict[str, Any]] = []
    last = -1
    for number in range(CLIPS):
        spot = chance.choice([n for n in range(len(spots)) if n != last])
        (name, low, high), last = spots[spot], spot
        lasts = min(high - low, chance.uniform(0.5, 2.0))
        start = chance.uniform(low, high - lasts)
        cuts.append(cut(f"c{number + 1}", known()[name].id, round(start, 3), round(start + lasts, 3)))
    after = chance.sample([row["id"] for row in cuts[1:-2] if row["end"] - row["start"] > 1.2], DIPS)
    dips = [{"type": "transition", "after": clip, "kind": "dip", "length": 0.6} for clip in sorted(after)]
    sources = [known()[name].model_dump(mode="json") for name in WITHIN]
    return plan(sources, *cuts, *dips, width=640, height=360, rate={"num": 25, "den": 1})


def _borders(edit: EditPlan) -> tuple[list[float], list[float]]:
    timeline = compile(edit)
    dipped = {each.after for each in edit.each(Transition)}
    hard: list[float] = []
    dips: list[float] = []
    for clip in timeline.clips[:-1]:
        (dips if clip.id in dipped else hard).append(seconds(clip.end_frame, timeline.rate))
    return hard, dips


def flashes() -> Iterator[Line]:
    """Show pictures just within and just beyond each limit."""
    cases = (
        ("3 a second", 3.0, (60, 200), 1.0, 3.0, 0),
        ("3.5 a second", 3.5, (60, 200), 1.0, 3.0, 1),
        ("5 a second over 22 % of the picture", 5.0, (60, 200), 0.22, 3.0, 0),
        ("5 a second over 28 % of the picture", 5.0, (60, 200), 0.28, 3.0, 1),
        ("5 a second by 7 % of the light", 5.0, (60, 92), 1.0, 3.0, 0),
        ("5 a second by 11 % of the light", 5.0, (60, 107), 1.0, 3.0, 1),
        ("5 a second, the darker state at 0.83", 5.0, (218, 235), 1.0, 3.0, 0),
        ("5 a second, the darker state at 0.74", 5.0, (208, 235), 1.0, 3.0, 1),
        ("2.5 a second for 4.4 s", 2.5, (60, 200), 1.0, 4.4, 0),
        ("2.5 a second for 6 s", 2.5, (60, 200), 1.0, 6.0, 1),
    )
    for name, hertz, states, area, lasts, wanted in cases:
        found = len(_watched(hertz, states, area, lasts).flashing())
        note = f"{wanted} wanted"
        yield Line(f"flashes: {name}", abs(found - wanted) * 1.0, 0.0, note=f"{found} found, {note}")


def _watched(hertz: float, states: tuple[int, int], area: float, lasts: float) -> FlashFinder:
    finder = FlashFinder(FLASH_RATE)
    grey = np.full((90, 160), 128, dtype=np.uint8)
    for number in range(round(lasts * FLASH_RATE)):
        luma = np.full((180, 320), states[0], dtype=np.uint8)
        luma[: round(180 * area)] = states[int(number * hertz * 2 / FLASH_RATE) % 2]
        finder.add(Frame(at=number / FLASH_RATE, luma=luma, blue=grey, red=grey))
    return finder
