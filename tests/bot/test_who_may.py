"""Roads by which a yes might come from somebody who may not give it: each ends where it began."""

from __future__ import annotations

from typing import Any

import pytest

from bot import house_rules, rules_cli
from bot.commands import Command
from bot.house_rules import Rules
from bot.panels import Panel, named_in, panel
from kernel.errors import NotFound
from kernel.jobs import Scope
from kernel.store.records import Event, Job, new_id, now
from tests.bot.room import Room

YES, NO = Command(name="approve"), Command(name="reject", text="too slow")
OWNED = Job(pipeline="edit", title="A talk", asker="ann", surface="slack", conversation="c")


def rules(room: Room, by: str, **rules: Any) -> None:
    """Have somebody set the rules of the channel."""
    house_rules.keep(room.store, room.here, Rules.model_validate(rules), by, new_id())


def said(room: Room, text: str, by: str, **more: Any) -> str:
    """Have somebody say something, and return what they alone were told."""
    turn = room.turn(text, author=by, **more)
    room.app.conversations.receive(turn)
    room.drain()
    [told] = [event for event in room.events("said") if event.payload["turn"] == turn.id]
    return alone(told, by)


def alone(told: Event | None, to: str) -> str:
    """Return what was said to one person alone."""
    assert told is not None
    assert (told.payload["private"], told.payload["to"]) == (True, to)
    return str(told.payload["text"])


def open_still(room: Room) -> None:
    """See that the preview waits as before."""
    assert [a for a in room.store.approvals.list(room.job.id) if a.step == "preview"] == []
    assert room.states()["preview"] == "awaiting approval"


@pytest.mark.parametrize(
    ("rules", "asked"),
    [
        ({"approvers": ["ben"], "who": "named"}, Panel(("ben",), 1)),
        ({"approvers": ["ben"], "rule": "all"}, Panel(("ann", "ben"), 2)),
        ({"approvers": ["ben", "cat"], "rule": "majority"}, Panel(("ann", "ben", "cat"), 2)),
        ({"approvers": ["ben"], "self_approval": False}, Panel(("ben",), 1, "ann")),
        ({"approvers": ["ben"]}, Panel(("ann", "ben", "U2"), 1)),
        ({"approvers": ["ben"], "who": "anyone"}, Panel(("ann", "ben", "U2"), 1)),
        ({}, Panel(("ann", "U2"), 1)),
        ({"rule": "all"}, Panel(("ann", "U2"), 2)),
        ({"self_approval": False}, Panel(("U2",), 1, "ann")),
    ],
)
def test_whom_an_owner_names_takes_nobodys_place_whom_the_channel_names(rules: dict[str, Any], asked: Panel) -> None:
    assert panel(Rules.model_validate(rules), OWNED, ("U2",)) == asked


@pytest.mark.parametrize(
    "words",
    [
        "don't let <@U2> approve this",
        "Don’t let <@U2> approve this",
        "this must not be approved by <@U2>",
        "no approval from <@U2> needed",
        "approvers: not <@U2>",
        "30 seconds, and never have <@U2> approve it",
    ],
)
def test_who_is_named_as_one_who_shall_not_approve_is_no_approver(words: str) -> None:
    assert named_in([words]) == ()
    assert named_in(["no captions, <@U2> approves. Not too fast. <@U3> must approve too"]) == ("U2", "U3")


def test_who_may_not_say_yes_opens_no_waiting_video_to_themselves_by_the_settings(thread: Room) -> None:
    thread.opened()
    for taken in ({"who": "anyone"}, {"who": "named", "approvers": ["dan"]}):
        rules(thread, "dan", **taken)
        assert (
            alone(thread.click(YES, thread.kept("preview"), by="dan"), "dan")
            == "Only @ann can do that. What you would change, you can write here."
        )
    open_still(thread)
    assert thread.click(YES, thread.kept("preview")) is None


def test_the_next_video_follows_the_rules_that_hold_when_it_begins(thread: Room) -> None:
    rules(thread, "dan", who="named", approvers=["ben"])
    thread.opened()
    assert "Only @ben can do that." in alone(thread.click(YES, thread.kept("preview")), "ann")
    rules(thread, "ben", who="named", approvers=["cat"])
    assert thread.click(YES, thread.kept("preview"), by="cat") is None


def test_an_owner_takes_no_rule_back_that_keeps_their_own_yes_from_counting(thread: Room) -> None:
    rules(thread, "ben", who="anyone", self_approval=False)
    thread.opened()
    rules(thread, "ann")
    assert "Nobody approves their own video" in alone(thread.click(YES, thread.kept("preview")), "ann")
    open_still(thread)


def test_where_nobody_could_say_yes_any_more_a_new_rule_holds_for_what_waits(thread: Room) -> None:
    rules(thread, "ann", approvers=["ann"], self_approval=False)
    thread.opened()
    told = "Nobody approves their own video here, and nobody else is named: name somebody in the settings."
    assert alone(thread.click(YES, thread.kept("preview")), "ann") == told
    assert alone(thread.click(YES, thread.kept("preview"), by="dan"), "dan") == told
    rules(thread, "ann", approvers=["ann", "ben"], self_approval=False)
    assert thread.click(YES, thread.kept("preview"), by="ben") is None


def test_a_vote_of_somebody_who_is_no_approver_any_more_is_nobodys_decision(thread: Room) -> None:
    thread.opened()
    rules(thread, "ann", approvers=["ben", "cat"], rule="all")
    for by in ("ann", "cat"):
        assert "still asked" in alone(thread.click(YES, thread.kept("preview"), by=by), by)
    rules(thread, "ann")
    assert thread.click(YES, thread.kept("preview")) is None
    [found] = thread.store.approvals.list(thread.job.id)
    assert (found.by, found.how) == ("ann", "button")


def test_who_changes_their_mind_is_heard_as_if_it_were_their_first_word(thread: Room) -> None:
    thread.opened()
    rules(thread, "ann", approvers=["ben", "cat"], rule="majority")
    assert "0 of 2" in alone(thread.click(NO, thread.kept("preview"), by="ben"), "ben")
    assert "1 of 2" in alone(thread.click(YES, thread.kept("preview"), by="cat"), "cat")
    assert thread.click(YES, thread.kept("preview"), by="ben") is None
    [found] = thread.store.approvals.list(thread.job.id)
    assert (found.by, found.how, found.verdict, found.note) == ("ben", "button", "approved", "")


def test_a_stale_preview_is_passed_by_nobody_who_may_not_approve_it(thread: Room) -> None:
    thread.opened()
    thread.say("approve")
    thread.office.jobs.rerun(thread.job, "plan", "shorter", Scope(), "ann", "a key", refresh=False)
    thread.drain()
    assert said(thread, "keep preview", "dan") == "Only @ann can do that. What you would change, you can write here."
    rules(thread, "ann", approvers=["ben"], rule="all")
    assert said(thread, "keep preview", "ann").startswith("Several people approve preview here")


def test_a_typed_yes_holds_for_nothing_that_came_after_it_was_typed(thread: Room) -> None:
    thread.opened()
    typed = now()
    thread.say("change: shorter")
    answer = said(thread, "approve", "ann", created=typed)
    assert answer == "preview v2 came after you wrote that: look at it, then approve it."
    open_still(thread)
    assert thread.say("approve") == "Preview v2 is approved: I render the final now."


def test_a_bare_yes_or_no_in_a_channel_may_answer_a_model_and_decides_nothing(thread: Room) -> None:
    thread.opened()
    for words in ("yes", "Yes!", "no", "No."):
        assert "`approve`" in thread.say(words)
    open_still(thread)


def test_nothing_but_the_very_word_approves(thread: Room) -> None:
    thread.opened()
    for words in (
        "approve?",
        "don't approve",
        "do not approve!",
        "approve the second one",
        "approve it",
        "> approve",
        '"approve"',
        "“approve”",
        "approve when ben is happy",
        "not approved",
        "approve\napprove",
        "I approve",
        "approve \u202e",
        "\u0430pprove",
    ):
        thread.say(words)
    open_still(thread)


def test_a_channel_whose_approvers_have_left_is_freed_from_the_shell(thread: Room) -> None:
    assert rules_cli.listed(thread.store) == rules_cli.NONE
    rules(thread, "gone", approvers=["gone"], who="named", platform="reels")
    thread.opened()
    assert (
        alone(thread.click(YES, thread.kept("preview")), "ann")
        == "Only @gone can do that. What you would change, you can write here."
    )
    assert rules_cli.listed(thread.store).startswith("T1:C1\nWhat holds in this channel:\n• Approvals: @gone;")
    assert "• Platform: reels" in rules_cli.freed(thread.store, "T1:C1")
    assert thread.click(YES, thread.kept("preview")) is None
    with pytest.raises(NotFound, match="`rushes rules` lists"):
        rules_cli.freed(thread.store, "T1:C9")
