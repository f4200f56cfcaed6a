"""What the app lays before people: trigger ids, modals and home tabs."""

from __future__ import annotations

import secrets
from typing import Literal

from tests.fakes.slack import blockcheck
from tests.fakes.slack.elements import elements
from tests.fakes.slack.passes import Trigger
from tests.fakes.slack.state import APP
from tests.fakes.slack.talk import Talk
from tests.fakes.slack.things import Json, View

TRIGGER_LIVES = 3.0
"""Slack's seconds."""
DEEPEST_STACK = 3
"""Views that may lie one upon the other."""


class Modals(Talk):
    """Trigger ids, and the views that they open."""

    def trigger(self, team: str, user: str, view: str | None = None, channel: str = "") -> str:
        """Mint a trigger id for somebody's click; `view` is the id of the view in which they clicked."""
        with self.changed:
            id_ = f"{self.new_id('1')}.{secrets.token_hex(8)}"
            made = Trigger(id_, team, user, self.clock.slack(), view=view, channel=channel)
            self.triggers[made.id] = made
            return made.id

    def take_trigger(self, id_: str) -> Trigger | str:
        """Use up a trigger id, or say which error Slack answers with."""
        with self.changed:
            trigger = self.triggers.get(id_)
            if trigger is None:
                return "invalid_trigger_id"
            if trigger.used:
                return "exchanged_trigger_id"
            if self.clock.slack() - trigger.made > TRIGGER_LIVES:
                return "expired_trigger_id"
            trigger.used = True
            return trigger

    def stack(self, user: str) -> list[View]:
        """The modals that lie open before somebody, the topmost last."""
        return [v for v in self.views.values() if v.user == user and not v.closed and v.view["type"] == "modal"]

    def show_view(self, team: str, user: str, view: Json, how: Literal["open", "push"] = "open") -> View | str:
        """Lay a modal before somebody, or say the error (`push_limit_reached`)."""
        with self.changed:
            below = self.stack(user)
            if how == "open":
                for old in below:
                    old.closed = True
                below = []
            if len(below) >= DEEPEST_STACK:
                return "push_limit_reached"
            id_ = self.new_id("V")
            made = View(id_, team, user, view, self._hash(), below[0].id if below else id_)
            made.previous = below[-1].id if below else None
            self.views[id_] = made
            self.note("view", id=id_, user=user, how=how)
            return made

    def prefill(self, view: View, channel: str) -> None:
        """Choose the conversation that somebody was looking at, in the fields that ask for it."""
        place = self.channels.get(channel)
        for block, element in elements(view.view["blocks"]):
            asks = element.get("default_to_current_conversation") and "initial_conversation" not in element
            shut = place is None or (place.kind == "im" and element.get("filter", {}).get("exclude_bot_users"))
            if asks and not shut:
                held = {"type": element["type"], "selected_conversation": channel}
                view.state["values"].setdefault(block["block_id"], {})[element["action_id"]] = held

    def home(self, team: str, user: str, view: Json) -> View:
        """Put a home tab where somebody had none."""
        with self.changed:
            id_ = self.new_id("V")
            self.views[id_] = self.homes[team, user] = View(id_, team, user, view, self._hash(), id_)
            return self.views[id_]

    def change_view(self, view: View, new: Json) -> View:
        """Put other content into a view; its hash changes, what was filled in stays where blocks and actions match."""
        with self.changed:
            view.view, view.hash, view.errors = new, self._hash(), {}
            blocks = {block.get("block_id") for block in new.get("blocks", [])}
            view.state["values"] = {k: v for k, v in view.state["values"].items() if k in blocks}
            self.note("view", id=view.id, user=view.user, how="update")
            return view

    def answer_view(self, view: View, answer: Json | None) -> None:
        """Do what the app acknowledged a submission with: nothing closes it, `errors` keep it open, and so on."""
        with self.changed:
            told = answer or {}
            action = told.get("response_action")
            if action == "errors":
                view.errors = dict(told["errors"])
                self._known_blocks(view)
            elif action in ("update", "push"):
                self._next_view(view, told["view"], action)
            elif action == "clear":
                for open_ in self.stack(view.user):
                    open_.closed = True
            elif told:
                self.problem(f"A submission was answered with {sorted(told)}, which Slack does not understand")
            else:
                view.closed = True
            self.note("view_answered", id=view.id, action=action or "close")

    def _next_view(self, view: View, new: Json, action: str) -> None:
        wrong = blockcheck.view(new)
        for complaint in wrong:
            self.problem(f"A submission was answered with a view that Slack refuses: {complaint}")
        if not wrong and action == "update":
            self.change_view(view, new)
        elif not wrong:
            self.show_view(view.team, view.user, new, "push")

    def _known_blocks(self, view: View) -> None:
        blocks = {block.get("block_id") for block in view.view["blocks"] if block["type"] == "input"}
        for unknown in set(view.errors) - blocks:
            self.problem(f"A submission was refused at the block {unknown!r}, which is no input of that view")

    def shown_view(self, view: View) -> Json:
        """A view as payloads and answers carry it."""
        team = self.teams[view.team]
        empty: Json = {"private_metadata": "", "callback_id": "", "external_id": "", "submit": None, "close": None}
        flags: Json = {"clear_on_close": False, "notify_on_close": False}
        own = {
            "id": view.id,
            "team_id": view.team,
            "state": view.state,
            "hash": view.hash,
            "previous_view_id": view.previous,
            "root_view_id": view.root,
            "app_id": APP,
            "app_installed_team_id": view.team,
            "bot_id": team.bot_id,
        }
        return {**empty, **flags, **view.view, **own}

    def _hash(self) -> str:
        return f"{self.clock.now()}.{secrets.token_hex(4)}"
