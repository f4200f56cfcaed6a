"""Exactness: is every frame the planned one, does the sound stand where it should, what did the encoding cost?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.ops.transition import Transition
from tests.bench import barcode, single
from tests.bench.edit import Edit
from tests.bench.footage import FPS
from tests.bench.report import Line
from tests.bench.whole import Bench, Wholes

RATE = 48000
WINDOW, REACH = RATE, RATE // 10
"""Samples that are compared at once, and how far off they are looked for."""
STRETCH = 600
"""Frames whose quality is measured, the dissolve in their middle."""
Sound = NDArray[np.float64]


def lines(bench: Bench, wholes: Wholes) -> Iterable[Line]:
    """Return the figures of exactness, and the single graph's beside them."""
    edit, found = bench.edit, wholes.found
    yield _frames(bench, edit, found.ours_out, "ours", 0)
    yield _frames(bench, edit, found.graph_out, "one filter_complex", None)
    heard = sound(bench.clip.path, bench.ffmpeg)
    yield _lag(bench, edit, heard, found.ours_out, "ours", 1.0)
    yield _lag(bench, edit, heard, found.graph_out, "one filter_complex", None)
    yield _quality(bench, edit, found.ours_out, found.graph_out)


def wrong(edit: Edit, seen: list[int]) -> list[int]:
    """Return the output frames that do not bear the planned number; those of the dissolve bear two and are left out."""
    planned = [first + offset for first, frames in edit.spans for offset in range(frames)]
    first, frames = dissolve(edit)
    blended = range(first, first + frames)
    held = [*seen, *[-1] * (len(planned) - len(seen))]
    return [n for n, number in enumerate(planned) if n not in blended and held[n] != number]


def dissolve(edit: Edit) -> tuple[int, int]:
    """Return the first frame of the dissolve and its frames; nothing at frame 0 without one."""
    transition = edit.plan.only(Transition)
    if transition is None:
        return 0, 0
    cut = next(clip.end_frame for clip in edit.timeline.clips if clip.id == transition.after)
    return transition.window(cut, edit.timeline.rate)


def _frames(bench: Bench, edit: Edit, path: Path, who: str, bar: float | None) -> Line:
    seen = barcode.read(path, bench.ffmpeg, bench.clip.height)
    off = wrong(edit, seen)
    surplus = abs(len(seen) - edit.timeline.frames)
    note = f"{len(seen)} frames, {edit.timeline.frames} planned; first wrong: {off[:5] or 'none'}"
    return Line(bench.named(f"frames that are not the planned one: {who}"), float(len(off) + surplus), bar, note=note)


def sound(path: Path, ffmpeg: Ffmpeg) -> Sound:
    """Return the sound of a file as mono samples."""
    arguments = [*opening(path), "-map", "0:a:0", "-ac", "1", "-ar", str(RATE), "-f", "f32le", "pipe:1"]
    held = ffmpeg.read(arguments, cwd=path.parent, timeout=300, limit=2**30)
    return np.frombuffer(held, dtype=np.float32).astype(np.float64)


def _lag(bench: Bench, edit: Edit, heard: Sound, path: Path, who: str, bar: float | None) -> Line:
    made = sound(path, bench.ffmpeg)
    lags = [lag(heard, made, first, out) for first, out in _places(edit) if out + WINDOW <= len(made)]
    worst = max(lags, key=abs)
    note = f"{len(lags)} places, mean {np.mean(lags) / RATE * 1000:+.3f} ms"
    return Line(bench.named(f"largest lag of the sound: {who}"), abs(worst) / RATE * 1000, bar, " ms", note)


def _places(edit: Edit) -> list[tuple[int, int]]:
    """Return the sample of the source and of the output at which each clip's middle second begins."""
    return [
        ((clip.source_frame + into) * RATE // FPS, (clip.first_frame + into) * RATE // FPS)
        for clip in edit.timeline.clips
        for into in [max(0, (clip.frames - FPS) // 2)]
    ]


def lag(source: Sound, made: Sound, first: int, out: int) -> int:
    """Return by how many samples a stretch of the output comes late; the best match within a tenth of a second."""
    wanted, found = source[first : first + WINDOW], made[max(0, out - REACH) : out + WINDOW + REACH]
    size = 1 << (len(wanted) + len(found)).bit_length()
    spectrum = np.fft.rfft(found, size) * np.conj(np.fft.rfft(wanted, size))
    matches = np.fft.irfft(spectrum, size)[: len(found) - len(wanted) + 1]
    return int(np.argmax(matches)) - min(out, REACH)


def _quality(bench: Bench, edit: Edit, ours: Path, graph: Path) -> Line:
    first, frames = dissolve(edit)
    begin = max(0, first + frames // 2 - STRETCH // 2)
    exact = bench.folder / "lossless.mkv"
    single.reference(edit, exact, begin, STRETCH)
    mine, theirs = (vmaf(path, exact, begin, bench.ffmpeg) for path in (ours, graph))
    note = f"ours {mine:.2f}, one filter_complex {theirs:.2f}, against the lossless edit, {STRETCH} whole frames"
    return Line(bench.named("VMAF that ours lies below one filter_complex"), theirs - mine, 1.0, note=note)


def vmaf(path: Path, exact: Path, first: int, ffmpeg: Ffmpeg) -> float:
    """Return the mean VMAF of a stretch of a video against the same stretch without loss."""
    stretch = (
        f"[0:v]trim=start_frame={first}:end_frame={first + STRETCH},setpts=N/{FPS}/TB[a];[1:v]setpts=N/{FPS}/TB[b]"
    )
    arguments = [*opening(path), *opening(exact), "-filter_complex", f"{stretch};[a][b]libvmaf=n_threads=2"]
    run = ffmpeg.run([*arguments, "-f", "null", "-"], cwd=path.parent, timeout=1800, level="info")
    return float(re.findall(r"VMAF score: ([0-9.]+)", run.stderr)[-1])
