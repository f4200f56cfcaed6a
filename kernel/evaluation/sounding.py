"""sounding: how a video sounds: its level and range, music against the voice, clicks at cuts, sync with the picture.

Integrated loudness at the plan's target, else the platform's, ±1 LU; true peak at most -1 dBTP (EBU R128 with its
tolerance; -14 LUFS on the web by practice of peers); loudness range about 11 LU on the web. Music 18 to 25 dB below the
voice. Sound at most 90 ms before the picture or 185 ms after it (ITU-R BT.1359; 45 and 125 ms are detectable).
"""

from __future__ import annotations

from collections.abc import Iterator

from kernel.evaluation.base import Finding, Seen, listed, part, timecode
from kernel.evaluation.excuses import quiet, rest
from kernel.evaluation.measures.joins import Drift, Joins
from kernel.evaluation.scorecard import Evidence
from kernel.worker.media import Span
from kernel.worker.ops.loudness import Loudness
from kernel.worker.presets import PRESETS

OWNER = "sound"
OFF = (4.0, 0.25)
"""Broken and golden, in LU beside the target; 1 LU lies at the threshold."""
OVER_DB = 0.25
"""Over the limit by so much scores 0: more than the 0.2 dB that a true-peak meter may err (EBU Tech 3341)."""
RANGE = (28.0, 8.0)
"""Broken and golden, in LU; 12 lie at the threshold, a little beyond the web's 11."""
RANGE_LASTS = 15.0
"""Seconds from which a loudness range says something: it is made of moments of 3 s."""
BELOW = (4.0, 21.5)
"""Broken and golden, in LU that music lies below the voice; 18 lie at the threshold. Measured: 20.6 where 20 are
planned, 14.3 of 14, 10.2 of 10, 3.2 of 3."""
CLICK = (40.0, 2.0)
"""Broken and golden, in decibels over the most sudden moment around the cut; 9.6 lie at the threshold. Measured: at
most 0 at the cuts of good renders, 16 with a click of a twentieth of full scale, 37 with one of 0.8."""
EARLY, LATE = 0.09, 0.185
"""Seconds that the sound may come before or after the picture (ITU-R BT.1359)."""
SYNC = (3.0, 0.5)
"""Broken and golden, in shares of that limit; the limit itself lies at the threshold."""


def heard_as_planned(seen: Seen) -> bool:
    """Say whether there is anything to be heard that could sound wrong."""
    whole = Span(start=0.0, end=seen.measured.duration)
    silent = seen.plan is None and seen.measured.loudness is None
    return bool(seen.measured.audio_codec) and not silent and bool(rest([whole], quiet(seen)))


def target(seen: Seen) -> float | None:
    """Return the loudness that is wanted, in LUFS; None where a plan leaves it as it is."""
    wanted = seen.plan.only(Loudness) if seen.plan else None
    platform = (seen.brief or {}).get("platform") or (seen.plan.output.platform if seen.plan else None)
    usual = PRESETS[platform].lufs if platform and platform in PRESETS else None
    if wanted:
        return wanted.lufs
    return usual if seen.plan else usual or Loudness().lufs


def sounding(seen: Seen) -> Iterator[Finding]:
    """Yield what is to be said of the sound."""
    wanted, found = target(seen), seen.measured
    asked = seen.plan.only(Loudness) if seen.plan else None
    if wanted is not None:
        yield _level(found.loudness, wanted)
    yield _peak(found.true_peak, (asked or Loudness()).true_peak_db)
    if found.loudness_range is not None and found.duration >= RANGE_LASTS:
        yield _range(found.loudness_range, found.duration)
    if seen.joins is not None:
        yield from _joined(seen.joins)


def _joined(joins: Joins) -> Iterator[Finding]:
    if joins.music is not None:
        yield _music(joins.music, joins)
    if joins.cuts:
        yield _clicks(joins)
    if joins.drifts:
        yield _sync(joins)


def _level(lufs: float | None, wanted: float) -> Finding:
    off = round(abs(lufs - wanted), 2) if lufs is not None else OFF[0]
    shown = f"{lufs:.1f} LUFS" if lufs is not None else "silent"
    asked = f"{wanted:g} LUFS ±1"
    word = "quieter" if lufs is None or lufs < wanted else "louder"
    return Finding(
        part("loudness", off, *OFF, shown, asked),
        f"It plays at {shown}, {word} than wanted ({asked})." if lufs is not None else "Nothing is heard at all.",
        OWNER,
        f"It plays at {shown}: bring the whole to {wanted:g} LUFS with the loudness operation.",
    )


def _peak(peak: float | None, ceiling: float) -> Finding:
    value = ceiling if peak is None else max(peak, ceiling)
    shown = "silent" if peak is None else f"{peak:.1f} dBTP"
    return Finding(
        part("true peak", value, ceiling + OVER_DB, ceiling, shown, f"at most {ceiling:g} dBTP"),
        f"Its loudest peak is {shown}, over the limit of {ceiling:g} dBTP: it may clip.",
        OWNER,
        f"The peaks reach {shown}: ask for a lower loudness, so that the limit of {ceiling:g} dBTP is kept.",
    )


def _range(found: float, lasts: float) -> Finding:
    return Finding(
        part("loudness range", found, *RANGE, f"{found:.1f} LU", "at most 12 LU"),
        f"Loud and quiet lie {found:.1f} LU apart: who hears the quiet parts is shouted at by the loud ones.",
        OWNER,
        f"Loud and quiet passages lie {found:.1f} LU apart: level the speakers, and bring loud clips down.",
        [Evidence(start=0.0, end=lasts, what=f"loudness range of {found:.1f} LU")],
    )


def _music(below: float, joins: Joins) -> Finding:
    evidence = [Evidence(start=span.start, end=span.end, what="music over the voice") for span in joins.over_talk]
    return Finding(
        part("music below voice", below, *BELOW, f"{below:.1f} LU", "at least 18 LU"),
        f"The music lies only {below:.1f} LU below the voice at {listed(evidence)}: the words are hard to follow.",
        OWNER,
        f"At {listed(evidence)} the voice lies {below:.1f} LU over the music: make the music quieter, level_db -20.",
        evidence,
    )


def _clicks(joins: Joins) -> Finding:
    worst = max((click.over for click in joins.clicks), default=-60.0)
    limit = CLICK[0] + 0.8 * (CLICK[1] - CLICK[0])
    loud = [click for click in joins.clicks if click.over > limit]
    evidence = [Evidence(start=click.at, end=click.at, what=f"a click, {click.over:.0f} dB") for click in loud]
    places = ", ".join(timecode(click.at) for click in loud[:3]) + (f" and {len(loud) - 3} more" if loud[3:] else "")
    shown = f"{len(loud)} of {joins.cuts} cuts" if loud else "none"
    return Finding(
        part("clicks", worst, *CLICK, shown, "none that is heard over its surroundings"),
        f"The sound clicks at the {'cut' if len(loud) == 1 else 'cuts'} at {places}.",
        "plan",
        f"The sound clicks at {places}: move those cuts into a pause, or lay a transition over them.",
        evidence,
    )


def share_of_limit(drift: Drift) -> float:
    """Return how much of what people accept a drift takes up: sound that comes early disturbs twice as much."""
    return drift.late / LATE if drift.late >= 0 else -drift.late / EARLY


def _sync(joins: Joins) -> Finding:
    worst = max(joins.drifts, key=share_of_limit)
    beside = [drift for drift in joins.drifts if share_of_limit(drift) > 1]
    evidence = [Evidence(start=drift.start, end=drift.end, what=_late(drift)) for drift in beside]
    return Finding(
        part("lip sync", share_of_limit(worst), *SYNC, _late(worst), "at most 90 ms early, 185 ms late"),
        f"Sound and picture run apart at {listed(evidence)}: the sound comes {_late(worst)}.",
        "master",
        f"The sound comes {_late(worst)} at {listed(evidence)}: make the file anew, so that both begin together.",
        evidence,
    )


def _late(drift: Drift) -> str:
    shift = round(drift.late * 1000)
    if abs(shift) < 1:
        return "in time"
    return f"{abs(shift)} ms {'late' if shift > 0 else 'early'}"
