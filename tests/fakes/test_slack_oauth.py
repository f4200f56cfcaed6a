"""Installing an app at the stand-in, as a browser and the app's server do it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web import WebClient

from bot.surfaces.slack.manifest import SCOPES, manifest
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.state import CLIENT_ID, CLIENT_SECRET

BACK = "http://127.0.0.1:1/slack/oauth_redirect"


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(manifest("http://127.0.0.1:1")) as there:
        yield there


def _allow(slack: FakeSlack, **more: str) -> dict[str, str]:
    return asyncio.run(_visit(slack, {"client_id": CLIENT_ID, "scope": ",".join(SCOPES), "state": "s1"} | more))


async def _visit(slack: FakeSlack, query: dict[str, str]) -> dict[str, str]:
    address = f"{slack.world.url}oauth/v2/authorize"
    async with (
        aiohttp.ClientSession() as session,
        session.get(address, params={"redirect_uri": BACK, **query}, allow_redirects=False) as answer,
    ):
        target = urlsplit(answer.headers.get("Location", ""))
        assert not target.scheme or answer.headers["Location"].startswith(BACK)
        return {"status": str(answer.status), **{key: values[0] for key, values in parse_qs(target.query).items()}}


def _access(slack: FakeSlack, code: str, secret: str = CLIENT_SECRET) -> Any:
    client = WebClient(base_url=slack.url)
    return client.oauth_v2_access(client_id=CLIENT_ID, client_secret=secret, code=code, redirect_uri=BACK).data


def test_a_workspace_installs_the_app_and_the_code_is_good_once(slack: FakeSlack) -> None:
    other = slack.workspace("other", installed=False)
    back = _allow(slack)
    assert back["state"] == "s1"
    with pytest.raises(SlackApiError, match="bad_client_secret"):
        _access(slack, back["code"], secret="wrong")
    told = _access(slack, back["code"])
    assert (told["team"]["id"], told["is_enterprise_install"]) == (other.id, False)
    assert set(told["scope"].split(",")) == set(SCOPES)
    assert WebClient(token=told["access_token"], base_url=slack.url).auth_test()["team_id"] == other.id
    with pytest.raises(SlackApiError, match="invalid_code"):
        _access(slack, back["code"])


def test_an_organisation_installs_it_for_all_its_workspaces(slack: FakeSlack) -> None:
    north, south = (slack.workspace(name, installed=False, enterprise="E1") for name in ("north", "south"))
    told = _access(slack, _allow(slack, team="E1")["code"])
    assert (told["team"], told["enterprise"]["id"], told["is_enterprise_install"]) == (None, "E1", True)
    assert north.installed
    client = WebClient(token=told["access_token"], base_url=slack.url)
    assert client.auth_test(team_id=south.id)["team_id"] == south.id
    ann = slack.person("ann", team=south)
    channel = slack.channel("videos", [ann], team=south)
    assert client.chat_postMessage(channel=channel.id, text="hello", team_id=south.id)["ok"]
    assert client.chat_postMessage(channel=channel.id, text="one token knows all channels")["ok"]
    envelope = slack.world.envelope({"type": "app_mention"}, south)
    assert envelope["authorizations"][0]["is_enterprise_install"]
    assert slack.problems == []


def test_somebody_may_say_no(slack: FakeSlack) -> None:
    assert _allow(slack, deny="1")["error"] == "access_denied"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"client_id": "9"}, "invalid client_id"),
        ({"scope": "admin"}, "invalid_scope: admin"),
        ({"redirect_uri": "https://elsewhere.example.com"}, "bad_redirect_uri"),
    ],
)
def test_slack_shows_an_error_for_what_it_does_not_know(slack: FakeSlack, wrong: dict[str, str], said: str) -> None:
    assert _allow(slack, **wrong) == {"status": "400"}
    assert said in slack.problems[0]
