"""Inputs: the input documents of a step as values of their classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from kernel.document import Document

Kind = TypeVar("Kind", bound=Document)


def needed(documents: Mapping[str, Document], name: str, kind: type[Kind]) -> Kind:
    """Return an input document.

    Raises:
        TypeError: it is not there or of another kind (a mistake of ours: the pipeline names what a step needs).
    """
    document = documents.get(name)
    if not isinstance(document, kind):
        raise TypeError(f"The document {name} is {type(document).__name__}, not {kind.__name__}.")
    return document
