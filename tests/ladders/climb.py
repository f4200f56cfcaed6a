"""Climb ladders: score every step, and say whether the metric that owns the fault fell, and no other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from kernel.evaluation import METRICS, score
from kernel.evaluation.case import Case
from kernel.evaluation.scorecard import Scorecard
from kernel.evaluation.see import see
from kernel.studio import hash_of
from kernel.worker.analysis.kept import Kept
from tests.ladders import brand, cut, picture, sound, words
from tests.ladders.ladder import STEPS, Climb, Ladder, Rung
from tests.ladders.stage import Stage

LADDERS: Sequence[Ladder] = (*picture.LADDERS, *cut.LADDERS, *words.LADDERS, *brand.LADDERS, *sound.LADDERS)


def climb(ladder: Ladder, stage: Stage, steps: Sequence[int] = range(STEPS + 1)) -> Climb:
    """Score the steps of a ladder."""
    cards = [scored(ladder.worsen(stage, step), stage) for step in steps]
    return Climb(ladder, {metric.name: [score_of(card, metric.name) for card in cards] for metric in METRICS})


def scored(rung: Rung, stage: Stage) -> Scorecard:
    """Score one video as it would be in a job."""
    with TemporaryDirectory(dir=stage.folder) as work:
        case = Case(
            video=rung.video,
            ffmpeg=stage.ffmpeg,
            work=Path(work),
            plan=rung.plan,
            brief=None,
            sources=stage.sources,
            media=stage.media,
            brand=rung.brand,
            recogniser=stage.recogniser,
            reader=stage.reader,
            kept=Kept.of(stage.folder, hash_of(rung.video)),
        )
        return score(see(case))


def score_of(card: Scorecard, name: str) -> float | None:
    """Return a metric's score; None where it does not apply."""
    found = next(score for score in card.scores if score.name == name)
    return found.score if found.applicable else None


def table(climbs: Sequence[Climb]) -> Iterator[str]:
    """Yield the table's lines."""
    head = f"{'':4}  {'ladder':22} {'owner':13} {'its score, step by step':34} {'fall':>5}"
    yield f"{head}  the metric that moves most beside it"
    for found in climbs:
        steps = " ".join(f"{score:.2f}" for score in found.owned)
        other, moved = found.most_other
        beside = f"{other} {moved:.2f}" if moved else "none"
        shared = "".join(f"; with it {name}: {why}" for name, why in found.ladder.coupled.items())
        row = f"{found.ladder.name:22} {found.ladder.owner:13} {steps:34} {found.fall:5.2f}"
        yield f"{'PASS' if found.holds else 'MISS'}  {row}  {beside}{shared}"


def plot(climbs: Sequence[Climb], out: Path) -> None:
    """Draw all ladders as one picture."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot

    columns = 4
    rows = -(-len(climbs) // columns)
    sheet, places = pyplot.subplots(rows, columns, figsize=(4 * columns, 3 * rows), squeeze=False)
    for place, found in zip(places.flat, climbs, strict=False):
        for name, scores in found.scores.items():
            own = name == found.ladder.owner
            style = {"linewidth": 3 if own else 1.2, "alpha": 1.0 if own else 0.75}
            place.plot(range(len(scores)), scores, label=name, marker="o" if own else None, **style)
        place.set_title(found.ladder.name, fontweight="bold")
        place.set_ylim(-0.05, 1.05)
    for place in list(places.flat)[len(climbs) :]:
        place.axis("off")
    places.flat[0].legend(fontsize=7)
    sheet.tight_layout()
    sheet.savefig(out, dpi=110)
    pyplot.close(sheet)
