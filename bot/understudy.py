"""The orchestrator's understudy: the offline director's ears and mouth, by plain rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.commands import read_command
from experts.edit.brief import Brief
from experts.edit.changes import read_change
from experts.edit.formats import asked, without
from experts.edit.reading import read_brief
from kernel.messages import Reply, Request
from kernel.providers.offline import called, results_of, spoken
from kernel.worker.timelines.files import kind_of

HELLO = "I am the offline director: no model is set up, so I edit by plain rules."
ENDS = {
    "gate": "{steps} is ready and waits for you: approve, reject, or say what to change.",
    "done": "The video is finished and delivered.",
    "failed": "{steps} failed; the reason stands above. Mend it and say `resume`, or say what to change.",
    "paused": "",
    "cancelled": "",
    "stopped": "{steps} is out of date now: `refresh` brings it up to date, `keep STEP` leaves it.",
}
PUZZLED = (
    'I edit by plain rules and do not understand "{words}". I know lengths, shapes, pace, captions, music, titles, '
    '"keep ...", "drop ...", spots such as "0:12 is slow" and files such as "also as gif"; `status` shows how it '
    "all stands."
)

OWNERS = {
    step: re.compile(rf"\b(?:{signs})\b", re.IGNORECASE)
    for step, signs in {
        "captions": r"captions?|subtitles?|bigger|smaller|yellow|(?:upper|lower) ?case|spell\w*"
        r"|karaoke|boxed|marker|pop",
        "sound": r"music|louder|quieter|loudness|volume|mute",
        "titles": r"titles?|lower third|call it|fade",
    }.items()
}
"""Words by which a wish is known as a step's."""


def play(request: Request) -> Reply:
    """Answer a turn by rules, through the orchestrator's own tools."""
    scene = request.scene
    results = results_of(request)
    if results and results[-1].is_error:
        return spoken(results[-1].text)
    if scene["turn"]["kind"] == "event":
        return spoken(_told(scene["turn"]["payload"], scene["told"]))
    if timelines := [file["name"] for file in scene["turn"]["files"] if kind_of(file["name"])]:
        return _edited_elsewhere(timelines, [result.text for result in results if result.name == "import_timeline"])
    if scene["brief"] is None or (scene["status_word"] in ("completed", "cancelled") and scene["turn"]["files"]):
        return _opened(scene, [result.name for result in results])
    return _changed(scene, [result.name for result in results])


def _told(payload: Mapping[str, Any], told: str) -> str:
    text = ENDS.get(payload.get("end", ""), "").format(steps=", ".join(payload.get("steps", ())) or "It")
    more = told.splitlines()[1:] if payload.get("end") == "done" else []
    return "\n".join([text or "Stopped.", *more])


def _edited_elsewhere(files: list[str], told: list[str]) -> Reply:
    """Take in each timeline of a turn, and say what came of them."""
    if len(told) < len(files):
        return called("I take the timeline in.", ("import_timeline", {"timeline": files[len(told)]}))
    return spoken("\n".join(told))


def _opened(scene: Mapping[str, Any], done: list[str]) -> Reply:
    words = _wishes(scene)
    if not scene["files"]:
        return spoken(
            f"{HELLO} Drop the footage here, and say what to make of it, such as: 30 seconds, vertical, captions."
        )
    if not words:
        return spoken(
            f"{HELLO} I have {len(scene['files'])} file(s). What shall I make of it? For example: 30 seconds, vertical."
        )
    if "hand_in" not in done:
        return called("I keep the brief.", ("hand_in", {"brief": read_brief(words, None).body()}))
    if "run_all" not in done:
        return called("I begin.", ("run_all", {}))
    return spoken(f"{HELLO} I read: {_read_back(read_brief(words, None))}. I begin and will show you a preview.")


def _wishes(scene: Mapping[str, Any]) -> str:
    """Return what people said so far about what they want: the turn's words, else the last that were said."""
    said = [scene["turn"]["text"], *(text for role, text in reversed(scene["history"]) if role == "user")]
    return next((text for text in map(_without_files, said) if text and read_command(text, frozenset()) is None), "")


def _without_files(text: str) -> str:
    lines = (line for line in text.splitlines() if not line.startswith(("[file dropped]", "[event]")))
    return "\n".join(lines).strip()


def _read_back(brief: Brief) -> str:
    parts = [
        f"{brief.length:g} seconds" if brief.length else "as long as the material carries",
        brief.shape or "the footage's own shape",
        {True: "captions", False: "no captions", None: "captions where somebody speaks"}[brief.captions],
        *(f"keep {wish}" for wish in brief.keep),
        *(f"drop {wish}" for wish in brief.drop),
        *([f'title "{brief.title}"'] if brief.title else []),
        *(["the strongest line first"] if brief.hook else []),
        *(["music"] if brief.music else []),
        *([f"as {', '.join(brief.formats)} too"] if brief.formats else []),
    ]
    return ", ".join(parts)


def _changed(scene: Mapping[str, Any], done: list[str]) -> Reply:
    words = scene["turn"]["text"].strip()
    if scene["turn"]["files"] and "hand_in" not in done:
        return called("I take the new footage in.", ("hand_in", {"brief": _extended(scene, words)}))
    if "hand_in" in done:
        return called("I go on.", ("run_all", {})) if "run_all" not in done else spoken("I took it in and work on.")
    if not words:
        return spoken("Say what to change, or `status`.")
    formats, rest = asked(words), without(words)
    if formats and (not rest or not _understood(rest)):
        return _in_formats(words, formats, done)
    if "rerun_step" in done:
        return spoken(f"I make it anew: {words}")
    if not _understood(words):
        return spoken(PUZZLED.format(words=words))
    step, start, end = owner_of(rest)
    given = {"step": step, "instructions": rest, "from_seconds": start, "to_seconds": end, "refresh": True}
    also = [("rerun_step", _delivered_as(words))] if formats else []
    return called(f"That is about {step}.", ("rerun_step", given), *also)


def _in_formats(words: str, formats: Sequence[str], done: list[str]) -> Reply:
    """Have the finished cut delivered in other formats as well."""
    if "rerun_step" in done:
        return spoken(f"I deliver it as {', '.join(formats)} as well, beside the mp4.")
    return called("That is about delivery.", ("rerun_step", _delivered_as(words)))


def _delivered_as(words: str) -> dict[str, Any]:
    return {"step": "delivery", "instructions": words, "from_seconds": None, "to_seconds": None, "refresh": True}


def _understood(words: str) -> bool:
    return read_change(words).understood or any(sign.search(words) for sign in OWNERS.values())


def owner_of(words: str) -> tuple[str, float | None, float | None]:
    """Return the step that owns a wish, and the seconds of the cut that it is about; the plan owns the rest."""
    timed = read_change(words).timed
    if timed:
        return "plan", timed[0].start, timed[0].end
    for step, sign in OWNERS.items():
        if sign.search(words):
            return step, None, None
    return "plan", None, None


def _extended(scene: Mapping[str, Any], words: str) -> dict[str, Any]:
    earlier = Brief.read(scene["brief"])
    return read_brief(words, earlier).body() if words else earlier.body()
