"""dead air: which silences are somebody's fault."""

from __future__ import annotations

from typing import Any

from kernel.evaluation.base import Seen
from kernel.evaluation.dead_air import dead_air, spoken
from kernel.worker.analysis.found import Sounds
from kernel.worker.media import Inspection
from tests.kernel.evaluation.conftest import Look
from tests.kernel.evaluation.scenes import named
from tests.kernel.worker.scenes import cut, plan, words

SAID = words("s1", ("First.", 1.0, 2.0), ("Second.", 6.0, 7.0), ("Third.", 8.0, 9.0))
PROBE: dict[str, Any] = {"kind": "video", "duration": 30.0, "size": 1, "container": "mp4", "bitrate": 1}
RESTS = [{"start": 2.1, "end": 5.9}, {"start": 7.1, "end": 7.9}, {"start": 9.1, "end": 30.0}]


def _talk(look: Look, *operations: dict[str, Any], rests: bool = True, silent: list[Any] | None = None) -> Seen:
    made = plan([named("s1", words=SAID), named("s3", "audio")], *operations)
    facts = {"s1": Inspection.model_validate({"probe": PROBE, "silences": RESTS})} if rests else {}
    return look(made, silent=silent or []).model_copy(update={"sources": facts})


def _spans(seen: Seen) -> list[tuple[float, float]]:
    return [(round(span.start, 1), round(span.end, 1)) for span in dead_air(seen)]


def test_a_pause_left_between_words_is_dead_air(look: Look) -> None:
    assert _spans(_talk(look, cut("c1", "s1", 0.9, 9.2))) == [(1.2, 5.0), (6.2, 7.0)]


def test_music_under_it_fills_no_pause(look: Look) -> None:
    assert _spans(_talk(look, cut("c1", "s1", 0.9, 9.2), {"type": "music", "source": "s3"}))[0] == (1.2, 5.0)


def test_a_pause_that_was_cut_away_is_none(look: Look) -> None:
    assert _spans(_talk(look, cut("c1", "s1", 0.9, 2.2), cut("c2", "s1", 5.8, 7.2))) == [(1.2, 1.4)]


def test_the_quiet_before_the_first_word_belongs_to_the_opening(look: Look) -> None:
    seen = _talk(look, cut("c1", "s1", 0.0, 2.0), rests=False, silent=[{"start": 0.0, "end": 0.9}])
    assert _spans(seen) == []
    assert spoken(seen) is not None


def test_what_is_silent_in_the_render_counts_whatever_the_plan_says(look: Look) -> None:
    seen = _talk(look, cut("c1", "s1", 0.9, 9.2), rests=False, silent=[{"start": 5.5, "end": 6.5}])
    assert _spans(seen) == [(5.5, 6.5)]


def test_the_silences_of_the_render_count_between_its_words(look: Look) -> None:
    heard = Sounds.model_validate(
        {"speech": [{"start": 1, "end": 3}, {"start": 6, "end": 8}], "silences": [{"start": 3, "end": 6}]}
    )
    assert _spans(look().model_copy(update={"sounds": heard})) == [(3.0, 6.0)]


def test_music_alone_is_no_dead_air(look: Look) -> None:
    made = plan([named("s1"), named("s3", "audio")], cut("c1", "s1", 0, 8), {"type": "music", "source": "s3"})
    assert dead_air(look(made)) == ()


def test_a_frame_that_is_held_is_asked_for(look: Look) -> None:
    freeze = {"type": "freeze", "clip": "c1", "after_word": "s1w0", "length": 2.0}
    seen = _talk(look, cut("c1", "s1", 0.9, 2.2), freeze, rests=False, silent=[{"start": 1.2, "end": 3.1}])
    assert _spans(seen) == []
