"""files: timeline files on the disk: which format one is of, and reading one whole, within bounds."""

from __future__ import annotations

from pathlib import Path

from kernel.errors import BadInput
from kernel.worker.media import Rate
from kernel.worker.timelines import TIMELINES
from kernel.worker.timelines.base import TimelineFormat
from kernel.worker.timelines.strips import Edited, edited

LARGEST = 32 * 2**20
"""Bytes of a timeline file; an hour of cuts with all its metadata has two million."""
OTHER_NAMES = {"xml": "fcpxml", "fcpxmld": "fcpxml"}
READ = tuple(kind.name for kind in TIMELINES if kind.read)
"""The formats that come back."""


def kind_of(name: str) -> TimelineFormat | None:
    """Return the format of a file that is a timeline and comes back, by the end of its name."""
    end = Path(name).suffix.lower().lstrip(".")
    return next((kind for kind in TIMELINES if kind.read and kind.name == OTHER_NAMES.get(end, end)), None)


def load(path: Path, rate: Rate) -> Edited:
    """Return what lies on the tracks of a timeline file, in frames of a plan's output.

    Raises:
        BadInput: it is no timeline, too large, or cannot be read; says what to do.
    """
    kind = kind_of(path.name)
    if kind is None:
        raise BadInput(f"{path.name} is no timeline that can be read: export it as {', '.join(READ)}.")
    file = path / "Info.fcpxml" if path.is_dir() else path
    if not file.is_file():
        raise BadInput(f"There is no file {path}: check the path and its spelling.")
    size = file.stat().st_size
    if not 0 < size <= LARGEST:
        what = "is empty (0 bytes)" if not size else f"has {size / 1e6:.0f} MB, more than any cut needs"
        raise BadInput(f"{path.name} {what}: export the one timeline again.")
    try:
        return edited(kind, file.read_bytes(), rate)
    except BadInput as error:
        raise BadInput(f"{path.name}: {error}") from error
