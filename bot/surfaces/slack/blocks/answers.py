"""Words in a thread: answers, failures, deliveries, help, reminders, what one person alone is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.surfaces.slack import manifest as ids
from bot.surfaces.slack.blocks.gates import downloads
from bot.surfaces.slack.blocks.parts import Dict, actions, button, confirm, context, feedback, header, message, section
from bot.surfaces.slack.blocks.text import (
    line,
    listed,
    mention,
    mentions,
    money,
    percent,
    pieces,
    prose,
)
from bot.surfaces.slack.views import DeliveryView, FailureView
from bot.wording import bare, capital

ROOM = 2700
"""Characters of a paragraph of an answer: room is left for mentions."""
HELP = (
    "Drop footage here and say what to make of it, in your own words. I edit it, show you a preview, and render the "
    "final once you approve.",
    "*In the thread of a job*\n"
    "• Say what to change: “shorter, and the captions bigger”, or “0:12 is slow”\n"
    "• `approve` says yes to what was shown last; `reject` says no\n"
    "• `rerun captions: bigger, yellow` makes one step anew; so do `sound`, `titles` and `plan`\n"
    "• `stop` pauses the job, `resume` goes on, `cancel` ends it\n"
    "• `start over: 20 seconds, square` ends it too, and makes another of the same footage\n"
    "• `status` says how everything stands",
    "*Anywhere*\n"
    "• `/rushes status` lists your jobs\n"
    "• `/rushes cancel JOB` ends one, `/rushes rerun JOB what to change` changes one; JOB is what its card says "
    "behind “job”\n"
    "• `/rushes rules` shows and sets what holds in a channel: approvers, brand, names, captions\n"
    "• `/rushes help` shows this",
)


def answer(text: str, people: Sequence[str] = ()) -> Dict:
    """Return what the bot says: its own words or a model's, harmless, in as many paragraphs as they need.

    Args:
        people: ids of those whom the text names as @ and the id; they, and nobody else, are mentioned.
    """
    parts = pieces(text, ROOM) or ["…"]
    return message(_named(prose(text, ROOM), people) or "…", [section(_named(part, people)) for part in parts])


def private(text: str, people: Sequence[str] = ()) -> Dict:
    """Return what one person alone is told; the same words as in a thread."""
    return answer(text, people)


def failure_card(view: FailureView) -> Dict:
    """Return what went wrong, what is kept, what would help, and what to press."""
    why = f"{mention(view.owner)} I got stuck while {line(view.doing)}. {prose(view.why, 1500)}".strip()
    kept = f"*Kept:* {listed([line(thing) for thing in view.kept])}. Nothing of it is made again." if view.kept else ""
    mend = f"*What would help:* {prose(view.mend, 800)}" if line(view.mend) else ""
    told = [section(text) for text in (why, mend, kept) if text]
    error = f" · error {line(view.error)}" if view.error else ""
    foot = [context(f"{line(view.title)} · job {line(view.job)}{error}")]
    spoken = f"{why} {prose(view.mend, 800)}".strip()
    return message(spoken, [header("I need your help"), *told, *foot, _after_failure(view)])


def _after_failure(view: FailureView) -> Dict:
    sure = confirm(
        "Cancel this job?",
        f"{view.title} ends for good. What was made so far is kept, but nothing more is made.",
        "Cancel the job",
        "Keep it",
        "danger",
    )
    return actions(
        f"job:{view.job}:failed:{view.step}",
        button(ids.RETRY, "Try again", view.job, "primary"),
        button(ids.CHANGE, "Change…", view.job),
        button(ids.CANCEL, "Cancel", view.job, "danger", sure),
    )


def delivered(view: DeliveryView) -> Dict:
    """Return the last word on a job: the video is in the thread."""
    title = line(view.title)
    lead = f"{mention(view.owner)} Your video is done: {title}." if view.owner else f"The video is done: {title}."
    stands = f"It is {line(view.video)}, further up in this thread." if view.video else ""
    facts = " · ".join(line(fact) for fact in view.facts)
    score = f"Score {percent(view.total)} of 100" if view.total is not None else ""
    others = f"Also in this thread: {listed([line(other) for other in view.others])}." if view.others else ""
    led = f"{lead} {stands}".strip()
    told = [led, " · ".join(filter(None, (facts, score))), others, *(line(text, 600) for text in view.left[:5])]
    files = downloads(view.token, view.downloads)
    below = [
        context(f"{money(view.spent)} spent · write here if something should still change"),
        *([actions(f"job:{view.job}:delivery:0", *files)] if files else []),
        feedback(ids.FEEDBACK),
    ]
    spoken = " ".join(filter(None, (lead, stands, f"{facts}." if facts else "")))
    return message(spoken, [header("The video is done"), *(section(text) for text in told if text), *below])


def reminder(people: Sequence[str], what: str, number: int = 1) -> Dict:
    """Return a reminder of what waits; the last one says when it expires."""
    lead = f"{mentions(people)} {capital(bare(line(what)))} still waits for your answer."
    last = " It expires a week after it was shown; what was made is kept." if number > 1 else ""
    return message(f"{lead}{last}", [section(f"{lead}{last}")])


def help_text() -> Dict:
    """Return what the bot can do."""
    return message(HELP[0], [section(part) for part in HELP])


def _named(text: str, people: Iterable[str]) -> str:
    """Return a harmless text in which those people are mentioned."""
    for person in people:
        text = re.sub(rf"@{re.escape(person)}(?![A-Z0-9])", mention(person), text)
    return text
