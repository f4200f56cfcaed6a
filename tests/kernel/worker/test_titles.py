"""Titles: how they are set, when they stand, what is said of those that cannot be read."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.worker.compile import check, compile
from kernel.worker.layout import safe_zone
from kernel.worker.ops.title import Title
from kernel.worker.output import Output
from kernel.worker.timing import Box
from kernel.worker.titles import SET, set_title, time_to_read, types_of
from tests.kernel.worker.scenes import cut, plan, said, words

PLATFORMS = ("youtube", "shorts", "reels", "tiktok", "linkedin", "slack", "web")
SIZES = ((1920, 1080), (1080, 1920), (1080, 1080), (1080, 1350), (640, 360))


def _output(width: int, height: int, **more: Any) -> Output:
    return Output.model_validate({"width": width, "height": height, "rate": {"num": 30, "den": 1}, **more})


def _title(text: str, style: str = "title", **more: Any) -> Title:
    return Title.model_validate({"id": "t1", "text": text, "clip": "c1", "style": style, **more})


def _bottom(box: Box) -> int:
    return box.y + box.height


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("style", sorted(SET))
def test_titles_stay_in_the_safe_zone_and_off_the_captions(style: str, size: tuple[int, int], platform: str) -> None:
    output = _output(*size, platform=platform)
    zone = safe_zone(output)
    captions = Box(x=zone.x, y=_bottom(zone) - zone.height // 6, width=zone.width, height=zone.height // 6)
    text = "The best of times\nand the worst of times"
    block = set_title(output, _title(text, style), [captions])
    assert block
    assert block.box.inside(zone)
    assert _bottom(block.box) <= captions.y
    strong, quiet = types_of(block.lines)
    rows = zip(block.lines, block.sizes, block.roles, strict=True)
    assert max((quiet if role == 1 else strong).width(line, size) for line, size, role in rows) <= block.box.width


def test_a_long_title_is_set_smaller_and_an_endless_one_refused() -> None:
    output = _output(1080, 1920)
    short, long = set_title(output, _title("Hi"), ()), set_title(output, _title("Hi and a lot more to say " * 3), ())
    assert short
    assert long
    assert long.sizes[0] < short.sizes[0]
    assert set_title(output, _title("Donaudampfschifffahrtsgesellschaft" * 3), ()) is None


def test_a_name_in_a_script_from_the_right_stands_on_the_right() -> None:
    output = _output(1920, 1080)
    block = set_title(output, _title("Ada", "lower_third"), ())
    mirrored = set_title(output, _title("עדה", "lower_third"), ())
    assert block
    assert mirrored
    zone = safe_zone(output)
    assert block.box.x == zone.x
    assert mirrored.box.x + mirrored.box.width == zone.x + zone.width


def _plan(*titles: dict[str, Any], captions: bool = False, length: float = 8) -> Any:
    known = {"id": "s1", "hash": "1" * 64, "name": "a", "kind": "video", "duration": 20, "width": 640, "height": 360}
    known |= {"rate": {"num": 30, "den": 1}, "words": words("s1", ("Hello", 0.5, 1.5), ("again.", 1.6, 2.5))}
    made = [{"type": "title", "id": f"t{n}", "clip": "c1", **title} for n, title in enumerate(titles, 1)]
    first = said("c1", "s1", 0, 1) if captions else cut("c1", "s1", 0, length)
    return plan([known], first, *made, *([{"type": "captions"}] if captions else []), width=640, height=360)


def test_a_title_that_is_gone_before_it_is_read_is_refused() -> None:
    found = check(_plan({"text": "one two three four five six", "length": 1}))
    assert found == [
        "Title t1 stands for 1.0 s, but takes 2.0 s to read: let it stand longer, begin it earlier, or say it in fewer"
        " words."
    ]
    assert check(_plan({"text": "one two three four five six", "length": 2})) == []


def test_reading_takes_as_long_as_the_script_does() -> None:
    assert time_to_read("one two three") == 1
    assert time_to_read("我们今天去北京吃烤鸭") == pytest.approx(10 / 9)


def test_two_titles_at_once_move_apart_or_one_is_refused() -> None:
    third = {"text": "Ada\nMathematician", "style": "lower_third"}
    apart = compile(_plan(third, third)).titles
    assert _bottom(apart[1].box) <= apart[0].box.y
    crowd = check(_plan(*[{"text": f"The very best {n}\nof all times"} for n in range(5)]))
    assert any("has no room beside" in sentence for sentence in crowd)


def test_an_end_card_stands_to_the_end_of_the_video() -> None:
    card = {"text": "Thanks\nfor watching\n@rushes", "style": "end_card", "length": 3}
    span = compile(_plan(card)).titles[0]
    assert (span.first_frame, span.end_frame) == (150, 240)
    assert span.roles == (0, 1, 2)
    assert check(_plan(card | {"text": "a\nb\nc\nd"})) == ["Title t1 has more than three lines."]
