"""An expert's closed chat: nonsense goes back as a sentence, caps keep the draft, a rerun stays within its scope."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kernel.expert import Expert
from kernel.jobs import Scope
from kernel.messages import Message, Reply, Request, ToolCall, Usage
from kernel.providers.scripted import calls, says
from kernel.store.records import Instruction, Job, Run
from kernel.subchat import OPENING, fields_of, worded
from kernel.watch import NUDGE
from tests.kernel.house import House, Log, hand_in, results, write

GOOD = {"kind": "talk", "lines": [{"id": "a", "text": "Hello."}], "confidence": 0.5}


def raw(name: str, arguments: str, stop: Any = "tools") -> Reply:
    """Return a reply with one call whose arguments are any text."""
    part = ToolCall(id="c", name=name, arguments=arguments)
    return Reply(message=Message(role="assistant", parts=(part,)), stop=stop, usage=Usage(), model="scripted")


def made(house: House, *lines: Any) -> Job:
    """Have the log made by these lines, then well."""
    job = house.open()
    house.lines["cut.log"].extend(lines)
    house.jobs.run_step(job, "log", "w1")
    house.ended("w1")
    return job


def run(house: House, job: Job, step: str = "log") -> Run:
    """Return a step's newest run."""
    return house.store.runs.list(job.id, step)[0]


NONSENSE = {
    "hand in of nothing": (hand_in(), "Not handed in. This is no valid Log: confidence: Field required"),
    "unknown tool": (
        raw("delete_all", "{}"),
        "There is no tool 'delete_all'; there are: look, write, add_lines, patch, check",
    ),
    "no JSON": (raw("write", "{nonsense"), "The arguments of write do not fit: the whole: Invalid JSON"),
    "JSON cut off": (raw("write", '{"document": {"kind": "t', "length"), "The arguments of write do not fit"),
    "no object": (raw("write", "[1, 2]"), "The arguments of write do not fit"),
    "an argument too many": (raw("look", '{"where": "a", "why": "b"}'), "look do not fit: why: Extra inputs"),
    "an argument too few": (raw("look", "{}"), "look do not fit: where: Field required"),
    "a wrong kind": (raw("write", '{"document": {"kind": 7}}'), "document.kind: Input should be a valid string"),
    "a confidence of two": (
        write({**GOOD, "confidence": 2}),
        "document.confidence: Input should be less than or equal",
    ),
    "a rule broken": (write({**GOOD, "lines": []}), "Still to mend: There is no line in the log."),
    "a character that cannot be kept": (write({**GOOD, "kind": "a\0b"}), "Still to mend: There is a NUL character"),
    "half a character": (raw("write", '{"document": {"kind": "\\ud800", "lines": [], "confidence": 1}}'), "do not fit"),
    "no number": (raw("write", '{"document": {"kind": "a", "lines": [], "confidence": NaN}}'), "do"),
    "a patch of no place": (
        raw("patch", '{"changes": [{"op": "remove", "path": "/a/b", "value": null}]}'),
        "does not fit",
    ),
    "a patch without a slash": (
        raw("patch", '{"changes": [{"op": "add", "path": "a", "value": "1"}]}'),
        "does not fit",
    ),
    "a patch of no JSON": (raw("patch", '{"changes": [{"op": "add", "path": "/a", "value": "{"}]}'), "does not fit"),
    "a patch of the whole": (raw("patch", '{"changes": [{"op": "replace", "path": "", "value": "5"}]}'), "use write"),
    "a patch with no number": (
        raw("patch", '{"changes": [{"op": "add", "path": "/a", "value": "NaN"}]}'),
        "cannot be kept",
    ),
    "a patch with half a character": (
        raw("patch", '{"changes": [{"op": "add", "path": "/kind", "value": "\\"\\\\ud800\\""}]}'),
        "cannot be kept",
    ),
    "a patch by a strange word": (
        raw("patch", '{"changes": [{"op": "burn", "path": "/a", "value": null}]}'),
        "do not fit",
    ),
    "an item of the wrong kind": (raw("add_lines", '{"items": [3]}'), "add_lines do not fit: items.0"),
}


def test_nonsense_goes_back_to_the_model_as_a_sentence_and_it_mends_it(patient: House) -> None:
    job = made(patient, *[line for line, _ in NONSENSE.values()], write(GOOD), hand_in())
    for number, (form, (_, told)) in enumerate(NONSENSE.items(), 1):
        answer = results(patient.scripted.requests[number])[-1]
        assert told in answer.text, form
        assert "\n" not in answer.text, form
        assert answer.is_error == ("Still to mend" not in answer.text), form
    assert patient.states(job)["log"] == "done"
    assert patient.asked["cut.log"] == len(NONSENSE) + 2


def test_a_long_document_may_be_written_part_by_part_and_checked(house: House) -> None:
    job = made(
        house,
        write({**GOOD, "lines": []}),
        calls(("check", {})),
        calls(
            ("add_lines", {"items": [{"id": "a", "text": "One."}]}),
            ("add_lines", {"items": [{"id": "b", "text": "Two."}]}),
        ),
        calls(("check", {}), ("show_draft", {})),
        hand_in(),
    )
    said = [result.text for result in results(house.scripted.requests[-1])]
    assert said[1] == "There is no line in the log."
    assert said[4] == "All is well: hand it in."
    assert json.loads(said[5])["lines"][1] == {"id": "b", "text": "Two."}
    assert [line["text"] for line in house.kept(job, "log").body["lines"]] == ["One.", "Two."]


def test_who_only_talks_is_nudged(house: House) -> None:
    made(
        house,
        says("Let me think."),
        Reply(message=Message(role="assistant", parts=()), stop="end", usage=Usage(), model="m"),
    )
    second, third = house.scripted.requests[1], house.scripted.requests[2]
    assert second.messages[-1].text == NUDGE
    assert [message.role for message in third.messages] == ["user", "assistant", "user", "user"]
    assert third.messages[0].text == OPENING


def test_the_turns_are_capped_and_the_draft_is_kept(house: House) -> None:
    job = made(house, write(GOOD), *[says("Hm.")] * 20)
    assert house.asked["cut.log"] == house.max_turns
    assert run(house, job).error == "It did not hand in within 8 turns."
    assert json.loads(str(run(house, job).draft)) == GOOD
    assert house.states(job)["log"] == "ready"


@pytest.fixture
def short(tmp_path: Path) -> Iterator[House]:
    """A house whose experts may use 250 tokens: two replies and a bit."""
    built = House(tmp_path, max_tokens=250)
    yield built
    built.close()


def test_the_tokens_are_capped_and_the_draft_is_kept(short: House) -> None:
    job = made(short, write(GOOD), *[says("Hm.")] * 20)
    assert short.asked["cut.log"] == 3
    assert run(short, job).error == "It used up its 250 tokens without handing in."
    assert json.loads(str(run(short, job).draft)) == GOOD


def test_the_minutes_are_capped_and_the_draft_is_kept(tmp_path: Path) -> None:
    house = House(tmp_path, max_minutes=0.0, draft=GOOD)
    job = made(house)
    assert house.asked["cut.log"] == 0
    assert run(house, job).error == "It did not hand in within 0 minutes."
    assert json.loads(str(run(house, job).draft)) == GOOD
    house.close()


def test_a_failed_subchat_can_be_resumed(house: House) -> None:
    job = made(house, *[says("Hm.")] * 8)
    assert house.jobs.status(job) == "failed"
    house.jobs.resume(job, "ann", "w2")
    assert house.ended("w2")["end"] == "gate"


def test_what_was_said_in_a_subchat_is_kept_to_its_last_word(house: House) -> None:
    job = made(house)
    kept = house.store.messages.list(run(house, job).id)
    assert [message.role for message in kept] == ["assistant", "user", "assistant", "user", "assistant"]
    assert kept[-1].parts[0]["text"] == "AGENT_COMPLETE"


PLAN = {"title": "T", "operations": [{"id": "c1", "text": "cut"}, {"id": "c2", "text": "fade"}], "confidence": 0.5}


@pytest.fixture
def planned(house: House) -> Job:
    """A job with a plan of two operations."""
    job = house.open()
    house.lines["cut.plan"].extend([write(PLAN), hand_in()])
    house.run_all(job, "w1")
    return job


def rerun(house: House, job: Job, fields: tuple[str, ...], *lines: Any) -> None:
    """Have the plan made anew with a note about some fields."""
    house.lines["cut.plan"].extend(lines)
    house.jobs.rerun(job, "plan", "make it slower", Scope(fields=fields), "ann", "note", refresh=False)
    house.ended("note")


def test_a_rerun_may_change_what_was_named_and_its_confidence(house: House, planned: Job) -> None:
    changes = [
        {"op": "replace", "path": "/operations/1/text", "value": '"slow fade"'},
        {"op": "replace", "path": "/confidence", "value": "0.9"},
    ]
    rerun(house, planned, ("/operations/c2",), calls(("patch", {"changes": changes})), hand_in())
    kept = house.kept(planned, "plan")
    assert (kept.version, kept.confidence) == (2, 0.9)
    assert kept.body["operations"][1]["text"] == "slow fade"


@pytest.mark.parametrize("fields", [("/operations/c2",), ("operations/c2",), ("/operations/c2/text",)])
def test_a_rerun_that_changes_more_is_sent_back_with_a_sentence_and_mended(
    house: House, planned: Job, fields: tuple[str, ...]
) -> None:
    slow = [{"id": "c1", "text": "cut"}, {"id": "c2", "text": "slow fade"}]
    too_much = {**PLAN, "title": "Another", "operations": slow}
    rerun(house, planned, fields, write(too_much), hand_in(), write({**PLAN, "operations": slow}), hand_in())
    sent_back = results(house.scripted.requests[-2])[-1]
    assert sent_back.is_error
    named = f"/{fields[0].strip('/')}"
    assert sent_back.text == (
        f"The note is about {named} only, but these changed too: /title. Put them back as they were."
    )
    assert house.kept(planned, "plan").body == {**PLAN, "operations": slow}


def test_who_never_stays_within_the_scope_makes_no_document(house: House, planned: Job) -> None:
    rerun(house, planned, ("/operations",), *[write({**PLAN, "title": "Another"}), hand_in()] * 4)
    assert house.versions(planned)["plan"] == 1
    assert run(house, planned, "plan").status == "failed"


def test_a_rerun_without_a_scope_may_change_all(house: House, planned: Job) -> None:
    rerun(house, planned, (), write({**PLAN, "title": "Another", "operations": []}), hand_in())
    assert house.kept(planned, "plan").body["title"] == "Another"


def test_a_span_of_seconds_becomes_the_places_that_belong_to_it() -> None:
    def places(body: Any, start: float, end: float) -> tuple[str, ...]:
        return tuple(f"/operations/{op['id']}" for op in body["operations"] if start <= op["at"] <= end)

    expert = Expert("cut.plan", Log, "p", dict, places=places)  # type: ignore[arg-type]
    before = {"operations": [{"id": "c1", "at": 1}, {"id": "c2", "at": 5}]}
    assert fields_of(expert, before, {"from": 4.0, "to": 6.0, "fields": []}) == ("/operations/c2",)
    assert fields_of(expert, before, {"from": 1.0, "to": None, "fields": ["title"]}) == ("/title", "/operations/c1")
    assert fields_of(expert, before, None) == ()
    assert fields_of(expert, None, {"from": 4.0, "to": 6.0}) == ()


@pytest.mark.parametrize(
    ("spot", "read"),
    [
        ({"from": 10.0, "to": 15.04}, "slow [10.0 to 15.0 s of the cut that they saw]"),
        ({"from": 10.0, "to": None}, "slow [10.0 s of the cut that they saw]"),
        ({"from": None, "to": None}, "slow"),
        (None, "slow"),
    ],
)
def test_a_note_is_read_with_its_own_spot(spot: dict[str, Any] | None, read: str) -> None:
    assert worded(Instruction(job="j", step="plan", text="slow", scope=spot, by="ann")) == read


def test_the_prompt_is_rendered_from_the_same_values_that_an_understudy_plays_from(house: House) -> None:
    made(house)
    request: Request = house.scripted.requests[0]
    assert request.scene["documents"] == {"brief": {"wish": "short", "kind": "talk"}}
    assert str(request.scene["documents"]["brief"]) in request.system
    assert request.system.startswith("You are cut.log. You make Log.")
    assert {tool.name for tool in request.tools} == {
        "look",
        "write",
        "add_lines",
        "patch",
        "check",
        "show_draft",
        "hand_in",
    }
