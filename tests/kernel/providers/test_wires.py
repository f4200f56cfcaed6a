"""kernel/providers/openai.py and anthropic.py: what goes over the wire and comes back, through the real SDKs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from kernel.errors import BadReply, Busy, NotFound, Refused, RushesError, SetUp, Unreachable
from kernel.messages import Image, Message, Reply, Request, Text, ToolCall, ToolResult, ToolSpec, Usage, pictured, said
from kernel.providers import PROVIDERS, place_of, provider_for
from kernel.providers.scripted import calls, says
from kernel.schema import strict
from kernel.worker.plan import EditPlan
from tests.fakes.models.server import Bent, Fault, Line, ModelServer

KEY = SecretStr("sk-test-1234567890")
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
JPEG = b"\xff\xd8\xff\xe0 what a JPEG file begins with"
PLAN = ToolSpec(name="hand_in", description="Hand in the plan.", parameters=strict(EditPlan.model_json_schema()))
LOOK = ToolSpec(name="look", description="Look at a frame.", parameters=strict({"type": "object", "properties": {}}))
FIRST = ToolCall(id="call_a", name="look", arguments="{}")
SECOND = ToolCall(id="call_b", name="look", arguments='{"at": "0:12"}')
LONG = Request(
    model="model-a",
    system="You are a film editor.",
    messages=(
        Message(role="user", parts=(pictured(JPEG), Text(text="Look."), Image(media_type="image/png", data=PIXEL))),
        Message(role="assistant", parts=(Text(text="I look."), FIRST, SECOND)),
        Message(
            role="user",
            parts=(
                ToolResult(call_id="call_a", name="look", text="A street."),
                ToolResult(call_id="call_b", name="look", text="no such frame", is_error=True),
                Text(text="Go on."),
            ),
        ),
    ),
    tools=(LOOK, PLAN),
    max_tokens=512,
    timeout=5,
)
SHORT = Request(model="model-a", system="Be brief.", messages=(said("user", "Hello."),), timeout=5)

Ask = Callable[[Request, Line], Reply]


@pytest.fixture(params=[place.name for place in PROVIDERS])
def wire(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ask(wire: str) -> Iterator[Ask]:
    """Ask a real provider over real HTTP; the server gives the line in that provider's format."""
    made: list[Any] = []

    def asked(request: Request, *lines: Line) -> Reply:
        with ModelServer(lines, key=KEY.get_secret_value()) as server:
            provider, model = provider_for(f"{wire}:{request.model}", {wire: KEY}, {wire: base_url(server, wire)})
            made.append(provider)
            return provider.ask(request.model_copy(update={"model": model}))

    yield asked
    for provider in made:
        provider.close()


def base_url(server: ModelServer, wire: str) -> str:
    return server.openai_url if wire == "openai" else server.anthropic_url


def sent(wire: str, request: Request) -> tuple[dict[str, Any], Request]:
    with ModelServer([says("Good.")]) as server:
        provider, _ = provider_for(f"{wire}:{request.model}", {wire: KEY}, {wire: base_url(server, wire)})
        provider.ask(request)
        provider.close()  # type: ignore[attr-defined]
        assert server.bad == []
        return dict(server.asked[0].body), server.requests[0]


def test_a_conversation_with_tools_and_pictures_arrives_whole(wire: str) -> None:
    body, heard = sent(wire, LONG)
    assert (heard.model, heard.system, heard.tools, heard.max_tokens) == ("model-a", LONG.system, LONG.tools, 512)
    assert heard.messages[:2] == LONG.messages[:2]
    assert [part.type for part in heard.messages[2].parts] == ["tool_result", "tool_result", "text"]
    assert "no such frame" in json.dumps(body)


def test_a_failed_tool_is_told_as_failed(wire: str) -> None:
    failed = sent(wire, LONG)[1].messages[2].parts[1]
    assert isinstance(failed, ToolResult)
    assert failed.is_error or failed.text == "Error: no such frame"


def test_openai_keeps_nothing_and_checks_the_tools_strictly() -> None:
    body, _ = sent("openai", LONG)
    assert body["store"] is False
    assert body["parallel_tool_calls"] is True
    assert [tool["strict"] for tool in body["tools"]] == [True, True]


def test_anthropic_is_told_what_to_cache() -> None:
    body, _ = sent("anthropic", LONG)
    marked = [body["system"][-1], body["tools"][-1], body["messages"][-1]["content"][-1]]
    assert all(block["cache_control"] == {"type": "ephemeral"} for block in marked)
    assert json.dumps(body).count("cache_control") == 3


def test_who_asks_and_the_scene_are_never_sent(wire: str) -> None:
    body, _ = sent(wire, SHORT.model_copy(update={"expert": "edit.log", "scene": {"secret": 1}}))
    assert "edit.log" not in json.dumps(body)
    assert "secret" not in json.dumps(body)


def test_half_an_object_in_the_history_does_not_spoil_it(wire: str) -> None:
    half = ToolCall(id="call_a", name="look", arguments='{"at": ')
    talk = (
        said("user", "Look."),
        Message(role="assistant", parts=(half,)),
        Message(role="user", parts=(ToolResult(call_id="call_a", name="look", text="No JSON.", is_error=True),)),
    )
    heard = sent(wire, SHORT.model_copy(update={"messages": talk}))[1]
    assert json.loads(heard.messages[1].calls[0].arguments) == {"unreadable": '{"at": '}


def test_neighbours_of_one_role_and_empty_words_are_no_fault(wire: str) -> None:
    talk = (said("user", "One."), said("user", ""), said("user", "Two."))
    heard = sent(wire, SHORT.model_copy(update={"messages": talk}))[1]
    assert [part.text for message in heard.messages for part in message.parts if isinstance(part, Text)] == [
        "One.",
        "Two.",
    ]


def test_words_come_back_with_the_tokens_they_cost(ask: Ask) -> None:
    usage = Usage(prompt_tokens=1000, cached_tokens=800, completion_tokens=7)
    reply = ask(SHORT, says("Good day.").model_copy(update={"usage": usage, "model": "model-a-2026"}))
    assert (reply.message.text, reply.stop, reply.usage, reply.model) == ("Good day.", "end", usage, "model-a-2026")


def test_calls_come_back_in_order_with_their_arguments(ask: Ask) -> None:
    reply = ask(LONG, calls(("look", {}), ("hand_in", {"note": "schön"}), text="Two things."))
    assert reply.stop == "tools"
    assert reply.message.text == "Two things."
    assert [(c.name, json.loads(c.arguments)) for c in reply.message.calls] == [
        ("look", {}),
        ("hand_in", {"note": "schön"}),
    ]
    assert len({call.id for call in reply.message.calls}) == 2


@pytest.mark.parametrize("stop", ["length", "refusal"])
def test_an_answer_that_was_cut_or_refused_says_so(ask: Ask, stop: str) -> None:
    reply = ask(SHORT, says("AGENT_COM").model_copy(update={"stop": stop}))
    assert (reply.stop, reply.message.text) == (stop, "AGENT_COM")


def test_tokens_are_guessed_where_they_are_not_counted(ask: Ask) -> None:
    reply = ask(SHORT, Bent(says("x" * 400), lambda body: body.pop("usage")))
    assert 95 <= reply.usage.completion_tokens <= 105
    assert reply.usage.prompt_tokens > 0


def _emptied(body: dict[str, Any]) -> None:
    body.update({"output": []} if "output" in body else {"content": []})


def _unfinished(body: dict[str, Any]) -> None:
    body.update({"status": "in_progress", "stop_reason": None})


def _unheard_of(body: dict[str, Any]) -> None:
    body.update({"status": "dreaming", "stop_reason": "dreaming"})


def _nameless(body: dict[str, Any]) -> None:
    for item in body.get("output", []) + body.get("content", []):
        item.pop("name", None)


def _failed(body: dict[str, Any]) -> None:
    body.clear()
    body.update({"status": "failed", "error": {"code": "server_error", "message": "boom"}, "content": 1})


HTML = "<html><body>Bad gateway <b>sk-secret-999</b></body></html>"
WAIT = {"retry-after": "61"}
FAULTS: dict[str, tuple[Line, type[RushesError], str]] = {
    "429": (Fault(429, "rate_limit_exceeded", headers={"retry-after": "1"}), Busy, "asks to wait"),
    "429, long": (Fault(429, "rate_limit_exceeded", headers={"retry-after": "3600"}), Busy, "asks to wait"),
    "429, no word": (Fault(429, "rate_limit_exceeded"), Busy, "asks to wait"),
    "429, no quota": (Fault(429, "insufficient_quota", headers=WAIT), Refused, "top it up"),
    "429, credit": (Fault(429, "credit_balance_exhausted"), Refused, "top it up"),
    "429, spend limit": (Fault(429, "enforced_spend_limit_reached"), Refused, "top it up"),
    "400, credit": (Fault(400, message="Your credit balance is too low."), Refused, "top it up"),
    "402": (Fault(402), Refused, "top it up"),
    "500": (Fault(500), Unreachable, "status 500"),
    "502, html": (Fault(502, body=HTML, headers={"content-type": "text/html"}), Unreachable, "status 502"),
    "503": (Fault(503), Unreachable, "status 503"),
    "529": (Fault(529), Unreachable, "status 529"),
    "408": (Fault(408), Unreachable, "status 408"),
    "409": (Fault(409), Unreachable, "status 409"),
    "401": (Fault(401, message="Incorrect API key: sk-secret-999"), Refused, "set a valid one"),
    "403": (Fault(403), Refused, "ask the account's owner"),
    "404": (Fault(404, "model_not_found"), Refused, "check the model's name"),
    "404, html": (Fault(404, body=HTML), Refused, "check the model's name"),
    "400, too long": (Fault(400, "context_length_exceeded"), Refused, "too long for model-a"),
    "400, too long in words": (Fault(400, message="prompt is too long: 210000 tokens"), Refused, "too long for"),
    "413": (Fault(413), Refused, "too long for model-a"),
    "400, other": (Fault(400, message="No such thing: sk-secret-999."), Refused, "No such thing: "),
    "400, html": (Fault(400, body=HTML), Refused, "did not say why"),
    "422": (Fault(422, message="Not so."), Refused, "Not so."),
    "200, html": (Fault(200, body=HTML, headers={"content-type": "text/html"}), BadReply, "agreed form"),
    "200, html called json": (Fault(200, body=HTML), BadReply, "agreed form"),
    "200, empty": (Fault(200, body=""), BadReply, "empty"),
    "200, half of JSON": (Fault(200, body='{"output": [{"type": "mess'), BadReply, "agreed form"),
    "200, another JSON": (Fault(200, body='["nothing"]'), BadReply, "agreed form"),
    "200, null": (Fault(200, body="null"), BadReply, "agreed form"),
    "200, an error in it": (Fault(200, body='{"type": "error", "error": {"message": "x"}}'), RushesError, ""),
    "200, failed": (Bent(says("x"), _failed), RushesError, ""),
    "200, nothing in it": (Bent(says("x"), _emptied), BadReply, "nothing in it"),
    "200, unfinished": (Bent(says("x"), _unfinished), BadReply, "unfinished"),
    "200, unheard-of stop": (Bent(says("x"), _unheard_of), BadReply, "unfinished"),
    "200, nameless call": (Bent(calls(("look", {})), _nameless), BadReply, "no name"),
    "reset": (Fault(how="cut"), Unreachable, "cannot be reached"),
    "cut in the middle": (Fault(200, body='{"a": "' + "b" * 500 + '"}', how="half"), Unreachable, "cannot be reached"),
    "no gzip": (Fault(200, body="x", headers={"content-encoding": "gzip"}), RushesError, ""),
    "redirect to itself": (Fault(307, headers={"location": "/v1/nowhere"}), RushesError, ""),
}


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_becomes_one_of_our_errors_in_one_clear_sentence(ask: Ask, name: str) -> None:
    fault, kind, words = FAULTS[name]
    with pytest.raises(RushesError) as raised:
        ask(SHORT, fault)
    text = str(raised.value)
    assert isinstance(raised.value, kind)
    assert isinstance(raised.value, Busy | Unreachable | BadReply | Refused)
    assert words in text
    assert raised.value.__cause__ is None
    assert "sk-" not in text
    assert "<" not in text
    assert "\n" not in text
    assert len(text) < 300


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "4294967295"}, 4294967295.0),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
    ],
)
def test_busy_says_how_long_the_provider_asks_to_wait(ask: Ask, headers: dict[str, str], seconds: float | None) -> None:
    with pytest.raises(Busy) as raised:
        ask(SHORT, Fault(429, "rate_limit_exceeded", headers=headers))
    assert raised.value.retry_after == seconds


def test_a_provider_that_hangs_is_left_after_the_time_given(ask: Ask) -> None:
    with pytest.raises(Unreachable, match=r"did not answer within 0\.2 seconds"):
        ask(SHORT.model_copy(update={"timeout": 0.2}), Fault(how="hang"))


def test_one_ask_is_one_request_whatever_comes_of_it(wire: str) -> None:
    with ModelServer([Fault(503), says("never asked for")]) as server:
        provider, _ = provider_for(f"{wire}:m", {wire: KEY}, {wire: base_url(server, wire)})
        with pytest.raises(Unreachable):
            provider.ask(SHORT)
        provider.close()  # type: ignore[attr-defined]
        assert len(server.asked) == 1


def test_a_provider_that_is_not_there_is_unreachable(wire: str) -> None:
    with ModelServer() as server:
        url = base_url(server, wire)
    provider, _ = provider_for(f"{wire}:m", {wire: KEY}, {wire: url})
    with pytest.raises(Unreachable, match="cannot be reached"):
        provider.ask(SHORT)
    provider.close()  # type: ignore[attr-defined]


def test_a_wrong_key_is_refused_and_never_shown(wire: str) -> None:
    with ModelServer([says("x")], key="another") as server:
        provider, _ = provider_for(f"{wire}:m", {wire: KEY}, {wire: base_url(server, wire)})
        with pytest.raises(Refused, match="does not accept the key") as raised:
            provider.ask(SHORT)
        provider.close()  # type: ignore[attr-defined]
    assert KEY.get_secret_value() not in str(raised.value) + repr(provider)


def test_a_compatible_server_may_need_no_key(wire: str) -> None:
    with ModelServer([says("Good.")]) as server:
        provider, _ = provider_for(f"{wire}:m", {}, {wire: base_url(server, wire)})
        assert provider.ask(SHORT).message.text == "Good."
        provider.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("key", [None, SecretStr(" "), SecretStr("sk-\u201cquoted\u201d"), SecretStr("two words")])
def test_a_key_that_cannot_be_one_is_said_before_anything_is_sent(wire: str, key: SecretStr | None) -> None:
    with pytest.raises(SetUp, match="key"):
        provider_for(f"{wire}:m", {wire: key}, {})


@pytest.mark.parametrize(
    ("model", "place", "name"),
    [
        ("openai:gpt-x", "openai", "gpt-x"),
        ("openai:local/llama:8b", "openai", "local/llama:8b"),
        ("gpt-x", "openai", "gpt-x"),
        ("anthropic:claude-x", "anthropic", "claude-x"),
        ("claude-x", "anthropic", "claude-x"),
    ],
)
def test_a_models_name_says_where_it_lives(model: str, place: str, name: str) -> None:
    found, rest = place_of(model)
    assert (found.name, rest) == (place, name)


@pytest.mark.parametrize("model", ["", "llama", "openai:", "nobody:gpt-x"])
def test_a_model_of_nobody_is_not_found(model: str) -> None:
    with pytest.raises(NotFound, match="write openai:NAME"):
        place_of(model)
