"""What the tiny bot of the wires' tests listens to: a card, its buttons, a form, a command."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp

from tests.fakes.slack.people import Person
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import Channel, Posted

FORM = {
    "type": "modal",
    "callback_id": "change",
    "notify_on_close": True,
    "title": {"type": "plain_text", "text": "Change"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": "What?"},
            "element": {"type": "plain_text_input", "action_id": "words", "multiline": True},
        }
    ],
}


def button(name: str, **more: Any) -> dict[str, Any]:
    """A button."""
    return {"type": "button", "action_id": name, "text": {"type": "plain_text", "text": name}, "value": "v", **more}


SURE = {
    "title": {"type": "plain_text", "text": "Sure?"},
    "text": {"type": "plain_text", "text": "It cannot be undone."},
    "confirm": {"type": "plain_text", "text": "Yes"},
    "deny": {"type": "plain_text", "text": "No"},
}
LOOKS = {
    "type": "static_select",
    "action_id": "look",
    "placeholder": {"type": "plain_text", "text": "Look"},
    "options": [{"text": {"type": "plain_text", "text": name.title()}, "value": name} for name in ("warm", "cold")],
}
CARD = [
    {"type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": "A *plan*"}},
    {
        "type": "actions",
        "block_id": "acts",
        "elements": [button("approve"), button("change"), button("reject", confirm=SURE), LOOKS],
    },
]


def dress(app: AsyncApp) -> None:
    """A bot that answers a mention with a card, and each press with something one can see."""
    _hear(app)
    _presses(app)
    _forms(app)


def _hear(app: AsyncApp) -> None:
    @app.event("app_mention")
    async def mentioned(event: Any, say: Any) -> None:
        await say(text="Plan", blocks=CARD, thread_ts=event.get("thread_ts") or event["ts"])

    @app.event("message")
    async def message() -> None:
        pass

    @app.event("agent_session_stopped")
    async def stopped(event: Any, client: Any) -> None:
        await client.agents_sessions_setStatus(
            channel_id=event["channel"], thread_ts=event["thread_ts"], status="active"
        )

    @app.event("app_home_opened")
    async def home(event: Any, client: Any) -> None:
        blocks = [{"type": "actions", "elements": [button("look_at")]}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.command("/rushes")
    async def command(ack: Any, command: Any) -> None:
        await ack(f"You asked for {command['text']}")


def _presses(app: AsyncApp) -> None:
    @app.action("approve")
    async def approve(ack: Any, respond: Any, body: Any) -> None:
        await ack()
        await respond(text=f"Approved by <@{body['user']['id']}>", replace_original=True)

    @app.action("reject")
    async def reject(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="Only the owner may.", response_type="ephemeral", replace_original=False)

    @app.action("change")
    @app.action("look_at")
    async def change(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.action("look")
    async def look(ack: Any, respond: Any, body: Any) -> None:
        await ack()
        chosen = body["state"]["values"]["acts"]["look"]["selected_option"]["value"]
        await respond(text=f"{chosen} it is", replace_original=False, response_type="in_channel")


def _forms(app: AsyncApp) -> None:
    @app.view("change")
    async def changed(ack: Any, view: Any) -> None:
        words = view["state"]["values"]["words"]["words"]["value"]
        if len(words) < 3:
            await ack(response_action="errors", errors={"words": "Say a little more."})
        elif words == "again":
            await ack(response_action="push", view={**FORM, "callback_id": "second", "notify_on_close": False})
        else:
            await ack(response_action="clear")

    @app.view_closed("change")
    async def closed(ack: Any, client: Any, body: Any) -> None:
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text="Another time, then.")

    @app.shortcut("job_new")
    @app.shortcut("job_from_message")
    async def begin(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)


def shown_card(slack: FakeSlack, ann: Person, videos: Channel) -> Posted:
    """Mention the bot, and wait for its card."""
    brief = ann.says(videos, "<@BOT> 30 seconds")
    card: Posted = slack.wait(lambda: next(iter(slack.thread(brief)[1:]), None))
    return card
