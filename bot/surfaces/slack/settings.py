"""The rules of a channel: the form with those that hold, and what was filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.house_rules import Rules, change_at, may_set, read_settings, require_may_set, rules_at, rules_text
from bot.replies import listed
from bot.surfaces.slack import forms
from bot.surfaces.slack.blocks.modals import settings_modal
from bot.surfaces.slack.intake import SURFACE, Body, team_of
from kernel.errors import BadInput
from kernel.store import Store

WHO = "approvers"
"""The field that a fault of the whole form is told at."""
GLOSSARY, GLOSSARY_SHOWN = "glossary", "glossary_shown"


def settings_form(store: Store, team: str, channel: str) -> dict[str, Any]:
    """Return the form of a channel's rules."""
    asked = forms.About(channel=channel)
    shown = "" if channel.startswith("D") else channel
    return settings_modal(asked.packed(), rules_at(store, SURFACE, f"{team}:{channel}"), shown)


def faults(store: Store, body: Body) -> dict[str, str]:
    """Return what is wrong with a form, by its field; nothing where it can be kept."""
    before, values = _before(store, body), changes(body["view"])
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
    values, team, by = changes(body["view"]), team_of(body), str(body["user"]["id"])

    def make(before: Rules) -> Rules:
        require_may_set(before, by, SURFACE)
        return read_settings(values, before)

    place = f"{team}:{forms.about(body['view']).channel}"
    return rules_text(change_at(store, SURFACE, place, make, by, forms.id_of(body, team)), SURFACE)


def changes(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return what somebody changed in a form: what they left alone may be other by now, by a word in a thread."""
    shown = {block["element"]["action_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    given = {name: value for name, value in forms.answers(view).items() if value != _shown(shown.get(name, {}))}
    return given | ({GLOSSARY_SHOWN: _shown(shown[GLOSSARY])} if GLOSSARY in given else {})


def _shown(element: Mapping[str, Any]) -> Any:
    """Return what stood in a field as the form was opened, as `forms.answers` has it."""
    if option := element.get("initial_option"):
        return option["value"]
    return element.get(
        "initial_users", [] if element.get("type") == "multi_users_select" else element.get("initial_value")
    )


def _before(store: Store, body: Body) -> Rules:
    return rules_at(store, SURFACE, f"{team_of(body)}:{forms.about(body['view']).channel}")


def _fault(values: Mapping[str, Any], before: Rules) -> str:
    try:
        read_settings(values, before)
    except BadInput as error:
        return str(error)
    return ""
