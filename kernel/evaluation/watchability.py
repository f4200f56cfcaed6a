"""watchability: whether a video can be watched and listened to without anything that disturbs.

Of the sound: level, peaks, range, music against the voice, clicks at cuts, sync with the picture (`sounding`). Of the
picture: black, frozen, flickering and flashing stretches (`stalls`). Dangerous flashes are also a gate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kernel.evaluation.base import MEASURED, Finding, Metric, Seen, scored, spared
from kernel.evaluation.scorecard import Score
from kernel.evaluation.sounding import OWNER, heard_as_planned, sounding
from kernel.evaluation.stalls import black_and_frozen, length, stalls

NAME = "watchability"

GOLDEN: Mapping[str, Any] = {
    "measured": {**MEASURED, "duration": 30.0},
    "sights": {"flicker": [0.0] * 30},
    "joins": {
        "cuts": 2,
        "clicks": [{"at": 4.0, "over": -7.5}],
        "drifts": [{"clip": "c1", "start": 0.0, "end": 4.0, "late": 0.0}],
        "music": 22.0,
    },
}
BROKEN: Mapping[str, Any] = {
    "measured": {
        **MEASURED,
        "duration": 30.0,
        "loudness": -20.0,
        "loudness_range": 30.0,
        "true_peak": 0.5,
        "black": [{"start": 4.0, "end": 5.5}],
        "frozen": [{"start": 6.0, "end": 9.5}],
    },
    "sights": {
        "flicker": [0.0, 0.2, 0.2, *[0.0] * 27],
        "flashing": [{"kind": "general", "start": 1.0, "end": 3.0, "rate": 12.0}],
    },
    "joins": {
        "cuts": 2,
        "clicks": [{"at": 4.0, "over": 41.0}],
        "drifts": [{"clip": "c1", "start": 0.0, "end": 4.0, "late": 0.6}],
        "music": 2.0,
        "over_talk": [{"start": 1.0, "end": 3.0}],
    },
}


def measure(seen: Seen) -> Score:
    """Score what disturbs those who watch and listen."""
    findings = list(_findings(seen))
    if not findings:
        return spared(NAME, "There is nothing to be seen, and nothing to be heard.", OWNER)
    return scored(NAME, findings, _facts(seen), _fine(seen, findings), OWNER)


def _findings(seen: Seen) -> Iterator[Finding]:
    if heard_as_planned(seen):
        yield from sounding(seen)
    if seen.measured.video_codec:
        yield from stalls(seen)


def _facts(seen: Seen) -> dict[str, float | str]:
    found, joins = seen.measured, seen.joins
    black, frozen = black_and_frozen(seen)
    levels = {"loudness": found.loudness, "loudness range": found.loudness_range, "true peak": found.true_peak}
    silent: dict[str, float | str] = {name: "silent" if level is None else level for name, level in levels.items()}
    heard = silent if found.audio_codec else {}
    seen_too = {
        "black": round(sum(map(length, black)), 3),
        "longest frozen": round(max(map(length, frozen), default=0.0), 3),
        "black with what was asked for": round(sum(map(length, found.black)), 3),
        "frozen with what was asked for": round(sum(map(length, found.frozen)), 3),
    }
    joined = {"cuts listened to": joins.cuts, "clips found again": len(joins.drifts)} if joins else {}
    return {**heard, **(seen_too if found.video_codec else {}), **joined}


def _fine(seen: Seen, findings: Sequence[Finding]) -> str:
    told = {finding.part.name: finding.part for finding in findings}
    level = told.get("loudness")
    if level:
        how = f"It plays at {level.shown}, as wanted"
    elif "true peak" in told:
        how = "The plan leaves the loudness as it is"
    else:
        how = "There is nothing to be heard, as planned" if seen.plan else "It is silent"
    rest = [f"music lies {told['music below voice'].shown} below the voice"] if "music below voice" in told else []
    rest += ["no cut clicks"] if "clicks" in told else []
    rest += ["sound and picture go together"] if "lip sync" in told else []
    rest += ["the picture never stalls"] if "black" in told else []
    return f"{how}{'; ' if rest else ''}{', '.join(rest)}."


WATCHABILITY = Metric(NAME, measure, GOLDEN, BROKEN)
