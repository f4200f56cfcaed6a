"""Approvals: whose yes counts, what a vote does, and clicks that do nothing but get a plain answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from bot import approvers, house_rules
from bot.commands import Command
from bot.house_rules import Rules
from bot.panels import Panel, named_in, panel, tally
from kernel.engine import InlineEngine
from kernel.errors import PersonError
from kernel.jobs import Scope
from kernel.store.records import Event, Job, Kept, NewDocument, Turn, Vote
from tests.bot.room import Room
from tests.kernel.conftest import postgres  # noqa: F401  # the fixture

YES, NO = Command(name="approve"), Command(name="reject", text="too slow")
OWNED = Job(pipeline="edit", title="A talk", asker="ann", surface="slack", conversation="c")


def vote(by: str, verdict: str) -> Vote:
    """Return somebody's vote."""
    return Vote.model_validate({"job": "j", "step": "preview", "hash": "h", "verdict": verdict, "by": by})


def rule(room: Room, **rules: Any) -> None:
    """Set the rules of the channel."""
    house_rules.keep(room.store, room.here, Rules.model_validate(rules), "ann", f"rules {rules}")


def private(said: Event | None, to: str) -> str:
    """Return what was said to one person alone."""
    assert said is not None
    assert said.payload["private"]
    assert said.payload["to"] == to
    return str(said.payload["text"])


@pytest.mark.parametrize(
    ("rules", "asked"),
    [
        ({}, Panel(("ann",), 1)),
        ({"approvers": ["ben"]}, Panel(("ann", "ben"), 1)),
        ({"approvers": ["ben"], "who": "named"}, Panel(("ben",), 1)),
        ({"approvers": ["ben", "cat"], "rule": "all"}, Panel(("ann", "ben", "cat"), 3)),
        ({"approvers": ["ben", "cat"], "rule": "majority"}, Panel(("ann", "ben", "cat"), 2)),
        ({"approvers": ["ben", "ann"], "rule": "all", "self_approval": False}, Panel(("ben",), 1, "ann")),
        ({"who": "anyone"}, Panel((), 1)),
        ({"who": "anyone", "self_approval": False}, Panel((), 1, "ann")),
        ({"who": "anyone", "approvers": ["ben"], "rule": "all"}, Panel(("ann", "ben"), 2)),
        ({"self_approval": False}, Panel(("ann",), 1, "ann")),
        ({"who": "named"}, Panel(("ann",), 1)),
    ],
)
def test_the_rules_say_whose_yes_counts(rules: dict[str, Any], asked: Panel) -> None:
    assert panel(Rules.model_validate(rules), OWNED) == asked


def test_at_a_terminal_whoever_sits_there_may() -> None:
    rules = Rules(approvers=("ben",), who="named", rule="all")
    assert panel(rules, OWNED.model_copy(update={"surface": "console"})).has("anybody")


def test_whom_the_owner_named_may_approve_as_well() -> None:
    said = ["30 seconds. <@U2> approves this one, not me", "approvers: <@U3> and <@U4|cat>"]
    assert named_in(said) == ("U2", "U3", "U4")
    assert panel(Rules(approvers=("ben",)), OWNED, ("U2",)).people == ("ann", "ben", "U2")
    assert named_in(["I met <@U2> there; approve the colours"]) == ()


@pytest.mark.parametrize(
    ("needed", "votes", "verdict"),
    [
        (1, [("ben", "approved")], "approved"),
        (1, [("ben", "rejected")], "rejected"),
        (3, [("ben", "approved"), ("cat", "approved")], None),
        (3, [("ben", "approved"), ("cat", "rejected")], "rejected"),
        (2, [("ben", "approved"), ("cat", "approved")], "approved"),
        (2, [("ben", "rejected")], None),
        (2, [("ben", "rejected"), ("cat", "rejected")], "rejected"),
        (2, [("ann", "rejected"), ("ben", "approved"), ("cat", "approved")], "rejected"),
        (2, [("dan", "approved"), ("eve", "approved")], None),
    ],
)
def test_a_decision_is_made_when_the_rule_is_met(needed: int, votes: list[tuple[str, str]], verdict: str) -> None:
    asked = Panel(("ann", "ben", "cat"), needed)
    assert tally(asked, "ann", [vote(*each) for each in votes]).verdict == verdict


def test_a_button_approves_what_it_was_shown_for_and_says_nothing(thread: Room) -> None:
    thread.opened()
    assert thread.click(YES, thread.kept("preview")) is None
    [found] = thread.store.approvals.list(thread.job.id)
    assert (found.by, found.how, found.verdict) == ("ann", "button", "approved")
    assert thread.states()["scorecard"] == "awaiting approval"


def test_approve_typed_by_who_may_counts_as_the_button(thread: Room) -> None:
    thread.opened()
    assert thread.say("approve") == "Preview v1 is approved: I render the final now."


@pytest.mark.parametrize("typed", [True, False])
def test_the_wrong_person_is_told_alone_who_may(thread: Room, typed: bool) -> None:
    thread.opened()
    rule(thread, approvers=["U22"])
    if typed:
        turn = thread.turn("approve", author="dan")
        thread.app.conversations.receive(turn)
        thread.drain()
        [said] = [event for event in thread.events("said") if event.payload["turn"] == turn.id]
    else:
        found = thread.click(YES, thread.kept("preview"), by="dan")
        assert found is not None
        said = found
    assert private(said, "dan") == "Only @ann or @U22 can do that. What you would change, you can write here."
    assert said.payload["people"] == ["U22"]
    nothing_happened(thread)


def nothing_happened(room: Room) -> None:
    """See that a gate waits as before."""
    assert room.store.approvals.list(room.job.id) == []
    assert room.store.votes.list(room.job.id, "preview", room.kept("preview").hash) == []
    assert room.states()["preview"] == "awaiting approval"


def test_nobody_approves_their_own_video_where_that_is_the_rule(thread: Room) -> None:
    thread.opened()
    rule(thread, approvers=["ben"], self_approval=False)
    said = private(thread.click(YES, thread.kept("preview")), "ann")
    assert (
        said
        == "Nobody approves their own video here: only @ben can do that. What you would change, you can write here."
    )
    nothing_happened(thread)
    assert thread.click(YES, thread.kept("preview"), by="ben") is None
    assert thread.store.approvals.list(thread.job.id)[0].by == "ben"


def test_whom_the_owner_chose_in_the_form_of_the_job_may_approve_and_nobody_chooses_for_them(thread: Room) -> None:
    thread.say("12 seconds", [thread.footage], payload={"settings": {}, "approvers": ["U2"]})
    thread.say("shorter", author="U3", payload={"settings": {}, "approvers": ["U3"]})
    assert approvers.asked_of(thread.office, thread.job).people == ("ann", "U2")


def test_an_owner_who_is_alone_is_told_to_name_somebody(thread: Room) -> None:
    thread.opened()
    rule(thread, self_approval=False)
    assert "name somebody in the settings" in private(thread.click(YES, thread.kept("preview")), "ann")
    nothing_happened(thread)


def test_votes_add_up_until_the_last_one_decides(thread: Room) -> None:
    thread.opened()
    rule(thread, approvers=["ben"], rule="all")
    said = thread.click(YES, thread.kept("preview"))
    assert private(said, "ann") == "1 of 2 approvals for preview v1; @ben is still asked."
    [cast] = thread.events("vote_cast")
    assert cast.payload["by"] == "ann"
    assert cast.payload["missing"] == ["ben"]
    assert thread.store.approvals.list(thread.job.id) == []
    assert thread.click(YES, thread.kept("preview"), by="ben") is None
    assert [found.by for found in thread.store.approvals.list(thread.job.id)] == ["ben"]


def test_a_vote_that_is_typed_is_answered_to_all(thread: Room) -> None:
    thread.opened()
    rule(thread, approvers=["ben"], rule="all")
    assert thread.say("approve") == "1 of 2 approvals for preview v1; @ben is still asked."
    assert "private" not in thread.events("said")[-1].payload


def test_an_owner_may_always_say_no(thread: Room) -> None:
    thread.opened()
    rule(thread, approvers=["ben"], who="named", rule="all")
    assert thread.click(NO, thread.kept("preview")) is None
    [found] = thread.store.approvals.list(thread.job.id)
    assert (found.verdict, found.note) == ("rejected", "too slow")


def test_a_second_click_is_told_who_decided_and_when(thread: Room) -> None:
    thread.opened()
    rule(thread, approvers=["ben"])
    shown = thread.kept("preview")
    thread.click(YES, shown, by="ben")
    said = private(thread.click(NO, shown), "ann")
    assert said.startswith("preview v1 was approved already, by @ben on ")
    assert said.endswith(" UTC.")
    assert len(thread.store.approvals.list(thread.job.id)) == 1


def test_a_click_that_is_delivered_twice_decides_once(thread: Room) -> None:
    thread.opened()
    turn = thread.clicked(YES, thread.token(thread.kept("preview")))
    assert thread.app.conversations.receive(turn)
    assert not thread.app.conversations.receive(turn)
    thread.drain()
    assert len(thread.store.approvals.list(thread.job.id)) == 1
    assert [event for event in thread.events("said") if event.payload["turn"] == turn.id] == []


def test_an_old_card_names_the_version_that_is_current(thread: Room) -> None:
    thread.opened()
    shown = thread.kept("preview")
    thread.say("change: shorter")
    assert private(thread.click(YES, shown), "ann") == "This is preview v1; v2 is current: look at that one."
    nothing_happened(thread)


@pytest.mark.parametrize("how", ["forged", "flipped", "another thread", "another job", "none"])
def test_a_token_that_is_not_ours_does_nothing(thread: Room, how: str) -> None:
    thread.opened()
    good = thread.token(thread.kept("preview"))
    kept = thread.kept("preview").model_copy(update={"job": "another"})
    there = thread.store.conversations.ensure("slack", "T1:C1:9.0")
    here, thread.here = thread.here, there
    elsewhere = thread.token(kept.model_copy(update={"job": thread.store.jobs.list()[0].id}))
    thread.here = here
    tokens = {
        "forged": "x" * 43,
        "flipped": good[:-1] + ("A" if good[-1] != "A" else "B"),
        "another thread": elsewhere,
        "another job": thread.token(kept),
        "none": "",
    }
    turn = thread.clicked(YES, tokens[how])
    thread.app.conversations.receive(turn)
    thread.drain()
    [said] = [event for event in thread.events("said") if event.payload["turn"] == turn.id]
    assert private(said, "ann") == approvers.NOT_THIS
    nothing_happened(thread)


def test_what_the_payload_says_of_a_hash_counts_for_nothing_in_a_thread(thread: Room) -> None:
    thread.opened()
    turn = thread.clicked(YES, "x" * 43)
    given = turn.model_copy(update={"payload": {**turn.payload, "hash": thread.kept("preview").hash}})
    thread.app.conversations.receive(given)
    thread.drain()
    nothing_happened(thread)


def test_a_click_after_the_end_of_a_job_does_nothing(thread: Room) -> None:
    thread.opened()
    shown = thread.kept("preview")
    thread.say("cancel")
    assert "cancelled for good" in private(thread.click(YES, shown), "ann")
    nothing_happened(thread)


def test_a_click_while_the_job_is_paused_says_how_to_go_on(thread: Room) -> None:
    thread.opened()
    thread.say("stop")
    assert "say `resume`" in private(thread.click(YES, thread.kept("preview")), "ann")
    nothing_happened(thread)


def test_a_yes_to_what_is_out_of_date_does_nothing(thread: Room) -> None:
    thread.opened()
    job, shown = thread.job, thread.kept("preview")
    thread.office.jobs.rerun(job, "plan", "shorter", Scope(), "ann", "a key")
    assert "is out of date" in private(thread.click(YES, shown), "ann")


def test_only_owner_and_approvers_end_a_job_and_anybody_stops_it(thread: Room) -> None:
    thread.opened()
    rule(thread, approvers=["ben"])
    turn = thread.turn("cancel", author="dan")
    thread.app.conversations.receive(turn)
    thread.drain()
    [said] = [event for event in thread.events("said") if event.payload["turn"] == turn.id]
    assert private(said, "dan").startswith("Only @ann or @ben can cancel this job")
    assert thread.job.decision is None
    thread.app.conversations.receive(thread.turn("stop", author="dan"))
    thread.drain()
    assert len(thread.events("paused")) == 1
    thread.click(Command(name="cancel"), thread.kept("preview"), by="ben")
    assert [event.kind for event in thread.events("paused", "cancelled")] == ["paused", "cancelled"]


def test_a_stop_button_stops_before_its_turn_comes(thread: Room) -> None:
    thread.opened()
    thread.app.conversations.receive(thread.clicked(Command(name="pause"), "", by="dan"))
    assert thread.job.decision == "paused"


RACES = 100
"""On each database: 200 in all."""


@pytest.fixture(params=["sqlite", "postgresql"])
def busy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """A channel with people who click at the same moment, on each database."""
    url = request.getfixturevalue("postgres")() if request.param == "postgresql" else ""
    built = Room(tmp_path, engine=InlineEngine(), surface="slack", address="T1:C1:1.0", database_url=url)
    yield built
    built.close()


STEPS = ("brief", "plan", "captions", "preview")


def waiting(room: Room, number: int) -> Kept:
    """Return the preview of yet another job of the thread, which waits for an answer."""
    job = room.store.jobs.create(OWNED.model_copy(update={"id": f"{number:032}", "conversation": room.here}))
    for step in STEPS:
        made = room.kept(step).model_dump(exclude={"version", "created"})
        kept = room.store.documents.keep(NewDocument.model_validate({**made, "job": job.id, "run": f"{number} {step}"}))
    return kept


def at_once(room: Room, kept: Kept, turns: list[Turn]) -> list[str]:
    """Have people click at the same moment; return what each was told."""
    job, together, told = room.store.jobs.get(kept.job), Barrier(len(turns)), list[str]()

    def click(turn: Turn) -> None:
        command = Command.model_validate(turn.payload["command"])
        together.wait()
        try:
            told.append(approvers.answer(room.office, job, command, turn).text)
        except PersonError as error:
            told.append(str(error))

    threads = [Thread(target=click, args=(turn,)) for turn in turns]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return told


def test_of_clicks_at_the_same_moment_exactly_one_decides(busy: Room) -> None:
    busy.opened()
    rule(busy, approvers=["ben"])
    for number in range(RACES):
        kept = waiting(busy, number)
        first, second = (busy.clicked(YES, busy.token(kept)) for _ in range(2))
        if number % 2:
            second = busy.clicked(YES if number % 4 == 1 else NO, busy.token(kept), by="ben")
        told = at_once(busy, kept, [first, second])
        [decided] = busy.store.approvals.list(kept.job)
        assert decided.id.rpartition(":")[0] in (first.id, second.id)
        assert sorted(map(bool, told)) == [False, True], told
        assert f"was {decided.verdict} already, by @{decided.by} on" in max(told)


def test_of_several_last_votes_at_the_same_moment_one_decides_and_none_is_lost(busy: Room) -> None:
    busy.opened()
    rule(busy, approvers=["ben", "cat"], rule="majority")
    for number in range(RACES // 5):
        kept = waiting(busy, number)
        at_once(busy, kept, [busy.clicked(YES, busy.token(kept), by=by) for by in ("ann", "ben", "cat")])
        assert [found.verdict for found in busy.store.approvals.list(kept.job)] == ["approved"]
        assert len(busy.store.votes.list(kept.job, "preview", kept.hash)) >= 2
