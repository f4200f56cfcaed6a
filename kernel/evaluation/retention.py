"""retention: whether people stay: how the video opens, whether it stands still somewhere, whether it sags.

The first 3 s carry the key message (second-hand practice); how long a picture may stand goes by the profile. What a
model thinks of hook and pacing moves the score by a quarter at most, and never over the threshold to either side:
judges are noisy, so a judgement alone neither passes nor fails a video.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kernel.evaluation.base import MEASURED, Finding, Metric, Seen, part, ratio, scored, spared, timecode
from kernel.evaluation.changes import Change, changes, lengths
from kernel.evaluation.hook import OPENING, Arrival, arrivals, knows, told
from kernel.evaluation.profiles import Profile, profile_of
from kernel.evaluation.scorecard import THRESHOLD, Evidence, Score

NAME = "retention"
OWNER = "selects"
SOFT = 0.12
"""What an opening loses that says nothing of what the video is about: it alone makes no good one fail."""
LIMIT = 0.8
"""Share of the longest stretch that the profile allows up to which all is well."""
SAY, JUST = 0.25, 0.01
"""Weight of a model's judgement, and how far below the threshold what fails by its measures stays at the least."""
SAG = (3.0, 1.0)
"""Broken and golden: octaves by which pictures stand longer in the second half than in the first."""
FEW = 6
"""Changes of the picture from which on two halves can be told apart."""

GOLDEN: Mapping[str, Any] = {
    "measured": MEASURED,
    "sights": {"shots": [{"start": n * 2.0, "end": n * 2.0 + 2.0} for n in range(5)], "motion": [0.05] * 10},
}
BROKEN: Mapping[str, Any] = {
    "measured": {**MEASURED, "duration": 60.0},
    "sights": {"shots": [{"start": 0.0, "end": 60.0}], "motion": [0.0] * 60},
}


def measure(seen: Seen) -> Score:
    """Score how a video holds those who see it."""
    if not seen.measured.video_codec or not seen.measured.duration or not (seen.timeline or seen.sights):
        return spared(NAME, "There is no picture to stay for.", OWNER)
    profile = seen.profile or profile_of(seen.plan, seen.timeline, seen.brief, seen.sounds, seen.measured.duration)
    found = changes(seen)
    findings = list(_findings(seen, profile, found))
    score = scored(NAME, findings, _facts(seen, profile, found), _fine(seen, profile, found), OWNER)
    said = seen.judgement
    if said is None or said.hook is None or said.pacing is None:
        return score
    return judged(score, said.hook, said.pacing, profile.threshold(NAME))


def judged(score: Score, hook: float, pacing: float, threshold: float = THRESHOLD) -> Score:
    """Return a score in which a model's judgement has its say: a quarter of it, but never whether it passes.

    What passes by its measures alone stays at the threshold at the least, what fails by them stays below it.

    Args:
        hook, pacing: what the model thinks of either, 0 to 1.
        threshold: from where on the score passes.
    """
    mean = (hook + pacing) / 2
    mixed = (1 - SAY) * score.score + SAY * mean
    value = max(threshold, mixed) if score.score >= threshold else min(threshold - JUST, mixed)
    shown = f"opening {hook:.0%}, pacing {pacing:.0%}"
    said = part("judgement", mean, 0.0, 1.0, shown, "a model's view: a quarter of the score, and never decides alone")
    return score.model_copy(update={"score": round(value, 4), "parts": (*score.parts, said)})


def _findings(seen: Seen, profile: Profile, found: tuple[Change, ...]) -> Iterator[Finding]:
    yield _hook(seen, profile, arrivals(seen, profile, found))
    yield _pacing(seen, profile, found)
    if len(found) >= FEW:
        yield _second_half(seen, found)


def _facts(seen: Seen, profile: Profile, found: tuple[Change, ...]) -> dict[str, float | str]:
    first = next(iter(arrivals(seen, profile, found)), None)
    opens = f"{first.what} at {first.at:.1f} s" if first else "nothing"
    words = ", ".join(told(seen)) if knows(seen) else "not known"
    facts: dict[str, float | str] = {
        "profile": profile.told,
        "opens with": opens,
        "key words at the start": words or "none",
    }
    said = seen.judgement
    views = {"a model on the opening": said.why_hook, "a model on the pace": said.why_pacing} if said else {}
    return {**facts, **views}


def _fine(seen: Seen, profile: Profile, found: tuple[Change, ...]) -> str:
    first = next(iter(arrivals(seen, profile, found)), None)
    opens = f"At {first.at:.1f} s {first.what}" if first else "It is short enough to be seen whole"
    return f"{opens}, and no picture stands too long for {profile.told}."


def _hook(seen: Seen, profile: Profile, found: Sequence[Arrival]) -> Finding:
    first = found[0] if found else None
    broken, golden = profile.hook
    at = first.at if first else seen.measured.duration
    clear = 1 - SOFT * (knows(seen) and not told(seen))
    value = ratio(at, broken, golden) * clear
    shown = f"{first.what} at {first.at:.1f} s" if first else "nothing comes"
    vague = "" if clear == 1 else ", and no word of what it is about"
    *ways, last = (WAYS[way] for way in profile.opens)
    wanted = f"{', '.join(ways)} or {last}"
    evidence = [Evidence(start=0.0, end=min(max(at, 0.1), 2 * OPENING), what="nothing has happened yet")]
    cure = _cure(first)
    return Finding(
        part("hook", value, 0.0, 1.0, f"{shown}{vague}", f"{wanted}, well within {OPENING:g} s"),
        f"The opening keeps people waiting: {shown}{vague}.",
        OWNER,
        f"The opening is slow: {cure}, or show a title at once.",
        evidence,
    )


def _cure(first: Arrival | None) -> str:
    if first is None or first.what == "the picture changes":
        return "open with the strongest line or the liveliest shot"
    return f"cut away what comes before {timecode(first.at)}, where {first.what}"


WAYS = {
    "voice": "a voice",
    "words": "a title",
    "face": "a face",
    "movement": "movement",
    "change": "another picture",
}


def _pacing(seen: Seen, profile: Profile, found: Sequence[Change]) -> Finding:
    """Score the longest stretch in which nothing on the screen changes; words that come or go are a change, too."""
    titles = seen.timeline.titles if seen.timeline else ()
    times = [*(change.at for change in found), *(at for title in titles for at in (title.start, title.end))]
    stands = lengths(times, seen.measured.duration)
    index = max(range(len(stands)), key=lambda n: stands[n])
    start, longest = sum(stands[:index]), stands[index]
    allowed, golden = profile.stretch, LIMIT * profile.stretch
    broken = golden + 5 * (allowed - golden)
    evidence = [Evidence(start=start, end=start + longest, what="nothing on the screen changes")]
    where = f"{timecode(start)}-{timecode(start + longest)}"
    return Finding(
        part("pacing", longest, broken, golden, f"{longest:.1f} s", f"at most {allowed:.0f} s"),
        f"Nothing on the screen changes for {longest:.1f} s, at {where}.",
        OWNER,
        f"Nothing on the screen changes at {where}: lay another picture over a part of it, go nearer, or trim it.",
        evidence,
    )


def _second_half(seen: Seen, found: Sequence[Change]) -> Finding:
    middle, total = seen.measured.duration / 2, seen.measured.duration
    early = 1 + sum(change.at <= middle for change in found)
    late = 1 + sum(change.at > middle for change in found)
    sag = math.log2(early / late)
    evidence = [Evidence(start=middle, end=total, what="fewer changes of the picture than before")]
    shown = f"{late} pictures after {early}"
    return Finding(
        part("second half", max(0.0, sag), *SAG, shown, "about as many as in the first half"),
        f"The second half sags: {shown} in the first half.",
        OWNER,
        f"The second half sags ({shown}): tighten it from {timecode(middle)} on, or spread the pictures more evenly.",
        evidence,
    )


RETENTION = Metric(NAME, measure, GOLDEN, BROKEN)
