"""Assets: the files of a job, each once per job, named by the hash of their bytes."""

from __future__ import annotations

from kernel.errors import NotFound
from kernel.store.database import Database, columns, once, read_all, read_one, rows
from kernel.store.records import Asset
from kernel.store.tables import AssetRow


class Assets:
    """The files."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, asset: Asset) -> Asset:
        """Keep a file of a job; the same bytes again return what was kept first."""
        with self._database.write() as connection:
            once(connection, AssetRow, columns(asset))
        return self.get(asset.hash, asset.job)

    def list(self, job: str) -> list[Asset]:
        """Return a job's files in the order they came."""
        with self._database.read() as connection:
            return read_all(connection, Asset, rows(AssetRow).where(AssetRow.job == job).order_by(AssetRow.number))

    def get(self, hash: str, job: str | None = None) -> Asset:
        """Return a file by the hash of its bytes; where several jobs have it and none is named, the newest row.

        Raises:
            NotFound: no job has such a file.
        """
        query = rows(AssetRow).where(AssetRow.hash == hash).order_by(AssetRow.number.desc())
        if job is not None:
            query = query.where(AssetRow.job == job)
        with self._database.read() as connection:
            found = read_one(connection, Asset, query)
        if found is None:
            raise NotFound(f"No file with the hash {hash[:12]} is kept: drop it again.")
        return found
