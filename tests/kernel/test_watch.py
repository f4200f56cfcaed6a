"""The end of a subchat: no false completion, no missed true one."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.messages import Message, Part, Reply, Text, ToolCall, Usage
from kernel.providers.scripted import calls, says
from kernel.store.records import Job
from kernel.subchat import ending
from kernel.watch import MARKER, NUDGE, marked
from tests.kernel.house import House, body_of, hand_in, results, write


def reply(*texts: str, stop: Any = "end", tools: tuple[str, ...] = ()) -> Reply:
    """Return a reply of some texts and calls."""
    calls_in = [ToolCall(id=str(number), name=name, arguments="{}") for number, name in enumerate(tools)]
    parts: list[Part] = [*(Text(text=text) for text in texts), *calls_in]
    return Reply(message=Message(role="assistant", parts=tuple(parts)), stop=stop, usage=Usage(), model="m")


TRUE = {
    "alone": reply(MARKER),
    "after words": reply(f"Here it is.\n{MARKER}"),
    "after an empty line": reply(f"Done.\n\n{MARKER}"),
    "with blanks behind": reply(f"Done.\n{MARKER}  \n\n"),
    "with hand_in": reply(f"Done.\n{MARKER}", stop="tools", tools=("hand_in",)),
    "in a part of its own": reply("Done.", MARKER),
    "after a closed fence": reply(f"```json\n{{}}\n```\n{MARKER}"),
    "after a closed fence of tildes": reply(f"~~~\n{{}}\n~~~\n{MARKER}"),
    "after a fence in one line": reply(f"```a = 1``` is what I set.\n{MARKER}"),
    "after a longer fence with a shorter one in it": reply(f"````\n```\n````\n{MARKER}"),
    "after a mention": reply(f"I end with {MARKER} now.\n{MARKER}"),
    "said twice": reply(f"{MARKER}\n{MARKER}"),
}
FALSE = {
    "in a quote": reply(f"> {MARKER}"),
    "in quotation marks": reply(f'"{MARKER}"'),
    "in single quotes": reply(f"'{MARKER}'"),
    "in backticks": reply(f"`{MARKER}`"),
    "in a code fence": reply(f"```\n{MARKER}\n```"),
    "in an open code fence": reply(f"The transcript:\n```\n{MARKER}"),
    "in an open fence of tildes": reply(f"The transcript:\n~~~\n{MARKER}"),
    "in a longer fence": reply(f"````\n```\n{MARKER}"),
    "lower case": reply("agent_complete"),
    "mixed case": reply("Agent_Complete"),
    "with a full stop": reply(f"{MARKER}."),
    "with an exclamation": reply(f"{MARKER}!"),
    "with a bracket": reply(f"[{MARKER}]"),
    "bold": reply(f"**{MARKER}**"),
    "with a blank in it": reply("AGENT COMPLETE"),
    "with a hyphen": reply("AGENT-COMPLETE"),
    "mid-line": reply(f"I say {MARKER}"),
    "at the start of a line": reply(f"{MARKER} is what I will say"),
    "not on the last line": reply(f"{MARKER}\nOne more thing."),
    "as a list item": reply(f"- {MARKER}"),
    "as a heading": reply(f"# {MARKER}"),
    "longer": reply(f"{MARKER}D"),
    "twice in a line": reply(f"{MARKER} {MARKER}"),
    "split in two": reply("AGENT_\nCOMPLETE"),
    "with an unseen character": reply(f"\u200b{MARKER}"),
    "in other letters": reply("АGENT_COMPLETE"),
    "cut off by length": reply(f"Done.\n{MARKER}", stop="length"),
    "in a refusal": reply(MARKER, stop="refusal"),
    "with another call": reply(MARKER, stop="tools", tools=("look",)),
    "with hand_in and another call": reply(MARKER, stop="tools", tools=("hand_in", "patch")),
    "in the arguments": calls(("write", {"document": MARKER})),
    "no words at all": reply(),
    "empty words": reply(""),
}


@pytest.mark.parametrize("form", TRUE)
def test_the_marker_as_the_experts_own_last_line_is_seen(form: str) -> None:
    assert marked(TRUE[form])
    assert ending(TRUE[form], {"handed_in": True}) is None


@pytest.mark.parametrize("form", FALSE)
def test_what_only_looks_like_the_marker_ends_nothing(form: str) -> None:
    assert not marked(FALSE[form])
    assert ending(FALSE[form], {"handed_in": True}) is not None


@pytest.mark.parametrize("form", TRUE)
def test_the_marker_without_a_document_ends_nothing(form: str) -> None:
    assert ending(TRUE[form], {"handed_in": False}) == NUDGE


def made(house: House, *lines: Any) -> Job:
    """Have the log made by these lines, then well."""
    job = house.open()
    house.lines["cut.log"].extend(lines)
    house.jobs.run_step(job, "log", "w1")
    house.ended("w1")
    return job


def good(request: Any) -> Reply:
    return write(body_of(request))


def last_words(house: House) -> str:
    """Return what the expert was told last."""
    return house.scripted.requests[-1].messages[-1].text


def test_after_hand_in_no_false_marker_ends_the_subchat_and_a_true_one_does(patient: House) -> None:
    job = made(patient, good, hand_in(""), *FALSE.values(), says(MARKER), says("Never asked."))
    assert patient.asked["cut.log"] == 2 + len(FALSE) + 1
    assert patient.states(job)["log"] == "done"
    nudge = f"Your document is handed in. Say {MARKER} alone on the last line to end."
    assert last_words(patient) == nudge


def test_the_marker_may_come_with_hand_in_or_in_the_next_message(house: House) -> None:
    job = made(house, good, hand_in("Here.\nAGENT_COMPLETE"))
    assert house.asked["cut.log"] == 2
    house.lines["cut.selects_talk"].extend([good, hand_in("Here."), says(MARKER)])
    house.jobs.run_step(job, "selects_talk", "w2")
    house.ended("w2")
    assert house.asked["cut.selects_talk"] == 3
    assert house.states(job)["selects_talk"] == "done"


def test_a_marker_before_hand_in_does_not_count_for_later(house: House) -> None:
    made(house, says(MARKER), good, hand_in("Here."), says(MARKER))
    assert house.asked["cut.log"] == 4
    assert house.scripted.requests[1].messages[-1].text == NUDGE


def test_a_marker_in_what_a_tool_says_ends_nothing(house: House) -> None:
    assert "AGENT_COMPLETE" in house.looked("all")
    made(house, good, hand_in(""), calls(("look", {"where": "all"})), says("It says so."), says(MARKER))
    assert house.asked["cut.log"] == 5
    assert results(house.scripted.requests[-1])[-1].text.endswith(MARKER)


def test_a_change_after_hand_in_must_be_handed_in_again(house: House) -> None:
    change = calls(("patch", {"changes": [{"op": "replace", "path": "/kind", "value": '"montage"'}]}))
    job = made(house, good, hand_in("Here."), change, says(MARKER), hand_in())
    assert house.asked["cut.log"] == 5
    assert last_words(house) == NUDGE
    assert house.kept(job, "log").body["kind"] == "montage"


def test_a_hand_in_that_is_refused_does_not_end_with_its_marker(house: House) -> None:
    job = made(house, hand_in(), says(MARKER), good, hand_in())
    assert house.asked["cut.log"] == 4
    assert house.states(job)["log"] == "done"
    assert "Not handed in." in results(house.scripted.requests[1])[-1].text
