"""Captions: what is read, where lines part, how long they stand."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from kernel.worker.compile import captions_of, compile, lay, words_of
from kernel.worker.layout import LOOKS, safe_zone
from kernel.worker.output import Output
from kernel.worker.plan import EditPlan
from kernel.worker.timing import Timeline
from kernel.worker.writing import READINGS
from tests.kernel.worker.scenes import cut, plan, said, words

SPEECH = (
    "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, "
    "it was the epoch of belief, it was the epoch of incredulity. It was the season of light! And then, in the "
    "spring of hope, nobody said extraordinarily much about the electroencephalographically minded."
)
WIDE, TALL = {"width": 1920, "height": 1080}, {"width": 1080, "height": 1920}


def _spoken(text: str, pace: float = 14.0) -> list[tuple[str, float, float]]:
    """Return words with times at so many characters a second, with a breath after each clause."""
    spans, at = [], 0.2
    for word in text.split():
        end = at + len(word) / pace
        spans.append((word, round(at, 3), round(end, 3)))
        at = end + (0.45 if word[-1] in ".!?" else 0.2 if word[-1] == "," else 1 / pace)
    return spans


def _timeline(text: str = SPEECH, pace: float = 14.0, shape: dict[str, Any] = WIDE, **captions: Any) -> Timeline:
    spans = _spoken(text, pace)
    known = {"id": "s1", "hash": "1" * 64, "name": "a", "kind": "video", "duration": spans[-1][2] + 1, **WIDE}
    known |= {"rate": {"num": 30, "den": 1}, "has_sound": True, "words": words("s1", *spans)}
    return compile(plan([known], said("c1", "s1", 0, len(spans) - 1), {"type": "captions", **captions}, **shape))


def test_every_word_is_written_once_and_in_order() -> None:
    timeline = _timeline()
    assert [id for cue in timeline.cues for id in cue.words] == [word.id for word in timeline.spoken]
    assert " ".join(" ".join(cue.text) for cue in timeline.cues) == SPEECH


@pytest.mark.parametrize(("shape", "most"), [(WIDE, 42), (TALL, 24)])
def test_lines_are_two_and_short(shape: dict[str, Any], most: int) -> None:
    lines = [cue.text for cue in _timeline(shape=shape).cues]
    assert max(len(cue) for cue in lines) <= 2
    assert all(len(line) <= most or " " not in line for cue in lines for line in cue)


@pytest.mark.parametrize("shape", [WIDE, TALL])
@pytest.mark.parametrize("pace", [10.0, 14.0, 19.0])
def test_cues_never_meet_and_stand_long_enough_to_read(shape: dict[str, Any], pace: float) -> None:
    timeline = _timeline(pace=pace, shape=shape)
    assert all(second.first_frame - first.end_frame >= 2 for first, second in pairwise(timeline.cues))
    assert all(5 / 6 - 0.1 <= cue.end - cue.start <= 7 for cue in timeline.cues)
    assert all(len(" ".join(cue.text)) / (cue.end - cue.start) <= 22 for cue in timeline.cues)
    assert timeline.cues[-1].end_frame <= timeline.frames


def test_short_gaps_are_closed_and_long_ones_stay() -> None:
    gaps = [second.first_frame - first.end_frame for first, second in pairwise(_timeline().cues)]
    assert all(gap == 2 or gap >= 15 for gap in gaps)


def test_cues_end_with_sentences() -> None:
    ends = [cue.text[-1] for cue in _timeline().cues]
    assert any(line.endswith("incredulity.") for line in ends)
    assert any(line.endswith("light!") for line in ends)


def test_lines_do_not_end_with_little_words() -> None:
    last = {line.split()[-1].lower() for cue in _timeline().cues for line in cue.text if len(line.split()) > 1}
    assert not last & {"the", "of", "a", "in", "and", "it"}


def test_nobody_stands_alone_where_it_can_be_helped() -> None:
    assert all(len(cue.words) > 1 for cue in _timeline().cues)


def test_a_caption_does_not_run_over_the_end_of_its_clip() -> None:
    known = {"id": "s1", "hash": "1" * 64, "name": "a", "kind": "video", "duration": 9.0, **WIDE}
    known |= {"rate": {"num": 30, "den": 1}, "words": words("s1", ("Yes.", 1.0, 1.2), ("No.", 4.0, 4.2))}
    edit = plan([known], said("c1", "s1", 0, 0), cut("c2", "s1", 5, 6), said("c3", "s1", 1, 1), {"type": "captions"})
    timeline = compile(edit)
    ends = {clip.id: clip.end_frame for clip in timeline.clips}
    assert all(cue.end_frame <= ends[cue.clip] for cue in timeline.cues)


def test_corrections_and_case_are_written_and_left_out_words_are_not() -> None:
    fixes = [{"word": "s1w0", "text": "Truly"}, {"word": "s1w1", "text": ""}]
    timeline = _timeline("it was good.", case="upper", corrections=fixes)
    assert timeline.cues[0].text == ("TRULY GOOD.",)


@pytest.mark.parametrize("platform", ["web", "reels", "shorts", "tiktok", "youtube", "linkedin", "slack"])
@pytest.mark.parametrize("shape", [WIDE, TALL, {"width": 1080, "height": 1080}, {"width": 1080, "height": 1350}])
@pytest.mark.parametrize("style", sorted(LOOKS))
def test_captions_stay_in_the_safe_zone(platform: str, shape: dict[str, Any], style: str) -> None:
    for position in ("bottom", "middle", "top"):
        text = SPEECH[: 180 if style == "pop" else 90] + " electroencephalographically."
        timeline = _timeline(text, shape={**shape, "platform": platform}, style=style, size="huge", position=position)
        zone = safe_zone(_output(platform, shape))
        assert all(cue.box.inside(zone) for cue in timeline.cues)


def _output(platform: str, shape: dict[str, Any]) -> Output:
    return Output.model_validate({**shape, "rate": {"num": 30, "den": 1}, "platform": platform})


def test_captions_on_tall_video_are_large_and_above_the_buttons() -> None:
    timeline = _timeline(shape={**TALL, "platform": "reels"}, size="small")
    assert min(cue.size for cue in timeline.cues if len(cue.words) > 1) >= 48
    assert max(cue.box.y + cue.box.height for cue in timeline.cues) <= 1920 * 0.65 + 1


def test_without_words_there_are_no_captions() -> None:
    known = {"id": "s1", "hash": "1" * 64, "name": "a", "kind": "video", "duration": 9.0, **WIDE}
    assert compile(plan([known], cut("c1", "s1", 5, 6), {"type": "captions"})).cues == ()


JAPANESE = (
    "今日は、とても良い天気です。「はい」と言ったので、東京駅へ行きました。それから友達に会って、昼ご飯を食べました。"
)


def _tokens(text: str, size: int = 2) -> list[tuple[str, float, float]]:
    """Return a transcript in short pieces, as recognisers give them for scripts without spaces."""
    parts = [text[at : at + size] for at in range(0, len(text), size)]
    return [(part, 0.3 + n * 0.3, 0.58 + n * 0.3) for n, part in enumerate(parts)]


def _japanese(spans: list[tuple[str, float, float]], **captions: Any) -> Timeline:
    known = {"id": "s1", "hash": "1" * 64, "name": "a", "kind": "video", "duration": spans[-1][2] + 1, **WIDE}
    known |= {"rate": {"num": 30, "den": 1}, "words": words("s1", *spans)}
    return _laid(plan([known], said("c1", "s1", 0, len(spans) - 1), {"type": "captions", **captions}, **WIDE))


def _laid(edit: EditPlan) -> Timeline:
    """Return the captions of a plan, whether or not this machine has fonts for them."""
    clips = lay(edit)
    spoken = words_of(edit, clips)
    return Timeline(
        rate=edit.output.rate,
        width=edit.output.width,
        height=edit.output.height,
        frames=clips[-1].end_frame,
        clips=clips,
        pictures=(),
        cues=captions_of(edit, clips, spoken),
    )


@pytest.mark.parametrize("spans", [_tokens(JAPANESE), [(JAPANESE, 0.3, 12.0)]])
def test_japanese_is_set_without_spaces_in_short_lines_that_begin_with_no_closing_mark(
    spans: list[tuple[str, float, float]],
) -> None:
    lines = [line for cue in _japanese(spans).cues for line in cue.text]
    assert "".join(lines) == JAPANESE
    assert max(map(len, lines)) <= READINGS["kana"].characters
    assert not any(line[0] in "、。」" or line[-1] == "「" for line in lines)


def test_pop_shows_at_most_three_words_and_follows_speech_without_gaps() -> None:
    timeline = _timeline(style="pop")
    assert max(len(cue.words) for cue in timeline.cues) <= 3
    assert [id for cue in timeline.cues for id in cue.words] == [word.id for word in timeline.spoken]
    gaps = [second.first_frame - first.end_frame for first, second in pairwise(timeline.cues)]
    assert all(gap >= 0 for gap in gaps)
    assert gaps.count(0) > len(gaps) / 2
