"""App Home: what waits for a person, their jobs, what was finished last, and the settings."""

from __future__ import annotations

from collections.abc import Iterable

from bot.surfaces.slack import manifest as ids
from bot.surfaces.slack.blocks.parts import Dict, actions, button, context, divider, header, label, section
from bot.surfaces.slack.blocks.text import date, is_address, line
from bot.surfaces.slack.views import HomeJob, HomeView

MOST = 10
"""Jobs in one list."""


def home(view: HomeView) -> Dict:
    """Return the view of App Home."""
    blocks = [
        *_list("Waiting for you", view.waiting, "Nothing waits for you."),
        divider(),
        *_list("Your videos in the making", view.mine, "None at the moment. Drop footage in a channel and mention me."),
        divider(),
        *_list("Finished last", view.results, "Nothing yet."),
        divider(),
        _buttons(),
    ]
    return {"type": "home", "blocks": blocks}


def _list(title: str, jobs: Iterable[HomeJob], nothing: str) -> list[Dict]:
    known = list(jobs)
    rows = [_row(job) for job in known[:MOST]] or [context(nothing)]
    rest = len(known) - MOST
    return [header(title), *rows, *([context(f"and {rest} more")] if rest > 0 else [])]


def _row(job: HomeJob) -> Dict:
    when = f" · {date(job.when)}" if job.when else ""
    told = f"*{line(job.title)}*\n{line(job.word)}{when} · job {line(job.job)}"
    opens = {"type": "button", "action_id": ids.OPEN, "text": label("Open the thread"), "url": job.link}
    return section(told, opens if is_address(job.link) else None)


def _buttons() -> Dict:
    return actions(
        "home:0",
        button(ids.NEW, "New video edit", "new", "primary"),
        {
            "type": "conversations_select",
            "action_id": ids.SETTINGS,
            "placeholder": label("Settings of a channel…"),
            "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        },
    )
