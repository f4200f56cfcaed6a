"""plan: the EditPlan, put together from all that was decided; a rerun changes what its notes ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from experts.edit import captions as captioning
from experts.edit.branding import logo_missing, logos, title_colours
from experts.edit.by_hand import held, laid_on
from experts.edit.changes import not_understood
from experts.edit.cures import changes_of, cures, notes_of, peoples, quality
from experts.edit.footage import Footage
from experts.edit.framing import face_of, reframes
from experts.edit.grading import lut_of, lut_said, pictured
from experts.edit.material import Material, material
from experts.edit.mend import mended
from experts.edit.output import output_of, soft
from experts.edit.renumber import renumbered
from experts.edit.respelling import respelt_text
from experts.edit.revise import changed
from experts.edit.running_on import run_on
from experts.edit.selects import lasts, length_of
from experts.edit.tempo import moments, timed
from experts.tools import LOOKING
from kernel.document import Document
from kernel.expert import Expert, Scene
from kernel.worker.compile import check, lay
from kernel.worker.media import Source
from kernel.worker.ops import Operation
from kernel.worker.ops.captions import Captions, Correction
from kernel.worker.ops.cover import Cover
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.fade import Fade
from kernel.worker.ops.title import Title
from kernel.worker.plan import EditPlan
from kernel.worker.timing import seconds

DRAWN = ("reframe", "zoom", "stabilise", "colour", "denoise")
"""Operations on the picture of one clip or cover."""
TIMED = ("split", "speed")
"""Operations on the time of one clip."""
NEW_NAMES = 6
"""Clips and covers that a timed note may add."""


def draft(documents: Mapping[str, Document]) -> dict[str, Any]:
    """Return the plan as the input documents decide it: the body that the expert starts from."""
    return assembled(material(documents)).body()


def assembled(given: Material) -> EditPlan:
    """Put a plan together from its material, in the shape that the brief asks for."""
    used = [s.source for s in given.selects.selects] + [c.source for c in given.selects.coverings]
    output = output_of(given.brief, given.footage, used)
    cuts, covers = _cuts(given), _covers(given)
    follow = any(wish.field == "follow" for wish in given.picture)
    graded = _pictured(given, cuts)
    frames = [*reframes(cuts, covers, given.footage, output, follow), *graded]
    music = [given.sound.music] if given.sound.music else []
    operations: list[Operation] = [*cuts, *covers, *frames, *_captions(given), *_titles(given)]
    operations += [*logos(given.brief, given.footage), *_timed(given, cuts)]
    operations += [*music, given.sound.loudness, _fade(given)]
    coloured = lut_said(given.picture, lut_of(given.footage, given.brief.text), graded)
    left_out = (
        given.selects.note,
        *given.footage.refused,
        logo_missing(given.brief, given.footage),
    )
    small = soft(given.footage, used, output)
    said = " ".join(dict.fromkeys(filter(None, (*left_out, *given.said, *coloured, small))))
    sheets = (given.selects, given.captions, given.sound, given.titles)
    return EditPlan(
        confidence=min(sheet.confidence for sheet in sheets),
        output=output,
        sources=tuple(Source.of(r.id, r.hash, r.name, r.inspection) for r in given.footage.reels),
        operations=tuple(operations),
        note=said,
    )


def _cuts(given: Material) -> list[Cut]:
    gain = 0.0 if given.sound.keep_clip_sound else -60.0
    return [
        Cut(id=f"c{number}", gain_db=gain, **select.model_dump())
        for number, select in enumerate(given.selects.selects, 1)
    ]


def _pictured(given: Material, cuts: Sequence[Cut]) -> list[Operation]:
    lengths = [length_of(select, given.footage.reel(select.source)) for select in given.selects.selects]
    faces, lut = [face_of(cut, given.footage) for cut in cuts], lut_of(given.footage, given.brief.text)
    return pictured(given.picture, cuts, lengths, faces, lut)


def _timed(given: Material, cuts: Sequence[Cut]) -> list[Operation]:
    """Return what the brief and the notes ask of speeds, held frames and joins."""
    lengths = [length_of(select, given.footage.reel(select.source)) for select in given.selects.selects]
    return timed((*moments(given.brief.text), *given.time), cuts, lengths)


def _covers(given: Material) -> list[Cover]:
    return [
        Cover(id=f"b{number}", clip=f"c{covering.select + 1}", **covering.model_dump(exclude={"select"}))
        for number, covering in enumerate(given.selects.coverings, 1)
    ]


def _captions(given: Material) -> list[Captions]:
    """Return the captions with the spelling of the log; a cut that ends on a pause gets its full stop."""
    if given.captions.captions is None:
        return []
    own = given.captions.captions.corrections
    named = [c for c in captioning.spelt(given.footage, given.log) if c.word not in {o.word for o in own}]
    kept = [*own, *named]
    last = _last_word(given)
    stopped = [last] if last and last.word not in {c.word for c in kept} else []
    return [given.captions.captions.model_copy(update={"corrections": (*kept, *stopped)})]


def _last_word(given: Material) -> Correction | None:
    """Return the last word with a full stop in place of its comma; None where it needs none."""
    spoken = [select for select in given.selects.selects if select.last_word]
    if not spoken:
        return None
    words = {word.id: word for word in given.footage.reel(spoken[-1].source).inspection.words}
    word = words[str(spoken[-1].last_word)]
    bare = word.text.rstrip(",;:–— ")
    return Correction(word=word.id, text=f"{bare}.") if bare and bare != word.text.rstrip() else None


def _titles(given: Material) -> list[Title]:
    last = len(given.selects.selects) - 1
    colours = title_colours(given.brief.brand)
    return [
        Title(id=f"t{number}", clip=f"c{min(card.select, last) + 1}", **card.model_dump(exclude={"select"}), **colours)
        for number, card in enumerate(given.titles.titles, 1)
    ]


def _fade(given: Material) -> Fade:
    """Return the fades; the one at the end keeps to the quiet after the last word, so that no word fades away."""
    last = given.selects.selects[-1]
    quiet = 0.0 if last.first_word else (last.end or 0.0) - (last.start or 0.0)
    return Fade(start=given.titles.fade_start, end=round(min(given.titles.fade_end, quiet), 3))


def understudy(scene: Scene) -> dict[str, Any]:
    """Put the plan together, apply every note, oldest first, and mend it until the worker can make it."""
    if scene.by_hand and scene.previous is not None:
        return _kept_by_hand(scene, EditPlan.read(scene.previous)).body()
    given = material(scene.documents)
    notes = notes_of(scene)
    for change in changes_of(notes, given.brief):
        given = changed(given, change)
    plan = mended(_refined(assembled(given.saying(*not_understood(peoples(notes)))), cures(notes)))
    return renumbered(plan, scene.previous, scene.scope).body()


def _refined(plan: EditPlan, failed: Sequence[str]) -> EditPlan:
    """Return the plan with the quality that failed scores ask for."""
    wanted = quality(failed)
    return plan.model_copy(update={"output": plan.output.model_copy(update={"quality": wanted})}) if wanted else plan


def _kept_by_hand(scene: Scene, plan: EditPlan) -> EditPlan:
    """Return a plan that a person edited with the new notes applied to it, and all else as they left it."""
    new = len(scene.instructions) if scene.new is None else scene.new
    first = len(scene.instructions) - new
    notes = notes_of(scene)
    whole = material(scene.documents)
    changes = changes_of(notes, whole.brief)
    given = held(whole, plan, changes[:first])
    after = given.saying(*not_understood(peoples(notes[first:])))
    for change in changes[first:]:
        after = changed(after, change)
    return mended(laid_on(plan, assembled(given), _refined(assembled(after), cures(notes[first:]))))


def rules(plan: EditPlan, documents: Mapping[str, Document]) -> list[str]:
    """Say what the worker cannot make of a plan."""
    return check(plan)


def finished(plan: EditPlan, documents: Mapping[str, Document], instructions: Sequence[str]) -> EditPlan:
    """Return a plan as it is kept, whoever wrote it: shots run on without a stutter, names are the channel's."""
    return _spelt(run_on(plan), documents, instructions)


def _spelt(plan: EditPlan, documents: Mapping[str, Document], instructions: Sequence[str]) -> EditPlan:
    """Return a plan whose captions and titles spell every name as the channel has it."""
    names, footage = captioning.spellings_of(documents, instructions), documents.get("footage")
    if not names or not isinstance(footage, Footage):
        return plan
    made: list[Operation] = []
    for operation in plan.operations:
        if isinstance(operation, Captions):
            made.append(captioning.as_spelt(operation, footage, names))
        elif isinstance(operation, Title):
            made.append(operation.model_copy(update={"text": respelt_text(operation.text, names)}))
        else:
            made.append(operation)
    return plan.model_copy(update={"operations": tuple(made)})


def tells(plan: EditPlan, documents: Mapping[str, Document]) -> str:
    """Return how long the cut is, and how long it should be; empty while it cannot be laid out."""
    if check(plan):
        return ""
    return lasts(seconds(lay(plan)[-1].end_frame, plan.output.rate), documents)


def places(body: Mapping[str, Any], start: float, end: float) -> tuple[str, ...]:
    """Return the paths of a plan that belong to a stretch of its cut: clips, what is over them, names for new ones."""
    plan = EditPlan.read(body)
    if check(plan):
        return ("/operations",)
    clips, rate = lay(plan), plan.output.rate.fraction
    hit = [clip.id for clip in clips if clip.first_frame < end * rate and start * rate < clip.end_frame]
    # A breath belongs to the words before it.
    hit += [after.id for clip, after in pairwise(clips) if clip.id in hit and after.joins_last and after.id not in hit]
    over = [cover.id for cover in plan.each(Cover) if cover.clip in hit]
    over += [title.id for title in plan.each(Title) if title.clip in hit]
    new = [*_free("c", [cut.id for cut in plan.each(Cut)]), *_free("b", [cover.id for cover in plan.each(Cover)])]
    drawn = (f"{kind}-{id}" for id in (*hit, *over, *new) for kind in DRAWN)
    named = [*hit, *over, *new, *drawn, *(f"transition-{id}" for id in hit)]
    named += ["freeze", *(f"{kind}-{id}" for id in hit for kind in TIMED)]
    # The end of the whole follows the last words.
    named += ["fade", "captions"] if clips[-1].id in hit else []
    return tuple(f"/operations/{name}" for name in named)


def _free(letter: str, used: list[str]) -> list[str]:
    """Return names for operations that a note may add."""
    last = max((int(id[1:]) for id in used), default=0)
    return [f"{letter}{last + more}" for more in range(1, NEW_NAMES + 1)]


EXPERT = Expert(
    name="edit.plan",
    document=EditPlan,
    prompt="edit/plan.j2",
    understudy=understudy,
    tools=LOOKING,
    draft=draft,
    fixed=("sources",),
    rules=rules,
    places=places,
    fed={"captions": ("captions",), "sound": ("music", "loudness"), "titles": ("title", "fade")},
    tells=tells,
    finishes=finished,
)
