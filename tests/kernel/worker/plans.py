"""Plans drawn from the operations' own schemas: an operation that is added to OPS is drawn without a change here.

The long form: `python -m tests.kernel.worker.plans` draws 5,000 plans and holds every filter of theirs against the
lists, then renders 300 and holds each against its own frame count; `--seed` makes the same plans again.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
import types
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple, Union, cast, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MultipleOf
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from PIL import Image
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from kernel.errors import BadDocument
from kernel.worker.cleaning import AUDIO_FILTERS
from kernel.worker.compile import check, compile
from kernel.worker.ffmpeg import Ffmpeg, bundled
from kernel.worker.filters import FILTERS
from kernel.worker.lut import cube, lattice
from kernel.worker.ops import OPS
from kernel.worker.pieces import Making, order
from kernel.worker.plan import EditPlan
from kernel.worker.render import render
from kernel.worker.segments import Cache
from tests.kernel.worker.scenes import beeps, numbered, source, tone, words, write_sound, write_video

LONGEST = 20.0
"""Seconds of video that a drawn plan may come to."""
FAR = 3.0
"""What a number without an upper bound is drawn up to: seconds, mostly."""
TRIES = 4
"""Of an operation that the check refuses."""
CLIPS = ("of", "clip", "after", "until")
"""Fields that name a clip, or a cover."""
TEXTS = (
    "Two cities",
    "50%{",
    "it's 5:00, [a]=b;c\\d",
    "x:textfile=/etc/passwd",
    "';movie=/etc/passwd",
    "{\\fs500}big",
    "",
)
SOUND = AUDIO_FILTERS | {"volume"}
"""Filters that sound may pass."""


class Footage(NamedTuple):
    """What plans are drawn over."""

    media: dict[str, Path]
    sources: list[dict[str, Any]]


def footage(folder: Path, ffmpeg: Ffmpeg) -> Footage:
    """Make a talk with a transcript, a silent clip at another rate, a still, some music and a LUT."""
    talk = write_video(folder / "talk.mp4", ffmpeg, numbered(240), "30", beeps(8, [0.5, 2.5, 4.5, 6.5]))
    quiet = write_video(folder / "quiet.mp4", ffmpeg, numbered(150), "25")
    music = write_sound(folder / "music.flac", ffmpeg, tone(5, 220))
    still = folder / "still.png"
    Image.new("RGBA", (120, 90), (200, 40, 40, 128)).save(still)
    look = folder / "look.cube"
    look.write_text(cube(lattice(5)[:, ::-1], 5))
    said = words(
        "s1",
        *(
            (text, 0.5 + 0.6 * n, 0.9 + 0.6 * n)
            for n, text in enumerate(["we", "made", "a", "film", "of", "two", "cities"])
        ),
    )
    bare = {"rate": None, "has_sound": False}
    return Footage(
        {"s1": talk, "s2": quiet, "s3": music, "s4": still, "s5": look},
        [
            source("s1", talk, 8, container="mov", words=said),
            source("s2", quiet, 6, container="mov", rate={"num": 25, "den": 1}, has_sound=False),
            source("s3", music, 5, kind="audio", width=0, height=0, rate=None),
            source("s4", still, 0, kind="still", width=120, height=90, alpha=True, **bare),
            source("s5", look, 0, kind="lut", width=0, height=0, **bare),
        ],
    )


@st.composite
def plans(draw: st.DrawFn, of: Footage, kinds: Sequence[type] = OPS) -> EditPlan:
    """Draw a plan that passes the check: clips first, then operations of some kinds, each kept where it fits."""
    rate = draw(st.sampled_from([(25, 1), (30, 1), (30000, 1001), (24, 1)]))
    width, height = draw(st.sampled_from([(64, 64), (160, 90), (96, 160)]))
    output = {"width": width, "height": height, "rate": {"num": rate[0], "den": rate[1]}, "quality": "draft"}
    plan = EditPlan.read({"confidence": 1, "output": output, "sources": of.sources, "operations": draw(_clips())})
    for number in range(draw(st.integers(1, 6))):
        kind = cast("type[BaseModel]", draw(st.sampled_from(kinds)))
        for _ in range(TRIES):
            more = _with(plan, draw(operations(kind, plan, number)))
            if more is not plan:
                break
        plan = more
    return plan


@st.composite
def _clips(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = []
    for number in range(draw(st.integers(1, 4))):
        id, last = draw(st.sampled_from([("s1", 7.9), ("s2", 5.9), ("s4", 4.0)]))
        start = draw(st.floats(0, last - 0.2))
        end = draw(st.floats(start + 0.11, min(start + 2.0, last)))
        found.append({"type": "cut", "id": f"c{number}", "source": id, "start": start, "end": end, "why": ""})
    return found


def _with(plan: EditPlan, operation: dict[str, Any]) -> EditPlan:
    """Return the plan with one more operation, or as it is where that cannot be done."""
    body = plan.model_dump(mode="json")
    try:
        more = EditPlan.read({**body, "operations": [*body["operations"], operation]})
    except BadDocument:
        return plan
    fits = not check(more) and compile(more).duration <= LONGEST
    return more if fits else plan


def operations(kind: type[BaseModel], plan: EditPlan, number: int) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for one operation of a kind, by its model; `number` makes its id its own."""
    return st.fixed_dictionaries({name: _field(name, field, plan, number) for name, field in kind.model_fields.items()})


def _field(name: str, field: FieldInfo, plan: EditPlan, number: int) -> st.SearchStrategy[Any]:
    drawn = _of(name, field.annotation, field.metadata, plan, number)
    if field.is_required():
        return drawn
    usual = field.get_default(call_default_factory=True)
    return st.one_of(st.just(usual.model_dump() if isinstance(usual, BaseModel) else usual), drawn)


def _of(name: str, kind: Any, limits: Sequence[Any], plan: EditPlan, number: int) -> st.SearchStrategy[Any]:
    parts = [part for part in get_args(kind) if part is not type(None)]
    if get_origin(kind) is Literal:
        return st.sampled_from(parts)
    if get_origin(kind) in (Union, types.UnionType):
        rest = [_of(name, part, limits, plan, number) for part in parts]
        return st.one_of(*rest, *([st.none()] if type(None) in get_args(kind) else []))
    if get_origin(kind) is tuple:
        return st.lists(_of(name, parts[0], (), plan, number), max_size=3)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return operations(kind, plan, number)
    if kind is bool:
        return st.booleans()
    return _number(kind, limits) if kind in (int, float) else _text(name, limits, plan, number)


def _number(kind: type, limits: Sequence[Any]) -> st.SearchStrategy[Any]:
    low = max(
        [float(at) for limit in limits if (at := getattr(limit, "ge", getattr(limit, "gt", None))) is not None] or [0.0]
    )
    high = min(
        [float(at) for limit in limits if (at := getattr(limit, "le", getattr(limit, "lt", None))) is not None] or [FAR]
    )
    edges = [low, high] if {type(limit) for limit in limits} <= {Ge, Le, MultipleOf} else []
    assert {type(limit) for limit in limits} <= {Ge, Le, Gt, Lt, MultipleOf}
    if kind is int:
        return st.integers(int(low), int(high))
    near = st.floats(low, min(high, max(low, 0) + FAR), exclude_min=low not in edges and low < high)
    return st.one_of(near, st.floats(low, high), *([st.sampled_from(edges)] if edges else []))


def _text(name: str, limits: Sequence[Any], plan: EditPlan, number: int) -> st.SearchStrategy[str]:
    pattern = next((found for limit in limits if (found := getattr(limit, "pattern", None))), None)
    if name == "id" and pattern:
        return st.just(f"{re.sub('[^a-z]', '', pattern.replace('d+', ''))}{number}")
    if pattern:
        return st.from_regex(pattern, fullmatch=True)
    if name in ("source", "lut"):
        return st.sampled_from([source.id for source in plan.sources if (source.kind == "lut") is (name == "lut")])
    if name in CLIPS:
        ids = [operation.id for operation in plan.operations if hasattr(operation, "id")]
        return st.sampled_from([*ids, *(["*"] if name == "of" else [])])
    if name.endswith("word"):
        return st.sampled_from([word.id for source in plan.sources for word in source.words])
    return st.sampled_from(TEXTS)


def graphs(plan: EditPlan, of: Footage, ffmpeg: Ffmpeg, folder: Path) -> Iterator[str]:
    """Yield the graph of every piece of a plan; nothing is rendered."""
    timeline = compile(plan)
    making = Making(plan, timeline, of.media, Cache(folder), ffmpeg, "final", lambda: False)
    for picture in timeline.pictures:
        yield order(making, picture).graph.text


def filters(graph: str) -> set[str]:
    """Return the names of the filters in a graph's text, by ffmpeg's own rules of quoting."""
    bare = re.sub(r"\\.", "", graph, flags=re.DOTALL)
    bare = re.sub(r"'[^']*'", "", bare)
    chains = re.split(r"[;,]", re.sub(r"\[[^\]]*\]", "", bare))
    return {re.split("[=@]", chain.strip())[0] for chain in chains}


def strange(commands: Sequence[Sequence[str]]) -> set[str]:
    """Return the filters of some commands that are on no list."""
    found: set[str] = set()
    for command in commands:
        for option, value in pairwise(command):
            found |= filters(value) if option in ("-filter_complex", "-vf", "-af", "-filter:v", "-filter:a") else set()
    return found - FILTERS - SOUND


def run(of: Footage, count: int, one: Callable[[EditPlan], None], start: int, kinds: Sequence[type] = OPS) -> None:
    """Draw so many plans and try each."""

    @seed(start)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(plans(of, kinds))
    def each(plan: EditPlan) -> None:
        one(plan)

    each()


def main() -> int:
    """Run the long form."""
    asked = argparse.ArgumentParser(
        prog="python -m tests.kernel.worker.plans", description="Draw, check and render plans."
    )
    asked.add_argument("--count", type=int, default=5000)
    asked.add_argument("--renders", type=int, default=300)
    asked.add_argument("--seed", type=int, default=int(time.time()))
    options = asked.parse_args()
    ffmpeg = Ffmpeg(bundled(), weak=True)
    used: set[str] = set()
    with TemporaryDirectory() as name:
        folder = Path(name)
        of = footage(folder, ffmpeg)

        def compiled(plan: EditPlan) -> None:
            found = {name for graph in graphs(plan, of, ffmpeg, folder / "none") for name in filters(graph)}
            assert found <= FILTERS, found - FILTERS
            used.update(type(operation).__name__ for operation in plan.operations)

        def rendered(plan: EditPlan) -> None:
            made = render(plan, of.media, folder / "out.mp4", folder / "cache", ffmpeg)
            assert made.frames == compile(plan).frames
            assert not strange(made.commands), strange(made.commands)

        print(f"seed {options.seed}")
        run(of, options.count, compiled, options.seed)
        print(f"{options.count} plans compile to filters of the list alone; they use {', '.join(sorted(used))}")
        run(of, options.renders, rendered, options.seed)
        print(f"{options.renders} renders have exactly their planned frames")
    return 0


if __name__ == "__main__":
    sys.exit(main())
