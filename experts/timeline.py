"""The timeline of a plan as an expert reads it: what stands when in the cut, and the pointer of each operation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kernel.errors import BadDocument
from kernel.worker.borders import span_of
from kernel.worker.compile import check, lay
from kernel.worker.ops.cover import Cover
from kernel.worker.ops.title import Title
from kernel.worker.plan import EditPlan
from kernel.worker.timing import ClipSpan, seconds

Body = Mapping[str, Any]


def shown(body: Body, footage: Body, scope: Body | None = None) -> str:
    """Return a line for each operation with its pointer, then the fields beside them.

    Clips, covers and titles come with their seconds of the cut, clips with their words and the place of faces. With a
    scope, what may be changed is marked by `>`. A plan that cannot be laid out is shown without seconds.
    """
    plan = _laid(body)
    lines = _rows(plan, footage) if plan else [_json(operation) for operation in body.get("operations", ())]
    marks = [_mark(operation, scope) for operation in body.get("operations", ())]
    rows = [f"{mark}/operations/{n} {line}" for n, (mark, line) in enumerate(zip(marks, lines, strict=True))]
    rest = [f"/{name} {_json(body[name])}" for name in ("output", "confidence", "note") if name in body]
    lasts = [f"It lasts {seconds(lay(plan)[-1].end_frame, plan.output.rate):.1f} s."] if plan else []
    return "\n".join([*rows, *rest, *lasts])


def _laid(body: Body) -> EditPlan | None:
    """Return the plan where it can be laid out in time."""
    try:
        plan = EditPlan.read(body)
    except BadDocument:
        return None
    return None if check(plan) else plan


def _mark(operation: Body, scope: Body | None) -> str:
    if not scope:
        return ""
    names = {field.rpartition("/")[2] for field in scope["fields"]}
    own = operation.get("id") or "-".join(str(operation[k]) for k in ("type", "of", "after") if operation.get(k))
    return "> " if own in names else "  "


def _rows(plan: EditPlan, footage: Body) -> Iterator[str]:
    clips = {clip.id: clip for clip in lay(plan)}
    rate = float(plan.output.rate.fraction)
    for operation in plan.operations:
        if operation.type == "cut":
            yield _clip(clips[operation.id], operation.why, plan, footage, rate)
        elif isinstance(operation, Cover | Title):
            yield _over(operation, clips[operation.clip], plan, rate)
        else:
            yield _json(operation.model_dump(mode="json"))


def _clip(clip: ClipSpan, why: str, plan: EditPlan, footage: Body, rate: float) -> str:
    texts = {word.id: word.text for word in plan.source(clip.source).words}
    words = f" [{clip.words[0]}..{clip.words[-1]}] {' '.join(texts[id] for id in clip.words)}" if clip.words else ""
    when = f"{clip.first_frame / rate:.2f}-{clip.end_frame / rate:.2f} ({clip.frames / rate:.2f} s)"
    face = _face(clip, footage)
    return f"cut {clip.id} {when} {clip.source} from {clip.cut_in:.2f} to {clip.cut_out:.2f}{words}{face} ({why})"


def _face(clip: ClipSpan, footage: Body) -> str:
    reels = {reel["id"]: reel for reel in footage["reels"]}
    faces: Sequence[Body] = reels[clip.source]["inspection"]["faces"] if clip.source in reels else ()
    seen = [face for face in faces if clip.cut_in <= face["at"] <= clip.cut_out]
    if not seen:
        return ""
    x, y = (sorted(face[axis] for face in seen)[len(seen) // 2] for axis in ("x", "y"))
    return f" {{face at x {x:.2f}, y {y:.2f}}}"


def _over(operation: Cover | Title, clip: ClipSpan, plan: EditPlan, rate: float) -> str:
    begins = clip.first_frame / rate + operation.offset
    ends = clip.end_frame / rate if operation.length is None else begins + operation.length
    if isinstance(operation, Cover):
        begins, ends = (frame / rate for frame in span_of(plan, operation, clip))
    when = f"{operation.type} {operation.id} {begins:.2f}-{ends:.2f} over {clip.id}"
    told = operation.model_dump(mode="json", exclude={"type", "id", "clip"})
    return f"{when} {_json(told)}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
