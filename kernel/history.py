"""History: whether a version of a document differs from an earlier one by nothing but what machines asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kernel.store.records import Version


@dataclass(frozen=True)
class History:
    """How the documents of a job came to be."""

    versions: Mapping[str, Sequence[Version]] = field(default_factory=dict)
    """By step, oldest first."""
    by_hand: Collection[str] = ()
    """Hashes of the versions that people made with their own hands."""
    by_metrics: Collection[str] = ()
    """Ids of the instructions that failed scores gave, those that were withdrawn again among them."""

    def newest(self, step: str, hash_: str) -> Version | None:
        """Return the newest version of a step with this hash."""
        found = (version for version in reversed(self.versions.get(step, ())) if version.hash == hash_)
        return next(found, None)


def only_rounds(history: History, first: Version, last: Version) -> bool:
    """Say whether one version became another, with all they were made from, by rounds of failed scores alone.

    A person's words, another brief, a document made by hand or made afresh in between: each of them is more than that.
    """
    if first.hash == last.hash:
        return True
    between = [v for v in history.versions.get(last.step, ()) if first.version <= v.version <= last.version]
    if not between or not all(_by_a_round(history, one, next_one) for one, next_one in pairwise(between)):
        return False
    before, after = _origins(first), _origins(last)
    return before.keys() == after.keys() and all(
        _origin_by_rounds(history, step, hash_, after[step]) for step, hash_ in before.items()
    )


def _origin_by_rounds(history: History, step: str, before: str, after: str) -> bool:
    if before == after:
        return True
    first, last = history.newest(step, before), history.newest(step, after)
    return first is not None and last is not None and only_rounds(history, first, last)


def _by_a_round(history: History, one: Version, next_one: Version) -> bool:
    """Say whether a version differs from the one before it because of a failed score, or of what it was made from."""
    if one.hash == next_one.hash:
        return True
    if next_one.hash in history.by_hand:
        return False
    asked = set(one.instructions) ^ set(next_one.instructions)
    return asked <= set(history.by_metrics) and bool(asked or _origins(one) != _origins(next_one))


def _origins(version: Version) -> dict[str, str]:
    return {origin.step: origin.hash for origin in version.lineage}
