"""captions: how the spoken words stand on the picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from experts.edit.branding import branded
from experts.edit.brief import Brief
from experts.edit.changes import Changes, amended, not_understood, read_change, restyled
from experts.edit.cures import cured_captions, cures, notes_of, peoples
from experts.edit.footage import Footage
from experts.edit.inputs import needed
from experts.edit.log import Log
from experts.edit.naming import spellings_in
from experts.edit.output import output_of
from experts.edit.respelling import respelt
from experts.edit.selects import Selects
from experts.edit.spelling import Spelling, merged, near
from experts.edit.takes import bare
from experts.tools import LOOKING
from kernel.document import Document, ExpertDocument
from kernel.expert import Expert, Scene
from kernel.worker.ops.captions import Captions, Correction


class CaptionSheet(ExpertDocument):
    """Whether there are captions, and their style and spelling."""

    SCHEMA: ClassVar[str] = "CaptionSheet"
    EXAMPLE: ClassVar[dict[str, Any]] = {"confidence": 0.9, "captions": {"type": "captions"}, "why": "asked for"}

    captions: Captions | None
    """Null for none."""
    why: str

    def problems(self, documents: Mapping[str, Document]) -> list[str]:
        """Say which words it corrects that nobody says, and whether the brief wants none."""
        brief = documents.get("brief")
        unwanted = self.captions is not None and isinstance(brief, Brief) and brief.captions is False
        return [*_unknown(self, documents.get("footage")), *(["The brief wants no captions."] if unwanted else [])]


def _unknown(sheet: CaptionSheet, footage: Document | None) -> Iterator[str]:
    if sheet.captions is None or not isinstance(footage, Footage):
        return
    known = {word.id for reel in footage.reels for word in reel.inspection.words}
    for correction in sheet.captions.corrections:
        if correction.word not in known:
            yield f"The captions correct {correction.word}, which no source has."


def understudy(scene: Scene) -> dict[str, Any]:
    """Caption what is said, unless they want none: bold on a tall picture, clean on any other, as they wished."""
    brief, footage = needed(scene.documents, "brief", Brief), needed(scene.documents, "footage", Footage)
    selects = needed(scene.documents, "selects", Selects)
    notes = notes_of(scene)
    changes = peoples(notes)
    sheet = sheet_of(amended(brief, changes), footage, selects, scene.documents.get("log"), changes)
    if sheet.captions is not None:
        asked = [read_change(brief.caption_wishes), *changes]
        sheet = sheet.model_copy(update={"captions": cured_captions(sheet.captions, cures(notes), asked, footage)})
    return sheet.model_copy(update={"why": " ".join([sheet.why, *not_understood(changes)])}).body()


def sheet_of(
    brief: Brief, footage: Footage, selects: Selects, log: Document | None = None, changes: Iterable[Changes] = ()
) -> CaptionSheet:
    """Return whether there are captions and how they look."""
    spoken = any(select.first_word for select in selects.selects)
    if not spoken or brief.captions is False:
        why = "the brief wants none" if spoken else "nobody speaks in this cut"
        return CaptionSheet(confidence=0.95, captions=None, why=why)
    output = output_of(brief, footage, [select.source for select in selects.selects])
    style: Literal["clean", "bold"] = "bold" if output.height > output.width else "clean"
    plain = branded(Captions(style=style, corrections=spelt(footage, log)), brief.brand)
    wished = read_change(brief.caption_wishes)
    captions = restyled(plain, wished)
    for change in changes:
        captions = restyled(captions, change)
    why = "as the brief wishes" if brief.caption_wishes else "there is speech, and most people watch without sound"
    why += f", in the look of {brief.brand.name}" if brief.brand else ""
    return CaptionSheet(confidence=0.8 if brief.caption_wishes else 0.85, captions=captions, why=why)


def spelt(footage: Footage, log: Document | None) -> tuple[Correction, ...]:
    """Return the corrections of the names that the log says were misheard; marks around the word stay."""
    names = {tuple(bare(name.heard)): name.spelt for name in log.names} if isinstance(log, Log) else {}
    words = [word for reel in footage.reels for word in reel.inspection.words]
    return tuple(
        Correction(word=word.id, text=_with_marks(word.text, names[tuple(bare(word.text))]))
        for word in words
        if tuple(bare(word.text)) in names
    )


def _with_marks(heard: str, name: str) -> str:
    """Return a name with the full stop or comma of the word that it stands for."""
    end = heard[len(heard.rstrip(".,!?;:…")) :]
    return name + end


def finished(sheet: CaptionSheet, documents: Mapping[str, Document], instructions: Sequence[str]) -> CaptionSheet:
    """Return the captions with every name as the channel and the notes spell it, whoever made them."""
    footage = documents.get("footage")
    names = spellings_of(documents, instructions)
    if sheet.captions is None or not names or not isinstance(footage, Footage):
        return sheet
    known = {c.word: c.text for c in (*spelt(footage, documents.get("log")), *sheet.captions.corrections)}
    return sheet.model_copy(update={"captions": as_spelt(sheet.captions, footage, names, known)})


def spellings_of(documents: Mapping[str, Document], instructions: Sequence[str]) -> tuple[Spelling, ...]:
    """Return how names are spelt: as the channel has them, then as the notes say."""
    brief, footage = documents.get("brief"), documents.get("footage")
    known = brief.spellings if isinstance(brief, Brief) else ()
    asked = [_as_heard(name, footage, known) for name in spellings_in(instructions)]
    return merged(known, asked)


def _as_heard(name: Spelling, footage: Document | None, known: Sequence[Spelling]) -> Spelling:
    """Return a name with what was heard in its place, where it was asked for before anything had been heard."""
    if name.wrong or not isinstance(footage, Footage):
        return name
    others = [spelling.right for spelling in known]
    found = (heard for reel in footage.reels for heard in near(name.right, reel.inspection.words, others))
    return name.model_copy(update={"wrong": tuple(dict.fromkeys(found))})


def as_spelt(
    captions: Captions, footage: Footage, names: Sequence[Spelling], known: Mapping[str, str] | None = None
) -> Captions:
    """Return captions in which the names are spelt so; what is corrected already is corrected further."""
    before = dict(known) if known is not None else {c.word: c.text for c in captions.corrections}
    found = {c.word: c for reel in footage.reels for c in respelt(reel.inspection.words, names, before)}
    others = (c for c in captions.corrections if c.word not in found)
    return captions.model_copy(update={"corrections": (*others, *found.values())})


EXPERT = Expert(
    name="edit.captions",
    document=CaptionSheet,
    prompt="edit/captions.j2",
    understudy=understudy,
    tools=LOOKING,
    tier="small",
    finishes=finished,
)
