"""The stand-in's wires, with the real Bolt at the other end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp

from tests.fakes.slack.http_mode import signature
from tests.fakes.slack.people import Person, Refused
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import Channel, Posted
from tests.fakes.tiny_bot import TinyBot

FORM = {
    "type": "modal",
    "callback_id": "change",
    "notify_on_close": True,
    "title": {"type": "plain_text", "text": "Change"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": "What?"},
            "element": {"type": "plain_text_input", "action_id": "words", "multiline": True},
        }
    ],
}


def _button(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": name, "text": {"type": "plain_text", "text": name}, "value": "v", **more}


SURE = {
    "title": {"type": "plain_text", "text": "Sure?"},
    "text": {"type": "plain_text", "text": "It cannot be undone."},
    "confirm": {"type": "plain_text", "text": "Yes"},
    "deny": {"type": "plain_text", "text": "No"},
}
LOOKS = {
    "type": "static_select",
    "action_id": "look",
    "placeholder": {"type": "plain_text", "text": "Look"},
    "options": [{"text": {"type": "plain_text", "text": name.title()}, "value": name} for name in ("warm", "cold")],
}
CARD = [
    {"type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": "A *plan*"}},
    {
        "type": "actions",
        "block_id": "acts",
        "elements": [_button("approve"), _button("change"), _button("reject", confirm=SURE), LOOKS],
    },
]


def dress(app: AsyncApp) -> None:
    """A bot that answers a mention with a card, and each press with something one can see."""
    _hear(app)
    _presses(app)
    _forms(app)


def _hear(app: AsyncApp) -> None:
    @app.event("app_mention")
    async def mentioned(event: Any, say: Any) -> None:
        await say(text="Plan", blocks=CARD, thread_ts=event.get("thread_ts") or event["ts"])

    @app.event("message")
    async def message() -> None:
        pass

    @app.event("agent_session_stopped")
    async def stopped(event: Any, client: Any) -> None:
        await client.agents_sessions_setStatus(
            channel_id=event["channel"], thread_ts=event["thread_ts"], status="active"
        )

    @app.event("app_home_opened")
    async def home(event: Any, client: Any) -> None:
        blocks = [{"type": "actions", "elements": [_button("look_at")]}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.command("/rushes")
    async def command(ack: Any, command: Any) -> None:
        await ack(f"You asked for {command['text']}")


def _presses(app: AsyncApp) -> None:
    @app.action("approve")
    async def approve(ack: Any, respond: Any, body: Any) -> None:
        await ack()
        await respond(text=f"Approved by <@{body['user']['id']}>", replace_original=True)

    @app.action("reject")
    async def reject(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="Only the owner may.", response_type="ephemeral", replace_original=False)

    @app.action("change")
    @app.action("look_at")
    async def change(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.action("look")
    async def look(ack: Any, respond: Any, body: Any) -> None:
        await ack()
        chosen = body["state"]["values"]["acts"]["look"]["selected_option"]["value"]
        await respond(text=f"{chosen} it is", replace_original=False, response_type="in_channel")


def _forms(app: AsyncApp) -> None:
    @app.view("change")
    async def changed(ack: Any, view: Any) -> None:
        words = view["state"]["values"]["words"]["words"]["value"]
        if len(words) < 3:
            await ack(response_action="errors", errors={"words": "Say a little more."})
        elif words == "again":
            await ack(response_action="push", view={**FORM, "callback_id": "second", "notify_on_close": False})
        else:
            await ack(response_action="clear")

    @app.view_closed("change")
    async def closed(ack: Any, client: Any, body: Any) -> None:
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text="Another time, then.")

    @app.shortcut("job_new")
    @app.shortcut("job_from_message")
    async def begin(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)


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


def _card(slack: FakeSlack, ann: Person, videos: Channel) -> Posted:
    brief = ann.says(videos, "<@BOT> 30 seconds")
    card: Posted = slack.wait(lambda: next(iter(slack.thread(brief)[1:]), None))
    return card


@pytest.mark.usefixtures("bot")
def test_a_mention_reaches_the_bot_as_a_pair_and_its_answer_stands_in_the_thread(
    slack: FakeSlack, ann: Person, videos: Channel
) -> None:
    card = _card(slack, ann, videos)
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
    card = _card(slack, ann, videos)
    ann.clicks(card, "approve")
    slack.wait(lambda: ann.sees(card).text.startswith("Approved by"))
    assert ann.sees(card).blocks == ()
    ann.clicks(card, "approve")
    with pytest.raises(LookupError, match="no 'approve'"):
        ann.clicks(card.ts, "approve")
    assert slack.problems == []


@pytest.mark.usefixtures("bot")
def test_a_dialog_may_be_denied_and_an_answer_may_be_private(slack: FakeSlack, ann: Person, videos: Channel) -> None:
    card = _card(slack, ann, videos)
    assert ann.clicks(card, "reject", confirm=False) is None
    assert not [d for d in slack.world.deliveries if d.kind == "interactive"]
    ann.clicks(card, "reject")
    slack.wait(lambda: slack.private(ann))
    assert slack.private(ann)[0].text == "Only the owner may."
    assert len(slack.thread(card)) == 2


@pytest.mark.usefixtures("bot")
def test_a_choice_comes_with_the_state_of_the_message(slack: FakeSlack, ann: Person, videos: Channel) -> None:
    card = _card(slack, ann, videos)
    ann.picks(card, "look", "Cold")
    slack.wait(lambda: [m for m in slack.read(videos) if m.text == "cold it is"])


@pytest.mark.usefixtures("bot")
def test_a_form_is_refused_pushed_cleared_and_closed(slack: FakeSlack, ann: Person, videos: Channel) -> None:
    card = _card(slack, ann, videos)
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
    hidden = _button("approve", visible_to_user_ids=["U0"])
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
    _card(slack, ann, videos)
    assert slack.problems == []


@pytest.mark.usefixtures("bot")
def test_the_bot_comes_back_when_its_socket_is_cut(slack: FakeSlack, ann: Person, videos: Channel) -> None:
    slack.cut_socket()
    slack.wait(lambda: slack.sockets.opened == 2)
    _card(slack, ann, videos)


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


# -- HTTP mode -------------------------------------------------------------------------------------------------------


def test_http_mode_signs_what_it_sends_and_the_same_listeners_answer(
    slack: FakeSlack, ann: Person, videos: Channel
) -> None:
    with TinyBot(slack, dress, http=True) as bot:
        slack.http_mode.point_at(bot.url)
        assert asyncio.run(slack.http_mode.verify())
        card = _card(slack, ann, videos)
        assert ann.submits(ann.opens(card, "change"), {"words": "no"}).errors == {"words": "Say a little more."}
        ann.command("/rushes help", videos)
        assert slack.private(ann)[-1].text == "You asked for help"
    assert slack.problems == []


@pytest.mark.parametrize(("wrong", "value"), [("secret", "not-it"), ("late", 600.0)])
def test_http_mode_can_send_what_an_app_must_refuse(
    slack: FakeSlack, ann: Person, videos: Channel, wrong: str, value: Any
) -> None:
    with TinyBot(slack, dress, http=True) as bot:
        slack.http_mode.point_at(bot.url)
        setattr(slack.http_mode, wrong, value)
        ann.says(videos, "hello")
        slack.wait(lambda: len(_answers(slack)) == 2)
    assert _answers(slack) == [401, 401]


def _answers(slack: FakeSlack) -> list[int]:
    return [line["status"] for line in slack.world.journal if line["what"] == "answered"]


def test_http_mode_tries_again_with_headers_until_told_not_to(ann: Person, slack: FakeSlack, videos: Channel) -> None:
    heard: list[Any] = []
    with Sour(slack, heard) as sour:
        slack.http_mode.point_at(sour.url)
        ann.says(videos, "hello")
        slack.wait(lambda: len(heard) == 2)
        slack.clock.skip(60)
        slack.wait(lambda: slack.world.deliveries[0].over.is_set())
    retries = [(h.get("X-Slack-Retry-Num"), h.get("X-Slack-Retry-Reason")) for h, _ in heard]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert slack.world.deliveries[0].why_lost == "http_error"
    headers, body = heard[0]
    assert headers["X-Slack-Signature"] == signature(slack.http_mode.secret, headers["X-Slack-Request-Timestamp"], body)


class Sour:
    """An app that answers 500, and asks for no more at the third time."""

    def __init__(self, slack: FakeSlack, heard: list[Any]) -> None:
        self.slack, self.heard, self.url = slack, heard, ""
        self._ready, self._over = threading.Event(), asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), daemon=True)

    def __enter__(self) -> Sour:
        self._thread.start()
        self._ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self.slack.http_mode.leave()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(5)

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()

        async def refuse(request: web.Request) -> web.Response:
            self.heard.append((dict(request.headers), await request.read()))
            self.slack.world.note("heard")
            headers = {"X-Slack-No-Retry": "1"} if len(self.heard) == 3 else {}
            return web.Response(status=500, headers=headers)

        app = web.Application()
        app.router.add_post("/", refuse)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        self._ready.set()
        await self._over.wait()
        await site.stop()
        await asyncio.sleep(0.02)  # whoever came in at the last moment gets a handler, which the clean-up then closes
        await runner.cleanup()
