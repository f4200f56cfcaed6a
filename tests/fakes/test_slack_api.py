"""tests/fakes/slack: the Web API answers as Slack does, and raises the alarm where Slack would refuse."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.fakes.slack.people import Person
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import Channel, Posted

WORDS = [{"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}]
MANIFEST: dict[str, Any] = {
    "features": {"agent_view": {}, "app_home": {"home_tab_enabled": True}},
    "oauth_config": {
        "scopes": {
            "bot": ["channels:history", "im:history", "chat:write", "files:read", "files:write", "reactions:write"],
            "bot_optional": ["channels:read", "users:read", "im:write", "assistant:write"],
        }
    },
    "settings": {"event_subscriptions": {"bot_events": ["message.channels", "app_mention", "agent_session_stopped"]}},
}
MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Change"},
    "submit": {"type": "plain_text", "text": "Send"},
    "callback_id": "change",
    "blocks": [
        {
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": "What?"},
            "element": {"type": "plain_text_input", "action_id": "words", "multiline": True},
        }
    ],
}


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(MANIFEST, scale=0.05) as slack:
        yield slack


@pytest.fixture
def ann(slack: FakeSlack) -> Person:
    return slack.person("ann")


@pytest.fixture
def videos(slack: FakeSlack, ann: Person) -> Channel:
    return slack.channel("videos", [ann])


@pytest.fixture
def root(ann: Person, videos: Channel) -> Posted:
    return ann.says(videos, "<@BOT> 30 seconds")


@pytest.fixture
def client(slack: FakeSlack) -> WebClient:
    return WebClient(token=slack.bot_token, base_url=slack.url)


def error(act: Any, **given: Any) -> str:
    with pytest.raises(SlackApiError) as told:
        act(**given)
    return str(told.value.response["error"])


def test_a_token_says_who_it_is(slack: FakeSlack, client: WebClient) -> None:
    told = client.auth_test()
    assert (told["team_id"], told["user_id"]) == (slack.team.id, slack.team.bot)
    assert "chat:write" in str(told.headers["x-oauth-scopes"])


def test_no_token_a_wrong_one_a_dead_one_and_one_of_another_kind_are_refused(slack: FakeSlack) -> None:
    def told(token: str | None) -> str:
        return error(WebClient(token=token, base_url=slack.url).chat_postMessage, channel="C1", text="Hello")

    slack.world.tokens[slack.bot_token].revoked = True
    dead = next(iter(slack.world.tokens))
    assert [told(t) for t in (None, "xoxb-no", dead, slack.app_token)] == [
        "not_authed",
        "invalid_auth",
        "token_revoked",
        "not_allowed_token_type",
    ]


def test_a_workspace_that_threw_the_app_out_takes_no_token(slack: FakeSlack, client: WebClient) -> None:
    slack.world.uninstall(slack.team.id)
    assert error(client.auth_test) in ("token_revoked", "account_inactive")


def test_a_missing_scope_is_refused_and_raises_the_alarm(slack: FakeSlack, ann: Person) -> None:
    private = slack.channel("secret", [ann], private=True)
    root = ann.says(private, "Hello")
    client = WebClient(token=slack.bot_token, base_url=slack.url)
    with pytest.raises(SlackApiError) as told:
        client.conversations_replies(channel=private.id, ts=root.ts)
    assert (told.value.response["error"], told.value.response["needed"]) == ("missing_scope", "groups:history")
    assert len(slack.problems) == 1


def test_unknown_and_missing_arguments_raise_the_alarm(slack: FakeSlack, client: WebClient, videos: Channel) -> None:
    client.chat_postMessage(channel=videos.id, text="Hello", colour="red")
    assert error(client.api_call, api_method="chat.update", json={"channel": videos.id, "text": "x"}) == (
        "invalid_arguments"
    )
    assert error(client.api_call, api_method="chat.shout") == "unknown_method"
    assert [p.split(":")[0] for p in slack.problems] == ["chat.postMessage", "chat.update", "chat.shout"]


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


def test_people_and_channels_are_told_of(slack: FakeSlack, client: WebClient, ann: Person, videos: Channel) -> None:
    assert client.users_info(user=ann.id)["user"]["tz"] == "Europe/London"
    assert client.conversations_info(channel=videos.id)["channel"]["is_member"]
    assert set(client.conversations_members(channel=videos.id)["members"]) == {ann.id, slack.team.bot}
    assert client.conversations_open(users=ann.id)["channel"]["id"] == slack.direct(ann).id
    assert client.bots_info(bot=slack.team.bot_id)["bot"]["user_id"] == slack.team.bot
    assert error(client.users_info, user="U404") == "user_not_found"


def test_a_trigger_opens_one_view_within_three_seconds(slack: FakeSlack, client: WebClient, ann: Person) -> None:
    trigger = slack.world.trigger(slack.team.id, ann.id)
    view = client.views_open(trigger_id=trigger, view=MODAL)["view"]
    assert [v.id for v in slack.world.stack(ann.id)] == [view["id"]]
    assert error(client.views_open, trigger_id=trigger, view=MODAL) == "exchanged_trigger_id"
    late = slack.world.trigger(slack.team.id, ann.id)
    slack.clock.skip(3.1)
    assert error(client.views_open, trigger_id=late, view=MODAL) == "expired_trigger_id"
    assert error(client.views_open, trigger_id="no", view=MODAL) == "invalid_trigger_id"


def test_views_are_pushed_three_deep_and_changed_by_their_hash(
    slack: FakeSlack, client: WebClient, ann: Person
) -> None:
    def trigger() -> str:
        return slack.world.trigger(slack.team.id, ann.id)

    first = client.views_open(trigger_id=trigger(), view=MODAL)["view"]
    for _ in range(2):
        client.views_push(trigger_id=trigger(), view=MODAL)
    assert error(client.views_push, trigger_id=trigger(), view=MODAL) == "push_limit_reached"
    changed = client.views_update(view_id=first["id"], view=MODAL, hash=first["hash"])["view"]
    assert changed["hash"] != first["hash"]
    assert error(client.views_update, view_id=first["id"], view=MODAL, hash=first["hash"]) == "hash_conflict"
    assert error(client.views_update, view_id="V404", view=MODAL) == "not_found"
    assert slack.problems == []


def test_a_view_that_slack_refuses_is_refused(slack: FakeSlack, client: WebClient, ann: Person) -> None:
    trigger = slack.world.trigger(slack.team.id, ann.id)
    bad = {**MODAL, "title": {"type": "plain_text", "text": "x" * 25}}
    assert error(client.views_open, trigger_id=trigger, view=bad) == "invalid_arguments"
    assert error(client.views_open, trigger_id=trigger, view={**MODAL, "private_metadata": "x" * 300_000}) == (
        "view_too_large"
    )
    client.views_open(trigger_id=trigger, view=MODAL)
    assert len(slack.problems) == 2


def test_a_home_tab_is_published_and_kept(slack: FakeSlack, client: WebClient, ann: Person) -> None:
    home = {"type": "home", "blocks": WORDS}
    first = client.views_publish(user_id=ann.id, view=home)["view"]
    client.views_publish(user_id=ann.id, view=home, hash=first["hash"])
    assert error(client.views_publish, user_id=ann.id, view=home, hash=first["hash"]) == "hash_conflict"
    kept = ann.home
    assert kept is not None
    assert kept.view["blocks"] == WORDS


def test_a_thread_tells_what_its_agent_is_at(
    slack: FakeSlack, client: WebClient, videos: Channel, root: Posted
) -> None:
    told = client.agents_sessions_setStatus(
        channel_id=videos.id, thread_ts=root.ts, status="processing", title="Edit: x"
    )
    assert (told["agent_status"], told["title"]) == ("processing", "Edit: x")
    client.agents_sessions_setStatus(channel_id=videos.id, thread_ts=root.ts, status="suspended")
    assert slack.world.status(videos.id, root.ts) == "suspended"
    assert slack.world.sessions[videos.id, root.ts].history == ["processing", "suspended"]
    assert error(client.agents_sessions_setStatus, channel_id=videos.id, status="active") == "thread_ts_required"
    assert (
        error(client.agents_sessions_setStatus, channel_id=videos.id, thread_ts=root.ts, status="busy")
        == "invalid_arguments"
    )


def test_a_channel_that_the_app_is_not_in_gives_it_no_session(slack: FakeSlack, client: WebClient, ann: Person) -> None:
    strange = slack.channel("strange", [ann], bot=False)
    given = {"channel_id": strange.id, "thread_ts": ann.says(strange, "Hello").ts, "status": "active"}
    assert error(client.agents_sessions_setStatus, **given) == "not_authorized"
    assert slack.problems == []


def test_an_app_that_is_no_agent_has_no_sessions(videos_root: tuple[FakeSlack, Channel, Posted]) -> None:
    slack, videos, root = videos_root
    client = WebClient(token=slack.bot_token, base_url=slack.url)
    given = {"channel_id": videos.id, "thread_ts": root.ts, "status": "active"}
    assert error(client.agents_sessions_setStatus, **given) == "not_authorized"
    assert "an agent" in slack.problems[0]


@pytest.fixture
def videos_root() -> Iterator[tuple[FakeSlack, Channel, Posted]]:
    with FakeSlack({**MANIFEST, "features": {}}) as slack:
        ann = slack.person("ann")
        videos = slack.channel("videos", [ann])
        yield slack, videos, ann.says(videos, "Hello")


def test_prompts_are_suggested_four_at_most(slack: FakeSlack, client: WebClient, ann: Person) -> None:
    prompts = [{"title": "Start", "message": "I want to edit a video."}]
    client.assistant_threads_setSuggestedPrompts(channel_id=slack.direct(ann).id, prompts=prompts)
    assert slack.world.prompts[slack.direct(ann).id]["prompts"] == prompts
    assert (
        error(client.assistant_threads_setSuggestedPrompts, channel_id=slack.direct(ann).id, prompts=prompts * 5)
        == "invalid_arguments"
    )


def test_a_socket_is_opened_with_the_apps_token(slack: FakeSlack) -> None:
    client = WebClient(base_url=slack.url)
    url = client.apps_connections_open(app_token=slack.app_token)["url"]
    assert url.startswith(slack.world.url.replace("http", "ws"))
    assert len(slack.world.tickets) == 1
    assert error(client.apps_connections_open, app_token=slack.bot_token) == "not_allowed_token_type"


def answer(url: str, **body: Any) -> tuple[int, str]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as told:
            return int(told.status), told.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def test_a_response_url_whispers_replaces_and_deletes_five_times(
    slack: FakeSlack, client: WebClient, ann: Person, videos: Channel
) -> None:
    ts = client.chat_postMessage(channel=videos.id, text="Hello", blocks=WORDS)["ts"]
    url = slack.world.response_url(slack.team.id, ann.id, videos.id, slack.message(ts))
    assert answer(url, text="For you")[0] == 200
    assert answer(url, text="For all", response_type="in_channel")[0] == 200
    assert answer(url, text="Done", replace_original=True, blocks=[])[0] == 200
    assert slack.thread(ts)[0].text == "Done"
    assert answer(url, text="x", blocks=[{"type": "video"}]) == (404, '{"ok": false, "error": "invalid_blocks"}')
    assert answer(url, delete_original=True)[0] == 200
    assert answer(url, text="Again") == (404, '{"ok": false, "error": "used_url"}')
    assert [m.text for m in slack.private(ann)] == ["For you"]
    assert [m.text for m in slack.read(videos)] == ["For all"]
    assert len(slack.problems) == 1


def test_a_response_url_lives_half_an_hour(slack: FakeSlack, ann: Person, videos: Channel) -> None:
    url = slack.world.response_url(slack.team.id, ann.id, videos.id)
    slack.clock.skip(1801)
    assert answer(url, text="Late") == (404, '{"ok": false, "error": "expired_url"}')


def test_one_workspace_knows_nothing_of_another(slack: FakeSlack, videos: Channel) -> None:
    other = slack.workspace("globex")
    client = WebClient(token=slack.world.bot_token(other.id), base_url=slack.url)
    assert error(client.chat_postMessage, channel=videos.id, text="Hello") == "channel_not_found"
    assert client.auth_test()["team_id"] == other.id
