"""plan: the EditPlan, put together from all that was decided; a rerun changes what its notes ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from experts.edit import captions as captioning
from experts.edit import sound as sounding
from experts.edit import titles as titling
from experts.edit.brief import Brief
from experts.edit.captions import CaptionSheet
from experts.edit.changes import Changes, amended, not_understood, read_change, restyled
from experts.edit.footage import Footage, Reel
from experts.edit.log import Log
from experts.edit.output import output_of
from experts.edit.renumber import renumbered
from experts.edit.selects import Selects, length_of
from experts.edit.selects_dialogue import dialogue
from experts.edit.selects_montage import montage
from experts.edit.selects_narration import narration
from experts.edit.sound import SoundSheet
from experts.edit.titles import TitleSheet
from experts.edit.trim import Trimmed, shorter_ending, shorter_opening, trim
from experts.tools import LOOKING
from kernel.document import Document
from kernel.expert import Expert, Scene
from kernel.worker.compile import check, lay
from kernel.worker.fonts import heavy, text
from kernel.worker.media import Face
from kernel.worker.ops.captions import Captions, Correction
from kernel.worker.ops.cover import Cover
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.fade import Fade
from kernel.worker.ops.reframe import Reframe
from kernel.worker.ops.title import Title
from kernel.worker.plan import EditPlan, Output, Source

SAME_SHAPE = 0.02
"""Shapes that differ by less need no reframing."""
HALF = 0.5
"""A crop that would keep less of a tall picture's area fits it over a blurred copy instead, unless a face leads it."""
ROUNDS = 8
"""So often a plan is mended until the worker's check finds nothing."""
NEW_NAMES = 8
"""Clips and covers that a timed note may add."""


@dataclass(frozen=True)
class Material:
    """All that a plan is put together from."""

    brief: Brief
    footage: Footage
    log: Log
    selects: Selects
    captions: CaptionSheet
    sound: SoundSheet
    titles: TitleSheet
    said: tuple[str, ...] = ()
    """Sentences for the note."""


def material(documents: Mapping[str, Document]) -> Material:
    """Return the input documents as values; what is not there is made by the understudies' rules."""
    brief, footage, selects = (documents[name] for name in ("brief", "footage", "selects"))
    assert isinstance(brief, Brief) and isinstance(footage, Footage) and isinstance(selects, Selects)
    log, captions = documents.get("log"), documents.get("captions")
    sound, titles = documents.get("sound"), documents.get("titles")
    return Material(
        brief,
        footage,
        log if isinstance(log, Log) else Log(confidence=0.3, kind=_kind(selects), summary=""),
        selects,
        captions if isinstance(captions, CaptionSheet) else captioning.sheet_of(brief, footage, selects, log),
        sound if isinstance(sound, SoundSheet) else sounding.sheet_of(brief, footage, selects),
        titles if isinstance(titles, TitleSheet) else titling.sheet_of(brief, footage, selects),
    )


def _kind(selects: Selects) -> Any:
    if not any(select.first_word for select in selects.selects):
        return "montage"
    return "narration" if selects.coverings else "dialogue"


def draft(documents: Mapping[str, Document]) -> dict[str, Any]:
    """Return the plan as the input documents decide it: the body that the expert starts from."""
    return assembled(material(documents)).body()


def assembled(given: Material) -> EditPlan:
    """Put a plan together from its material, in the shape that the brief asks for."""
    used = [s.source for s in given.selects.selects] + [c.source for c in given.selects.coverings]
    output = output_of(given.brief, given.footage, used)
    cuts, covers = _cuts(given), _covers(given)
    operations = [*cuts, *covers, *_reframes(cuts, covers, given, output), *_captions(given), *_titles(given)]
    operations += [*([given.sound.music] if given.sound.music else []), given.sound.loudness, _fade(given)]
    said = " ".join(dict.fromkeys(filter(None, (given.selects.note, *given.said))))
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


def _covers(given: Material) -> list[Cover]:
    return [
        Cover(id=f"b{number}", clip=f"c{covering.select + 1}", **covering.model_dump(exclude={"select"}))
        for number, covering in enumerate(given.selects.coverings, 1)
    ]


def _reframes(cuts: Sequence[Cut], covers: Sequence[Cover], given: Material, output: Output) -> list[Reframe]:
    """Return how each picture of another shape fills the frame; one for all where they agree."""
    hidden = {
        cover.clip
        for cover in covers
        if not given.footage.reel(_clip(cuts, cover.clip).source).inspection.probe.has_picture
    }
    wanted = [
        (cut.id, _frame(given.footage.reel(cut.source), _middle(cut, given.footage), output))
        for cut in cuts
        if cut.id not in hidden
    ]
    wanted += [(c.id, _frame(given.footage.reel(c.source), c.start + (c.length or 2.0) / 2, output)) for c in covers]
    found = [frame.model_copy(update={"of": id}) for id, frame in wanted if frame is not None]
    if found and len(found) == len(wanted) and len({(f.mode, f.x, f.y) for f in found}) == 1:
        return [found[0].model_copy(update={"of": "*"})]
    return [frame for frame in found if (frame.mode, frame.x, frame.y) != ("crop", 0.5, 0.5)]


def _clip(cuts: Sequence[Cut], id: str) -> Cut:
    return next(cut for cut in cuts if cut.id == id)


def _middle(cut: Cut, footage: Footage) -> float:
    words = footage.reel(cut.source).inspection.words
    start, end = cut.edges(cut.kept(words) if cut.by_words else ())
    return (start + end) / 2


def _frame(reel: Reel, at: float, output: Output) -> Reframe | None:
    """Return the reframing of a source's picture at a time; None where its shape is the output's already."""
    probe = reel.inspection.probe
    if not probe.width or not probe.height:
        return None
    ratio = (probe.width / probe.height) / (output.width / output.height)
    if abs(ratio - 1) < SAME_SHAPE:
        return None
    face = _face(reel, at)
    if ratio < HALF and face is None:
        return Reframe(of="*", mode="blur")
    x, y = face or (0.5, 0.5)
    return Reframe(of="*", x=x if ratio > 1 else 0.5, y=y if ratio < 1 else 0.5)


def _face(reel: Reel, at: float) -> tuple[float, float] | None:
    """Return where the face is in the shot at a time, else in the whole source; steady over a shot, so that cuts do not jump."""
    shot = next((span for span in reel.inspection.shots if span.start <= at < span.end), None)
    near = [face for face in reel.inspection.faces if shot and shot.start <= face.at < shot.end]
    faces = _crowd(near or list(reel.inspection.faces))
    if not faces:
        return None
    return round(median(face.x for face in faces), 2), round(median(face.y for face in faces), 2)


def _crowd(faces: Sequence[Face]) -> list[Face]:
    """Return the sightings of the one face that is seen most: those near to each other."""
    groups = [[other for other in faces if abs(other.x - face.x) < 0.12] for face in faces]
    return max(groups, key=lambda group: sum(face.height for face in group), default=[])


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
    return [
        Title(id=f"t{number}", clip=f"c{min(card.select, last) + 1}", **card.model_dump(exclude={"select"}))
        for number, card in enumerate(given.titles.titles, 1)
    ]


def _fade(given: Material) -> Fade:
    """Return the fades; the one at the end keeps to the quiet after the last word, so that no word fades away."""
    last = given.selects.selects[-1]
    quiet = 0.0 if last.first_word else (last.end or 0.0) - (last.start or 0.0)
    return Fade(start=given.titles.fade_start, end=round(min(given.titles.fade_end, quiet), 3))


def understudy(scene: Scene) -> dict[str, Any]:
    """Put the plan together, apply every note, oldest first, and mend it until the worker can make it."""
    given = material(scene.documents)
    changes = [read_change(text) for text in scene.instructions[:-1]]
    changes += [read_change(text, scene.scope) for text in scene.instructions[-1:]]
    for change in changes:
        given = changed(given, change)
    given = replace(given, said=(*given.said, *not_understood(changes)))
    plan = mended(assembled(given))
    return renumbered(plan, scene.previous, scene.scope).body()


def changed(given: Material, change: Changes) -> Material:
    """Return the material with one note applied to it."""
    brief = amended(given.brief, [change])
    if change.factor != 1.0 and given.brief.length is None:
        brief = brief.model_copy(update={"length": round(_seconds(given) * change.factor, 2)})
    after = _recut(given, brief, change)
    captions = after.captions
    if brief.captions != given.brief.captions:
        captions = captioning.sheet_of(brief, given.footage, after.selects, given.log)
    elif brief.shape != given.brief.shape and captions.captions:
        fresh = captioning.sheet_of(brief, given.footage, after.selects, given.log).captions
        captions = captions.model_copy(update={"captions": captions.captions.model_copy(update={"style": fresh.style if fresh else "clean"})})  # fmt: skip
    if captions.captions:
        captions = captions.model_copy(update={"captions": restyled(captions.captions, change)})
    return replace(
        after, brief=brief, captions=captions, sound=_resound(after, brief, change), titles=_retitled(after, brief)
    )


def _recut(given: Material, brief: Brief, change: Changes) -> Material:
    """Return the material with its selects changed, where the note is about what is in the cut."""
    rate = output_of(brief, given.footage, [s.source for s in given.selects.selects]).rate
    for timed in change.timed:
        given = _trimmed(given, trim(given.selects, timed, given.footage, rate), f"at {timed.start:.0f} s")
    if change.opening:
        given = _trimmed(given, shorter_opening(given.selects, given.footage, rate), "at the opening")
    if change.ending:
        given = _trimmed(given, shorter_ending(given.selects, given.footage, rate), "at the end")
    fields = ("length", "length_is_exact", "keep", "drop", "pace", "hook", "kind")
    if all(getattr(brief, field) == getattr(given.brief, field) for field in fields):
        return given
    made = _reselected(given, brief)
    return replace(given, selects=made, said=tuple(s for s in given.said if s != given.selects.note))


def _trimmed(given: Material, trimmed: Trimmed, where: str) -> Material:
    """Return the material with a trimmed cut; titles stay over what they stood over, or go to the opening."""
    if trimmed.selects == given.selects:
        return replace(
            given, said=(*given.said, f"Nothing could be taken out {where} without cutting into a sentence.")
        )
    cards = tuple(card.model_copy(update={"select": _place(trimmed, card.select)}) for card in given.titles.titles)
    titles = given.titles.model_copy(update={"titles": cards})
    return replace(given, selects=trimmed.selects.model_copy(update={"note": ""}), titles=titles)


def _place(trimmed: Trimmed, index: int) -> int:
    return (trimmed.places[index] if index < len(trimmed.places) else None) or 0


def _reselected(given: Material, brief: Brief) -> Selects:
    """Choose anew: from what is in the cut where that is enough, else from all of the footage."""
    shorter = brief.length is not None and brief.length <= _seconds(given) and brief.keep == given.brief.keep
    only = frozenset(_words(given)) if shorter else None
    if given.log.kind == "montage" or not any(select.first_word for select in given.selects.selects):
        return montage(brief, given.footage, given.log)
    make = narration if given.log.kind == "narration" else dialogue
    made = make(brief, given.footage, given.log, only)
    asked = brief.length or 0.0
    if only is not None and asked and abs(_lasts(made, given.footage) - asked) > 0.05 * asked + 0.04:
        return make(brief, given.footage, given.log, None)
    return made


def _words(given: Material) -> Iterator[str]:
    for select in given.selects.selects:
        ids = [word.id for word in given.footage.reel(select.source).inspection.words]
        if select.first_word and select.last_word:
            yield from ids[ids.index(select.first_word) : ids.index(select.last_word) + 1]


def _seconds(given: Material) -> float:
    return _lasts(given.selects, given.footage)


def _lasts(selects: Selects, footage: Footage) -> float:
    return sum(length_of(select, footage.reel(select.source)) for select in selects.selects)


def _resound(given: Material, brief: Brief, change: Changes) -> SoundSheet:
    if brief.music == given.brief.music and not change.louder:
        return given.sound
    fresh = sounding.sheet_of(brief, given.footage, given.selects, [change])
    if given.sound.music is None or fresh.music is None or brief.music != given.brief.music:
        return fresh
    level = min(0.0, max(-40.0, given.sound.music.level_db + sounding.STEP * change.louder))
    return given.sound.model_copy(update={"music": given.sound.music.model_copy(update={"level_db": level})})


def _retitled(given: Material, brief: Brief) -> TitleSheet:
    if brief.title == given.brief.title:
        return given.titles
    return titling.sheet_of(brief, given.footage, given.selects)


def mended(plan: EditPlan) -> EditPlan:
    """Return the plan without what the worker cannot make; the note says what had to go."""
    for _ in range(ROUNDS):
        found = check(plan)
        if not found:
            break
        plan = _mended(plan, found)
    return plan


def _mended(plan: EditPlan, found: Sequence[str]) -> EditPlan:
    said = " ".join(found)
    operations = [kept for operation in plan.operations for kept in _kept(operation, plan, said)]
    told = [
        _told(title) for title in plan.each(Title) if title.id not in {o.id for o in operations if isinstance(o, Title)}
    ]
    return plan.model_copy(update={"operations": tuple(operations), "note": " ".join(filter(None, (plan.note, *told)))})


def _told(title: Title) -> str:
    return f'The title "{title.text}" is left out: it does not fit this picture.'


def _kept(operation: Any, plan: EditPlan, said: str) -> Iterable[Any]:
    """Return what is left of an operation that a finding names."""
    if isinstance(operation, Captions) and "The captions" in said:
        return [_writable(operation, plan)]
    if isinstance(operation, Fade) and "fades take" in said:
        return [Fade(start=0.0, end=0.0)]
    if isinstance(operation, Title) and re.search(rf"\bTitle {operation.id}\b", said):
        return [operation.model_copy(update={"offset": 0.0})] if operation.offset and "begins" in said else []
    if isinstance(operation, Cover) and re.search(rf"\bCover {operation.id}\b", said):
        return []
    if operation.type == "transition" and re.search(rf"\bafter {operation.after}\b", said):
        return []
    return [operation]


def _writable(captions: Captions, plan: EditPlan) -> Captions:
    """Return captions without the words that the font cannot write."""
    font = text() if captions.style == "clean" else heavy()
    own = {correction.word: correction for correction in captions.corrections}
    said = [(w.id, own[w.id].text if w.id in own else w.text) for source in plan.sources for w in source.words]
    for id, written in said:
        if font.missing(written):
            kept = "".join(letter for letter in written if not font.missing(letter)).strip()
            own[id] = Correction(word=id, text=kept)
    return captions.model_copy(update={"corrections": tuple(own.values())})


def rules(plan: EditPlan, documents: Mapping[str, Document]) -> list[str]:
    """Say what the worker cannot make of a plan."""
    return check(plan)


def places(body: Mapping[str, Any], start: float, end: float) -> tuple[str, ...]:
    """Return the paths of a plan that belong to a stretch of its cut: clips, what lies over them, and names for new ones."""
    plan = EditPlan.read(body)
    if check(plan):
        return ("/operations",)
    rate = plan.output.rate.fraction
    hit = [clip.id for clip in lay(plan) if clip.first_frame < end * rate and start * rate < clip.end_frame]
    over = [o.id for o in (*plan.each(Cover), *plan.each(Title)) if o.clip in hit]
    cuts, covers = (max((int(o.id[1:]) for o in plan.each(kind)), default=0) for kind in (Cut, Cover))
    new = [f"{letter}{n + 1 + more}" for letter, n in (("c", cuts), ("b", covers)) for more in range(NEW_NAMES)]
    named = [*hit, *over, *new]
    frames = [f"/operations/{kind}-{id}" for kind in ("reframe", "transition") for id in named]
    return (*(f"/operations/{id}" for id in named), *frames)


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
)
