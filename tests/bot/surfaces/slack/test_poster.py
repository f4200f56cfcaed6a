"""Posting under trouble: whatever goes wrong, each message stands once, in its place, or its row says why not."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.store.records import Post
from tests.bot.surfaces.slack.stage import Presenting, Stage, until
from tests.fakes.slack.faults import Fault

POST = "chat.postMessage"
LOST: tuple[dict[str, Any], ...] = (
    {"drop_reply": True},
    {"status": 500, "do": True},
    {"status": 503, "do": True},
    {"error": "fatal_error", "do": True},
    {"error": "internal_error", "do": True},
    {"body": "{not json", "do": True},
)
UNDONE: tuple[dict[str, Any], ...] = (
    {"drop_request": True},
    {"status": 500},
    {"error": "fatal_error"},
    {"body": "<html>"},
)
THREE = ["one", "two", "three"]


def test_what_was_said_stands_in_the_thread_once_and_in_its_order(stage: Stage) -> None:
    said = [f"sentence {number}" for number in range(12)]
    with Presenting(stage):
        stage.tells_all(*said)
        assert stage.sent(12) == said


def test_a_conversation_does_not_wait_for_another_one(stage: Stage) -> None:
    first, root = stage.here, stage.root
    stage.slack.faults.next(POST, ratelimited=0)
    stage.tells_all(*THREE)
    stage.here = stage.thread()
    stage.tells_all(*THREE)
    with Presenting(stage):
        assert stage.sent(3) == THREE
        stage.here, stage.root = first, root
        assert stage.sent(3) == THREE


@pytest.mark.parametrize("fault", [*LOST, *UNDONE], ids=str)
def test_an_answer_that_was_lost_leaves_exactly_one_message(stage: Stage, fault: dict[str, Any]) -> None:
    stage.slack.faults.next(POST, **fault)
    stage.tells_all(*THREE)
    with Presenting(stage):
        assert stage.sent(3) == THREE
    asked = [call for call in stage.slack.calls("conversations.replies") if not call["error"]]
    assert len(asked) == 1, "it is looked up before it is repeated"


@pytest.mark.parametrize("wait", [{"ratelimited": 1}, {"ratelimited": 30}, {"status": 429}], ids=str)
def test_a_limit_is_waited_out_and_nothing_is_lost_or_turned_round(stage: Stage, wait: dict[str, Any]) -> None:
    stage.slack.faults.next(POST, **wait)
    stage.tells_all(*THREE)
    with Presenting(stage):
        assert stage.sent(3) == THREE
    assert stage.slack.limits.early == [], "it asked before the seconds were over that Slack had said"
    assert not stage.slack.calls("conversations.replies"), "Slack said that it did nothing: there is nothing to look up"


@pytest.mark.parametrize("wait", [{"ratelimited": 1}, {"ratelimited": 30}, {"status": 429}], ids=str)
def test_a_limited_upload_keeps_the_files_before_the_card(stage: Stage, wait: dict[str, Any]) -> None:
    method = "files.completeUploadExternal" if wait.get("ratelimited") == 30 else "files.getUploadURLExternal"
    stage.slack.faults.next(method, **wait)
    stage.opened()
    with Presenting(stage):
        stage.sent(5)
    assert [bool(posted.files) for posted in stage.seen()[-3:]] == [True, True, False]
    assert "needs your approval" in stage.texts()[-1]


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"])
def test_a_file_whose_upload_broke_off_stands_once(stage: Stage, method: str) -> None:
    stage.slack.faults.next(method, drop_reply=True)
    stage.slack.faults.next(method, drop_request=True)
    stage.opened()
    with Presenting(stage):
        stage.sent(5)
    assert [len(posted.files) for posted in stage.seen()] == [0, 0, 1, 1, 0]


@pytest.mark.parametrize("wait", [{"ratelimited": 1}, {"ratelimited": 30}, {"status": 429}], ids=str)
def test_a_limited_change_of_a_gate_comes_in_the_end(stage: Stage, wait: dict[str, Any]) -> None:
    stage.opened()
    with Presenting(stage):
        stage.sent(5)
        card = stage.seen()[-1]
        stage.slack.faults.next("chat.update", **wait)
        stage.say("approve")
        until(lambda: "plan.approve" not in str(stage.slack.message(card.ts).blocks))
    assert "Approved" in str(stage.slack.message(card.ts).blocks)


def test_a_row_that_was_being_sent_when_the_process_died_is_looked_up(stage: Stage) -> None:
    stage.tells_all("stands already", "was never posted")
    with Presenting(stage):
        stage.sent(2)
    stands, never = stage.posts()
    stage.slack.world.delete(stage.slack.message(never.place["ts"]))
    for row in (stands, never):
        stage.store.posts.mark(row.id, "sending", place={})
    with Presenting(stage):
        assert stage.sent(2) == ["stands already", "was never posted"]


def test_two_presenters_at_once_post_each_message_once(stage: Stage) -> None:
    said = [f"sentence {number}" for number in range(6)]
    with Presenting(stage), Presenting(stage):
        stage.tells_all(*said)
        assert stage.sent(6) == said


def test_a_presenter_that_waits_takes_over_where_the_other_one_ended(stage: Stage) -> None:
    with Presenting(stage) as first, Presenting(stage):
        stage.tells("one")
        stage.sent(1)
        first.end()
        stage.tells("two")
        assert stage.sent(2) == ["one", "two"]


def test_where_the_channel_is_archived_the_owner_is_told_once_and_directly(stage: Stage) -> None:
    job = stage.opened()
    stage.videos.archived = True
    with Presenting(stage):
        stage.sent(6)
        [told] = [posted for posted in stage.slack.read(stage.slack.direct(stage.ann)) if posted.user != stage.ann.id]
    assert "archived" in told.text
    assert job.title in told.text
    assert {row.error for row in stage.posts("message") if row.status == "failed"} == {"is_archived"}
    assert stage.office.jobs.status(job) == "review_required", "the job goes on"


def test_a_gate_that_could_not_be_shown_is_shown_once_somebody_is_heard_again(stage: Stage) -> None:
    stage.opened()
    stage.videos.archived = True
    with Presenting(stage):
        stage.sent(6)
        stage.videos.archived = False
        stage.say("status")
        until(lambda: any("needs your approval" in text for text in stage.texts()), told=stage.texts)


def test_a_workspace_that_took_the_bot_out_is_told_nothing_and_its_gate_once_it_has_it_back(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    job = stage.opened()
    stage.slack.faults.always(POST, error="account_inactive")
    stage.slack.faults.always("files.getUploadURLExternal", error="account_inactive")
    with Presenting(stage):
        stage.sent(5)
        assert {(row.status, row.error) for row in stage.posts()} == {("dropped", "account_inactive")}
        assert len(stage.posts()) == 5, "nobody is there to be told so"
        assert [line.message for line in caplog.records if line.name == "rushes.slack"] == []
        stage.slack.faults.clear()
        stage.say("status")
        until(lambda: any("needs your approval" in text for text in stage.texts()), told=stage.texts)
    assert stage.office.jobs.status(job) == "review_required"


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_too_long", "msg_blocks_too_long"])
def test_what_slack_refuses_is_said_shorter_and_without_blocks(stage: Stage, error: str) -> None:
    stage.slack.faults.next(POST, error=error)
    stage.tells_all("word " * 2000, "two")
    with Presenting(stage):
        first, second = stage.sent(2)
    assert 1000 < len(first) <= 2800
    assert second == "two"
    assert stage.seen()[0].blocks == ()


def test_what_slack_refuses_twice_is_given_up_and_holds_nothing_up(stage: Stage) -> None:
    stage.slack.faults.next(POST, times=2, error="invalid_blocks")
    stage.tells_all("one", "two")
    with Presenting(stage):
        assert stage.sent(2) == ["two"]
    assert [(row.status, row.error) for row in stage.posts()] == [("failed", "invalid_blocks"), ("sent", "")]


def test_a_card_that_cannot_be_drawn_holds_up_no_words(stage: Stage) -> None:
    job = stage.opened()
    with stage.store.database.write() as own:
        own.exec_driver_sql("UPDATE jobs SET pipeline = 'of an older Rushes'")
    stage.tells("one")
    with Presenting(stage):
        texts = stage.sent(2)
    assert (texts[0], texts[-1]) == (job.title, "one")


def test_a_word_of_the_model_calls_nobody(stage: Stage) -> None:
    with Presenting(stage):
        stage.tells(f"<!channel> <@{stage.ann.id}> <https://example.com|here> & <#C1>")
        [text] = stage.sent(1)
    assert text == f"&lt;!channel&gt; &lt;@{stage.ann.id}&gt; &lt;https://example.com|here&gt; &amp; &lt;#C1&gt;"


def test_what_is_private_is_seen_by_one_person_alone(stage: Stage) -> None:
    place = {"channel": stage.videos.id, "thread_ts": stage.root.ts}
    with Presenting(stage):
        stage.tells("Here I am.")
        stage.sent(1)
        stage.tells("Only Ben can do that.", of="button", private=True, to=stage.ann.id, place=place)
        assert stage.sent(2) == ["Here I am."]
    [shown] = stage.slack.private(stage.ann)
    assert (shown.text, shown.thread_ts) == ("Only Ben can do that.", stage.root.ts)


def test_what_is_private_does_not_wait_for_a_file_on_its_way(stage: Stage) -> None:
    stage.opened()
    stage.slack.faults.next("upload", slow=60)
    with Presenting(stage):
        until(lambda: stage.slack.calls("files.getUploadURLExternal"))
        stage.tells("Not you.", of="button", private=True, to=stage.ann.id, place={"channel": stage.videos.id})
        until(lambda: stage.slack.private(stage.ann))
        assert not stage.slack.calls("files.completeUploadExternal")


@pytest.mark.parametrize("error", ["message_not_found", "edit_window_closed"])
def test_a_card_that_can_no_longer_be_changed_is_posted_anew(stage: Stage, error: str) -> None:
    stage.opened()
    with Presenting(stage):
        stage.sent(5)
        gate = next(row for row in stage.posts() if row.id.startswith("gate:") and row.kind == "message")
        stage.store.posts.mark(f"card:{stage.job.id}", "failed")
        stage.slack.faults.next("chat.update", error=error)
        stage.say("approve")
        until(lambda: stage.store.posts.get(gate.id).place.get("ts") != gate.place["ts"])
        place = stage.store.posts.get(gate.id).place
        assert "Approved" in str(stage.slack.message(place["ts"]).blocks)


def test_a_change_of_what_was_never_posted_is_dropped(stage: Stage) -> None:
    change = Post(
        id="u", surface="slack", conversation=stage.here, kind="update", target="gone", body={"text": "a", "blocks": []}
    )
    stage.store.posts.add([change])
    with Presenting(stage):
        assert stage.sent(1) == []
    assert stage.store.posts.get("u").status == "dropped"


def test_with_every_fifth_call_going_wrong_each_message_still_stands_once(stage: Stage) -> None:
    said = [f"sentence {number}" for number in range(10)]
    faults = (Fault(status=500), Fault(drop_reply=True), Fault(drop_request=True), Fault(ratelimited=1))
    stage.slack.faults.chance(7, 0.2, faults=faults)
    with Presenting(stage):
        stage.tells_all(*said)
        assert stage.sent(10, seconds=30) == said
