"""loudness: as loud as the plan asks for, never clipping, no dead air.

Integrated loudness at the plan's target ±1 LU and true peak at most -1 dBTP (EBU R128 with its tolerance; -14 LUFS on
the web by practice of peers); silent stretches none that the plan did not ask for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kernel.evaluation.base import MEASURED, Finding, Metric, Seen, listed, part, scored, spared
from kernel.evaluation.excuses import quiet, rest
from kernel.evaluation.scorecard import Evidence, Score
from kernel.worker.media import Span
from kernel.worker.ops.loudness import Loudness

OWNER = "sound"
OFF = (4.0, 0.25)
"""Broken and golden, in LU beside the target; 1 LU lies at the threshold."""
OVER_DB = 0.25
"""Over the limit by so much scores 0: more than the 0.2 dB that a true-peak meter may err (EBU Tech 3341)."""
SILENCE = (3.0, 0.5)
"""Broken and golden, in seconds of the longest silence; 1 s lies at the threshold."""

GOLDEN: Mapping[str, Any] = {"measured": MEASURED}
BROKEN: Mapping[str, Any] = {
    "measured": {**MEASURED, "loudness": -20.0, "true_peak": 0.5, "silent": [{"start": 3.0, "end": 7.0}]}
}


def measure(seen: Seen) -> Score:
    """Score the sound's level, its peaks and its silences."""
    found, asked = seen.measured, quiet(seen)
    whole = Span(start=0.0, end=found.duration)
    if not found.audio_codec or not rest([whole], asked):
        return spared("loudness", "There is nothing to be heard, as planned.", OWNER)
    if found.loudness is None and seen.plan is None:
        return spared("loudness", "It is silent, and there is no plan that says otherwise.", OWNER)
    wanted = seen.plan.only(Loudness) if seen.plan else Loudness()
    silent = rest(found.silent, asked)
    ceiling = (wanted or Loudness()).true_peak_db
    findings = [_level(found.loudness, wanted.lufs)] if wanted else []
    findings += [_peak(found.true_peak, ceiling), _silence(silent)]
    return scored("loudness", findings, _facts(seen, silent), _fine(findings), OWNER)


def _facts(seen: Seen, silent: Sequence[Span]) -> dict[str, float | str]:
    found = seen.measured
    levels = {"loudness": found.loudness, "loudness range": found.loudness_range, "true peak": found.true_peak}
    known: dict[str, float | str] = {name: "silent" if level is None else level for name, level in levels.items()}
    return {**known, "longest silence": round(max(map(_length, silent), default=0.0), 3)}


def _fine(findings: Sequence[Finding]) -> str:
    told = {finding.part.name: finding.part for finding in findings}
    level = told.get("loudness")
    how = f"It plays at {level.shown}, as wanted" if level else "The plan leaves the loudness as it is"
    return f"{how}; nothing clips and nothing falls silent."


def _level(lufs: float | None, target: float) -> Finding:
    off = round(abs(lufs - target), 2) if lufs is not None else OFF[0]
    shown = f"{lufs:.1f} LUFS" if lufs is not None else "silent"
    wanted = f"{target:g} LUFS ±1"
    word = "quieter" if lufs is None or lufs < target else "louder"
    return Finding(
        part("loudness", off, *OFF, shown, wanted),
        f"It plays at {shown}, {word} than wanted ({wanted})." if lufs is not None else "Nothing is heard at all.",
        OWNER,
        f"The video came out at {shown} where {wanted} was asked for: even out the clips' gains, or ask for less.",
    )


def _peak(peak: float | None, ceiling: float) -> Finding:
    value = peak if peak is not None else ceiling - 1
    shown = f"{peak:.1f} dBTP" if peak is not None else "silent"
    return Finding(
        part("true peak", value, ceiling + OVER_DB, ceiling, shown, f"at most {ceiling:g} dBTP"),
        f"Its loudest peak is {shown}, over the limit of {ceiling:g} dBTP: it may clip.",
        OWNER,
        f"The peaks reach {shown}: ask for a lower loudness, so that the limit of {ceiling:g} dBTP is kept.",
    )


def _silence(spans: Sequence[Span]) -> Finding:
    longest = max(map(_length, spans), default=0.0)
    evidence = [Evidence(start=s.start, end=s.end, what="silent") for s in sorted(spans, key=_length, reverse=True)]
    return Finding(
        part("silence", longest, *SILENCE, f"{longest:.1f} s", "none over 1 s"),
        f"Nothing is heard for {longest:.1f} s at {listed(evidence)}.",
        "plan",
        f"Nothing is heard at {listed(evidence)}: cut that stretch out, or lay music under it.",
        evidence,
    )


def _length(span: Span) -> float:
    return span.end - span.start


LOUDNESS = Metric("loudness", measure, GOLDEN, BROKEN)
