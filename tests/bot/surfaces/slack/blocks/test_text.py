"""Whatever somebody writes, it mentions nobody, links nowhere, calls no channel, and is short enough."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.surfaces.slack.blocks import text as t

HOSTILE = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            [
                *(
                    "<!channel>",
                    "<!here>",
                    "<@U1>",
                    "<#C1>",
                    "<https://evil.example|here>",
                    "&amp;",
                    "&lt;!channel&gt;",
                ),
                *("\u202e", "\x00", "\n\n", "a" * 400, "שלום", "👩\u200d👩\u200d👧", "e\u0301", "\ud800", '"', "\\"),
            ]
        ),
    ),
    max_size=60,
).map("".join)
MARK = re.compile(r"<[^>]*>")


@given(HOSTILE, st.integers(10, 3000))
def test_prose_is_harmless_and_fits(said: str, limit: int) -> None:
    made = t.prose(said, limit)
    assert "<" not in made
    assert ">" not in made
    assert "&" not in re.sub(r"&(amp|lt|gt);", "", made)
    assert not t._UNSEEN.search(made)
    assert t.size(made) <= limit
    made.encode("utf-8")


@given(HOSTILE)
def test_a_line_is_one_line_and_what_is_written_from_right_to_left_stays_in_its_place(said: str) -> None:
    made = t.line(said, 80)
    assert "\n" not in made
    assert t.size(made) <= 82
    assert made.count("\u2068") == made.count("\u2069")


@given(HOSTILE, st.integers(40, 500))
def test_pieces_hold_all_words_of_a_text_in_their_order_and_each_fits(said: str, limit: int) -> None:
    found = t.pieces(said, limit, most=10_000)
    assert all(
        piece and t.size(piece) <= limit and len(json.dumps(piece, ensure_ascii=False)) <= limit + 2 for piece in found
    )
    whole = re.sub(r"\s", "", t.escape(t.clean(said)))
    assert re.sub(r"\s", "", "".join(found)) == whole


@given(HOSTILE, st.integers(2, 200))
def test_a_clipped_text_fits_and_is_the_beginning_of_what_it_was(said: str, limit: int) -> None:
    made = t.clip(said, limit)
    assert t.size(made) <= limit
    assert made == said or said.startswith(made.removesuffix("…"))


def test_a_text_is_cut_between_words_and_no_emoji_is_torn() -> None:
    assert t.clip("one two three", 10) == "one two…"
    assert t.clip("ab 👩\u200d👩\u200d👧 cd", 6) == "ab…"
    assert t.clip("cafe\u0301 noir", 5) == "caf…"
    assert t.clip("x" * 50, 10) == "x" * 9 + "…"


def test_a_long_text_is_cut_at_the_end_of_a_paragraph_where_one_is_near() -> None:
    first, second = "a " * 40, "b " * 40
    assert t.pieces(f"{first}\n\n{second}", 120) == [first.strip(), second.strip()]


def test_the_last_piece_is_clipped_where_there_is_no_room_for_more() -> None:
    found = t.pieces("word " * 5000, 1000, most=3)
    assert len(found) == 3
    assert found[-1].endswith("…")


def test_a_quotation_of_many_lines_shows_a_few() -> None:
    made = t.quote("\n".join(str(n) for n in range(500)))
    assert made.startswith(">0\n>1\n")
    assert made.endswith("\n>…")
    assert made.count("\n") == t.ROWS - 1


def test_marks_that_turn_writing_are_taken_out_of_a_name() -> None:
    assert t.line("holiday\u202e4pm.exe") == "holiday4pm.exe"


def test_a_mention_is_made_of_an_id_alone() -> None:
    assert t.mention("U1") == "<@U1>"
    assert t.mention("W0A") == "<@W0A>"
    assert t.mention("!channel") == "!channel"
    assert t.mention("U1> <!here") == "U1&gt; &lt;!here"
    assert t.mention("") == "somebody"
    assert t.channel("C1") == "<#C1>"
    assert t.channel("C1|x> <!here>") == "C1|x&gt; &lt;!here&gt;"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "https://a.example/|x", "https://a.example/ b", "https://a>b"]
)
def test_an_address_that_is_none_is_no_link(address: str) -> None:
    assert t.link(address, "here") == "here"


def test_a_link_is_made_of_an_address_and_a_label() -> None:
    assert t.link("https://a.example/?b=1&c=2", "a <b> | c") == "<https://a.example/?b=1&amp;c=2|a &lt;b&gt; / c>"


def test_a_moment_is_read_by_each_readers_own_clock_and_in_utc_else() -> None:
    when = datetime(2026, 11, 21, 16, 3, tzinfo=timezone(timedelta(hours=2)))
    assert t.date(when) == "<!date^1795269780^{date_short_pretty} at {time}|21 Nov 2026 at 14:03 UTC>"
    assert t.spoken_date(datetime(2026, 11, 21, 14, 3, tzinfo=UTC)) == "21 November at 14:03 UTC"


def test_numbers_are_said_as_people_say_them() -> None:
    assert [t.money(usd) for usd in (0, 0.004, 0.123, 1234.5)] == ["$0.00", "under $0.01", "$0.12", "$1,234.50"]
    assert [t.bytes_of(n) for n in (1, 900, 1_200, 48_200_000, 2_500_000_000)] == [
        *("1 byte", "900 bytes", "1.2 kB", "48 MB", "2.5 GB")
    ]
    assert [t.clock(s) for s in (4.4, 32, 92.6, 3725)] == ["0:04", "0:32", "1:33", "1:02:05"]
    assert [t.percent(s) for s in (0, 0.614, 0.999, 1)] == [0, 61, 99, 100]
    assert t.listed(["a", "b", "c"]) == "a, b and c"
    assert t.listed(["a"]) == "a"
    assert t.counted(1, "shot") == "1 shot"
    assert t.counted(2, "shot") == "2 shots"
