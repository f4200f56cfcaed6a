"""Reading: a person's words become a Brief, by rules. What they do not say stays as it was, or open."""

from __future__ import annotations

from experts.edit import wording
from experts.edit.brief import Brief
from experts.edit.conflicts import LONGEST
from experts.edit.directives import wishes as wishes_of
from experts.edit.formats import asked
from experts.edit.formats import without as without_formats
from experts.edit.lengths import lengths as lengths_of
from experts.edit.tempo import without


def read_brief(text: str, previous: Brief | None = None) -> Brief:
    """Return what a person's message asks for.

    Args:
        text: their message, whole; it may be about a part only.
        previous: the brief so far, of which everything holds that the message does not change.
    """
    said = text.strip() or "Make a good cut of it."
    before = previous.body() if previous else {}
    whole = f"{previous.text}\n\n{said}" if previous else said
    rest = without(without_formats(said))
    values = {**before, **_said(rest), "text": whole}
    values["formats"] = tuple(dict.fromkeys([*before.get("formats", ()), *asked(said)]))
    wishes = wishes_of(rest)
    values["keep"] = _merged(before.get("keep", ()), wishes.keep, wishes.drop)
    values["drop"] = _merged(before.get("drop", ()), wishes.drop, wishes.keep)
    return Brief.model_validate(values)


def _merged(before: tuple[str, ...] | list[str], more: tuple[str, ...], gone: tuple[str, ...]) -> tuple[str, ...]:
    """Return the wishes so far and the new ones; a later word takes the place of an opposite earlier one."""
    others = {wish.casefold() for wish in gone}
    return tuple(dict.fromkeys([*(wish for wish in before if wish.casefold() not in others), *more]))


def _said(text: str) -> dict[str, object]:
    """Return the fields that the text speaks of."""
    values: dict[str, object] = {}
    lengths = [length for length in lengths_of(text) if length.seconds <= LONGEST]
    if lengths:
        values["length"], values["length_is_exact"] = lengths[0]
    shapes = wording.shapes(text)
    found = {
        "shape": shapes[0] if shapes else None,
        "captions": wording.captions(text),
        "caption_wishes": wording.caption_wishes(text) or None,
        "pace": wording.pace(text),
        "title": wording.title(text),
        "hook": wording.hook(text),
        "music": wording.music(text),
        "platform": wording.platform(text),
        "language": wording.language(text),
        "kind": wording.kind(text),
    }
    values.update({field: value for field, value in found.items() if value is not None})
    if wording.NO_TITLE.search(text) and "title" not in values:
        values["title"] = None
    return values
