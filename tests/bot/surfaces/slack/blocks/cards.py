"""Views to draw cards from, and what a card reads like: one line for each block."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.surfaces.slack.views import (
    DeliveryView,
    FailureView,
    FileView,
    GateView,
    HomeJob,
    HomeView,
    JobView,
    ScoreView,
    StepView,
    VoteView,
)

WHEN = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
STEPS = (
    StepView(name="footage", label="Looking at the footage", state="complete"),
    StepView(name="plan", label="Writing the edit plan", state="complete", note="v2"),
    StepView(name="preview", label="Rendering the preview", state="complete"),
    StepView(name="master", label="Rendering the final", state="in_progress"),
    StepView(name="scorecard", label="Measuring the final", state="pending"),
    StepView(name="delivery", label="Delivering", state="pending"),
)
JOB = JobView(
    job="a1b2c3d4",
    title="Launch in 30 seconds (talk.mp4)",
    status="processing",
    owner="U1",
    steps=STEPS,
    number=4,
    doing="rendering the final",
    share=0.42,
    left=118.0,
    files=(FileView(name="talk.mp4", size=48_200_000, state="ready"),),
    spent=0.12,
    budget=5.0,
)
PREVIEW = GateView(
    job="a1b2c3d4",
    title="Launch in 30 seconds (talk.mp4)",
    owner="U1",
    step="preview",
    version=2,
    token="t" * 43,
    state="open",
    facts=("0:30 long", "7 shots", "12 captions", "final in 1080×1920, vertical"),
    estimate="I render the final, which takes about 2 min and costs nothing. The job has cost $0.12 so far; its "
    "budget is $5.00.",
    note="The second take had wind in it, so I used the third.",
    lead="I opened on the line about the launch and dropped the weather.",
    people=("U1",),
    downloads=("plan", "captions", "otio", "fcpxml", "log"),
)
SCORES = (
    ScoreView(title="Clarity and resolution", score=0.93, passed=True, why="It is sharp."),
    ScoreView(title="Punchiness", score=0.88, passed=True, why="It moves."),
    ScoreView(title="Retention", score=None, passed=True, why="Nobody measured it."),
    ScoreView(title="Caption readability", score=1.0, passed=True, why="All can be read."),
    ScoreView(title="Brand fit", score=0.61, passed=False, why="The logo is hidden from 0:12 to 0:15."),
    ScoreView(title="Watchability", score=0.85, passed=True, why="It is smooth."),
)
REVIEW = PREVIEW.model_copy(
    update={
        "step": "scorecard",
        "version": 1,
        "lead": "The final is rendered. One thing is not as it should be.",
        "facts": ("0:30 long", "1080×1920, vertical", "18 MB"),
        "estimate": "I deliver the video in this thread, at no cost. The job has cost $0.12 so far; its budget is "
        "$5.00.",
        "note": "",
        "scores": SCORES,
        "total": 0.86,
        "passed": False,
        "failed": "Brand fit did not pass: The logo is hidden from 0:12 to 0:15.",
    }
)
GENERAL = PREVIEW.model_copy(update={"step": "plan", "facts": (), "note": "", "estimate": ""})
ENDINGS: dict[str, dict[str, Any]] = {
    "open": {},
    "approved": {"by": "U2", "when": WHEN, "words": "Lovely."},
    "rejected": {"by": "U2", "when": WHEN, "words": "Too slow."},
    "changing": {"by": "U2", "when": WHEN, "words": "Shorter,\nand captions bigger."},
    "superseded": {"successor": 3, "by": "U2", "when": WHEN, "words": "Shorter."},
    "expired": {},
    "cancelled": {"by": "U1"},
}
GATES = {
    f"{name} {state}": view.model_copy(update={"state": state, **more})
    for name, view in {"preview": PREVIEW, "review": REVIEW, "general": GENERAL}.items()
    for state, more in ENDINGS.items()
}
JOBS = {
    "processing": JOB,
    "pending": JOB.model_copy(update={"status": "pending"}),
    "review_required": JOB.model_copy(update={"status": "review_required", "waits": "for an answer to preview v2"}),
    "completed": JOB.model_copy(update={"status": "completed"}),
    "failed": JOB.model_copy(update={"status": "failed", "why": "talk.mp4 has no picture."}),
    "paused": JOB.model_copy(update={"status": "paused", "by": "U2"}),
    "cancelled": JOB.model_copy(update={"status": "cancelled", "by": "U2"}),
    "new": JobView(title="A new video", status="pending"),
    "fetching": JobView(
        title="A new video",
        status="pending",
        files=(
            FileView(name="one.mp4", size=1_200_000, state="ready"),
            FileView(name="two.mov", state="waiting"),
            FileView(name="song.doc", size=900, state="refused", why="It is no video, sound or picture."),
        ),
    ),
}
VOTED = PREVIEW.model_copy(
    update={"people": ("U1", "U2", "U3"), "needed": 2, "votes": (VoteView(by="U2", verdict="approved"),)}
)
FAILURE = FailureView(
    job="a1b2c3d4",
    title="Launch in 30 seconds (talk.mp4)",
    owner="U1",
    step="master",
    doing="rendering the final",
    why="It took longer than I allow for a video of this length.",
    kept=("your footage", "the edit plan v2", "the preview v2"),
    mend="Press Try again, or ask for a shorter video.",
    error="0a1b2c3d",
)
DELIVERY = DeliveryView(
    job="a1b2c3d4",
    title="Launch in 30 seconds (talk.mp4)",
    owner="U1",
    facts=("0:30 long", "1080×1920, vertical"),
    spent=0.12,
    video="final-v2.mp4",
    others=("gif (4.00 s, 480x270, 2.1 MB)",),
    left=("The GIF has no sound.",),
    total=0.94,
    token="t" * 43,
    downloads=("plan", "captions"),
)
ROW = HomeJob(
    job="a1b2c3d4",
    title="Launch <in> 30 seconds",
    word="Working",
    link="https://app.slack.com/client/T1/C1/thread/C1-1.2",
    when=WHEN,
)
HOME = HomeView(user="U1", mine=(ROW,), waiting=(ROW,), results=(ROW,) * 10)


def readable(message: dict[str, Any]) -> str:
    """Return a message or a view as plain lines."""
    spoken = [f"TEXT {message['text']}"] if "text" in message else []
    return "\n".join([*spoken, *(line for block in message["blocks"] for line in _lines(block))])


def _lines(block: dict[str, Any]) -> list[str]:
    kind = block["type"]
    if kind == "plan":
        rows = [f"  [{t['status']}] {t['title']}{_details(t)}" for t in block["tasks"]]
        return [f"PLAN {block['title']}", *rows]
    if kind == "context_actions":
        ways = ("positive_button", "negative_button")
        return [" ".join(f"[{each[way]['text']['text']}]" for each in block["elements"] for way in ways)]
    if kind == "actions":
        return [" ".join(_pressed(element) for element in block["elements"])]
    if kind == "context":
        return [f"small: {element['text']}" for element in block["elements"]]
    if kind == "section" and "fields" in block:
        return ["  |  ".join(field["text"].replace("\n", ": ") for field in block["fields"])]
    if kind == "input":
        return [f"{block['label']['text']} -> {block['element']['type']}"]
    if kind == "header":
        return [f"# {block['text']['text']}"]
    beside = f" {_pressed(block['accessory'])}" if "accessory" in block else ""
    return [f"{block['text']['text']}{beside}" if kind == "section" else f"--- {kind}"]


def _details(task: dict[str, Any]) -> str:
    if "details" not in task:
        return ""
    return f" ({task['details']['elements'][0]['elements'][0]['text']})"


def _pressed(element: dict[str, Any]) -> str:
    if element["type"] == "button":
        look = {"primary": "*", "danger": "!"}.get(element.get("style", ""), "")
        return f"[{look}{element['text']['text']}]"
    options = [option["text"]["text"] for option in element.get("options", ())]
    return f"[{element['placeholder']['text']}: {', '.join(options)}]"
