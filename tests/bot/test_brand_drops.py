"""A logo, a kit or a look that is dropped becomes the brand of the channel, and is no footage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot import brand_drops, house_rules
from bot.dropped import brand_in
from bot.house_rules import Rules, rules_of
from experts.edit.spelling import Spelling
from kernel.brand import BrandColour, BrandKit, CaptionLook
from kernel.studio import hash_of
from tests.bot.room import WISH, Room

LOGO = {"name": "mark.png"}
VIDEO = {"name": "talk.mp4"}


@pytest.mark.parametrize(
    ("text", "files", "logo", "whole"),
    [
        ("our logo, top right", [LOGO], True, True),
        ("Here's the logo", [LOGO], True, True),
        ("30 seconds, our logo top right", [LOGO, VIDEO], True, False),
        ("30 seconds, vertical", [LOGO, VIDEO], False, False),
        ("30 seconds, no logo", [LOGO, VIDEO], False, False),
        ("use the logo", [LOGO, {"name": "photo.png"}], False, False),
        ("use the logo", [{"name": "our logo.png"}, {"name": "photo.png"}], True, False),
        ("our logo", [VIDEO], False, False),
    ],
)
def test_a_picture_is_a_logo_where_the_words_say_so(text: str, files: list[Any], logo: bool, whole: bool) -> None:
    found = brand_in(text, files)
    assert (found.logo is not None, found.whole) == (logo, whole)


@pytest.mark.parametrize(
    ("text", "look"),
    [
        ("this is our brand", True),
        ("here is what our brand looks like", True),
        ("Learn our style from this one", True),
        ("our brand", True),
        ("here are our colours", True),
        ("These are our brand colors", True),
        ("our palette", True),
        ("30 seconds, with our colours", False),
        ("30 seconds in our brand", False),
        ("make it fit our style, vertical", False),
    ],
)
def test_a_video_is_a_look_where_the_words_show_it_as_one(text: str, look: bool) -> None:
    assert (brand_in(text, [VIDEO]).reference is not None) is look


def test_a_corner_is_read_from_the_words() -> None:
    assert brand_in("our logo, bottom-left please", [LOGO]).corner == "bottom_left"
    assert brand_in("our logo", [LOGO]).corner is None


def picture(room: Room, name: str = "mark.png", colour: str = "0x0b3d91") -> Path:
    """Make a small picture."""
    path = room.folder / name
    drawn = ["-f", "lavfi", "-i", f"color={colour}:s=64x64", "-frames:v", "1", "-y", str(path)]
    room.app.services.studio.ffmpeg.run(drawn, cwd=room.folder, timeout=20)
    return path


def test_a_logo_is_kept_for_the_channel_and_told(thread: Room) -> None:
    mark = picture(thread)
    answer = thread.say("our logo, top left", [mark])
    assert answer.startswith("I keep this as the brand of this channel: logo: mark.png, top left")
    rules = rules_of(thread.store, thread.here)
    assert rules.brand is not None
    assert rules.brand.logo is not None
    assert (rules.brand.logo.corner, rules.brand.logo.hash) == ("top_left", hash_of(mark))
    assert Path(rules.logo).is_file()
    mark.unlink()
    assert Path(rules.logo).is_file()
    assert thread.office.dropped(thread.here) == []


def test_every_later_job_of_the_channel_carries_it(thread: Room) -> None:
    thread.say("our logo, top left", [picture(thread)])
    thread.here = thread.store.conversations.ensure("slack", "T1:C1:7.0")
    job = thread.opened()
    assert thread.kept("brief").body["brand"]["logo"]["corner"] == "top_left"
    assert [asset.name for asset in thread.store.assets.list(job.id) if asset.role == "logo"] == ["mark.png"]


def test_beside_footage_and_a_wish_the_job_begins_with_it(thread: Room) -> None:
    answer = thread.say(f"{WISH}, our logo top right", [thread.footage, picture(thread)])
    assert "I keep this as the brand" in answer
    assert "12 seconds" in answer
    assert thread.kept("brief").body["brand"]["logo"]["file"] == "mark.png"
    assert [file["name"] for file in thread.office.dropped(thread.here)] == ["a talk.mp4"]


def test_a_logo_for_a_video_on_its_way_is_put_into_it(thread: Room) -> None:
    thread.opened()
    answer = thread.say("our logo, top right", [picture(thread)])
    assert answer.endswith("This video is made anew with it.")
    assert thread.kept("brief").version == 2
    assert (thread.kept("plan").version, thread.states()["preview"]) == (2, "awaiting approval")


def test_what_can_be_no_logo_is_refused_with_the_reason(thread: Room) -> None:
    broken = thread.folder / "logo.png"
    broken.write_bytes(b"no picture")
    assert thread.say("our logo", [broken]).startswith("The logo logo.png cannot be used")
    assert rules_of(thread.store, thread.here).brand is None


def test_a_kit_is_read_with_its_logo(thread: Room) -> None:
    mark = picture(thread, "logo.png")
    kit = thread.folder / "kit.json"
    kit.write_text(json.dumps({**BrandKit.EXAMPLE, "name": "Tall Ships"}))
    answer = thread.say("our brand kit", [kit, mark])
    assert "primary #0b3d91" in answer
    rules = rules_of(thread.store, thread.here)
    assert rules.brand is not None
    assert rules.brand.name == "Tall Ships"
    assert rules.brand.logo is not None
    assert rules.brand.logo.hash == hash_of(mark)


def test_a_file_that_is_no_kit_is_refused_without_a_path(thread: Room) -> None:
    kit = thread.folder / "kit.json"
    kit.write_text('{"colours": "blue"}')
    answer = thread.say("our brand", [kit])
    assert "no brand kit" in answer
    assert "/" not in answer
    assert rules_of(thread.store, thread.here).brand is None


def test_a_look_gives_its_colours(thread: Room) -> None:
    answer = thread.say("this is our brand", [picture(thread, "look.png")])
    assert "I guessed that" in answer
    rules = rules_of(thread.store, thread.here)
    assert rules.brand is not None
    assert rules.brand.colours


def test_where_approvers_are_named_nobody_else_drops_a_brand_and_the_footage_goes_on_without(thread: Room) -> None:
    house_rules.keep(thread.store, thread.here, Rules(approvers=("U22",)), "U22", "first")
    mark = picture(thread)
    assert thread.say("our logo, top right", [mark]).startswith("Only @U22 can change what holds in this channel")
    answer = thread.say(f"{WISH}, our logo top right", [thread.footage, mark])
    assert answer.startswith("Only @U22 can change what holds in this channel")
    assert thread.kept("brief").body["brand"] is None
    assert [event.payload["people"] for event in thread.events("said")[:2]] == [["U22"], ["U22"]]
    assert rules_of(thread.store, thread.here) == Rules(approvers=("U22",))
    assert thread.say("our logo", [mark], author="U22").startswith("I keep this as the brand")


def test_a_logo_without_a_clear_ground_is_taken_and_what_would_look_better_is_said(thread: Room) -> None:
    clear = thread.folder / "clear.png"
    drawn = ["-f", "lavfi", "-i", "color=0x0b3d91@0.5:s=64x64,format=rgba", "-frames:v", "1", "-y", str(clear)]
    thread.app.services.studio.ffmpeg.run(drawn, cwd=thread.folder, timeout=20)
    assert "It stands on a box" not in thread.say("our logo", [clear])
    answer = thread.say("our logo", [picture(thread, "logo.jpg", "white")])
    assert answer.startswith("I keep this as the brand of this channel: logo: logo.jpg")
    assert "It stands on a box" in answer


@pytest.mark.parametrize("text", ["our font", "here are our fonts", "use this"])
def test_a_font_is_no_footage_and_what_is_written_in_is_said(text: str) -> None:
    found = brand_in(text, [{"name": "House.ttf"}])
    assert found.fonts == ({"name": "House.ttf"},)
    assert found.whole


def test_a_font_that_is_dropped_is_answered(thread: Room) -> None:
    font = thread.folder / "House.otf"
    font.write_bytes(b"OTTO")
    assert thread.say("our font", [font]) == "I write in Inter alone so far, so House.otf is not used."
    answer = thread.say(f"{WISH}, in our font", [thread.footage, font])
    assert "House.otf is not used" in answer
    assert "12 seconds" in answer
    assert rules_of(thread.store, thread.here) == Rules()


def test_a_picture_of_colours_leaves_the_look_of_captions_as_it_was(thread: Room) -> None:
    bold = BrandKit(name="Ours", captions=CaptionLook(style="bold"), colours=(BrandColour(colour="#000000"),))
    house_rules.keep(thread.store, thread.here, Rules(brand=bold), "ann", "first")
    thread.say("here are our colours", [picture(thread, "palette.png")])
    kept = rules_of(thread.store, thread.here).brand
    assert kept is not None
    assert (kept.captions, [c.colour for c in kept.colours] != ["#000000"]) == (bold.captions, True)


def test_a_name_that_is_corrected_while_a_logo_is_looked_at_stays(thread: Room) -> None:
    mark, name = picture(thread), Spelling(right="Siân")
    found = brand_in("our logo", [{"name": "mark.png", "path": str(mark)}])
    turn = thread.turn("our logo", [mark])
    made = brand_drops.read(thread.office, turn, found)
    house_rules.change(thread.store, thread.here, lambda rules: house_rules.with_spelling(rules, name), "ann", "name")
    brand_drops.keep(thread.office, turn, made)
    kept = rules_of(thread.store, thread.here)
    assert kept.brand is not None
    assert kept.glossary == (name,)


def test_a_logo_with_a_very_long_name_is_kept_all_the_same(thread: Room) -> None:
    mark = picture(thread)
    turn = thread.turn("our logo", [mark])
    named = turn.model_copy(update={"files": ({**turn.files[0], "name": f"{'x' * 400}.png"},)})
    thread.app.conversations.receive(named)
    thread.drain()
    assert thread.answer(named.id).startswith("I keep this as the brand")
