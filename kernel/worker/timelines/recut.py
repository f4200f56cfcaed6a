"""recut: an edited timeline becomes the next version of a plan; what could not be carried is said.

The clips come from the timeline, frame by frame. A clip that nobody touched keeps its words; a trimmed one is given in
seconds, so that the editor's frames are kept. Every other operation stays, with the clip that it names: nothing here
knows an operation but those that a timeline shows (covers, transitions, music).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeVar

from kernel.errors import BadInput
from kernel.worker import rules
from kernel.worker.borders import unworded, windows
from kernel.worker.compile import check, lay, shots
from kernel.worker.media import Source
from kernel.worker.ops.cover import Cover
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.music import Music
from kernel.worker.ops.speed import Speed
from kernel.worker.ops.split import Split
from kernel.worker.ops.transition import Transition
from kernel.worker.plan import EditPlan
from kernel.worker.timelines.changes import changes
from kernel.worker.timelines.parts import Part, called, cut_of, number, parts_of, source_of
from kernel.worker.timelines.strips import Edited, Strip
from kernel.worker.timelines.units import counted
from kernel.worker.timing import ClipSpan, Shot

NAMING = ("clip", "of", "after")
"""Fields by which an operation names the clip or cover that it belongs to."""
ADDED = "added in the editing program"
PASSES = 4
"""How often clips are made exact: each pass mends what the one before it moved."""
SHORTEST, LONGEST, LONGEST_SPLIT = 0.1, 2.0, 5.0
"""Seconds of a transition, and of a split."""
SLOWEST, FASTEST = Fraction(1, 10), 20
"""Speeds."""
Op = TypeVar("Op", Transition, Split)


@dataclass(frozen=True)
class Recut:
    """What an edited timeline made of a plan.

    Attributes:
        plan: the next version; the very plan where nothing was changed.
        changes: what the editor changed, in a few words each; () for nothing.
        left: what could not be carried, one sentence each.
    """

    plan: EditPlan
    changes: tuple[str, ...]
    left: tuple[str, ...]


@dataclass
class _Cutting:
    """A plan while it is made from an edited timeline."""

    plan: EditPlan
    edited: Edited
    clips: tuple[ClipSpan, ...]
    said: list[str]
    parts: list[Part] = field(default_factory=list)
    laid: dict[str, Shot] = field(default_factory=dict)
    """Where each cover must come to lie."""

    @property
    def rate(self) -> Fraction:
        return self.plan.output.rate.fraction

    def pieces(self, id: str) -> list[Part]:
        """Return what became of a clip."""
        return [part for part in self.parts if part.origin is not None and part.origin.id == id]


def recut(plan: EditPlan, edited: Edited) -> Recut:
    """Return the plan as the edited timeline has it.

    Raises:
        BadInput: no clip is left that could be made, or the cut cannot be done; says why.
    """
    cutting = _Cutting(plan, edited, lay(plan), list(edited.said))
    cutting.parts = parts_of(plan, cutting.clips, edited, cutting.said)
    if not cutting.parts:
        raise BadInput(" ".join(["Nothing of this timeline can become a plan.", *cutting.said[:3]]))
    _said_of_rate(cutting)
    made = _possible(_settled(plan.model_copy(update={"operations": tuple(_operations(cutting))}), cutting), cutting)
    if made.operations == plan.operations:
        return Recut(plan, (), tuple(cutting.said))
    return Recut(made, tuple(changes(plan, made, cutting.parts)), tuple(cutting.said))


def _said_of_rate(cutting: _Cutting) -> None:
    own = cutting.edited.rate
    if own is not None and own != cutting.rate and float(cutting.rate / own) != round(cutting.rate / own):
        cutting.said.append(
            f"The timeline counts {float(own):.2f} frames a second and the plan {float(cutting.rate):.2f}:"
            " its cuts went to the nearest frames."
        )


def _operations(cutting: _Cutting) -> Iterator[Any]:
    """Yield the operations in the plan's order: a kind that the timeline shows where the first of it stood."""
    shown: dict[type[Any], list[Any]] = {
        Cut: _cuts(cutting),
        Transition: _transitions(cutting),
        Split: _splits(cutting),
    }
    if "cover" in cutting.edited.carries:
        shown[Cover] = _covers(cutting)
    if "music" in cutting.edited.carries:
        shown[Music] = _music(cutting)
    lives = {cover.id for cover in shown.get(Cover, cutting.plan.each(Cover))}
    shown[Speed] = [speed for speed in _speeds(cutting) if speed.of in lives or not speed.of.startswith("b")]
    same = {kind for kind, made in shown.items() if made == list(cutting.plan.each(kind))}
    for operation in cutting.plan.operations:
        kind = type(operation)
        if kind in same:
            yield operation
        elif kind in shown:
            yield from shown[kind]
            shown[kind] = []
        else:
            yield from _carried(operation, cutting, lives)
    for kind in shown.keys() - same:
        yield from shown[kind]


def _cuts(cutting: _Cutting) -> list[Cut]:
    known = {cut.id: cut for cut in cutting.plan.each(Cut)}
    return [_cut(part, known, cutting.rate) for part in cutting.parts]


def _cut(part: Part, known: dict[str, Cut], rate: Fraction) -> Cut:
    """Return a clip as it was where nobody touched it, else in seconds."""
    cutting = known.get(part.origin.id) if part.origin else None
    if cutting is None:
        return _in_seconds(Cut(id=part.id, source=part.source.id, why=ADDED), part, rate)
    renamed = cutting.model_copy(update={"id": part.id})
    return renamed if part.untouched else _in_seconds(renamed, part, rate)


def _in_seconds(cut: Cut, part: Part, rate: Fraction) -> Cut:
    start, end = (_seconds(frame, rate) for frame in part.edges)
    unnamed = dict.fromkeys(name for name in Cut.model_fields if name.startswith(("first_", "last_")))
    return cut.model_copy(update={**unnamed, "start": start, "end": end})


def _seconds(frames: Fraction | int, rate: Fraction) -> float:
    return round(float(frames / rate), 6)


def _transitions(cutting: _Cutting) -> list[Transition]:
    """Return the transitions of the timeline, each after the clip that goes out."""
    before, passages = _windows(cutting), {cut_of(p): p for p in cutting.edited.passages}
    made = list[Transition]()
    for left, right in pairwise(cutting.parts):
        passage = passages.pop(left.strip.end, None) if left.strip.end == right.strip.first else None
        old = before.get(left.origin.id) if left.origin else None
        if passage is not None:
            made.append(_transition(left.id, passage.frames, passage.kind, old, cutting))
        elif old is not None and _hidden(left, right, old[1], cutting):
            made.append(old[0].model_copy(update={"after": left.id}))
    for cut in sorted(passages):
        where = f"{float(cut / cutting.rate):.2f} s"
        cutting.said.append(f"The transition at {where} stands between no two clips and was left out.")
    return _in_order(made, cutting.plan.each(Transition))


def _hidden(left: Part, right: Part, frames: int, cutting: _Cutting) -> bool:
    """Say whether a transition stood where not every timeline can show it: no picture there, or no frames before."""
    seen = left.source.has_picture and right.source.has_picture
    return not seen or right.strip.start * cutting.rate < frames // 2


def _windows(cutting: _Cutting) -> dict[str, tuple[Transition, int]]:
    frames = {after: window[2] for after, window in windows(cutting.plan, cutting.clips).items()}
    return {old.after: (old, frames[old.after]) for old in cutting.plan.each(Transition)}


def _transition(
    after: str, frames: int, kind: str, old: tuple[Transition, int] | None, cutting: _Cutting
) -> Transition:
    length = min(max(_seconds(frames, cutting.rate), SHORTEST), LONGEST)
    if old is not None:
        same = old[0].length if old[1] == frames else length
        return old[0].model_copy(update={"after": after, "length": same})
    try:
        return Transition.model_validate({"after": after, "kind": kind, "length": length})
    except ValueError:
        cutting.said.append(f"The transition {kind} after {after} is none that a plan knows: it became a dissolve.")
        return Transition(after=after, kind="dissolve", length=length)


def _splits(cutting: _Cutting) -> list[Split]:
    """Return where the picture changes earlier or later than the sound."""
    known = {split.after: split for split in cutting.plan.each(Split)}
    made = list[Split]()
    for part in cutting.parts[:-1]:
        if not part.roll:
            continue
        old = known.get(part.origin.id) if part.origin else None
        same = old is not None and old.border(0, cutting.plan.output.rate) == part.roll
        new = Split(after=part.id, kind="J" if part.roll > 0 else "L", length=_split_length(part.roll, cutting.rate))
        made.append(old.model_copy(update={"after": part.id}) if old is not None and same else new)
    return _in_order(made, cutting.plan.each(Split))


def _split_length(roll: int, rate: Fraction) -> float:
    return min(max(_seconds(abs(roll), rate), SHORTEST), LONGEST_SPLIT)


def _in_order(made: list[Op], before: Sequence[Op]) -> list[Op]:
    """Return operations after clips in the order of the plan; new ones stand at the end."""
    order = [getattr(old, "after", "") for old in before]
    return sorted(made, key=lambda op: order.index(op.after) if op.after in order else len(order))


def _speeds(cutting: _Cutting) -> list[Speed]:
    """Return the speeds of what lives, with those that the editor gave."""
    given = {part.id: part.speed for part in cutting.parts if part.speed is not None}
    made = list[Speed]()
    for speed in cutting.plan.each(Speed):
        pieces = [part.id for part in cutting.pieces(speed.of)] if speed.of.startswith("c") else [speed.of]
        made += [speed.model_copy(update={"of": id}) for id in pieces if id not in given]
    every = any(speed.of == "*" for speed in cutting.plan.each(Speed))
    for id, factor in given.items():
        if not SLOWEST <= abs(factor) <= FASTEST:
            cutting.said.append(f"{id} plays {float(factor):g} times as fast there: a plan knows 0.1 to 20 times.")
        elif factor != 1 or every:
            made.append(Speed(of=id, factor=round(float(abs(factor)), 4), reverse=factor < 0))
    return made


def _covers(cutting: _Cutting) -> list[Cover]:
    """Return the pictures that lie above the main track, each over the clip that is heard there."""
    known = {shot.of: shot for seen in shots(cutting.plan, cutting.clips) for shot in seen}
    made, taken = list[Cover](), set[str]()
    fresh = iter(range(1 + max((number(c.id) for c in cutting.plan.each(Cover)), default=0), 10**9))
    for strip in _uncrowded(cutting):
        source = source_of(cutting.plan, strip)
        if source is None or not source.has_picture:
            cutting.said.append(f"{called(strip, cutting.rate)} shows a file that is no source of this job.")
            continue
        over = [part for part in cutting.parts if part.strip.first < strip.end and strip.first < part.strip.end]
        if not over:
            cutting.said.append(f"{called(strip, cutting.rate)} lies over no clip and was left out.")
        for part in over:
            old = _cover_of(strip, source, cutting, taken)
            id = old.id if old else f"b{next(fresh)}"
            taken.add(id)
            made.append(_cover(id, old, known.get(id), strip, part, source, cutting))
    return sorted(made, key=lambda cover: _order(cover, cutting))


def _order(cover: Cover, cutting: _Cutting) -> int:
    """Return the place of a cover in the plan's list; new ones stand at its end."""
    ids = [known.id for known in cutting.plan.each(Cover)]
    return ids.index(cover.id) if cover.id in ids else len(ids)


def _uncrowded(cutting: _Cutting) -> list[Strip]:
    """Return the pictures of the upper tracks of which nothing is hidden by another one."""
    kept = list[Strip]()
    for strip in cutting.edited.over:
        if any(strip.first < other.end and other.first < strip.end for other in kept):
            cutting.said.append(f"{called(strip, cutting.rate)} lies under another picture and was left out.")
        else:
            kept.append(strip)
    return sorted(kept, key=lambda strip: strip.first)


def _cover_of(strip: Strip, source: Source, cutting: _Cutting, taken: set[str]) -> Cover | None:
    """Return the cover that a strip was: the one it names, else one of the same source that nobody took."""
    free = [c for c in cutting.plan.each(Cover) if c.source == source.id and c.id not in taken]
    named = next((cover for cover in free if cover.id == strip.id), None)
    if named or strip.id:
        return named
    return next(iter(free), None)


def _cover(
    id: str, old: Cover | None, shot: Shot | None, strip: Strip, part: Part, source: Source, cutting: _Cutting
) -> Cover:
    """Return what of a strip lies over one clip, as it was where nobody moved it."""
    first, end = max(strip.first, part.strip.first), min(strip.end, part.strip.end)
    begins = counted(strip.start, source, cutting.plan.output.rate, shot.source_frame if shot else None)
    begins += first - strip.first
    there = first - part.lies + part.first
    lies = Shot.model_construct(of=id, source=source.id, source_frame=begins, first_frame=there, frames=end - first)
    cutting.laid[id] = lies
    if old is not None and shot is not None and old.clip == part.id and _as_it_lay(lies, shot, part, cutting):
        return old
    made = old or Cover(id=id, clip=part.id, source=source.id, why=ADDED)
    before = shot.source_frame if shot else 0
    start = made.start if begins == before else max(0.0, _seconds(begins - before, cutting.rate) + made.start)
    return _placed(made.model_copy(update={"clip": part.id, "start": round(start, 6)}), lies, part, cutting.rate)


def _as_it_lay(lies: Shot, shot: Shot, part: Part, cutting: _Cutting) -> bool:
    clip = next(clip for clip in cutting.clips if clip.id == part.id)
    before = (shot.first_frame - clip.first_frame, shot.frames, shot.source_frame)
    return before == (lies.first_frame - part.first, lies.frames, lies.source_frame)


def _placed(cover: Cover, lies: Shot, part: Part, rate: Fraction) -> Cover:
    """Return a cover with its place spelt out, in seconds of its clip as it was filmed."""
    since = lies.first_frame - part.first
    offset, end = part.filmed(since), part.filmed(since + lies.frames)
    return cover.model_copy(update={"offset": _seconds(offset, rate), "length": _seconds(end - offset, rate)})


def _music(cutting: _Cutting) -> list[Music]:
    """Return the music as it begins on the sound tracks; none where it was taken out."""
    music = cutting.plan.only(Music)
    own = {(part.lies, part.source.id) for part in cutting.parts}
    beds = list[Strip]()
    for strip in cutting.edited.sounds:
        source = source_of(cutting.plan, strip)
        if music and source and source.id == music.source:
            beds.append(strip)
        elif not strip.id.startswith("c") and (strip.first, source.id if source else "") not in own:
            cutting.said.append(f"The sound {called(strip, cutting.rate)} was left out: say in words what it is for.")
    _said_of_split_edits(cutting)
    if music is None or not beds:
        return []
    return [_bed(music, min(beds, key=lambda strip: strip.first), cutting)]


def _bed(music: Music, strip: Strip, cutting: _Cutting) -> Music:
    before = round(Fraction(music.start) * cutting.rate)
    begins = counted(strip.start, cutting.plan.source(music.source), cutting.plan.output.rate, before)
    return music if begins == before else music.model_copy(update={"start": _seconds(begins, cutting.rate)})


def _said_of_split_edits(cutting: _Cutting) -> None:
    """Say where sound was cut apart from its picture in another way than a split does."""
    lies = {(part.lies, part.frames) for part in cutting.parts}
    known = {part.strip.id for part in cutting.parts if part.strip.id}
    apart = [strip for strip in cutting.edited.sounds if strip.id in known and (strip.first, strip.frames) not in lies]
    if apart:
        where = ", ".join(f"{float(strip.first / cutting.rate):.2f} s" for strip in apart[:5])
        cutting.said.append(
            f"The sound was cut apart from its picture ({where}): a clip keeps both, so it follows the picture."
        )


def _carried(operation: Any, cutting: _Cutting, covers: set[str]) -> Iterator[Any]:
    """Yield an operation that no timeline shows, with the clip or cover that it names; nothing where that is gone."""
    field_ = next((name for name in NAMING if _names(getattr(operation, name, None))), None)
    named = getattr(operation, field_) if field_ else ""
    if field_ is None or named in covers:
        yield operation
        return
    pieces = cutting.pieces(named)
    if not pieces:
        cutting.said.append(f"{_title(operation)} was left out: {named}, which it belongs to, is gone.")
    elif getattr(operation, "offset", None) is not None:
        yield from _moved(operation, field_, pieces, cutting)
    elif field_ == "of":
        yield from (operation.model_copy(update={field_: piece.id}) for piece in pieces)
    elif field_ == "after":
        yield operation.model_copy(update={field_: pieces[-1].id})
    else:
        yield from _inside(operation, field_, pieces, cutting)


def _inside(operation: Any, field_: str, pieces: Sequence[Part], cutting: _Cutting) -> Iterator[Any]:
    """Yield an operation on the piece that holds the moment or the word that it names, if it names one."""
    spoken = {word.id: word.cut_out for word in pieces[0].source.words}
    at = spoken.get(getattr(operation, "after_word", None) or "", getattr(operation, "at", None))
    frame = None if at is None else Fraction(at) * cutting.rate
    piece = next((p for p in pieces if frame is None or p.edges[0] <= frame <= p.edges[1] + 1), None)
    if piece is None:
        cutting.said.append(f"{_title(operation)} was left out: the part of {pieces[0].id} that it is about is gone.")
    else:
        yield operation.model_copy(update={field_: piece.id})


def _names(value: object) -> bool:
    return isinstance(value, str) and value != "*"


def _moved(operation: Any, field_: str, pieces: Sequence[Part], cutting: _Cutting) -> Iterator[Any]:
    """Yield an operation at the moment of the source at which it stood, on the piece that holds that moment."""
    origin = next(part.origin for part in pieces if part.origin)
    operation = unworded(cutting.plan, operation, origin) if isinstance(operation, Cover) else operation
    way = -1 if any(run.step < 0 for run in origin.runs) else 1
    moment = origin.source_frame + way * round(Fraction(operation.offset) * cutting.rate)
    piece = next((p for p in pieces if p.edges[0] <= moment < p.edges[1]), None)
    if piece is None:
        piece = next((p for p in pieces if way * moment < way * p.source_frame), None)
    if piece is None:
        cutting.said.append(f"{_title(operation)} was left out: the part of {origin.id} that it stood on is gone.")
        return
    since, before = max(0, way * (moment - piece.source_frame)), way * (moment - origin.source_frame)
    offset = operation.offset if since == before else _seconds(since, cutting.rate)
    yield operation.model_copy(update={field_: piece.id, "offset": offset})


def _title(operation: Any) -> str:
    """Return how a sentence calls an operation."""
    id = getattr(operation, "id", "")
    return f"The {operation.type} {id}".strip()


def _settled(plan: EditPlan, cutting: _Cutting) -> EditPlan:
    """Return the plan with every clip and cover on the very frames of the timeline.

    Words give way to seconds where a neighbour that is gone would move an edge by a frame.
    """
    for _ in range(PASSES):
        if rules.broken(plan):
            return plan
        exact = {**_stray_cuts(plan, cutting), **_stray_covers(plan, cutting)}
        if not exact:
            return plan
        operations = (exact.get(getattr(operation, "id", ""), operation) for operation in plan.operations)
        plan = plan.model_copy(update={"operations": tuple(operations)})
    return plan


def _stray_cuts(plan: EditPlan, cutting: _Cutting) -> dict[str, Any]:
    """Return the clips that would not lie where the timeline has them, in seconds; a ramp may need a frame more."""
    clips, cuts = {clip.id: clip for clip in lay(plan)}, {cut.id: cut for cut in plan.each(Cut)}
    stray = dict[str, Any]()
    for part in cutting.parts:
        clip, cut = clips[part.id], cuts[part.id]
        if (clip.source_frame, clip.frames) != (part.source_frame, part.frames):
            exact = _in_seconds(cut, part, cutting.rate)
            step = _seconds(part.filmed(part.frames) - part.filmed(part.frames - 1), cutting.rate)
            more = (part.frames - clip.frames) * step if exact == cut else 0.0
            stray[part.id] = exact.model_copy(update={"end": round((exact.end or 0.0) + more, 6)})
    return stray


def _stray_covers(plan: EditPlan, cutting: _Cutting) -> dict[str, Any]:
    """Return the covers that would not lie where the timeline has them, with their places spelt out."""
    laid = {shot.of: shot for seen in shots(plan, lay(plan)) for shot in seen}
    parts = {part.id: part for part in cutting.parts}
    stray = dict[str, Any]()
    for cover in plan.each(Cover):
        lies, shot = cutting.laid.get(cover.id), laid.get(cover.id)
        if lies is not None and shot is not None and _place(lies) != _place(shot):
            stray[cover.id] = _placed(cover, lies, parts[cover.clip], cutting.rate)
    return stray


def _place(shot: Shot) -> tuple[int, int, int]:
    return shot.first_frame, shot.frames, shot.source_frame


def _possible(plan: EditPlan, cutting: _Cutting) -> EditPlan:
    """Return the plan without the operations that it can no longer hold, each of them said.

    Raises:
        BadInput: the clips themselves cannot be done.
    """
    found = check(plan)
    while found:
        tried = [(check(_without(plan, n)), n) for n, o in enumerate(plan.operations) if not isinstance(o, Cut)]
        left, worst = min(tried, key=lambda each: len(each[0]), default=(found, 0))
        if len(left) >= len(found):
            raise BadInput(f"This timeline cannot become a plan. {' '.join(found[:3])} Change it and export it again.")
        why = next(sentence for sentence in found if sentence not in left)
        cutting.said.append(f"{_title(plan.operations[worst])} was left out. {why}")
        plan, found = _without(plan, worst), left
    return plan


def _without(plan: EditPlan, index: int) -> EditPlan:
    rest = (*plan.operations[:index], *plan.operations[index + 1 :])
    return plan.model_copy(update={"operations": rest})
