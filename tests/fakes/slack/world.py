"""The world of the stand-in: one state, and everything that happens to it.

Two sides work on it. The app's side comes over HTTP (`methods`, `storage`); the people's side calls `say`, `interact`
and `command`. Between them stand transports: `world.transports` is a list of callables, and each delivery (event,
interaction, command) is handed to the one registered last, so that a test may put HTTP mode in front of the socket.
Every method may be called from any thread; none waits for the app. After a view_submission was acknowledged, whoever
sent it calls `answer_view`; after a command, `respond` with the id of its response url.
"""

from __future__ import annotations

import secrets

from tests.fakes.slack import blockcheck
from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.looks import KINDS
from tests.fakes.slack.modals import Modals
from tests.fakes.slack.passes import ResponseUrl
from tests.fakes.slack.state import APP
from tests.fakes.slack.things import Channel, Json, Message, Team

RESPONSE_URL_LIVES = 1800.0
RESPONSE_URL_USES = 5
RESPONSE_FIELDS = {
    *("text", "blocks", "response_type", "replace_original", "delete_original", "thread_ts", "metadata"),
    *("attachments", "unfurl_links", "unfurl_media"),
}
OUTSIDE_CHANNELS = {"app_uninstalled", "tokens_revoked", "team_rename"}


class World(Modals):
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
            "team_id": None if team.by_org else team.id,  # java-slack-sdk#923, bolt-python's own payloads
            "user_id": team.bot,
            "is_bot": True,
            "is_enterprise_install": team.by_org,
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
            "team": None if home.by_org else {"id": team, "domain": home.name},  # bolt-python#23, #708
            "enterprise": {"id": home.enterprise, "name": "org"} if home.enterprise else None,
            "token": "verification",
            "api_app_id": APP,
            "is_enterprise_install": home.by_org,
        }
        return self.deliver(Delivery("interactive", {**common, **payload}, team))

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
            "is_enterprise_install": str(home.by_org).lower(),
            **({"enterprise_id": home.enterprise, "enterprise_name": "org"} if home.enterprise else {}),
        }
        return self.deliver(Delivery("slash_commands", {**common, **payload}, team))

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

    # -- response urls -----------------------------------------------------------------------------

    def response_url(self, team: str, user: str, channel: str, message: Message | None = None) -> str:
        """Mint a response url; `message` is the one that was clicked (None for a command or a shortcut)."""
        with self.changed:
            made = ResponseUrl(secrets.token_hex(12), team, user, channel, self.clock.slack(), message)
            self.response_urls[made.id] = made
            return f"{self.url}actions/{team}/{made.id}"

    def respond(self, id_: str, body: Json) -> str:
        """Do what a POST to a response url (or a command's answer) says, and hand over Slack's answer's text.

        `replace_original`, `delete_original`, `response_type` (`ephemeral` unless `in_channel`), `thread_ts`.

        Returns:
            `ok`, or `expired_url`, `used_url`, `invalid_blocks`: then nothing was done.
        """
        with self.changed:
            known = self.response_urls.get(id_)
            if known is None or self.clock.slack() - known.made > RESPONSE_URL_LIVES:
                return "expired_url"
            if known.uses >= RESPONSE_URL_USES:
                return "used_url"
            known.uses += 1
            if not body.get("delete_original") and not self._fit(body):
                return "invalid_blocks"
            self._responded(known, body)
            return "ok"

    def _fit(self, body: Json) -> bool:
        """Whether Slack would show an answer; what is wrong with it, or unwise, is a problem."""
        unknown = [f"unknown argument {key}" for key in sorted(set(body) - RESPONSE_FIELDS)]
        missing = [] if body.get("text") else ["text is missing"]
        unwise = [f"text: {wrong}" for wrong in blockcheck.text_problems(str(body.get("text") or ""))]
        wrong = blockcheck.message(body.get("blocks") or [])
        for complaint in [*unknown, *missing, *unwise, *wrong]:
            self.problem(f"response_url: {complaint}")
        return not wrong

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
