"""By hand: a plan that a person edited, read back as material; and what notes change of it, laid on the plan itself.

Such a plan is no longer what the selects and sheets decide. So a note is applied to what the plan holds, and only the
difference that it makes is carried over: all else stays as the person left it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from experts.edit.changes import Changes, amended
from experts.edit.footage import Footage
from experts.edit.material import Material
from experts.edit.renumber import renamed, renumbered
from experts.edit.selects import Covering, Select, Selects
from experts.edit.titles import TitleCard
from kernel.worker.ops import Operation
from kernel.worker.ops.captions import Captions
from kernel.worker.ops.cover import Cover
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.fade import Fade
from kernel.worker.ops.loudness import Loudness
from kernel.worker.ops.music import Music
from kernel.worker.ops.title import Title
from kernel.worker.plan import EditPlan

NEAR = 0.3
"""Seconds by which a clip may begin or end beside its words and still be taken for those words."""
EDGES = ("source", "first_word", "last_word", "first_shot", "last_shot", "start", "end")
"""The fields of a clip that change together."""
LETTERS = {"cut": "c", "cover": "b", "title": "t"}
"""With which the ids of these operations begin."""
NAMING = ("clip", "of", "after")


def held(given: Material, plan: EditPlan, done: Sequence[Changes]) -> Material:
    """Return what a plan holds, as the material that it could have been made from.

    Args:
        given: the material of the input documents: the brief, the footage and the log are theirs.
        done: the notes that the plan holds already; the brief is what they made of it.
    """
    cuts = plan.each(Cut)
    index = {cut.id: number for number, cut in enumerate(cuts)}
    selects = Selects(
        confidence=plan.confidence,
        selects=tuple(_select(cut, given.footage) for cut in cuts),
        coverings=tuple(_covering(cover, index) for cover in plan.each(Cover) if cover.clip in index),
    )
    fade, loudness = plan.only(Fade), plan.only(Loudness)
    cards = tuple(
        TitleCard(text=t.text, select=index.get(t.clip, 0), offset=t.offset, length=t.length, style=t.style)
        for t in plan.each(Title)
    )
    return replace(
        given,
        brief=amended(given.brief, done),
        selects=selects,
        captions=given.captions.model_copy(update={"captions": plan.only(Captions)}),
        sound=given.sound.model_copy(
            update={"music": plan.only(Music), **({"loudness": loudness} if loudness else {})}
        ),
        titles=given.titles.model_copy(
            update={"titles": cards, **({"fade_start": fade.start, "fade_end": fade.end} if fade else {})}
        ),
        said=(),
    )


def _select(cut: Cut, footage: Footage) -> Select:
    """Return the select of a clip: by its words where they fill it, else by seconds."""
    if cut.by_words:
        return Select(source=cut.source, first_word=cut.first_word, last_word=cut.last_word, why=cut.why)
    known = footage.reel(cut.source).inspection
    start, end = cut.edges((), known.shots)
    words = cut.kept(known.words, known.shots)
    if words and abs(words[0].cut_in - start) <= NEAR and abs(words[-1].cut_out - end) <= NEAR:
        return Select(source=cut.source, first_word=words[0].id, last_word=words[-1].id, why=cut.why)
    return Select(source=cut.source, start=start, end=end, why=cut.why)


def _covering(cover: Cover, index: Mapping[str, int]) -> Covering:
    fields = cover.model_dump(include={"offset", "length", "source", "start", "why"})
    return Covering(select=index[cover.clip], **fields)


def laid_on(plan: EditPlan, before: EditPlan, after: EditPlan) -> EditPlan:
    """Return a plan with what lies between two others changed in it, and nothing else.

    Args:
        before: a plan made from what the plan holds, clip for clip.
        after: the same with the notes in it.
    """
    first = _named_as(before, plan)
    old, new = _by_key(first), _by_key(_named_as(renumbered(after, first.body()), plan, "title"))
    mine = _by_key(plan)
    kept = [_changed(operation, old.get(key), new.get(key)) for key, operation in mine.items()]
    fresh = [operation for key, operation in new.items() if key not in old and key not in mine]
    found = [operation for operation in (*kept, *fresh) if operation is not None]
    was, now = before.output.model_dump(), after.output.model_dump()
    output = plan.output.model_copy(update={n: getattr(after.output, n) for n in now if now[n] != was[n]})
    operations = tuple(_whole(found, [key for key, operation in new.items() if operation.type == "cut"]))
    return plan.model_copy(update={"output": output, "operations": operations, "note": after.note or plan.note})


def _named_as(made: EditPlan, plan: EditPlan, *kinds: str) -> EditPlan:
    """Return a plan whose clips, covers and titles have the names of another's, one by one."""
    names: dict[str, str] = {}
    for kind in kinds or ("cut", "cover", "title"):
        ids = [str(getattr(operation, "id", "")) for operation in plan.operations if operation.type == kind]
        names |= {f"{LETTERS[kind]}{number}": id for number, id in enumerate(ids, 1)}
    return made.model_copy(update={"operations": tuple(renamed(operation, names) for operation in made.operations)})


def _by_key(plan: EditPlan) -> dict[str, Operation]:
    """Return operations by their names: an id, or the type and what it is of; a number where that comes again."""
    found: dict[str, Operation] = {}
    for operation in plan.operations:
        of = (getattr(operation, name, None) or "" for name in NAMING)
        key = getattr(operation, "id", None) or "-".join([operation.type, *of])
        found[key if key not in found else f"{key}.{len(found)}"] = operation
    return found


def _changed(mine: Operation, old: Operation | None, new: Operation | None) -> Operation | None:
    """Return an operation with what changed from one to the other; None where it went."""
    if old == new:
        return mine
    if new is None or old is None:
        return new
    was, now = old.model_dump(), new.model_dump()
    names = [name for name in now if now[name] != was.get(name) and name != "why"]
    if isinstance(mine, Cut) and set(names) & set(EDGES):
        names = [*dict.fromkeys([*names, *EDGES])]
    return mine.model_copy(update={name: getattr(new, name) for name in names})


def _whole(operations: Sequence[Operation], order: Sequence[str]) -> Iterator[Operation]:
    """Yield operations with the clips in order, without those that belong to a clip or cover that is gone."""
    cuts = {o.id: o for o in operations if isinstance(o, Cut)}
    yield from (cuts[id] for id in order if id in cuts)
    there = {*cuts, *(o.id for o in operations if isinstance(o, Cover) and o.clip in cuts), "*", None, ""}
    for operation in operations:
        if not isinstance(operation, Cut) and all(getattr(operation, name, None) in there for name in NAMING):
            yield operation
