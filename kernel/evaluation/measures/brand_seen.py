"""brand_seen: what a viewer has of the brand: the logo in its place, marks of others, the colours of letters.

At most `MOST` stills are looked at, evenly through the video, and one for each of at most as many captions; the logo
takes 0.04 s of each where it is in its place, and 0.2 s where all of the picture has to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np

from kernel.brand import BrandKit, Mark
from kernel.document import Value
from kernel.evaluation.case import Case
from kernel.worker.analysis.colours import apart, chroma, named, swatches, tone, tones
from kernel.worker.analysis.marks import Logo, Spot, anywhere, clear, load_logo, near, standing
from kernel.worker.analysis.stills import Still
from kernel.worker.beside import touch
from kernel.worker.layout import FLAT, VERTICAL, safe_zone
from kernel.worker.ops.captions import Captions
from kernel.worker.ops.fade import Fade
from kernel.worker.ops.title import Title
from kernel.worker.output import Output
from kernel.worker.timing import Box, Cue, Timeline, TitleSpan

MOST = 12
MOST_TRIES = 4
"""Stills that are looked at all over for a logo that is not in its place, nor where it was last."""
LATE = 0.1
"""Seconds that a still may be off the middle of its caption."""
LETTERS = 0.04
"""Share of a caption's box that its letters take at least: those pixels that are nearest to the asked colour are taken
for them. Letters of captions take 0.1 and more."""
GREY = 4.0
"""Colourfulness below which a colour is no colour of a brand: white, grey, black."""


class MarkSeen(Value):
    """The logo on one still."""

    at: float
    state: Literal["seen", "missing", "unclear"]
    """`unclear`: what lies behind its place is so like it that nobody could tell."""
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0
    """Where it was seen, in shares of the picture."""


class LettersSeen(Value):
    """The letters of one caption on a still."""

    at: float
    asked: str
    """The colour that they should have."""
    seen: str
    """That of the letters: of what in the caption's box is nearest to it."""
    apart: float
    """How far the two are apart (`colours.apart`)."""


class BrandSeen(Value):
    """What was seen of a brand."""

    due: tuple[float, float, float, float] | None = None
    """Where the logo belongs: left, top, width, height, in shares of the picture; None where there is none."""
    marks: tuple[MarkSeen, ...] = ()
    strangers: tuple[tuple[float, float, float, float], ...] = ()
    """Marks of others that stand in the corners: left, top, width, height."""
    letters: tuple[LettersSeen, ...] = ()
    picture: float | None = None
    """How far the colours of the picture itself are from the brand's, by share; None where it has none."""


def looked_for(case: Case) -> tuple[float, ...]:
    """Return the seconds at which stills are wanted: the middle of each caption that is looked at."""
    timeline = case.timeline
    return tuple(_middle(cue, timeline) for cue in _some(timeline.cues)) if timeline and case.kit else ()


def measure(case: Case, stills: Sequence[Still]) -> BrandSeen | None:
    """Look at the brand on the stills of a video.

    Args:
        case: the video, its brand kit, its logo and plan.
        stills: all through the video; in their middles for captions.

    Returns:
        None where there is no kit, or nothing to look at.
    """
    kit, looked = case.kit, [still for still in _some(stills) if _bare(still.at, case)]
    if kit is None or not looked:
        return None
    logo = load_logo(case.logo, case.ffmpeg, case.work, kit.logo.opacity) if kit.logo and case.logo else None
    dues = _dues(kit.logo, logo, case, looked[0]) if kit.logo and logo else []
    free = [still for still in looked if not (len(dues) == 1 and _covered(still.at, dues[0], case))]
    marks, due = _marks(logo, dues, free) if logo and dues and free else ((), dues[0] if dues else None)
    return BrandSeen(
        due=_rounded(due) if due else None,
        marks=marks,
        strangers=_strangers(kit, looked) if kit.no_marks else (),
        letters=tuple(_letters(kit, case, stills)),
        picture=_distance(kit, looked),
    )


def _some(things: Sequence[Any]) -> list[Any]:
    """Return at most `MOST`, evenly through the whole."""
    if len(things) <= MOST:
        return list(things)
    return [things[round((number + 0.5) * len(things) / MOST - 0.5)] for number in range(MOST)]


def _bare(at: float, case: Case) -> bool:
    """Say whether nothing that is asked for hides the whole picture then: no fade, no end card."""
    plan, timeline = case.plan, case.timeline
    if plan is None or timeline is None:
        return True
    fade = plan.only(Fade) or Fade(start=0.0, end=0.0)
    cards = {title.id for title in plan.each(Title) if title.style == "end_card"}
    covered = any(span.start <= at < span.end for span in timeline.titles if span.id in cards)
    return fade.start <= at <= timeline.duration - fade.end and not covered


def _covered(at: float, due: Spot, case: Case) -> bool:
    """Say whether words stand over the logo's place then: that is a fault of its own, and not that it is missing."""
    timeline = case.timeline
    if timeline is None:
        return False
    x, y, wide, high = due.x * timeline.width, due.y * timeline.height, due.width, due.height
    place = Box(x=round(x), y=round(y), width=round(wide * timeline.width), height=round(high * timeline.height))
    words: list[Cue | TitleSpan] = [*timeline.cues, *timeline.titles]
    return any(each.start <= at < each.end and touch(each.box, place) for each in words)


def _dues(mark: Mark, logo: Logo, case: Case, still: Still) -> list[Spot]:
    """Return where the logo belongs; without a plan, where it would on each platform."""
    height, width = still.rgb.shape[:2]
    if case.plan:
        return [_due(mark, logo, case.plan.output)]
    names = ("web", *VERTICAL, *FLAT)
    facts = {"width": width // 2 * 2, "height": height // 2 * 2, "rate": {"num": 30, "den": 1}}
    outputs = [Output.model_validate({**facts, "platform": name}) for name in names]
    return list(dict.fromkeys(_due(mark, logo, output) for output in outputs))


def _due(mark: Mark, logo: Logo, output: Output) -> Spot:
    """Return where the operation `logo` puts it."""
    zone, width = safe_zone(output), max(2, round(mark.size * min(output.width, output.height)))
    height = round(width * logo.shape / 2) * 2
    x = zone.x if mark.corner.endswith("left") else zone.x + zone.width - width
    y = zone.y if mark.corner.startswith("top") else zone.y + zone.height - height
    return Spot(x / output.width, y / output.height, width / output.width, height / output.height, 1.0)


def _marks(logo: Logo, dues: Sequence[Spot], stills: Sequence[Still]) -> tuple[tuple[MarkSeen, ...], Spot]:
    """Return what is seen of the logo, by the place of those where it might belong that is nearest to it."""
    seen: list[tuple[Still, Spot | None]] = []
    hint, tries = dues[0], MOST_TRIES
    for still in stills:
        spot = near(still.rgb, logo, dues[0]) or (near(still.rgb, logo, hint) if hint != dues[0] else None)
        if spot is None and tries:
            spot, tries = anywhere(still.rgb, logo, dues[0].width), tries - 1
        hint = spot or hint
        seen.append((still, spot))
    spots = [spot for _, spot in seen if spot]
    due = min(dues, key=lambda each: sum(_away(spot, each) for spot in spots))
    return tuple(_mark(still, spot, logo, due) for still, spot in seen), due


def _mark(still: Still, spot: Spot | None, logo: Logo, due: Spot) -> MarkSeen:
    if spot is None:
        return MarkSeen(at=still.at, state="missing" if clear(still.rgb, logo, due) else "unclear")
    x, y, width, height = _rounded(spot)
    return MarkSeen(at=still.at, state="seen", x=x, y=y, width=width, height=height)


def _away(spot: Spot, due: Spot) -> float:
    return abs(spot.x - due.x) + abs(spot.y - due.y)


def _rounded(spot: Spot) -> tuple[float, float, float, float]:
    return round(spot.x, 4), round(spot.y, 4), round(spot.width, 4), round(spot.height, 4)


def _strangers(kit: BrandKit, stills: Sequence[Still]) -> tuple[tuple[float, float, float, float], ...]:
    """Return what stands in the corners that is not the brand's; in its own corner nothing is a stranger."""
    own = kit.logo.corner if kit.logo else ""
    found = standing([still.rgb for still in stills])
    return tuple(_rounded(spot) for spot in found if _corner(spot) != own)


def _corner(spot: Spot) -> str:
    high = "top" if spot.y + spot.height / 2 < 0.5 else "bottom"
    return f"{high}_{'left' if spot.x + spot.width / 2 < 0.5 else 'right'}"


def _letters(kit: BrandKit, case: Case, stills: Sequence[Still]) -> Iterator[LettersSeen]:
    """Yield the colour of each caption's letters, or of their box, beside the one that the brand asks for."""
    asked, timeline = kit.captions.colour, case.timeline
    if asked is None or timeline is None or case.plan is None or case.plan.only(Captions) is None:
        return
    for cue in _some(timeline.cues):
        at = _middle(cue, timeline)
        still = min(stills, key=lambda each: abs(each.at - at))
        if abs(still.at - at) <= LATE:
            yield _compared(still, cue, timeline, asked)


def _compared(still: Still, cue: Cue, timeline: Timeline, asked: str) -> LettersSeen:
    share, box = still.rgb.shape[1] / timeline.width, cue.box
    rows = slice(max(0, round(box.y * share)), round((box.y + box.height) * share))
    columns = slice(max(0, round(box.x * share)), round((box.x + box.width) * share))
    piece = np.array(still.rgb[rows, columns]).reshape(-1, 3)
    away = np.linalg.norm(tones(piece) - tone(asked), axis=1)
    nearest = piece[np.argsort(away, kind="stable")[: max(1, round(LETTERS * len(piece)))]]
    seen = named(np.median(nearest, axis=0))
    return LettersSeen(at=still.at, asked=asked, seen=seen, apart=round(apart(seen, asked), 2))


def _middle(cue: Cue, timeline: Timeline) -> float:
    return (cue.first_frame + cue.frames // 2 + 0.5) / float(timeline.rate.fraction)


def _distance(kit: BrandKit, stills: Sequence[Still]) -> float | None:
    """Return how far the picture's colours are from the brand's, greys aside, by the share that they take."""
    brand = [colour for colour in kit.palette if chroma(colour) >= GREY]
    found = [swatch for still in stills for swatch in swatches(still.rgb) if chroma(swatch.colour) >= GREY]
    total = sum(swatch.share for swatch in found)
    if not brand or not total:
        return None
    apart_by = sum(swatch.share * min(apart(swatch.colour, own) for own in brand) for swatch in found)
    return round(apart_by / total, 2)
