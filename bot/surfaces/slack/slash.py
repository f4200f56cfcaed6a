"""`/rushes`: answered at once, to whoever typed it alone. What changes a job becomes a turn of that job's thread."""

from __future__ import annotations

from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.commands import Command, Name, read_command
from bot.house_rules import rules_at, rules_text
from bot.surfaces.slack.blocks.answers import help_text, private
from bot.surfaces.slack.blocks.parts import Dict, message, section
from bot.surfaces.slack.blocks.text import counted, line, link
from bot.surfaces.slack.clicks import STRANGER, open_form
from bot.surfaces.slack.desk import Desk, Listener
from bot.surfaces.slack.home_reader import thread_link, word
from bot.surfaces.slack.intake import SURFACE, Body, Place, Taken, stranger, team_of
from bot.surfaces.slack.plain import words
from bot.surfaces.slack.settings import settings_form
from kernel.document import Value
from kernel.errors import NotFound, PersonError
from kernel.store.records import Conversation, Job, Turn

MANY = 1000
"""Threads and jobs that are looked through, newest first."""
MOST = 10
"""Jobs in one answer."""
DOING = {
    "cancel": "I am asked to cancel",
    "rerun": "I am asked to change",
    "stop": "I stop",
    "pause": "I stop",
    "resume": "I go on with",
}
"""What changes a job, and how that is answered."""
ENDS: dict[str, Name] = {"cancel": "cancel", "stop": "pause", "pause": "pause", "resume": "resume"}
WISHED = "Say what to change too: `/rushes rerun JOB captions: bigger, yellow`."
NAMED = "Say which job: `/rushes status` lists them with their ids."
NOBODYS = "There is no job of yours with this id here: `/rushes status` lists yours."


class Asked(Value):
    """A command as it was typed, and by whom."""

    team: str
    channel: str
    user: str
    trigger: str
    response_url: str
    verb: str
    rest: str
    """What follows the first word."""


def asked(body: Body) -> Asked:
    """Read what was typed."""
    verb, _, rest = words(str(body.get("text") or "")).partition(" ")
    return Asked(
        team=team_of(body),
        channel=str(body["channel_id"]),
        user=str(body["user_id"]),
        trigger=str(body["trigger_id"]),
        response_url=str(body.get("response_url") or ""),
        verb=verb.lower() or "help",
        rest=rest.strip(),
    )


def slash(desk: Desk) -> Listener:
    """Return the listener of the command."""

    async def rushes(ack: AsyncAck, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient) -> None:
        said = asked(body)
        if stranger(body, desk.own(context).friends):
            await ack(**private(STRANGER))
            return
        try:
            await ack(**await _answered(desk, said))
        except PersonError as error:
            await ack(**private(str(error)))
        if said.verb in ("rules", "settings"):
            form = await desk.reading(settings_form, desk.app.services.store, said.team, said.channel)
            await open_form(client, said.trigger, form)

    return rushes


async def _answered(desk: Desk, said: Asked) -> Dict:
    if said.verb in ("status", "rules", "settings"):
        reader = _status if said.verb == "status" else _rules
        return await desk.reading(reader, desk, said)
    if said.verb in DOING:
        return await _changed(desk, said)
    return help_text()


def _status(desk: Desk, said: Asked) -> Dict:
    """Return the newest jobs of a person, and of the channel that they are in."""
    rows = [_row(desk, *found) for found in _jobs(desk, said)]
    if not rows:
        return private("You have no jobs yet: mention me in a channel with your footage and say what to make of it.")
    return message(counted(len(rows), "job"), [section(row) for row in rows])


def _jobs(desk: Desk, said: Asked) -> list[tuple[Job, Conversation]]:
    store = desk.app.services.store
    known = {one.id: one for one in store.conversations.begun(SURFACE, f"{said.team}:", MANY)}
    jobs = [job for job in store.jobs.list(MANY) if job.conversation in known]
    return [(j, known[j.conversation]) for j in jobs if _may_see(j, known[j.conversation], said)][:MOST]


def _may_see(job: Job, here: Conversation, said: Asked) -> bool:
    """Say whether a person is told of a job: their own, and those of the channel that they type in."""
    return job.asker == said.user or here.address.split(":")[1] == said.channel


def _row(desk: Desk, job: Job, here: Conversation) -> str:
    state = word(desk.app.office, job, desk.app.office.jobs.status(job))
    return f"{link(thread_link(here.address), job.title)}\n{line(state)} · job {job.id[:8]}"


def _rules(desk: Desk, said: Asked) -> Dict:
    rules = rules_at(desk.app.services.store, SURFACE, f"{said.team}:{said.channel}")
    return private(rules_text(rules, SURFACE), rules.approvers)


async def _changed(desk: Desk, said: Asked) -> Dict:
    """Keep what was asked as a turn of the job's thread, and say so."""
    name, _, wish = said.rest.partition(" ")
    if not name:
        return private(NAMED)
    if said.verb == "rerun" and not wish.strip():
        return private(WISHED)
    job, here = await desk.reading(_one, desk, said, name)
    turn = _turn(said, here, wish.strip())
    await desk.keeper.keep(Taken(place=_place(here), turn=turn))
    text = f"{DOING[said.verb]} {link(thread_link(here.address), job.title)}; how it goes stands in its thread."
    return message(text, [section(text)])


def _one(desk: Desk, said: Asked, name: str) -> tuple[Job, Conversation]:
    """Return the job that a person names.

    Raises:
        NotFound: there is none, or none that they may know of.
    """
    store = desk.app.services.store
    job = store.jobs.get(name)
    here = store.conversations.get(job.conversation) if job.conversation else None
    if here is None or here.surface != SURFACE or not here.address.startswith(f"{said.team}:"):
        raise NotFound(NOBODYS)
    if not _may_see(job, here, said):
        raise NotFound(NOBODYS)
    return job, here


def _place(here: Conversation) -> Place:
    team, channel, root = here.address.split(":")
    return Place(team=team, channel=channel, root=root)


def _turn(said: Asked, here: Conversation, wish: str) -> Turn:
    command = _command(said, wish)
    where = {"message_ts": "", "user": said.user, "response_url": said.response_url, "team": said.team}
    place = {**where, "channel": _place(here).channel, "thread_ts": _place(here).root}
    kept = {"command": command.model_dump(mode="json"), "token": "", "how": "typed"} if command else {"settings": {}}
    return Turn(
        id=f"{SURFACE}:{said.team}:command:{said.trigger}",
        conversation="",
        surface=SURFACE,
        author=said.user,
        kind="button" if command else "message",
        text="" if command else wish,
        payload={**kept, "place": place},
    )


def _command(said: Asked, wish: str) -> Command | None:
    """Return what is asked for; None where the editor is to find out which steps the words touch."""
    if said.verb == "rerun":
        named = read_command(f"rerun {wish}", frozenset())
        return named if named and named.name == "rerun" else None
    return Command(name=ENDS[said.verb])
