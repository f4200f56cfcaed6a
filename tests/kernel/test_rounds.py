"""Rounds: what failed goes back to its owner, as often as is allowed and as long as it helps; then a person decides."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.jobs import Scope
from kernel.marks import Mend
from kernel.rounds import Round, begin
from kernel.store import Store
from kernel.store.records import METRIC, Charge
from tests.kernel.house import hand_in, names, no, write, yes
from tests.kernel.loop import Card, Loop, fine, poor
from tests.kernel.loop_program import JOB

POINTS = ("judge 1", "captions 2", "plan 2", "card 2", "judge 2")
MENDED = ("captions", "plan", "preview", "master", "card")


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[Loop]:
    """A house with a loop of at most two rounds."""
    built = Loop(tmp_path)
    yield built
    built.close()


def by_word(words: dict[str, str]) -> Card:
    """Find fault with captions that nobody mended."""
    return fine() if "mend the captions" in words["captions"] else poor(0.6, "captions", sound=1.0)


def test_what_failed_is_mended_in_one_round_and_a_person_is_asked_at_the_end_alone(loop: Loop) -> None:
    job = loop.to_the_card(by_word)
    assert loop.versions(job) == {
        "brief": 1, "captions": 2, "sound": 1, "plan": 2, "preview": 2, "master": 2, "card": 2,
    }  # fmt: skip
    assert loop.states(job)["preview"] == "done", "the person's yes holds: machines alone changed it since"
    assert loop.states(job)["card"] == "awaiting approval"
    assert names(loop.events(job, "gate_opened")) == ["gate_opened preview", "gate_opened card"]
    assert loop.ends("w2") == [{"walk": "w2", "end": "gate", "steps": ["card"]}]
    [approval] = loop.store.approvals.list(job.id)
    assert approval.by == "ann", "nobody's yes was faked"


def test_each_round_is_told_with_what_it_moved(loop: Loop) -> None:
    job = loop.to_the_card(by_word)
    first, second = loop.words(job)
    assert first == "Round 1 of 2 begins.\n  captions goes back: captions is poor."
    assert second == (
        "Round 1 of 2 sent captions back: captions is poor.\n  It moved: captions 60 -> 100, total 60 -> 100."
    )
    assert loop.ruled(job)[1]["scores"] == {"captions": [0.6, 1.0], "sound": [1.0, 1.0]}


def test_one_instruction_goes_to_each_owner_the_worst_first(loop: Loop) -> None:
    job = loop.to_the_card(lambda words: poor(0.5, "captions", "sound", "captions"))
    captions = loop.store.instructions.list(job.id, "captions")[0]
    assert captions.text == "mend the captions at 0.5 mend the captions at 0.5"
    assert captions.by == METRIC
    assert [i.step for i in loop.store.instructions.of(job.id)][:2] == ["captions", "sound"]


def test_the_rounds_are_limited_and_then_a_person_decides(loop: Loop) -> None:
    def slowly(words: dict[str, str]) -> Card:
        return poor(0.5 + 0.1 * words["captions"].count("mend"), "captions")

    job = loop.to_the_card(slowly)
    assert loop.versions(job)["card"] == 3
    assert [found["number"] for found in loop.ruled(job)] == [0, 1, 2]
    assert loop.words(job)[-1].endswith("Twice is as often as it may be sent back without a person. Now you decide.")
    assert loop.states(job)["card"] == "awaiting approval"


def test_a_persons_word_allows_as_many_rounds_again(loop: Loop) -> None:
    def slowly(words: dict[str, str]) -> Card:
        return poor(0.3 + 0.1 * words["captions"].count("mend"), "captions")

    job = loop.to_the_card(slowly)
    loop.jobs.rerun(job, "sound", "louder", Scope(), "ann", "n1")
    loop.ended("n1")
    assert loop.states(job)["preview"] == "awaiting approval", "a person's own words are shown to them first"
    loop.say_yes(job, "preview", "w3")
    assert [found["number"] for found in loop.ruled(job)] == [0, 1, 2, 0, 1, 2]


def test_with_no_rounds_allowed_a_person_decides_at_once(tmp_path: Path) -> None:
    loop = Loop(tmp_path, rounds=0)
    job = loop.to_the_card(by_word)
    assert loop.versions(job)["card"] == 1
    assert loop.words(job) == ["No rounds are allowed here. Now you decide."]
    assert loop.states(job)["card"] == "awaiting approval"
    assert loop.store.instructions.of(job.id) == []
    loop.close()


def test_a_round_that_makes_nothing_better_is_taken_back(loop: Loop) -> None:
    job = loop.to_the_card(lambda words: poor(0.4 if "mend" in words["captions"] else 0.6, "captions"))
    card, captions = loop.kept(job, "card"), loop.store.documents.versions(job.id, "captions")
    assert [kept.hash == captions[0].hash for kept in captions] == [True, False, True]
    assert card.body["total"] == 0.6
    assert loop.states(job)["preview"] == "done"
    assert loop.states(job)["card"] == "awaiting approval"
    told = loop.words(job)
    assert told[1].endswith("Round 1 made it no better, so the version before it comes back.")
    assert told[2] == "The version before is back. Now you decide."
    asked = loop.asked["cut.captions"]
    assert asked == 6, "what comes back is found again, not made again"


def test_the_better_of_two_rounds_stays_when_the_second_one_spoils_it(loop: Loop) -> None:
    totals = {0: 0.5, 1: 0.7, 2: 0.6}
    job = loop.to_the_card(lambda words: poor(totals[words["captions"].count("mend")], "captions"))
    assert loop.kept(job, "card").body["total"] == 0.7
    assert loop.kept(job, "captions").body["words"].count("mend") == 1
    assert loop.states(job)["preview"] == "done", "what differs from the approved one is still a machine's round alone"
    assert loop.states(job)["card"] == "awaiting approval"


def test_an_owner_that_changes_nothing_ends_the_rounds(loop: Loop) -> None:
    job = loop.open()
    loop.judged = by_word
    loop.run_all(job, "w1")
    words = loop.kept(job, "captions").body

    loop.lines["cut.captions"].extend([write(words), hand_in()])
    loop.say_yes(job, "preview", "w2")
    assert loop.versions(job)["captions"] == 2
    assert loop.versions(job)["card"] == 1
    assert loop.words(job)[-1] == "Captions found nothing to change for it. Now you decide."
    assert names(loop.events(job, "gate_opened"))[-1] == "gate_opened card"
    assert loop.states(job)["card"] == "awaiting approval"


@pytest.mark.parametrize("owner", ["nobody", "brief", "delivery"])
def test_what_no_step_before_it_owns_is_a_persons_to_decide(loop: Loop, owner: str) -> None:
    job = loop.to_the_card(lambda words: poor(0.5, owner))
    assert loop.words(job) == ["None of the steps can mend what failed. Now you decide."]
    assert loop.states(job)["card"] == "awaiting approval"


def test_a_used_up_budget_begins_no_round(tmp_path: Path) -> None:
    loop = Loop(tmp_path)
    job = loop.open()
    loop.judged = by_word
    loop.run_all(job, "w1")
    loop.store.ledger.charge(Charge(job=job.id, model="big", usd=9.0))
    loop.say_yes(job, "preview", "w2")
    assert loop.words(job) == ["The budget is used up. Now you decide."]
    loop.close()


def test_whoever_wants_to_be_asked_every_round_is(tmp_path: Path) -> None:
    class Asking(Loop):
        waives = False

    loop = Asking(tmp_path)
    job = loop.to_the_card(by_word)
    assert loop.states(job)["preview"] == "awaiting approval"
    assert loop.versions(job)["master"] == 1
    loop.say_yes(job, "preview", "w3")
    assert loop.states(job)["card"] == "awaiting approval"
    assert loop.kept(job, "card").body["total"] == 1.0
    loop.close()


def test_a_persons_no_to_a_later_version_is_not_overruled_by_an_earlier_yes(loop: Loop) -> None:
    job = loop.to_the_card(lambda words: poor(0.5 + 0.1 * words["captions"].count("mend"), "captions"))

    loop.jobs.answer(job, no(loop.kept(job, "preview")), "n0")
    assert loop.states(job)["preview"] == "rejected"


def test_a_step_asked_for_alone_begins_no_round(loop: Loop) -> None:
    job = loop.to_the_card(by_word)
    loop.judged = lambda words: poor(0.5, "sound")
    loop.jobs.run_step(job, "card", "w3", fresh=True)
    loop.ended("w3")
    assert loop.words(job)[-1] == "Only card was asked for. Now you decide."


def test_a_document_that_a_person_made_by_hand_is_shown_to_them(loop: Loop) -> None:
    job = loop.to_the_card(lambda words: poor(0.5, "nobody"))
    plan = loop.kept(job, "plan")
    loop.jobs.amend(job, "plan", {**plan.body, "title": "mine"}, "ann", "hand")
    loop.run_all(job, "w3")
    assert loop.states(job)["preview"] == "awaiting approval"


def test_a_round_over_what_a_person_made_by_hand_is_not_taken_back(loop: Loop) -> None:
    job = loop.to_the_card(lambda words: fine())
    plan = loop.kept(job, "plan")
    loop.jobs.amend(job, "plan", {**plan.body, "title": "mine"}, "ann", "hand")
    loop.judged = lambda words: poor(0.4 if "mend" in words["plan"] else 0.6, "plan")
    loop.run_all(job, "w3")
    loop.say_yes(job, "preview", "w4")
    assert loop.words(job)[-1].endswith("Round 1 made it no better: the version before it scored 60. Now you decide.")
    assert "mend" in loop.kept(job, "plan").body["title"]


def test_what_is_made_afresh_in_between_is_shown_to_a_person(loop: Loop) -> None:
    job = loop.to_the_card(by_word)

    loop.lines["cut.captions"].extend([write({"words": "others", "confidence": 0.9}), hand_in()])
    loop.jobs.run_step(job, "captions", "w3", fresh=True)
    loop.ended("w3")
    loop.run_all(job, "w4")
    assert loop.states(job)["preview"] == "awaiting approval"


def test_a_round_killed_at_every_turn_ends_as_if_it_had_not_been(tmp_path: Path, root: Path) -> None:
    for point in (*POINTS, ""):
        line = [sys.executable, "-m", "tests.kernel.loop_program", str(tmp_path), *point.split()]
        ended = subprocess.run(line, cwd=root, timeout=60, check=False).returncode
        assert ended == (-signal.SIGKILL if point else 0), point
    store = Store.open(f"sqlite:///{tmp_path}/rushes.sqlite")
    current = store.documents.current(JOB)
    assert {name: kept.version for name, kept in current.items() if kept.version > 1} == dict.fromkeys(MENDED, 2)
    assert [i.step for i in store.instructions.of(JOB)] == ["captions"]
    told = [event for event in store.events.since(0, JOB) if event.kind == "scored"]
    assert [event.payload["round"]["number"] for event in told] == [0, 1]
    assert [run.status for run in store.runs.list(JOB)] == ["done"] * 11
    store.close()


def test_what_a_judgement_came_to_is_kept_once_however_often_it_is_begun(loop: Loop) -> None:
    job = loop.to_the_card(lambda words: poor(0.5, "nobody"))
    step, documents = loop.jobs.pipeline(job).step("card"), loop.store.documents.current(job.id)
    mend = Mend(owner="captions", text="bigger", because="small")
    found = Round(number=0, limit=2, passed=False, total=(None, 0.5), scores={}, sends=(mend,))
    for _ in range(2):
        begin(loop.store, job, step, "another run", found, documents)
    assert [i.id for i in loop.store.instructions.of(job.id)] == ["another run:metric:captions"]
    assert len(loop.events(job, "scored")) == 2


def test_a_yes_to_the_card_ends_the_job(loop: Loop) -> None:
    job = loop.to_the_card(by_word)
    assert loop.say_yes(job, "card", "w3")["end"] == "done"
    assert yes(loop.kept(job, "preview")).hash not in {a.hash for a in loop.store.approvals.list(job.id)}
