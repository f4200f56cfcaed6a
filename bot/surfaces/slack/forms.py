"""Forms: opened by a button, sent off by a person, read into turns.

A form opens within three seconds of the press or not at all, so nothing is looked up before. What it is about travels
with it as ids.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from bot.commands import Command
from bot.surfaces.slack import manifest as m
from bot.surfaces.slack.blocks import modals
from bot.surfaces.slack.intake import SURFACE, Body, Place, Taken, chosen, place_of_click, team_of
from kernel.document import Value
from kernel.store.records import Turn


class About(Value):
    """What a form is about: ids only."""

    channel: str = ""
    root: str = ""
    message: str = ""
    """The card that it was opened from."""
    token: str = ""
    """What the card's buttons carry."""

    def packed(self) -> str:
        """Return it as private_metadata."""
        return json.dumps({name: value for name, value in self.model_dump().items() if value}, separators=(",", ":"))


OPENERS = {
    m.CHANGE: modals.change_modal,
    m.REVISE: modals.change_modal,
    m.NEXT: modals.next_modal,
    m.RERUN: modals.rerun_modal,
    m.REJECT: modals.reject_modal,
}
"""Forms of buttons in threads, by the button."""


def about_click(body: Body) -> About:
    """Return what a form is about that a button opens."""
    place = place_of_click(body)
    stands = str((body.get("container") or {}).get("message_ts") or "")
    if place is None:
        return About()
    return About(channel=place.channel, root=place.root, message=stands, token=chosen(body["actions"][0]))


def about(view: Mapping[str, Any]) -> About:
    """Return what a form is about that comes back; nothing where that cannot be read."""
    try:
        return About.model_validate_json(view.get("private_metadata") or "{}")
    except ValidationError:
        return About()


def answers(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return what somebody filled in, by the name of the field."""
    fields = (view.get("state") or {}).get("values") or {}
    return {name: _value(element) for fields_ in fields.values() for name, element in fields_.items()}


def _value(element: Mapping[str, Any]) -> Any:
    for name in ("selected_users", "selected_conversation", "selected_channel"):
        if name in element:
            return element[name]
    option = element.get("selected_option")
    return option["value"] if option else element.get("value")


def words_of(view: Mapping[str, Any]) -> str:
    """Return the words of a form."""
    return str(answers(view).get(modals.WORDS) or "").strip()


def wrong(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with a form that asks what to change, by its field."""
    if len(words_of(view)) < modals.LEAST:
        return {modals.WORDS: "Say in a few words what should be different."}
    return {}


def sent(body: Body) -> Taken:
    """Return a form that asks for a change, for a rerun or for a reason as a turn of its thread."""
    view, asked = body["view"], about(body["view"])
    place = Place(team=team_of(body), channel=asked.channel, root=asked.root)
    where = {
        "channel": asked.channel,
        "message_ts": asked.message,
        "thread_ts": asked.root,
        "user": body["user"]["id"],
        "team": place.team,
    }
    command = _command(view)
    turn = Turn(
        id=id_of(body, place.team),
        conversation="",
        surface=SURFACE,
        author=str(body["user"]["id"]),
        kind="button" if command else "message",
        text="" if command else words_of(view),
        payload=_payload(command, asked.token, where),
    )
    return Taken(place=place, turn=turn)


def id_of(body: Body, team: str) -> str:
    """Return the id of what a form brings: sent off twice it is the same."""
    view = body["view"]
    return f"{SURFACE}:{team}:view:{view['id']}:{view.get('hash', '')}"


def _payload(command: Command | None, token: str, where: dict[str, Any]) -> dict[str, Any]:
    if command is None:
        return {"place": where, "settings": {}}
    return {"command": command.model_dump(mode="json"), "token": token, "how": "button", "place": where}


def _command(view: Mapping[str, Any]) -> Command | None:
    """Return what a form asks for; None where the editor is to find out what that touches."""
    if view["callback_id"] == m.REJECT_VIEW:
        return Command(name="reject", text=words_of(view))
    step = str(answers(view).get(modals.STEP) or modals.EDITOR)
    return None if step == modals.EDITOR else Command(name="rerun", step=step, text=words_of(view))
