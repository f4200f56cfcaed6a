"""What people do in Slack is kept as turns, once, in the right conversation, before Slack is told that it arrived."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.surfaces.slack.quiet import Quiet


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[Quiet]:
    """The room, in socket mode."""
    with Quiet(tmp_path) as room:
        yield room
    assert room.slack.problems == []


def test_a_mention_with_files_begins_a_conversation_and_is_marked_as_seen(quiet: Quiet) -> None:
    brief = quiet.drops("30 seconds")
    [turn] = quiet.turns(1)
    assert (turn.text, turn.author, [file["name"] for file in turn.files]) == (
        "30 seconds",
        quiet.ann.id,
        ["a talk.mp4"],
    )
    assert quiet.store.conversations.get(turn.conversation).address == f"{quiet.ann.team}:{quiet.videos.id}:{brief.ts}"
    quiet.wait(lambda: quiet.slack.message(brief).reactions.get("eyes"))


def test_footage_over_several_messages_and_words_without_a_mention_stay_in_the_thread(quiet: Quiet) -> None:
    brief = quiet.ann.says(quiet.videos, "<@BOT> 30 seconds")
    quiet.turns(1)
    quiet.ann.replies(brief, "", files=[quiet.footage])
    quiet.bob.replies(brief, "and this one", files=[quiet.footage])
    turns = quiet.turns(3)
    assert len({turn.conversation for turn in turns}) == 1
    assert [turn.author for turn in turns] == [quiet.ann.id, quiet.ann.id, quiet.bob.id]
    places = [turn.payload["place"]["ts"] for turn in turns]
    quiet.wait(lambda: all(quiet.slack.message(ts).reactions.get("eyes") for ts in places))


def test_direct_messages_go_on_with_what_was_last_talked_about(quiet: Quiet) -> None:
    quiet.ann.writes("30 seconds", files=[quiet.footage])
    quiet.ann.writes("and this", files=[quiet.footage])
    first, second = quiet.turns(2)
    assert first.conversation == second.conversation
    assert second.payload["place"]["thread_ts"] == first.payload["place"]["ts"]
    assert second.payload["place"]["direct"]
    quiet.wait(lambda: quiet.slack.message(second.payload["place"]["ts"]).reactions.get("eyes"))
    quiet.bob.writes("mine")
    assert quiet.turns(3)[2].conversation != first.conversation


def test_a_direct_message_begins_anew_once_the_job_is_over(quiet: Quiet) -> None:
    quiet.ann.writes("12 seconds", files=[quiet.footage])
    [first] = quiet.turns(1)
    quiet.works()
    quiet.app.office.jobs.cancel(quiet.job, quiet.ann.id)
    quiet.ann.writes("another one")
    [second] = quiet.turns(1)
    assert second.conversation != first.conversation


def test_the_shortcut_on_somebodys_message_begins_a_job_for_whoever_chose_it(quiet: Quiet) -> None:
    raw = quiet.bob.says(quiet.videos, "the raw takes", files=[quiet.footage])
    quiet.ann.shortcut("job_from_message", raw)
    [turn] = quiet.turns(1)
    assert (turn.author, turn.text, len(turn.files)) == (quiet.ann.id, "the raw takes", 1)
    quiet.ann.shortcut("job_from_message", raw)
    quiet.wait(lambda: [seen for seen in quiet.slack.private(quiet.ann) if "part of a job already" in seen.text])
    assert len(quiet.turns(1)) == 1


def test_the_shortcut_says_what_to_do_where_the_bot_is_no_member(quiet: Quiet) -> None:
    strange = quiet.slack.channel("strange", members=[quiet.ann, quiet.bob], bot=False)
    quiet.ann.shortcut("job_from_message", quiet.bob.says(strange, "the raw takes", files=[quiet.footage]))
    quiet.wait(lambda: [seen for seen in quiet.slack.private(quiet.ann) if "/invite" in seen.text])


def test_the_shortcut_makes_nobody_elses_words_ones_own_in_a_thread_that_is_known(quiet: Quiet) -> None:
    said = quiet.bob.says(quiet.videos, "look at this")
    early = quiet.bob.replies(said, "approve")
    quiet.ann.replies(said, "<@BOT> 30 seconds")
    quiet.turns(1)
    quiet.ann.shortcut("job_from_message", early)
    quiet.wait(lambda: [seen for seen in quiet.slack.private(quiet.ann) if "part of a job already" in seen.text])
    assert [turn.text for turn in quiet.turns(1)] == ["30 seconds"]


def test_somebody_of_elsewhere_who_speaks_to_the_bot_is_told_why_it_does_not_answer(quiet: Quiet) -> None:
    elsewhere = quiet.slack.workspace("elsewhere")
    eve = quiet.slack.person("eve", elsewhere)
    quiet.videos.members.add(eve.id)
    quiet.videos.shared_with.add(elsewhere.id)
    eve.says(quiet.videos, "<@BOT> 30 seconds")
    told = quiet.wait(lambda: quiet.slack.private(eve))
    assert "ask somebody of this one" in told[0].text
    assert len(told) == 1
    assert quiet.turns(0) == []


def test_a_mention_where_the_bot_is_no_member_counts_once_it_is_let_in(quiet: Quiet) -> None:
    strange = quiet.slack.channel("strange", members=[quiet.ann], bot=False)
    brief = quiet.ann.says(strange, "<@BOT> 30 seconds", files=[quiet.footage])
    quiet.ann.invites(brief)
    [turn] = quiet.turns(1)
    assert (turn.text, [file["name"] for file in turn.files]) == ("30 seconds", ["a talk.mp4"])
    assert quiet.store.conversations.get(turn.conversation).address == f"{quiet.ann.team}:{strange.id}:{brief.ts}"


def test_in_the_direct_messages_of_several_people_a_mention_begins_and_a_reply_goes_on(quiet: Quiet) -> None:
    group = quiet.slack.group(quiet.ann, quiet.bob)
    quiet.bob.says(group, "lunch, anybody?")
    brief = quiet.ann.says(group, "<@BOT> 30 seconds", files=[quiet.footage])
    quiet.bob.replies(brief, "shorter")
    assert [turn.text for turn in quiet.turns(2)] == ["30 seconds", "shorter"]


def test_the_form_of_a_new_job_opens_a_thread_whose_first_turn_it_is(quiet: Quiet) -> None:
    quiet.ann.shortcut("job_new")
    view = quiet.ann.sees_view()
    values = {"brief": "20 seconds of <b>the launch", "channel": quiet.videos.id, "approvers": [quiet.bob.id]}
    quiet.ann.submits(view, values)
    assert view.closed
    [turn] = quiet.turns(1)
    assert (turn.text, turn.author) == ("20 seconds of <b>the launch", quiet.ann.id)
    assert turn.payload["approvers"] == [quiet.bob.id]
    [root] = quiet.slack.thread(turn.payload["place"]["ts"])
    assert f"<@{quiet.ann.id}>" in root.text
    assert "&lt;b&gt;" in root.text
    assert f"<@{quiet.bob.id}> can approve it too" in str(root.blocks)
    quiet.wait(lambda: not quiet.store.posts.open("slack-roots"))


def test_a_channel_that_cannot_be_written_to_is_told_to_whoever_asked(quiet: Quiet) -> None:
    elsewhere = quiet.slack.channel("elsewhere", members=[quiet.ann], bot=False)
    quiet.ann.shortcut("job_new")
    quiet.ann.submits(quiet.ann.sees_view(), {"brief": "20 seconds", "channel": elsewhere.id})
    direct = quiet.slack.direct(quiet.ann)
    told = quiet.wait(lambda: [m for m in direct.messages.values() if "invite me there" in m.text])
    assert "20 seconds" in told[0].text


def test_other_peoples_talk_is_neither_kept_nor_logged(quiet: Quiet, caplog: pytest.LogCaptureFixture) -> None:
    quiet.bob.says(quiet.videos, "lunch, anybody?")
    edited = quiet.drops("30 seconds")
    quiet.ann.edits(edited, "<@BOT> 40 seconds")
    quiet.ann.deletes(quiet.ann.says(quiet.videos, "a slip"))
    quiet.drops("the last one")
    assert [turn.text for turn in quiet.turns(2)] == ["30 seconds", "the last one"]
    assert not [record for record in caplog.records if "lunch" in record.getMessage()]
