"""tests/fakes/models: the fake must be as strict as the real APIs, or it proves nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from kernel.errors import Refused
from kernel.messages import Image, Message, Provider, Reply, Request, Text, ToolSpec, said
from kernel.providers import provider_for
from kernel.providers.openai import OpenAI
from kernel.providers.scripted import says
from kernel.schema import strict
from tests.fakes.models.check import MOST_OF_A_PICTURE, anthropic_problems, openai_problems
from tests.fakes.models.handover import Handover
from tests.fakes.models.server import ModelServer

ROOT = Path(__file__).parents[2]
KEY = SecretStr("sk-test")
HELLO = Request(model="model-a", system="Be brief.", messages=(said("user", "Hello."),), timeout=10)
CALL = {"type": "function_call", "call_id": "call_a", "name": "look", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_a", "output": "A street."}
LOOSE = {"type": "object", "properties": {"at": {"type": "string", "minLength": 1}}, "additionalProperties": True}
ASKS = {"role": "user", "content": "Hello."}
USES = {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "look", "input": {}}]}
ANSWERS = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "A street."}]}


def openai_body(**changes: object) -> dict[str, Any]:
    return {"model": "m", "input": [ASKS, CALL, OUTPUT], "max_output_tokens": 10, **changes}


def anthropic_body(**changes: object) -> dict[str, Any]:
    return {"model": "m", "messages": [ASKS, USES, ANSWERS], "max_tokens": 10, **changes}


def function(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "function", "name": "look", "description": "", "parameters": parameters, "strict": True}


def test_good_bodies_are_taken() -> None:
    assert openai_problems(openai_body(tools=[function(strict({"type": "object"}))])) == []
    assert anthropic_problems(anthropic_body()) == []


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (openai_body(colour="red"), "Unknown parameter"),
        (openai_body(max_output_tokens=None), "max_output_tokens"),
        (openai_body(input=[]), "Missing required parameter: 'input'"),
        (openai_body(input=[ASKS, CALL]), "No tool output found"),
        (openai_body(input=[ASKS, CALL, ASKS]), "No tool output found"),
        (openai_body(input=[ASKS, OUTPUT]), "No tool call found"),
        (openai_body(input=[ASKS, CALL, {**CALL, "call_id": "b"}, {**OUTPUT, "call_id": "b"}, OUTPUT]), "order"),
        (openai_body(input=[{"role": "judge", "content": "Hm."}]), "Invalid role"),
        (openai_body(tools=[function(LOOSE)]), "Invalid schema for function 'look'"),
        (openai_body(tools=[{**function({}), "name": "look at"}]), "Invalid tool"),
    ],
)
def test_what_openai_would_refuse_is_refused(body: Mapping[str, Any], complaint: str) -> None:
    assert complaint in " ".join(openai_problems(body))


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (anthropic_body(store=False), "store: Extra inputs"),
        (anthropic_body(max_tokens=None), "max_tokens: Field required"),
        (anthropic_body(messages=[ASKS, USES]), "without tool_result"),
        (anthropic_body(messages=[ASKS, USES, ASKS]), "must be answered"),
        (anthropic_body(messages=[ASKS, ANSWERS]), "alternate"),
        (anthropic_body(messages=[USES]), "alternate"),
        (anthropic_body(messages=[{"role": "user", "content": ""}]), "non-empty"),
        (anthropic_body(tools=[{"name": "look", "input_schema": {}}]), "input_schema.type"),
        (anthropic_body(system=[{"type": "text", "text": "x", "cache_control": {}}] * 5), "maximum of 4"),
    ],
)
def test_what_anthropic_would_refuse_is_refused(body: Mapping[str, Any], complaint: str) -> None:
    assert complaint in " ".join(anthropic_problems(body))


PICTURES = {
    "another kind": ("image/jpeg", "iVBORw==", "is no image/jpeg"),
    "an unknown kind": ("image/bmp", "Qk0=", "not supported"),
    "no base64": ("image/png", "???", "is no image/png"),
    "too large": ("image/png", "iVBORw" + "A" * MOST_OF_A_PICTURE, "exceeds"),
}


@pytest.mark.parametrize(("kind", "data", "complaint"), PICTURES.values(), ids=PICTURES)
def test_a_picture_that_no_model_could_see_is_refused_by_both(kind: str, data: str, complaint: str) -> None:
    seen = {"type": "input_image", "image_url": f"data:{kind};base64,{data}", "detail": "auto"}
    block = {"type": "image", "source": {"type": "base64", "media_type": kind, "data": data}}
    assert complaint in " ".join(openai_problems(openai_body(input=[{"role": "user", "content": [seen]}])))
    assert complaint in " ".join(anthropic_problems(anthropic_body(messages=[{"role": "user", "content": [block]}])))


def test_a_bad_request_is_answered_with_400_and_noted() -> None:
    loose = HELLO.model_copy(update={"tools": (ToolSpec(name="look", description="", parameters=LOOSE),)})
    with ModelServer([says("never")]) as server:
        provider = OpenAI(KEY, server.openai_url)
        with pytest.raises(Refused, match="Invalid schema for function 'look'"):
            provider.ask(loose)
        provider.close()
        assert "Invalid schema" in server.bad[0]
        assert server.asked == []


def test_a_script_that_is_over_is_a_refusal_and_no_reason_to_try_again() -> None:
    with ModelServer() as server:
        provider = OpenAI(KEY, server.openai_url)
        with pytest.raises(Refused, match="no more lines"):
            provider.ask(HELLO)
        provider.close()


@pytest.mark.parametrize("wire", ["openai", "anthropic"])
def test_several_may_ask_at_once_where_the_answer_is_a_function(wire: str) -> None:
    meet = threading.Barrier(3, timeout=10)

    def echo(request: Request) -> Reply:
        meet.wait()
        return says(request.messages[-1].text)

    with ModelServer(echo) as server, ThreadPoolExecutor(3) as pool:
        provider = connected(wire, server)
        asked = [HELLO.model_copy(update={"messages": (said("user", word),)}) for word in "abc"]
        assert [reply.message.text for reply in pool.map(provider.ask, asked)] == ["a", "b", "c"]
        provider.close()  # type: ignore[attr-defined]


def connected(wire: str, server: ModelServer) -> Provider:
    urls = {"openai": server.openai_url, "anthropic": server.anthropic_url}
    return provider_for(f"{wire}:model-a", {wire: KEY}, urls)[0]


def test_it_lists_its_models_and_knows_no_other_path() -> None:
    with ModelServer() as server:
        with urllib.request.urlopen(f"{server.openai_url}/models") as answer:
            assert [model["id"] for model in json.load(answer)["data"]] == ["model-a", "model-b"]
        with pytest.raises(urllib.error.HTTPError, match="404") as error:
            urllib.request.urlopen(f"{server.openai_url}/elsewhere", data=b"{}")
        error.value.close()


def appear(path: Path) -> str:
    """Wait for a file that another thread writes; the test's own time limit ends a vain wait."""
    while not path.exists():
        threading.Event().wait(0.01)
    return path.read_text()


@pytest.mark.parametrize("wire", ["openai", "anthropic"])
def test_a_reader_can_play_the_model_through_files(tmp_path: Path, wire: str) -> None:
    picture = Image(media_type="image/png", data="iVBORw==")
    look = ToolSpec(name="look", description="Look at a frame.", parameters=strict({"type": "object"}))
    talk = (Message(role="user", parts=(Text(text="What is this?"), picture)),)
    asked = HELLO.model_copy(update={"messages": talk, "tools": (look,), "timeout": 0.2})
    hand = Handover(tmp_path, threading.Event())
    with ModelServer(hand, slow=True, heartbeat=0.05) as server, ThreadPoolExecutor(1) as pool:
        provider = connected(wire, server)
        reply = pool.submit(provider.ask, asked)
        request = json.loads(appear(tmp_path / "0001.request.json"))
        (tmp_path / "0001.reply.json").write_text('{"calls": [{"nam')
        assert "Invalid JSON" in appear(tmp_path / "0001.problem.txt")
        threading.Event().wait(0.3)  # longer than the client's patience: the blanks keep it waiting
        (tmp_path / "0001.reply.json").write_text(
            '{"text": "Hm.", "calls": [{"name": "look", "arguments": {"at": 1}}]}'
        )
        message = reply.result(10).message
        assert (message.text, message.calls[0].name, message.calls[0].arguments) == ("Hm.", "look", '{"at": 1}')
        assert provider.ask(asked).message == message
        provider.close()  # type: ignore[attr-defined]
    assert request["system"] == "Be brief."
    assert request["reply_to"] == "0001.reply.json"
    assert (tmp_path / "0001.image1.png").read_bytes() == b"\x89PNG"
    shown = (tmp_path / "0001.request.md").read_text()
    assert all(words in shown for words in ("Be brief.", "What is this?", "Look at a frame.", "0001.image1.png"))
    assert not (tmp_path / "0002.request.json").exists()
    assert not (tmp_path / "0001.problem.txt").exists()


def test_the_hand_over_goes_on_where_it_stopped(tmp_path: Path) -> None:
    (tmp_path / "0001.reply.json").write_text('{"text": "One."}')
    (tmp_path / "0002.reply.json").write_text('{"text": "Two."}')
    assert Handover(tmp_path, threading.Event())(HELLO).message.text == "One."
    again = Handover(tmp_path, threading.Event())
    assert again(HELLO).message.text == "One."
    assert again(HELLO.model_copy(update={"system": "Else."})).message.text == "Two."


def test_it_runs_by_hand_and_says_where_it_is(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fakes.models", "--folder", str(tmp_path)]
    (tmp_path / "0001.reply.json").write_text('{"text": "By hand."}')
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        provider = OpenAI(None, url)
        try:
            assert provider.ask(HELLO).message.text == "By hand."
        finally:
            provider.close()
            process.terminate()


def test_its_help_says_how_to_answer() -> None:
    command = [sys.executable, "-m", "tests.fakes.models", "--help"]
    said_by_it = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert '{"text": "words", "calls": [{"name": "tool", "arguments": {"key": "value"}}]}' in said_by_it
