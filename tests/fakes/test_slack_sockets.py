"""The stand-in's wires, with the real Bolt at the other end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import pytest

from tests.fakes.slack.people import Person, Refused
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import Channel, Posted
from tests.fakes.tiny_bot import TinyBot
from tests.fakes.tiny_listeners import CARD, button, dress, shown_card


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as there:
        yield there


@pytest.fixture
def bot(slack: FakeSlack) -> Iterator[TinyBot]:
    with TinyBot(slack, dress) as running:
        yield running


@pytest.fixture
def ann(slack: FakeSlack) -> Person:
    return slack.person("ann")


@pytest.fixture
def videos(slack: FakeSlack, ann: Person) -> Channel:
    return slack.channel("videos", members=[ann])


@pytest.mark.usefixtures("bot")
def test_a_mention_reaches_the_bot_as_a_pair_and_its_answer_stands_in_the_thread(
    slack: FakeSlack, ann: Person, videos: Channel
) -> None:
    card = shown_card(slack, ann, videos)
    assert card.text == "Plan"
    events = [d.payload for d in slack.world.deliveries if d.kind == "events_api"]
    pair = [each for each in events if each["event"]["ts"] == card.thread_ts]
    assert {each["event"]["type"] for each in pair} == {"message", "app_mention"}
    assert len({each["event_id"] for each in pair}) == 2
    echo = [each for each in events if each["event"].get("bot_id")]
    assert len(echo) == 1
    assert slack.problems == []


@pytest.mark.usefixtures("bot")
def test_a_click_is_acknowledged_and_its_response_url_changes_the_card(
    slack: FakeSlack, ann: Person, videos: Channel
) -> None:
    card = shown_card(slack, ann, videos)
    ann.clicks(card, "approve")
    slack.wait(lambda: ann.sees(card).text.startswith("Approved by"))
    assert ann.sees(card).blocks == ()
    ann.clicks(card, "approve")
    with pytest.raises(LookupError, match="no 'approve'"):
        ann.clicks(card.ts, "approve")
    assert slack.problems == []


@pytest.mark.usefixtures("bot")
def test_a_dialog_may_be_denied_and_an_answer_may_be_private(slack: FakeSlack, ann: Person, videos: Channel) -> None:
    card = shown_card(slack, ann, videos)
    assert ann.clicks(card, "reject", confirm=False) is None
    assert not [d for d in slack.world.deliveries if d.kind == "interactive"]
    ann.clicks(card, "reject")
    slack.wait(lambda: slack.private(ann))
    assert slack.private(ann)[0].text == "Only the owner may."
    assert len(slack.thread(card)) == 2


@pytest.mark.usefixtures("bot")
def test_a_choice_comes_with_the_state_of_the_message(slack: FakeSlack, ann: Person, videos: Channel) -> None:
    card = shown_card(slack, ann, videos)
    ann.picks(card, "look", "Cold")
    slack.wait(lambda: [m for m in slack.read(videos) if m.text == "cold it is"])


@pytest.mark.usefixtures("bot")
def test_a_form_is_refused_pushed_cleared_and_closed(slack: FakeSlack, ann: Person, videos: Channel) -> None:
    card = shown_card(slack, ann, videos)
    form = ann.opens(card, "change")
    with pytest.raises(Refused, match="complete this required field"):
        ann.submits(form)
    assert ann.submits(form, {"words": "no"}).errors == {"words": "Say a little more."}
    assert not form.closed
    ann.submits(form, {"words": "again"})
    assert [view.view["callback_id"] for view in ann.views] == ["change", "second"]
    ann.closes(ann.views[-1])
    ann.submits(form, {"words": "slower"})
    assert ann.views == []
    ann.closes(ann.opens(card, "change"))
    slack.wait(lambda: [m for m in slack.read(slack.direct(ann)) if m.text == "Another time, then."])


@pytest.mark.usefixtures("bot")
def test_shortcuts_open_forms_and_only_those_of_the_manifest(slack: FakeSlack, ann: Person, videos: Channel) -> None:
    ann.shortcut("job_new")
    ann.closes(ann.sees_view())
    ann.shortcut("job_from_message", ann.says(videos, "footage"))
    assert ann.sees_view().view["callback_id"] == "change"
    with pytest.raises(LookupError, match="no global shortcut"):
        ann.shortcut("job_from_message")


@pytest.mark.usefixtures("bot")
def test_a_command_is_answered_in_private_and_refused_in_threads(
    slack: FakeSlack, ann: Person, videos: Channel
) -> None:
    assert ann.command("/rushes status 12", videos) == {"text": "You asked for status 12"}
    assert slack.private(ann)[0].text == "You asked for status 12"
    with pytest.raises(Refused, match="not supported in threads"):
        ann.command("/rushes status", videos, thread=ann.says(videos, "hello"))
    with pytest.raises(Refused, match="not a valid command"):
        ann.command("/other", videos)


@pytest.mark.usefixtures("bot")
def test_stop_is_there_only_while_something_runs(slack: FakeSlack, ann: Person, videos: Channel) -> None:
    brief = ann.says(videos, "hello")
    with pytest.raises(Refused, match="no Stop button"):
        ann.stops(brief)
    _session(slack, videos, brief)
    ann.stops(brief)
    slack.wait(lambda: slack.world.status(videos.id, brief.ts) == "active")


def _session(slack: FakeSlack, videos: Channel, brief: Posted) -> None:
    fields = {"channel_id": videos.id, "thread_ts": brief.ts, "status": "processing"}
    assert asyncio.run(_post(f"{slack.url}agents.sessions.setStatus", slack.bot_token, fields))["ok"]


async def _post(url: str, token: str, fields: dict[str, str]) -> Any:
    head = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=head) as session, session.post(url, data=fields) as answer:
        return await answer.json(content_type=None)


@pytest.mark.usefixtures("bot")
def test_app_home_is_published_and_its_buttons_work(slack: FakeSlack, ann: Person) -> None:
    ann.opens_home()
    home = slack.wait(lambda: ann.home)
    form = ann.opens(home, "look_at")
    assert form.view["callback_id"] == "change"


def test_what_a_button_hides_from_others_they_cannot_press(slack: FakeSlack, ann: Person, videos: Channel) -> None:
    hidden = button("approve", visible_to_user_ids=["U0"])
    card = slack.world.say(ann.id, videos.id, "x", blocks=[{"type": "actions", "elements": [hidden]}])
    with pytest.raises(LookupError, match="does not see"):
        ann.clicks(card, "approve")


# -- redelivery and reconnecting -----------------------------------------------------------------------------------


def test_what_is_not_acknowledged_comes_three_times_more(ann: Person, slack: FakeSlack, videos: Channel) -> None:
    slack.clock.scale = 0.02
    heard: list[Any] = []
    deaf = Deaf(slack, heard.append, acks=lambda body: body.get("retry_attempt") == 3)
    with deaf:
        ann.says(videos, "hello")
        for count, seconds in ((2, 60), (3, 300)):
            _heard(slack, heard, count)
            slack.clock.skip(seconds)
        slack.wait(lambda: len(heard) == 4)
        slack.wait(lambda: slack.world.deliveries[0].over.is_set())
    assert [(b["retry_attempt"], b["retry_reason"]) for b in heard] == [(0, ""), *((n, "timeout") for n in (1, 2, 3))]
    assert len({b["payload"]["event_id"] for b in heard}) == 1
    assert slack.world.deliveries[0].why_lost == ""


def _heard(slack: FakeSlack, heard: list[Any], count: int) -> None:
    slack.wait(lambda: len(heard) == count)


def test_a_click_that_nobody_acknowledges_is_lost_and_says_so(ann: Person, slack: FakeSlack, videos: Channel) -> None:
    slack.clock.scale = 0.02
    with Deaf(slack, lambda body: None, acks=lambda body: False):
        card = slack.world.say(ann.id, videos.id, "x", blocks=CARD)
        with pytest.raises(TimeoutError, match="timeout"):
            ann.clicks(card, "approve")


def test_an_acknowledgement_of_nothing_raises_the_alarm(ann: Person, slack: FakeSlack, videos: Channel) -> None:
    with Deaf(slack, lambda body: None, acks=lambda body: True, envelope="e-unknown"):
        ann.says(videos, "hello")
        slack.wait(lambda: slack.problems)
    assert "acknowledged what it was never sent" in slack.problems[0]


def test_a_message_said_while_nothing_listens_comes_when_something_does(
    ann: Person, slack: FakeSlack, videos: Channel
) -> None:
    brief = ann.says(videos, "<@BOT> hello")
    with TinyBot(slack, dress):
        slack.wait(lambda: len(slack.thread(brief)) == 2)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
@pytest.mark.usefixtures("bot")
def test_the_bot_comes_back_when_its_socket_is_to_be_renewed(
    slack: FakeSlack, ann: Person, videos: Channel, reason: str
) -> None:
    slack.disconnect(reason)
    slack.wait(lambda: slack.sockets.opened == 2)
    shown_card(slack, ann, videos)
    assert slack.problems == []


@pytest.mark.usefixtures("bot")
def test_the_bot_comes_back_when_its_socket_is_cut(slack: FakeSlack, ann: Person, videos: Channel) -> None:
    slack.cut_socket()
    slack.wait(lambda: slack.sockets.opened == 2)
    shown_card(slack, ann, videos)


def test_an_eleventh_socket_is_sent_away_and_so_is_a_used_ticket(slack: FakeSlack) -> None:
    told = asyncio.run(_eleven(slack))
    assert told == ["hello"] * 10 + ["too_many_websockets", "404"]
    assert "ticket" in slack.problems[0]


async def _eleven(slack: FakeSlack) -> list[str]:
    told, kept = [], []
    async with aiohttp.ClientSession() as session:
        for _ in range(11):
            opened = await _post(f"{slack.url}apps.connections.open", slack.app_token, {})
            socket = await session.ws_connect(opened["url"])
            kept.append(socket)
            first = await socket.receive_json()
            told.append(first.get("reason") or first["type"])
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(opened["url"])
    return [*told, str(refused.value.status)]


def test_envelopes_go_round_the_open_sockets(ann: Person, slack: FakeSlack, videos: Channel) -> None:
    with Deaf(slack, lambda body: None, acks=lambda body: True), Deaf(slack, lambda body: None, acks=lambda body: True):
        for word in ("one", "two", "three", "four"):
            ann.says(videos, word)
        slack.wait(lambda: all(d.over.is_set() for d in slack.world.deliveries))
        assert [link.sent for link in slack.sockets.links] == [2, 2]


class Deaf:
    """A socket that acknowledges only what `acks` says, perhaps under a wrong id."""

    def __init__(
        self,
        slack: FakeSlack,
        heard: Callable[[Any], Any],
        acks: Callable[[Any], bool],
        envelope: str | None = None,
    ) -> None:
        self.slack, self.heard, self.acks, self.envelope = slack, heard, acks, envelope
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), daemon=True)
        self._before = slack.sockets.count

    def __enter__(self) -> Deaf:
        self._thread.start()
        self.slack.wait(lambda: self.slack.sockets.count > self._before)
        return self

    def __exit__(self, *_: object) -> None:
        self.slack.cut_socket()
        self._thread.join(5)

    async def _live(self) -> None:
        opened = await _post(f"{self.slack.url}apps.connections.open", self.slack.app_token, {})
        async with aiohttp.ClientSession() as session, session.ws_connect(opened["url"]) as socket:
            async for message in socket:
                body = message.json()
                if "envelope_id" in body:
                    await self._take(socket, body)

    async def _take(self, socket: aiohttp.ClientWebSocketResponse, body: Any) -> None:
        self.heard(body)
        self.slack.world.note("heard")
        if self.acks(body):
            await socket.send_json({"envelope_id": self.envelope or body["envelope_id"]})
