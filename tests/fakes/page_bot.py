"""A bot for the page: it plays one job with cards of all kinds, on the real Bolt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from slack_bolt.app.async_app import AsyncApp

CUT = "river-cut.mp4"


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def button(name: str, label: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": name, "text": plain(label), "value": f"{name}-1", **more}


def task(name: str, title: str, status: str, note: str = "") -> dict[str, Any]:
    line = {"type": "rich_text_section", "elements": [{"type": "text", "text": note}]}
    more = {"details": {"type": "rich_text", "elements": [line]}} if note else {}
    return {"type": "task_card", "task_id": name, "title": title, "status": status, **more}


SURE = {
    "title": plain("Reject this plan?"),
    "text": {"type": "mrkdwn", "text": "The job ends here. *Nothing* is rendered."},
    "confirm": plain("Reject"),
    "deny": plain("Keep it"),
    "style": "danger",
}
STATUS = [
    {"type": "header", "text": plain("Edit: the river, 30 seconds")},
    {
        "type": "plan",
        "title": "Working: 2 of 4 steps done",
        "tasks": [
            task("a", "Look at the footage", "complete", "2 clips, 1:12 in all"),
            task("b", "Write the story", "complete"),
            task("c", "Cut", "in_progress", "scene 3 of 7"),
            task("d", "Captions and sound", "pending"),
        ],
    },
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "Step 3 of 4 · about 2 min left · job `12ab34cd`"}]},
    {"type": "actions", "elements": [button("stop", "Stop"), button("cancel", "Cancel", style="danger", confirm=SURE)]},
]
DOWNLOADS = {
    "type": "overflow",
    "action_id": "more",
    "options": [{"text": plain("Captions (SRT)"), "value": "srt"}, {"text": plain("Timeline (OTIO)"), "value": "otio"}],
}
LOOK = {
    "type": "static_select",
    "action_id": "look",
    "placeholder": plain("Caption style"),
    "options": [{"text": plain("Bold yellow"), "value": "bold"}, {"text": plain("Quiet white"), "value": "quiet"}],
}
PLAN = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Plan v1* is ready.\n> A river wakes, a town follows."}},
    {
        "type": "section",
        "fields": [
            {"type": "mrkdwn", "text": f"*{name}*\n{value}"}
            for name, value in (("Length", "0:30"), ("Cuts", "11"), ("Cost", "about $0.40"), ("Render", "about 4 min"))
        ],
    },
    {"type": "divider"},
    {
        "type": "actions",
        "elements": [
            button("approve", "Approve and render", style="primary"),
            button("change", "Change…"),
            button("reject", "Reject", style="danger", confirm=SURE),
            LOOK,
            DOWNLOADS,
        ],
    },
]
STEPS = [{"text": plain(name), "value": name.lower()} for name in ("Story", "Cut", "Captions")]
FORM = {
    "type": "modal",
    "callback_id": "change",
    "title": plain("Change the plan"),
    "submit": plain("Send"),
    "blocks": [
        {
            "type": "input",
            "block_id": "words",
            "label": plain("What shall be different?"),
            "hint": plain("As you would say it to an editor."),
            "element": {"type": "plain_text_input", "action_id": "words", "multiline": True},
        },
        {
            "type": "input",
            "block_id": "step",
            "optional": True,
            "label": plain("From which step?"),
            "element": {"type": "radio_buttons", "action_id": "step", "options": STEPS},
        },
        {
            "type": "input",
            "block_id": "who",
            "optional": True,
            "label": plain("Who may approve?"),
            "element": {"type": "multi_users_select", "action_id": "who"},
        },
    ],
}
HOME = [
    {"type": "header", "text": plain("Your videos")},
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Waiting for you*\nPlan v1 of the river film"}},
    {"type": "actions", "elements": [button("change", "New video", style="primary")]},
]


class Editor:
    """A bot that plays one job: status card, plan, change, approval, the film."""

    def __init__(self, film: Path) -> None:
        self.film = film

    def dress(self, app: AsyncApp) -> None:
        """Put its listeners on."""
        app.event("app_mention")(self.begin)
        app.event("app_home_opened")(self.home)
        app.event("agent_session_stopped")(self.stopped)
        app.event("message")(self.nothing)
        app.action("approve")(self.approve)
        app.action("change")(self.change)
        app.action("reject")(self.reject)
        app.action("look")(self.look)
        app.view("change")(self.changed)
        app.shortcut("job_new")(self.change)
        app.command("/rushes")(self.command)

    async def nothing(self) -> None:
        """Hear, and do nothing."""

    async def begin(self, event: Any, client: Any) -> None:
        place = {"channel": event["channel"], "thread_ts": event["ts"]}
        await self._status(client, event["channel"], event["ts"], "processing")
        await client.chat_postMessage(**place, text="Step 3 of 4", blocks=STATUS)
        await client.chat_postMessage(**place, text="Plan v1 is ready", blocks=PLAN)

    async def stopped(self, event: Any, client: Any) -> None:
        await self._status(client, event["channel"], event["thread_ts"], "suspended")

    async def _status(self, client: Any, channel: str, root: str, status: str) -> None:
        await client.agents_sessions_setStatus(
            channel_id=channel, thread_ts=root, status=status, title="Edit: the river"
        )

    async def home(self, event: Any, client: Any) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": HOME})

    async def approve(self, ack: Any, body: Any, client: Any) -> None:
        await ack()
        place, who = body["container"], body["user"]["id"]
        told = f"*Approved* by <@{who}> at <!date^1795270000^{{time}}|noon>"
        await client.chat_update(
            channel=place["channel_id"],
            ts=place["message_ts"],
            text="Approved",
            blocks=[PLAN[0], PLAN[1], {"type": "context", "elements": [{"type": "mrkdwn", "text": told}]}],
        )
        await client.files_upload_v2(
            channel=place["channel_id"],
            thread_ts=place["thread_ts"],
            file=str(self.film),
            filename=CUT,
            title="v1 · 0:03",
        )

    async def change(self, ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    async def changed(self, ack: Any, view: Any) -> None:
        words = view["state"]["values"]["words"]["words"]["value"]
        if len(words) < 3:
            await ack(response_action="errors", errors={"words": "Say a little more, at least three letters."})
        else:
            await ack()

    async def reject(self, ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="Only <@U0000000004> may reject this.", replace_original=False)

    async def look(self, ack: Any, respond: Any, action: Any) -> None:
        await ack()
        await respond(text=f"Captions: {action['selected_option']['text']['text']}", replace_original=False)

    async def command(self, ack: Any) -> None:
        await ack("*No jobs yet.* Mention me with footage to begin.")
