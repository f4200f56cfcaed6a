"""Words keep clear of a logo."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.worker.beside import kept_free, touch
from kernel.worker.compile import compile
from kernel.worker.plan import EditPlan
from tests.kernel.evaluation.scenes import named
from tests.kernel.worker.scenes import cut, plan, words

LOGO = {"type": "logo", "source": "s2", "corner": "bottom_right", "size": 0.4}


def spoken(*operations: dict[str, Any], **captions: Any) -> EditPlan:
    """Return a plan in which somebody speaks, on a tall picture."""
    text = "we made this film about the sea for you"
    said = [(word, 0.5 + n * 0.4, 0.8 + n * 0.4) for n, word in enumerate(text.split(" "))]
    sources = [named("s1", words=words("s1", *said)), named("s2", "still", 0.0, width=240, height=100)]
    sheet = {"type": "captions", **captions}
    return plan(sources, cut("c1", "s1", 0.0, 5.0), sheet, *operations, width=540, height=960)


@pytest.mark.parametrize(("position", "corner"), [("bottom", "bottom_right"), ("top", "top_left")])
def test_captions_step_aside_all_by_the_same_way(position: str, corner: str) -> None:
    before = compile(spoken(position=position)).cues
    made = spoken({**LOGO, "corner": corner}, position=position)
    after = compile(made).cues
    assert not any(touch(cue.box, box) for cue in after for box in kept_free(made))
    moved = {new.box.y - old.box.y for new, old in zip(after, before, strict=True)}
    assert len(moved) == 1
    assert (moved.pop() < 0) == (position == "bottom")


def test_captions_stay_where_the_logo_is_elsewhere() -> None:
    assert compile(spoken({**LOGO, "corner": "top_left"})).cues == compile(spoken()).cues


def test_a_logo_that_comes_and_goes_moves_nothing() -> None:
    assert compile(spoken({**LOGO, "length": 1.0})).cues == compile(spoken()).cues


def test_a_title_stands_below_a_logo_at_the_top() -> None:
    title = {"type": "title", "id": "t1", "text": "A boat at sea", "clip": "c1", "length": 3.0}
    made = spoken({**LOGO, "corner": "top_right"}, title)
    span = compile(made).titles[0]
    assert not touch(span.box, kept_free(made)[0])
    assert span.box.y > compile(spoken(title)).titles[0].box.y
