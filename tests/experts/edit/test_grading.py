"""Grading: plain wishes about the picture, and the operations that the offline director makes of them."""

from __future__ import annotations

from typing import Any

import pytest

from experts.edit.changes import read_change
from experts.edit.grading import wishes
from experts.edit.reading import read_brief
from kernel.worker.compile import check
from kernel.worker.media import Face
from kernel.worker.ops.captions import Captions
from kernel.worker.ops.colour import Colour
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.denoise import Denoise
from kernel.worker.ops.reframe import Reframe
from kernel.worker.ops.stabilise import Stabilise
from kernel.worker.ops.zoom import Zoom
from tests.experts.edit.house import played, revised, talk

SAID: list[str | float] = ["We built it in a week.", 1.5, "Then everybody wanted one.", 1.5, "So we made more of them."]


def _documents(text: str) -> Any:
    return played([talk("s1", SAID)], text)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("make it warmer", "temperature", 0.25),
        ("a bit cooler please", "temperature", -0.125),
        ("it is too dark", "exposure", 0.35),
        ("much darker", "exposure", -0.56),
        ("more contrast", "contrast", 0.25),
        ("less colour", "saturation", -0.3),
        ("make it black and white", "look", "mono"),
        ("B&W please", "look", "mono"),
        ("give it a film look", "look", "film"),
        ("no grading", "plain", None),
        ("stabilise it", "stabilise", "medium"),
        ("it's shaky", "stabilise", "medium"),
        ("no stabilisation", "stabilise", None),
        ("the picture is noisy", "denoise", "medium"),
        ("less grain", "denoise", "medium"),
        ("zoom in on cuts", "zoom", "punch"),
        ("add punch-ins", "zoom", "punch"),
        ("a slow zoom on everything", "zoom", "push"),
        ("no zooms", "zoom", None),
        ("follow her", "follow", "follow"),
    ],
)
def test_a_plain_wish_is_understood(text: str, field: str, value: float | str | None) -> None:
    found = wishes(text)
    assert [wish.field for wish in found] == [field]
    assert found[0].value == (pytest.approx(value) if isinstance(value, float) else value)
    assert read_change(text).understood


@pytest.mark.parametrize(
    "text",
    ["white captions", "make the music softer", "less noise", "a warm welcome", "darker captions", "cut the dark part"],
)
def test_what_is_about_something_else_is_none(text: str) -> None:
    assert wishes(text) == ()


def test_a_wish_about_the_picture_is_none_about_captions_pace_or_what_is_said() -> None:
    assert not read_change("black and white").style
    brief = read_brief("slow zoom, no zooms at the end, remove the shake")
    assert (brief.pace, brief.drop, brief.keep) == ("normal", (), ())


def test_wishes_become_operations_and_add_up() -> None:
    documents = _documents("10 seconds, black and white, stabilise it")
    plan = revised(documents, "a bit warmer", "warmer", "too grainy")
    colour = plan.only(Colour)
    assert colour is not None
    assert (colour.of, colour.look, colour.temperature) == ("*", "mono", 0.375)
    assert plan.each(Stabilise)
    assert plan.each(Denoise)
    assert check(plan) == []
    assert not revised(documents, "no stabilisation").each(Stabilise)
    assert not revised(documents, "no look").each(Colour)
    assert plan.only(Captions) == revised(documents).only(Captions)


def test_a_wish_about_a_moment_is_for_its_clip_and_cuts_nothing() -> None:
    documents = _documents("all of it")
    plain = revised(documents)
    plan = revised(documents, "at 0:01 it is too dark")
    assert plan.each(Cut) == plain.each(Cut)
    assert [colour.of for colour in plan.each(Colour)] == [plan.each(Cut)[0].id]


def test_every_second_clip_of_one_shot_is_punched_in() -> None:
    plan = revised(_documents("tight, zoom in on the cuts"))
    cuts = [cut.id for cut in plan.each(Cut)]
    assert len(cuts) > 1
    assert [zoom.of for zoom in plan.each(Zoom)] == cuts[1::2]


def test_a_face_is_followed_where_that_is_asked_for_also_one_that_sits() -> None:
    reel = talk("s1", SAID)
    times = [n / 2 for n in range(round(reel.inspection.probe.duration * 2))]
    faces = tuple(Face(at=at, x=0.3, y=0.4, height=0.3) for at in times)
    seen = reel.model_copy(update={"inspection": reel.inspection.model_copy(update={"faces": faces})})
    plan = revised(played([seen], "vertical, follow her"))
    assert {reframe.mode for reframe in plan.each(Reframe)} == {"follow"}
    assert check(plan) == []
