"""The picture of a plan, piece by piece, as its graphs make it: no encoder between the filters and the test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.gauge import gauge
from kernel.worker.gauged import NOTHING, Gauged
from kernel.worker.graph import Graph, picture_graph
from kernel.worker.pieces import opened
from kernel.worker.plan import EditPlan
from kernel.worker.segments import Cache

Pictures = NDArray[np.uint8]


def graphs(edit: EditPlan, gauged: Gauged = NOTHING) -> list[tuple[Graph, int]]:
    """Return the graph of each piece, without words, and its frames."""
    timeline, size = compile(edit), (edit.output.width, edit.output.height)
    return [(picture_graph(edit, timeline, piece, size, None, gauged), piece.frames) for piece in timeline.pictures]


def pictured(edit: EditPlan, media: Mapping[str, Path], ffmpeg: Ffmpeg, work: Path) -> Pictures:
    """Return every frame of a plan in red, green and blue."""
    gauged = gauge(edit, compile(edit), media, Cache(work / "gauged"), ffmpeg, lambda: False)
    return np.concatenate([_run(graph, frames, edit, media, ffmpeg, work) for graph, frames in graphs(edit, gauged)])


def _run(graph: Graph, frames: int, edit: EditPlan, media: Mapping[str, Path], ffmpeg: Ffmpeg, work: Path) -> Pictures:
    for table in graph.tables:
        (work / table.name).write_text(table.text())
    inputs = [part for feed in graph.feeds for part in opened(media[feed.source.id], feed)]
    width, height = edit.output.width, edit.output.height
    label = graph.label.strip("[]")
    text = f"{graph.text};[{label}]scale=flags=accurate_rnd+full_chroma_int+bitexact,format=rgb24[rgb]"
    (work / "graph.txt").write_text(text)
    arguments = [*inputs, "-filter_complex_threads", "1", "-/filter_complex", "graph.txt", "-map", "[rgb]"]
    shown = ["-frames:v", str(frames), "-f", "rawvideo", "pipe:1"]
    blocks = ffmpeg.stream([*arguments, *shown], cwd=work, timeout=120, size=width * height * 3)
    return np.stack([np.frombuffer(block, np.uint8).reshape(height, width, 3) for block in blocks])
