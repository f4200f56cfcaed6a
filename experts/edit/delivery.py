"""delivery: the finished video goes where the person wanted it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from experts.edit.master import Master
from kernel.destinations.folder import deliver
from kernel.document import Document
from kernel.tasks import Task, Work


class Delivery(Document):
    """Where the finished video went."""

    SCHEMA: ClassVar[str] = "Delivery"
    EXAMPLE: ClassVar[dict[str, Any]] = {"destination": "folder", "place": "out.mp4", "video": "0" * 64}

    destination: str
    place: str
    """Where it can be found there."""
    video: str
    """sha256 of the delivered bytes, checked after the copy."""


def make(work: Work) -> Delivery:
    """Copy the master to the place that was named, or leave it in the data folder where none was."""
    master = work.documents["master"]
    if not isinstance(master, Master):
        raise TypeError("master")
    source = work.studio.path(master.video, work.job.id)
    named = work.job.settings.get("out")
    target = Path(named) if named else work.studio.folder(work.job.id, "delivered") / "video.mp4"
    return Delivery(destination="folder", place=str(deliver(source, target, master.video)), video=master.video)


DELIVERY = Task("delivery", Delivery, make, settings=("out",))
