"""The orchestrator's understudy: the offline director's ears and mouth, by plain rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.commands import read_command
from bot.replies import SILENT
from bot.smalltalk import is_vague, says_nothing
from bot.wording import capital, thing_of
from experts.edit.brief import Brief
from experts.edit.changes import read_change
from experts.edit.formats import asked, without
from experts.edit.naming import spellings_in, without_spellings
from experts.edit.reading import read_brief
from kernel.fetch import without_mentions
from kernel.fetch.kinds import PICTURES, end_of
from kernel.messages import Reply, Request
from kernel.providers.offline import called, results_of, spoken
from kernel.worker.timelines.files import kind_of

HELLO = "I am the offline director: no model is set up, so I edit by plain rules."
WHAT = "What shall I make of it? For example: 30 seconds, vertical."
FOOTAGE = "Drop the footage here."
BOTH = "Drop the footage here, and say what to make of it, such as: 30 seconds, vertical, captions."
"""What is asked for, once in a conversation."""
DROPPED = "[file dropped]"
MOST = 4000
"""Characters of a message that are read: the rules would be at a longer one for minutes."""
ENDS = {
    "gate": "{things} is ready and waits for you: watch it, then {yes} it or say what to change.",
    "done": "The video is finished and delivered.",
    "failed": "{steps} failed.",
    "paused": "",
    "cancelled": "",
    "stopped": "{steps} is out of date now: `refresh` brings it up to date, `keep STEP` leaves it.",
}
OVER = "That job was cancelled: say what to make instead, and I begin anew with the footage that is here."
USE = re.compile(r"\b(?:use|add|include|insert|put|show|with)\b", re.IGNORECASE)
"""What people do with a picture that is footage."""
PUZZLED = (
    'I edit by plain rules and do not understand "{words}". I know lengths, shapes, pace, captions, music, titles, '
    '"keep ...", "drop ...", spots such as "0:12 is slow" and files such as "also as gif"; `status` shows how it '
    "all stands."
)
ANSWERING = re.compile(r"\W*(?:yes|no|(?:.{0,20}\s)?\W*(?:approved?|accept)\b.{0,30})\W*", re.IGNORECASE)
"""Words that may be meant for a yes or a no to what waits."""
PRESS = "Press the button on its card, or write the one word `approve` or `reject`: nothing else counts for an answer."

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
    names, kept = spellings_in([scene["turn"]["text"]]), [r.text for r in results if r.name == "spell"]
    if len(kept) < len(names):
        return called(
            "I keep the name.", ("spell", {"right": names[len(kept)].right, "wrong": [*names[len(kept)].wrong]})
        )
    if names and not without_spellings(scene["turn"]["text"]) and not scene["turn"]["files"]:
        return spoken("\n".join(kept))
    if scene["brief"] is None or _begins_anew(scene):
        return _opened(scene, [result.name for result in results])
    if scene["status_word"] == "cancelled":
        return spoken(OVER)
    return _changed(scene, [result.name for result in results])


def _begins_anew(scene: Mapping[str, Any]) -> bool:
    """Say whether a turn asks for another video, after the last one was finished or given up."""
    words = _without_files(scene["told"])
    wished = scene["status_word"] == "cancelled" and _is_wish(words) and not is_vague(words)
    return wished or (
        scene["status_word"] in ("completed", "cancelled") and bool(scene["turn"]["files"]) and not _shows(scene)
    )


def _shows(scene: Mapping[str, Any]) -> bool:
    """Say whether the pictures of a turn only show what its words are about: no screenshot beside a note is footage."""
    words = _without_files(scene["told"])
    pictures = all(end_of(file["name"]) in PICTURES for file in scene["turn"]["files"])
    return pictures and not USE.search(words) and _understood(words)


def _told(payload: Mapping[str, Any], told: str) -> str:
    steps = payload.get("steps", ())
    things = capital(" and ".join(map(thing_of, steps)) or "it")
    yes = "accept" if "scorecard" in steps else "approve"
    text = ENDS.get(payload.get("end", ""), "").format(steps=", ".join(steps) or "It", things=things, yes=yes)
    more = told.splitlines()[1:] if payload.get("end") in ("done", "failed") else []
    if payload.get("end") == "failed" and more:
        return "\n".join(more)
    return "\n".join([text or "Stopped.", *more])


def _edited_elsewhere(files: list[str], told: list[str]) -> Reply:
    """Take in each timeline of a turn, and say what came of them."""
    if len(told) < len(files):
        return called("I take the timeline in.", ("import_timeline", {"timeline": files[len(told)]}))
    return spoken("\n".join(told))


def _opened(scene: Mapping[str, Any], done: list[str]) -> Reply:
    wishes = _wishes(scene)
    if not scene["files"] or not wishes:
        return spoken(_asked(scene, wishes))
    brief = _brief(wishes)
    if "hand_in" not in done:
        return called("I keep the brief.", ("hand_in", {"brief": brief.body()}))
    if "run_all" not in done:
        return called("I begin.", ("run_all", {}))
    return spoken(f"{HELLO} I read: {_read_back(brief)}. I begin and will show you a preview.")


def _asked(scene: Mapping[str, Any], wishes: Sequence[str]) -> str:
    """Ask for what is missing, once in a conversation; after that say in a few words what is here."""
    count = len(scene["files"])
    so_far = f"Got it: {count} file{'s' if count > 1 else ''} so far." if count else ""
    if not count:
        short, question = ("Got it: now the footage.", FOOTAGE) if wishes else ("", BOTH)
        known = bool(wishes) and (_was_asked(scene, FOOTAGE) or _was_asked(scene, BOTH))
    else:
        short, question, known = so_far, WHAT, bool(scene["turn"]["files"]) and _was_asked(scene, WHAT)
    if known or (scene["coming"] and short):
        return short
    first = "" if any(role == "assistant" for role, _ in scene["history"]) else HELLO
    return " ".join(filter(None, [first, so_far, question]))


def _was_asked(scene: Mapping[str, Any], what: str) -> bool:
    """Say whether the question stands in the conversation already, since the last video was finished."""
    said = [text for role, text in scene["history"] if role == "assistant"]
    ended = max((number for number, text in enumerate(said) if text.startswith(ENDS["done"])), default=-1)
    return any(what in text for text in said[ended + 1 :])


def _wishes(scene: Mapping[str, Any]) -> list[str]:
    """Return what people said so far about what they want, in their order.

    Words that leave it open count once they were asked for what to make, unless they come with a file.
    Once there was a video, only the words of this turn count, else the last ones that were said.
    """
    said, asked = list[str](), False
    for role, text in [*scene["history"], ("user", scene["told"])]:
        words = _without_files(text) if role == "user" else ""
        asked = asked or (role == "assistant" and (WHAT in text or BOTH in text))
        if _is_wish(words) and not (is_vague(words) and (not asked or DROPPED in text)):
            said.append(words)
    return said if scene["brief"] is None else said[-1:]


def _is_wish(text: str) -> bool:
    return bool(text) and read_command(text, frozenset()) is None and not says_nothing(text)


def _brief(wishes: Sequence[str]) -> Brief:
    """Read one wish after the other: a later one wins where they differ, alone where they cannot go together."""
    brief = read_brief(wishes[0])
    for more in wishes[1:]:
        both = read_brief(more, brief)
        brief = read_brief(more) if both.problems({}) else both
    return brief


def _without_files(text: str) -> str:
    lines = (
        line for line in text.splitlines() if not line.startswith((DROPPED, "[file refused]", "[event]", "[from @"))
    )
    return without_mentions("\n".join(lines))[:MOST]


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
    words = without_spellings(scene["turn"]["text"].strip()[:MOST])
    if scene["turn"]["files"] and "hand_in" not in done and not _shows(scene):
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
    if says_nothing(words):
        return spoken(SILENT)
    if not _understood(words):
        is_answer = scene["status_word"] == "review_required" and ANSWERING.fullmatch(words)
        return spoken(PRESS if is_answer else PUZZLED.format(words=words))
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
