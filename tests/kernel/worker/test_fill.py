"""How a picture of one shape fills another."""

from __future__ import annotations

import re

from kernel.worker.compile import compile
from kernel.worker.graph import picture_graph
from kernel.worker.plan import EditPlan


def test_the_blurred_ground_is_darker_and_its_black_stays_where_it_was() -> None:
    operations = [*EditPlan.EXAMPLE["operations"], {"type": "reframe", "of": "c1", "mode": "blur"}]
    tall = {**EditPlan.EXAMPLE["output"], "width": 540, "height": 960}
    plan = EditPlan.read({**EditPlan.EXAMPLE, "operations": operations, "output": tall})
    timeline = compile(plan)
    graph = picture_graph(plan, timeline, timeline.pictures[0], (540, 960), "words.ass").text
    found = re.search(r"eq=brightness=(-?[\d.]+):contrast=([\d.]+)", graph)
    assert found is not None, graph
    brightness, contrast = (float(number) for number in found.groups())
    black, white = (((code / 255) - 0.5) * contrast + 0.5 + brightness for code in (16, 235))
    assert abs(black * 255 - 16) < 1
    assert white * 255 < 170
