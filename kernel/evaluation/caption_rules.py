"""caption_rules: what no caption may do, or few: read off the timeline, exact to the frame and the pixel.

At most 2 lines of 42 characters (24 on a tall picture), 5/6 s to 7 s, no two at once (Netflix Timed Text Style Guide),
at most 20 characters a second (Netflix, adults), inside the platform's safe zone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kernel.evaluation.base import Finding, listed, part
from kernel.evaluation.scorecard import Evidence
from kernel.worker.captions import LONGEST, SHORTEST
from kernel.worker.layout import CHARACTERS, FEWEST, LOOKS, safe_zone, shape
from kernel.worker.ops.captions import Captions
from kernel.worker.plan import EditPlan
from kernel.worker.timing import Box, Cue, Timeline, TitleSpan
from kernel.worker.writing import LETTERS, reading

OWNER = "captions"
NEVER = (0.05, 0.0)
"""Broken and golden share of captions with a fault that none may have; one of a hundred lies at the threshold."""
SELDOM = (0.55, 0.05)
"""The same for what quick speech brings with it, since captions are verbatim; 15 % lie at the threshold."""
HABIT = 7
"""Captions among which such a share is counted, where there are several: one hasty "Hello," of three is no habit."""
LINES = 2
SMALLER = "choose a smaller size, so that each line holds more."
FEWER = "leave filler words out of them."


class Rule(NamedTuple):
    """What no caption, or few, may do."""

    name: str
    breaks: Callable[[Cue, Timeline, EditPlan], str]
    """Says what is wrong with a caption in a few words; empty where nothing is."""
    anchors: tuple[float, float]
    wanted: str
    fault: str
    owner: str
    cure: str


def judged(rule: Rule, timeline: Timeline, plan: EditPlan) -> Finding:
    """Return how many captions break a rule, and which."""
    evidence = [
        Evidence(start=cue.start, end=cue.end, what=f"{what}: {' / '.join(cue.text)}")
        for cue in timeline.cues
        if (what := rule.breaks(cue, timeline, plan))
    ]
    count = len(timeline.cues)
    shown = f"{len(evidence)} of {count}"
    among = max(count, HABIT) if rule.anchors == SELDOM and count > 1 else count
    return Finding(
        part(rule.name, len(evidence) / among, *rule.anchors, f"{shown} at fault", rule.wanted),
        f"{shown} captions {rule.fault}, at {listed(evidence)}.",
        rule.owner,
        f"Captions {rule.fault} at {listed(evidence)}: {rule.cure}",
        evidence,
    )


def _out_of_zone(cue: Cue, timeline: Timeline, plan: EditPlan) -> str:
    return "" if cue.box.inside(safe_zone(plan.output)) else "outside the safe zone"


def _out_of_frame(cue: Cue, timeline: Timeline, plan: EditPlan) -> str:
    frame = Box(x=0, y=0, width=timeline.width, height=timeline.height)
    return "" if cue.box.inside(frame) else "beyond the picture's edge"


def _too_wide(cue: Cue, timeline: Timeline, plan: EditPlan) -> str:
    most = max(FEWEST, CHARACTERS[shape(plan.output)] * reading("".join(cue.text)).characters // LETTERS.characters)
    # A lone long word cannot be broken; it is set smaller.
    lengths = [len(line) for line in cue.text if " " in line]
    return f"{max(lengths)} characters in a line" if max(lengths, default=0) > most else ""


def _too_high(cue: Cue, timeline: Timeline, plan: EditPlan) -> str:
    return f"{len(cue.lines)} lines" if len(cue.lines) > LINES else ""


def _too_fast(cue: Cue, timeline: Timeline, plan: EditPlan) -> str:
    most = reading("".join(cue.text)).speed
    return f"{speed(cue):.0f} characters a second" if speed(cue) > most + 0.5 else ""


def _badly_timed(cue: Cue, timeline: Timeline, plan: EditPlan) -> str:
    lasts, frame = cue.end - cue.start, 1 / float(timeline.rate.fraction)
    style = plan.only(Captions)
    # Captions of a few words at a time follow one another as they are spoken.
    shortest = 0.0 if style and LOOKS[style.style].words else float(SHORTEST)
    fits = shortest - frame <= lasts <= float(LONGEST) + frame
    return "" if fits else f"{lasts:.2f} s"


def speed(cue: Cue) -> float:
    """Return a caption's characters a second; the break between two lines counts as one."""
    return len(" ".join(cue.text)) / max(cue.end - cue.start, 1e-3)


def _crowded(cue: Cue, timeline: Timeline, plan: EditPlan) -> str:
    if any(other is not cue and _together(other, cue) for other in timeline.cues):
        return "two captions at once"
    under = (title.id for title in timeline.titles if _together(title, cue) and _touch(title.box, cue.box))
    return next((f"under title {id}" for id in under), "")


def _together(one: Cue | TitleSpan, other: Cue) -> bool:
    return one.first_frame < other.end_frame and other.first_frame < one.end_frame


def _touch(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


RULES = (
    Rule("reading speed", _too_fast, SELDOM, "20 characters/s", "go too fast to be read", OWNER, FEWER),
    Rule("safe zone", _out_of_zone, NEVER, "inside it", "stand outside the safe zone", OWNER, SMALLER),
    Rule("frame", _out_of_frame, NEVER, "inside it", "leave the picture", OWNER, SMALLER),
    Rule("line length", _too_wide, NEVER, "42 characters, 24 when tall", "have too long a line", OWNER, SMALLER),
    Rule("lines", _too_high, NEVER, "2 at most", "have more than two lines", OWNER, SMALLER),
    Rule("time", _badly_timed, SELDOM, "5/6 s to 7 s", "show for less than 5/6 s or more than 7 s", OWNER, SMALLER),
    Rule("overlap", _crowded, NEVER, "none", "run into other words", "titles", "move the title away from them."),
)
