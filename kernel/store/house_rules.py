"""House rules: what holds in a place where people talk, with every earlier form of it."""

from __future__ import annotations

from datetime import datetime

from kernel.store.database import Database, columns, once, read_all, read_one, rows
from kernel.store.records import HouseRules
from kernel.store.tables import HouseRulesRow


class HouseRulesKept:
    """The house rules of all places."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, rules: HouseRules) -> None:
        """Keep new rules for a place; the same id again changes nothing."""
        with self._database.write("house_rules", rules.place) as connection:
            once(connection, HouseRulesRow, columns(rules))

    def of(self, surface: str, place: str) -> HouseRules | None:
        """Return the rules that hold in a place now; None where nobody set any."""
        query = rows(HouseRulesRow).where(HouseRulesRow.surface == surface, HouseRulesRow.place == place)
        with self._database.read() as connection:
            return read_one(connection, HouseRules, query.order_by(HouseRulesRow.number.desc()).limit(1))

    def since(self, surface: str, place: str, when: datetime) -> list[HouseRules]:
        """Return the rules that held in a place at a moment, and all later ones, oldest first."""
        query = rows(HouseRulesRow).where(HouseRulesRow.surface == surface, HouseRulesRow.place == place)
        newest_first = query.order_by(HouseRulesRow.number.desc())
        with self._database.read() as connection:
            held = read_all(connection, HouseRules, newest_first.where(HouseRulesRow.created <= when).limit(1))
            later = read_all(connection, HouseRules, newest_first.where(HouseRulesRow.created > when))
        return [*held, *reversed(later)]
