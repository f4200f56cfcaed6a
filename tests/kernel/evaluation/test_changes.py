"""changes: what is a new picture, and what is none."""

from __future__ import annotations

from typing import Any

from kernel.evaluation.changes import changes, lengths
from kernel.worker.analysis.found import Sights
from tests.kernel.evaluation.conftest import Look
from tests.kernel.evaluation.scenes import named
from tests.kernel.worker.scenes import cut, plan

TWO = [named("s1"), named("s2")]


def _at(look: Look, *operations: dict[str, Any], sources: list[dict[str, Any]] | None = None) -> list[float]:
    return [round(change.at, 2) for change in changes(look(plan(sources or TWO, *operations)))]


def test_a_cut_to_another_place_is_a_change(look: Look) -> None:
    assert _at(look, cut("c1", "s1", 0, 2), cut("c2", "s1", 5, 7), cut("c3", "s2", 0, 1)) == [2.0, 4.0]


def test_a_cut_after_which_the_picture_goes_on_is_none(look: Look) -> None:
    assert _at(look, cut("c1", "s1", 0, 2), cut("c2", "s1", 2, 4)) == []


def test_a_punch_in_at_such_a_cut_is_one(look: Look) -> None:
    zoom = {"type": "zoom", "of": "c2", "scale": 1.2}
    assert _at(look, cut("c1", "s1", 0, 2), cut("c2", "s1", 2, 4), zoom) == [2.0]


def test_a_cover_changes_the_picture_twice(look: Look) -> None:
    cover = {"type": "cover", "id": "b1", "clip": "c1", "offset": 2, "length": 3, "source": "s2", "why": ""}
    assert _at(look, cut("c1", "s1", 0, 10), cover) == [2.0, 5.0]


def test_a_long_picture_is_made_in_pieces_but_is_one(look: Look) -> None:
    assert _at(look, cut("c1", "s1", 0, 30)) == []


def test_a_dissolve_is_one_change_in_its_middle(look: Look) -> None:
    passage = {"type": "transition", "after": "c1", "kind": "dissolve", "length": 0.4}
    assert _at(look, cut("c1", "s1", 1, 3), cut("c2", "s2", 1, 3), passage) == [2.0]


def test_a_cut_in_the_source_is_a_change_but_not_ours(look: Look) -> None:
    shots = [{"start": 0, "end": 3}, {"start": 3, "end": 30}]
    found = changes(look(plan([named("s1", shots=shots)], cut("c1", "s1", 1, 6), cut("c2", "s1", 10, 12))))
    assert [(round(change.at, 2), change.ours) for change in found] == [(2.0, False), (5.0, True)]


def test_a_picture_that_flickers_has_no_more_cuts_for_that(look: Look) -> None:
    edit = plan(TWO, cut("c1", "s1", 0, 4))
    seen = look(edit).model_copy(update={"sights": _flickering()})
    assert changes(seen) == ()
    assert len(changes(seen.model_copy(update={"plan": None, "timeline": None}))) == 7


def _flickering() -> Sights:
    return Sights.model_validate({"shots": [{"start": n / 2, "end": n / 2 + 0.5} for n in range(8)]})


def test_lengths_add_up_to_the_whole() -> None:
    assert lengths([4.0, 1.0, 0.0, 12.0], 10.0) == [1.0, 3.0, 6.0]
