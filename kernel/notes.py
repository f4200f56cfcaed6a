"""Notes: the words under each field of a class, read from its source where somebody asks for them.

Pydantic's own `use_attribute_docstrings` reads the source of every class at every start. It took a fifth of the start
of a process, and most processes show no schema to anybody.
"""

from __future__ import annotations

import ast
import inspect
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel

_READING = threading.Lock()
"""Python 3.11 counts how deep it is in a tree for all threads together: two that parse at once fail (gh-106905)."""


@cache
def notes(kind: type[BaseModel]) -> Mapping[str, str]:
    """Return the words under the fields of a class and of those it stands on; a field declared anew has new ones."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__[: kind.__mro__.index(BaseModel)]):
        kept = {name: words for name, words in found.items() if name not in inspect.get_annotations(base)}
        found = kept | _written(base)
    return found


def _written(kind: type) -> dict[str, str]:
    source = getattr(sys.modules.get(kind.__module__), "__file__", None)
    return dict(_under(_classes(source).get(kind.__qualname__, ()))) if source else {}


@cache
def _classes(source: str) -> Mapping[str, Sequence[ast.stmt]]:
    """Return what stands in each class of a file, by the class's qualified name."""
    with _READING:
        return dict(_within(ast.parse(Path(source).read_bytes()), ""))


def _within(node: ast.AST, above: str) -> Iterator[tuple[str, Sequence[ast.stmt]]]:
    for child in ast.iter_child_nodes(node):
        inside = above
        if isinstance(child, ast.ClassDef):
            yield above + child.name, child.body
            inside = f"{above}{child.name}."
        elif isinstance(child, ast.FunctionDef):
            inside = f"{above}{child.name}.<locals>."
        yield from _within(child, inside)


def _under(body: Sequence[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Yield the fields that have words under them, and the words."""
    for field, below in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            words = below.value.value if isinstance(below.value, ast.Constant) else None
            if isinstance(words, str):
                yield field.target.id, inspect.cleandoc(words)
