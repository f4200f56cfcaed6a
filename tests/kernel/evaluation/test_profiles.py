"""profiles: what kind of video it is, and what is asked of it."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.evaluation import held_to
from kernel.evaluation.profiles import PROFILES, Profile, profile_of
from kernel.evaluation.scorecard import THRESHOLD, Score
from kernel.worker.analysis.found import Sounds
from kernel.worker.compile import compile
from kernel.worker.media import Span
from kernel.worker.plan import EditPlan
from tests.kernel.evaluation.scenes import named, talk
from tests.kernel.worker.scenes import cut, plan


@pytest.mark.parametrize(
    ("brief", "name"),
    [
        ({"text": "A tutorial of a minute", "kind": "dialogue"}, "tutorial"),
        ({"text": "How to brew tea, 30 s"}, "tutorial"),
        ({"text": "A 15 second ad for the shop"}, "ad"),
        ({"text": "promo, vertical"}, "ad"),
        ({"text": "add captions", "kind": "montage"}, "montage"),
        ({"text": "30 seconds", "kind": "dialogue"}, "talking head"),
        ({"text": "30 seconds", "kind": "narration"}, "talking head"),
    ],
)
def test_the_brief_says_what_kind_it_is(brief: dict[str, Any], name: str) -> None:
    assert profile_of(brief=brief).name == name


def _of(made: EditPlan) -> Profile:
    return profile_of(made, compile(made), {"text": "30 seconds", "kind": None})


def test_a_plan_that_keeps_words_is_talk_and_one_of_pictures_a_montage() -> None:
    assert _of(talk("we made all of this better than it was")).name == "talking head"
    assert _of(plan([named("s1")], cut("c1", "s1", 0, 4))).name == "montage"


def test_talk_that_is_not_heard_is_no_talk() -> None:
    said = talk("we made all of this better than it was")
    first = said.operations[0].model_copy(update={"gain_db": -60.0})
    assert _of(said.model_copy(update={"operations": (first, *said.operations[1:])})).name == "montage"


def test_without_a_plan_it_is_guessed_and_said_so() -> None:
    found = profile_of(sounds=Sounds(speech=(Span(start=0, end=8),)), duration=10)
    assert (found.name, found.why) == ("talking head", "guessed: somebody speaks most of the time")
    assert profile_of(sounds=Sounds(), duration=10).why.startswith("guessed")


def test_people_swipe_on_sooner_on_a_phone() -> None:
    web, reels = (profile_of(brief={"kind": "dialogue", "platform": place}) for place in ("web", "reels"))
    assert reels.shot < web.shot
    assert reels.pause < web.pause
    assert reels.told == "a spoken video for reels"


@pytest.mark.parametrize("kind", ["dialogue", "montage"])
def test_a_slow_brief_asks_for_longer_pictures_and_a_fast_one_for_shorter(kind: str) -> None:
    shots = [profile_of(brief={"kind": kind, "pace": pace}).shot for pace in ("fast", "normal", "slow")]
    assert shots == sorted(shots)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_no_profile_asks_for_more_than_the_instructions_go_by(profile: Profile) -> None:
    names = {*profile.weights, *profile.thresholds, "clarity"}
    assert all(0 < profile.threshold(name) <= THRESHOLD for name in names)
    assert all(profile.weight(name) > 0 for name in names)
    assert profile.shot[0] < profile.shot[1] < profile.stretch


def _scored(name: str, value: float) -> Score:
    return Score(name=name, score=value, passed=value >= THRESHOLD, why="It drags.", owner="plan", instruction="Cut.")


def test_a_profile_says_how_much_a_metric_counts_and_when_it_passes() -> None:
    tutorial = PROFILES["tutorial"]
    lenient = held_to(tutorial, _scored("retention", 0.75))
    assert (lenient.passed, lenient.threshold, lenient.instruction) == (True, 0.7, "")
    assert lenient.why == "Good enough for a tutorial for the web: It drags."
    assert not held_to(tutorial, _scored("retention", 0.65)).passed
    assert held_to(tutorial, _scored("captions", 0.75)).weight == 1.25
    assert not held_to(tutorial, _scored("captions", 0.75)).passed
    assert held_to(None, _scored("retention", 0.75)) == _scored("retention", 0.75)
