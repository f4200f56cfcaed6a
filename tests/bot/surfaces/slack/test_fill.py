"""What becomes of what happened: no more is posted than somebody needs, and each once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.surfaces.slack.fill import fill
from bot.surfaces.slack.presenter import CURSOR
from kernel.errors import TryAgain
from kernel.store.records import Post, Turn
from tests.bot.surfaces.slack.stage import Stage


def shape(posts: list[Post]) -> list[tuple[str, str]]:
    """Return each post's kind, and how its id begins."""
    return [(post.kind, post.id.split(":")[0] if ":" in post.id else "event") for post in posts]


def gates(stage: Stage) -> list[Post]:
    """Return the cards of gates, and their changes."""
    return [post for post in stage.posts() if "gate" in post.body]


def buttons(post: Post) -> set[str]:
    """Return the ids of what can be pressed on a card."""
    blocks = [block for block in post.body["blocks"] if block["type"] == "actions"]
    return {element["action_id"] for block in blocks for element in block["elements"]}


def press(stage: Stage, name: str, token: str, **more: Any) -> Turn:
    """Return the press of a gate's button."""
    place = {"channel": stage.videos.id, "thread_ts": stage.root.ts, "user": stage.ann.id}
    payload = {"command": {"name": name, **more}, "token": token, "how": "button", "place": place}
    return stage.turn("", kind="button", payload=payload)


def test_a_job_that_reaches_its_first_gate_gets_a_card_an_answer_two_files_and_a_question(stage: Stage) -> None:
    job = stage.opened()
    made = stage.fills()
    assert [post.kind for post in made] == ["message", "message", "upload", "upload", "message"]
    card, answer, video, picture, gate = made
    assert card.id == f"card:{job.id}"
    assert answer.id.endswith(":said")
    first = f"gate:{job.id}:{stage.kept('preview').hash}"
    assert [video.id, picture.id, gate.id] == [f"{first}:video", f"{first}:picture", first]
    assert gate.body["text"].startswith(f"<@{stage.ann.id}> "), "a person is needed, so a person is told"
    assert {"plan.approve", "plan.change", "plan.reject"} <= buttons(gate)
    assert "waits for you" in str(gate.body["blocks"]), "the editor's words lead the card"


def test_filling_twice_adds_nothing(stage: Stage) -> None:
    stage.finished()
    first = stage.fills()
    again = fill(stage.office, 0, limit=10_000)
    stage.store.posts.add(again.posts)
    assert stage.posts() == first
    assert again.posts == ()


def test_filling_in_small_pieces_makes_the_same_posts(stage: Stage) -> None:
    stage.finished()
    whole, piecewise, seq = fill(stage.office, 0, limit=10_000).posts, list[Post](), 0
    while (filled := fill(stage.office, seq, limit=1)).read:
        stage.store.posts.add(filled.posts)
        piecewise += filled.posts
        seq = filled.seq
    assert [(post.id, post.kind, post.target) for post in piecewise] == [(p.id, p.kind, p.target) for p in whole]


def test_what_happens_on_another_surface_is_none_of_slacks(stage: Stage) -> None:
    elsewhere = stage.store.conversations.ensure("console", "a terminal")
    stage.here = elsewhere
    stage.say("hello", surface="console")
    assert fill(stage.office, 0).posts == ()


def test_progress_posts_nothing_and_moves_the_card(stage: Stage) -> None:
    job = stage.opened()
    stage.fills()
    stage.happens("progressed", "master", share=0.4, doing="frames", left=30.0)
    stage.happens("scored", "scorecard", run="r", round={}, text="Round 1 of 2")
    filled = fill(stage.office, stage.store.posts.cursor("slack"))
    assert filled.posts == ()
    assert filled.touched == {job.id}


def test_a_yes_takes_the_buttons_away_and_says_nothing_else(stage: Stage) -> None:
    stage.opened()
    stage.fills()
    token = next(e["value"] for b in gates(stage)[0].body["blocks"] if b["type"] == "actions" for e in b["elements"])
    stage.app.conversations.receive(press(stage, "approve", token))
    stage.drain()
    made = stage.fills()
    change, *rest = [post for post in made if post.kind == "update"]
    assert (change.target, buttons(change)) == (gates(stage)[0].id, set())
    assert f"<@{stage.ann.id}>" in str(change.body["blocks"])
    assert rest == []
    assert shape([post for post in made if post.kind != "update"]) == [("upload", "gate"), ("message", "gate")]
    assert {"review.accept", "review.change", "review.rerun"} <= buttons(made[-1])


def test_words_take_the_buttons_of_the_old_version_away_and_bring_a_new_card(stage: Stage) -> None:
    stage.opened()
    stage.fills()
    [first] = gates(stage)
    stage.say("change: shorter")
    made = stage.fills()
    assert stage.kept("preview").version == 2
    [change] = [post for post in made if post.kind == "update"]
    assert (change.target, buttons(change)) == (first.id, set())
    assert made[-1].body["gate"]["hash"] == stage.kept("preview").hash


def test_a_button_that_is_refused_is_told_to_its_author_alone(stage: Stage) -> None:
    stage.opened()
    stage.fills()
    stage.app.conversations.receive(press(stage, "approve", "forged"))
    stage.drain()
    [told] = stage.fills()
    assert (told.kind, told.body["to"], told.body["thread_ts"]) == ("private", stage.ann.id, stage.root.ts)


def test_what_is_private_and_has_no_place_goes_to_the_person_directly(stage: Stage) -> None:
    stage.tells("Not you.", private=True, to=stage.ann.id, place={})
    [told] = stage.fills()
    assert (told.kind, told.body["to"]) == ("message", stage.ann.id)


def test_at_the_end_the_owner_is_told_and_gets_what_is_not_in_the_thread_yet(stage: Stage) -> None:
    stage.opened()
    stage.say("approve")
    stage.fills()
    stage.say("approve")
    done = stage.fills()[-1]
    assert f"<@{stage.ann.id}>" in done.body["text"]
    hashes = [post.body["hash"] for post in stage.posts("upload")]
    assert stage.kept("master").body["video"] in hashes
    assert len(hashes) == len(set(hashes)), "no file is put into the thread twice"


def test_a_failure_says_what_would_mend_it(stage: Stage) -> None:
    stage.opened()
    stage.fills()
    stage.say("change: impossible")
    card = stage.fills()[-1]
    assert "job.retry" in buttons(card)
    assert f"<@{stage.ann.id}>" in card.body["text"]


def test_a_job_that_is_cancelled_has_no_buttons_left(stage: Stage) -> None:
    stage.opened()
    stage.fills()
    stage.say("cancel")
    changes = [post for post in stage.fills() if post.kind == "update"]
    assert [buttons(change) for change in changes] == [set()]


def test_a_gate_that_waits_too_long_is_called_to_mind_and_then_closed(stage: Stage) -> None:
    stage.opened()
    stage.fills()
    kept = stage.kept("preview")
    told = {"step": "preview", "version": 1, "hash": kept.hash}
    stage.happens("reminded", "preview", **told, number=1)
    [reminder] = stage.fills()
    assert f"<@{stage.ann.id}>" in reminder.body["text"]
    stage.happens("expired", "preview", **told)
    [change] = stage.fills()
    assert (change.kind, buttons(change)) == ("update", set())
    stage.happens("reminded", "preview", **told, number=2)
    assert stage.fills() == [], "nobody is called to a gate that is closed"


def test_nobody_is_reminded_of_what_was_decided_before_the_reminder_was_posted(stage: Stage) -> None:
    stage.opened()
    stage.fills()
    kept = stage.kept("preview")
    stage.happens("reminded", "preview", step="preview", version=1, hash=kept.hash, number=1)
    stage.say("approve")
    assert "still waits" not in str([post.body for post in stage.fills()])


def test_resuming_an_expired_gate_brings_a_fresh_card(stage: Stage) -> None:
    stage.opened()
    kept = stage.kept("preview")
    stage.happens("expired", "preview", step="preview", version=1, hash=kept.hash)
    stage.fills()
    stage.say("resume")
    fresh = [post for post in stage.fills() if post.kind == "message" and "gate" in post.body]
    assert [post.body["gate"]["hash"] for post in fresh] == [kept.hash]
    assert "plan.approve" in buttons(fresh[0])


def test_a_file_that_is_not_taken_in_is_told_once_with_its_reason(stage: Stage) -> None:
    stage.opened()
    stage.fills()
    for _ in range(2):
        stage.happens("file_refused", name="a <b>.exe", why="I take in no programs.", id="F1")
    [told] = stage.fills()
    assert told.body["text"] == "I could not take in a &lt;b&gt;.exe: I take in no programs."


def test_a_file_that_is_waited_for_is_told_in_the_thread(stage: Stage) -> None:
    stage.opened()
    stage.fills()
    stage.happens(
        "file_waits", name="a.mp4", id="F1", why="Slack asks to wait before it sends a.mp4. I go on by myself."
    )
    [told] = stage.fills()
    assert (told.kind, told.body["text"]) == ("message", "Slack asks to wait before it sends a.mp4. I go on by myself.")


def test_a_download_that_was_asked_for_is_a_file_in_the_thread(stage: Stage, tmp_path: Path) -> None:
    stage.opened()
    stage.fills()
    stage.happens("exported", kind="captions", path=str(tmp_path / "a.srt"), name="captions.srt")
    [file] = stage.fills()
    assert (file.kind, file.body["name"]) == ("upload", "captions.srt")
    assert file.body["instead"].startswith("captions.srt could not be put into this thread. It is kept: ask")


def test_a_video_too_big_for_slack_comes_smaller_with_a_word_on_the_whole(stage: Stage, tmp_path: Path) -> None:
    (folder := tmp_path / "limited").mkdir()
    limited = Stage(folder, slack=stage.slack, more={"RUSHES_SLACK_UPLOAD_LIMIT": "15"})
    job = limited.opened("9:16")
    limited.say("approve")
    master, small = (limited.kept(step).body["video"] for step in ("master", "preview"))
    made = [post for post in limited.fills() if "Final" in str(post.body.get("text", post.body.get("comment")))]
    assert [post.kind for post in made[:2]] == ["message", "upload"]
    assert job.id[:8] in made[0].body["text"]
    assert (made[1].body["hash"], made[0].id) == (small, f"large:{job.id}:{master}")
    limited.close()


def test_an_event_that_cannot_be_told_holds_up_none_of_the_others(stage: Stage) -> None:
    stage.opened()
    stage.happens("gate_opened", "preview", hash="unknown", version=9)
    stage.tells("still here")
    assert stage.fills()[-1].body["text"] == "still here"


def test_what_is_told_while_the_database_is_away_is_told_when_it_is_back(stage: Stage) -> None:
    stage.opened()
    address = stage.settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(address, isolation_level=None)) as own:
        own.execute("ALTER TABLE documents RENAME TO away")
        with pytest.raises(TryAgain):
            stage.fills()
        own.execute("ALTER TABLE away RENAME TO documents")
    assert stage.store.posts.cursor(CURSOR) == 0
    assert "plan.approve" in buttons(stage.fills()[-1])


@pytest.mark.parametrize("status", ["failed", "dropped", "sent"])
def test_a_final_that_did_not_get_into_the_thread_at_its_review_does_at_the_end(stage: Stage, status: str) -> None:
    stage.opened()
    stage.say("approve")
    stage.fills()
    master = stage.kept("master").body["video"]
    [review] = [post for post in stage.posts("upload") if post.body["hash"] == master]
    stage.store.posts.mark(review.id, status)
    stage.say("approve")
    stage.fills()
    again = [post for post in stage.posts("upload") if post.body["hash"] == master]
    assert len(again) == (1 if status == "sent" else 2)


@pytest.mark.parametrize("word", ["stop", "resume"])
def test_stopping_and_going_on_are_answered_and_change_no_gate(stage: Stage, word: str) -> None:
    stage.opened()
    stage.fills()
    stage.say("stop")
    made = stage.fills()
    assert [post.kind for post in made] == ["message"]
    if word == "resume":
        stage.say("resume")
        assert {post.kind for post in stage.fills()} == {"message"}
    assert [post.kind for post in gates(stage)] == ["message"]
