"""Tickets: each is used by one, and forgotten when it is void anyway."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from kernel.store import Store
from kernel.store.records import Installation, now
from kernel.store.tables import TicketRow
from kernel.store.tickets import KEPT


def test_a_ticket_is_used_once_whoever_comes(store: Store) -> None:
    with ThreadPoolExecutor(8) as threads:
        used = list(threads.map(lambda _: store.tickets.use("a"), range(40)))
    assert used.count(True) == 1
    assert store.tickets.use("b")


def test_a_used_ticket_is_forgotten_after_a_day(store: Store) -> None:
    store.tickets.use("old")
    with store.database.write() as connection:
        connection.execute(sa.update(TicketRow).values(created=now() - KEPT * 2))
    store.tickets.use("new")
    with store.database.read() as connection:
        assert list(connection.execute(sa.select(TicketRow.id)).scalars()) == ["new"]


def test_a_workspace_is_found_under_whichever_organisation(store: Store) -> None:
    for enterprise in ("", "E1"):
        store.installations.keep(Installation(surface="slack", enterprise=enterprise, team="T1", sealed="s"))
    store.installations.keep(Installation(surface="slack", enterprise="", team="T2", sealed="s"))
    assert [found.enterprise for found in store.installations.of_team("slack", "T1")] == ["E1", ""]
