"""captions: what the worker sets passes, and every fault is found."""

from __future__ import annotations

from typing import Any

import pytest

from experts.edit.changes import read_change
from kernel.evaluation.base import Seen
from kernel.evaluation.captions import measure
from kernel.evaluation.measures.captions_seen import CaptionSeen, CaptionsSeen
from kernel.evaluation.scorecard import Score
from kernel.worker.captions import GAP_FRAMES
from kernel.worker.drawn_captions import DRAWN
from kernel.worker.media import Word
from kernel.worker.timing import Box, Cue, TitleSpan
from kernel.worker.transcribe import Heard
from tests.kernel.evaluation.conftest import Look
from tests.kernel.evaluation.scenes import named, talk
from tests.kernel.worker.scenes import cut, plan

SAID = "It was the best of times, it was the worst of times, and nobody knew which of them it was."


@pytest.mark.parametrize("style", sorted(DRAWN))
@pytest.mark.parametrize("position", ["bottom", "middle", "top"])
def test_what_the_worker_sets_passes(look: Look, style: str, position: str) -> None:
    score = measure(look(talk(SAID, style=style, position=position)))
    assert (score.score, score.applicable) == (1.0, True)


def _changed(seen: Seen, **changes: Any) -> Score:
    """Score with the first caption changed."""
    timeline = seen.timeline
    assert timeline is not None
    cues = (timeline.cues[0].model_copy(update=changes), *timeline.cues[1:])
    return measure(seen.model_copy(update={"timeline": timeline.model_copy(update={"cues": cues})}))


def _fails(score: Score, name: str) -> bool:
    return next(part for part in score.parts if part.name == name).score < score.threshold and not score.passed


def _first(seen: Seen) -> Cue:
    assert seen.timeline is not None
    return seen.timeline.cues[0]


def test_a_caption_outside_the_safe_zone_is_found(look: Look) -> None:
    seen = look(talk(SAID))
    low = _first(seen).box.model_copy(update={"y": 300 - _first(seen).box.height + 15})
    score = _changed(seen, box=low)
    assert _fails(score, "safe zone")
    assert not _fails(score, "frame")
    assert score.evidence[0].start == _first(seen).start
    assert score.owner == "captions"


def test_a_caption_beyond_the_picture_is_found(look: Look) -> None:
    assert _fails(_changed(look(talk(SAID)), box=Box(x=-5, y=100, width=200, height=30)), "frame")


def test_a_line_that_is_too_long_is_found_but_a_long_word_is_not(look: Look) -> None:
    seen = look(talk(SAID))
    word = _first(seen).lines[0][0]
    long = word.model_copy(update={"text": "Donaudampfschifffahrtsgesellschaftskapitaen"})
    assert _fails(_changed(seen, lines=((long, word),)), "line length")
    assert not _fails(_changed(seen, lines=((long,),), end=_first(seen).start + 3), "line length")


def test_a_third_line_is_found(look: Look) -> None:
    seen = look(talk(SAID))
    assert _fails(_changed(seen, lines=_first(seen).lines[:1] * 3), "lines")


@pytest.mark.parametrize(("lasts", "fault"), [(0.5, True), (0.9, False), (7.5, True)])
def test_a_caption_that_shows_too_short_or_too_long_is_found(look: Look, lasts: float, fault: bool) -> None:
    seen = look(talk("Two words."))
    assert _fails(_changed(seen, end=_first(seen).start + lasts), "time") is fault


def test_one_hasty_caption_of_a_few_is_no_habit_and_two_are(look: Look) -> None:
    seen = look(talk(f"{SAID} {SAID}"))
    timeline = seen.timeline
    assert timeline is not None
    assert len(timeline.cues) < 7
    hasty = [cue.model_copy(update={"end": cue.start + 0.5}) for cue in timeline.cues]
    for faults in (1, 2):
        cues = (*hasty[:faults], *timeline.cues[faults:])
        score = measure(seen.model_copy(update={"timeline": timeline.model_copy(update={"cues": cues})}))
        assert score.passed is (faults == 1)


def test_speech_that_is_too_quick_to_be_read_is_found(look: Look) -> None:
    assert _fails(
        measure(look(talk("extraordinarily complicated circumstances notwithstanding", pace=0.2))), "reading speed"
    )


def test_two_captions_at_once_are_found(look: Look) -> None:
    seen = look(talk(SAID))
    assert not _fails(_changed(seen, frames=_first(seen).frames + GAP_FRAMES), "overlap")
    assert _fails(_changed(seen, frames=_first(seen).frames + GAP_FRAMES + 1), "overlap")


def test_a_title_on_a_caption_is_found(look: Look) -> None:
    seen = look(talk(SAID))
    cue = _first(seen)
    first, end = cue.first_frame, cue.start + 0.3
    title = TitleSpan(
        id="t1", first_frame=first, frames=10, start=cue.start, end=end, lines=("x",), sizes=(20,), box=cue.box
    )
    assert seen.timeline is not None
    timeline = seen.timeline.model_copy(update={"titles": (title,)})
    score = measure(seen.model_copy(update={"timeline": timeline}))
    assert _fails(score, "overlap")
    assert score.owner == "titles"


@pytest.mark.parametrize("style", ["clean", "subtle", "bold", "karaoke", "marker", "pop"])
def test_dark_letters_on_their_dark_outline_or_box_are_found(look: Look, style: str) -> None:
    assert _fails(measure(look(talk(SAID, style=style, colour="#303030"))), "contrast")


def test_a_dark_highlight_is_found_where_it_is_used(look: Look) -> None:
    assert _fails(measure(look(talk(SAID, style="karaoke", highlight="#101080"))), "contrast")
    assert _fails(measure(look(talk(SAID, style="pop", highlight="#101080"))), "contrast")
    assert measure(look(talk(SAID, style="clean", highlight="#101080"))).passed


@pytest.mark.parametrize("ground", ["#ffffff", "#303030", "#ff3b30", "#808080", "#4aa3ff"])
def test_letters_on_a_box_stand_out_from_any_colour(look: Look, ground: str) -> None:
    assert measure(look(talk(SAID, style="boxed", colour=ground))).passed
    assert measure(look(talk(SAID, style="marker", highlight=ground))).passed


def test_captions_that_were_asked_for_and_are_missing_fail(look: Look) -> None:
    spoken = talk(SAID)
    mute = spoken.model_copy(update={"operations": spoken.operations[:1]})
    score = measure(look(mute, brief={"captions": True}))
    assert (score.score, score.owner) == (0.0, "plan")
    assert not measure(look(mute, brief={"captions": None})).applicable


def test_where_nobody_speaks_no_caption_is_missing(look: Look) -> None:
    score = measure(look(plan([named("s1")], cut("c1", "s1", 0, 5)), brief={"captions": True}))
    assert not score.applicable
    assert "Nobody speaks" in score.why


def test_without_a_plan_nothing_is_known_of_captions(look: Look) -> None:
    assert not measure(look()).applicable


def _viewed(seen: Seen, planned: bool = True, **changes: Any) -> Score:
    """Score with every caption seen well, but for what is named."""
    timeline = seen.timeline
    good = {"error": 0.0, "contrast": 14.0, "size": 0.056, "x": 0.3, "y": 0.8, "width": 0.4, "height": 0.1}
    cues = timeline.cues if timeline else _cues(4)
    looked = [
        CaptionSeen.model_validate(
            {"start": cue.start, "end": cue.end, "at": cue.start, "read": " ".join(cue.text), **good, **changes}
        )
        for cue in cues
    ]
    views = CaptionsSeen(captions=tuple(looked), of=len(looked), planned=planned)
    return measure(seen.model_copy(update={"captions_seen": views}))


def _cues(count: int) -> tuple[Cue, ...]:
    box = Box(x=0, y=0, width=10, height=10)
    shape = {"clip": "c1", "frames": 60, "lines": (), "size": 20, "box": box}
    return tuple(
        Cue.model_validate({**shape, "first_frame": 60 * n, "start": 2.0 * n, "end": 2.0 * n + 2}) for n in range(count)
    )


def test_captions_that_are_seen_well_pass(look: Look) -> None:
    score = _viewed(look(talk(SAID)))
    assert (score.score, score.measured["captions looked at"]) == (1.0, "2 of 2")
    assert {"legible", "contrast", "size", "safe zone"} <= {part.name for part in score.parts}


@pytest.mark.parametrize(
    ("part", "changes", "style"),
    [
        ("legible", {"error": 0.3, "read": "Jt vas tle"}, {"style": "bold", "colour": "#ffffff"}),
        ("contrast", {"contrast": 2.2}, {"style": "bold", "colour": "#ffffff"}),
        ("size", {"size": 0.02}, {}),
    ],
)
def test_what_is_seen_badly_is_told_so_that_it_is_mended(
    look: Look, part: str, changes: dict[str, Any], style: dict[str, str]
) -> None:
    score = _viewed(look(talk(SAID)), **changes)
    assert _fails(score, part)
    assert [each.name for each in score.parts if each.score < score.threshold] == [part]
    assert score.owner == "captions"
    assert score.evidence
    wish = read_change(score.instruction)
    assert dict(wish.style) == style
    assert wish.steps == (0 if part == "contrast" else 1)


def test_worse_is_scored_worse_and_the_limit_lies_at_the_threshold(look: Look) -> None:
    seen = look(talk(SAID))
    assert [_viewed(seen, contrast=value).score for value in (1.0, 2.0, 3.0, 3.8, 4.5, 9.0)] == pytest.approx(
        [0.0, 0.286, 0.571, 0.8, 1.0, 1.0], abs=0.01
    )
    assert [_viewed(seen, error=value).score for value in (0.5, 0.2, 0.1, 0.02)] == pytest.approx(
        [0.0, 0.533, 0.8, 1.0], abs=0.01
    )


def test_a_script_that_is_not_read_is_not_held_against_the_captions(look: Look) -> None:
    seen = look(talk(SAID))
    views = CaptionsSeen(captions=(), of=3, unread="the reader does not know Arabic letters")
    assert measure(seen.model_copy(update={"captions_seen": views})).passed
    score = _viewed(seen, error=None)
    assert score.passed
    assert "legible" not in {part.name for part in score.parts}


def test_captions_that_no_plan_tells_of_are_judged_by_what_is_seen(look: Look) -> None:
    assert _viewed(look(), planned=False, y=0.6, read="It was the best of times").score == 1.0
    assert _fails(_viewed(look(), planned=False, y=0.92, height=0.08), "safe zone")
    assert _fails(_viewed(look(), planned=False, y=0.6, read="x" * 60), "reading speed")


def test_without_a_plan_captions_that_were_asked_for_and_are_not_seen_fail(look: Look) -> None:
    said = Word(id="v1", text="Hello.", start=1.0, end=2.0, probability=1, cut_in=1.0, cut_out=2.0)
    heard = look(brief={"captions": True}).model_copy(update={"heard": Heard(language="en", words=(said,))})
    score = measure(heard)
    assert (score.score, score.owner) == (0.0, "plan")
