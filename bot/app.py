"""The one place where everything is built and joined. Nothing does work at import; tests call the same builder."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

import bot
from bot import reminders
from bot.conversation import Conversations
from bot.fetching import Fetching, Maker
from bot.office import Office
from bot.orchestrator import NAME, PROMPT
from bot.understudy import play
from experts.filters import FILTERS
from experts.offline import parts
from experts.pipelines import PIPELINES
from kernel.durable import DurableEngine
from kernel.engine import QUEUES, Engine
from kernel.expert import Expert
from kernel.jobs import walk_workflow
from kernel.messages import Provider
from kernel.models import Models
from kernel.pipeline import Pipeline
from kernel.prompts import Prompts
from kernel.providers import PROVIDERS
from kernel.providers.offline import Offline
from kernel.retry import Asker
from kernel.run_step import step_workflow
from kernel.services import Services
from kernel.settings import Settings
from kernel.store import Store
from kernel.store.records import Bot, ExpertRow
from kernel.studio import Studio
from kernel.telemetry import StoreHandler, Telemetry
from kernel.worker.ffmpeg import Ffmpeg, bundled
from kernel.worker.transcribe import choose

ROOT = Path(bot.__file__).resolve().parent.parent
VERSION = "0.1.0"
DESCRIPTION = "A film editor: footage and a brief in, a finished video out."


@dataclass(frozen=True)
class App:
    """Everything, joined."""

    services: Services
    office: Office
    conversations: Conversations

    def __enter__(self) -> Self:
        self.services.engine.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.services.engine.stop()
        self.services.telemetry.close()
        self.services.store.close()


def build(
    settings: Settings,
    *,
    engine: Engine | None = None,
    providers: Mapping[str, Provider] | None = None,
    pipelines: Sequence[Pipeline] = PIPELINES,
    works: bool = True,
    fetchers: Mapping[str, Maker] | None = None,
) -> App:
    """Build the app from its settings.

    Args:
        works: whether its engine takes work; without, it only tells others what was decided.
        engine: another engine than the durable one, for tests.
        providers: other providers than those whose keys are set, for tests.
        pipelines: other pipelines, for tests.
        fetchers: where files come from besides links, buckets and folders: those of the surfaces.

    Raises:
        SetUp: something is missing on this machine; says what to type.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    store = Store.open(settings.database_url)
    telemetry = Telemetry(store, settings.otlp_endpoint)
    _quiet(settings, store)
    listens = QUEUES if works else ()
    joined = engine or DurableEngine(settings.engine_url, renders=1, listens=listens)
    held: dict[str, Conversations] = {}
    services = Services(
        settings=settings,
        store=store,
        engine=joined,
        telemetry=telemetry,
        models=_models(settings, store, telemetry, _providers(settings, providers, pipelines)),
        prompts=Prompts(ROOT / "prompts", FILTERS),
        studio=_studio(settings, store),
        pipelines={p.name: p.asking_every_round() if settings.ask_every_round else p for p in pipelines},
        tell_turn=lambda conversation, id, payload: held["conversations"].event(conversation, id, payload),
    )
    office = Office(services)
    conversations = held["conversations"] = Conversations(office, Fetching(services, fetchers or {}))
    joined.register("step", step_workflow(services))
    joined.register("walk", walk_workflow(services))
    joined.register("turn", conversations.workflow())
    joined.register(reminders.NAME, reminders.workflow(office, joined, lambda: datetime.now().astimezone()))
    return App(services, office, conversations)


def ffmpeg_of(settings: Settings) -> Ffmpeg:
    """Return the ffmpeg that is used here: the one that was set, else the one that comes along."""
    return Ffmpeg(settings.ffmpeg or bundled(), weak=settings.weak_box)


def _studio(settings: Settings, store: Store) -> Studio:
    hears = lambda: choose(settings.data, settings.whisper or "")  # noqa: E731  # loaded when it is first needed
    return Studio(settings.data, store, ffmpeg_of(settings), hears, settings.workers)


def register(app: App) -> tuple[int, int]:
    """Register the bot and one expert per step; return how many there are, and how many are new or changed."""
    registry = app.services.store.registry
    before = {row.name: row.version for row in registry.experts()}
    schema = Settings.model_json_schema()
    registry.register_bot(Bot(name="rushes", version=VERSION, description=DESCRIPTION, settings_schema=schema))
    rows = [registry.register_expert(row) for row in _experts(app.services)]
    return len(rows), sum(before.get(row.name) != row.version for row in rows)


def _experts(services: Services) -> list[ExpertRow]:
    prompts = services.prompts
    rows = [
        ExpertRow(
            name=NAME,
            step="",
            pipeline="",
            prompt_hash=prompts.hash(PROMPT),
            prompt_path=prompts.path(PROMPT),
            tier="large",
        )
    ]
    for pipeline in services.pipelines.values():
        for step in pipeline.steps:
            if isinstance(step.made_by, Expert):
                rows.append(_row(pipeline.name, step.name, step.made_by, prompts))
    return rows


def _row(pipeline: str, step: str, expert: Expert, prompts: Prompts) -> ExpertRow:
    return ExpertRow(
        name=expert.name,
        step=step,
        pipeline=pipeline,
        prompt_hash=prompts.hash(expert.prompt),
        prompt_path=prompts.path(expert.prompt),
        tier=expert.tier,
    )


def _models(settings: Settings, store: Store, telemetry: Telemetry, providers: Mapping[str, Provider]) -> Models:
    chosen = {"large": settings.model, "small": settings.small_model}
    return Models(providers, chosen, Asker(settings.fallback_model), store, telemetry)


def _providers(
    settings: Settings, given: Mapping[str, Provider] | None, pipelines: Iterable[Pipeline]
) -> dict[str, Provider]:
    """Return the offline director and, beside it, those that were given or whose key is set."""
    offline = Offline({NAME: play, **parts(pipelines)})
    return {"offline": offline, **(given if given is not None else _reached(settings))}


def _reached(settings: Settings) -> dict[str, Provider]:
    """Return the providers whose key is set."""
    keys = {"openai": settings.openai_api_key, "anthropic": settings.anthropic_api_key}
    addresses = {"openai": settings.openai_base_url, "anthropic": settings.anthropic_base_url}
    return {place.name: place.make(keys[place.name], addresses[place.name]) for place in PROVIDERS if keys[place.name]}


def _quiet(settings: Settings, store: Store) -> None:
    """Send what is logged to the store, not to the person's terminal."""
    root = logging.getLogger()
    for handler in [h for h in root.handlers if isinstance(h, StoreHandler)]:
        root.removeHandler(handler)
    root.addHandler(StoreHandler(store, settings.log_level))
    logging.getLogger("rushes").setLevel(settings.log_level.upper())
