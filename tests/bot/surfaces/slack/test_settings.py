"""The form of a channel's rules: what somebody changed in it is kept, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.house_rules import Rules, change_at, rules_at, with_spelling
from bot.surfaces.slack import settings
from experts.edit.spelling import Spelling
from kernel.errors import Denied
from kernel.store import Store
from tests.databases import ready
from tests.fakes.slack import blockcheck

PLACE = "T1:C1"
SIAN, PRIYA = Spelling(right="Siân", wrong=("Sean",)), Spelling(right="Priya", wrong=("Pria",))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store in which a channel knows one name."""
    opened = Store.open(ready(f"sqlite:///{tmp_path / 'rushes.sqlite'}"))
    change_at(opened, "slack", PLACE, lambda rules: with_spelling(rules, SIAN), "U1", "first")
    yield opened
    opened.close()


def form(store: Store) -> dict[str, Any]:
    """Return the form as it is opened, with what it shows filled in as Slack sends it back."""
    view = settings.settings_form(store, "T1", "C1")
    return {**view, "id": "V1", "hash": "h", "app_installed_team_id": "T1", "state": {"values": {}}}


def sent(view: dict[str, Any], by: str = "U1", **filled: Any) -> dict[str, Any]:
    """Return a form that is sent off, with some fields filled in anew."""
    values: dict[str, Any] = {}
    for block in (each for each in view["blocks"] if each["type"] == "input"):
        element, name = block["element"], block["element"]["action_id"]
        if element["type"] == "static_select":
            chosen = filled.get(name, (element.get("initial_option") or {}).get("value"))
            held: dict[str, Any] = {"selected_option": {"value": chosen}}
        elif element["type"] == "multi_users_select":
            held = {"selected_users": filled.get(name, element.get("initial_users", []))}
        else:
            held = {"value": filled.get(name, element.get("initial_value"))}
        values[block["block_id"]] = {name: {"type": element["type"], **held}}
    return {"user": {"id": by}, "team": {"id": "T1"}, "view": {**view, "state": {"values": values}}}


def test_what_is_set_elsewhere_while_a_form_lies_open_stays(store: Store) -> None:
    view = form(store)
    change_at(store, "slack", PLACE, lambda rules: with_spelling(rules, PRIYA), "U2", "second")
    change_at(store, "slack", PLACE, lambda rules: rules.model_copy(update={"broadcast": True}), "U2", "third")
    settings.keep(store, sent(view, platform="reels"))
    kept = rules_at(store, "slack", PLACE)
    assert (kept.platform, kept.broadcast, kept.glossary) == ("reels", True, (SIAN, PRIYA))
    settings.keep(store, sent({**view, "hash": "h2"}, glossary="Tom: Thom"))
    assert rules_at(store, "slack", PLACE).glossary == (PRIYA, Spelling(right="Tom", wrong=("Thom",)))


def test_a_form_that_is_sent_off_as_it_was_changes_nothing(store: Store) -> None:
    view = form(store)
    assert settings.changes(sent(view)["view"]) == {}
    assert settings.changes(sent(view, glossary=None)["view"]) == {"glossary": None, "glossary_shown": "Siân: Sean"}


def test_two_hundred_names_fit_no_form_and_none_of_them_is_lost(store: Store) -> None:
    names = tuple(Spelling(right=f"Name Number {n}", wrong=(f"Wrong Number {n}",)) for n in range(200))
    change_at(store, "slack", PLACE, lambda rules: rules.model_copy(update={"glossary": names}), "U1", "many")
    view = settings.settings_form(store, "T1", "C1")
    assert blockcheck.view(view) == []
    [block] = [each for each in view["blocks"] if each.get("element", {}).get("action_id") == "glossary"]
    shown = block["element"]["initial_value"].splitlines()
    assert shown[-1] == "Name Number 199: Wrong Number 199"
    assert f"{200 - len(shown)} older ones are not shown, and stay" in block["hint"]["text"]
    more = "\n".join([*shown[1:], "Siân: Sean"])
    settings.keep(store, sent(form(store), glossary=more))
    kept = {name.right for name in rules_at(store, "slack", PLACE).glossary}
    assert kept == {name.right for name in names} - {shown[0].partition(":")[0]} | {"Siân"}


@pytest.mark.parametrize(
    ("filled", "field", "why"),
    [
        ({"colours": "#12345 blue"}, "colours", "is no colour"),
        ({"colours": "#0b3d9g"}, "colours", "is no colour"),
        ({"glossary": f"Siân: {'x' * 61}"}, "glossary", "is no name"),
        ({"glossary": "Siân: " + ",".join(map(str, range(21)))}, "glossary", "is no name"),
        ({"caption_font": "x" * 81}, "caption_font", "cannot be kept"),
        ({"approvers": [f"U{n}" for n in range(21)]}, "approvers", "cannot be kept"),
    ],
)
def test_what_cannot_be_kept_is_told_at_its_field(store: Store, filled: dict[str, Any], field: str, why: str) -> None:
    found = settings.faults(store, sent(form(store), **filled))
    assert list(found) == [field]
    assert why in found[field]


def test_who_may_change_the_rules_is_looked_at_as_they_are_kept(store: Store) -> None:
    late = sent(form(store), approvers=["U1"])
    change_at(store, "slack", PLACE, lambda _: Rules(approvers=("U2",)), "U2", "second")
    assert "@U2" in settings.faults(store, late)["approvers"]
    with pytest.raises(Denied):
        settings.keep(store, late)
    assert rules_at(store, "slack", PLACE).approvers == ("U2",)
