"""What every operation of an EditPlan promises: one file, one name, one example, words for its reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from kernel.worker import ops
from kernel.worker.ops import OPS, Operation
from kernel.worker.plan import EditPlan

each = pytest.mark.parametrize("op", OPS, ids=lambda op: str(op.__name__))


def type_of(op: Any) -> str:
    """Return the name by which a plan calls an operation."""
    return str(op.EXAMPLE["type"])


def test_the_list_the_union_and_the_folder_hold_the_same() -> None:
    union = get_args(get_args(Operation)[0])
    folder = Path(ops.__file__).parent
    files = {path.stem for path in folder.glob("[a-z]*.py")}
    assert set(union) == set(OPS)
    assert files == {type_of(op) for op in OPS}


@each
def test_it_lives_in_the_file_of_its_name(op: Any) -> None:
    assert op.__module__ == f"kernel.worker.ops.{type_of(op)}"


@each
def test_its_example_is_read_as_this_operation_in_a_plan(op: Any) -> None:
    operations = [*EditPlan.EXAMPLE["operations"], op.EXAMPLE]
    plan = EditPlan.read({**EditPlan.EXAMPLE, "operations": operations})
    assert isinstance(plan.operations[-1], op)
    assert EditPlan.read(plan.body()) == plan


@each
def test_it_says_what_it_does_and_what_its_free_fields_mean(op: Any) -> None:
    assert len(op.__doc__.split()) >= 5
    said = op.model_json_schema()["properties"]
    numbers = [name for name, field in op.model_fields.items() if field.annotation in (float, int)]
    plain = {name: said[name].get("description") for name in numbers}
    assert None not in plain.values(), plain
