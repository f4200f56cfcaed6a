"""Revise: the material of a plan with one note applied to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from experts.edit import captions as captioning
from experts.edit import sound as sounding
from experts.edit import titles as titling
from experts.edit.brief import Brief
from experts.edit.captions import CaptionSheet
from experts.edit.changes import Changes, amended, restyled
from experts.edit.material import Material
from experts.edit.output import output_of
from experts.edit.selects import Selects
from experts.edit.selects_dialogue import dialogue
from experts.edit.selects_montage import montage
from experts.edit.selects_narration import narration
from experts.edit.sound import SoundSheet
from experts.edit.titles import TitleSheet
from experts.edit.trim import Trimmed, drop_said, shorter_ending, shorter_opening, trim


def changed(given: Material, change: Changes) -> Material:
    """Return the material with one note applied to it."""
    brief = amended(given.brief, [change])
    if change.factor != 1.0 and given.brief.length is None:
        brief = brief.model_copy(update={"length": round(given.seconds * change.factor, 2)})
    after = _recut(given, brief, change)
    return replace(
        after,
        brief=brief,
        captions=_recaptioned(after, brief, change),
        sound=_resound(after, brief, change),
        titles=_retitled(after, brief),
        time=(*after.time, *change.time),
        picture=(*after.picture, *change.picture),
    )


def _recaptioned(given: Material, brief: Brief, change: Changes) -> CaptionSheet:
    """Return the captions as the note wants them; another shape of the picture brings its own style."""
    sheet, fresh = given.captions, captioning.sheet_of(brief, given.footage, given.selects, given.log)
    if brief.captions != given.brief.captions:
        sheet = fresh
    if sheet.captions is None:
        return sheet
    look = sheet.captions
    if brief.shape != given.brief.shape and fresh.captions:
        look = look.model_copy(update={"style": fresh.captions.style})
    return sheet.model_copy(update={"captions": restyled(look, change)})


def _recut(given: Material, brief: Brief, change: Changes) -> Material:
    """Return the material with its selects changed, where the note is about what is in the cut."""
    rate = output_of(brief, given.footage, [s.source for s in given.selects.selects]).rate
    for timed in change.timed:
        given = _trimmed(given, trim(given.selects, timed, given.footage, rate), f"at {timed.start:.0f} s")
    if change.opening:
        given = _trimmed(given, shorter_opening(given.selects, given.footage, rate), "at the opening")
    if change.ending:
        given = _trimmed(given, shorter_ending(given.selects, given.footage, rate), "at the end")
    if change.timed and brief.drop != given.brief.drop:
        # A note about one place leaves the rest as it is: nothing is chosen anew.
        given = _trimmed(given, drop_said(given.selects, brief.drop, given.footage, rate), f'for "{change.text}"')
        brief = brief.model_copy(update={"drop": given.brief.drop})
    fields = ("length", "length_is_exact", "keep", "drop", "pace", "hook", "kind")
    if all(getattr(brief, field) == getattr(given.brief, field) for field in fields):
        return given
    made = _reselected(given, brief)
    return replace(given, selects=made, said=tuple(s for s in given.said if s != given.selects.note))


def _trimmed(given: Material, trimmed: Trimmed, where: str) -> Material:
    """Return the material with a trimmed cut; titles stay over what they stood over, or go to the opening."""
    if trimmed.selects == given.selects:
        return given.saying(f"Nothing could be taken out {where} without cutting into a sentence.")
    cards = tuple(card.model_copy(update={"select": _place(trimmed, card.select)}) for card in given.titles.titles)
    titles = given.titles.model_copy(update={"titles": cards})
    after = replace(given, selects=trimmed.selects.model_copy(update={"note": ""}), titles=titles)
    return replace(after, said=(f"With that it lasts {after.seconds:.1f} s.",))


def _place(trimmed: Trimmed, index: int) -> int:
    return (trimmed.places[index] if index < len(trimmed.places) else None) or 0


def _reselected(given: Material, brief: Brief) -> Selects:
    """Choose anew: from what is in the cut where that is enough, else from all of the footage."""
    shorter = brief.length is not None and brief.length <= given.seconds and brief.keep == given.brief.keep
    only = frozenset(_words(given)) if shorter else None
    if given.log.kind == "montage" or not any(select.first_word for select in given.selects.selects):
        return montage(brief, given.footage, given.log)
    make = narration if given.log.kind == "narration" else dialogue
    made = make(brief, given.footage, given.log, only)
    asked = brief.length or 0.0
    if only is not None and asked and abs(replace(given, selects=made).seconds - asked) > 0.05 * asked + 0.04:
        return make(brief, given.footage, given.log, None)
    return made


def _words(given: Material) -> Iterator[str]:
    for select in given.selects.selects:
        ids = [word.id for word in given.footage.reel(select.source).inspection.words]
        if select.first_word and select.last_word:
            yield from ids[ids.index(select.first_word) : ids.index(select.last_word) + 1]


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
