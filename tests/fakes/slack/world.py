"""The world of the stand-in: one state, and everything that happens to it.

Two sides work on it. The app's side comes over HTTP (`methods`, `storage`); the people's side calls `say`, `interact`
and `command`. Between them stand transports: `world.transports` is a list of callables, and each delivery (event,
interaction, command) is handed to the one registered last, so that a test may put HTTP mode in front of the socket.
Every method may be called from any thread; none waits for the app. After a view_submission was acknowledged, whoever
sent it calls `answer_view`; after a command, `respond` with the id of its response url.
"""

from __future__ import annotations

import secrets
from typing import Any, Literal

from tests.fakes.slack.state import APP
from tests.fakes.slack.talk import KINDS, Talk
from tests.fakes.slack.things import Channel, Delivery, Json, Message, ResponseUrl, Team, Trigger, View

TRIGGER_LIVES = 3.0
RESPONSE_URL_LIVES = 1800.0
RESPONSE_URL_USES = 5
DEEPEST_STACK = 3
"""Views that may lie one upon the other."""
OUTSIDE_CHANNELS = {"app_uninstalled", "tokens_revoked", "team_rename"}


class World(Talk):
    """Teams, people, channels, messages, files, tokens, views, and the ways between Slack and the app."""

    # -- towards the app ----------------------------------------------------------------------------------------

    def emit(self, event: Json, team: str) -> Delivery | None:
        """Tell the app of an event, wrapped as Slack wraps it (`event_callback` with an `event_id` of its own).

        It is dropped (None) where Slack would not send it: the workspace has not installed the app, the manifest does
        not subscribe to it (`message` by its `channel_type`), or the bot is no member of its channel.

        Args:
            event: the inner event; `event_ts` is added if it has none.
            team: the workspace's id.
        """
        home = self.teams[team]
        if not self._wanted(event, home):
            return None
        inner = {**event, "event_ts": event.get("event_ts") or self.clock.ts()}
        return self.deliver(Delivery("events_api", self.envelope(inner, home), team))

    def envelope(self, event: Json, team: Team) -> Json:
        """Wrap an event; each wrapping gets an `event_id` of its own."""
        who = {
            "enterprise_id": team.enterprise,
            "team_id": team.id,
            "user_id": team.bot,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": "verification",
            "team_id": team.id,
            "context_team_id": team.id,
            "context_enterprise_id": team.enterprise,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": self.new_id("Ev"),
            "event_time": self.clock.now(),
            "authorizations": [who],
            "is_ext_shared_channel": bool(self._shared(event)),
            "event_context": secrets.token_hex(8),
        }

    def interact(self, payload: Json, team: str) -> Delivery:
        """Tell the app of a click, a submitted or closed view, or a shortcut.

        Args:
            payload: the whole payload (`type`, `user`, `actions`, `trigger_id`, `response_url`, ...); `team`, `token`,
                `api_app_id` and `is_enterprise_install` are added.
            team: the workspace's id.

        Returns:
            The delivery; `delivery.wait()` hands over what the app acknowledged with.
        """
        home = self.teams[team]
        common = {
            "team": {"id": team, "domain": home.name},
            "enterprise": {"id": home.enterprise, "name": "org"} if home.enterprise else None,
            "token": "verification",
            "api_app_id": APP,
            "is_enterprise_install": False,
        }
        return self.deliver(Delivery("interactive", {**common, **payload}, team, accepts_answer=True))

    def command(self, payload: Json, team: str) -> Delivery:
        """Tell the app of a slash command.

        Args:
            payload: `command`, `text`, `user_id`, `channel_id`, `trigger_id`, `response_url`, ...; `token`,
                `team_id`, `team_domain`, `api_app_id`, `is_enterprise_install` (a string, as Slack has it) are added.
            team: the workspace's id.
        """
        home = self.teams[team]
        common = {
            "token": "verification",
            "team_id": team,
            "team_domain": home.name,
            "api_app_id": APP,
            "is_enterprise_install": "false",
        }
        return self.deliver(Delivery("slash_commands", {**common, **payload}, team, accepts_answer=True))

    def deliver(self, delivery: Delivery) -> Delivery:
        """Hand a delivery (or the same payload once more) to the transport; with none, it is lost."""
        with self.changed:
            self.deliveries.append(delivery)
            self.note("sent", kind=delivery.kind, type=self._type(delivery))
        if self.transports:
            self.transports[-1](delivery)
        else:
            delivery.lost("nothing listens")
        return delivery

    @staticmethod
    def _type(delivery: Delivery) -> str:
        inner = delivery.payload.get("event") or delivery.payload
        return str(inner.get("type") or inner.get("command"))

    def _wanted(self, event: Json, team: Team) -> bool:
        name = event["type"]
        place = self._place(event)
        if name == "message" and place is not None:
            name = f"message.{KINDS[place.kind]}"
        inside = (
            place is None or team.bot in place.members or event["type"] in ("app_home_opened", "member_left_channel")
        )
        going = team.installed or name in OUTSIDE_CHANNELS
        return going and inside and name in self.events

    def _place(self, event: Json) -> Channel | None:
        where = event.get("channel") or event.get("item", {}).get("channel") or ""
        return self.channels.get(where if isinstance(where, str) else where.get("id", ""))

    def _shared(self, event: Json) -> set[str]:
        place = self._place(event)
        return place.shared_with if place else set()

    # -- triggers and response urls -----------------------------------------------------------------------------

    def trigger(self, team: str, user: str, view: str | None = None) -> str:
        """Mint a trigger id for somebody's click; `view` is the id of the view in which they clicked."""
        with self.changed:
            made = Trigger(f"{self.new_id('1')}.{secrets.token_hex(8)}", team, user, self.clock.slack(), view=view)
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

    def response_url(self, team: str, user: str, channel: str, message: Message | None = None) -> str:
        """Mint a response url; `message` is the one that was clicked (None for a command or a shortcut)."""
        with self.changed:
            made = ResponseUrl(secrets.token_hex(12), team, user, channel, self.clock.slack(), message)
            self.response_urls[made.id] = made
            return f"{self.url}actions/{team}/{made.id}"

    def respond(self, id_: str, body: Json) -> str:
        """Do what a POST to a response url (or a command's answer) says, and hand over Slack's answer's text.

        `replace_original`, `delete_original`, `response_type` (`ephemeral` unless `in_channel`), `thread_ts`.
        """
        with self.changed:
            known = self.response_urls.get(id_)
            if known is None or self.clock.slack() - known.made > RESPONSE_URL_LIVES:
                return "expired_url"
            if known.uses >= RESPONSE_URL_USES:
                return "used_url"
            known.uses += 1
            self._responded(known, body)
            return "ok"

    def _responded(self, known: ResponseUrl, body: Json) -> None:
        text, blocks = str(body.get("text") or ""), list(body.get("blocks") or [])
        if body.get("delete_original") or body.get("replace_original"):
            self._replace(known.message, body, text, blocks)
        elif body.get("response_type") == "in_channel":
            team = self.teams[known.team]
            said = Message(self.clock.ts(), team.id, known.channel, team.bot, text, blocks, via="response_url")
            said.bot_id, said.app_id, said.thread_ts = team.bot_id, APP, body.get("thread_ts")
            self.keep(said)
        else:
            self.whisper(known.channel, known.user, text, blocks, thread_ts=body.get("thread_ts"), via="response_url")

    def _replace(self, message: Message | None, body: Json, text: str, blocks: list[Json]) -> None:
        if message is None:
            self.problem("A response url without a message was asked to replace or delete its original")
        elif body.get("delete_original"):
            message.deleted = True
            self.note("deleted", ts=message.ts, channel=message.channel)
        elif message.ephemeral_to:
            message.text, message.blocks, message.edited = text, blocks, {"user": message.user, "ts": self.clock.ts()}
            self.note("edited", ts=message.ts, channel=message.channel, text=text)
        else:
            self.edit(message, text, blocks)

    # -- views --------------------------------------------------------------------------------------------------

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
            action = (answer or {}).get("response_action")
            if action == "errors":
                view.errors = dict((answer or {})["errors"])
                self._known_blocks(view)
            elif action == "update":
                self.change_view(view, (answer or {})["view"])
            elif action == "push":
                self.show_view(view.team, view.user, (answer or {})["view"], "push")
            elif action == "clear":
                for open_ in self.stack(view.user):
                    open_.closed = True
            else:
                view.closed = True
            self.note("view_answered", id=view.id, action=action or "close")

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

    # -- coming and going ---------------------------------------------------------------------------------------

    def uninstall(self, team: str) -> None:
        """Let a workspace throw the app out: its tokens die, `tokens_revoked` and `app_uninstalled` are sent."""
        with self.changed:
            home = self.teams[team]
            home.installed = False
            dead = [t for t in self.tokens.values() if t.team == team and not t.revoked]
            for token in dead:
                token.revoked = True
        self.emit({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [home.bot]}}, team)
        self.emit({"type": "app_uninstalled"}, team)

    def archive(self, channel: str) -> None:
        """Archive a channel: nobody can write in it."""
        with self.changed:
            self.channels[channel].archived = True

    def kick(self, channel: str, user: str) -> None:
        """Take somebody (the bot, say) out of a channel."""
        with self.changed:
            self.channels[channel].members.discard(user)

    def status(self, channel: str, thread_ts: str) -> str | None:
        """What the agent session of a thread stands at; None if there is none."""
        session = self.sessions.get((channel, thread_ts))
        return session.status if session else None

    def snapshot(self) -> dict[str, Any]:
        """Count what there is: for a page or a failed test's message."""
        kept = [m for c in self.channels.values() for m in c.messages.values()]
        return {"messages": len(kept), "files": len(self.files), "problems": list(self.problems)}
