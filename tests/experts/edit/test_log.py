"""The log: what kind of footage it is, and what a wrong one is told."""

from __future__ import annotations

from typing import Any

import pytest

from experts.edit import log
from experts.edit.footage import Reel
from experts.edit.log import Log
from kernel.errors import BadInput
from kernel.expert import Scene
from tests.experts.edit.house import bed, brief, footage, made, pictures, talk, voice

SAID: list[str | float] = ["We met in the spring.", 1.0, "It ended well."]


def logged(reels: list[Reel], text: str = "cut it") -> Log:
    found = made(log.EXPERT, {"brief": brief(text), "footage": footage(*reels)})
    assert isinstance(found, Log)
    return found


@pytest.mark.parametrize(
    ("reels", "text", "kind", "b_roll"),
    [
        ([talk("s1", SAID)], "cut it", "dialogue", ()),
        ([talk("s1", SAID), pictures("s2", [5.0])], "cut it", "dialogue", ("s2",)),
        ([voice("s1", SAID), pictures("s2", [5.0])], "cut it", "narration", ("s2",)),
        ([pictures("s1", [5.0]), bed("s2")], "cut it", "montage", ()),
        ([talk("s1", SAID), bed("s2")], "a montage", "montage", ()),
        ([pictures("s1", [5.0])], "an interview", "montage", ()),
    ],
)
def test_the_kind_is_told_by_who_is_heard_and_seen(
    reels: list[Reel], text: str, kind: str, b_roll: tuple[str, ...]
) -> None:
    found = logged(reels, text)
    assert (found.kind, found.b_roll) == (kind, b_roll)


def test_sound_alone_is_refused_with_what_to_do() -> None:
    with pytest.raises(BadInput, match="add a video or a still"):
        log.understudy(Scene({"brief": brief("cut it"), "footage": footage(voice("s1", SAID), bed("s2"))}))


def test_it_never_pretends_to_be_a_model() -> None:
    assert "not by a model" in logged([talk("s1", SAID)]).summary


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"hook": "k9"}, "no take of this log"),
        ({"b_roll": ["s9"]}, "the sources are"),
        ({"takes": "last"}, "has the words"),
        ({"takes": "order"}, "spoken before"),
        ({"takes": "retake"}, "no earlier take"),
        ({"takes": "twice"}, "same id"),
    ],
)
def test_a_log_that_names_what_is_not_there_is_told_so(change: dict[str, Any], reason: str) -> None:
    documents = {"brief": brief("cut it"), "footage": footage(talk("s1", SAID))}
    good = logged([talk("s1", SAID)]).body()
    first = good["takes"][0]
    takes = {
        "last": [{**first, "last_word": "s1w99"}],
        "order": [{**first, "first_word": first["last_word"], "last_word": first["first_word"]}],
        "retake": [{**first, "retake_of": "k2"}],
        "twice": [first, first],
    }
    change = {"hook": None, **change, "takes": takes.get(str(change.get("takes")), good["takes"])}
    assert any(reason in problem for problem in Log.read({**good, **change}).problems(documents))
