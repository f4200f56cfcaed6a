"""What the gallery promises: every operation and every format has an example, and each example can be rendered."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from kernel.worker.compile import check
from kernel.worker.formats import FORMATS
from kernel.worker.ops import OPS
from tests.gallery import page
from tests.gallery.material import NAMES, SHIPPED, id_of, known
from tests.gallery.plans import Example, examples, moments, type_of

each = pytest.mark.parametrize("example", examples(), ids=lambda example: str(example.name))


def test_every_operation_and_every_format_has_an_example() -> None:
    shown = examples()
    assert {example.type for example in shown} == {*(type_of(op) for op in OPS), "format"}
    assert {example.mode for example in shown if example.type == "format"} == {format.name for format in FORMATS}
    names = [example.name for example in shown]
    assert len(set(names)) == len(names)


@each
def test_an_example_can_be_rendered_and_shows_its_operation(example: Example) -> None:
    assert check(example.plan()) == []
    shown = {operation.type for operation in example.plan().operations}
    assert example.type in shown | {"format"} or example.name == "zoom-still"
    if example.before:
        assert check(example.plan(without=True)) == []
        assert example.type not in {operation.type for operation in example.plan(without=True).operations}


def test_the_sources_are_those_that_come_along() -> None:
    assert list(known()) == list(NAMES)
    for name, path in SHIPPED.items():
        source = known()[name]
        assert (source.id, source.name) == (id_of(name), path.name)
        assert source.hash == hashlib.sha256(path.read_bytes()).hexdigest()


def test_moments_lie_within_the_video() -> None:
    example = Example("cut", "", (), (0, 5, 80))
    assert list(moments(example, 60)) == [0, 5]
    assert moments(Example("cut", "", ()), 100) == [0, 11, 22, 33, 44, 55, 66, 77, 88, 99]


def test_the_page_shows_what_was_made_and_says_what_it_does(tmp_path: Path) -> None:
    shown = [example for example in examples() if example.type in ("bars", "format")]
    (tmp_path / "bars.png").write_bytes(b"")
    text = page.write(tmp_path, shown).read_text(encoding="utf-8")
    assert text.count("<img") == 1
    assert "as in the cinema" in text
    assert "plays everywhere" in text or "mp4:" in text
