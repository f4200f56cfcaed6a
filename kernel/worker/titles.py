"""Titles: how they are set on the picture, when they stand, and what keeps them from being read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from kernel.document import Value
from kernel.worker.beside import kept_free, touch
from kernel.worker.fonts import heavy, text
from kernel.worker.layout import safe_zone, shape, short_side
from kernel.worker.ops.title import Title
from kernel.worker.output import Output
from kernel.worker.plan import EditPlan
from kernel.worker.timing import Box, ClipSpan, Cue, TitleSpan, seconds
from kernel.worker.typeset import Type, type_for, unwritable, wrap
from kernel.worker.writing import LETTERS, plain, reading, rightward

TITLE_SIZE = {"landscape": 0.092, "square": 0.090, "portrait": 0.092}
TITLE_AT = {"landscape": 0.66, "square": 0.70, "portrait": 0.10}
"""Where the middle of a title stands in the safe zone: over a speaker's chest, or above the head, never on the face."""
NAME_SIZE = {"landscape": 0.050, "square": 0.050, "portrait": 0.056}
"""The first line of a lower third; its second has `ROLE` of that."""
ROLE = 0.72
QUOTE_SIZE = {"landscape": 0.066, "square": 0.066, "portrait": 0.068}
CARD_SIZE = {"landscape": 0.105, "square": 0.100, "portrait": 0.100}
CARD_LINES = (1.0, 0.48, 0.44)
"""Sizes of an end card's headline, line and call to action."""
CARD_GAP = 0.35
"""What stands between the parts of an end card, in em of its headline."""
SMALLEST = 0.5
"""A title is set this much smaller at the most before it counts as too long."""
WORDS = 3
"""Words a second that a title is read at."""
SLACK = 0.05
"""Seconds that a title may fall short, since its times are rounded to frames."""


class Block(Value):
    """Lines of a title as they are set."""

    lines: tuple[str, ...]
    sizes: tuple[int, ...]
    roles: tuple[int, ...]
    """Which line of the text each is of."""
    box: Box


class Row(NamedTuple):
    """One line as it is set."""

    said: str
    size: int
    type: Type
    role: int

    @property
    def height(self) -> float:
        """Pixels."""
        return self.type.line(self.said) * self.size

    @property
    def width(self) -> float:
        """Pixels."""
        return self.type.width(self.said, self.size)


def spans(plan: EditPlan, clips: Sequence[ClipSpan], cues: Sequence[Cue]) -> tuple[TitleSpan, ...]:
    """Return the titles as they are set, none over the captions or another title of the same time."""
    found: list[TitleSpan] = []
    for title in plan.each(Title):
        span = _span(plan, title, clips, [*cues, *found])
        if span is not None:
            found.append(span)
    return tuple(found)


def _span(
    plan: EditPlan, title: Title, clips: Sequence[ClipSpan], others: Iterable[Cue | TitleSpan]
) -> TitleSpan | None:
    rate = plan.output.rate
    first, end = frames_of(title, clips, rate.fraction)
    avoid = [other.box for other in others if other.first_frame < end and first < other.end_frame]
    block = set_title(plan.output, title, avoid)
    met = [box for box in kept_free(plan) if block and title.style != "end_card" and touch(block.box, box)]
    block = set_title(plan.output, title, [*avoid, *met]) if met else block
    if block is None:
        return None
    return TitleSpan(
        id=title.id,
        first_frame=first,
        frames=end - first,
        start=seconds(first, rate),
        end=seconds(end, rate),
        **block.model_dump(),
    )


def frames_of(title: Title, clips: Sequence[ClipSpan], rate: Fraction) -> tuple[int, int]:
    """Return a title's first frame and the one after its last: it is cut short where the video ends."""
    clip, total = next(clip for clip in clips if clip.id == title.clip), clips[-1].end_frame
    lasts = max(1, round(Fraction(title.length) * rate))
    if title.style == "end_card":
        return max(0, total - lasts), total
    first = clip.first_frame + round(Fraction(title.offset) * rate)
    return first, min(first + lasts, total)


def set_title(output: Output, title: Title, avoid: Sequence[Box]) -> Block | None:
    """Set a title in its style; None where it is too long to be read.

    Args:
        avoid: boxes of captions and of other titles that show at the same time.
    """
    lines = [line for line in map(plain, title.text.split("\n")) if line]
    return SET[title.style](output, lines, avoid) if lines else None


def types_of(lines: Sequence[str]) -> tuple[Type, Type]:
    """Return the heavy and the quiet type of a title's words."""
    said = "".join(lines)
    return type_for(heavy(), said), type_for(text(), said)


def _title(output: Output, lines: Sequence[str], avoid: Sequence[Box]) -> Block | None:
    """Set a title of one line or two, large and centred."""
    zone, em = safe_zone(output), short_side(output) * TITLE_SIZE[shape(output)]
    type = types_of(lines)[0]
    found = _fit(lines[:2], type, em, zone.width - em)
    rows = [Row(said, size, type, 0) for said, size in found or ()]
    middle = zone.y + round(zone.height * TITLE_AT[shape(output)])
    return _block(rows, _centred(output, rows, middle, 1.0, 0.0), zone, avoid) if rows and len(lines) < 3 else None


def _quote(output: Output, lines: Sequence[str], avoid: Sequence[Box]) -> Block | None:
    """Set what was said in up to four lines, and who said it."""
    zone, em = safe_zone(output), short_side(output) * QUOTE_SIZE[shape(output)]
    rows = _rows(lines, types_of(lines), (em, em * 0.6), zone.width * 0.84 - em, most=4)
    return _block(rows, _centred(output, rows, _middle(zone), 1.6, 1.7), zone, avoid) if rows else None


def _lower_third(output: Output, lines: Sequence[str], avoid: Sequence[Box]) -> Block | None:
    """Set a name and what it is: left (right, where it is read from there), above the captions of the same time."""
    zone, em = safe_zone(output), short_side(output) * NAME_SIZE[shape(output)]
    rows = _rows(lines, types_of(lines), (em, em * ROLE), zone.width - 1.2 * em)
    if not rows:
        return None
    width, height = round(max(row.width for row in rows) + 1.2 * em), round(sum(row.height for row in rows) + 0.3 * em)
    x = zone.x + zone.width - width if rightward(lines[0]) else zone.x
    return _block(rows, Box(x=x, y=zone.y + zone.height - height, width=width, height=height), zone, avoid)


def _end_card(output: Output, lines: Sequence[str], avoid: Sequence[Box]) -> Block | None:
    """Set a headline, a line and a call to action in the middle of what the captions leave free, as large as fits."""
    zone, em = safe_zone(output), short_side(output) * CARD_SIZE[shape(output)]
    strong, quiet = types_of(lines)
    free = _free(zone, avoid)
    for step in range(6):
        sizes = [em * share * (1 - step * (1 - SMALLEST) / 5) for share in CARD_LINES]
        rows = _rows(lines, (strong, quiet, strong), sizes, zone.width - 2 * em)
        box = _centred(output, rows, _middle(free), 1.0, CARD_GAP * (len(lines) - 1))
        if rows and box.height <= free.height:
            return _block(rows, box, zone, avoid)
    return None


def _free(zone: Box, avoid: Sequence[Box]) -> Box:
    """Return the highest stretch of the safe zone that no other words stand in."""
    edges = [zone.y, zone.y + zone.height]
    edges += [edge for box in avoid for edge in (box.y, box.y + box.height) if zone.y <= edge <= zone.y + zone.height]
    stretches = [zone.model_copy(update={"y": a, "height": b - a}) for a, b in pairwise(sorted(set(edges)))]
    return max((part for part in stretches if not any(touch(part, box) for box in avoid)), key=_height, default=zone)


def _height(box: Box) -> int:
    return box.height


def _middle(zone: Box) -> int:
    return zone.y + zone.height // 2


def _rows(
    lines: Sequence[str], types: Sequence[Type], sizes: Sequence[float], width: float, most: int = 2
) -> list[Row]:
    """Set each line of a text in its type and size; [] where one is too long, or there are too many."""
    if len(lines) > len(types):
        return []
    found = [_fit([said], type, size, width, most) for said, type, size in zip(lines, types, sizes, strict=False)]
    if not all(found):
        return []
    return [Row(said, size, types[role], role) for role, fitted in enumerate(found) for said, size in fitted or ()]


def _centred(output: Output, rows: Sequence[Row], middle: int, beside: float, above: float) -> Box:
    """Return the box of centred lines.

    Args:
        beside, above: what it has beyond them, in em of the first: both sides together, above and below together.
    """
    if not rows:
        return Box(x=0, y=0, width=0, height=0)
    zone, em = safe_zone(output), rows[0].size
    height = round(sum(row.height for row in rows) + above * em)
    width = round(max(row.width for row in rows) + beside * em)
    y = max(zone.y, min(middle - height // 2, zone.y + zone.height - height))
    return Box(x=(output.width - width) // 2, y=y, width=width, height=height)


def _block(rows: Sequence[Row], box: Box, zone: Box, avoid: Sequence[Box]) -> Block:
    return Block(
        lines=tuple(row.said for row in rows),
        sizes=tuple(row.size for row in rows),
        roles=tuple(row.role for row in rows),
        box=_clear(box, zone, avoid),
    )


SET: Mapping[str, Callable[[Output, Sequence[str], Sequence[Box]], Block | None]] = {
    "title": _title,
    "lower_third": _lower_third,
    "lower_third_line": _lower_third,
    "lower_third_tag": _lower_third,
    "quote": _quote,
    "end_card": _end_card,
}


def _fit(texts: Sequence[str], type: Type, size: float, width: float, most: int = 2) -> tuple[tuple[str, int], ...]:
    """Wrap each text into at most `most` lines, as large as fits; what would be small by then may take one more."""
    for step in range(21):
        smaller, limit = size * (1 - step * (1 - SMALLEST) / 20), most if step < 10 else most + 1
        lines = [wrap(said, type, smaller, width, limit) for said in texts]
        if all(lines):
            return tuple((line, round(smaller)) for found in lines for line in found)
    return ()


def _clear(box: Box, zone: Box, avoid: Sequence[Box]) -> Box:
    """Move a box up until it stands clear of the others, or under them where there is no room above."""
    for other in sorted(avoid, key=lambda b: -b.y):
        # What stands beside other words is moved too: two texts in one line read as one.
        if box.y < other.y + other.height and other.y < box.y + box.height:
            above, under = other.y - box.height - box.height // 6, other.y + other.height + box.height // 6
            box = box.model_copy(update={"y": above if above >= zone.y else under})
    return box


def wrong(plan: EditPlan, clips: Sequence[ClipSpan], cues: Sequence[Cue]) -> Iterator[str]:
    """Say which titles cannot be written, do not fit, stand in each other's way, or are gone before they are read."""
    for title in plan.each(Title):
        yield from _unfit(plan, title, clips)
    yield from _crowded(plan, clips, cues)


def _unfit(plan: EditPlan, title: Title, clips: Sequence[ClipSpan]) -> Iterator[str]:
    lines = [line for line in map(plain, title.text.split("\n")) if line]
    most = 3 if title.style == "end_card" else 2
    yield from unwritable(f"Title {title.id}", " ".join(lines), types_of(lines)[0])
    if len(lines) > most:
        yield f"Title {title.id} has more than {'three' if most == 3 else 'two'} lines."
    elif set_title(plan.output, title, ()) is None:
        yield f"Title {title.id} is empty or too long for this picture: say it in fewer words."
    else:
        yield from _quick(plan, title, clips)


def _quick(plan: EditPlan, title: Title, clips: Sequence[ClipSpan]) -> Iterator[str]:
    first, end = frames_of(title, clips, plan.output.rate.fraction)
    lasts, needs = seconds(end - first, plan.output.rate), time_to_read(title.text)
    if 0 < lasts < needs - SLACK:
        yield (
            f"Title {title.id} stands for {lasts:.1f} s, but takes {needs:.1f} s to read: let it stand longer,"
            f" begin it earlier, or say it in fewer words."
        )


def time_to_read(said: str) -> float:
    """Return the seconds that a title has to stand: for three words a second, or as fast as its script is read."""
    text = plain(said)
    found = reading(text)
    if found == LETTERS:
        return len(text.split()) / WORDS
    return len("".join(text.split())) / found.speed


def _crowded(plan: EditPlan, clips: Sequence[ClipSpan], cues: Sequence[Cue]) -> Iterator[str]:
    zone, laid = safe_zone(plan.output), spans(plan, clips, cues)
    for index, span in enumerate(laid):
        meets = [other.id for other in laid[:index] if _together(span, other) and touch(span.box, other.box)]
        over = [cue for cue in cues if _together(span, cue) and touch(span.box, cue.box)]
        if meets:
            yield f"Title {span.id} has no room beside title {meets[0]}, which shows at the same time: show one later."
        elif over or not span.box.inside(zone):
            yield (
                f"Title {span.id} has no room beside the captions from {span.start:.1f} s to {span.end:.1f} s: show it"
                f" when nobody speaks, say it in fewer words, or make the captions smaller."
            )


def _together(one: TitleSpan, other: TitleSpan | Cue) -> bool:
    return one.first_frame < other.end_frame and other.first_frame < one.end_frame
