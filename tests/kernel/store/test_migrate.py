"""Migrations: they agree with the tables, go both ways, and refuse what they do not know."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from kernel.errors import SetUp
from kernel.store import Store
from kernel.store.database import connect
from kernel.store.migrate import NEWEST, config, downgrade, is_newest, migrate
from kernel.store.records import Job
from kernel.store.tables import Base


def test_the_migrations_make_exactly_the_tables_that_the_code_knows(store: Store) -> None:
    with store.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_database_goes_down_to_nothing_and_up_again(url: str) -> None:
    database = connect(url)
    migrate(database)
    downgrade(database)
    with database.read() as connection:
        assert set(sa.inspect(connection).get_table_names()) == {"alembic_version"}
    migrate(database)
    database.close()
    again = Store.open(url)
    assert again.jobs.list() == []
    again.close()


def test_the_newest_form_is_that_of_the_last_migration(store: Store) -> None:
    with store.database.read() as connection:
        assert ScriptDirectory.from_config(config(connection)).get_heads() == [NEWEST]


@pytest.mark.parametrize("older", ["0001", "0002", "0003"])
def test_a_database_of_an_older_form_is_taken_to_the_newest(url: str, older: str) -> None:
    database = connect(url)
    migrate(database, older)
    assert not is_newest(database)
    database.close()
    store = Store.open(url)
    assert is_newest(store.database)
    store.close()


def test_opening_twice_keeps_what_is_there(url: str) -> None:
    first = Store.open(url)
    job = first.jobs.create(Job(pipeline="edit", title="A talk"))
    first.close()
    second = Store.open(url)
    assert second.jobs.get(job.id) == job
    second.close()


def test_a_database_made_by_a_newer_rushes_is_refused(url: str) -> None:
    store = Store.open(url)
    with store.database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(SetUp, match="newer Rushes"):
        Store.open(url)


def test_foreign_tables_named_like_ours_are_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'other.sqlite'}"
    other = connect(url)
    with other.write() as connection:
        connection.execute(sa.text("CREATE TABLE jobs (x TEXT)"))
    other.close()
    with pytest.raises(SetUp, match="other tables"):
        Store.open(url)
