"""House rules: what holds in a place where people talk, with every earlier form of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kernel.store.database import Database, columns, once, read_all, read_one, rows
from kernel.store.records import HouseRules
from kernel.store.tables import HouseRulesRow

Object = dict[str, Any]


class HouseRulesKept:
    """The house rules of all places."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, rules: HouseRules) -> None:
        """Keep new rules for a place; the same id again changes nothing."""
        self.change(rules, lambda _: rules.body)

    def change(self, rules: HouseRules, make: Callable[[Object], Object]) -> HouseRules:
        """Keep new rules for a place, made from those that hold there (empty: none) while nobody else changes them.

        Args:
            rules: whose id, place and author they get; the same id again makes and changes nothing.

        Returns:
            What was kept under that id.
        """
        with self._database.write("house_rules", rules.place) as connection:
            known = read_one(connection, HouseRules, rows(HouseRulesRow).where(HouseRulesRow.id == rules.id))
            if known is not None:
                return known
            before = read_one(connection, HouseRules, _of(rules.surface, rules.place))
            made = rules.model_copy(update={"body": make(before.body if before else {})})
            once(connection, HouseRulesRow, columns(made))
            return made

    def of(self, surface: str, place: str) -> HouseRules | None:
        """Return the rules that hold in a place now; None where nobody set any."""
        with self._database.read() as connection:
            return read_one(connection, HouseRules, _of(surface, place))

    def since(self, surface: str, place: str, when: datetime) -> list[HouseRules]:
        """Return the rules that held in a place at a moment, and all later ones, oldest first."""
        query = _of(surface, place)
        with self._database.read() as connection:
            held = read_all(connection, HouseRules, query.where(HouseRulesRow.created <= when).limit(1))
            later = read_all(connection, HouseRules, query.where(HouseRulesRow.created > when))
        return [*held, *reversed(later)]

    def places(self, surface: str) -> list[str]:
        """Return the places that have rules of their own."""
        query = sa.select(HouseRulesRow.place).where(HouseRulesRow.surface == surface).distinct()
        with self._database.read() as connection:
            return sorted(connection.execute(query).scalars())


def _of(surface: str, place: str) -> sa.Select[Any]:
    """Begin a query for the rules of a place, newest first."""
    query = rows(HouseRulesRow).where(HouseRulesRow.surface == surface, HouseRulesRow.place == place)
    return query.order_by(HouseRulesRow.number.desc())
