"""tests/fakes/slack: the Web API answers as Slack does, and raises the alarm where Slack would refuse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.fakes.slack.people import Person
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import Channel, Posted
from tests.fakes.slack_samples import MANIFEST, error


@pytest.fixture
def root(ann: Person, videos: Channel) -> Posted:
    return ann.says(videos, "<@BOT> 30 seconds")


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


def test_people_and_channels_are_told_of(slack: FakeSlack, client: WebClient, ann: Person, videos: Channel) -> None:
    assert client.users_info(user=ann.id)["user"]["tz"] == "Europe/London"
    assert client.conversations_info(channel=videos.id)["channel"]["is_member"]
    assert set(client.conversations_members(channel=videos.id)["members"]) == {ann.id, slack.team.bot}
    assert client.conversations_open(users=ann.id)["channel"]["id"] == slack.direct(ann).id
    assert client.bots_info(bot=slack.team.bot_id)["bot"]["user_id"] == slack.team.bot
    assert error(client.users_info, user="U404") == "user_not_found"


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


def test_one_workspace_knows_nothing_of_another(slack: FakeSlack, videos: Channel) -> None:
    other = slack.workspace("globex")
    client = WebClient(token=slack.world.bot_token(other.id), base_url=slack.url)
    assert error(client.chat_postMessage, channel=videos.id, text="Hello") == "channel_not_found"
    assert client.auth_test()["team_id"] == other.id
