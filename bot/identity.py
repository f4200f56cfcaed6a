"""Who is at this terminal, and which job a command line means."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from pathlib import Path

from kernel.document import digest
from kernel.errors import BadInput
from kernel.studio import hash_of


def local_user() -> str:
    """Return the name of the person at this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "local user"


def files_of(paths: Sequence[Path]) -> list[dict[str, str]]:
    """Return the footage of a command line as dropped files.

    Raises:
        BadInput: a path is missing or no file; one sentence that names it.
    """
    for path in paths:
        if not path.exists():
            raise BadInput(f"There is no file {path}: check the path and its spelling.")
        if not path.is_file():
            raise BadInput(f"{path} is not a file: name the video, sound or picture files themselves.")
        if path.stat().st_size == 0:
            raise BadInput(f"{path.name} is empty (0 bytes): export or copy it again.")
    return [{"path": str(path.resolve()), "name": path.name} for path in paths]


def fingerprint(paths: Sequence[Path], brief: str, options: Mapping[str, object]) -> str:
    """Return a text that is the same for the same sources, brief and options."""
    return digest({"sources": [hash_of(path) for path in paths], "brief": brief.strip(), "options": dict(options)})
