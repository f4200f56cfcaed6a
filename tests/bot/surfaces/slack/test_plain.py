"""What people wrote, without Slack's marks."""

from __future__ import annotations

import pytest

from bot.surfaces.slack.plain import mentions, words


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
