"""Formats: which files beside the video a person asks for, how a plan is fitted to each, and what is told of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Literal, NamedTuple

from kernel.worker.formats import format_of
from kernel.worker.media import Rate
from kernel.worker.output import Output
from kernel.worker.plan import EditPlan
from kernel.worker.render import Render

Extra = Literal["hevc", "av1", "webm", "prores", "gif", "m4a", "mp3", "wav", "stills"]
"""A format that is made beside the mp4, as `Output.format` calls it."""
WORDS: Mapping[Extra, str] = {
    "hevc": r"h\.?265|hevc|x265",
    "av1": r"av1",
    "webm": r"webm|vp9",
    "prores": r"pro\s?res(?:\s?422)?(?:\s?hq)?",
    "gif": r"(?:animated\s+)?gifs?",
    "m4a": r"m4a|(?:sound|audio)\s+(?:alone|only|by itself|on its own)|(?:just|only)\s+the\s+(?:sound|audio)",
    "mp3": r"mp3",
    "wav": r"wav",
    "stills": r"thumbnails?|stills(?=\s*(?:$|[,.;!?\n]|(?:too|please|and|as well|(?:of|from) (?:each|every))\b))",
}
_LEAD = r"(?:(?:and|plus|also|with|as well as)\s+)*"
_ASK = r"(?:(?:give|send|get|make|export|render|deliver|want|need|i'd like|i would like)\s+(?:me\s+|us\s+|it\s+)*)?"
_WHAT = (
    r"(?:(?:the|its)\s+(?:sound|audio|video|cut|whole thing)\s+)?(?:also\s+)?"
    r"(?:(?:as|in|to)\s+)?(?:(?:an?|some|the)\s+)?"
)
_TAIL = r"(?:\s+(?:files?|versions?|too|as well|please|for (?:our|the|my) (?:editors?|website|site|slack|podcast)))*"
PHRASES = {
    name: re.compile(rf"{_LEAD}{_ASK}{_LEAD}{_WHAT}(?<![\w.])(?:{words})(?!\w){_TAIL}", re.IGNORECASE)
    for name, words in WORDS.items()
}
_UNWANTED = re.compile(r"\b(?:no|without|not|don'?t|drop|remove|skip|instead of)\b", re.IGNORECASE)
_SENT = re.compile(
    r"\b(?:use|using|lay|put|under|over|from|source|footage|music|song|track|bed|keep|cover|zoom|show|titles?|called)\b",
    re.IGNORECASE,
)
"""Words beside which a format's name means a file that was sent."""
GIF_SIDE, GIF_RATE = 480, Rate(num=20, den=1)
"""Pixels of the longer side, and frames a second, of a GIF that nobody gave a size."""
GIF_LONG, GIF_SLOW = 6, Rate(num=25, den=2)
"""Seconds from which it gets fewer frames, so that it can still be sent."""


def asked(text: str, sure: bool = False) -> tuple[Extra, ...]:
    """Return the formats that a text asks for.

    Args:
        sure: whether it is about delivery alone, so that a file it names is none that was sent.
    """
    clauses = [c for c in re.split(r"[,;\n]|\.(?=\s|$)", text) if not _UNWANTED.search(c)]
    clauses = [c for c in clauses if sure or not _SENT.search(c)]
    return tuple(name for name in WORDS if any(PHRASES[name].search(clause) for clause in clauses))


def without(text: str) -> str:
    """Return a text without what it says of formats."""
    for name in asked(text):
        text = PHRASES[name].sub(" ", text)
    return text.strip(" \t,;")


class Fitted(NamedTuple):
    """A plan for a format, and what had to change for it; empty where nothing had to."""

    plan: EditPlan
    said: str


def fitted(plan: EditPlan, name: str, seconds: float) -> Fitted:
    """Return a plan whose output is another format: a GIF small and slow enough to be opened, the rest as it was."""
    output = plan.output.model_copy(update={"format": name, "smart_render": False})
    small = _small(output, seconds) if name == "gif" and plan.output.format != "gif" else output
    said = ""
    if small != output:
        said = f"made smaller, with {float(small.rate.fraction):g} frames a second, so that it can be sent"
    return Fitted(plan.model_copy(update={"output": small}), said)


def _small(output: Output, seconds: float) -> Output:
    """Return a GIF's output: 480 pixels at the most, and fewer frames where it is long."""
    share = min(Fraction(1), Fraction(GIF_SIDE, max(output.width, output.height)))
    width, height = (max(64, 2 * round(side * share / 2)) for side in (output.width, output.height))
    rate = GIF_SLOW if seconds > GIF_LONG else GIF_RATE
    return output.model_copy(update={"width": width, "height": height, "rate": rate})


def facts(made: Render, plan: EditPlan) -> str:
    """Return what a finished file is, in a few words: only what its format has."""
    format = format_of(plan.output)
    parts = [f"{made.duration:.2f} s"]
    if format.name == "stills":
        count = len([operation for operation in plan.operations if operation.type == "cut"])
        parts = [f"{count} picture{'s' * (count > 1)}"]
    elif format.picture:
        parts.append(f"{made.frames} frames")
    parts += [f"{made.width}x{made.height}"] if format.picture else []
    parts += [f"{made.lufs:.1f} LUFS"] if format.sound and made.lufs is not None else []
    return ", ".join([*parts, sized(made.size)])


def sized(count: int) -> str:
    """Return bytes as a person reads them."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"
