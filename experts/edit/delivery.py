"""delivery: the finished video goes where the person wanted it, and beside it every other format they asked for.

The others are rendered from the plan that was approved, never from the video: nothing is encoded twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from experts.edit.brief import Brief
from experts.edit.formats import Extra, Fitted, asked, facts, fitted
from experts.edit.master import Master
from experts.edit.preview import media
from kernel.destinations.folder import deliver
from kernel.document import Document, Value
from kernel.errors import PlanError, WorkerError
from kernel.tasks import Task, Work
from kernel.worker.compile import check, compile
from kernel.worker.formats import format_of
from kernel.worker.formats.naming import beside
from kernel.worker.plan import EditPlan
from kernel.worker.presets import too_large
from kernel.worker.progress import Told
from kernel.worker.render import Render, render


class Delivered(Value):
    """A file of another format that went beside the video."""

    format: str
    place: str
    """Where it can be found."""
    hash: str
    """sha256 of its bytes."""
    told: str
    """What it is, in a few words."""


class Delivery(Document):
    """Where the finished video went, and what was delivered beside it."""

    SCHEMA: ClassVar[str] = "Delivery"
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "destination": "folder",
        "place": "out.mp4",
        "video": "0" * 64,
        "others": [
            {"format": "gif", "place": "out.gif", "hash": "1" * 64, "told": "4.00 s, 80 frames, 480x270, 2.1 MB"}
        ],
        "left": [],
    }

    destination: str
    place: str
    """Where it can be found there."""
    video: str
    """sha256 of the delivered bytes, checked after the copy."""
    others: tuple[Delivered, ...] = ()
    left: tuple[str, ...] = ()
    """What a person should know: a format that could not be made, a file too large for a place; a sentence each."""


def make(work: Work) -> Delivery:
    """Copy the master to the place that was named, or leave it in the data folder where none was; then the others."""
    master = work.documents["master"]
    if not isinstance(master, Master):
        raise TypeError("master")
    source = work.studio.path(master.video, work.job.id)
    named = work.job.settings.get("out")
    target = Path(named) if named else work.studio.folder(work.job.id, "delivered") / "video.mp4"
    place = deliver(source, target, master.video)
    made = list(_others(work, place))
    plan = work.documents.get("plan")
    large = too_large(plan.output.platform, master.size) if isinstance(plan, EditPlan) else ""
    return Delivery(
        destination="folder",
        place=str(place),
        video=master.video,
        others=tuple(other for other in made if isinstance(other, Delivered)),
        left=(*filter(None, [large]), *(other for other in made if isinstance(other, str))),
    )


def wanted(work: Work) -> tuple[Extra, ...]:
    """Return the formats that the brief and all later notes ask for, each once."""
    brief = work.documents.get("brief")
    first = brief.formats if isinstance(brief, Brief) else ()
    return tuple(dict.fromkeys([*first, *(name for note in work.instructions for name in asked(note, sure=True))]))


def _others(work: Work, video: Path) -> Iterator[Delivered | str]:
    """Make the other formats one after the other; what cannot be made is a sentence and stops none of the rest."""
    plan, names = work.documents.get("plan"), wanted(work)
    if not isinstance(plan, EditPlan):
        return
    for number, name in enumerate(names):
        fit = fitted(plan, name, compile(plan).duration)
        found = check(fit.plan)
        if found:
            yield f"No {name}: {' '.join(found)}"
            continue
        try:
            yield _delivered(work, fit, video, (number, len(names)))
        except (PlanError, WorkerError) as error:
            yield f"No {name}: {error}"


def _delivered(work: Work, fit: Fitted, video: Path, part: tuple[int, int]) -> Delivered:
    """Render one format, and put it beside the video."""
    format = format_of(fit.plan.output)
    out = work.studio.folder(work.job.id, "videos") / f"{format.name}-{fit.plan.digest[:12]}{format.suffix}"
    made = _rendered(work, fit.plan, out, part)
    work.studio.keep(work.job, out, "render", out.name, **made.model_dump(mode="json", exclude={"commands"}))
    place = deliver(out, beside(video, format), made.hash)
    told = ", ".join(filter(None, [facts(made, fit.plan), fit.said]))
    return Delivered(format=format.name, place=str(place), hash=made.hash, told=told)


def _rendered(work: Work, plan: EditPlan, out: Path, part: tuple[int, int]) -> Render:
    def tell(told: Told) -> None:
        share = (part[0] + told.share) / part[1]
        work.progress(share, f"{plan.output.format}: {told.doing}", told.left if part[0] + 1 == part[1] else None)

    return render(
        plan,
        media(work, plan),
        out,
        work.studio.cache,
        work.studio.ffmpeg,
        on_progress=tell,
        cancelled=work.cancelled,
        workers=work.studio.workers,
    )


def summary(delivery: Delivery) -> str:
    """Return what a person is told of the files beside the video, a line each; empty where there are none."""
    lines = [f"{other.format}: {other.place} ({other.told})" for other in delivery.others]
    return "\n".join([*lines, *delivery.left])


DELIVERY = Task("delivery", Delivery, make, settings=("out",))
