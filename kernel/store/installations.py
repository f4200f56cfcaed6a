"""Installations: the workspaces that installed the bot; their tokens come here encrypted."""

from __future__ import annotations

import builtins

import sqlalchemy as sa

from kernel.store.database import Database, columns, once, read_all, read_one, rows
from kernel.store.records import Installation
from kernel.store.tables import InstallationRow


class Installations:
    """The workspaces."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, installation: Installation) -> None:
        """Keep an installation; a newer one of the same workspace takes the place of the older."""
        with self._database.write("installations") as connection:
            connection.execute(sa.delete(InstallationRow).where(*_same(installation)))
            once(connection, InstallationRow, columns(installation))

    def find(self, surface: str, enterprise: str, team: str) -> Installation | None:
        """Return a workspace's installation; None where it has none."""
        wanted = Installation(surface=surface, enterprise=enterprise, team=team, sealed="")
        with self._database.read() as connection:
            return read_one(connection, Installation, rows(InstallationRow).where(*_same(wanted)))

    def of_team(self, surface: str, team: str) -> builtins.list[Installation]:
        """Return what is kept of a workspace, under whichever organisation, newest first."""
        query = rows(InstallationRow).where(InstallationRow.surface == surface, InstallationRow.team == team)
        with self._database.read() as connection:
            return read_all(connection, Installation, query.order_by(InstallationRow.number.desc()))

    def list(self, surface: str) -> builtins.list[Installation]:
        """Return all installations of a surface, oldest first."""
        query = rows(InstallationRow).where(InstallationRow.surface == surface).order_by(InstallationRow.number)
        with self._database.read() as connection:
            return read_all(connection, Installation, query)

    def remove(self, surface: str, enterprise: str, team: str) -> None:
        """Forget a workspace and its tokens."""
        gone = Installation(surface=surface, enterprise=enterprise, team=team, sealed="")
        with self._database.write("installations") as connection:
            connection.execute(sa.delete(InstallationRow).where(*_same(gone)))


def _same(installation: Installation) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        InstallationRow.surface == installation.surface,
        InstallationRow.enterprise == installation.enterprise,
        InstallationRow.team == installation.team,
    )
