"""A name that is corrected while a video is made: its captions and titles get it, as they are written by then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.house_rules import rules_of
from experts.edit import captions, titles
from experts.edit.captions import CaptionSheet
from experts.edit.reading import read_brief
from experts.edit.spelling import Spelling
from experts.edit.titles import TitleSheet
from kernel.document import Document
from kernel.pipeline import Pipeline, Step
from kernel.tasks import Task, Work
from tests.bot import room as rooms
from tests.bot.room import Room
from tests.experts.edit.house import bed, played, talk

SAID: list[str | float] = ["We met Sean in spring.", 0.9, "Shown wrote of Pria's letter.", 0.9, "We will go, said Wil."]
BRIEF = '60 seconds, captions, titled "Sean comes home"'


@pytest.fixture
def spoken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """A channel in which a real cut of a talk is made: captions and titles are the offline director's own."""
    documents = played([talk("s1", SAID), bed("s2")], BRIEF)

    def given(name: str, step: str, group: str = "") -> Step:
        def make(work: Work) -> Document:
            return documents[name]

        return Step(step, Task(step, type(documents[name]), make), ("brief",), group=group)

    needs = ("brief", "footage", "log", "selects")
    written = [Step("captions", captions.EXPERT, needs), Step("titles", titles.EXPERT, needs)]
    brief, plan, _, preview, *rest = rooms.EDIT.steps
    preview = replace(preview, needs=("plan", "captions", "titles"))
    made = (given("footage", "footage"), given("log", "log"), given("selects", "selects_dialogue", "selects"))
    monkeypatch.setattr(rooms, "EDIT", Pipeline("edit", "A small edit", (brief, *made, plan, *written, preview, *rest)))
    built = Room(tmp_path, surface="slack", address="T1:C1:1.0")
    yield built
    built.close()


def words(room: Room) -> str:
    """Return what the captions have for what was said."""
    sheet = CaptionSheet.open(room.kept("captions").body, 1)
    assert sheet.captions is not None
    known = {c.word: c.text for c in sheet.captions.corrections}
    said = " ".join(part for part in SAID if isinstance(part, str)).split()
    return " ".join(filter(None, (known.get(f"s1w{number}", word) for number, word in enumerate(said))))


def title(room: Room) -> str:
    """Return the title."""
    return TitleSheet.open(room.kept("titles").body, 1).titles[0].text


def test_captions_and_titles_of_this_video_get_it_and_one_preview_comes_of_it(spoken: Room) -> None:
    spoken.opened(BRIEF)
    assert spoken.say("Sean should be Siân everywhere").endswith("I make the captions and titles of this video anew.")
    assert words(spoken).startswith("We met Siân in spring.")
    assert title(spoken) == "Siân comes home"
    assert (spoken.kept("preview").version, spoken.states()["preview"]) == (2, "awaiting approval")


def test_a_second_thought_is_about_what_is_written_by_then(spoken: Room) -> None:
    spoken.opened(BRIEF)
    spoken.say("it's Shawn, not Sean or Shown")
    assert words(spoken).startswith("We met Shawn in spring. Shawn wrote")
    assert spoken.say("it's Siân, not Shawn").endswith("anew.")
    assert words(spoken).startswith("We met Siân in spring. Siân wrote")
    assert spoken.say("no, Shawn was right").startswith('From now on it is "Shawn", not "Siân"')
    assert words(spoken).startswith("We met Shawn in spring. Shawn wrote")
    assert title(spoken) == "Shawn comes home"


def test_only_what_is_written_otherwise_is_made_anew_and_all_of_that(spoken: Room) -> None:
    spoken.opened(BRIEF)
    assert spoken.say("it's Nguyen, not Wynn").endswith("Nothing in this video is written so.")
    assert (spoken.kept("captions").version, spoken.kept("titles").version) == (1, 1)
    assert rules_of(spoken.store, spoken.here).glossary == (Spelling(right="Nguyen", wrong=("Wynn",)),)
    assert spoken.say("spell it Priya").startswith('From now on it is "Priya", not "pria"')
    assert "of Priya's letter" in words(spoken)
    spoken.say("it's Will, not Wil")
    assert words(spoken).endswith("We will go, said Will.")


def test_a_correction_before_anybody_was_heard_is_in_the_first_captions(spoken: Room) -> None:
    spoken.say("it's Siân, not Sean")
    spoken.opened(BRIEF)
    assert (spoken.kept("captions").version, title(spoken)) == (1, "Siân comes home")
    assert words(spoken).startswith("We met Siân in spring.")


def test_a_correction_of_what_is_finished_brings_a_new_preview(spoken: Room) -> None:
    spoken.opened(BRIEF)
    spoken.say("approve")
    spoken.say("approve")
    assert spoken.office.jobs.status(spoken.job) == "completed"
    spoken.say("it's Siân, not Sean")
    assert (spoken.kept("captions").version, spoken.kept("titles").version) == (2, 2)
    assert words(spoken).startswith("We met Siân in spring.")


def test_a_video_that_was_begun_in_another_thread_is_captioned_with_it(spoken: Room) -> None:
    here, there = spoken.here, spoken.store.conversations.ensure("slack", "T1:C1:7.0")
    elsewhere = spoken.store.conversations.ensure("slack", "T1:C2:7.0")
    for place in (there, elsewhere):
        spoken.store.turns.keep(spoken.turn("", [spoken.footage], conversation=place))
        spoken.office.hand_in(place, read_brief(BRIEF), "ann", f"begun {place}")
    assert spoken.say("it's Siân, not Sean").endswith("in every caption here.")
    spoken.say("spell it Priya")
    for place, name in ((there, "Siân"), (elsewhere, "Sean")):
        spoken.here = place
        spoken.office.jobs.run_all(spoken.job, f"walk {place}")
        spoken.drain()
        assert words(spoken).startswith(f"We met {name} in spring.")
        assert ("of Priya's letter" in words(spoken)) is (place == there)
        assert title(spoken) == f"{name} comes home"
    assert spoken.store.conversations.get(here).job is None
