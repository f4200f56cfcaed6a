"""WebVTT."""

from __future__ import annotations

from kernel.worker.compile import compile
from kernel.worker.plan import EditPlan
from kernel.worker.timelines.vtt import vtt


def test_captions_are_numbered_and_timed() -> None:
    timeline = compile(EditPlan.read(EditPlan.EXAMPLE))
    assert vtt(timeline) == "WEBVTT\n\n1\n00:00:00.067 --> 00:00:01.967\nWe made Rushes better.\n"


def test_nothing_in_a_caption_is_taken_for_a_tag() -> None:
    body = EditPlan.read(EditPlan.EXAMPLE).body()
    body["operations"][4]["corrections"] = [{"word": "s1w2", "text": "<b>&"}]
    assert "We made &lt;b&gt;&amp; better." in vtt(compile(EditPlan.read(body)))


def test_without_captions_only_the_header_is_there() -> None:
    body = EditPlan.EXAMPLE | {"operations": EditPlan.EXAMPLE["operations"][:1]}
    assert vtt(compile(EditPlan.read(body))) == "WEBVTT\n"
