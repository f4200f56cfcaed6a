"""The offline director's ears and mouth."""

from __future__ import annotations

import time

import pytest

from bot.understudy import HELLO, owner_of
from tests.bot.room import WISH, Room


def test_it_says_what_it_is(room: Room) -> None:
    assert room.say("hello").startswith(HELLO)
    assert "no model is set up" in HELLO


def test_it_reads_back_what_it_understood(room: Room) -> None:
    words = '20 seconds, square, no captions, keep the launch, drop the weather, title: "Hello", music, hook first'
    answer = room.say(words, [room.footage])
    for part in ("20 seconds", "1:1", "no captions", "keep the launch", "drop the weather", 'title "Hello"', "music"):
        assert part in answer


@pytest.mark.parametrize(
    ("words", "owner"),
    [
        ("bigger captions", ("captions", None, None)),
        ("the music is too loud, make it quieter", ("sound", None, None)),
        ("no title card please", ("titles", None, None)),
        ("make it 20 seconds", ("plan", None, None)),
        ("0:12 is slow", ("plan", 10.5, 13.5)),
        ("0:03 to 0:05 drags", ("plan", 3.0, 5.0)),
    ],
)
def test_each_wish_goes_to_the_step_that_owns_it(words: str, owner: tuple[str, float | None, float | None]) -> None:
    assert owner_of(words) == owner


def test_a_wish_after_the_preview_reruns_its_step(room: Room) -> None:
    room.opened()
    assert room.say("bigger captions") == "I make it anew: bigger captions"
    assert (room.kept("captions").version, room.kept("plan").version) == (2, 1)
    assert room.states()["preview"] == "awaiting approval"


def test_what_it_does_not_understand_changes_nothing(room: Room) -> None:
    room.opened()
    answer = room.say("make it funnier")
    assert 'do not understand "make it funnier"' in answer
    assert room.kept("plan").version == 1


def test_new_footage_after_the_preview_makes_a_new_brief(room: Room) -> None:
    room.opened()
    more = room.folder / "more.mp4"
    more.write_bytes(b"more pictures")
    assert room.say("and 15 seconds", [more]) == "I took it in and work on."
    brief = room.kept("brief")
    assert (brief.version, brief.body["length"]) == (2, 15)
    assert "more.mp4" in {asset.name for asset in room.store.assets.list(room.job.id)}
    assert room.states()["preview"] == "awaiting approval"


def test_a_screenshot_beside_a_note_is_no_footage_but_a_picture_to_be_used_is(room: Room) -> None:
    room.finished()
    picture = room.folder / "screen.png"
    picture.write_bytes(b"a picture")
    assert "which were approved" in room.say("bigger captions, see here", [picture])
    assert room.say("yes").startswith("I make captions anew")
    assert room.kept("brief").version == 1
    assert room.say("put this in, 10 seconds", [picture]) == "I took it in and work on."
    assert room.kept("brief").version == 2


def test_commands_said_earlier_are_no_wishes(room: Room) -> None:
    room.say("status")
    assert "What shall I make of it?" in room.say("", [room.footage])


@pytest.mark.parametrize("words", ["I have something for you", "hi", "here you go", ":tada:"])
def test_footage_with_words_that_leave_it_open_is_asked_about_once(room: Room, words: str) -> None:
    assert "What shall I make of it?" in room.say(words, [room.footage])
    assert room.store.jobs.list() == []
    room.say(WISH)
    assert room.kept("brief").body["text"] == WISH


def test_whatever_answers_the_question_is_a_brief_but_not_what_comes_with_more_footage(room: Room) -> None:
    room.say("I have something for you", [room.footage])
    more = room.folder / "more.mp4"
    more.write_bytes(b"more pictures")
    assert room.say("and I have this for you", [more]) == "Got it: 2 files so far."
    room.say("just a good video")
    assert room.kept("brief").body["text"] == "just a good video"


def test_the_best_of_it_is_a_brief(room: Room) -> None:
    room.say("make the best of it", [room.footage])
    assert room.states()["preview"] == "awaiting approval"


def test_whatever_somebody_pastes_is_answered_soon(room: Room) -> None:
    room.opened()
    began = time.process_time()
    assert room.say("30 seconds " * 3_600)
    assert time.process_time() - began < 5


def test_each_end_of_a_walk_is_told(room: Room) -> None:
    room.finished()
    told = [e.payload["text"] for e in room.events("said") if str(e.payload["turn"]).startswith("event-")]
    assert told == [
        "The preview is ready and waits for you: watch it, then approve it or say what to change.",
        "The final is ready and waits for you: watch it, then accept it or say what to change.",
        "The video is finished and delivered.",
    ]


def test_a_brief_that_cannot_be_is_answered_with_the_reason(room: Room) -> None:
    answer = room.say("12 seconds, keep the weather, drop the weather", [room.footage])
    assert "weather" in answer
    assert room.store.jobs.list() == []
    room.say(WISH)
    assert room.states()["preview"] == "awaiting approval"


def test_other_formats_from_the_start_stand_in_the_brief(room: Room) -> None:
    answer = room.say("20 seconds, also as gif and the audio as mp3", [room.footage])
    assert "as gif, mp3 too" in answer
    assert room.kept("brief").body["formats"] == ["gif", "mp3"]


def test_other_formats_before_the_end_wait_for_the_delivery(room: Room) -> None:
    room.opened()
    assert room.say("also as gif") == "I deliver it as gif as well, beside the mp4."
    [asked] = room.store.instructions.list(room.job.id, "delivery")
    assert (asked.text, asked.made_for) == ("also as gif", None)
    assert room.kept("plan").version == 1


def test_other_formats_after_the_end_make_the_delivery_anew_and_nothing_else(room: Room) -> None:
    job = room.finished()
    room.say("a webm too")
    assert [i.text for i in room.store.instructions.list(job.id, "delivery")] == ["a webm too"]
    assert (room.kept("delivery").version, room.kept("master").version) == (2, 1)


def test_a_wish_and_a_format_in_one_message_go_to_their_steps(room: Room) -> None:
    room.opened()
    room.say("bigger captions, also as gif")
    assert room.kept("captions").version == 2
    assert [i.text for i in room.store.instructions.list(room.job.id, "captions")] == ["bigger captions"]
    assert len(room.store.instructions.list(room.job.id, "delivery")) == 1
