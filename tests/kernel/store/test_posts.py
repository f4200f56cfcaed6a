"""The outbox: kept before it is sent, each cause once, in order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kernel.errors import NotFound
from kernel.store import Store
from kernel.store.records import HouseRules, Installation, Job, Post, Vote


def post(id: str, **values: object) -> Post:
    """Return a post of a thread."""
    return Post.model_validate({"id": id, "surface": "slack", "conversation": "c", "kind": "message", **values})


def test_a_cause_makes_one_post_and_the_order_is_that_of_keeping(store: Store) -> None:
    store.posts.add([post("b"), post("a")])
    store.posts.add([post("b", body={"text": "again"})])
    assert [(found.id, found.body) for found in store.posts.open("slack")] == [("b", {}), ("a", {})]
    assert store.posts.open("console") == []


def test_the_cursor_moves_with_the_posts_and_never_back(store: Store) -> None:
    assert store.posts.cursor("presenter") == 0
    store.posts.add([post("a")], "presenter", 7)
    store.posts.add([], "presenter", 3)
    assert store.posts.cursor("presenter") == 7


def test_what_was_sent_is_open_no_more_and_says_where_it_stands(store: Store) -> None:
    store.posts.add([post("a"), post("b", kind="upload")])
    store.posts.mark("a", "sending", attempts=1)
    store.posts.mark("b", "sent", place={"ts": "1.2"})
    assert [(found.id, found.attempts) for found in store.posts.open("slack")] == [("a", 1)]
    assert [found.place for found in store.posts.list("c", "upload")] == [{"ts": "1.2"}]
    assert len(store.posts.list("c")) == 2
    with pytest.raises(NotFound):
        store.posts.get("unknown")


def test_a_second_thought_replaces_a_vote_and_others_stay(store: Store) -> None:
    job = store.jobs.create(Job(pipeline="edit", title="t"))
    vote = Vote(id="1", job=job.id, step="preview", hash="h", verdict="approved", by="ann")
    bobs, second = (vote.model_copy(update=more) for more in ({"id": "2", "by": "bob"}, {"id": "3", "note": "Lovely."}))
    for cast in (vote, bobs, second, bobs):
        store.votes.cast(cast)
    assert [(v.id, v.by, v.note) for v in store.votes.list(job.id, "preview", "h")] == [
        ("2", "bob", ""),
        ("3", "ann", "Lovely."),
    ]


def test_the_newest_rules_of_a_place_hold(store: Store) -> None:
    assert store.house_rules.of("slack", "T1:C1") is None
    for number in (1, 2):
        store.house_rules.keep(HouseRules(id=f"r{number}", surface="slack", place="T1:C1", body={"n": number}))
    store.house_rules.keep(HouseRules(id="r1", surface="slack", place="T1:C1", body={"n": 3}))
    found = store.house_rules.of("slack", "T1:C1")
    assert found is not None
    assert found.body == {"n": 2}
    assert store.house_rules.of("slack", "T1:C2") is None
    assert [form.id for form in store.house_rules.since("slack", "T1:C1", found.created)] == ["r2"]
    earlier = found.created - timedelta(days=1)
    assert [form.id for form in store.house_rules.since("slack", "T1:C1", earlier)] == ["r1", "r2"]


def test_a_workspace_is_installed_once_and_can_be_forgotten(store: Store) -> None:
    for sealed in ("old", "new"):
        store.installations.keep(Installation(surface="slack", enterprise="", team="T1", sealed=sealed))
    assert [found.sealed for found in store.installations.list("slack")] == ["new"]
    assert store.installations.find("slack", "E1", "T1") is None
    store.installations.remove("slack", "", "T1")
    assert store.installations.find("slack", "", "T1") is None
