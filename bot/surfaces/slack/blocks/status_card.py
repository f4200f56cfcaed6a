"""The live card of a job: where it is, what it has, what a person can do about it now."""

from __future__ import annotations

from bot.surfaces.slack import manifest as ids
from bot.surfaces.slack.blocks.parts import Dict, actions, button, confirm, context, header, message, section, task
from bot.surfaces.slack.blocks.text import bytes_of, counted, line, mention, money
from bot.surfaces.slack.views import FileView, JobView, StepView
from kernel.worker.progress import time_left

WORDS = {
    "pending": "Getting ready",
    "processing": "Working",
    "review_required": "Waiting for an answer",
    "completed": "Done",
    "failed": "Stopped by a problem",
    "paused": "Paused",
    "cancelled": "Cancelled",
}
"""What each state of a job is called."""
MARKS = {"pending": "next", "in_progress": "now", "complete": "done", "error": "stopped"}
MOST = 8
"""Steps of one card."""
FILES = 10
"""Files that are named on a card."""


def status_card(view: JobView, plain: bool = False) -> Dict:
    """Return a job's card.

    Args:
        plain: draw the steps as lines of text, for where a plan is not taken.
    """
    steps = (_lines(view) if plain else _plan(view)) if view.steps else []
    below = [context(*filter(None, (standing(view), _account(view))))]
    return message(_spoken(view), [header(view.title), *steps, *_files(view), *below, *_buttons(view)])


def _spoken(view: JobView) -> str:
    return f"{line(view.title)}: {standing(view)}"


def standing(view: JobView) -> str:
    """Say how it stands: Step 3 of 6 · rendering the final 42 % · about 2 min left."""
    told = {
        "review_required": f"Waiting {line(view.waits) or 'for an answer'}",
        "completed": "Done",
        "failed": f"Stopped by a problem: {line(view.why, 600)}" if view.why else "Stopped by a problem",
        "paused": f"Paused{_by(view)}. Nothing is lost: Resume goes on from here.",
        "cancelled": f"Cancelled{_by(view)}. What was made so far is kept; `start over` begins anew.",
        "pending": _owed(view),
    }
    return told.get(view.status) or _moving(view)


def _moving(view: JobView) -> str:
    share = f" {int(view.share * 100)} %" if view.share else ""
    told = [
        f"Step {view.number} of {len(view.steps)}" if view.number and view.steps else "Working",
        f"{line(view.doing)}{share}" if view.doing else "",
        time_left(view.left) if view.left and view.share else "",
    ]
    return " · ".join(filter(None, told))


def _owed(view: JobView) -> str:
    """Say what is missing before anything can begin."""
    if view.steps:
        return "Ready to go on"
    if any(file.state == "waiting" for file in view.files):
        return "Fetching the footage"
    ready = any(file.state == "ready" for file in view.files)
    return "I have the footage: say what to make of it" if ready else "Drop footage here and say what to make of it"


def _by(view: JobView) -> str:
    return f" by {mention(view.by)}" if view.by else ""


def _account(view: JobView) -> str:
    """Say what it cost so far, and by which name commands know it."""
    if not view.job:
        return ""
    spent = f"{money(view.spent)} of {money(view.budget)} spent · " if view.budget and view.spent else ""
    return f"{spent}job {line(view.job)}"


def _plan(view: JobView) -> list[Dict]:
    tasks = [task(step.name, step.label, step.state, step.note) for step in view.steps[:MOST]]
    return [{"type": "plan", "title": _title(view), "tasks": tasks}]


def _lines(view: JobView) -> list[Dict]:
    rows = [f"[{MARKS[step.state]}] {line(step.label)}{_noted(step)}" for step in view.steps[:MOST]]
    return [section("\n".join(rows))]


def _noted(step: StepView) -> str:
    return f": {line(step.note)}" if step.note else ""


def _title(view: JobView) -> str:
    if view.status == "completed":
        return WORDS[view.status]
    done = sum(step.state == "complete" for step in view.steps)
    return f"{WORDS[view.status]}: {done} of {counted(len(view.steps), 'step')} done"


def _files(view: JobView) -> list[Dict]:
    """Name the files whose fate a person must know; once all are there and the work has begun, only how many."""
    refused = [file for file in view.files if file.state == "refused"]
    waiting = [file for file in view.files if file.state == "waiting"]
    ready = [file for file in view.files if file.state == "ready"]
    if not view.files or view.status in ("completed", "cancelled"):
        return []
    shown = (*refused, *waiting, *(() if view.steps else ready))[:FILES]
    rest = len(view.files) - len(shown)
    if not shown:
        return [context(f"Footage: {line(ready[0].name) if rest == 1 else counted(rest, 'file')}")]
    more = [f"and {counted(rest, 'file')} more"] if rest else []
    return [section("\n".join([*map(_file, shown), *more]))]


def _file(file: FileView) -> str:
    size = f" ({bytes_of(file.size)})" if file.size is not None else ""
    told = {"waiting": "fetching", "ready": "ready", "refused": f"not usable: {line(file.why, 150)}"}
    return f"• {line(file.name, 80)}{size}: {told[file.state]}"


def _buttons(view: JobView) -> list[Dict]:
    if not view.job:
        return []
    cancel = button(ids.CANCEL, "Cancel", view.job, "danger", _sure(view))
    stop, resume = button(ids.STOP, "Stop", view.job), button(ids.RESUME, "Resume", view.job, "primary")
    known = {
        "processing": (stop, cancel),
        "pending": (resume, cancel),
        "review_required": (cancel,),
        "paused": (resume, cancel),
        "failed": (button(ids.RETRY, "Try again", view.job, "primary"), cancel),
    }
    found = known.get(view.status)
    return [actions(f"job:{view.job}:status:0", *found)] if found else []


def _sure(view: JobView) -> Dict:
    return confirm(
        "Cancel this job?",
        f"{view.title} ends for good. What was made so far is kept, but nothing more is made.",
        "Cancel the job",
        "Keep it",
        "danger",
    )
