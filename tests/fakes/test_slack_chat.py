"""tests/fakes/slack: messages are posted, changed, read and taken away as at Slack's."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient

from tests.fakes.slack.people import Person
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import Channel, Posted
from tests.fakes.slack_samples import WORDS, error


@pytest.fixture
def root(ann: Person, videos: Channel) -> Posted:
    return ann.says(videos, "<@BOT> 30 seconds")


def test_what_is_posted_stands_in_its_thread(
    slack: FakeSlack, client: WebClient, videos: Channel, root: Posted
) -> None:
    sent = client.chat_postMessage(channel=videos.id, text="Hello", thread_ts=root.ts, blocks=WORDS)
    first, second = slack.thread(root)
    assert (first.ts, second.ts, second.text, list(second.blocks)) == (root.ts, sent["ts"], "Hello", WORDS)
    assert slack.problems == []


def test_a_post_without_a_word_is_refused(client: WebClient, videos: Channel) -> None:
    assert error(client.api_call, api_method="chat.postMessage", json={"channel": videos.id}) == "no_text"


def test_text_has_to_stand_beside_blocks(slack: FakeSlack, client: WebClient, videos: Channel) -> None:
    with pytest.warns(UserWarning, match="text"):
        client.chat_postMessage(channel=videos.id, blocks=WORDS)
    assert slack.problems == ["chat.postMessage: text is missing beside blocks"]


def test_an_update_has_to_carry_blocks_where_there_were_some(
    slack: FakeSlack, client: WebClient, videos: Channel
) -> None:
    ts = client.chat_postMessage(channel=videos.id, text="Hello", blocks=WORDS)["ts"]
    client.chat_update(channel=videos.id, ts=ts, text="Bye", blocks=[])
    assert slack.problems == []
    ts = client.chat_postMessage(channel=videos.id, text="Hello", blocks=WORDS)["ts"]
    client.chat_update(channel=videos.id, ts=ts, text="Bye")
    assert slack.problems == ["chat.update: blocks left out of an update of a message that has some"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"text": "x", "blocks": [{"type": "video"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": [{**WORDS[0], "colour": "red"}]}, "invalid_blocks"),
        ({"text": "x", "blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [{"type": "markdown", "text": "y" * 2900}] * 4 + WORDS * 30}, "msg_blocks_too_long"),
        ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_schema"),
        ({"text": "x", "metadata": {"event_type": "a", "event_payload": {"b": "c" * 9000}}}, "metadata_too_large"),
        ({"text": "x", "channel": "C404"}, "channel_not_found"),
    ],
)
def test_a_post_that_slack_refuses_is_refused(
    slack: FakeSlack, client: WebClient, videos: Channel, given: dict[str, Any], code: str
) -> None:
    assert error(client.chat_postMessage, **{"channel": videos.id, **given}) == code
    assert bool(slack.problems) == (code != "channel_not_found")


def test_an_answer_to_a_message_that_is_gone_goes_into_the_channel(
    slack: FakeSlack, client: WebClient, ann: Person, videos: Channel, root: Posted
) -> None:
    known = client.chat_postMessage(channel=videos.id, text="in the thread", thread_ts=root.ts)
    slip = ann.says(videos, "a slip")
    ann.deletes(slip)
    told = client.chat_postMessage(channel=videos.id, text="too late", thread_ts=slip.ts)
    assert known["message"]["thread_ts"] == root.ts
    assert "thread_ts" not in told["message"]
    assert slack.message(told["ts"]).thread_ts is None
    assert slack.problems == []
    client.chat_postMessage(channel=videos.id, text="nowhere", thread_ts="1.2")
    assert "names no message" in slack.problems[0]


def test_a_thread_lives_on_when_its_first_message_is_deleted(
    client: WebClient, ann: Person, videos: Channel, root: Posted
) -> None:
    client.chat_postMessage(channel=videos.id, text="one", thread_ts=root.ts)
    ann.deletes(root)
    told = client.chat_postMessage(channel=videos.id, text="two", thread_ts=root.ts)
    seen = client.conversations_replies(channel=videos.id, ts=root.ts)["messages"]
    assert told["message"]["thread_ts"] == root.ts
    assert [m.get("subtype") or m["text"] for m in seen] == ["tombstone", "one", "two"]


@pytest.mark.parametrize("text", ["<!channel> look", "a < b", "Tom & Jerry", "<script>"])
def test_text_that_shouts_or_was_not_escaped_raises_the_alarm(
    slack: FakeSlack, client: WebClient, videos: Channel, text: str
) -> None:
    client.chat_postMessage(channel=videos.id, text=text)
    assert len(slack.problems) == 1


def test_text_that_was_escaped_raises_no_alarm(slack: FakeSlack, client: WebClient, videos: Channel) -> None:
    client.chat_postMessage(
        channel=videos.id,
        text="<@U123> a &lt; b &amp; c <https://example.com/?a=1|here> <#C1|x> <!date^1^{date}|then> <mailto:a@b.c|m>",
    )
    assert slack.problems == []


def test_an_update_takes_4000_characters_and_knows_whose_message_it_is(
    slack: FakeSlack, client: WebClient, videos: Channel, root: Posted
) -> None:
    ts = client.chat_postMessage(channel=videos.id, text="Hello")["ts"]
    assert error(client.chat_update, channel=videos.id, ts=ts, text="x" * 4001) == "msg_too_long"
    assert error(client.chat_update, channel=videos.id, ts=root.ts, text="x") == "cant_update_message"
    assert error(client.chat_update, channel=videos.id, ts="1.2", text="x") == "message_not_found"
    assert slack.thread(ts)[0].text == "Hello"


def test_channels_that_are_closed_to_the_app_say_so(
    slack: FakeSlack, client: WebClient, ann: Person, videos: Channel
) -> None:
    ts = client.chat_postMessage(channel=videos.id, text="Hello")["ts"]
    strange = slack.channel("strange", [ann], bot=False)
    hidden = slack.channel("hidden", [ann], bot=False, private=True)
    slack.world.archive(videos.id)
    assert error(client.chat_postMessage, channel=strange.id, text="x") == "not_in_channel"
    assert error(client.chat_postMessage, channel=hidden.id, text="x") == "channel_not_found"
    assert error(client.chat_postMessage, channel=videos.id, text="x") == "is_archived"
    assert error(client.chat_update, channel=videos.id, ts=ts, text="x") == "is_inactive"
    assert slack.problems == []


def test_a_post_to_a_person_goes_to_their_direct_messages(slack: FakeSlack, client: WebClient, ann: Person) -> None:
    told = client.chat_postMessage(channel=ann.id, text="Hello")
    assert told["channel"] == slack.direct(ann).id
    assert [m.text for m in slack.read(slack.direct(ann))] == ["Hello"]


def test_a_whisper_is_seen_by_one_alone_and_cannot_be_edited(
    slack: FakeSlack, client: WebClient, ann: Person, videos: Channel, root: Posted
) -> None:
    client.chat_postMessage(channel=videos.id, text="Yes?", thread_ts=root.ts)
    ts = client.chat_postEphemeral(channel=videos.id, user=ann.id, text="Not you", thread_ts=root.ts)["message_ts"]
    bob = slack.person("bob")
    assert [m.text for m in slack.private(ann)] == ["Not you"]
    assert slack.private(bob) == []
    assert len(slack.thread(root)) == 2
    assert error(client.chat_update, channel=videos.id, ts=ts, text="x") == "message_not_found"
    assert error(client.chat_postEphemeral, channel=videos.id, user=bob.id, text="x") == "user_not_in_channel"


def test_metadata_is_told_on_request_only(slack: FakeSlack, client: WebClient, videos: Channel, root: Posted) -> None:
    metadata = {"event_type": "outbox", "event_payload": {"id": "p1"}}
    client.chat_postMessage(channel=videos.id, text="Hello", thread_ts=root.ts, metadata=metadata)
    plain = client.conversations_replies(channel=videos.id, ts=root.ts)
    full = client.conversations_replies(channel=videos.id, ts=root.ts, include_all_metadata=True)
    assert "metadata" not in plain["messages"][1]
    assert full["messages"][1]["metadata"] == metadata


def test_a_thread_is_read_in_pages(slack: FakeSlack, client: WebClient, videos: Channel, root: Posted) -> None:
    slack.limits.on = False
    for number in range(5):
        client.chat_postMessage(channel=videos.id, text=str(number), thread_ts=root.ts)
    first = client.conversations_replies(channel=videos.id, ts=root.ts, limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    second = client.conversations_replies(channel=videos.id, ts=root.ts, limit=3, cursor=cursor)
    assert [m["text"] for m in first["messages"][1:] + second["messages"][1:]] == ["0", "1", "2", "3", "4"]
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert error(client.conversations_replies, channel=videos.id, ts="1.2") == "thread_not_found"


def test_an_app_that_is_sold_elsewhere_sees_15_messages_a_minute(
    slack: FakeSlack, client: WebClient, videos: Channel, root: Posted
) -> None:
    slack.distribute()
    for number in range(20):
        slack.world.say(slack.team.bot, videos.id, str(number), thread_ts=root.ts)
    seen = client.conversations_replies(channel=videos.id, ts=root.ts, limit=200)
    assert (len(seen["messages"]), seen["has_more"]) == (1 + 15, True)
    assert error(client.conversations_replies, channel=videos.id, ts=root.ts) == "ratelimited"
    slack.clock.skip(60)
    assert client.conversations_replies(channel=videos.id, ts=root.ts)["ok"]


def test_what_stands_in_the_channel_is_told_newest_first(
    client: WebClient, ann: Person, videos: Channel, root: Posted
) -> None:
    ann.replies(root, "in the thread")
    ann.says(videos, "later")
    told = client.conversations_history(channel=videos.id)["messages"]
    assert [m["text"] for m in told] == ["later", root.text]


def test_messages_are_deleted_linked_and_reacted_to(
    slack: FakeSlack, client: WebClient, videos: Channel, root: Posted
) -> None:
    ts = client.chat_postMessage(channel=videos.id, text="Hello", thread_ts=root.ts)["ts"]
    link = client.chat_getPermalink(channel=videos.id, message_ts=ts)["permalink"]
    client.reactions_add(channel=videos.id, timestamp=root.ts, name="eyes")
    assert error(client.reactions_add, channel=videos.id, timestamp=root.ts, name="eyes") == "already_reacted"
    client.chat_delete(channel=videos.id, ts=ts)
    assert link.endswith(f"?thread_ts={root.ts}&cid={videos.id}")
    assert slack.message(root).reactions == {"eyes": [slack.team.bot]}
    assert len(slack.thread(root)) == 1
    assert error(client.chat_delete, channel=videos.id, ts=root.ts) == "cant_delete_message"
