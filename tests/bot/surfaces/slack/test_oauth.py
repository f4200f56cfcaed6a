"""Installing: a state is good once, pages speak plainly, nothing that leads to a token is kept in the open."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.error import BoltError
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation

from bot.secret import sealer, secret_of
from bot.surfaces.slack.install_pages import FAILED, ROTATES
from bot.surfaces.slack.manifest import SCOPES
from bot.surfaces.slack.oauth import LIVES, Install, Installations, States, flow, many
from bot.surfaces.slack.workspaces import Workspaces
from kernel.settings import Settings
from kernel.store import Store
from tests.databases import ready

SECRET = "a secret of this machine, long enough"
COOKIE = re.compile(r"slack-app-oauth-state=([^;]+)")


def settings(data: Path, **variables: str) -> Settings:
    """Return the settings of a bot that many workspaces install."""
    given = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "c1ient", "RUSHES_SECRET_KEY": SECRET}
    return Settings.read({"RUSHES_DATA": str(data), **given, **variables})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store of its own."""
    opened = Store.open(ready(f"sqlite:///{tmp_path / 'rushes.sqlite'}"))
    yield opened
    opened.close()


@pytest.fixture
def install(tmp_path: Path, store: Store) -> Install:
    """The way by which workspaces install the bot; nobody answers at Slack's address."""
    given = settings(tmp_path, RUSHES_SLACK_API_URL="http://127.0.0.1:9/api/", RUSHES_PUBLIC_URL="https://bot.example")
    return flow(given, store, Workspaces(store, sealer(given)))


def begun(install: Install) -> tuple[BoltResponse, str]:
    """Open the install page; return it and the state that it carries."""
    page = asyncio.run(install.handle_installation(AsyncBoltRequest(body="", query="")))
    found = COOKIE.match(page.headers["set-cookie"][0])
    assert found
    return page, found[1]


def back(install: Install, cookie: str = "", **query: str) -> BoltResponse:
    """Come back from Slack."""
    headers: dict[str, Any] = {"cookie": f"slack-app-oauth-state={cookie}"} if cookie else {}
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return asyncio.run(install.handle_callback(AsyncBoltRequest(body="", query=asked, headers=headers)))


def test_many_workspaces_only_where_no_token_stands_in_the_settings(tmp_path: Path) -> None:
    assert many(settings(tmp_path))
    assert not many(settings(tmp_path, SLACK_BOT_TOKEN="xoxb-1"))
    assert not many(Settings.read({"RUSHES_DATA": str(tmp_path), "SLACK_CLIENT_ID": "1.2"}))


def test_the_first_page_leads_to_slack_with_our_scopes_and_a_state(install: Install) -> None:
    page, state = begun(install)
    link = re.search(r'href="([^"]+)"', page.body)
    assert link
    to = urlsplit(link[1].replace("&amp;", "&"))
    asked = parse_qs(to.query)
    assert f"{to.scheme}://{to.netloc}{to.path}" == "http://127.0.0.1:9/oauth/v2/authorize"
    assert asked["scope"] == [",".join(SCOPES)]
    assert asked["state"] == [state]
    assert asked["redirect_uri"] == ["https://bot.example/slack/oauth_redirect"]
    assert page.headers["x-frame-options"] == ["DENY"]


def test_a_state_is_good_once_even_for_another_process(tmp_path: Path, store: Store) -> None:
    states = States(secret_of(settings(tmp_path)), store)
    state = asyncio.run(states.async_issue())
    assert asyncio.run(states.async_consume(state))
    assert not asyncio.run(states.async_consume(state))
    again = Store.open(str(store.database.engine.url))
    assert not asyncio.run(States(secret_of(settings(tmp_path)), again).async_consume(state))
    again.close()


@pytest.mark.parametrize("wrong", ["", "x", "1.2.3", "no.signature", "é.é.é"])
def test_a_made_up_state_is_refused(store: Store, wrong: str) -> None:
    assert not asyncio.run(States(SECRET.encode(), store).async_consume(wrong))


def test_a_state_of_another_secret_or_a_changed_one_is_refused(store: Store) -> None:
    ours = States(SECRET.encode(), store)
    theirs = asyncio.run(States(b"another secret, long enough", store).async_issue())
    until, nonce, signature = asyncio.run(ours.async_issue()).split(".")
    assert not asyncio.run(ours.async_consume(theirs))
    assert not asyncio.run(ours.async_consume(f"{int(until) + 1}.{nonce}.{signature}"))


def test_a_state_lives_ten_minutes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    states = States(SECRET.encode(), store)
    state, begun = asyncio.run(states.async_issue()), time.time()
    monkeypatch.setattr(time, "time", lambda: begun + LIVES + 2)
    assert not asyncio.run(states.async_consume(state))


def test_who_says_no_at_slack_reads_that_nothing_changed(install: Install) -> None:
    page = back(install, error="access_denied")
    assert page.status == 200
    assert FAILED["access_denied"] in page.body


def test_another_browser_cannot_finish_what_this_one_began(install: Install) -> None:
    _, state = begun(install)
    page = back(install, state=state, code="c")
    assert (page.status, FAILED["invalid_browser"] in page.body) == (400, True)


def test_a_state_that_was_used_leads_to_no_second_installation(install: Install) -> None:
    _, state = begun(install)
    first, second = (back(install, cookie=state, state=state) for _ in range(2))
    assert FAILED["missing_code"] in first.body
    assert (second.status, FAILED["invalid_state"] in second.body) == (401, True)


def test_where_slack_does_not_answer_a_person_reads_one_sentence(install: Install) -> None:
    _, state = begun(install)
    page = back(install, cookie=state, state=state, code="c")
    assert (page.status, FAILED["invalid_code"] in page.body) == (401, True)


def test_what_slack_sends_along_is_never_taken_for_a_page(install: Install) -> None:
    page = back(install, error="<script>alert(1)</script>")
    assert "<script>" not in page.body


def test_an_app_that_rotates_its_tokens_is_refused_in_words(tmp_path: Path, store: Store) -> None:
    kept = Installations(Workspaces(store, sealer(settings(tmp_path))))
    installed = Installation(user_id="U1", team_id="T1", bot_token="xoxe.xoxb-1", bot_refresh_token="xoxe-1")
    with pytest.raises(BoltError, match=re.escape(ROTATES)):
        asyncio.run(kept.async_save(installed))
    assert store.installations.list("slack") == []


def test_an_installation_comes_back_as_it_was_without_the_persons_own_token(tmp_path: Path, store: Store) -> None:
    kept = Installations(Workspaces(store, sealer(settings(tmp_path))))
    given = Installation(
        user_id="U1", team_id="T1", team_name="Acme", bot_token="xoxb-1", bot_id="B1", bot_user_id="U0",
        bot_scopes=["chat:write"], user_token="xoxp-1", enterprise_id="E1",
    )  # fmt: skip
    asyncio.run(kept.async_save(given))
    found = asyncio.run(kept.async_find_installation(enterprise_id=None, team_id="T1"))
    assert found is not None
    assert (found.bot_token, found.bot_user_id, found.team_name, found.user_token) == ("xoxb-1", "U0", "Acme", None)
    asyncio.run(kept.async_delete_installation(enterprise_id="E1", team_id="T1", user_id="U1"))
    assert asyncio.run(kept.async_find_bot(enterprise_id="E1", team_id="T1")) is not None
    asyncio.run(kept.async_delete_all(enterprise_id="E1", team_id="T1"))
    assert asyncio.run(kept.async_find_bot(enterprise_id="E1", team_id="T1")) is None
