"""How well a video fits its brand kit: what is seen on pictures, and what is made of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from kernel.brand import BrandKit
from kernel.evaluation.base import MEASURED, Seen
from kernel.evaluation.brand import measure
from kernel.evaluation.case import Case
from kernel.evaluation.measures.brand_seen import BrandSeen, looked_for
from kernel.evaluation.measures.brand_seen import measure as look_at
from kernel.evaluation.scorecard import Part, Score
from kernel.worker.analysis.stills import Still
from kernel.worker.compile import compile
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.plan import EditPlan
from tests.kernel.evaluation.logos import Rgb, laid, scenery, write_logo
from tests.kernel.evaluation.scenes import named
from tests.kernel.worker.scenes import cut, plan, words

SIDE = 150
"""Pixels that the logo is wide: 0.28 of 540."""
RIGHT, TOP = 960 - 48, 27
"""Edges of the safe zone of 960 x 540."""
X = RIGHT - SIDE
LOGO = {"file": "logo.png", "hash": "2" * 64, "corner": "top_right", "size": SIDE / 540}
TALK = "we made this for you and it shows"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The logo's file."""
    return write_logo(tmp_path_factory.mktemp("kit") / "logo.png")


def kit(**more: Any) -> BrandKit:
    """Return a kit whose logo belongs into the upper right."""
    return BrandKit.model_validate({"name": "Tall Ships", "logo": LOGO, **more})


def cut_of(*operations: dict[str, Any], captions: dict[str, Any] | None = None) -> EditPlan:
    """Return a plan in which somebody speaks, with a logo among its sources."""
    spoken = [(word, 0.5 + n * 0.4, 0.8 + n * 0.4) for n, word in enumerate(TALK.split())]
    sources = [named("s1", words=words("s1", *spoken)), named("s2", "still", 0.0, width=240, height=100)]
    written = [{"type": "captions", **captions}] if captions is not None else []
    return plan(sources, cut("c1", "s1", 0.0, 4.4), *written, *operations, width=960, height=540)


def stills(made: Sequence[Rgb], every: float = 0.5) -> list[Still]:
    """Return pictures as stills of a video."""
    return [Still(every * (number + 0.5), picture) for number, picture in enumerate(made)]


def seen(made: Sequence[Still], path: Path, ffmpeg: Ffmpeg, kit: BrandKit, plan: EditPlan | None = None) -> BrandSeen:
    """Return what is seen of a brand."""
    case = Case(path, ffmpeg, path.parent, plan, brand=kit, mark=path if kit.logo else None)
    found = look_at(case, made)
    assert found is not None
    return found


def scored(kit: BrandKit, found: BrandSeen | None = None, plan: EditPlan | None = None, **more: Any) -> Score:
    """Return the score of what was seen."""
    facts = {**MEASURED, "width": 960, "height": 540, "duration": 4.4}
    timeline = compile(plan) if plan else None
    return measure(
        Seen.model_validate(dict(measured=facts, brand=kit, brand_seen=found, plan=plan, timeline=timeline, **more))
    )


def part(score: Score, name: str) -> Part:
    """Return one part of a score."""
    return {each.name: each for each in score.parts}[name]


def with_logo(path: Path, x: int = X, y: int = TOP, width: int = SIDE) -> list[Still]:
    """Return eight stills with the logo there."""
    return stills([laid(scenery(number), path, x, y, width) for number in range(8)])


def test_without_a_kit_there_is_nothing_to_judge() -> None:
    score = measure(Seen.model_validate({"measured": MEASURED}))
    assert not score.applicable
    assert score.why == "No brand kit was given."


def test_the_kit_of_the_brief_counts_as_given() -> None:
    score = measure(Seen.model_validate({"measured": MEASURED, "brief": {"brand": BrandKit.EXAMPLE}}))
    assert "Tall Ships" in score.why


def test_a_logo_in_its_place_scores_one(path: Path, ffmpeg: Ffmpeg) -> None:
    found = seen(with_logo(path), path, ffmpeg, kit(), cut_of({"type": "logo", "source": "s2"}))
    score = scored(kit(), found)
    assert score.score == 1.0
    assert {mark.state for mark in found.marks} == {"seen"}


def test_a_logo_that_is_shifted_further_scores_less_each_time(path: Path, ffmpeg: Ffmpeg) -> None:
    shifts = (0, 8, 16, 26, 36, 50)
    found = [seen(with_logo(path, X - by, TOP + by // 2), path, ffmpeg, kit(), cut_of()) for by in shifts]
    scores = [scored(kit(), each).score for each in found]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)
    assert scores[0] == 1.0
    assert scores[-1] < 0.1


def test_a_logo_in_the_wrong_corner_is_worth_nothing_and_goes_back_to_the_plan(path: Path, ffmpeg: Ffmpeg) -> None:
    score = scored(kit(), seen(with_logo(path, 48, TOP), path, ffmpeg, kit(), cut_of()))
    assert part(score, "logo's place").score == 0.0
    assert part(score, "logo's size").score == 1.0
    assert score.owner == "plan"
    assert "px left" in score.why
    assert score.instruction == "Put the logo into the corner top_right."


def test_a_logo_of_half_its_size_keeps_its_place_but_not_its_size(path: Path, ffmpeg: Ffmpeg) -> None:
    score = scored(kit(), seen(with_logo(path, RIGHT - SIDE // 2, TOP, SIDE // 2), path, ffmpeg, kit(), cut_of()))
    assert part(score, "logo's place").score > 0.9
    assert part(score, "logo's size").score < 0.1
    assert "too small" in score.why


def test_a_missing_logo_is_worth_nothing(path: Path, ffmpeg: Ffmpeg) -> None:
    bare = stills([scenery(number) for number in range(8)])
    score = scored(kit(), seen(bare, path, ffmpeg, kit(), cut_of()))
    assert score.score == 0.0
    assert score.why == "The brand's logo is not seen at all."
    assert "logo.png" in score.instruction


def test_a_logo_that_is_gone_for_a_while_is_told_with_its_times(path: Path, ffmpeg: Ffmpeg) -> None:
    made = with_logo(path)
    made[5:] = stills([scenery(number) for number in range(8)])[5:]
    score = scored(kit(), seen(made, path, ffmpeg, kit(), cut_of()))
    assert part(score, "logo").value == pytest.approx(5 / 8)
    assert [each.start for each in score.evidence] == [2.75, 3.25, 3.75]


def test_a_logo_asked_for_half_the_time_may_be_gone_for_the_rest(path: Path, ffmpeg: Ffmpeg) -> None:
    made = with_logo(path)
    made[4:] = stills([scenery(number) for number in range(8)])[4:]
    half = kit(logo={**LOGO, "share": 0.5})
    assert part(scored(half, seen(made, path, ffmpeg, half, cut_of())), "logo").score == 1.0


def test_a_logo_that_is_hardly_off_without_a_plan_is_judged_by_the_nearest_platform(path: Path, ffmpeg: Ffmpeg) -> None:
    assert scored(kit(), seen(with_logo(path), path, ffmpeg, kit())).score == 1.0


def test_without_pictures_the_plan_says_whether_the_logo_is_there() -> None:
    assert part(scored(kit(), None, cut_of({"type": "logo", "source": "s2"})), "logo").score == 1.0
    score = scored(kit(), None, cut_of({"type": "logo", "source": "s2", "corner": "bottom_left"}))
    assert (score.score, score.owner) == (0.0, "plan")


def test_captions_over_the_logo_go_back_to_the_captions(path: Path, ffmpeg: Ffmpeg) -> None:
    # As drawn by a worker that did not step aside: the plan knows of no logo.
    low = kit(logo={**LOGO, "corner": "bottom_right", "size": 0.5})
    made = cut_of(captions={"size": "huge"})
    x, y = RIGHT - 270, 540 - 27 - 112
    found = seen(stills([laid(scenery(n), path, x, y, 270) for n in range(8)]), path, ffmpeg, low, made)
    score = scored(low, found, made)
    assert part(score, "logo's clear space").score == 0.0
    assert score.owner == "captions"
    assert "bottom right" in score.instruction


def test_a_title_over_the_logo_goes_back_to_the_titles(path: Path, ffmpeg: Ffmpeg) -> None:
    title = {
        "type": "title",
        "id": "t1",
        "text": "A very long title for a very wide picture",
        "clip": "c1",
        "length": 4.4,
    }
    middle = kit(logo={**LOGO, "clear": 2.0, "size": 0.5})
    found = seen(with_logo(path, RIGHT - 270, TOP, 270), path, ffmpeg, middle, cut_of(title))
    score = scored(middle, found, cut_of(title))
    assert part(score, "logo's clear space").score < 0.8
    assert score.owner == "titles"


def test_a_mark_that_is_not_the_brands_is_found_where_none_may_be(path: Path, ffmpeg: Ffmpeg) -> None:
    none = BrandKit(name="Plain", no_marks=True)
    marked = seen(with_logo(path, 60, 430), path, ffmpeg, none)
    assert scored(none, marked).score == 0.0
    assert "is not the brand's" in scored(none, marked).why
    assert scored(none, seen(stills([scenery(n) for n in range(8)]), path, ffmpeg, none)).score == 1.0


def test_a_planned_logo_is_told_where_none_may_be() -> None:
    score = scored(BrandKit(name="Plain", no_marks=True), None, cut_of({"type": "logo", "source": "s2"}))
    assert score.score == 0.0
    assert score.instruction == "Leave the logo out."


def with_letters(colour: tuple[int, int, int], made: EditPlan) -> list[Still]:
    """Return grey stills in the middle of each caption, with letters of that colour in its box."""
    case = Case(Path(), Ffmpeg(Path()), Path(), made, brand=BrandKit(name="x"))
    timeline, found = compile(made), []
    for number, (at, cue) in enumerate(zip(looked_for(case), timeline.cues, strict=True)):
        picture = np.full((540, 960, 3), 60 + 20 * number, np.uint8)
        x, y = cue.box.x + 10, cue.box.y + cue.box.height - 14
        for thick, ink in ((9, (0, 0, 0)), (4, colour)):
            cv2.putText(picture, "MADE THIS", (x, y), cv2.FONT_HERSHEY_DUPLEX, 1.0, ink, thick)
        found.append(Still(at, picture))
    return found


def test_captions_as_the_kit_asks_score_one(path: Path, ffmpeg: Ffmpeg) -> None:
    yellow = BrandKit.model_validate(
        {"name": "x", "captions": {"colour": "#ffd400", "case": "upper", "style": "clean"}}
    )
    made = cut_of(captions={"colour": "#FFD400", "case": "upper"})
    score = scored(yellow, seen(with_letters((255, 212, 0), made), path, ffmpeg, yellow, made), made)
    assert score.score == 1.0
    assert {each.name for each in score.parts} >= {"captions", "case", "captions' colour"}


def test_the_wrong_colour_is_seen_on_the_pixels_even_where_the_plan_is_right(path: Path, ffmpeg: Ffmpeg) -> None:
    red = BrandKit.model_validate({"name": "x", "captions": {"colour": "#d00000"}})
    made = cut_of(captions={"colour": "#d00000"})
    pictures = [Still(s.at, np.full_like(s.rgb, 90)) for s in with_letters((0, 0, 0), made)]
    for still, cue in zip(pictures, compile(made).cues, strict=True):
        cv2.putText(still.rgb, "MADE", (cue.box.x, cue.box.y + 30), cv2.FONT_HERSHEY_DUPLEX, 1.0, (255, 255, 255), 4)
    score = scored(red, seen(pictures, path, ffmpeg, red, made), made)
    assert part(score, "captions' colour").score < 0.5
    assert "are not seen in #d00000" in score.why
    assert score.instruction == "Set the captions' colour to #d00000."


def test_a_colour_that_drifts_scores_less_each_time(path: Path, ffmpeg: Ffmpeg) -> None:
    asked = BrandKit.model_validate({"name": "x", "captions": {"colour": "#ffd400"}})
    scores = []
    for green in (212, 190, 160, 120, 60, 0):
        made = cut_of(captions={"colour": f"#ff{green:02x}00"})
        scores.append(scored(asked, seen(with_letters((255, green, 0), made), path, ffmpeg, asked, made)).score)
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) >= len(scores) - 1
    assert (scores[0], scores[-1]) == (1.0, 0.0)


def test_the_wrong_case_and_style_go_back_to_the_captions() -> None:
    asked = BrandKit.model_validate({"name": "x", "captions": {"case": "upper", "style": "boxed"}})
    score = scored(asked, None, cut_of(captions={"style": "bold"}))
    assert (score.score, score.owner) == (0.0, "captions")
    assert "case as spoken" in score.why
    assert "Set the captions' case to upper." in score.instruction


def test_what_the_person_wished_of_captions_goes_before_the_kit() -> None:
    asked = BrandKit.model_validate({"name": "x", "captions": {"case": "upper"}})
    score = scored(asked, None, cut_of(captions={}), brief={"caption_wishes": "lower case"})
    assert not score.applicable


def test_a_colour_that_is_none_of_the_brands_is_named_with_the_nearest() -> None:
    blue = BrandKit.model_validate({"name": "x", "colours": [{"colour": "#0b3d91"}, {"colour": "#ff6b35"}]})
    score = scored(blue, None, cut_of(captions={"style": "karaoke", "highlight": "#00ff00"}))
    assert part(score, "palette").score == 0.0
    assert "captions' highlight is drawn in #00ff00" in score.why
    assert scored(blue, None, cut_of(captions={"style": "karaoke", "highlight": "#ff6b35"})).score == 1.0
    assert scored(blue, None, cut_of(captions={"style": "clean", "highlight": "#00ff00"})).score == 1.0


def test_a_titles_accent_goes_back_to_the_plan_which_colours_it() -> None:
    blue = BrandKit.model_validate({"name": "x", "colours": [{"colour": "#0b3d91"}]})
    title = {"type": "title", "id": "t1", "text": "Sean", "clip": "c1", "style": "lower_third", "accent": "#ff0000"}
    assert scored(blue, None, cut_of(title)).owner == "plan"


def test_another_font_is_told_but_passes() -> None:
    other = BrandKit.model_validate({"name": "x", "fonts": {"captions": "Futura"}})
    score = scored(other, None, cut_of(captions={}))
    assert part(score, "font").score == 0.8
    assert score.passed
    same = BrandKit.model_validate({"name": "x", "fonts": {"captions": "Inter SemiBold"}})
    assert scored(same, None, cut_of(captions={})).score == 1.0


@pytest.mark.parametrize("colour", [(0, 255, 0), (255, 0, 255), (0, 0, 255), (255, 255, 0)])
def test_footage_of_any_colour_never_fails(colour: tuple[int, int, int], path: Path, ffmpeg: Ffmpeg) -> None:
    blue = BrandKit.model_validate({"name": "x", "colours": [{"colour": "#0b3d91"}]})
    flat = np.full((54, 96, 3), colour, np.uint8)
    assert scored(blue, seen(stills([flat]), path, ffmpeg, blue)).passed


def test_fades_and_end_cards_are_not_held_against_the_logo(path: Path, ffmpeg: Ffmpeg) -> None:
    card = {"type": "title", "id": "t1", "text": "Follow us", "clip": "c1", "length": 2.0, "style": "end_card"}
    made = with_logo(path)
    made[5:] = stills([np.zeros((540, 960, 3), np.uint8)] * 8)[5:]
    found = seen(made, path, ffmpeg, kit(), cut_of(card, {"type": "logo", "source": "s2"}))
    assert part(scored(kit(), found), "logo").score == 1.0
