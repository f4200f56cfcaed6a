"""Answers that count for nothing: each does nothing, and tells whoever pressed why, and nobody else."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from bot import house_rules
from bot.house_rules import Rules
from bot.reminders import EXPIRES
from kernel.store.records import new_id
from tests.bot.surfaces.slack.room import SlackRoom
from tests.fakes.slack.people import Person
from tests.fakes.slack.senses import Where
from tests.fakes.slack.things import Posted

APPROVE, ACCEPT = "plan.approve", "review.accept"
RACES = 8
"""Through all of the surface; tests/bot/test_approvers.py has two hundred of them at the door of the store."""


def buttons(card: Posted, action: str = APPROVE) -> list[dict[str, Any]]:
    """Return the elements of a card with an id."""
    elements = [each for block in card.blocks for each in block.get("elements", [])]
    return [each for each in elements if isinstance(each, dict) and each.get("action_id") == action]


def with_value(card: Posted, change: Callable[[str], str]) -> Posted:
    """Return a card as a forger sees it: its button carries something else."""
    forged = dataclasses.replace(card, blocks=copy.deepcopy(card.blocks))
    for button in buttons(forged):
        button["value"] = change(button["value"])
    return forged


def effects(room: SlackRoom, root: Where) -> Any:
    """Return all that an answer could change in a job."""
    job = room.job_of(root)
    approvals = [(a.step, a.hash, a.verdict, a.by) for a in room.store.approvals.list(job.id)]
    documents = {step.name: len(room.store.documents.versions(job.id, step.name)) for step in pipeline(room)}
    return approvals, documents, job.decision


def pipeline(room: SlackRoom) -> Any:
    """Return the steps."""
    return room.app.services.pipelines["edit"].steps


@contextmanager
def refused(room: SlackRoom, root: Where, who: Person, *words: str) -> Iterator[None]:
    """See that what is done within has no effect on a job, and that one person alone is told why."""
    everyone = [person for person in (room.ann, room.bob) if person.id != who.id]
    before, own, others = effects(room, root), len(room.told(who)), [len(room.told(p)) for p in everyone]
    said = len(room.thread(root))
    yield
    told = room.tells_privately(who, own)
    assert all(word in told for word in words), told
    room.settled(root)
    assert effects(room, root) == before
    assert (len(room.told(who)), [len(room.told(p)) for p in everyone]) == (own + 1, others)
    assert len(room.thread(root)) == said


def rules(room: SlackRoom, root: Where, **values: Any) -> None:
    """Let rules hold in the channel of a thread."""
    house_rules.keep(room.store, room.conversation(root), Rules(**values), room.ann.id, new_id())


def test_a_stale_button_says_who_decided_and_when(room: SlackRoom) -> None:
    root, gate = room.opened()
    room.ann.clicks(gate, APPROVE)
    room.gate(root, ACCEPT)
    room.settled(root)
    with refused(room, root, room.ann, "approved already", f"<@{room.ann.id}>", "UTC"):
        room.ann.clicks(gate, APPROVE)


def test_a_button_of_a_superseded_version_names_the_current_one(room: SlackRoom) -> None:
    root, gate = room.opened()
    room.ann.replies(root, "rerun plan: shorter")
    room.wait(lambda: len(room.happened(root, "gate_opened")) == 2)
    room.settled(root)
    with refused(room, root, room.ann, "v2 is current"):
        room.ann.clicks(gate, APPROVE)


def test_somebody_who_may_not_is_told_who_may(room: SlackRoom) -> None:
    root, gate = room.opened()
    room.settled(root)
    with refused(room, root, room.bob, f"<@{room.ann.id}> can do that"):
        room.bob.clicks(gate, APPROVE)


def test_the_requester_approves_no_work_of_their_own_where_the_channel_says_so(room: SlackRoom) -> None:
    root, gate = room.opened()
    room.settled(root)
    rules(room, root, approvers=(room.bob.id,), self_approval=False)
    with refused(room, root, room.ann, "Nobody approves their own video", f"<@{room.bob.id}>"):
        room.ann.clicks(gate, APPROVE)
    room.bob.clicks(gate, APPROVE)
    room.gate(root, ACCEPT)
    rules(room, root)


def test_a_button_that_was_carried_to_another_thread_does_nothing_in_either(room: SlackRoom) -> None:
    here, mine = room.opened()
    there, other = room.opened()
    for root in (here, there):
        room.settled(root)
    before = effects(room, here)
    with refused(room, there, room.ann, "not in use here"):
        room.ann.clicks(with_value(other, lambda _: str(buttons(mine)[0]["value"])), APPROVE)
    assert effects(room, here) == before


def test_somebody_of_another_workspace_approves_nothing(room: SlackRoom) -> None:
    elsewhere = room.slack.workspace("elsewhere")
    eve = room.slack.person("eve", elsewhere)
    room.videos.members.add(eve.id)
    room.videos.shared_with.add(elsewhere.id)
    root, gate = room.opened()
    room.settled(root)
    with refused(room, root, eve, "another workspace"):
        eve.clicks(gate, APPROVE)
    room.videos.members.discard(eve.id)
    room.videos.shared_with.clear()


@pytest.mark.parametrize(
    "change",
    [
        lambda value: "A" * len(value),
        lambda value: ("B" if value[0] == "A" else "A") + value[1:],
        lambda value: value[:-1],
        lambda _: "",
    ],
    ids=["forged", "flipped", "cut", "empty"],
)
def test_a_token_that_is_not_ours_approves_nothing(room: SlackRoom, change: Callable[[str], str]) -> None:
    root, gate = room.opened()
    room.settled(root)
    with refused(room, root, room.ann, "not in use here"):
        room.ann.clicks(with_value(gate, change), APPROVE)


def test_what_changed_after_it_was_shown_is_not_approved(room: SlackRoom) -> None:
    root, gate = room.opened()
    room.settled(root)
    job = room.job_of(root)
    room.app.office.jobs.amend(job, "plan", {"words": "another cut", "confidence": 0.9}, room.ann.id, "a-hand")
    room.settled(root)
    with refused(room, root, room.ann):
        room.ann.clicks(gate, APPROVE)


def test_a_video_that_was_replaced_after_its_approval_is_not_delivered(room: SlackRoom) -> None:
    root, gate = room.opened()
    room.ann.clicks(gate, APPROVE)
    review = room.gate(root, ACCEPT)
    job = room.job_of(root)
    [master] = [asset for asset in room.store.assets.list(job.id) if asset.role == "render"]
    path = room.app.services.studio.path(master.hash, job.id)
    path.write_bytes(path.read_bytes()[::-1])
    room.ann.clicks(review, ACCEPT)
    room.wait(lambda: room.happened(root, "step_failed"))
    room.settled(root)
    assert room.store.documents.latest(job.id, "delivery") is None
    assert not list(room.folder.rglob(f"{job.id}*/delivered/*"))


def test_nothing_is_approved_after_a_cancellation(room: SlackRoom) -> None:
    root, gate = room.opened()
    room.ann.replies(root, "cancel")
    room.wait(lambda: room.happened(root, "cancelled"))
    room.settled(root)
    with refused(room, root, room.ann, "cancelled"):
        room.ann.clicks(gate, APPROVE)


def test_of_a_yes_and_a_no_at_the_same_moment_one_counts(room: SlackRoom) -> None:
    root, gate = room.opened()
    rules(room, root, approvers=(room.bob.id,))
    form = room.bob.opens(gate, "plan.reject")
    with ThreadPoolExecutor(2) as threads:
        yes, no = threads.submit(room.ann.clicks, gate, APPROVE), threads.submit(room.bob.submits, form)
    assert (yes.exception(), no.exception()) == (None, None)
    room.settled(root)
    [only] = [a for a in room.store.approvals.list(room.job_of(root).id) if a.step == "preview"]
    loser = room.bob if only.verdict == "approved" else room.ann
    assert f"{only.verdict} already" in room.tells_privately(loser, 0)
    rules(room, root)


def test_of_two_yeses_at_the_same_moment_one_counts_and_the_other_is_told_whose(room: SlackRoom) -> None:
    roots = [room.drops() for _ in range(RACES)]
    opened = [(root, room.gate(root)) for root in roots]
    rules(room, opened[0][0], approvers=(room.bob.id,))
    known = {person: len(room.told(person)) for person in (room.ann, room.bob)}
    for _, gate in opened:
        with ThreadPoolExecutor(2) as threads:
            pressed = [threads.submit(who.clicks, gate, APPROVE) for who in known]
        assert [one.exception() for one in pressed] == [None, None]
    room.wait(lambda: sum(len(room.told(person)) - known[person] for person in known) == RACES)
    for root, _ in opened:
        room.gate(root, ACCEPT)
        assert len(room.store.approvals.list(room.job_of(root).id)) == 1
    assert all("approved already, by <@" in told for person in known for told in room.told(person, known[person]))
    rules(room, opened[0][0])


def test_a_button_that_expired_after_a_week_says_how_to_go_on(room: SlackRoom) -> None:
    root, gate = room.opened()
    room.settled(root)
    room.engine.skip(EXPIRES + 1)  # type: ignore[attr-defined]
    room.wait(lambda: room.happened(root, "expired"))
    room.settled(root)
    with refused(room, root, room.ann, "has expired", "`resume`"):
        room.ann.clicks(gate, APPROVE)
