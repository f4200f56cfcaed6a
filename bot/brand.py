"""`rushes brand`: make a brand kit, from what is said or from a video or picture that looks right, and show one."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import typer

from bot.app import App
from kernel.brand import Kit, read_kit
from kernel.worker.ffmpeg import Ffmpeg

brand_cli = typer.Typer(help="Make a brand kit, and show one.", no_args_is_help=True, rich_markup_mode=None)
ROLES = ("primary", "accent", "ground", "text")


def carried(app: App, path: Path) -> dict[str, Any]:
    """Return what a turn carries along for a brand kit: the kit whole, and where its logo lies.

    Raises:
        BadInput: the kit or its logo cannot be used; one sentence.
    """
    found = _read(path, app.services.studio.ffmpeg)
    return {"brand": {"kit": found.kit.body(), "logo": str(found.logo.resolve()) if found.logo else None}}


def _read(path: Path, ffmpeg: Ffmpeg) -> Kit:
    with tempfile.TemporaryDirectory() as work:
        return read_kit(path, ffmpeg, Path(work))
