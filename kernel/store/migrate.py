"""Takes a database to the newest form, by Alembic, in one transaction and one process at a time.

A database that has the newest form, as at nearly every start, is only looked at: Alembic is not loaded for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kernel.errors import SetUp
from kernel.store.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"
NEWEST = "0004"
"""The last of the migrations."""


def migrate(database: Database, revision: str = "head") -> None:
    """Take the database up to a revision.

    Raises:
        SetUp: a newer Rushes made it.
    """
    if revision in ("head", NEWEST) and is_newest(database):
        return
    from alembic import command

    with database.write("migrations") as connection:
        _refuse_newer(connection, database.name)
        command.upgrade(config(connection), revision)


def is_newest(database: Database) -> bool:
    """Say whether the database has the newest form already."""
    with database.read() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return False
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all() == [NEWEST]


def downgrade(database: Database, revision: str = "base") -> None:
    """Take the database back to a revision; what only the newer form holds is lost."""
    from alembic import command

    with database.write("migrations") as connection:
        command.downgrade(config(connection), revision)


def config(connection: Connection) -> Config:
    """Return Alembic's settings for one open connection."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def _refuse_newer(connection: Connection, name: str) -> None:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(config(connection)).walk_revisions()}
    found = set(MigrationContext.configure(connection).get_current_heads())
    if not found <= known:
        raise SetUp(f"The database {name} was made by a newer Rushes: update this one, or set RUSHES_DATABASE_URL.")
    if not found and sa.inspect(connection).has_table("jobs"):
        raise SetUp(f"The database {name} holds other tables named like ours: set another by RUSHES_DATABASE_URL.")
