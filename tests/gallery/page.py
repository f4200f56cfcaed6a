"""The page on which all sheets stand, each with what its operation says of itself."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from inspect import cleandoc
from pathlib import Path

from kernel.worker.formats import FORMATS
from kernel.worker.ops import OPS
from tests.gallery.plans import Example, type_of

STYLE = """body { background: #121419; color: #f2f4f8; font: 16px/1.5 sans-serif; margin: 3em auto; max-width: 1720px }
img { max-width: 100% } pre { color: #9aa3b2; white-space: pre-wrap } h2 { color: #ffd400; margin-top: 2.5em }
a { color: #ffd400 }"""


def write(folder: Path, shown: Sequence[Example]) -> Path:
    """Write index.html beside the sheets that are there and return its path."""
    kinds = list(dict.fromkeys(example.type for example in shown))
    links = " ".join(f'<a href="#{kind}">{kind}</a>' for kind in kinds)
    parts = [_part(folder, kind, [example for example in shown if example.type == kind]) for kind in kinds]
    page = f"<!doctype html><meta charset=utf-8><title>Gallery</title><style>{STYLE}</style>"
    path = folder / "index.html"
    path.write_text(f"{page}<h1>What each operation does</h1><p>{links}</p>{''.join(parts)}\n", encoding="utf-8")
    return path


def says(kind: str) -> str:
    """Return what an operation, or the formats, say of themselves."""
    if kind == "format":
        return "\n".join(f"{format.name}: {format.says}." for format in FORMATS)
    return cleandoc(next(op.__doc__ or "" for op in OPS if type_of(op) == kind))


def _part(folder: Path, kind: str, examples: Sequence[Example]) -> str:
    said = html.escape(says(kind)).replace("\n\n", "</p><p>")
    shown = "".join(_example(example) for example in examples if (folder / f"{example.name}.png").exists())
    return f'<h2 id="{kind}">{kind}</h2><p>{said}</p>{shown}'


def _example(example: Example) -> str:
    own = [operation for operation in example.operations if operation["type"] == example.type]
    plan = html.escape("\n".join(json.dumps(operation) for operation in own) or json.dumps(example.output._asdict()))
    file = html.escape(example.name)
    return f'<h3>{file}</h3><pre>{plan}</pre><a href="{file}.json"><img src="{file}.png" alt="{file}"></a>'
