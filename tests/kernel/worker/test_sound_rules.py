"""What cannot be heard is said before anything is rendered, in one sentence that names the operation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kernel.worker.compile import check
from kernel.worker.plan import EditPlan
from tests.kernel.worker.scenes import cut, plan, source

HERE = Path(__file__)


def _plan(*operations: dict[str, Any]) -> EditPlan:
    silent = source("s2", HERE, 8, has_sound=False, channels=0)
    bed = source("s3", HERE, 60, kind="audio", width=0, height=0, rate=None)
    beats = source("s4", HERE, 60, kind="audio", width=0, height=0, rate=None, beats=[n * 0.5 for n in range(120)])
    clips = cut("c1", "s1", 0, 2), cut("c2", "s2", 2, 4), cut("c3", "s1", 4, 6)
    return plan([source("s1", HERE, 8), silent, bed, beats], *clips, *operations)


def _music(**more: Any) -> dict[str, Any]:
    return {"type": "music", "source": "s3", **more}


def _effect(**more: Any) -> dict[str, Any]:
    return {"type": "effect", "id": "e1", "source": "s3", "clip": "c1", **more}


@pytest.mark.parametrize(
    "operations",
    [
        [_music(clip="c1", until="c2"), _music(clip="c3")],
        [_music(source="s4", end="beat")],
        [_effect(offset=1.9, length=30)],
        [_effect(), _effect(id="e2")],
        [{"type": "clean"}, {"type": "clean", "of": "c1", "denoise": "off"}],
    ],
)
def test_what_can_be_done_passes(operations: list[dict[str, Any]]) -> None:
    assert check(_plan(*operations)) == []


@pytest.mark.parametrize(
    ("operations", "sentence"),
    [
        ([_music(source="s9")], "The music is s9, which is no source"),
        ([_music(source="s2")], "The music is s2, which has no sound"),
        ([_music(start=60)], "The music begins at 60.00 s of s3, which lasts 60.00 s"),
        ([_music(clip="c9")], "laid under c9, which is no clip"),
        ([_music(clip="c3", until="c1")], "begins with c3 and ends with c1, which comes before it"),
        ([_music(), _music(clip="c2")], "Two beds of music lie under clip c2"),
        ([_music(end="beat")], "to end on a beat of s3 within 6.00 s"),
        ([_effect(source="s9")], "names s9, which is no source"),
        ([_effect(source="s2")], "Effect e1 takes its sound from s2, which has none"),
        ([_effect(clip="c9")], "names c9, which is no clip"),
        ([_effect(start=61)], "Effect e1 begins at 61.00 s of s3"),
        ([_effect(offset=2.5)], "Effect e1 begins 2.50 s into clip c1, which lasts 2.00 s"),
        ([_effect(), _effect()], "The id e1 is used 2 times"),
        ([{"type": "clean", "of": "c9"}], "names c9"),
        ([{"type": "clean", "of": "c2"}], "A clean-up is of c2, but s2 has no sound"),
        ([{"type": "clean"}, {"type": "clean"}], "There are 2 clean-ups of *"),
    ],
)
def test_what_cannot_be_done_is_said_once(operations: list[dict[str, Any]], sentence: str) -> None:
    found = check(_plan(*operations))
    assert len([said for said in found if sentence in said]) == 1, found
    assert len(found) == 1, found
