"""folder: a file on this machine."""

from __future__ import annotations

from pathlib import Path

from kernel.errors import BadInput
from kernel.studio import hash_of, place


def deliver(source: Path, target: Path, expected: str) -> Path:
    """Copy a file to its place, whole or not at all, and check its bytes there.

    Raises:
        BadInput: it is another file, the place cannot be written, or the copy differs; says what to do.
    """
    target = target.expanduser().resolve()
    if target.is_file() and hash_of(target) == expected:
        return target
    if hash_of(source) != expected:
        raise BadInput(
            "The video is no longer the one that was approved, so it was not delivered: write "
            "`rerun master: once more`."
        )
    try:
        place(source, target)
    except OSError as error:
        raise BadInput(
            f"The video cannot be written to {target}: {error.strerror}; choose another place with -o."
        ) from error
    if hash_of(target) != expected:
        raise BadInput(f"The copy at {target} differs from the original: check the disk, then resume.")
    return target
