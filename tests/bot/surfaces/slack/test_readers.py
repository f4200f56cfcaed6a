"""What cards show is read off the store: of a thread, a job, a gate, a failure, a delivery, and of App Home."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.house_rules import Rules, keep
from bot.surfaces.slack.blocks import answers, gates
from bot.surfaces.slack.blocks.status_card import status_card
from bot.surfaces.slack.gate_reader import gate_view, minutes_of, said_of, waived
from bot.surfaces.slack.home_reader import home_view
from bot.surfaces.slack.readers import (
    delivery_view,
    failure_view,
    job_view,
    step_of,
    thread_view,
)
from bot.surfaces.slack.views import GateView
from bot.wording import STAGES
from experts.pipelines import PIPELINES
from kernel.evaluation.scorecard import Scorecard
from kernel.store.records import Approval, Charge, Event, Instruction, Origin, Post, Run, Vote, new_id
from tests.bot.room import Room
from tests.bot.surfaces.slack.blocks.test_blocks import actions_of, wrong_with


@pytest.fixture
def thread(tmp_path: Path) -> Iterator[Room]:
    """The small room without a Slack, in a thread of one."""
    room = Room(tmp_path)
    room.here = room.store.conversations.ensure("slack", "T1:C1:1700000000.000100")
    yield room
    room.close()


def opened(room: Room, words: str = "12 seconds, vertical") -> None:
    """Bring a job of U1's to its preview."""
    room.say(words, [room.footage], author="U1")


def answered(room: Room, words: str) -> None:
    """Have U1 say something."""
    room.say(words, author="U1")


def tell(room: Room, kind: str, step: str = "", /, **payload: Any) -> None:
    """Have something happen in the job, or in the thread before there is one."""
    job = room.office.job_or_none(room.here)
    room.store.events.append(
        Event(job=job.id if job else None, conversation=room.here, kind=kind, step=step, payload=payload)
    )


def gate(room: Room, step: str = "preview", version: int = 1) -> GateView:
    """Read the card of a gate's version."""
    return gate_view(room.office, room.job, room.store.documents.version(room.job.id, step, version), "Look.")


def begin(room: Room, step: str) -> Run:
    """Begin a run of a step."""
    run = Run(id=new_id(), job=room.job.id, step=step)
    room.store.runs.begin(run)
    return run


def file(name: str, id: str, path: Path | str = "/nowhere") -> dict[str, Any]:
    """Return a file of a turn, as the intake writes it."""
    return {"name": name, "size": 5, "from": "slack", "id": id, "path": str(path)}


def test_a_thread_without_a_job_shows_what_was_dropped_and_what_became_of_it(thread: Room) -> None:
    here = thread.turn("").model_copy(
        update={"files": (file("a.mp4", "F1", thread.footage), file("b.mov", "F2"), file("c.doc", "F3"))}
    )
    thread.store.turns.keep(here)
    tell(thread, "file_refused", name="c.doc", id="F3", why="It is no video.")
    view = thread_view(thread.office, thread.here)
    assert [(f.name, f.state, f.why) for f in view.files] == [
        ("a.mp4", "ready", ""),
        ("b.mov", "waiting", ""),
        ("c.doc", "refused", "It is no video."),
    ]
    assert (view.job, view.status, view.steps) == ("", "pending", ())
    tell(thread, "file_arrived", name="b.mov", id="F2", size=77)
    tell(thread, "file_arrived", name="c.doc", id="F3", size=9)
    assert [(f.state, f.size) for f in thread_view(thread.office, thread.here).files] == [
        *(("ready", 5), ("ready", 77), ("ready", 9))
    ]


def test_a_job_that_waits_says_for_what(thread: Room) -> None:
    opened(thread)
    view = thread_view(thread.office, thread.here)
    assert (view.status, view.waits, view.owner) == ("review_required", "for an answer to preview v1", "U1")
    assert [(step.name, step.state) for step in view.steps] == [
        *(("plan", "complete"), ("elements", "complete"), ("preview", "complete")),
        *(("master", "pending"), ("scorecard", "pending"), ("delivery", "pending")),
    ]
    assert view.steps[2].note == "v1 waits for an answer"
    answered(thread, "reject: no")
    view = thread_view(thread.office, thread.here)
    assert view.waits == "to hear what to change: preview v1 was rejected"
    assert view.steps[2].note == "v1 was rejected: tell me what to change"


def test_a_step_that_runs_tells_its_place_its_share_and_the_time_left(thread: Room) -> None:
    opened(thread)
    begin(thread, "master")
    view = job_view(thread.office, thread.job)
    assert (view.status, view.number, view.doing, view.share) == ("processing", 4, "rendering the final", None)
    tell(thread, "progressed", "master", share=0.42, doing="picture", left=118.0)
    view = job_view(thread.office, thread.job)
    assert (view.share, view.left) == (0.42, 118.0)
    assert "Step 4 of 6 · rendering the final 42 % · about 2 min left" in status_card(view)["text"]


def test_nothing_is_read_twice_for_a_card(thread: Room) -> None:
    opened(thread)
    begin(thread, "master")
    job, asked = thread.job, list[str]()
    event.listen(
        thread.store.database.engine,
        "before_cursor_execute",
        lambda _, __, statement, values, *___: asked.append(f"{statement} {values}"),
    )
    job_view(thread.office, job)
    reads = [statement for statement in asked if statement.startswith("SELECT")]
    assert len(reads) == len(set(reads)) > 5


def test_how_far_an_earlier_run_was_says_nothing_of_this_one(thread: Room) -> None:
    opened(thread)
    tell(thread, "progressed", "master", share=0.9, doing="picture", left=2.0)
    begin(thread, "master")
    assert job_view(thread.office, thread.job).share is None


def test_steps_that_run_at_once_are_named_together(thread: Room) -> None:
    opened(thread)
    begin(thread, "plan")
    begin(thread, "captions")
    assert job_view(thread.office, thread.job).doing == "writing the edit plan, captions, sound and titles"


def test_what_it_has_cost_and_may_cost_is_shown(thread: Room) -> None:
    opened(thread)
    thread.store.ledger.charge(Charge(job=thread.job.id, model="m", usd=0.1234))
    view = job_view(thread.office, thread.job)
    assert (view.spent, view.budget) == (0.1234, 5.0)
    assert "$0.12 of $5.00 spent" in str(status_card(view))


@pytest.mark.parametrize(("word", "status"), [("stop", "paused"), ("cancel", "cancelled")])
def test_who_halted_a_job_is_named(thread: Room, word: str, status: str) -> None:
    opened(thread)
    answered(thread, word)
    view = job_view(thread.office, thread.job)
    assert (view.status, view.by) == (status, "U1")


def test_every_pipeline_fits_on_a_card_whichever_branch_it_takes() -> None:
    known = {step for stage in STAGES for step in stage.steps}
    assert len(STAGES) <= 8
    assert {s.name for p in PIPELINES for s in p.steps} - known == {"brief"}


def test_a_preview_shows_its_facts_its_price_and_who_may_approve(thread: Room) -> None:
    opened(thread)
    view = gate(thread)
    assert view.facts == ("0:30 long", "7 shots", "12 captions", "no music", "final in 1080×1920, vertical")
    assert view.estimate == (
        "I render the final and measure it, which takes about 1 min and costs nothing. "
        "The job has cost $0.00 so far; its budget is $5.00."
    )
    assert (view.state, view.note, view.lead, view.people) == ("open", "It is a small one.", "Look.", ("U1",))
    assert len(view.token) == 43
    assert wrong_with(gates.gate_card(view)) == []


def test_the_final_takes_as_much_longer_than_the_preview_as_it_has_more_pixels(thread: Room) -> None:
    assert minutes_of(90.0, 1080, 1920) == 6.0
    assert minutes_of(90.0, 540, 960) == 1.5


def test_the_token_is_of_this_thread_and_this_version(thread: Room) -> None:
    opened(thread)
    first = gate(thread).token
    answered(thread, "change: shorter")
    assert gate(thread).token == first
    assert gate(thread, version=2).token != first


def test_a_final_shows_its_scores(thread: Room) -> None:
    opened(thread)
    answered(thread, "approve")
    view = gate(thread, "scorecard")
    assert [(s.title, s.score, s.passed) for s in view.scores] == [("Loudness", 1.0, True)]
    assert (view.total, view.passed, view.failed) == (1.0, True, "")
    assert view.facts == ("0:30 long", "1080×1920, vertical", "1.0 kB")
    assert view.downloads == ("scores", "plan", "captions", "otio", "fcpxml", "log")


def test_what_did_not_pass_is_said_in_a_sentence_the_gravest_first() -> None:
    body = {**Scorecard.EXAMPLE, "passed": False}
    score = {**body["scores"][0], "passed": False, "score": 0.3, "name": "brand", "why": "The logo is hidden."}
    assert said_of(Scorecard.read({**body, "scores": [score]})) == "Brand fit did not pass: The logo is hidden."
    gates_ = [{"name": "plays", "passed": False, "why": "It stops at 0:12."}]
    assert said_of(Scorecard.read({**body, "gates": gates_, "scores": [score]})) == "It stops at 0:12. (1 more below)"


def test_an_approval_names_who_when_and_their_words(thread: Room) -> None:
    opened(thread)
    answered(thread, "approve")
    view = gate(thread)
    assert (view.state, view.by) == ("approved", "U1")
    assert view.when is not None
    assert actions_of(gates.gate_card(view)) == []


def test_a_rejection_shows_its_reason(thread: Room) -> None:
    opened(thread)
    answered(thread, "reject: too slow")
    assert (gate(thread).state, gate(thread).words) == ("rejected", "too slow")


def test_a_version_that_is_being_changed_and_then_superseded_names_who_asked_for_it(thread: Room) -> None:
    opened(thread)
    thread.store.instructions.add(Instruction(job=thread.job.id, step="plan", text="Shorter.", by="U2"))
    view = gate(thread)
    assert (view.state, view.by, view.words) == ("changing", "U2", "Shorter.")
    answered(thread, "change: even shorter")
    view = gate(thread)
    assert (view.state, view.successor, view.by) == ("superseded", 2, "U2")
    assert "v2 has taken its place: look at that one. <@U2> had asked for a change" in str(gates.gate_card(view))


def test_a_change_is_quoted_in_the_words_of_the_person_not_in_those_that_came_of_them(thread: Room) -> None:
    opened(thread)
    said = thread.turn("it drags a bit, no?", author="U2")
    thread.store.turns.keep(said)
    made = Instruction(id=f"{said.id}:plan:1:plan", job=thread.job.id, step="plan", text="Cut the pauses.", by="U2")
    thread.store.instructions.add(made)
    assert (gate(thread).state, gate(thread).by, gate(thread).words) == ("changing", "U2", "it drags a bit, no?")


def test_the_price_of_a_final_is_what_a_models_look_at_it_costs(thread: Room) -> None:
    opened(thread)
    for usd in (0.01, 0.03):
        thread.store.ledger.charge(Charge(job=thread.job.id, model="m", usd=usd))
    assert "costs about $0.04. The job has cost $0.04 so far" in gate(thread).estimate


def test_the_music_under_a_preview_is_named(thread: Room) -> None:
    opened(thread)
    kept = thread.kept("plan")
    bed = {"sources": [{"id": "s9", "name": "vibe ace.ogg"}], "operations": [{"type": "music", "source": "s9"}]}
    scored = kept.model_copy(update={"hash": "f" * 64, "version": 9, "run": "r9", "body": bed})
    thread.store.documents.keep(scored)
    preview = thread.kept("preview")
    under = preview.model_copy(update={"lineage": (Origin(step="plan", hash="f" * 64),)})
    assert "music: vibe ace.ogg" in gate_view(thread.office, thread.job, under).facts


def test_what_the_worker_asks_for_is_nobodys_wish(thread: Room) -> None:
    opened(thread)
    thread.store.instructions.add(Instruction(job=thread.job.id, step="plan", text="ffmpeg", by="worker"))
    assert (gate(thread).state, gate(thread).by, gate(thread).words) == ("changing", "", "")


def test_a_cancelled_job_has_no_open_gate(thread: Room) -> None:
    opened(thread)
    answered(thread, "cancel")
    assert (gate(thread).state, gate(thread).by) == ("cancelled", "U1")


def test_an_expired_gate_has_no_buttons_until_it_is_told_anew(thread: Room) -> None:
    opened(thread)
    tell(thread, "expired", "preview", step="preview", version=1, hash=thread.kept("preview").hash)
    assert gate(thread).state == "expired"
    assert actions_of(gates.gate_card(gate(thread))) == []
    answered(thread, "resume")
    assert gate(thread).state == "open"


def test_votes_are_shown_while_more_are_asked(thread: Room) -> None:
    opened(thread)
    keep(thread.store, thread.here, Rules(approvers=("U2", "U3"), rule="all"), "U1", new_id())
    kept = thread.kept("preview")
    thread.store.votes.cast(Vote(job=thread.job.id, step="preview", hash=kept.hash, verdict="approved", by="U2"))
    card = gates.gate_card(gate(thread))
    assert "<@U1>, <@U2> and <@U3> all have to approve it. So far <@U2> said yes." in str(card)
    assert card["text"].startswith("<@U1> and <@U3> Preview v1")


def test_a_yes_that_holds_for_a_later_version_is_named_there(thread: Room) -> None:
    opened(thread)
    kept = thread.kept("preview")
    thread.store.approvals.decide(
        Approval(job=thread.job.id, step="preview", hash=kept.hash, verdict="approved", by="U2")
    )
    assert waived(thread.office, thread.job, kept)["by"] == "U2"


def test_a_failure_says_what_why_what_is_kept_and_what_would_help(thread: Room) -> None:
    opened(thread)
    run = begin(thread, "master")
    thread.store.runs.end(run.id, "failed", None, "talk.mp4 took longer than 10 min to render.")
    tell(thread, "step_failed", "master", why="x", kind="TimedOut", sent_back_to="")
    view = failure_view(thread.office, thread.job)
    assert (view.step, view.doing) == ("master", "rendering the final")
    assert view.why == "talk.mp4 took longer than 10 min to render."
    assert view.mend == "Press Try again, or ask for a shorter video."
    assert view.kept == ("your footage", "the edit plan v1", "the preview v1")
    assert len(view.error) == 8
    assert wrong_with(answers.failure_card(view)) == []


def test_a_job_that_failed_shows_where_and_why_on_its_card(thread: Room) -> None:
    opened(thread)
    answered(thread, "approve")
    run = begin(thread, "delivery")
    thread.store.runs.end(run.id, "failed", None, "The disk is full.")
    thread.store.approvals.decide(
        Approval(job=thread.job.id, step="scorecard", hash=thread.kept("scorecard").hash, verdict="approved", by="U1")
    )
    view = job_view(thread.office, thread.job)
    assert (view.status, view.why) == ("failed", "The disk is full.")
    assert [s.state for s in view.steps if s.name == "delivery"] == ["error"]


def test_a_failure_without_a_run_still_has_a_card(thread: Room) -> None:
    opened(thread)
    view = failure_view(thread.office, thread.job, ("plan",))
    assert wrong_with(answers.failure_card(view)) == []


def test_a_delivery_tells_what_was_made(thread: Room) -> None:
    opened(thread)
    answered(thread, "approve")
    answered(thread, "approve")
    view = delivery_view(thread.office, thread.job)
    assert (view.total, view.facts) == (1.0, ("0:30 long", "1080×1920, vertical"))
    assert view.token == gate(thread, "scorecard").token
    assert view.video == ""
    hash_ = thread.kept("delivery").body["video"]
    body = {"hash": hash_, "name": "final-v1.mp4"}
    thread.store.posts.add([Post(id="up", surface="slack", conversation=thread.here, kind="upload", body=body)])
    assert delivery_view(thread.office, thread.job).video == "final-v1.mp4"
    assert wrong_with(answers.delivered(view)) == []
    assert job_view(thread.office, thread.job).status == "completed"


def test_home_tells_of_a_job_that_is_worked_on_at_which_step_it_is(thread: Room) -> None:
    opened(thread)
    answered(thread, "approve")
    begin(thread, "master")
    tell(thread, "progressed", "master", share=0.42, left=70.0)
    [mine] = home_view(thread.office, "U1", "T1").mine
    assert mine.word.endswith("rendering the final 42 % · about 70 s left")


def test_home_shows_what_waits_for_a_person_their_jobs_and_what_was_finished(thread: Room) -> None:
    opened(thread)
    view = home_view(thread.office, "U1", "T1")
    assert [(job.job, job.word) for job in view.waiting] == [(thread.job.id[:8], "Waiting for an answer")]
    assert (view.mine, view.results) == ((), ())
    assert view.waiting[0].link == "https://app.slack.com/client/T1/C1/thread/C1-1700000000.000100"
    assert home_view(thread.office, "U1", "T2").waiting == ()
    assert home_view(thread.office, "U2", "T1").waiting == ()
    keep(thread.store, thread.here, Rules(approvers=("U2",)), "U1", new_id())
    assert len(home_view(thread.office, "U2", "T1").waiting) == 1
    answered(thread, "stop")
    assert [job.word for job in home_view(thread.office, "U1", "T1").mine] == ["Paused"]


def test_what_anybody_may_answer_is_shown_to_those_who_spoke_in_its_thread(thread: Room) -> None:
    opened(thread)
    keep(thread.store, thread.here, Rules(who="anyone"), "U1", new_id())
    assert len(home_view(thread.office, "U1", "T1").waiting) == 1
    assert home_view(thread.office, "U2", "T1").waiting == ()
    thread.say("status", author="U2")
    assert len(home_view(thread.office, "U2", "T1").waiting) == 1


def test_home_shows_finished_jobs_with_their_day(thread: Room) -> None:
    opened(thread)
    answered(thread, "approve")
    answered(thread, "approve")
    [done] = home_view(thread.office, "U1", "T1").results
    assert done.word == "Done"
    assert done.when is not None


def test_jobs_of_other_surfaces_stay_out_of_home(thread: Room) -> None:
    thread.here = thread.store.conversations.ensure("console", "a terminal")
    thread.opened()
    view = home_view(thread.office, "ann")
    assert (view.waiting, view.mine) == ((), ())


def test_a_forms_choice_of_a_group_means_the_branch_that_was_taken(thread: Room) -> None:
    opened(thread)
    assert step_of(thread.office, thread.job, "captions") == "captions"
    assert step_of(thread.office, thread.job, "selects") == "selects"
