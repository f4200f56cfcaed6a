"""Many workspaces: each installs the bot in a browser, talks with it by its own token, and can take it out again."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.surfaces.slack.doors import Road
from bot.surfaces.slack.listeners import OneTeam
from bot.surfaces.slack.workspaces import DEPARTED
from tests.bot.surfaces.slack.room import SPEED, SlackRoom
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.state import CLIENT_SECRET, SIGNING_SECRET

OWN = {"RUSHES_SLACK_BOT_TOKEN": "", "RUSHES_SECRET_KEY": "a secret of this machine, long enough"}


class Browser:
    """Somebody's browser, as far as installing goes: it follows a redirect only when told, and keeps its cookie."""

    def __init__(self) -> None:
        self._open = urllib.request.build_opener(_Stay).open
        self.cookie = ""

    def get(self, url: str) -> tuple[int, str, str]:
        """Open an address; return the status, the page, and where it sends one."""
        try:
            answer = self._open(urllib.request.Request(url, headers={"Cookie": self.cookie}), timeout=10)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            self.cookie = (answer.headers.get("Set-Cookie") or self.cookie).partition(";")[0]
            return int(answer.status), answer.read().decode(), answer.headers.get("Location") or ""

    def installs(self, address: str, **choice: str) -> tuple[int, str]:
        """Go the whole way: our page, Slack's, and back; return the status and the page at the end."""
        _, page, _ = self.get(f"{address}/slack/install")
        link = re.search(r'href="([^"]+)"', page)
        assert link, page
        _, _, back = self.get(f"{link[1].replace('&amp;', '&')}&{urlencode(choice)}")
        status, page, _ = self.get(back)
        return status, page


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Go nowhere by oneself."""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[SlackRoom]:
    """A room whose workspace has not installed the bot yet, in HTTP mode."""
    slack = FakeSlack(scale=1 / SPEED)
    slack.team.installed = False
    with SlackRoom(tmp_path, http=True, variables=OWN, slack=slack) as opened:
        yield opened


def test_each_workspace_installs_the_bot_and_is_answered_by_its_own_token(room: SlackRoom) -> None:
    other = room.slack.workspace("beta", installed=False)
    dora = room.slack.person("dora", other)
    beta = room.slack.channel("beta-videos", members=[dora], team=other)
    for team in (room.slack.team, other):
        status, page = Browser().installs(room.address, team=team.id)
        assert (status, f"Rushes is in {team.name} now." in page) == (200, True)
    here = room.ann.says(room.videos, "<@BOT> hello")
    there = dora.says(beta, "<@BOT> hello")
    for root in (here, there):
        room.answered(root)
    assert room.store.installations.of_team("slack", other.id)
    assert room.slack.problems == []


def test_no_token_and_no_secret_stands_anywhere_but_sealed(room: SlackRoom) -> None:
    Browser().installs(room.address, team=room.slack.team.id)
    root, gate = room.opened()
    room.slack.faults.next("chat.postMessage", error="invalid_auth")
    room.ann.replies(root, "status")
    room.ann.clicks(gate, "plan.approve")
    room.gate(root, "review.accept")
    room.settled(root)
    kept = b"".join(path.read_bytes() for path in (room.folder / "data").rglob("*") if path.is_file())
    said = str([message for channel in room.slack.world.channels.values() for message in channel.messages.values()])
    everything = kept + said.encode() + str([surface.told for surface in room.surfaces]).encode()
    tokens = [token.value for token in room.slack.world.tokens.values()]
    for secret in (*tokens, CLIENT_SECRET, SIGNING_SECRET, OWN["RUSHES_SECRET_KEY"], "xoxb-", "xapp-"):
        assert secret.encode() not in everything
    assert room.store.installations.list("slack")[0].sealed.encode() in everything
    assert len(room.store.events.since(0)) > 5


def test_a_second_visit_with_the_same_link_installs_nothing(room: SlackRoom) -> None:
    browser = Browser()
    _, page, _ = browser.get(f"{room.address}/slack/install")
    link = re.search(r'href="([^"]+)"', page)
    assert link
    _, _, back = browser.get(link[1].replace("&amp;", "&"))
    cookie = browser.cookie
    assert browser.get(back)[0] == 200
    browser.cookie = cookie
    assert browser.get(back)[0] == 401
    assert len(room.store.installations.list("slack")) == 1


def test_who_cancels_at_slack_installs_nothing(room: SlackRoom) -> None:
    status, page = Browser().installs(room.address, deny="1")
    assert (status, "nothing has changed" in page) == (200, True)
    assert room.store.installations.list("slack") == []


def test_a_workspace_that_takes_the_bot_out_is_forgotten_and_not_written_to(room: SlackRoom) -> None:
    team = room.slack.team.id
    Browser().installs(room.address, team=team)
    root = room.drops()
    room.wait(lambda: room.events("gate_opened"))
    room.settled(root)
    seen, posts = len(room.thread(root)), len(room.store.posts.list(room.job.conversation))
    room.slack.world.uninstall(team)
    room.wait(lambda: room.events("paused"))
    assert room.job.decided_by == DEPARTED
    assert room.store.installations.list("slack") == []
    room.tells("Anybody there?")
    late = room.store.posts.list(room.job.conversation)[posts:]
    assert late
    assert {(post.status, post.error) for post in late} == {("dropped", "not_installed")}
    assert len(room.thread(root)) == seen
    assert [line for line in room.slack.problems if "token" in line] == []


def test_after_installing_again_the_job_goes_on_by_a_word(room: SlackRoom) -> None:
    team = room.slack.team.id
    Browser().installs(room.address, team=team)
    root = room.drops()
    room.gate(root)
    room.slack.world.uninstall(team)
    room.wait(lambda: room.events("paused"))
    Browser().installs(room.address, team=team)
    room.ann.replies(root, "resume")
    room.wait(lambda: room.events("resumed"))
    assert room.job.decision is None


def test_with_a_token_in_the_settings_no_install_page_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "c1ient")
    known = OneTeam(AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1"))
    road = Road(AsyncApp(signing_secret="s", authorize=known), path="/slack/events", events=True)
    assert road.app.oauth_flow is not None
    assert not road._installs


def test_an_organisation_installs_the_bot_once_for_all_its_workspaces(room: SlackRoom) -> None:
    teams = [room.slack.world.add_team(name, installed=False, enterprise="E0000001") for name in ("north", "south")]
    people = [room.slack.person(f"{team.name}er", team) for team in teams]
    places = [room.slack.channel(f"{t.name}-cuts", members=[p], team=t) for t, p in zip(teams, people, strict=True)]
    status, page = Browser().installs(room.address, team="E0000001")
    assert (status, "Rushes is in" in page) == (200, True)
    for person, place in zip(people, places, strict=True):
        root = person.says(place, "<@BOT> hello")
        room.answered(root)
    rows = {row.team for row in room.store.installations.list("slack")}
    room.slack.world.emit({"type": "team_access_revoked", "team_ids": [teams[1].id]}, teams[0].id)
    room.wait(lambda: {row.team for row in room.store.installations.list("slack")} == rows - {teams[1].id})
    room.slack.world.uninstall(teams[0].id)
    room.wait(lambda: not room.store.installations.list("slack"))
    assert [line for line in room.slack.problems if "token" in line] == []


def test_beside_the_socket_the_install_pages_are_open_and_nothing_else(tmp_path: Path) -> None:
    slack = FakeSlack(scale=1 / SPEED)
    slack.team.installed = False
    with SlackRoom(tmp_path, pages=True, variables=OWN, slack=slack) as room:
        assert Browser().installs(room.address, team=slack.team.id)[0] == 200
        root = room.ann.says(room.videos, "<@BOT> hello")
        room.answered(root)
        forged = urllib.request.Request(f"{room.address}/slack/events", data=b"{}")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(forged, timeout=5)
