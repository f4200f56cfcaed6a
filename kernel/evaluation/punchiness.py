"""punchiness: whether the cut is tight: pace, dead air, cuts on the beat and at ends of sentences, repeats, length.

Lengths of shots by genre are practice (see `profiles`); a cut lies on a beat within ±70 ms (the window of mir_eval's
beat F-measure); silences of 0.4 s and more are cut in talk (practice of peers), so a pause counts from the profile's
own allowance on; asked length ±5 % unless the brief says "exactly" (ours).
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kernel.evaluation.base import MEASURED, Finding, Metric, Seen, listed, part, scored, spared, timecode
from kernel.evaluation.changes import Change, changes, lengths
from kernel.evaluation.dead_air import dead_air
from kernel.evaluation.joints import Joint, joints
from kernel.evaluation.length import length
from kernel.evaluation.profiles import Profile, profile_of
from kernel.evaluation.repeats import repeats
from kernel.evaluation.scorecard import THRESHOLD, Evidence, Score
from kernel.worker.beds import beats_in
from kernel.worker.media import Span
from kernel.worker.samples import RATE
from kernel.worker.underscore import beds

NAME = "punchiness"
OWNER = "selects"
BESIDE = (2.5, 0.0)
"""Broken and golden: octaves by which the mean shot lies beside the profile's range; half an octave passes."""
CALMER = 2.0
"""What is too quick counts half: people bear it better than what drags."""
WINDOW = 0.07
"""Seconds beside a beat that a cut may lie."""
FEW = 3
"""Cuts from which on a share of them says something."""
ON_BEAT = 0.9
"""Share of cuts on the beat that is golden: one that waits for a picture is no fault."""
BROKEN_OFF = (0.4, 0.0)
"""Broken and golden share of cuts in the middle of a sentence; 8 % lie at the threshold, so that one of a dozen may."""
TWICE = (2.5, 0.0)
"""Broken and golden, in seconds of picture that is shown twice; half a second lies at the threshold."""
SPEAKS_OF_REPEATS = re.compile(r"\b(twice|again|repeat\w*|more than once|fewer)\b", re.IGNORECASE)
"""What a note says that explains why pictures come twice."""

GOLDEN: Mapping[str, Any] = {
    "measured": MEASURED,
    "brief": {"length": 10.0, "kind": "montage"},
    "sights": {"shots": [{"start": n * 2.0, "end": n * 2.0 + 2.0} for n in range(5)]},
    "sounds": {"tempo": 120.0, "beats": [n / 2 for n in range(20)]},
}
BROKEN: Mapping[str, Any] = {
    "measured": {**MEASURED, "duration": 60.0, "silent": [{"start": 20.0, "end": 32.0}]},
    "brief": {"length": 20.0, "kind": "montage"},
    "sights": {"shots": [{"start": 0.0, "end": 60.0}]},
}


def measure(seen: Seen) -> Score:
    """Score how tight the cut is."""
    profile = seen.profile or profile_of(seen.plan, seen.timeline, seen.brief, seen.sounds, seen.measured.duration)
    found = changes(seen) if seen.measured.video_codec else ()
    findings = list(_findings(seen, profile, found))
    facts = _facts(seen, profile, found)
    if not findings:
        return spared(NAME, "There is nothing to cut: neither pictures nor anything to be heard.", OWNER)
    return scored(NAME, findings, facts, _fine(findings, profile), OWNER)


def _findings(seen: Seen, profile: Profile, found: Sequence[Change]) -> Iterator[Finding]:
    if seen.measured.video_codec and seen.measured.duration > 0 and (seen.timeline or seen.sights):
        yield _pace(lengths([change.at for change in found], seen.measured.duration), profile)
    if seen.measured.audio_codec and (seen.measured.loudness is not None or seen.measured.silent):
        yield _dead(dead_air(seen), profile)
    beats = beats_of(seen) if profile.beat else ()
    cuts = [change.at for change in found if change.ours and _under(change.at, beats)]
    if len(cuts) >= FEW:
        yield _on_beat(cuts, beats)
    edges = joints(seen)
    if edges:
        yield _sentences(edges)
    if seen.plan and any(source.kind == "video" for source in seen.plan.sources):
        yield _repeats(repeats(seen), seen.plan.note)
    if (seen.brief or {}).get("length"):
        yield length(seen)


def _facts(seen: Seen, profile: Profile, found: Sequence[Change]) -> dict[str, float | str]:
    shots = lengths([change.at for change in found], seen.measured.duration)
    silences = dead_air(seen) if seen.measured.audio_codec else ()
    said = {"profile": f"{profile.told} ({profile.why})" if profile.why else profile.told}
    cut: dict[str, float | str] = {"changes of picture": len(found), "mean shot": round(sum(shots) / len(shots), 2)}
    return {**said, **cut, "dead air": round(sum(map(_length, silences)), 2)}


def _fine(findings: Sequence[Finding], profile: Profile) -> str:
    told = {finding.part.name: finding.part for finding in findings}
    pace = f"A new picture every {told['pace'].shown}" if "pace" in told else "It keeps moving"
    more = [text if told[name].score > THRESHOLD else SO[name] for name, text in FINE.items() if name in told]
    return f"{pace} suits {profile.told}{''.join(f'; {text}' for text in more)}."


FINE = {
    "dead air": "no pause drags",
    "on the beat": "the pictures change on the beat",
    "sentence ends": "nobody is cut off",
    "length": "it is as long as was asked for",
    "repeats": "nothing is shown twice",
}
SO = {
    **FINE,
    "length": "it is shorter than asked, and the plan says why",
    "repeats": "some is shown twice, and the plan says why",
}
"""What is said of a part that only just passes."""


def _pace(shots: Sequence[float], profile: Profile) -> Finding:
    low, high = profile.shot
    total, mean = sum(shots), sum(shots) / len(shots)
    # What is shorter than two shots cannot have a cut: as many are asked for as fit in.
    slow = math.log2(mean / high) if mean > high and len(shots) < int(total / high) else 0.0
    quick = math.log2(low / mean) / CALMER if mean < low else 0.0
    longest = max(range(len(shots)), key=lambda index: shots[index])
    start = sum(shots[:longest])
    evidence = [Evidence(start=start, end=start + shots[longest], what="the longest shot")]
    target = f"{low:g} to {high:g} s, as suits {profile.told}"
    more = max(1, round(total / high) - len(shots))
    cure = (
        f"Let the picture change about {more} more time{'s' * (more > 1)}, first at {listed(evidence)}: choose shorter"
        " clips, cover a part with another picture, or go nearer (zoom) on every other clip."
        if slow
        else f"Choose fewer and longer clips: {len(shots)} pictures in {total:.1f} s are more than can be seen."
    )
    return Finding(
        part("pace", max(slow, quick), *BESIDE, f"{mean:.1f} s", target),
        f"A picture stands for {mean:.1f} s in the mean, too {'long' if slow else 'short'} for {profile.told}.",
        OWNER,
        cure,
        evidence,
    )


def _dead(spans: Sequence[Span], profile: Profile) -> Finding:
    longest, allowed = max(map(_length, spans), default=0.0), profile.pause
    over = sorted((span for span in spans if _length(span) > allowed), key=_length, reverse=True)
    evidence = [Evidence(start=span.start, end=span.end, what="nothing is said or heard") for span in over]
    them = "that" if len(over) == 1 else "those"
    return Finding(
        part("dead air", longest, 3 * allowed, allowed / 2, f"{longest:.1f} s", f"no pause over {allowed:.2g} s"),
        f"Nothing is said for {longest:.1f} s: {listed(evidence)}.",
        "plan",
        f"Nothing is said at {listed(evidence)}: tighten {them}, to {allowed:.2g} s at most.",
        evidence,
    )


def beats_of(seen: Seen) -> tuple[float, ...]:
    """Return the beats of the music in seconds of the video: of the plan's beds, else of what is heard."""
    if seen.plan is None or seen.timeline is None:
        return seen.sounds.beats if seen.sounds else ()
    return tuple(
        bed.at / RATE + beat
        for bed in beds(seen.plan, seen.timeline)
        for beat in beats_in(bed.laid, bed.source.duration, bed.source.beats)
        if beat <= (bed.end - bed.at) / RATE
    )


def _under(at: float, beats: Sequence[float]) -> bool:
    return bool(beats) and beats[0] - WINDOW <= at <= beats[-1] + WINDOW


def _beside(at: float, beats: Sequence[float]) -> float:
    """Return how far a time lies from the nearest beat."""
    index = bisect_left(beats, at)
    return min(abs(at - beat) for beat in beats[max(0, index - 1) : index + 1])


def _on_beat(cuts: Sequence[float], beats: Sequence[float]) -> Finding:
    off = [at for at in cuts if _beside(at, beats) > WINDOW]
    share = 1 - len(off) / len(cuts)
    step = (beats[-1] - beats[0]) / max(1, len(beats) - 1)
    chance = min(0.7, 2 * WINDOW / step) if step else 0.7
    evidence = [Evidence(start=at, end=at, what=f"{_beside(at, beats):.2f} s beside the beat") for at in off]
    where = ", ".join(timecode(at) for at in off[:3]) + (f" and {len(off) - 3} more" if len(off) > 3 else "")
    return Finding(
        part(
            "on the beat", share, chance, ON_BEAT, f"{share:.0%} of the cuts", f"{ON_BEAT:.0%} within 70 ms of a beat"
        ),
        f"{len(off)} of {len(cuts)} cuts miss the beat of the music: {where}.",
        OWNER,
        f"The cuts at {where} miss the beat: move each to the nearest beat of the music.",
        evidence,
    )


def _sentences(edges: Sequence[Joint]) -> Finding:
    bad = [edge for edge in edges if edge.broken]
    evidence = [Evidence(start=edge.at, end=edge.at, what=edge.what) for edge in bad]
    where = "; ".join(f"{edge.what} at {timecode(edge.at)}" for edge in bad[:3])
    share = len(bad) / len(edges)
    shown = f"{len(bad)} of {len(edges)} broken off"
    return Finding(
        part("sentence ends", share, *BROKEN_OFF, shown, "every cut at the end of a sentence, or in a pause"),
        f"Somebody is cut off in the middle of a sentence: {where}.",
        OWNER,
        f"Cut where a sentence or a clause ends: {where}.",
        evidence,
    )


def _repeats(spans: Sequence[Span], note: str) -> Finding:
    twice = sum(map(_length, spans))
    evidence = [Evidence(start=span.start, end=span.end, what="was shown before") for span in spans]
    found = part("repeats", twice, *TWICE, f"{twice:.1f} s", "nothing shown twice unasked")
    if found.score < THRESHOLD and SPEAKS_OF_REPEATS.search(note):
        found = found.model_copy(update={"score": THRESHOLD, "shown": f"{found.shown}; the plan says why: {note}"})
    return Finding(
        found,
        f"The same pictures are shown again at {listed(evidence)}.",
        OWNER,
        f"What is seen at {listed(evidence)} was shown before: take another stretch or another source instead.",
        evidence,
    )


def _length(span: Span) -> float:
    return span.end - span.start


PUNCHINESS = Metric(NAME, measure, GOLDEN, BROKEN)
