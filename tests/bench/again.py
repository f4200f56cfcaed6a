"""Rendering again after a change: what it costs beside the whole, and what it leaves alone."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from tests.bench.edit import Edit, spans, whole
from tests.bench.ours import Made, rendered
from tests.bench.report import Line, ratio
from tests.bench.whole import Bench, Wholes, quietest

CHANGED = 4
"""The clip that is changed, by its place: one without a neighbour that dissolves."""
TRIM = 9
"""Frames that are trimmed off it."""
LEVEL, OTHER_LEVEL = -20.0, -24.0


def lines(bench: Bench, wholes: Wholes) -> Iterable[Line]:
    """Return the figures of renders that find most of their work done."""
    full = wholes.found.ours
    for name, edit in (("a caption word", _reworded(bench)), ("a trim", _trimmed(bench))):
        made = _again(bench, edit, wholes.found.cache)
        yield _line(bench, f"one segment changed ({name})", made, full, 0.08)
    yield from _music(bench, wholes)
    yield from _nothing(bench, wholes)


def _reworded(bench: Bench) -> Edit:
    edit = bench.edit
    clip = edit.timeline.clips[CHANGED]
    word = next(cue.words[1] for cue in edit.timeline.cues if cue.clip == clip.id and len(cue.words) > 2)
    return whole(bench.clip, bench.logo, corrections=[{"word": word, "text": "Rushes"}])


def _trimmed(bench: Bench) -> Edit:
    chosen = spans()
    first, frames = chosen[CHANGED]
    chosen[CHANGED] = (first, frames - TRIM)
    return whole(bench.clip, bench.logo, chosen)


def _again(bench: Bench, edit: Edit, filled: Path) -> Made:
    """Render an edit with a cache as another render left it, as often as asked for; return the quietest."""
    made = []
    for _ in range(max(bench.repeat, 2)):
        cache = bench.folder / "again-cache"
        shutil.rmtree(cache, ignore_errors=True)
        shutil.copytree(filled, cache, copy_function=os.link)
        made.append(rendered(edit, bench.folder / "again.mp4", cache))
    return quietest(made)


def _line(bench: Bench, what: str, made: Made, full: Made, bar: float) -> Line:
    note = (
        f"{made.usage.wall:.2f} s of {full.usage.wall:.2f}; cpu {made.usage.cpu / full.usage.cpu:.3f}; "
        f"{made.render.segments_made} segments made, {made.render.segments_reused} found; {_parts(made)}"
    )
    return ratio(bench.named(f"{what} / the full render"), made.usage.wall, full.usage.wall, bar, note)


def _parts(made: Made) -> str:
    """Return the longest kinds of runs, in seconds of wall clock."""
    spent: dict[str, float] = {}
    for span in made.spans:
        spent[span.kind] = spent.get(span.kind, 0.0) + span.end - span.start
    longest = sorted(spent, key=lambda kind: -spent[kind])[:4]
    return ", ".join(f"{kind} {spent[kind]:.2f}" for kind in longest)


def _music(bench: Bench, wholes: Wholes) -> Iterable[Line]:
    filled = bench.folder / "music-cache"
    shutil.copytree(wholes.found.cache, filled, copy_function=os.link)
    rendered(whole(bench.clip, bench.logo, music=LEVEL), bench.folder / "music.mp4", filled)
    made = _again(bench, whole(bench.clip, bench.logo, music=OTHER_LEVEL), filled)
    yield Line(bench.named("pictures encoded when only the music changed"), float(made.render.segments_made), 0)
    yield _line(bench, "only the music changed", made, wholes.found.ours, 0.20)


def _nothing(bench: Bench, wholes: Wholes) -> Iterable[Line]:
    found = wholes.found
    made = _again(bench, bench.edit, found.cache)
    yield _line(bench, "nothing changed", made, found.ours, 0.01)
    differs = digest(bench.folder / "again.mp4") != digest(found.ours_out)
    yield Line(bench.named("files that differ when nothing changed"), float(differs), 0)


def digest(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as held:
        return hashlib.file_digest(held, "sha256").hexdigest()
