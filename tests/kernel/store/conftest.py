"""A store on each database: SQLite always, PostgreSQL where it is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kernel.store import Store
from kernel.store.records import Job, NewDocument
from kernel.store.tables import Base
from tests.databases import ready

DATABASES = ["sqlite", "postgresql"]


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh database, empty."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'rushes.sqlite'}"
    fresh: Callable[[], str] = request.getfixturevalue("postgres")
    return fresh()


@pytest.fixture(scope="session")
def served(postgres: Callable[[], str]) -> Iterator[Store]:
    """An open store on PostgreSQL, for many tests: making a database for each would take longer than they do."""
    opened = Store.open(postgres())
    yield opened
    opened.close()


@pytest.fixture(params=DATABASES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An open store in which nothing is kept yet."""
    if request.param == "sqlite":
        opened = Store.open(ready(f"sqlite:///{tmp_path / 'rushes.sqlite'}"))
        yield opened
        opened.close()
        return
    shared: Store = request.getfixturevalue("served")
    yield shared
    with shared.database.write() as connection:
        connection.exec_driver_sql(f"TRUNCATE {', '.join(Base.metadata.tables)} RESTART IDENTITY")


@pytest.fixture
def job(store: Store) -> Job:
    """A kept job."""
    return store.jobs.create(Job(pipeline="edit", title="A talk", conversation="c1", fingerprint="f1"))


def document(job: Job, run: str, step: str = "plan", **values: object) -> NewDocument:
    """Return a document of a run, about to be kept."""
    given = {"hash": f"hash of {run}", "input_hash": f"inputs of {run}", "schema": "EditPlan", "body": {"a": [1, None]}}
    return NewDocument.model_validate({"job": job.id, "step": step, "run": run, **given, **values})
