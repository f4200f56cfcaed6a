"""footage: every source inspected; made by the worker, not by a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Document, Value, digest
from kernel.errors import BadInput
from kernel.store.records import Asset
from kernel.tasks import Task, Work
from kernel.worker.inspect import Parts, inspect
from kernel.worker.media import Inspection

Role = Literal["raw_footage", "b_roll", "audio", "music", "logo", "still"]


class Reel(Value):
    """One source: which file it is and all that was found in it."""

    id: str = Field(pattern=r"^s\d+$")
    hash: str
    name: str
    role: Role
    """`raw_footage` by default; `music` for the bundled bed or a file that is music."""
    bundled: bool = False
    """Whether it came along with Rushes (music beds), not from the person."""
    inspection: Inspection


class Footage(Document):
    """All sources of the job, inspected."""

    SCHEMA: ClassVar[str] = "Footage"
    EXAMPLE: ClassVar[dict[str, Any]] = {"reels": [], "refused": []}

    reels: tuple[Reel, ...] = ()
    refused: tuple[str, ...] = ()
    """One sentence for each file that could not be used."""

    def reel(self, source: str) -> Reel:
        """Return the reel with that id; KeyError where there is none."""
        return {reel.id: reel for reel in self.reels}[source]


VERSION = "1"
"""Raised when an inspection would come out differently; kept inspections of older versions are made anew."""


def make(work: Work) -> Footage:
    """Inspect every source of the job; what cannot be used is named, and the rest goes on.

    Raises:
        BadInput: nothing usable is left; the sentence names each file and its reason.
    """
    reels, refused = [], []
    assets = sources(work)
    for index, asset in enumerate(assets):
        try:
            reels.append(_reel(work, asset, index, len(assets)))
        except BadInput as error:
            refused.append(str(error))
    if not any(not reel.bundled for reel in reels):
        raise BadInput(" ".join(refused) or "There is no footage yet: add at least one video, sound or picture file.")
    return Footage(reels=tuple(reels), refused=tuple(refused))


def sources(work: Work) -> list[Asset]:
    """Return the job's sources in the order of their ids."""
    found = [asset for asset in work.studio.store.assets.list(work.job.id) if asset.source]
    return sorted(found, key=lambda asset: int(asset.source[1:]))


def _reel(work: Work, asset: Asset, index: int, count: int) -> Reel:
    found = _inspected(work, asset, lambda share: work.progress((index + share) / count, asset.name))
    return Reel(
        id=asset.source,
        hash=asset.hash,
        name=asset.name,
        role=_role(asset, found),
        bundled=bool(asset.metadata.get("bundled")),
        inspection=found,
    )


def _role(asset: Asset, found: Inspection) -> Role:
    if found.probe.kind == "still":
        return "still"
    return asset.role if asset.role in ("b_roll", "audio", "music", "logo") else "raw_footage"


def _inspected(work: Work, asset: Asset, progress: Callable[[float], None]) -> Inspection:
    """Inspect a file once for its content: the finished parts of the same bytes are taken as they are."""
    ears = work.studio.recogniser
    key = digest([VERSION, asset.hash, asset.source, str(ears.weights) if ears else ""])
    parts = Parts(work.studio.cache / "inspections" / key)
    path = work.studio.path(asset.hash, work.job.id)
    with work.studio.scratch(work.job.id) as scratch:
        return inspect(path, asset.source, work.studio.ffmpeg, scratch, ears, progress, work.cancelled, parts)


FOOTAGE = Task("inspect", Footage, make)
