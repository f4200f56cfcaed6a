"""The database: how it is opened, what it refuses, and that writers wait for one another."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Timer

import pytest
import sqlalchemy as sa

from kernel.errors import NotFound, RushesError, SetUp, TryAgain
from kernel.store import Store
from kernel.store.database import clean, connect
from kernel.store.records import Event, Instruction, Job, Log
from kernel.store.tables import JobRow


def test_sqlite_is_opened_in_the_safe_way(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'a.sqlite'}")
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    with store.database.read() as connection:
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]
    store.close()
    assert found == ["wal", 2, 1, 30_000]


def test_the_folder_of_the_file_is_made(tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path / 'new' / 'folder' / 'a.sqlite'}").close()
    assert (tmp_path / "new" / "folder" / "a.sqlite").is_file()


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    file.write_bytes(b"these are somebody's holiday notes, not a database. " * 50)
    before = file.read_bytes()
    with pytest.raises(SetUp, match=r"a\.sqlite is no Rushes database"):
        Store.open(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_a_damaged_page_is_found_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    store = Store.open(f"sqlite:///{file}")
    for number in range(200):
        store.logs.add(Log(job="j", message=f"line {number} " * 100))
    store.close()
    whole = file.read_bytes()
    file.write_bytes(whole[:-4096] + b"\xff" * 4096)
    with pytest.raises(SetUp, match="damaged"):
        Store.open(f"sqlite:///{file}")


def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    Store.open(f"sqlite:///{file}").close()
    with sqlite3.connect(file) as plain:
        plain.execute("PRAGMA journal_mode=DELETE")
    plain.close()
    with pytest.raises(SetUp, match="cannot be written"):
        Store.open(f"sqlite:///file:{file}?mode=ro&uri=true")


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetUp, match="cannot be opened"):
        Store.open(f"sqlite:///{tmp_path}")


@pytest.mark.parametrize("url", ["mysql://u@h/d", "nonsense", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(SetUp):
        Store.open(url)


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(SetUp, match="did not answer") as caught:
        Store.open("postgresql://someone:hush-hush@127.0.0.1:9/rushes")
    assert "hush-hush" not in str(caught.value)


def test_eight_threads_that_read_and_then_write_never_find_it_busy(store: Store) -> None:
    job = store.jobs.create(Job(pipeline="edit", title="A talk", budget_usd=0))
    budget = sa.select(JobRow.budget_usd).where(JobRow.id == job.id)

    def add_one(_: int) -> None:
        with store.database.write("budget") as connection:
            before = connection.execute(budget).scalar_one()
            connection.execute(sa.update(JobRow).where(JobRow.id == job.id).values(budget_usd=before + 1))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add_one, range(200)))
    assert store.jobs.get(job.id).budget_usd == 200


def test_readers_do_not_wait_for_a_writer(store: Store, job: Job) -> None:
    with store.database.write() as connection:
        connection.execute(sa.update(JobRow).values(title="being changed"))
        assert store.jobs.get(job.id).title == job.title


def test_a_block_that_fails_keeps_nothing(store: Store, job: Job) -> None:
    def fails() -> None:
        with store.database.write() as connection:
            connection.execute(sa.update(JobRow).values(title="half done"))
            raise ValueError("stopped")

    with pytest.raises(ValueError, match="stopped"):
        fails()
    assert store.jobs.get(job.id).title == job.title


def test_a_server_that_dropped_its_connections_is_asked_again(served: Store) -> None:
    ours = "FROM pg_stat_activity WHERE datname = current_database() AND pid"
    end = f"SELECT pg_terminate_backend(pid) {ours} {{}} pg_backend_pid()"
    with served.database.read() as first, served.database.read() as second:
        assert first.exec_driver_sql("SELECT 1").scalar() == second.exec_driver_sql("SELECT 1").scalar()
    with served.database.read() as connection:
        connection.exec_driver_sql(end.format("<>"))
    assert served.jobs.list() == served.jobs.list() == []
    with pytest.raises(TryAgain, match="did not answer"), served.database.read() as connection:
        connection.exec_driver_sql(end.format("="))
    assert served.jobs.list() == []


def test_what_belongs_to_no_job_is_refused_in_words(store: Store) -> None:
    with pytest.raises(NotFound, match="belongs to"):
        store.instructions.add(Instruction(job="nobody", step="plan", text="shorter"))


def test_a_writer_that_waited_in_vain_may_try_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.sqlite'}"
    store, hasty = Store.open(url), connect(url)
    sa.event.listen(hasty.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=1"))
    with store.database.write(), pytest.raises(TryAgain, match="busy"), hasty.write():
        pytest.fail("two writers at once")
    hasty.close()
    store.close()


def test_hostile_characters_are_kept_on_both_databases(store: Store) -> None:
    store.events.append(
        Event(id="e", kind="told", payload={"file\x00name": "half \ud800 and NUL \x00", "n": [1.5, None]})
    )
    assert store.events.since(0)[0].payload == {"file\ufffdname": "half ? and NUL \ufffd", "n": [1.5, None]}


def test_clean_leaves_ordinary_text_as_it_is() -> None:
    assert clean({"a": ("ü – 日本 🎬", 1, None, True)}) == {"a": ["ü – 日本 🎬", 1, None, True]}


def test_a_writer_that_goes_first_waits_no_longer_than_the_lock_is_held(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    store = Store.open(f"sqlite:///{file}")
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    Timer(0.4, lambda: other.execute("COMMIT")).start()
    began = time.monotonic()
    with store.database.write_first() as connection:
        took = time.monotonic() - began
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000
    assert 0.3 < took < 5
    other.close()
    store.close()


def test_a_writer_that_goes_first_says_what_is_wrong_like_any_other(store: Store) -> None:
    def fail() -> None:
        with store.database.write_first() as connection:
            connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(RushesError):
        fail()
    with store.database.write_first() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
