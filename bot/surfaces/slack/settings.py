"""The rules of a channel: the form with those that hold, and what was filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.house_rules import Rules, may_set, read_settings, rules_at, rules_text
from bot.replies import listed
from bot.surfaces.slack import forms
from bot.surfaces.slack.blocks.modals import settings_modal
from bot.surfaces.slack.intake import SURFACE, Body, team_of
from kernel.errors import BadInput, Denied
from kernel.store import Store
from kernel.store.records import HouseRules

WHO = "approvers"
"""The field that a fault of the whole form is told at."""


def settings_form(store: Store, team: str, channel: str) -> dict[str, Any]:
    """Return the form of a channel's rules."""
    asked = forms.About(channel=channel)
    shown = "" if channel.startswith("D") else channel
    return settings_modal(asked.packed(), rules_at(store, SURFACE, f"{team}:{channel}"), shown)


def faults(store: Store, body: Body) -> dict[str, str]:
    """Return what is wrong with a form, by its field; nothing where it can be kept."""
    before, values = _before(store, body), forms.answers(body["view"])
    if not may_set(before, str(body["user"]["id"]), SURFACE):
        return {WHO: f"Only {listed(SURFACE, before.approvers, 'or')} can change these."}
    whole = _fault(values, before)
    if not whole:
        return {}
    found = {name: why for name, value in values.items() if (why := _fault({"who": "owner", name: value}, before))}
    return found or {WHO: whole}


def keep(store: Store, body: Body) -> str:
    """Keep what was filled in, once, and return what holds now.

    Raises:
        BadInput: something in it is wrong. Denied: this person may not change it.
    """
    before = _before(store, body)
    if not may_set(before, str(body["user"]["id"]), SURFACE):
        raise Denied("You can no longer change these rules.")
    rules = read_settings(forms.answers(body["view"]), before)
    team, by = team_of(body), str(body["user"]["id"])
    kept = rules.model_dump(mode="json")
    place = f"{team}:{forms.about(body['view']).channel}"
    store.house_rules.keep(HouseRules(id=forms.id_of(body, team), surface=SURFACE, place=place, body=kept, by=by))
    return rules_text(rules, SURFACE)


def _before(store: Store, body: Body) -> Rules:
    return rules_at(store, SURFACE, f"{team_of(body)}:{forms.about(body['view']).channel}")


def _fault(values: Mapping[str, Any], before: Rules) -> str:
    try:
        read_settings(values, before)
    except BadInput as error:
        return str(error)
    return ""
