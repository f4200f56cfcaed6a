"""What every timeline format promises: one file, one name, written for any plan, and back again the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.errors import BadInput
from kernel.worker import timelines
from kernel.worker.compile import compile
from kernel.worker.plan import EditPlan
from kernel.worker.timelines import TIMELINES
from kernel.worker.timelines.base import Laid, TimelineFormat
from kernel.worker.timelines.files import kind_of
from kernel.worker.timelines.recut import recut
from kernel.worker.timelines.strips import edited

each = pytest.mark.parametrize("kind", TIMELINES, ids=lambda kind: str(kind.name))
back = pytest.mark.parametrize("kind", [k for k in TIMELINES if k.read], ids=lambda kind: str(kind.name))


@pytest.fixture
def laid() -> Laid:
    """The example plan, laid out."""
    plan = EditPlan.read(EditPlan.EXAMPLE)
    return Laid(plan, compile(plan), {"s1": Path("/footage/my talk.mp4")})


@each
def test_it_lives_in_the_file_of_its_name(kind: TimelineFormat) -> None:
    assert (Path(timelines.__file__).parent / f"{kind.name}.py").is_file()
    assert kind.write.__module__ == f"kernel.worker.timelines.{kind.name}"


@each
def test_the_same_plan_gives_the_same_file(kind: TimelineFormat, laid: Laid) -> None:
    assert kind.write(laid) == kind.write(laid) != ""


@each
def test_what_is_lost_is_said_in_sentences(kind: TimelineFormat, laid: Laid) -> None:
    assert all(sentence.endswith(".") for sentence in kind.lost(laid))


@back
def test_a_plan_comes_back_as_it_went_out(kind: TimelineFormat, laid: Laid) -> None:
    found = edited(kind, kind.write(laid).encode(), laid.plan.output.rate)
    made = recut(laid.plan, found)
    assert found.plan == laid.plan.digest
    assert (made.plan, made.changes, made.left) == (laid.plan, (), ())


@back
@pytest.mark.parametrize("held", [b"", b"\0" * 64, b"{}", b"<x/>", b"words", b"\xff\xfe\xfa", b"[1, 2", b"<fcpxml/>"])
def test_what_is_no_timeline_is_one_sentence(kind: TimelineFormat, held: bytes, laid: Laid) -> None:
    with pytest.raises(BadInput) as told:
        edited(kind, held, laid.plan.output.rate)
    assert len(str(told.value).splitlines()) == 1
    assert len(str(told.value)) < 400


@back
def test_it_is_known_by_the_end_of_its_name(kind: TimelineFormat) -> None:
    assert kind_of(f"cut.{kind.name.upper()}") is kind


def test_what_only_goes_out_does_not_come_back(laid: Laid) -> None:
    only_out = [kind for kind in TIMELINES if kind.read is None]
    assert [kind.name for kind in only_out] == ["srt", "vtt"]
    for kind in only_out:
        assert kind_of(f"cut.{kind.name}") is None
        with pytest.raises(BadInput, match="import an otio"):
            edited(kind, b"", laid.plan.output.rate)
