"""Grading: plain wishes about the picture, and the operations that the offline director makes of them."""

from __future__ import annotations

from typing import Any

import pytest

from experts.edit import log, selects
from experts.edit import plan as planning
from experts.edit.changes import read_change
from experts.edit.grading import wishes
from experts.edit.reading import read_brief
from experts.filters import reels
from kernel.worker.compile import check
from kernel.worker.media import Face
from kernel.worker.ops.captions import Captions
from kernel.worker.ops.colour import Colour
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.denoise import Denoise
from kernel.worker.ops.reframe import Reframe
from kernel.worker.ops.stabilise import Stabilise
from kernel.worker.ops.zoom import Zoom
from tests.experts.edit.house import footage, lut, made, pictures, planned, played, revised, talk

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


def _colours(plan: Any) -> list[tuple[str, str | None, float, str | None]]:
    return [(colour.of, colour.lut, colour.amount, colour.look) for colour in plan.each(Colour)]


def test_a_lut_that_was_sent_is_for_all_clips_and_said() -> None:
    plan = planned([talk("s1", SAID), lut("s2", "teal.cube")], "all of it, a bit warmer")
    assert _colours(plan) == [("*", "s2", 1.0, None)]
    assert (plan.each(Colour)[0].temperature, plan.each(Colour)[0].lut_from) == (0.125, "rec709")
    assert plan.source("s2").kind == "lut"
    assert "The LUT teal.cube gives all clips its colours." in plan.note
    assert {cut.source for cut in plan.each(Cut)} == {"s1"}


def test_a_lut_goes_with_pictures_too_and_is_no_picture_itself() -> None:
    plan = planned([lut("s1"), pictures("s2", [3, 3, 3])], "a montage of 6 seconds")
    assert _colours(plan) == [("*", "s1", 1.0, None)]
    assert {cut.source for cut in plan.each(Cut)} == {"s2"}


@pytest.mark.parametrize(
    ("name", "expects"),
    [
        ("SLog3_SGamut3.Cine_to_Rec709.cube", "log"),
        ("V-Log to V-709.cube", "log"),
        ("ARRI LogC4 Rec.709.cube", "log"),
        ("Teal709.cube", "rec709"),
        ("vlog-mood.cube", "rec709"),
    ],
)
def test_what_a_lut_expects_is_read_from_its_name(name: str, expects: str) -> None:
    plan = planned([talk("s1", SAID), lut("s2", name)], "all of it")
    assert plan.each(Colour)[0].lut_from == expects
    assert ("from log to Rec.709" in plan.note) is (expects == "log")


@pytest.mark.parametrize(
    ("note", "colours"),
    [
        ("the LUT at 40%", [("*", "s2", 0.4, None)]),
        ("half the LUT please", [("*", "s2", 0.5, None)]),
        ("a subtler LUT", [("*", "s2", 0.5, None)]),
        ("without the LUT", []),
        ("no grading", []),
        ("make it black and white", [("*", None, 1.0, "mono")]),
        ("more contrast, no LUT", [("*", None, 1.0, None)]),
    ],
)
def test_words_about_the_lut_are_understood_and_a_look_by_name_goes_before_it(note: str, colours: list[Any]) -> None:
    documents = played([talk("s1", SAID), lut("s2")], "all of it")
    plan = revised(documents, note)
    assert _colours(plan) == colours
    assert plan.each(Cut) == documents["plan"].each(Cut)  # type: ignore[attr-defined]
    assert "did not understand" not in plan.note
    used = bool(colours and colours[0][1])
    assert ("The LUT teal.cube is not used" in plan.note) is not used
    assert _colours(revised(documents, note, "use the LUT again")) == [("*", "s2", 1.0, None)]


def test_a_clip_can_do_without_the_lut() -> None:
    documents = played([talk("s1", SAID), lut("s2")], "all of it")
    plan = revised(documents, "at 0:01 no LUT")
    [first, *_] = plan.each(Cut)
    assert _colours(plan) == [("*", "s2", 1.0, None), (first.id, None, 1.0, None)]
    assert len(plan.each(Cut)) == len(documents["plan"].each(Cut))  # type: ignore[attr-defined]


def test_of_several_luts_the_one_that_is_named_is_used_and_one_that_is_not_there_is_asked_for() -> None:
    reels = [talk("s1", SAID), lut("s2", "Teal.cube"), lut("s3", "Moody Night.cube")]
    assert _colours(planned(reels, "use moody night")) == [("*", "s3", 1.0, None)]
    assert _colours(planned(reels, "all of it")) == [("*", "s2", 1.0, None)]
    plan = revised(_documents("all of it"), "use my LUT")
    assert not plan.each(Colour)
    assert "No LUT was sent: drop it as a .cube file." in plan.note


def test_a_lut_that_could_not_be_read_is_told_with_the_plan() -> None:
    documents = played([talk("s1", SAID)], "all of it")
    why = "teal.cube cannot be used: it is not plain text."
    refused = footage(talk("s1", SAID)).model_copy(update={"refused": (why,)})
    plan = made(planning.EXPERT, {**documents, "footage": refused})
    assert why in plan.body()["note"]


def test_experts_are_told_what_a_lut_is_and_cannot_take_pictures_from_it() -> None:
    documents = played([talk("s1", SAID), lut("s2", 'a "b".cube')], "all of it")
    shown = reels(documents["footage"].body()).splitlines()
    assert shown[1] == 's2 lut "a \\"b\\".cube": a table of colours, which only `colour` can name'
    logged, chosen = documents["log"].body(), documents["selects"].body()
    assert "from 1 source:" in logged["summary"]
    wrong = log.Log.read({**logged, "b_roll": ["s2"]}).problems(documents)
    assert wrong == ["b_roll names s2; the sources are s1."]
    second = {"source": "s2", "start": 0.0, "end": 1.0, "why": ""}
    wrong = selects.Selects.read({**chosen, "selects": [*chosen["selects"], second]}).problems(documents)
    assert [sentence for sentence in wrong if "which is a LUT: there is nothing to see in it" in sentence]
