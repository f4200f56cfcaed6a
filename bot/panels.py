"""Panels: whose yes a gate waits for, and how votes stand. Pure functions of rules, a job and what its owner said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from bot.house_rules import Rules
from bot.replies import SLACK
from kernel.store.records import Job, Vote

Verdict = Literal["approved", "rejected"]
_MENTION = r"<@(?P<{}>[UW][A-Z0-9]+)(?:\|[^>]*)?>"
_NAMING = re.compile(
    r"\b(?:approvers?|approved by|approval (?:by|from|of)|sign(?:ed)?[- ]?off (?:by|from|of))\b[^<\n]{0,20}"
    rf"(?P<several>(?:{_MENTION.format('one')}[\s,]*(?:and|or|&)?\s*)+)"
    rf"|{_MENTION.format('first')}\s+(?:must |should |has to |needs to |will |may |can )?"
    r"(?:approves?|signs? (?:it )?off)\b",
    re.IGNORECASE,
)
_ID = re.compile(r"<@([UW][A-Z0-9]+)")
_NOT = re.compile(
    r"\b(?:no|not|never|nobody|without|cannot|(?:do|does|is|need|ca|must|wo|should)n['’]?t)\b[^,.;!?\n]*$",
    re.IGNORECASE,
)
"""What tells that whoever is named next is no approver."""


class Panel(NamedTuple):
    """Whose yes counts."""

    people: tuple[str, ...]
    """Empty where anybody's does."""
    needed: int
    barred: str = ""
    """Whose yes does not count: the owner's, where nobody approves their own work."""

    def has(self, person: str) -> bool:
        """Say whether a person is asked."""
        return person != self.barred and (not self.people or person in self.people)

    @property
    def possible(self) -> bool:
        """Whether anybody's yes counts."""
        return not self.people or any(map(self.has, self.people))


class Tally(NamedTuple):
    """How the votes about a document stand."""

    verdict: Verdict | None
    yes: int
    missing: tuple[str, ...]
    """Who was asked and has not said yes."""


def panel(rules: Rules, job: Job, named_here: Sequence[str] = ()) -> Panel:
    """Return whose yes a gate of a job waits for.

    Args:
        named_here: whom the owner named in this conversation: they take nobody's place whom the channel names, and
            count beside them where the owner's own yes would do.
    """
    if job.surface != SLACK:
        return Panel((), 1)
    barred = "" if rules.self_approval else job.asker
    is_theirs = not rules.approvers or (rules.who != "named" and rules.rule == "any" and rules.self_approval)
    chosen = (*rules.approvers, *(named_here if is_theirs else ()))
    owner = () if rules.who == "named" and chosen else (job.asker,)
    if rules.who == "anyone" and not named_here and (rules.rule == "any" or not chosen):
        return Panel((), 1, barred)
    people = tuple(person for person in dict.fromkeys((*owner, *chosen)) if person != barred)
    if not people:
        return Panel((job.asker,), 1, barred)
    needed = {"any": 1, "all": len(people), "majority": len(people) // 2 + 1}
    return Panel(people, needed[rules.rule], barred)


def tally(asked: Panel, owner: str, votes: Iterable[Vote]) -> Tally:
    """Count votes: enough yeses approve; a no rejects where they cannot be reached any more, and the owner's always."""
    known = {vote.by: vote.verdict for vote in votes}
    yes = [person for person, verdict in known.items() if verdict == "approved" and asked.has(person)]
    no = [person for person, verdict in known.items() if verdict == "rejected" and asked.has(person)]
    missing = tuple(person for person in asked.people if person not in yes)
    if known.get(owner) == "rejected":
        return Tally("rejected", len(yes), missing)
    if len(yes) >= asked.needed:
        return Tally("approved", len(yes), missing)
    out_of_reach = not asked.people or len(asked.people) - len(no) < asked.needed or asked.needed == 1
    return Tally("rejected" if no and out_of_reach else None, len(yes), missing)


def named_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Return whom the owner named as approvers in their own words: "@ben approves", "approvers: @ben and @cat"."""
    found = [match.group(0) for text in texts for match in _NAMING.finditer(text) if _is_meant(text, match)]
    return tuple(dict.fromkeys(id for said in found for id in _ID.findall(said)))


def _is_meant(text: str, match: re.Match[str]) -> bool:
    return not _NOT.search(text[: text.index("<@", match.start())])
