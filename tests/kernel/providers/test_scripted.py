"""kernel/providers/scripted.py."""

from __future__ import annotations

import json

import pytest

from kernel.errors import Refused, Unreachable
from kernel.messages import Message, Reply, Request, said
from kernel.providers.scripted import Scripted, calls, says

REQUEST = Request(model="any", system="", messages=(said("user", "Hello."),))


def test_it_says_its_lines_in_order_and_records_what_it_was_asked() -> None:
    provider = Scripted([says("One."), says("Two.")])
    assert [provider.ask(REQUEST).message.text for _ in range(2)] == ["One.", "Two."]
    assert provider.requests == [REQUEST, REQUEST]


def test_a_line_may_be_an_error_or_a_function_of_the_request() -> None:
    def echo(request: Request) -> Reply:
        return says(request.messages[-1].text)

    provider = Scripted([Unreachable("It is down."), echo])
    with pytest.raises(Unreachable, match="It is down"):
        provider.ask(REQUEST)
    assert provider.ask(REQUEST).message.text == "Hello."


def test_without_lines_it_refuses() -> None:
    with pytest.raises(Refused, match="no more lines"):
        Scripted([]).ask(REQUEST)


def test_calls_carry_their_arguments_as_json() -> None:
    reply = Scripted([calls(("look", {"at": "0:12"}), ("hand_in", {}), text="Now.")]).ask(REQUEST)
    assert reply.stop == "tools"
    assert [(call.name, json.loads(call.arguments)) for call in reply.message.calls] == [
        ("look", {"at": "0:12"}),
        ("hand_in", {}),
    ]


def test_ids_of_calls_are_new_in_a_conversation_and_the_same_when_it_is_played_again() -> None:
    line = calls(("look", {}), ("look", {}))
    first = Scripted([line]).ask(REQUEST)
    later = REQUEST.model_copy(update={"messages": (*REQUEST.messages, first.message, said("user", "And?"))})
    second = Scripted([line]).ask(later)
    ids = [call.id for message in (first.message, second.message) for call in message.calls]
    assert len(set(ids)) == 4
    assert Scripted([line]).ask(later) == second


def test_an_answer_without_calls_is_words() -> None:
    assert says("Good.").message == Message(role="assistant", parts=said("assistant", "Good.").parts)
