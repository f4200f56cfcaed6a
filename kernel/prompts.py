"""Prompts and pages are files, rendered strictly: a name that is not given is an error, not an empty string."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

GENERIC = "generic.j2"


class Prompts:
    """The folder of prompts, and the filters that its templates may use."""

    def __init__(self, folder: Path, filters: Mapping[str, Callable[..., str]]) -> None:
        self.folder = folder
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(folder),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            # What people and files say must not become markup on a page; in a prompt it stays as it was said.
            autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        )
        self._environment.filters.update(filters)

    def path(self, name: str) -> str:
        """Return the prompt's own path, or the generic one's where it has none."""
        return name if (self.folder / name).is_file() else GENERIC

    def hash(self, name: str) -> str:
        """Return the sha256 of the prompt's text together with the macros it may import."""
        shared = sorted(self.folder.rglob("_*.j2"))
        texts = [path.read_bytes() for path in (self.folder / self.path(name), *shared)]
        return hashlib.sha256(b"\0".join(texts)).hexdigest()

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        """Return the prompt's text; a missing value raises jinja2.UndefinedError (a mistake of ours)."""
        return self._environment.get_template(self.path(name)).render(**values)
