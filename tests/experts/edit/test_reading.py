"""Reading: what a person types becomes a Brief."""

from __future__ import annotations

from typing import Any

import pytest

from experts.edit.reading import read_brief


@pytest.mark.parametrize(
    ("text", "seconds", "exact"),
    [
        ("30 seconds", 30, False),
        ("half a minute", 30, False),
        ("1:30", 90, False),
        ("make it 1:30 long", 90, False),
        ("a 12s cut", 12, False),
        ("exactly 20 seconds", 20, True),
        ("about a minute", 60, False),
        ("a minute and a half", 90, False),
        ("1m30s", 90, False),
        ("1 min 30", 90, False),
        ("two minutes", 120, False),
        ("1.5 minutes", 90, False),
        ("thirty seconds", 30, False),
        ("20-30 seconds", 25, False),
        ("between 20 and 30 seconds", 25, False),
        ("under 30 seconds", 28.5, False),
        ("up to a minute", 57, False),
        ("a 45-second teaser", 45, False),
        ("three quarters of a minute", 45, False),
    ],
)
def test_a_length_is_read_in_the_ways_people_write_it(text: str, seconds: float, exact: bool) -> None:
    brief = read_brief(text)
    assert (brief.length, brief.length_is_exact) == (seconds, exact)


@pytest.mark.parametrize(
    "text",
    [
        "9:16",
        "16:9 please",
        "drop the first 10 seconds",
        "cut every 3 seconds",
        "the bit at 0:12 is slow",
        "fade out over 2 seconds",
        "vertical, captions",
        "cut 0:03 to 0:05",
        "cut it as a teaser, I am in it",
    ],
)
def test_times_shapes_and_other_numbers_are_no_length(text: str) -> None:
    assert read_brief(text).length is None


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("vertical", {"shape": "9:16"}),
        ("portrait please", {"shape": "9:16"}),
        ("a square one", {"shape": "1:1"}),
        ("for Reels", {"shape": "9:16", "platform": "reels"}),
        ("TikTok, 20s", {"shape": "9:16", "platform": "tiktok"}),
        ("YouTube Shorts", {"shape": "9:16", "platform": "shorts"}),
        ("for YouTube", {"shape": "16:9", "platform": "youtube"}),
        ("widescreen", {"shape": "16:9"}),
        ("no captions", {"captions": False}),
        ("without any subtitles", {"captions": False}),
        ("subtitled", {"captions": True}),
        ("big yellow captions at the top", {"captions": True, "caption_wishes": "big yellow captions at the top"}),
        ("snappy", {"pace": "fast"}),
        ("let it breathe", {"pace": "slow"}),
        ("calm music", {"pace": "normal", "music": True}),
        ("no music", {"music": False}),
        ("start with the strongest line", {"hook": True}),
        ("with a hook", {"hook": True}),
        ("keep it in order", {"hook": False}),
        ("title: Two Cities", {"title": "Two Cities"}),
        ("call it 'Big News'", {"title": "Big News"}),
        ('with the title "Hello, World"', {"title": "Hello, World"}),
        ("call it a day", {"title": None}),
        ("a montage", {"kind": "montage"}),
        ("cut it to the beat", {"kind": "montage"}),
        ("cover the voice-over with pictures", {"kind": "narration"}),
        ("the interview is in German", {"language": "de", "kind": "dialogue"}),
        ("30 seconds, also as gif", {"formats": ["gif"], "length": 30}),
        ("keep the launch, and the audio as mp3", {"formats": ["mp3"], "keep": ["the launch"]}),
        ("ProRes for our editor, h265 please", {"formats": ["hevc", "prores"]}),
        ("a webm, thumbnails and the sound alone", {"formats": ["webm", "m4a", "stills"]}),
        ("make a 10 second vertical gif", {"formats": ["gif"], "length": 10, "shape": "9:16"}),
        ("use song.mp3 as music", {"formats": [], "music": True}),
        ("put the gif of the cat over it", {"formats": []}),
        ("no gif, zoom on the stills", {"formats": []}),
    ],
)
def test_a_wish_fills_its_field(text: str, fields: dict[str, Any]) -> None:
    found = read_brief(text).body()
    assert {name: found[name] for name in fields} == fields


@pytest.mark.parametrize(
    ("text", "keep", "drop"),
    [
        ("Keep the line about the launch, drop the weather.", ("the line about the launch",), ("the weather",)),
        ("keep the launch, the price and the team", ("the launch", "the price", "the team"), ()),
        ("lose the joke about cats and dogs", (), ("the joke about cats and dogs",)),
        ("30 seconds without the intro", (), ("the intro",)),
        ("don't drop the ending", ("the ending",), ()),
        ('keep "we came, we saw" and drop the rest of it', ("we came, we saw",), ("the rest of it",)),
        ("cut it to 45 sec; keep it snappy", (), ()),
        ("cut the talk down to 30 seconds", (), ()),
        ("no music, no captions", (), ()),
        ("keep it under a minute", (), ()),
        ("drop the first 10 seconds", (), ("the first 10 seconds",)),
    ],
)
def test_what_is_kept_and_dropped_is_named_in_their_words(
    text: str, keep: tuple[str, ...], drop: tuple[str, ...]
) -> None:
    brief = read_brief(text)
    assert (brief.keep, brief.drop) == (keep, drop)


def test_a_later_message_changes_what_it_says_and_leaves_the_rest() -> None:
    said = ("30 seconds, vertical, keep the launch, title: News", "make it 20 seconds, no title, drop the launch")
    second = read_brief(said[1], read_brief(said[0]))
    assert (second.length, second.shape, second.title) == (20, "9:16", None)
    assert (second.keep, second.drop) == ((), ("the launch",))
    assert second.text == "\n\n".join(said)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("20 seconds or 40 seconds", "length"),
        ("vertical and landscape", "shapes"),
        ("no captions, but yellow captions", "captions"),
        ("no music and upbeat music", "music"),
        ("0 seconds", "no length"),
        ("make it 9 hours", "four are the most"),
        ("keep the launch, drop the line about the launch", "both keeps and drops"),
    ],
)
def test_what_cannot_both_be_is_asked_about(text: str, word: str) -> None:
    assert any(word in problem for problem in read_brief(text).problems({}))


def test_an_answer_in_a_message_of_its_own_settles_a_contradiction() -> None:
    first = read_brief("20 seconds or 40 seconds")
    second = read_brief("20 seconds", first)
    assert first.problems({})
    assert second.problems({}) == []
    assert second.length == 20


def test_nothing_said_is_still_a_brief() -> None:
    assert read_brief("  ").text
