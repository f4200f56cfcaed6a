"""brand: whether it looks like its owner's videos: the logo in its place, captions and colours as the kit asks.

No public standard says how far a brand may be off; the limits are ours and lie at the threshold. The logo may be 2 % of
the shorter side away from its place and an eighth larger or smaller (both are seen at a glance beside a right one), it
may be missing or crowded for a tenth of the time. A colour may be 10 off (`colours.apart`; 2 is hardly seen, black and
white are 100): another shade of the same colour, as compression and glow make it. White, grey and black are free: every
brand writes in them.

What the footage shows is nobody's fault: how far the picture's own colours are from the brand's only moves the score
of a part that cannot fail by itself. A font that the worker does not have takes a fifth and passes: no step can mend
it, but the video is no golden one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from kernel.brand import BrandKit, Mark
from kernel.evaluation.base import MEASURED, Finding, Metric, Seen, listed, part, scored, spared
from kernel.evaluation.measures.brand_seen import GREY, MarkSeen
from kernel.evaluation.scorecard import Evidence, Score
from kernel.worker.analysis.colours import apart, chroma
from kernel.worker.beside import touch
from kernel.worker.fonts import heavy
from kernel.worker.layout import LOOKS
from kernel.worker.ops.captions import Captions
from kernel.worker.ops.logo import Logo
from kernel.worker.ops.progress import Progress
from kernel.worker.ops.title import Title
from kernel.worker.timing import Box, Cue, TitleSpan

OWNER = "plan"
SEEN = (0.5, 1.0)
"""Share of the asked time in which the logo is seen; nine tenths lie at the threshold."""
PLACE = (0.085, 0.004)
"""Distance of the logo's corner from its place, as a share of the shorter side; 2 % lie at the threshold."""
SIZE = (0.5, 0.03)
"""Share by which it is too large or too small; an eighth lies at the threshold, half the size is 0."""
CROWDED = (0.5, 0.0)
"""Share of the time in which words stand in its clear space; a tenth lies at the threshold."""
STRANGE = (1.0, 0.0)
COLOUR = (30.0, 5.0)
"""Distance of a colour that is drawn from the brand's; 10 lies at the threshold."""
LIMIT = 10.0
LOOK = (0.6, 1.0)
"""Share of style, case and position that captions have as the kit asks; one that is wrong fails."""
CASED = (0.5, 1.0)
"""Share of captions in the case that is asked for; nine tenths lie at the threshold."""
FONT = (-4.0, 1.0)
"""Share of the words' kinds in the brand's font: none lies at the threshold, as no step can mend it."""
PICTURE = (420.0, 15.0)
"""Distance of the picture's own colours: 96 lies at the threshold, and no colour is so far from another one."""
WEIGHT = re.compile(r"\b(?:(?:semi|extra|ultra|demi)[ -]?)?(?:thin|light|regular|medium|bold|black|heavy)\b")
LIT = ("karaoke", "marker", "pop")
"""Styles of captions that show their highlight."""


def measure(seen: Seen) -> Score:
    """Score how well a render fits its brand kit."""
    kit = kit_of(seen)
    if kit is None:
        return spared("brand", "No brand kit was given.", OWNER)
    findings = [*_logo(seen, kit), *_strangers(seen, kit), *_captions(seen, kit), *_palette(seen, kit)]
    findings += [*_picture(seen, kit), *_font(seen, kit)]
    if not findings:
        return spared("brand", f"The kit of {kit.name} asks for nothing that could be seen here.", OWNER)
    return scored("brand", findings, _facts(seen, kit), f"It looks like {kit.name}.", OWNER)


def kit_of(seen: Seen) -> BrandKit | None:
    """Return the brand kit: given, or the brief's."""
    within = (seen.brief or {}).get("brand")
    return seen.brand or (BrandKit.read(within) if within else None)


def _facts(seen: Seen, kit: BrandKit) -> dict[str, float | str]:
    facts: dict[str, float | str] = {"kit": kit.name, "font": heavy().family}
    found = seen.brand_seen
    if found and found.due:
        facts["logo belongs at"] = _at(found.due)
        spots = [_where(mark) for mark in found.marks if mark.state == "seen"]
        facts |= {"logo seen at": _at(_typical(spots))} if spots else {}
        facts["logo not to be told from the picture, stills"] = sum(mark.state == "unclear" for mark in found.marks)
    if found and found.picture is not None:
        facts["picture's colours from the brand's"] = found.picture
    return facts


def _at(spot: Sequence[float]) -> str:
    return f"{spot[0]:.1%} from the left, {spot[1]:.1%} from the top, {spot[2]:.1%} wide"


def _logo(seen: Seen, kit: BrandKit) -> Iterator[Finding]:
    """Yield what is to be said of the logo: by what is seen, else by the plan alone."""
    mark, found = kit.logo, seen.brand_seen
    if mark is None:
        return
    told = [each for each in found.marks if each.state != "unclear"] if found else []
    if found and found.due and told:
        yield _visible(mark, told)
        shown = [each for each in told if each.state == "seen"]
        if shown:
            yield from _placed(mark, found.due, shown, seen)
    elif seen.plan is not None:
        share = float(any(op.corner == mark.corner for op in seen.plan.each(Logo)))
        yield _missing(mark, share, [_whole(seen, "no logo")])
    yield from _crowded(seen, mark)


def _visible(mark: Mark, told: Sequence[MarkSeen]) -> Finding:
    share = min(1.0, sum(each.state == "seen" for each in told) / len(told) / mark.share)
    gone = [Evidence(start=each.at, end=each.at, what="no logo") for each in told if each.state == "missing"]
    return _missing(mark, share, gone)


def _missing(mark: Mark, share: float, gone: Sequence[Evidence]) -> Finding:
    where, when = mark.corner.replace("_", " "), "at all" if share == 0 else f"at {listed(gone)}"
    return Finding(
        part("logo", share, *SEEN, f"{share:.0%} of the time", f"all the time it should be, {where}"),
        f"The brand's logo is not seen {when}.",
        OWNER,
        f"Show the brand's logo ({mark.file}) {where}, {mark.size:g} of the short side wide, over the whole video.",
        gone,
    )


def _placed(mark: Mark, due: Sequence[float], shown: Sequence[MarkSeen], seen: Seen) -> Iterator[Finding]:
    """Yield how far it is from its place, by the corner that it belongs to, and how much too large or small."""
    width, height = seen.measured.width, seen.measured.height
    spot = _typical([_where(each) for each in shown])
    right, low = mark.corner.endswith("right"), mark.corner.startswith("bottom")
    x = (spot[0] + spot[2] * right - due[0] - due[2] * right) * width
    y = (spot[1] + spot[3] * low - due[1] - due[3] * low) * height
    off, grown = (x * x + y * y) ** 0.5 / max(1, min(width, height)), spot[2] / due[2] - 1
    evidence = [Evidence(start=shown[0].at, end=shown[-1].at, what="logo")]
    where = mark.corner.replace("_", " ")
    ways = [f"{abs(by):.0f} px {way}" for by, way in _ways(x, y) if abs(by) >= 1]
    yield Finding(
        part("logo's place", off, *PLACE, " and ".join(ways) or "in its place", f"{where}, at most 2 % off"),
        f"The logo stands {' and '.join(ways)} of its place ({where}), from {listed(evidence)}.",
        OWNER,
        f"Put the logo into the corner {mark.corner}.",
        evidence,
    )
    yield Finding(
        part("logo's size", abs(grown), *SIZE, f"{grown:+.0%}", f"{mark.size:g} of the short side"),
        f"The logo is {abs(grown):.0%} too {'large' if grown > 0 else 'small'}.",
        OWNER,
        f"Make the logo {mark.size:g} of the short side wide.",
        evidence,
    )


def _ways(x: float, y: float) -> tuple[tuple[float, str], tuple[float, str]]:
    return (x, "right" if x > 0 else "left"), (y, "below" if y > 0 else "above")


def _where(mark: MarkSeen) -> tuple[float, ...]:
    return mark.x, mark.y, mark.width, mark.height


def _typical(spots: Sequence[Sequence[float]]) -> tuple[float, ...]:
    return tuple(median(spot[side] for spot in spots) for side in range(4))


def _crowded(seen: Seen, mark: Mark) -> Iterator[Finding]:
    """Yield for how long words stand in the logo's clear space."""
    timeline, due = seen.timeline, seen.brand_seen.due if seen.brand_seen else None
    if timeline is None or due is None or not timeline.frames:
        return
    zone = _zone(due, mark.clear, timeline.width, timeline.height)
    cards = {title.id for title in seen.plan.each(Title) if title.style == "end_card"} if seen.plan else set()
    words: list[Cue | TitleSpan] = [*timeline.cues, *(span for span in timeline.titles if span.id not in cards)]
    over = [each for each in words if touch(each.box, zone)]
    share = min(1.0, sum(each.frames for each in over) / timeline.frames)
    evidence = [Evidence(start=each.start, end=each.end, what="words on the logo") for each in over]
    titled = any(isinstance(each, TitleSpan) for each in over)
    what = "title" if titled else "captions"
    yield Finding(
        part("logo's clear space", share, *CROWDED, f"crowded {share:.0%} of the time", "free"),
        f"The {what} {'stands' if titled else 'stand'} in the logo's clear space at {listed(evidence)}.",
        "titles" if titled else "captions",
        "Say the title in fewer words, or part it into two lines, so that it stays clear of the logo."
        if titled
        else f"Put the captions where the logo is not ({mark.corner.replace('_', ' ')}).",
        evidence,
    )


def _zone(due: Sequence[float], clear: float, width: int, height: int) -> Box:
    x, y, wide, high = due[0] * width, due[1] * height, due[2] * width, due[3] * height
    room = clear * min(wide, high)
    return Box(x=round(x - room), y=round(y - room), width=round(wide + 2 * room), height=round(high + 2 * room))


def _strangers(seen: Seen, kit: BrandKit) -> Iterator[Finding]:
    """Yield what stands on the picture that is not the brand's, where the kit wants none."""
    if not kit.no_marks:
        return
    own = {kit.logo.hash} if kit.logo else set()
    known = {source.id: source.hash for source in seen.plan.sources} if seen.plan else {}
    drawn = [op for op in seen.plan.each(Logo) if known.get(op.source) not in own] if seen.plan else []
    found = seen.brand_seen.strangers if seen.brand_seen else ()
    count = len(drawn) or len(found)
    spots = [op.corner.replace("_", " ") for op in drawn] or [_at(spot) for spot in found]
    cure = "Leave the logo out." if drawn else "Choose a framing, or other footage, that does not show the mark."
    yield Finding(
        part("other marks", min(1.0, count), *STRANGE, str(count), "none"),
        f"There is a mark that is not the brand's: {'; '.join(spots)}.",
        OWNER,
        cure,
        [_whole(seen, "a mark")],
    )


def _captions(seen: Seen, kit: BrandKit) -> Iterator[Finding]:
    """Yield whether captions look as the kit has them; what the person wished of them goes before it."""
    captions = seen.plan.only(Captions) if seen.plan else None
    if (seen.brief or {}).get("caption_wishes"):
        return
    if captions is not None and seen.timeline is not None and seen.timeline.cues:
        yield from _look(seen, captions, kit.captions.asked)
        yield from _case(seen, [" ".join(cue.text) for cue in seen.timeline.cues], kit.captions.case)
    yield from _letters(seen, kit)


def _look(seen: Seen, captions: Captions, asked: Mapping[str, str]) -> Iterator[Finding]:
    shown = {name: value for name, value in asked.items() if name in ("style", "case", "position")}
    given = captions.model_dump()
    wrong = {name: value for name, value in shown.items() if str(given[name]).lower() != value.lower()}
    if not shown:
        return
    share = 1 - len(wrong) / len(shown)
    others = ", ".join(f"{name} {given[name]}" for name in wrong)
    wanted = ", ".join(f"{name} {value}" for name, value in wrong.items())
    yield Finding(
        part("captions", share, *LOOK, others or "as asked", ", ".join(f"{n} {v}" for n, v in shown.items())),
        f"The captions have {others} where the brand has {wanted}.",
        "captions",
        f"Give the captions {wanted}.",
        [_whole(seen, "captions")],
    )


def _case(seen: Seen, said: Sequence[str], case: str | None) -> Iterator[Finding]:
    if case not in ("upper", "lower"):
        return
    cased = [text for text in said if text.upper() != text.lower()]
    wrong = [text for text in cased if text != (text.upper() if case == "upper" else text.lower())]
    if not cased:
        return
    share = 1 - len(wrong) / len(cased)
    cues = seen.timeline.cues if seen.timeline else ()
    evidence = [Evidence(start=c.start, end=c.end, what="case") for c in cues if " ".join(c.text) in wrong]
    yield Finding(
        part("case", share, *CASED, f"{share:.0%} in {case} case", f"all in {case} case"),
        f"Captions are not in {case} case at {listed(evidence)}.",
        "captions",
        f"Set the captions' case to {case}.",
        evidence,
    )


def _letters(seen: Seen, kit: BrandKit) -> Iterator[Finding]:
    """Yield how far the captions' colours are from those that the kit asks for: as planned, and as seen on pixels."""
    tried = [*_inked(seen, kit.captions.asked), *_read_off(seen)]
    if not tried:
        return
    off, name, found, asked, fault, at = max(tried, key=lambda each: each[0])
    yield Finding(
        part("captions' colour", off, *COLOUR, f"{found}, {off:.0f} off", f"{asked}, at most 10 off"),
        fault,
        "captions",
        f"Set the captions' {name} to {asked}.",
        at,
    )


Tried = tuple[float, str, str, str, str, Sequence[Evidence]]
"""How far off a colour is, what of, the colour, the one that is asked for, what to say, and when."""


def _inked(seen: Seen, asked: Mapping[str, str]) -> Iterator[Tried]:
    captions = seen.plan.only(Captions) if seen.plan else None
    if captions is None or seen.timeline is None or not seen.timeline.cues:
        return
    given = {"colour": captions.colour, "highlight": captions.highlight if captions.style in LIT else None}
    for name, colour in given.items():
        if colour and name in asked:
            fault = f"The captions' {name} is {colour} where the brand has {asked[name]}."
            yield apart(colour, asked[name]), name, colour, asked[name], fault, [_whole(seen, name)]


def _read_off(seen: Seen) -> Iterator[Tried]:
    found = seen.brand_seen.letters if seen.brand_seen else ()
    if not found:
        return
    off = median(each.apart for each in found)
    typical = min(found, key=lambda each: abs(each.apart - off))
    evidence = [Evidence(start=each.at, end=each.at, what=each.seen) for each in found if each.apart > LIMIT]
    fault = f"The captions are not seen in {typical.asked} at {listed(evidence)}: nearest there is {typical.seen}."
    yield off, "colour", typical.seen, typical.asked, fault, evidence


def _palette(seen: Seen, kit: BrandKit) -> Iterator[Finding]:
    """Yield the colour of what is drawn that is farthest from the palette: few things are, so the worst one decides."""
    if not kit.colours or seen.plan is None:
        return
    drawn = list(_drawn(seen))
    if not drawn:
        return
    rated = [(_off(colour, kit.palette), what, colour, owner, at) for what, colour, owner, at in drawn]
    off, what, colour, owner, at = max(rated, key=lambda each: each[0])
    near = min(kit.palette, key=lambda own: apart(own, colour))
    yield Finding(
        part("palette", off, *COLOUR, f"{what} {colour}, {off:.0f} off" if off else "all of it", "at most 10 off"),
        f"The {what} is drawn in {colour}, which is none of the brand's colours.",
        owner,
        f"Draw the {what} in a colour of the brand: {near} is the nearest of {', '.join(kit.palette)}.",
        [at],
    )


def _off(colour: str, palette: Sequence[str]) -> float:
    if chroma(colour) < GREY:
        return 0.0
    return min(apart(colour, own) for own in palette)


def _drawn(seen: Seen) -> Iterator[tuple[str, str, str, Evidence]]:
    """Yield what is drawn on the picture: what it is, its colour, whose it is, and when."""
    if seen.plan is None or seen.timeline is None:
        return
    captions, whole = seen.plan.only(Captions), _whole(seen, "colour")
    if captions and seen.timeline.cues and not (seen.brief or {}).get("caption_wishes"):
        yield "captions' colour", captions.colour, "captions", whole
        if captions.style in LIT:
            yield "captions' highlight", captions.highlight, "captions", whole
    spans = {span.id: span for span in seen.timeline.titles}
    for title in seen.plan.each(Title):
        if span := spans.get(title.id):
            at = Evidence(start=span.start, end=span.end, what=title.text)
            yield f'title "{title.text}"', title.colour, OWNER, at
            if title.accent and title.style not in ("title",):
                yield f'accent of "{title.text}"', title.accent, OWNER, at
    for bar in seen.plan.each(Progress):
        yield "progress bar", bar.colour, OWNER, whole


def _picture(seen: Seen, kit: BrandKit) -> Iterator[Finding]:
    off = seen.brand_seen.picture if seen.brand_seen else None
    if off is None:
        return
    yield Finding(
        part("picture", off, *PICTURE, f"{off:.0f} off", "not held against the cut"),
        f"The picture's colours are far from those of {kit.name}.",
        OWNER,
        "Choose footage that is nearer to the brand's colours, or grade it.",
        [_whole(seen, "colours")],
    )


def _font(seen: Seen, kit: BrandKit) -> Iterator[Finding]:
    """Yield the share of the kinds of words that are written in the font that the kit asks for."""
    if seen.plan is None or seen.timeline is None:
        return
    captions, asked = seen.plan.only(Captions), list[tuple[str, str]]()
    if kit.fonts.captions and captions and seen.timeline.cues:
        asked.append((kit.fonts.captions, LOOKS[captions.style].font().family))
    if kit.fonts.titles and seen.timeline.titles:
        asked.append((kit.fonts.titles, heavy().family))
    if not asked:
        return
    share = sum(_same(wanted, used) for wanted, used in asked) / len(asked)
    used, wanted = (", ".join(sorted(set(names))) for names in ([u for _, u in asked], [w for w, _ in asked]))
    yield Finding(
        part("font", share, *FONT, used, wanted),
        f"The words are written in {used}, not in {wanted}.",
        OWNER,
        "Nothing can be done: no other font is there.",
        [_whole(seen, "font")],
    )


def _same(wanted: str, used: str) -> bool:
    """Say whether a family is the one that is asked for, whatever the weight."""
    one, other = (WEIGHT.sub("", name.casefold()).split() for name in (wanted, used))
    return one == other


def _whole(seen: Seen, what: str) -> Evidence:
    return Evidence(start=0.0, end=round(seen.measured.duration, 3), what=what)


DUE = (0.78, 0.11, 0.16, 0.045)
AT = {"x": 0.78, "y": 0.11, "width": 0.16, "height": 0.045}
KIT: Mapping[str, Any] = BrandKit.EXAMPLE
GOLDEN: Mapping[str, Any] = {
    "measured": MEASURED,
    "brand": KIT,
    "brand_seen": {
        "due": DUE,
        "marks": [{"at": float(at), "state": "seen", **AT} for at in range(1, 9)],
        "letters": [{"at": 2.0, "asked": "#ffffff", "seen": "#fdfdfd", "apart": 0.6}],
        "picture": 14.0,
    },
}
BROKEN: Mapping[str, Any] = {
    **GOLDEN,
    "brand_seen": {
        **GOLDEN["brand_seen"],
        "marks": [{"at": float(at), "state": "seen", **AT, "x": 0.06} for at in range(1, 9)],
    },
}
"""The logo in the wrong corner."""

BRAND = Metric("brand", measure, GOLDEN, BROKEN)
