"""How the understudies follow a brand kit."""

from __future__ import annotations

from typing import Any

import pytest

from experts.edit import captions, plan
from experts.edit.brief import Brief
from experts.filters import brand, brief
from kernel.brand import BrandKit
from kernel.document import Document
from kernel.evaluation.contrast import BLACK, contrast, parsed
from kernel.worker.beside import touch
from kernel.worker.compile import compile
from kernel.worker.ops.captions import Captions
from kernel.worker.ops.logo import Logo
from kernel.worker.ops.title import Title
from kernel.worker.plan import EditPlan
from tests.experts.edit.house import made, played, talk

SAID = ("So what did we launch today?", 0.6, "We launch the new boat on Monday.", 0.7, "It sails on its own.")
WISH = "vertical, captions. Title: The new boat."


def kit(**more: Any) -> BrandKit:
    """Return a kit."""
    return BrandKit.model_validate({**BrandKit.EXAMPLE, **more})


def branded(kit: BrandKit | None, wish: str = WISH, logo: bool = True) -> dict[str, Document]:
    """Return the documents of a job with that kit, its logo among the sources."""
    reel = talk("s1", SAID)
    mark = reel.model_copy(update={"id": "s2", "hash": "4" * 64, "name": "logo.png", "role": "logo"})
    still = {"kind": "still", "width": 240, "height": 100, "duration": 0.0, "rate": None, "channels": 0}
    probe = mark.inspection.probe.model_copy(update=still)
    shown = mark.inspection.model_copy(update={"probe": probe, "words": (), "shots": (), "faces": (), "silences": ()})
    reels = [reel, mark.model_copy(update={"inspection": shown})] if logo else [reel]
    documents = played(reels, wish)
    given = documents["brief"]
    assert isinstance(given, Brief)
    documents["brief"] = given.model_copy(update={"brand": kit})
    documents["captions"] = made(captions.EXPERT, documents)
    documents["plan"] = made(plan.EXPERT, documents)
    return documents


def plan_of(documents: dict[str, Document]) -> EditPlan:
    """Return the plan among documents."""
    found = documents["plan"]
    assert isinstance(found, EditPlan)
    return found


def test_captions_titles_and_logo_are_the_brands() -> None:
    found = plan_of(branded(kit()))
    written, title, logo = found.only(Captions), found.each(Title)[0], found.each(Logo)
    assert written is not None
    assert (written.style, written.case, written.highlight) == ("bold", "upper", "#ff6b35")
    assert (title.colour, title.accent) == ("#ffffff", "#ff6b35")
    assert [(each.source, each.corner, each.size, each.clear) for each in logo] == [("s2", "top_right", 0.16, 0.25)]


def test_without_a_kit_nothing_changes() -> None:
    found = plan_of(branded(None))
    written = found.only(Captions)
    assert written is not None
    assert (written.highlight, written.case) == ("#ffd400", "as spoken")
    assert not found.each(Logo)
    assert found.each(Title)[0].accent is None


def test_what_the_brief_wishes_of_captions_goes_before_the_kit() -> None:
    written = plan_of(branded(kit(), "vertical, yellow captions in lower case")).only(Captions)
    assert written is not None
    assert written.case == "lower"
    assert written.colour != "#ffffff"


def test_a_brief_may_refuse_the_logo() -> None:
    found = plan_of(branded(kit(), "vertical, captions, no logo"))
    assert not found.each(Logo)
    assert "The logo of" not in found.note


def test_a_logo_that_is_not_there_is_told() -> None:
    found = plan_of(branded(kit(), logo=False))
    assert not found.each(Logo)
    assert "The logo of Tall Ships (logo.png) is not among the files" in found.note


@pytest.mark.parametrize("colour", ["#10141f", "#0b3d91", "#000000"])
def test_letters_that_could_not_be_read_stay_white(colour: str) -> None:
    dark = kit(colours=[{"colour": colour, "role": "text"}], captions={})
    written = plan_of(branded(dark)).only(Captions)
    assert written is not None
    assert contrast(parsed(written.colour), BLACK) > 4.5


@pytest.mark.parametrize("corner", ["top_right", "bottom_right", "bottom_left"])
def test_no_words_stand_on_the_logo(corner: str) -> None:
    large = kit(logo={"file": "l.png", "hash": "4" * 64, "corner": corner, "size": 0.4})
    found = plan_of(branded(large))
    logo, timeline = found.each(Logo)[0], compile(found)
    place = logo.box(found.output, 240, 100)
    boxes = [*(cue.box for cue in timeline.cues), *(title.box for title in timeline.titles)]
    assert boxes
    assert not any(touch(box, place) for box in boxes)


def test_experts_read_the_kit_in_plain_lines_and_not_in_the_brief() -> None:
    body = Brief.model_validate({**Brief.EXAMPLE, "brand": kit()}).body()
    assert "Tall Ships" not in brief(body)
    assert brand(body).splitlines()[0] == "Tall Ships"
    assert brand(Brief.read(Brief.EXAMPLE).body()) == ""


def test_a_model_is_not_asked_for_a_kit_and_an_old_brief_opens() -> None:
    assert "brand" not in Brief.model_json_schema()["properties"]
    assert Brief.open({key: value for key, value in Brief.EXAMPLE.items() if key != "brand"}, 1).brand is None
