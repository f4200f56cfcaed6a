"""What a conversation knows of its job."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.office import trace_of
from experts.edit.brief import Brief
from kernel.errors import BadDocument, BadInput, NotFound
from tests.bot.room import WISH, Room


def brief(text: str = WISH, **more: object) -> Brief:
    """Return a brief."""
    return Brief.read({"text": text, **more})


def dropped(room: Room, *paths: Path) -> str:
    """Drop files without a word; return the turn's id."""
    turn = room.turn("", paths)
    room.store.turns.keep(turn)
    return turn.id


def test_there_is_no_job_before_a_brief(room: Room) -> None:
    assert room.office.job_or_none(room.here) is None
    with pytest.raises(NotFound, match="There is no job yet: drop footage"):
        room.office.job(room.here)


def test_a_brief_opens_a_job_and_takes_the_footage_in(room: Room) -> None:
    turn = dropped(room, room.footage)
    kept = room.office.hand_in(room.here, brief(title="Two cities"), "ann", turn)
    job = room.job
    assert (kept.version, kept.expert) == (1, "ann")
    assert (job.asker, job.surface, job.conversation, job.title) == (
        "ann",
        "console",
        room.here,
        "Two cities",
    )
    sources = {asset.source: asset.name for asset in room.store.assets.list(job.id)}
    assert sources["s1"] == "a talk.mp4"


def test_the_music_that_comes_along_follows_the_persons_footage_and_says_so(room: Room) -> None:
    room.office.hand_in(room.here, brief(), "ann", dropped(room, room.footage))
    beds = [asset for asset in room.store.assets.list(room.job.id) if asset.metadata.get("bundled")]
    assert beds
    assert {bed.role for bed in beds} == {"music"}
    assert min(int(bed.source[1:]) for bed in beds) == 2


def test_a_brief_handed_in_twice_by_one_turn_opens_one_job_and_keeps_one_document(room: Room) -> None:
    turn = dropped(room, room.footage)
    first = room.office.hand_in(room.here, brief(), "ann", turn)
    again = room.office.hand_in(room.here, brief(), "ann", turn)
    assert (first.version, again.version) == (1, 1)
    assert len(room.store.jobs.list()) == 1
    assert room.job.id == trace_of(turn)


def test_footage_that_comes_later_joins_the_job_under_the_next_id(room: Room) -> None:
    room.office.hand_in(room.here, brief(), "ann", dropped(room, room.footage))
    before = {asset.source for asset in room.store.assets.list(room.job.id)}
    more = room.folder / "more.mp4"
    more.write_bytes(b"more pictures")
    room.office.hand_in(room.here, brief("15 seconds"), "ann", dropped(room, more, room.footage))
    sources = {asset.source: asset.name for asset in room.store.assets.list(room.job.id)}
    assert set(sources) - before == {f"s{len(before) + 1}"}
    assert sources[f"s{len(before) + 1}"] == "more.mp4"
    assert room.kept("brief").version == 2


def test_a_brief_without_footage_opens_nothing(room: Room) -> None:
    with pytest.raises(BadInput, match="There is no footage yet"):
        room.office.hand_in(room.here, brief(), "ann", "a turn")
    assert room.store.jobs.list() == []


def test_a_brief_that_contradicts_itself_opens_nothing(room: Room) -> None:
    turn = dropped(room, room.footage)
    with pytest.raises(BadDocument, match="both keeps and drops"):
        room.office.hand_in(room.here, brief(keep=["the joke"], drop=["the joke"]), "ann", turn)
    assert room.store.jobs.list() == []


def test_the_settings_of_all_turns_become_the_jobs(room: Room) -> None:
    turn = room.turn("", [room.footage], payload={"settings": {"out": "/somewhere/a.mp4"}})
    room.store.turns.keep(turn)
    room.office.hand_in(room.here, brief(), "ann", turn.id)
    assert room.job.settings == {"out": "/somewhere/a.mp4"}


def test_a_long_wish_is_cut_short_in_the_title(room: Room) -> None:
    room.office.hand_in(room.here, brief("word " * 40), "ann", dropped(room, room.footage))
    assert room.job.title.endswith("... (a talk.mp4)")
    assert len(room.job.title) < 90


def test_a_step_is_shown_with_its_version(room: Room) -> None:
    room.opened()
    shown = room.office.shown(room.here, "plan")
    assert (shown["version"], shown["confidence"], shown["document"]["words"]) == (1, 0.5, WISH)


def test_a_step_that_was_not_made_or_is_not_there_cannot_be_shown(room: Room) -> None:
    room.opened()
    with pytest.raises(NotFound, match="master was not made yet"):
        room.office.shown(room.here, "master")
    with pytest.raises(NotFound, match="There is no step 'colours'"):
        room.office.shown(room.here, "colours")


def test_the_status_names_every_step_and_what_it_cost(room: Room) -> None:
    room.opened()
    lines = room.office.status_text(room.here).splitlines()
    assert lines[0].endswith(": review required")
    assert "  preview v1: awaiting approval, 30 s long" in lines
    assert "  master: blocked" in lines
    assert lines[-1] == "  spent $0.0000 of $5.00"
