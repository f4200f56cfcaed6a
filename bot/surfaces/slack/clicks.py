"""What people press: buttons that do something, buttons that open a form, and the forms that come back."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.surfaces.slack import forms, intake, settings
from bot.surfaces.slack import manifest as m
from bot.surfaces.slack.blocks import modals
from bot.surfaces.slack.desk import TROUBLES, Desk, Listener, log, tell, whisper
from bot.surfaces.slack.roots import Roots
from bot.surfaces.slack.settings import settings_form

ELSEWHERE = "This button belongs to another thread."
FORM_ELSEWHERE = "This form belongs to another thread: open it again from the newest card."
STRANGER = "You are a guest or in another workspace, so I may not do that for you: ask somebody of this one."
UNKNOWN = "I do not know this button any more: look at the newest card in this thread, or write `status`."
LATE = "Slack would not open the form: press the button once more."
ANYTHING = re.compile(".*", re.DOTALL)


def add_to(bolt: AsyncApp, desk: Desk, roots: Roots) -> None:
    """Register the listeners; what nobody knows is answered too."""
    for name, listener in actions(desk).items():
        bolt.action(name)(listener)
    for name, listener in views(desk, roots).items():
        bolt.view(name)(listener)
    bolt.action(ANYTHING)(_unknown)
    bolt.view(ANYTHING)(_unknown_form)


def actions(desk: Desk) -> dict[str, Listener]:
    """Return the listeners of buttons and lists, by their ids."""
    pressed, opens = _pressed(desk), _opens(desk)
    own: dict[str, Listener] = {m.OPEN: _nothing, m.NEW: new_job, m.SETTINGS: _opens_settings(desk)}
    return {**dict.fromkeys(intake.COMMANDS, pressed), **dict.fromkeys(forms.OPENERS, opens), **own}


def views(desk: Desk, roots: Roots) -> dict[str, Listener]:
    """Return the listeners of forms that were sent off, by their ids."""
    sent = _sent(desk)
    asking = dict.fromkeys((m.CHANGE_VIEW, m.RERUN_VIEW, m.REJECT_VIEW), sent)
    return {**asking, m.JOB_VIEW: _job_sent(roots), m.SETTINGS_VIEW: _settings_sent(desk)}


def _pressed(desk: Desk) -> Listener:
    async def pressed(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, respond: AsyncRespond) -> None:
        """A button that does something: it was kept before this."""
        await ack()
        if context.get("kept") is None:
            why = STRANGER if intake.stranger(body, desk.own(context).friends) else ELSEWHERE
            await tell(respond, why, forms.about_click(body).root)

    return pressed


def _opens(desk: Desk) -> Listener:
    async def opens(
        ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient, respond: AsyncRespond
    ) -> None:
        """A button that opens a form; at once, since Slack lets it open for three seconds."""
        await ack()
        about = forms.about_click(body)
        if intake.stranger(body, desk.own(context).friends):
            await tell(respond, STRANGER, about.root)
            return
        form = forms.OPENERS[body["actions"][0]["action_id"]](about.packed())
        if not await open_form(client, body["trigger_id"], form):
            await tell(respond, LATE, about.root)

    return opens


async def open_form(client: AsyncWebClient, trigger: str, form: dict[str, Any]) -> bool:
    """Open a form; return whether Slack let it open."""
    try:
        await client.views_open(trigger_id=trigger, view=form)
    except TROUBLES as error:
        log.info("A form could not be opened: %s", type(error).__name__)
        return False
    return True


async def new_job(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
    """The form of a new job, from App Home or by the shortcut."""
    await ack()
    await open_form(client, body["trigger_id"], modals.job_modal())


def _opens_settings(desk: Desk) -> Listener:
    async def opens(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        """A channel was chosen in App Home."""
        await ack()
        channel = str(body["actions"][0].get("selected_conversation") or "")
        if channel:
            form = await desk.reading(settings_form, desk.app.services.store, intake.team_of(body), channel)
            await open_form(client, body["trigger_id"], form)

    return opens


def _settings_sent(desk: Desk) -> Listener:
    async def sent(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        """The rules of a channel: kept, then acknowledged; whoever set them is told what holds now."""
        store = desk.app.services.store
        found = await desk.reading(settings.faults, store, body)
        if found:
            await ack(response_action="errors", errors=found)
            return
        text = await desk.keeper.write(settings.keep, store, body)
        await ack()
        desk.errand(whisper(client, str(body["user"]["id"]), text, forms.about(body["view"]).channel))

    return sent


def _sent(desk: Desk) -> Listener:
    async def sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        """A form of a thread: kept, then acknowledged."""
        asks = body["view"]["callback_id"] != m.REJECT_VIEW
        found = forms.wrong(body["view"]) if asks else {}
        if not found and await desk.keeper.keep(forms.sent(body)) is None:
            found = {modals.WORDS: FORM_ELSEWHERE}
        if found:
            await ack(response_action="errors", errors=found)
        else:
            await ack()

    return sent


def _job_sent(roots: Roots) -> Listener:
    async def job_sent(ack: AsyncAck, body: dict[str, Any]) -> None:
        """A new job: kept, then acknowledged; its thread is opened after that."""
        values = forms.answers(body["view"])
        if len(str(values.get(modals.BRIEF) or "").strip()) < modals.LEAST:
            await ack(response_action="errors", errors={modals.BRIEF: "Say in a few words what to make."})
            return
        await roots.keep(body, values)
        await ack()

    return job_sent


async def _nothing(ack: AsyncAck) -> None:
    await ack()


async def _unknown(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
    await ack()
    if not str(body["actions"][0].get("url", "")):
        await tell(respond, UNKNOWN, forms.about_click(body).root)


async def _unknown_form(ack: AsyncAck) -> None:
    await ack()
