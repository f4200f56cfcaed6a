"""SubRip."""

from __future__ import annotations

from kernel.worker.compile import compile
from kernel.worker.plan import EditPlan
from kernel.worker.timelines.srt import srt


def test_captions_are_numbered_and_timed() -> None:
    timeline = compile(EditPlan.read(EditPlan.EXAMPLE))
    assert srt(timeline) == "1\n00:00:00,067 --> 00:00:01,967\nWe made Rushes better.\n"


def test_without_captions_it_is_empty() -> None:
    body = EditPlan.EXAMPLE | {"operations": EditPlan.EXAMPLE["operations"][:1]}
    assert srt(compile(EditPlan.read(body))) == ""
