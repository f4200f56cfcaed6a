"""The guard of a rerun: outside the span or the fields that were named, nothing may have changed.

A path names a place of a document: `/operations/c3/start`. Items of a list go by their `id` where they have one,
else by their `type` and what they are of or after (`reframe-c3`), so that adding one does not rename the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kernel.errors import OutsideScope

FREE = ("/confidence", "/note", "/why")
"""What an expert may always say anew."""
ORDER = " (order)"
"""What stands behind the path of a list whose items changed places."""


def places(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield every leaf of a document with its path."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from places(item, f"{path}/{key}")
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for key, item in zip(_keys(value), value, strict=True):
            yield from places(item, f"{path}/{key}")
    else:
        yield path, value


def _keys(items: Sequence[Any]) -> list[str]:
    keys: list[str] = []
    for index, item in enumerate(items):
        key = _name(item) or str(index)
        keys.append(key if key not in keys else f"{key}.{index}")
    return keys


def _name(item: object) -> str:
    if not isinstance(item, Mapping):
        return ""
    return str(item.get("id") or "-".join(str(item[key]) for key in ("type", "of", "after") if item.get(key)))


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the paths of the leaves that are not the same in both, and `/list (order)` where items changed places."""
    old, new = dict(places(before)), dict(places(after))
    leaves = [path for path in {**old, **new} if path not in old or path not in new or old[path] != new[path]]
    return (*leaves, *_reordered(before, after))


def _reordered(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    found = []
    for name, old in before.items():
        new = after.get(name)
        if not isinstance(old, list) or not isinstance(new, list):
            continue
        both = set(_keys(old)) & set(_keys(new))
        if [k for k in _keys(old) if k in both] != [k for k in _keys(new) if k in both]:
            found.append(f"/{name}{ORDER}")
    return found


def _is_under(path: str, above: str) -> bool:
    return f"{path.removesuffix(ORDER)}/".startswith(f"{above}/")


def require_within(before: Mapping[str, Any], after: Mapping[str, Any], fields: Sequence[str]) -> None:
    """Refuse a document that changed outside the fields that were named.

    Raises:
        OutsideScope: names what changed and what may.
    """
    allowed = (*fields, *FREE)
    outside = [p for p in changed(before, after) if not any(_is_under(p, a) for a in allowed)]
    if outside:
        raise OutsideScope(
            f"The note is about {', '.join(fields)} only, but these changed too: {', '.join(outside[:12])}. "
            "Put them back as they were."
        )
