"""folder: footage that lies in a folder of this machine which an operator opened for it. It is used where it lies."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from kernel.errors import BadInput
from kernel.fetch.base import MOST_FILES, Row
from kernel.fetch.kinds import check_kind, is_media
from kernel.fetch.part import Errand
from kernel.fetch.words import check_size
from kernel.settings import Settings


class Folder:
    """Files and folders under those that were opened."""

    kind = "folder"

    def __init__(self, settings: Settings) -> None:
        self._opened = tuple(os.path.realpath(folder) for folder in settings.footage_folders)

    def files(self, row: Row) -> Sequence[Row]:
        """Return the row, or a row for each media file of the folder that it names, by name.

        Raises:
            BadInput: there is nothing of that name, nothing in it, too much, or it may not be read.
        """
        path = self._allowed(row)
        if not path.is_dir():
            return [row]
        found = sorted(file for file in path.iterdir() if is_media(file.name) and not file.name.startswith("."))
        if not found:
            raise BadInput(f"There is no footage in the folder {row['name']}: name a folder with videos in it.")
        if len(found) > MOST_FILES:
            raise BadInput(
                f"The folder {row['name']} has {len(found)} media files, and I take at most {MOST_FILES} at once:"
                " name the ones you want."
            )
        return [self._row(row, file) for file in found]

    def _row(self, row: Row, file: Path) -> Row:
        return {**row, "id": f"{row['id']}-{file.name}", "name": file.name, "path": str(file), "url": str(file)}

    def fetch(self, row: Row, errand: Errand) -> int:
        """Look that the file can be used where it lies, and return its size."""
        path = self._allowed(row)
        if not path.is_file():
            raise BadInput(f"{row['name']} is no file: name the video, sound or picture itself.")
        check_kind(row["name"])
        if not os.access(path, os.R_OK):
            raise BadInput(f"I may not read {row['name']}: ask whoever runs me to let me.")
        size = path.stat().st_size
        check_size(row["name"], size, errand.most)
        return size

    def _allowed(self, row: Row) -> Path:
        real = os.path.realpath(row["url"])
        if not any(os.path.commonpath([real, folder]) == folder for folder in self._opened):
            raise BadInput(
                f"I may not fetch from {row['name']}: ask whoever runs me to allow it, or drop the file here."
            )
        path = Path(real)
        if not path.exists():
            raise BadInput(f"There is nothing called {row['name']} in the footage folders: check its spelling.")
        return path
