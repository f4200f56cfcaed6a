"""One step, whole: its seven phases and their order, what it gives back, what it refuses, how it fails."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import pytest

from kernel.document import Document
from kernel.engine import InlineEngine
from kernel.errors import NotReady, PlanError, Refused, RushesError, TimedOut, Unreachable, WorkerError
from kernel.jobs import Scope
from kernel.messages import Image, Reply, Request
from kernel.providers.scripted import USAGE
from kernel.store.records import Asset, Job
from kernel.studio import Studio
from kernel.tasks import Work
from tests.kernel.house import MADE, File, House, names, no, well, yes

T = TypeVar("T")
PNG = b"\x89PNG, or what begins like it"


@pytest.fixture
def poor(tmp_path: Path) -> Iterator[House]:
    """A house whose jobs may cost one call."""
    built = House(tmp_path, budget=0.004)
    yield built
    built.close()


def fail_once(house: House, task: str, error: Exception) -> None:
    """Have a task fail the first time it is made."""
    left = [error]

    def make(work: Work) -> File:
        if left:
            raise left.pop()
        return File(name="made")

    house.tasks[task] = make


def run_of(house: House, job: Job, step: str) -> str:
    """Return the id of a step's newest run."""
    return house.store.runs.list(job.id, step)[0].id


class Listening(InlineEngine):
    """An engine that notes what it is asked to remember."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def remember(self, name: str, act: Callable[[], T]) -> T:
        self.heard.append(name)
        return super().remember(name, act)


def test_a_step_passes_its_seven_phases_in_order(tmp_path: Path) -> None:
    engine = Listening()
    house = House(tmp_path, engine=engine)
    house.jobs.run_step(house.open(), "log", "w1")
    house.ended("w1")
    phases = ["register", "ready", "dedupe", "policies"]
    chat = ["clock", "model", "tool look", "model", "tool write", "model", "tool hand_in"]
    assert engine.heard == ["advance", *phases, *chat, "attempt", "keep", "tell", "advance"]
    house.close()


def test_an_expert_is_shown_pictures_that_are_drawn_once_and_kept(tmp_path: Path) -> None:
    drawn: list[str] = []

    def shows(documents: Mapping[str, Document], studio: Studio, job: Job) -> tuple[str, ...]:
        drawn.append(job.id)
        made = studio.folder(job.id, "pictures") / "sheet.png"
        made.write_bytes(PNG)
        return (studio.keep(job, made, "picture", made.name).hash,)

    engine = Listening()
    house, shown = House(tmp_path, engine=engine, shows=shows), list[Request]()

    def look(request: Request) -> Reply:
        shown.append(request)
        return well(request)

    house.lines["cut.log"].extend([look, look, look])
    house.jobs.run_step(house.open(), "log", "w1")
    house.ended("w1")
    assert len(drawn) == engine.heard.count("show") == 1
    assert [[part.type for part in request.messages[0].parts] for request in shown] == [["image", "text"]] * 3
    picture = shown[0].messages[0].parts[0]
    assert isinstance(picture, Image)
    assert (picture.media_type, base64.b64decode(picture.data)) == ("image/png", PNG)
    house.close()


def test_nothing_is_drawn_where_no_model_will_look(tmp_path: Path) -> None:
    def shows(documents: Mapping[str, Document], studio: Studio, job: Job) -> tuple[str, ...]:
        raise AssertionError("drawn for nobody")

    house = House(tmp_path, shows=shows)
    job = house.open(model="offline")
    house.jobs.run_step(job, "log", "w1")
    house.ended("w1")
    assert house.kept(job, "log").version == 1
    house.close()


def test_a_kept_document_says_how_it_came_to_be(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    kept, brief = house.kept(job, "log"), house.kept(job, "brief")
    assert [(origin.step, origin.hash) for origin in kept.lineage] == [("brief", brief.hash)]
    assert (kept.schema, kept.schema_version, kept.version) == ("Log", 1, 1)
    assert kept.expert.startswith("cut.log@")
    assert kept.model == "scripted"
    assert (kept.prompt_tokens, kept.completion_tokens) == (3 * USAGE.prompt_tokens, 3 * USAGE.completion_tokens)
    [run] = house.store.runs.list(job.id, "log")
    assert (run.status, run.document_hash, run.inputs) == ("done", kept.hash, {"brief": brief.hash})
    assert run.ended is not None


def test_every_experts_document_has_a_confidence_and_no_plain_functions_has(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    found = {name: kept.confidence for name, kept in house.store.documents.current(job.id).items()}
    plain = {"brief", "sound", "master"}
    assert {name for name, confidence in found.items() if confidence is None} == plain
    assert {confidence for name, confidence in found.items() if name not in plain} == {0.75}


def test_what_the_documents_cost_is_what_the_ledger_says(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    house.rewrite(job, "other", wish="long")
    house.run_all(job, "w2")
    house.rewrite(job, "back")
    house.run_all(job, "w3")
    kept = [k for step in house.states(job) for k in house.store.documents.versions(job.id, step)]
    charges = house.store.ledger.list(job.id)
    assert sum(k.cost_usd for k in kept) == pytest.approx(house.store.ledger.spent(job.id))
    assert sum(k.prompt_tokens for k in kept) == sum(c.prompt_tokens for c in charges)
    assert sum(k.completion_tokens for k in kept) == sum(c.completion_tokens for c in charges)
    assert house.store.ledger.spent(job.id) > 0


def test_the_same_inputs_give_back_the_original_without_a_call(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    asked, before = house.asked.copy(), house.versions(job)
    house.rewrite(job, "other", wish="long")
    house.rewrite(job, "back")
    house.run_all(job, "w2")
    assert house.asked == asked
    assert house.versions(job) == {**before, "brief": 3}


def test_an_earlier_result_comes_back_when_its_inputs_do(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    first = house.store.documents.current(job.id)
    house.rewrite(job, "other", wish="long")
    house.run_all(job, "w2")
    asked = house.asked.copy()
    house.rewrite(job, "back")
    house.run_all(job, "w3")
    assert house.asked == asked, "the model was asked for what was made before"
    for step in MADE:
        kept = house.kept(job, step)
        assert (kept.version, kept.hash) == (3, first[step].hash)
        assert house.store.runs.list(job.id, step)[0].status == "deduplicated"
    spans = [span for span in house.store.traces.list(job.id) if span.name == "deduplicated"]
    assert len(spans) == len(MADE)


def test_an_approval_counts_again_for_the_very_document_it_was_given_to(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    house.approve(job, "w2")
    house.ended("w2")
    house.rewrite(job, "other", wish="long")
    assert house.run_all(job, "w3")["end"] == "gate"
    house.rewrite(job, "back")
    assert house.run_all(job, "w4")["end"] == "done"


def test_a_fresh_try_asks_the_model_again(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    house.jobs.run_step(job, "log", "w2", fresh=True)
    house.ended("w2")
    assert house.asked["cut.log"] == 6
    assert house.versions(job)["log"] == 2
    assert house.versions(job)["titles"] == 1


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("plan", r"plan cannot be made yet: it needs brief \(ready\), selects_talk \(blocked\), selects_montage"),
        ("log", r"log cannot be made yet: it needs brief \(ready\) first"),
    ],
)
def test_a_step_asked_for_too_early_names_what_is_missing(house: House, step: str, told: str) -> None:
    job = house.store.jobs.create(Job(pipeline="cut", title="A talk"))
    with pytest.raises(NotReady, match=told):
        house.jobs.run_step(job, step, "w1")
    assert house.store.runs.list(job.id) == []


def test_a_step_behind_a_gate_is_refused_until_the_gate_is_open(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    with pytest.raises(NotReady, match=r"needs master \(awaiting approval\) first"):
        house.jobs.run_step(job, "delivery", "w2")
    house.jobs.answer(job, no(house.kept(job, "master")), "w3")
    with pytest.raises(NotReady, match=r"needs master \(rejected\) first"):
        house.jobs.run_step(job, "delivery", "w4")


def test_a_rerun_gets_the_previous_document_and_all_instructions_oldest_first(house: House) -> None:
    job = house.open()
    house.run_all(job, "w1")
    first = house.kept(job, "plan")
    house.jobs.rerun(job, "plan", "bigger", Scope(), "ann", "n1")
    house.ended("n1")
    second = house.kept(job, "plan")
    house.jobs.rerun(job, "plan", "yellow", Scope(), "ben", "n2")
    house.ended("n2")
    asked = [request for request in house.scripted.requests if request.expert == "cut.plan"]
    openings = [request for request in asked if len(request.messages) == 1]
    assert [list(request.scene["instructions"]) for request in openings] == [[], ["bigger"], ["bigger", "yellow"]]
    assert [request.scene["previous"] for request in openings] == [None, first.body, second.body]
    assert "bigger" in openings[2].system
    assert openings[2].system.index("bigger") < openings[2].system.index("yellow")
    third = house.kept(job, "plan")
    assert (third.version, third.body["title"]) == (3, "bigger, yellow")
    assert third.instructions == ("n1:plan", "n2:plan")


def test_a_step_that_was_never_made_cannot_be_made_anew(house: House) -> None:
    job = house.open()
    with pytest.raises(NotReady, match=r"plan was not made yet\. plan cannot be made yet: it needs selects_talk"):
        house.jobs.rerun(job, "plan", "shorter", Scope(), "ann", "note")
    with pytest.raises(NotReady, match="made in the conversation"):
        house.jobs.rerun(job, "brief", "shorter", Scope(), "ann", "note")
    assert house.store.instructions.list(job.id, "plan") == []


def test_every_policy_is_asked_and_the_strictest_counts(tmp_path: Path) -> None:
    house = House(tmp_path, budget=0.0, quiet_hours="0-0")
    job = house.open()
    source = Asset(job=job.id, hash="h", role="raw_footage", name="a.mp4", url="a.mp4", size=2**40, source="s1")
    house.store.assets.keep(source)
    end = house.run_all(job, "w1")
    assert (end["end"], end["steps"]) == ("failed", ["log"])
    verdicts = house.store.verdicts.list(job.id)
    answers = {verdict.policy: verdict.answer for verdict in verdicts}
    assert answers == {"budget": "deny", "rounds": "allow", "media_limits": "deny", "quiet_hours": "allow"}
    assert all(verdict.why for verdict in verdicts)
    [run] = house.store.runs.list(job.id, "log")
    assert run.error == "The budget of $0.00 is used up ($0.00 spent): raise it to go on."
    assert house.asked.total() == 0
    house.close()


def test_the_budget_stops_paid_calls_in_the_middle_of_a_subchat(poor: House) -> None:
    job = poor.open()
    assert poor.run_all(job, "w1")["end"] == "failed"
    assert poor.asked["cut.log"] == 2
    assert "budget of $0.00 is used up" in str(poor.store.runs.list(job.id, "log")[0].error)
    assert poor.states(job)["log"] == "ready"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (PlanError("Clip c2 ends after its source."), "Clip c2 ends after its source."),
        (WorkerError("ffmpeg failed.", ("ffmpeg", "-i", "a"), "No such filter: 'warp'"), "No such filter: 'warp'"),
    ],
)
def test_what_the_worker_cannot_do_goes_back_to_the_plan_word_for_word(
    house: House, error: RushesError, told: str
) -> None:
    job = house.open()
    fail_once(house, "master", error)
    assert house.run_all(job, "w1")["end"] == "gate"
    [sent] = house.store.instructions.list(job.id, "plan")
    assert sent.by == "worker"
    assert str(error) in sent.text
    assert told in sent.text
    assert house.versions(job)["plan"] == 2
    assert house.kept(job, "plan").body["title"] == sent.text
    first = house.store.runs.list(job.id, "master")[1]
    assert (first.status, first.error) == ("failed", str(error))
    [failed] = house.events(job, "step_failed")
    assert failed.payload["sent_back_to"] == "plan"
    log = next(line for line in house.store.logs.list(job.id) if line.level == "error")
    assert log.metadata["command"] == list(getattr(error, "command", ()))


def test_a_single_step_that_blames_the_plan_goes_on_too(house: House) -> None:
    job = house.open()
    for step in MADE[:-1]:
        house.jobs.run_step(job, step, f"w-{step}")
        house.drain()
    fail_once(house, "master", PlanError("Clip c2 ends after its source."))
    house.jobs.run_step(job, "master", "w")
    assert house.ended("w")["end"] == "gate"
    assert house.versions(job)["plan"] == 2


def test_a_plan_that_never_works_is_sent_back_only_so_often(house: House) -> None:
    job = house.open()
    tried: list[int] = []

    def never(work: Work) -> File:
        tried.append(len(tried))
        raise PlanError(f"Not this either ({len(tried)}).")

    house.tasks["master"] = never
    end = house.run_all(job, "w1")
    assert end["end"] == "failed"
    assert len(tried) == house.rounds + 1
    assert house.versions(job)["plan"] == house.rounds + 1
    refused = house.store.runs.list(job.id, "plan")[0]
    assert (refused.status, refused.error) == (
        "failed",
        "plan was sent back 3 times without a person; look at it and say what to do.",
    )
    assert [v.answer for v in house.store.verdicts.list(job.id) if v.run == refused.id and v.policy == "rounds"] == [
        "ask"
    ]
    del house.tasks["master"]
    house.jobs.rerun(job, "plan", "cut it hard", Scope(), "ann", "note")
    assert house.ended("note")["end"] == "gate"


def test_a_render_that_takes_too_long_blames_nobody(house: House) -> None:
    job = house.open()
    fail_once(house, "master", TimedOut("It ran over its time."))
    assert house.run_all(job, "w1") == {"walk": "w1", "end": "failed", "steps": ["master"]}
    assert house.store.instructions.list(job.id, "plan") == []


def test_a_fault_of_ours_in_a_task_keeps_its_stack_and_the_job_can_be_resumed(house: House) -> None:
    job = house.open()
    fail_once(house, "sound", KeyError("beat"))
    assert house.run_all(job, "w1") == {"walk": "w1", "end": "failed", "steps": ["sound"]}
    _assert_told_as_a_fault(house, job, "sound", "KeyError", "raise left.pop()")
    house.jobs.resume(job, "ann", "w2")
    assert house.ended("w2")["end"] == "gate"
    assert house.asked["cut.log"] == 3


def test_a_fault_of_ours_in_a_tool_is_told_as_one(house: House) -> None:
    def stumble(where: str) -> str:
        raise ZeroDivisionError(where)

    job = house.open()
    house.looked = stumble
    assert house.run_all(job, "w1")["end"] == "failed"
    _assert_told_as_a_fault(house, job, "log", "ZeroDivisionError", "raise ZeroDivisionError(where)")


def test_a_fault_of_ours_in_a_prompt_is_told_as_one(house: House) -> None:
    job = house.open()
    (house.folder / "prompts" / "generic.j2").write_text("{{ nothing_of_that_name }}")
    assert house.run_all(job, "w1")["end"] == "failed"
    _assert_told_as_a_fault(house, job, "log", "UndefinedError", "nothing_of_that_name")
    assert house.jobs.status(job) == "failed"


def _assert_told_as_a_fault(house: House, job: Job, step: str, kind: str, line: str) -> None:
    run = house.store.runs.list(job.id, step)[0]
    assert run.status == "failed"
    assert str(run.error).startswith(f"{step} met a fault of ours ({kind}: ")
    assert str(run.error).endswith(f"`rushes logs {job.id[:8]}` has the details, and the job can be resumed.")
    assert "\n" not in str(run.error)
    assert line in str(run.stack)
    [event] = house.events(job, "step_failed")
    assert event.payload["why"] == run.error
    assert any(line in str(log.metadata.get("stack")) for log in house.store.logs.list(job.id))


def test_a_worker_error_keeps_the_place_where_it_was_raised(house: House) -> None:
    job = house.open()
    fail_once(house, "sound", WorkerError("ffmpeg failed.", ("ffmpeg",), "Bad data"))
    house.run_all(job, "w1")
    assert "raise left.pop()" in str(house.store.runs.list(job.id, "sound")[0].stack)


def test_a_passing_fault_is_tried_again_and_each_attempt_is_kept(house: House) -> None:
    job = house.open()
    house.lines["cut.log"].extend([Unreachable("No answer.")] * 3)
    house.jobs.run_step(job, "log", "w1")
    house.ended("w1")
    found = house.store.runs.attempts(run_of(house, job, "log"))
    assert [(attempt.number, attempt.error) for attempt in found] == [(1, "No answer."), (2, None)]
    assert "Unreachable" in str(found[0].stack)


def test_a_provider_that_refuses_is_asked_once_and_the_step_fails_with_its_words(house: House) -> None:
    job = house.open()
    house.lines["cut.log"].append(Refused("The key is not valid: set another."))
    assert house.run_all(job, "w1")["end"] == "failed"
    assert house.asked["cut.log"] == 1
    assert house.store.runs.list(job.id, "log")[0].error == "The key is not valid: set another."


def test_a_task_that_breaks_its_documents_rules_fails(house: House) -> None:
    job = house.open()
    house.tasks["sound"] = lambda work: File(name="nonsense")
    assert house.run_all(job, "w1")["end"] == "failed"
    assert house.store.runs.list(job.id, "sound")[0].error == "sound broke its rules: A file has no such name."


def test_what_happened_is_told_in_order_and_each_thing_once(house: House) -> None:
    def told() -> list[str]:
        return [name for name in names(house.events(job)) if not name.startswith("progressed")]

    job = house.open()
    house.run_all(job, "w1")
    first = told()
    assert first == [
        "walk_begun",
        *(f"step_{what} {step}" for step in MADE[:-1] for what in ("started", "done")),
        "step_started master",
        "step_done master",
        "gate_opened master",
        "walk_ended",
    ]
    house.jobs.answer(job, yes(house.kept(job, "master")), "w2")
    house.ended("w2")
    assert told()[len(first) :] == [
        "approved master",
        "walk_begun",
        "step_started delivery",
        "step_done delivery",
        "walk_ended",
    ]


def test_a_run_that_a_stop_overtook_on_its_way_does_nothing(house: House) -> None:
    job = house.open()

    def stop(request: Request) -> Reply:
        house.store.jobs.decide(job.id, "paused", "ann")
        return well(request)

    house.lines["cut.titles"].append(stop)
    house.jobs.run_all(job, "w1")
    house.drain()
    assert house.store.runs.list(job.id, "titles")[0].status == "done"
    [overtaken] = house.store.runs.list(job.id, "sound")
    assert (overtaken.status, overtaken.error) == ("cancelled", "ann said stop")
    assert house.jobs.status(house.store.jobs.get(job.id)) == "paused"
