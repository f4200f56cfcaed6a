"""What is posted stands in its thread, or nowhere."""

from __future__ import annotations

from tests.bot.surfaces.slack.stage import Presenting, Stage
from tests.fakes.slack.things import Message


def test_what_would_answer_a_deleted_message_stands_nowhere_and_the_owner_is_told_directly(stage: Stage) -> None:
    job = stage.opened()
    stage.ann.deletes(stage.root)
    with Presenting(stage):
        stage.sent(6)
    [told] = [posted for posted in stage.slack.read(stage.slack.direct(stage.ann)) if posted.user != stage.ann.id]
    assert "was deleted" in told.text
    assert told.text.endswith("to begin anew.")
    assert job.title in told.text
    assert stage.slack.read(stage.videos) == []
    assert len(stage.slack.calls("chat.postMessage")) == 2, "the card, which was taken back, and the word to its owner"
    assert stage.slack.calls("files.completeUploadExternal") == []


def test_a_thread_whose_first_message_is_deleted_later_lives_on(stage: Stage) -> None:
    with Presenting(stage):
        stage.tells("one")
        stage.sent(1)
        stage.ann.deletes(stage.root)
        stage.tells("two")
        stage.sent(2)
    assert [posted.text for posted in stage.slack.read(stage.videos)] == ["one", "two"]


def test_what_may_stand_is_looked_for_among_what_is_new_though_slack_tells_of_little(stage: Stage) -> None:
    slack = stage.slack
    slack.distribute()
    for number in range(40):
        ts = f"{1_700_000_000 + number}.000000"
        said = Message(ts, slack.team.id, stage.videos.id, slack.team.bot, str(number), thread_ts=stage.root.ts)
        slack.world.keep(said)
    slack.faults.next("chat.postMessage", drop_reply=True)
    with Presenting(stage):
        stage.tells("one")
        stage.sent(1)
    assert stage.texts().count("one") == 1
    assert len(slack.calls("conversations.replies")) == 1
