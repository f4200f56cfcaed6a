"""A plan that a person edited: notes change what they are about, and all else stays as the person left it."""

from __future__ import annotations

from typing import Any

import pytest

from experts.edit import plan as planning
from kernel.document import Document
from kernel.worker.compile import check, compile
from kernel.worker.ops import Operation
from kernel.worker.ops.captions import Captions
from kernel.worker.ops.cover import Cover
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.music import Music
from kernel.worker.ops.title import Title
from kernel.worker.plan import EditPlan
from tests.experts.edit.house import made
from tests.experts.edit.test_plan import one_talk, one_voice, plan_of


def edited(documents: dict[str, Document], *ops: Operation, gone: tuple[str, ...] = ()) -> EditPlan:
    """Return the plan as a person left it: without some clips and all that is theirs, with some operations changed."""
    plan, changed = plan_of(documents), {getattr(op, "id", op.type): op for op in ops}
    kept = tuple(
        changed.pop(getattr(op, "id", op.type), op)
        for op in plan.operations
        if not {getattr(op, name, None) for name in ("id", "clip", "of", "after")} & set(gone)
    )
    made = plan.model_copy(update={"operations": (*kept, *changed.values())})
    assert check(made) == []
    return made


def noted(documents: dict[str, Document], plan: EditPlan, *notes: str, **scene: Any) -> EditPlan:
    """Have the plan's understudy go on from a person's plan."""
    found = made(planning.EXPERT, documents, *notes, previous=plan.body(), by_hand=True, **scene)
    assert isinstance(found, EditPlan)
    return found


def test_without_a_note_the_person_s_plan_stays_as_it_is() -> None:
    documents = one_voice("vertical, captions, music, title: Glue")
    plan = edited(documents, gone=("c2",))
    assert noted(documents, plan) == plan
    assert noted(documents, plan, "make it 5 seconds", new=0) == plan


@pytest.mark.parametrize("note", ["captions bigger", "no captions", "with music", "title: Letters", "0:01 is slow"])
def test_a_clip_that_was_taken_out_stays_out(note: str) -> None:
    documents = one_talk("vertical, captions")
    plan = edited(documents, gone=("c2",))
    said = {word for clip in compile(plan).clips for word in clip.words}
    after = noted(documents, plan, note)
    assert {word for clip in compile(after).clips for word in clip.words} <= said
    assert after != plan


def test_a_note_changes_its_own_fields_of_what_the_person_changed() -> None:
    documents = one_talk("vertical, captions")
    own = plan_of(documents).only(Captions)
    assert own
    plan = edited(documents, own.model_copy(update={"position": "top", "colour": "#ff0000"}))
    captions = noted(documents, plan, "captions bigger").only(Captions)
    assert captions
    assert (captions.position, captions.colour, captions.size) == ("top", "#ff0000", "large")


def test_the_order_and_the_frames_that_a_person_chose_are_kept() -> None:
    documents = one_talk("vertical, captions")
    first, second, *rest = plan_of(documents).each(Cut)
    words = {word.id: word for word in plan_of(documents).source("s1").words}
    start, end = words[str(first.first_word)].cut_in, words[str(first.last_word)].cut_out
    trimmed = first.model_copy(
        update={"first_word": None, "last_word": None, "start": round(start + 0.04, 3), "end": end, "gain_db": -3.0}
    )
    others = [op for op in plan_of(documents).operations if not isinstance(op, Cut)]
    plan = plan_of(documents).model_copy(update={"operations": (second, trimmed, *rest, *others)})
    assert noted(documents, plan, "captions bigger").each(Cut) == (second, trimmed, *rest)
    after = noted(documents, plan, "drop that line", scope={"from": 0.2, "to": 1.0})
    assert after.each(Cut)[0] == trimmed
    assert len(after.each(Cut)) == len(plan.each(Cut)) - 1


def test_a_shorter_length_is_cut_from_what_the_person_left() -> None:
    documents = one_talk("14 seconds, vertical")
    plan = edited(documents, gone=("c1",))
    after = noted(documents, plan, "make it 6 seconds")
    assert abs(compile(after).duration - 6) <= 0.5
    left = {word for clip in compile(plan).clips for word in clip.words}
    assert {word for clip in compile(after).clips for word in clip.words} <= left


def test_what_is_done_already_is_not_done_twice() -> None:
    documents = one_talk("vertical, captions")
    own = plan_of(documents).only(Captions)
    assert own
    plan = edited(documents, own.model_copy(update={"size": "large"}), gone=("c2",))
    captions = noted(documents, plan, "bigger captions", "captions at the top", new=1).only(Captions)
    assert captions
    assert (captions.size, captions.position) == ("large", "top")


def test_pictures_over_a_voice_and_music_stay_as_they_were_laid() -> None:
    documents = one_voice("vertical, captions, music")
    cover = plan_of(documents).each(Cover)[0]
    music = plan_of(documents).only(Music)
    assert music
    moved, softer = cover.model_copy(update={"start": cover.start + 0.4}), music.model_copy(update={"level_db": -30.0})
    plan = edited(documents, moved, softer)
    after = noted(documents, plan, "title: Glue")
    assert (after.each(Cover), after.only(Music)) == (plan.each(Cover), plan.only(Music))
    assert [title.text for title in after.each(Title)] == ["Glue"]


def test_another_shape_is_framed_anew_over_the_person_s_clips() -> None:
    documents = one_talk("landscape")
    plan = edited(documents, gone=("c2",))
    after = noted(documents, plan, "vertical")
    assert (after.output.width, after.output.height) == (1080, 1920)
    assert after.each(Cut) == plan.each(Cut)
