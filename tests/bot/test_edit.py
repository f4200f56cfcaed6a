"""`rushes edit`: one whole job from its first turn to its delivery, found again by the same command."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console as Terminal

from bot.edit import Editing, Finished, Order
from bot.surfaces.console import Console
from kernel.errors import RushesError
from tests.bot.room import WISH, Room


class Asked(Terminal):
    """A terminal at which somebody types what they were told to."""

    def __init__(self, *typed: str) -> None:
        super().__init__(file=io.StringIO(), width=200)
        self.typed = list(typed)

    def input(self, *_: Any, **__: Any) -> str:
        """Return the next line; end of file where there is none."""
        if not self.typed:
            raise EOFError
        return self.typed.pop(0)


def order(room: Room, **more: Any) -> Order:
    """Return an order for the room's footage."""
    return replace(Order((room.footage,), WISH, None, True, False, {}), **more)


def edit(room: Room, *typed: str, **more: Any) -> tuple[Finished, str]:
    """Carry an order out; return where everything lies and what was shown."""
    terminal = Asked(*typed)
    done = Editing(room.app, Console(room.office, terminal), order(room, **more)).whole()
    assert isinstance(terminal.file, io.StringIO)
    return done, terminal.file.getvalue()


def test_an_order_becomes_a_delivered_video(lively: Room, tmp_path: Path) -> None:
    out = tmp_path / "films" / "out.mp4"
    done, shown = edit(lively, out=out)
    assert done.files["video"] == out
    assert out.read_text().startswith("the final of")
    assert done.files["storyboard"].is_file()
    assert "Preview v1" in shown
    assert "The video is finished and delivered." in shown
    assert {approval.how for approval in lively.store.approvals.list(done.job.id)} == {"--yes"}


def test_without_a_place_the_video_lies_in_the_data_folder(lively: Room) -> None:
    done, _ = edit(lively)
    assert done.files["video"].is_file()
    assert lively.settings.data in done.files["video"].parents


def test_the_same_order_again_does_nothing_twice_and_the_trace_says_so(lively: Room, tmp_path: Path) -> None:
    first, _ = edit(lively, out=tmp_path / "out.mp4")
    before = first.files["video"].read_bytes()
    runs = len(lively.store.runs.list(first.job.id))
    again, shown = edit(lively, out=tmp_path / "out.mp4")
    assert again.job.id == first.job.id
    assert again.files["video"].read_bytes() == before
    assert len(lively.store.runs.list(first.job.id)) == runs
    assert "nothing of its 7 steps is done again" in shown
    spans = [span.name for span in lively.store.traces.list(trace_id=first.job.trace_id)]
    assert spans.count("deduplicated") == 7


def test_the_same_order_to_another_place_only_delivers_again(lively: Room, tmp_path: Path) -> None:
    first, _ = edit(lively, out=tmp_path / "a.mp4")
    again, _ = edit(lively, out=tmp_path / "b.mp4")
    assert again.job.id == first.job.id
    assert (tmp_path / "b.mp4").read_bytes() == (tmp_path / "a.mp4").read_bytes()


def test_another_brief_or_new_is_another_job(lively: Room) -> None:
    first, _ = edit(lively)
    other, _ = edit(lively, brief="10 seconds")
    new, _ = edit(lively, new=True)
    assert len({first.job.id, other.job.id, new.job.id}) == 3


def test_a_cancelled_job_is_not_taken_up_again(lively: Room) -> None:
    first, _ = edit(lively)
    lively.store.jobs.decide(first.job.id, "cancelled", "ann")
    again, _ = edit(lively)
    assert again.job.id != first.job.id


def test_the_gates_ask_in_the_terminal(lively: Room) -> None:
    done, shown = edit(lively, "what?", "approve", "Approve.", yes=False)
    assert "Type approve, reject, or `change: make the opening shorter`." in shown
    assert {approval.how for approval in lively.store.approvals.list(done.job.id)} == {"typed"}


def test_a_change_at_the_gate_is_made_and_asked_about_again(lively: Room) -> None:
    done, shown = edit(
        lively, "change: shorter", "reject: too loud", "change: quieter", "approve", "approve", yes=False
    )
    assert lively.store.documents.current(done.job.id)["plan"].version == 3
    assert "Preview v3" in shown
    assert "Preview v2 is rejected." in shown


def test_nobody_at_the_gate_leaves_the_job_waiting_and_it_goes_on_later(lively: Room) -> None:
    with pytest.raises(RushesError, match=r"Nobody is here to approve: .* add --yes\. The job waits; nothing is lost"):
        edit(lively, yes=False)
    [job] = lively.store.jobs.list()
    assert lively.office.jobs.status(job) == "review_required"
    done, _ = edit(lively)
    assert done.job.id == job.id
    assert len(lively.store.runs.list(job.id, "plan")) == 1


def test_a_failure_names_the_step_and_its_reason_and_the_same_order_tries_again(lively: Room) -> None:
    for _ in range(2):
        with pytest.raises(RushesError, match=r"^plan failed: That cannot be: say something else\. The same command"):
            edit(lively, "change: something impossible", yes=False)
    [job] = lively.store.jobs.list()
    assert lively.store.documents.current(job.id)["brief"].version == 1


def test_a_paused_job_goes_on_with_the_same_order(lively: Room) -> None:
    with pytest.raises(RushesError):
        edit(lively, yes=False)
    [job] = lively.store.jobs.list()
    lively.office.jobs.pause(job, "ann")
    done, shown = edit(lively)
    assert done.job.id == job.id
    assert f"I go on with the unfinished job {job.id[:8]}." in shown


def test_a_brief_that_cannot_be_begins_nothing_and_the_reason_is_shown(lively: Room) -> None:
    for _ in range(2):
        with pytest.raises(RushesError, match=r"^No job was begun\. The brief asks for"):
            edit(lively, brief="captions, but no captions and 20 seconds and 30 seconds")
    assert lively.store.jobs.list() == []


def test_a_brief_without_words_asks_for_some(lively: Room) -> None:
    with pytest.raises(RushesError, match="No job was begun"):
        edit(lively, brief="  ")
    assert (
        "What shall I make of it?" in [e for e in lively.store.events.since(0) if e.kind == "said"][-1].payload["text"]
    )


def test_a_video_that_was_taken_away_is_delivered_again(lively: Room, tmp_path: Path) -> None:
    first, _ = edit(lively, out=tmp_path / "out.mp4")
    first.files["video"].unlink()
    again, _ = edit(lively, out=tmp_path / "out.mp4")
    assert again.files["video"].read_text().startswith("the final of")


def test_an_event_turn_that_was_not_heard_yet_does_not_keep_an_order_waiting(room: Room) -> None:
    room.app.conversations.receive(room.turn(WISH, [room.footage]))
    room.drain()
    room.store.turns.keep(room.turn("", kind="event", payload={"end": "gate"}))
    assert not room.app.conversations.busy(room.here)
