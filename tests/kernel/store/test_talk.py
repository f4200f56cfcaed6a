"""Conversations, turns, instructions and messages: what was said."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from kernel.errors import NotFound
from kernel.store import Store
from kernel.store.records import Instruction, Job, KeptMessage, Turn


def test_a_place_has_one_conversation(store: Store) -> None:
    with ThreadPoolExecutor(8) as threads:
        ids = set(threads.map(lambda _: store.conversations.ensure("slack", "C1/17.5"), range(40)))
    assert len(ids) == 1
    assert store.conversations.ensure("slack", "C1/18.0") not in ids


def test_a_conversation_is_about_one_job_at_a_time(store: Store, job: Job) -> None:
    id = store.conversations.ensure("console", "here")
    assert store.conversations.get(id).job is None
    store.conversations.set_job(id, job.id)
    assert store.conversations.get(id).job == job.id
    store.conversations.set_job(id, None)
    assert store.conversations.get(id).job is None
    with pytest.raises(NotFound):
        store.conversations.get("nowhere")


def test_a_turn_that_is_delivered_twice_is_kept_once(store: Store) -> None:
    turn = Turn(id="Ev1", conversation="c", text="shorter", files=({"path": "/a.mp4"},), payload={"ts": "1"})
    with ThreadPoolExecutor(8) as threads:
        kept = list(threads.map(lambda _: store.turns.keep(turn), range(40)))
    assert kept.count(True) == 1
    assert store.turns.list("c") == [turn]


def test_turns_wait_in_order_until_they_are_handled(store: Store) -> None:
    for number in range(3):
        store.turns.keep(Turn(id=f"t{number}", conversation="c", text=str(number)))
    store.turns.keep(Turn(id="x", conversation="other"))
    store.turns.mark("t1")
    assert [turn.id for turn in store.turns.pending("c")] == ["t0", "t2"]
    assert [turn.id for turn in store.turns.list("c")] == ["t0", "t1", "t2"]


def test_instructions_are_kept_once_and_read_oldest_first(store: Store, job: Job) -> None:
    bigger = Instruction(id="i1", job=job.id, step="titles", text="bigger", by="Ada", made_for="h")
    yellow = Instruction(id="i2", job=job.id, step="titles", text="yellow", scope={"fields": ["color"]})
    for one in (bigger, yellow, bigger):
        store.instructions.add(one)
    assert store.instructions.list(job.id, "titles") == [bigger, yellow]
    assert store.instructions.list(job.id, "plan") == []


def test_messages_are_kept_once_per_place_and_without_secrets(store: Store) -> None:
    said = KeptMessage(chat="r1", seq=1, role="assistant", parts=({"type": "text", "text": "use xoxb-12-abc"},))
    store.messages.add(said)
    store.messages.add(said.model_copy(update={"role": "user"}))
    store.messages.add(KeptMessage(chat="r1", seq=0, role="user"))
    kept = store.messages.list("r1")
    assert [(one.seq, one.role) for one in kept] == [(0, "user"), (1, "assistant")]
    assert kept[1].parts == ({"type": "text", "text": "use [secret]"},)


def test_a_conversation_is_found_by_where_it_is_and_the_newest_of_a_place_first(store: Store) -> None:
    first, second = (store.conversations.ensure("slack", f"T1:D1:{ts}") for ts in (1, 2))
    store.conversations.ensure("slack", "T1:D12:1")
    found = store.conversations.find("slack", "T1:D1:1")
    assert found is not None
    assert found.id == first
    assert store.conversations.find("console", "T1:D1:1") is None
    assert [c.id for c in store.conversations.begun("slack", "T1:D1:")] == [second, first]


def test_several_turns_are_kept_in_their_order_each_once(store: Store) -> None:
    turns = [Turn(id=name, conversation=f"c{name}", surface="slack") for name in "abab"]
    assert store.turns.keep_all(turns[:2]) == {"a", "b"}
    assert store.turns.keep_all([*turns, Turn(id="c", conversation="ca", surface="slack")]) == {"c"}
    assert [turn.id for turn in store.turns.unanswered("slack")] == ["a", "b", "c"]


def test_what_nobody_answered_yet_is_found_again(store: Store) -> None:
    here = store.conversations.ensure("slack", "T1:C1:1")
    for name in ("a", "b", "c"):
        store.turns.keep(Turn(id=name, conversation=here, surface="slack", text=name))
    store.turns.mark("b")
    assert [turn.id for turn in store.turns.unanswered("slack")] == ["a", "c"]
    assert store.turns.unanswered("console") == []
    found = store.turns.find("c")
    assert found is not None
    assert found.text == "c"
    assert store.turns.find("d") is None
