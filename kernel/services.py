"""What the kernel works with, built once in one place and passed on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kernel.context import maker_of
from kernel.engine import Engine
from kernel.expert import Expert
from kernel.models import Models
from kernel.pipeline import Pipeline, Step
from kernel.prompts import Prompts
from kernel.settings import Settings
from kernel.store import Store
from kernel.store.records import Job
from kernel.studio import Studio
from kernel.telemetry import Telemetry


@dataclass(frozen=True)
class Services:
    """The kernel's parts."""

    settings: Settings
    store: Store
    engine: Engine
    telemetry: Telemetry
    models: Models
    prompts: Prompts
    studio: Studio
    pipelines: Mapping[str, Pipeline]
    tell_turn: Callable[[str, str, dict[str, Any]], None]
    """(conversation, turn id, payload): hands an event to the conversation as a turn."""

    def maker(self, step: Step, job: Job) -> dict[str, Any]:
        """Return what besides documents and instructions a step's result depends on."""
        if isinstance(step.made_by, Expert):
            model = self.models.name(step.made_by.tier, job)
            return maker_of(step, self.prompts.hash(step.made_by.prompt), model, job.settings)
        return maker_of(step, "", "", job.settings)
