"""What people wrote, without Slack's marks."""

from __future__ import annotations

import time

import pytest

from bot.surfaces.slack.plain import is_aside, mentions, words


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("<@UBOT> 30 seconds, vertical", "30 seconds, vertical"),
        ("<@UBOT>: approve", "approve"),
        ("<@UBOT|rushes>, stop", "stop"),
        ("please <@UBOT> make it short", "please make it short"),
        ("make it short <@UBOT>", "make it short"),
        ("Q&amp;A, then 3 &lt; 4 &gt; 2", "Q&A, then 3 < 4 > 2"),
        ("&amp;lt; stays as it was typed", "&lt; stays as it was typed"),
        ("take <https://example.com/a.mp4>", "take https://example.com/a.mp4"),
        ("take <https://example.com/a.mp4|the first take>", "take the first take (https://example.com/a.mp4)"),
        ("see <http://example.com|example.com>", "see example.com"),
        ("ask <mailto:ann@example.com|ann@example.com>", "ask ann@example.com"),
        ("as in <#C123|videos>, or <#C124>", "as in #videos, or #C124"),
        ("<@U2|ben> approves", "<@U2> approves"),
        ("tell <!here> and <!subteam^S1|@editors>", "tell @here and @editors"),
        ("on <!date^1795275323^{date}|21 Nov>", "on 21 Nov"),
        ("  ", ""),
    ],
)
def test_a_message_is_read_as_it_was_meant(written: str, said: str) -> None:
    assert words(written, "UBOT") == said


def test_only_the_bot_itself_is_spoken_to() -> None:
    assert mentions("hey <@UBOT>", "UBOT")
    assert mentions("hey <@UBOT|rushes>", "UBOT")
    assert not mentions("hey <@UBOTHER>", "UBOT")
    assert not mentions("hey UBOT", "UBOT")
    assert not mentions("hey <@>", "")


@pytest.mark.parametrize(
    "said",
    [
        "<@U2>, can you look",
        "<@U2> can you look?",
        "<@U2> and <@U3>: shorter, no?",
        ":tada:",
        "\U0001f389 :+1:",
        "<@U2>?",
    ],
)
def test_what_people_say_to_each_other_is_an_aside(said: str) -> None:
    assert is_aside(said)


@pytest.mark.parametrize(
    "said",
    [
        "<@U2> says the intro is slow",
        "<@U2> thinks it drags, can you fix it?",
        "<@U2> approves",
        "approvers: <@U2>, <@U3>",
        "is it done?",
        "30",
        "",
        f"<@U2>, {'look ' * 100}",
    ],
)
def test_what_may_be_meant_for_the_bot_is_none(said: str) -> None:
    assert not is_aside(said)


def test_a_long_message_is_read_in_no_time() -> None:
    began = time.process_time()
    for long in ("make" + " " * 40_000 + "x", "<" * 40_000, "<@U2> " * 6_000):
        words(long, "UBOT")
    assert time.process_time() - began < 0.3
