"""What says nothing, what leaves it open, and what is a wish."""

from __future__ import annotations

import pytest

from bot.smalltalk import is_vague, says_nothing


@pytest.mark.parametrize("words", ["hi", "Hello team!", "and here are two more", "thanks", ":tada: :+1:", "🎉", "..."])
def test_greetings_thanks_and_pictures_say_nothing(words: str) -> None:
    assert says_nothing(words)


@pytest.mark.parametrize(
    "words",
    [
        "I have something for you",
        "here you go",
        "Hi! Here's some raw footage from the shoot yesterday :wave:",
        "can you help me with this?",
        "Could you edit this for us?",
        "I want to edit a video. What do you need from me?",
        "this is what we've got",
    ],
)
def test_what_leaves_it_open_is_vague(words: str) -> None:
    assert is_vague(words)


@pytest.mark.parametrize(
    "words",
    [
        "make the best of it",
        "edit this please",
        "30 seconds, vertical",
        "something for LinkedIn",
        "a trailer",
        "keep the launch",
        "surprise me",
        "Can you make something upbeat of this?",
        "mach was draus",
    ],
)
def test_a_word_on_what_to_make_is_a_wish(words: str) -> None:
    assert not is_vague(words)
    assert not says_nothing(words)
