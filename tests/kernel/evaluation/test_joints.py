"""joints: where a sentence is cut off, and where it is not."""

from __future__ import annotations

from typing import Any

from kernel.evaluation.joints import joints
from kernel.worker.media import Inspection
from tests.kernel.evaluation.conftest import Look
from tests.kernel.evaluation.scenes import named
from tests.kernel.worker.scenes import plan, said, words

TEXT = "We made it better. Then, on Monday, the whole town came to see it and they liked it a lot."
SAID = words("s1", *((word, 1 + n * 0.4, 1 + n * 0.4 + 0.35) for n, word in enumerate(TEXT.split())))


def _broken(look: Look, *cuts: dict[str, Any], spoken: Any = SAID, silences: Any = ()) -> list[tuple[float, str]]:
    seen = look(plan([named("s1", words=spoken)], *cuts))
    probe = {"kind": "video", "duration": 30.0, "size": 1, "container": "mp4", "bitrate": 1}
    facts = {"s1": Inspection.model_validate({"probe": probe, "silences": silences})}
    found = joints(seen.model_copy(update={"sources": facts}))
    return [(round(joint.at, 1), joint.what) for joint in found if joint.broken]


def test_ends_of_sentences_and_clauses_are_places_for_a_cut(look: Look) -> None:
    assert _broken(look, said("c1", "s1", 0, 3), said("c2", "s1", 7, 19)) == []


def test_a_sentence_that_is_cut_in_its_middle_is_named_on_both_sides(look: Look) -> None:
    found = _broken(look, said("c1", "s1", 0, 9), said("c2", "s1", 17, 19))
    assert [what for _, what in found] == ['after "the whole town"', 'before "it a lot."']


def test_the_end_of_the_video_counts_too(look: Look) -> None:
    assert [what for _, what in _broken(look, said("c1", "s1", 0, 8))] == ['after "Monday, the whole"']


def test_a_few_words_may_be_taken_out_of_a_sentence(look: Look) -> None:
    assert _broken(look, said("c1", "s1", 0, 9), said("c2", "s1", 12, 19)) == []


def test_a_rest_of_the_speaker_is_a_place_for_a_cut(look: Look) -> None:
    rested = words("s1", ("We", 1.0, 1.3), ("made", 1.35, 1.7), ("it", 2.4, 2.6), ("better.", 2.65, 3.0))
    assert _broken(look, said("c1", "s1", 0, 1), spoken=rested) == []
    tight = words("s1", ("We", 1.0, 1.3), ("made", 1.35, 1.9), ("it", 2.0, 2.6), ("better.", 2.65, 3.0))
    assert len(_broken(look, said("c1", "s1", 0, 1), spoken=tight)) == 1
    assert _broken(look, said("c1", "s1", 0, 1), spoken=tight, silences=[{"start": 1.7, "end": 2.1}]) == []


def test_without_a_plan_or_words_there_are_none(look: Look) -> None:
    assert joints(look()) == ()
    muted = said("c1", "s1", 0, 8, gain_db=-60)
    assert joints(look(plan([named("s1", words=SAID)], muted))) == ()
