"""One render of ours in a process of its own, so that its time and memory can be metered: `python -m tests.bench.ours`.

Reads what to render from a file and writes what came of it to another; `rendered` is the other end of it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kernel.worker.ffmpeg import Ffmpeg, Run, bundled
from kernel.worker.plan import EditPlan
from kernel.worker.progress import Told
from kernel.worker.render import Render, render
from tests.bench.edit import Edit
from tests.bench.meter import Usage, metered

ROOT = Path(__file__).parents[2]
WORKERS = 2
"""Pieces that are made at once, unless a measure says otherwise."""


@dataclass(frozen=True)
class Span:
    """One run of ffmpeg within a render."""

    kind: str
    start: float
    end: float
    """Seconds since the render began."""


@dataclass(frozen=True)
class Made:
    """One render: what it says of itself, and what it took."""

    render: Render
    usage: Usage
    """Of the whole process; its wall clock and processor time are those of `render` alone."""
    spans: tuple[Span, ...]
    first_word: float
    """Seconds until the first report of progress."""
    first_share: float
    """Seconds until a report of more than nothing."""
    own_cpu: float
    """Seconds of processor of the Python process itself, its start left out."""

    @property
    def proofs(self) -> tuple[Span, ...]:
        """The runs that verify what was made."""
        return tuple(span for span in self.spans if span.kind.startswith("verify"))

    @property
    def verifying(self) -> float:
        """Seconds of wall clock that the final verification took.

        Pieces are decoded beside the encoding of others: each such run counts by its share of the workers.
        """
        return sum((span.end - span.start) / (WORKERS if "pieces" in span.kind else 1) for span in self.proofs)

    @property
    def verifying_cpu(self) -> float:
        """Seconds of processor of the same."""
        return sum(self.cpu(kind) for kind in {span.kind for span in self.proofs})

    def cpu(self, of: str) -> float:
        """Return the seconds of processor of all runs of one kind."""
        return sum(seconds for line, seconds in self.usage.commands if "ffmpeg" in line and kind(line.split()) == of)


def rendered(edit: Edit, out: Path, cache: Path, **options: Any) -> Made:
    """Render an edit in a process of its own; `options` go to `render`."""
    job, answer = out.with_suffix(".job.json"), out.with_suffix(".answer.json")
    media = {id: str(path) for id, path in edit.media.items()}
    asked = {"plan": edit.plan.model_dump(mode="json"), "media": media, "out": str(out), "cache": str(cache), **options}
    job.write_text(json.dumps(asked))
    line = [sys.executable, "-m", "tests.bench.ours", str(job), str(answer)]
    usage = metered(line, ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    said = json.loads(answer.read_text())
    others = sum(seconds for line, seconds in usage.commands if "tests.bench.ours" not in line)
    seen = replace(usage, wall=said["wall"], cpu=others + said["own_cpu"])
    spans = tuple(Span(**span) for span in said["spans"])
    made = Render.model_validate(said["render"])
    return Made(made, seen, spans, said["first_word"], said["first_share"], said["own_cpu"])


def kind(command: Sequence[str]) -> str:
    """Return what a run of ffmpeg was for, read off its arguments."""
    said = " ".join(command)
    marks = (
        ("join", "-f concat"),
        ("verify: pieces", "-xerror"),
        ("verify: join", "framecrc"),
        ("picture: encode", "libx264"),
        ("sound: encode", "-c:a aac"),
        ("sound: measure", "ebur128"),
        ("sound: decode", "f32le"),
    )
    return next((name for name, mark in marks if mark in said), "other")


def main(arguments: Sequence[str]) -> None:
    """Render what the first file asks for; write what came of it to the second."""
    job = json.loads(Path(arguments[0]).read_text())
    plan = EditPlan.read(job.pop("plan"))
    media = {id: Path(path) for id, path in job.pop("media").items()}
    out, cache = Path(job.pop("out")), Path(job.pop("cache"))
    told: list[tuple[float, float]] = []
    spans: list[dict[str, Any]] = []
    own, began = time.process_time(), time.monotonic()

    def log(run: Run) -> None:
        end = time.monotonic() - began
        spans.append({"kind": kind(run.command), "start": end - run.seconds, "end": end})

    def tell(how: Told) -> None:
        told.append((time.monotonic() - began, how.share))

    made = render(plan, media, out, cache, Ffmpeg(bundled(), log), on_progress=tell, **{"workers": WORKERS, **job})
    wall, own_cpu = time.monotonic() - began, time.process_time() - own
    first = {"first_word": told[0][0], "first_share": next(at for at, share in told if share > 0)}
    answer = {"render": made.model_dump(mode="json"), "wall": wall, "own_cpu": own_cpu, "spans": spans}
    Path(arguments[1]).write_text(json.dumps({**answer, **first}))


if __name__ == "__main__":
    main(sys.argv[1:])
