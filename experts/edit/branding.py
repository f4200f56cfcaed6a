"""Branding: what a brand kit makes of captions, titles and the logo, where nobody asks otherwise."""

from __future__ import annotations

import re
from typing import Any

from experts.edit.brief import Brief
from experts.edit.footage import Footage
from kernel.brand import BrandKit, Mark
from kernel.evaluation.contrast import BLACK, contrast, parsed
from kernel.worker.ops.captions import Captions
from kernel.worker.ops.logo import Logo

READABLE = 4.5
"""Contrast of letters with their dark panel or outline (WCAG 2 1.4.3)."""
NO_LOGO = re.compile(
    r"\b(?:no|without(?: the| a| any| our)?|drop the|leave out the)\s+(?:logo|watermark)\b", re.IGNORECASE
)


def branded(captions: Captions, kit: BrandKit | None) -> Captions:
    """Return captions as a brand has them; letters that would not stand out from their dark ground stay white."""
    if kit is None:
        return captions
    style = kit.captions.style or captions.style
    wished = {"colour": _letters(kit, style), "highlight": kit.colour("accent") or kit.colour("primary")}
    fields = {name: value for name, value in wished.items() if value} | kit.captions.asked
    return Captions.model_validate({**captions.model_dump(), **fields})


def title_colours(kit: BrandKit | None) -> dict[str, Any]:
    """Return the fields of an operation `title` that a brand decides: the letters, and bars and blocks."""
    if kit is None:
        return {}
    text, accent = _letters(kit, "title"), kit.colour("accent") or kit.colour("primary")
    return {name: value for name, value in {"colour": text, "accent": accent}.items() if value}


def logos(brief: Brief, footage: Footage) -> list[Logo]:
    """Return the brand's logo in its place, where there is one and the brief does not refuse it."""
    kit = brief.brand
    if kit is None or kit.logo is None or NO_LOGO.search(brief.text):
        return []
    found = [reel.id for reel in footage.reels if reel.hash == kit.logo.hash]
    return [_logo(id, kit.logo) for id in found[:1]]


def _logo(source: str, mark: Mark) -> Logo:
    return Logo(source=source, corner=mark.corner, size=mark.size, opacity=mark.opacity, clear=mark.clear)


def logo_missing(brief: Brief, footage: Footage) -> str:
    """Say that the brand has a logo which could not be used; empty where all is well."""
    kit = brief.brand
    if kit is None or kit.logo is None or NO_LOGO.search(brief.text) or logos(brief, footage):
        return ""
    return f"The logo of {kit.name} ({kit.logo.file}) is not among the files, so it is left out."


def _letters(kit: BrandKit, style: str) -> str | None:
    """Return the colour of letters, or of the ground of boxed ones, that the palette has; None for none that fits."""
    if style == "boxed":
        return kit.colour("ground") or kit.colour("primary")
    text = kit.colour("text")
    return text if text and contrast(parsed(text), BLACK) >= READABLE else None
