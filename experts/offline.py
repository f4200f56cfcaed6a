"""The parts of the offline director: one for each expert of each pipeline."""

from __future__ import annotations

from collections.abc import Iterable

from kernel.document import Document
from kernel.expert import Expert
from kernel.pipeline import Pipeline, Step
from kernel.providers.offline import Part, document_part


def parts(pipelines: Iterable[Pipeline]) -> dict[str, Part]:
    """Return the part of every expert, by the expert's name."""
    return {
        step.made_by.name: document_part(step.made_by, _inputs(pipeline, step))
        for pipeline in pipelines
        for step in pipeline.steps
        if isinstance(step.made_by, Expert)
    }


def _inputs(pipeline: Pipeline, step: Step) -> dict[str, type[Document]]:
    return {need: pipeline.members(need)[0].document for need in step.needs}
