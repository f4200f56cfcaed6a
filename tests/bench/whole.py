"""The whole edit against its rivals: wall clock, processor time, memory; and where ours goes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from kernel.worker.ffmpeg import Ffmpeg
from tests.bench import rivals, single
from tests.bench.edit import Edit, bare, whole
from tests.bench.footage import Clip, kept, logo
from tests.bench.meter import Usage, best
from tests.bench.ours import Made, rendered
from tests.bench.report import Line, ratio

FLOOR = {1080: 1.40, 720: 1.60}
"""How much more wall time than decoding and encoding alone ours may take, by the picture's lines."""
MEMORY = 2 * 2**30


@dataclass(frozen=True)
class Bench:
    """What every measure needs."""

    clip: Clip
    folder: Path
    """Made for this run, empty at first."""
    assets: Path
    """Kept from run to run."""
    ffmpeg: Ffmpeg
    repeat: int
    quick: bool

    @property
    def edit(self) -> Edit:
        """The whole edit."""
        return whole(self.clip, self.logo)

    @property
    def logo(self) -> Path:
        """The logo's picture."""
        return logo(self.assets)

    def named(self, what: str) -> str:
        """Return a measure's name with the picture's size before it."""
        return f"{self.clip.name} {what}"


@dataclass(frozen=True)
class Found:
    """The whole edit as each made it, of several runs the quietest."""

    floor: Usage
    graph: Usage
    ours: Made
    graph_out: Path
    ours_out: Path
    cache: Path
    """Ours, filled by the last run."""


class Wholes:
    """The whole edit, made when the first measure asks for it."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    @cached_property
    def found(self) -> Found:
        """What was made and what it took."""
        return measure(self._bench)


def cold(bench: Bench, edit: Edit, name: str, **options: object) -> tuple[Made, Path, Path]:
    """Render an edit of ours with an empty cache; return what it took, its file and its cache."""
    cache, out = bench.folder / f"{name}-cache", bench.folder / f"{name}.mp4"
    shutil.rmtree(cache, ignore_errors=True)
    return rendered(edit, out, cache, **options), out, cache


def measure(bench: Bench) -> Found:
    """Make the whole edit in all three ways, in turn, as often as asked for."""
    edit = bench.edit
    frames = kept(bench.clip, edit.spans, bench.ffmpeg)
    graph_out = bench.folder / "graph.mp4"
    floors, graphs, ours = [], [], []
    for _ in range(bench.repeat):
        floors.append(single.floor(edit, frames, bench.folder / "floor.mp4"))
        graphs.append(single.one_graph(edit, graph_out))
        made, out, cache = cold(bench, edit, "ours")
        ours.append(made)
    return Found(best(floors), best(graphs), quietest(ours), graph_out, out, cache)


def quietest(made: Sequence[Made]) -> Made:
    """Return the fastest of several renders, with the least processor time and the most memory of all."""
    fastest = min(made, key=lambda each: each.usage.wall)
    return replace(fastest, usage=best([each.usage for each in made]))


def lines(bench: Bench, wholes: Wholes) -> Iterable[Line]:
    """Return the figures of the whole edit."""
    found = wholes.found
    ours, floor, graph = found.ours, found.floor, found.graph
    same = f"all: {' '.join(single.encoder(bench.edit))}; threads: ours 1 a piece, else x264's choice"
    yield Line(bench.named("frames of the edit"), float(ours.render.frames), note=same)
    yield Line(bench.named("floor: decode and encode alone"), floor.wall, unit=" s", note=floor.text())
    yield Line(bench.named("one filter_complex"), graph.wall, unit=" s", note=graph.text())
    yield Line(bench.named("ours, verification included"), ours.usage.wall, unit=" s", note=ours.usage.text())
    share = f"{ours.verifying_cpu:.2f} s cpu; {ours.verifying / ours.usage.wall:.3f} of the wall clock"
    yield Line(bench.named("ours, of which the final verification"), ours.verifying, unit=" s", note=share)
    yield from _against(bench, "one filter_complex", ours, graph, 0.90)
    yield from _against(bench, "the floor", ours, floor, FLOOR.get(bench.clip.height))
    yield from _memory(bench, ours, graph)
    yield from profile(bench, ours)


def _against(bench: Bench, rival: str, ours: Made, theirs: Usage, bar: float | None) -> Iterable[Line]:
    note = f"with the final verification {ours.usage.wall / theirs.wall:.3f}"
    yield ratio(bench.named(f"wall: ours / {rival}"), ours.usage.wall - ours.verifying, theirs.wall, bar, note)
    note = f"with the final verification {ours.usage.cpu / theirs.cpu:.3f}"
    yield ratio(bench.named(f"cpu: ours / {rival}"), ours.usage.cpu - ours.verifying_cpu, theirs.cpu, note=note)


def _memory(bench: Bench, ours: Made, graph: Usage) -> Iterable[Line]:
    mine = ours.usage
    note = f"{mine.tree / 2**20:.0f} of {graph.tree / 2**20:.0f} MiB; shared pages once: {_shared(mine, graph)}"
    yield ratio(bench.named("peak memory of the tree: ours / one filter_complex"), mine.tree, graph.tree, 0.40, note)
    yield Line(bench.named("peak anonymous memory of our Python process"), mine.root / 2**20, unit=" MiB")
    address = f"address space {mine.address.get('ffmpeg', 0) / 2**20:.0f} MiB"
    largest = mine.largest.get("ffmpeg", 0) / 2**20
    yield Line(bench.named("largest boxed ffmpeg"), largest, MEMORY / 2**20, " MiB", address)


def _shared(mine: Usage, theirs: Usage) -> str:
    return f"{mine.shared / theirs.shared:.3f}" if theirs.shared else "not sampled"


def profile(bench: Bench, ours: Made) -> Iterable[Line]:
    """Return where the processor time of a render goes, by what each ffmpeg was for."""
    kinds = sorted({span.kind for span in ours.spans})
    for kind in kinds:
        spans = [span for span in ours.spans if span.kind == kind]
        wall, cpu = sum(span.end - span.start for span in spans), ours.cpu(kind)
        note = f"{len(spans)} runs, {wall:.2f} s of their own clocks, from {min(s.start for s in spans):.2f} s on"
        yield Line(bench.named(f"  cpu of {kind}"), cpu, unit=" s", note=note)
    yield Line(bench.named("  cpu of our Python process"), ours.own_cpu, unit=" s")


def rival_lines(bench: Bench, wholes: Wholes) -> Iterable[Line]:
    """Return the figures against MoviePy and auto-editor."""
    yield _rival(bench, "MoviePy 2.2.1 (no loudness)", wholes.found.ours, rivals.moviepy, bench.edit, 0.30)
    edit = bare(bench.clip, bench.logo, bench.edit.spans)
    cuts, _, _ = cold(bench, edit, "cuts")
    yield _rival(bench, "auto-editor 22w52a, its cuts", cuts, rivals.auto_editor, edit, 0.50)


def _rival(
    bench: Bench, name: str, ours: Made, make: Callable[[Edit, Path, Path], Usage], edit: Edit, bar: float
) -> Line:
    what = bench.named(f"wall: ours / {name}")
    try:
        theirs = make(edit, bench.folder, bench.assets)
    except rivals.Missing as error:
        return Line(what, None, bar, note=str(error))
    note = (
        f"{theirs.text()}; cpu {ours.usage.cpu / theirs.cpu:.3f}; ours with its verification, {ours.usage.wall:.1f} s"
    )
    return ratio(what, ours.usage.wall, theirs.wall, bar, note)
