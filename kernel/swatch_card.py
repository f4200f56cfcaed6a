"""swatch_card: a brand kit as one picture: its colours, its logo in its place on a wide and a tall frame, its words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from kernel.brand import BrandKit, Kit
from kernel.worker.analysis.marks import load_logo
from kernel.worker.drawn_captions import ink
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.fonts import Font, heavy, text
from kernel.worker.layout import safe_zone
from kernel.worker.media import Rate
from kernel.worker.ops.logo import Logo
from kernel.worker.output import Output
from kernel.worker.storyboard import CARD, GROUND, INK, QUIET, RADIUS

WIDTH, EDGE, GAP, TILE = 1400, 40, 20, 150
FRAMES = ((1280, 720), (720, 1280))
HIGH = 420
"""Pixels of the frames that show the logo's place."""


def swatch_card(kit: Kit, out: Path, ffmpeg: Ffmpeg, work: Path) -> None:
    """Write the picture of a kit as a PNG file.

    Args:
        kit: and where its logo lies.
        out: the file.
        ffmpeg: opens the logo.
        work: an existing folder.
    """
    sheet = Image.new("RGB", (WIDTH, EDGE * 2 + 60 + TILE + 40 + HIGH), GROUND)
    _say(sheet, (EDGE, EDGE), kit.kit.name, 34, INK, heavy())
    for number, colour in enumerate(kit.kit.colours[: (WIDTH - 2 * EDGE) // (TILE + GAP)]):
        _tile(sheet, EDGE + number * (TILE + GAP), EDGE + 60, colour.colour, colour.role)
    logo = _logo(kit, ffmpeg, work)
    x, y = EDGE, EDGE + 60 + TILE + 40
    for width, height in FRAMES:
        frame = _frame(kit.kit, logo, width, height)
        sheet.paste(frame, (x, y))
        x += frame.width + GAP
    _words(sheet, kit.kit, x, y)
    half = out.with_name(f".{out.name}.part")
    sheet.save(half, format="PNG", optimize=True)
    half.replace(out)


def _say(sheet: Image.Image, at: tuple[float, float], said: str, size: int, colour: str, font: Font) -> None:
    ImageDraw.Draw(sheet).text(at, said, font=ImageFont.truetype(str(font.path), size), fill=colour)


def _tile(sheet: Image.Image, x: int, y: int, colour: str, role: str) -> None:
    ImageDraw.Draw(sheet).rounded_rectangle((x, y, x + TILE, y + TILE), RADIUS, fill=colour, outline=QUIET)
    _say(sheet, (x + 12, y + TILE - 50), role, 18, ink(colour), heavy())
    _say(sheet, (x + 12, y + TILE - 28), colour, 16, ink(colour), text())


def _logo(kit: Kit, ffmpeg: Ffmpeg, work: Path) -> Image.Image | None:
    if kit.logo is None or kit.kit.logo is None:
        return None
    found = load_logo(kit.logo, ffmpeg, work)
    alpha = found.alpha * kit.kit.logo.opacity
    pixels = np.dstack([found.rgb, alpha])
    return Image.fromarray(np.clip(pixels * 255, 0, 255).astype(np.uint8), "RGBA")


def _frame(kit: BrandKit, logo: Image.Image | None, width: int, height: int) -> Image.Image:
    """Return a frame of that shape with the safe zone, and the logo where it belongs."""
    share = HIGH / height
    output = Output(width=width, height=height, rate=Rate(num=30, den=1), platform="web")
    frame = Image.new("RGB", (round(width * share), HIGH), kit.colour("ground") or CARD)
    zone = safe_zone(output)
    edges = (zone.x, zone.y, zone.x + zone.width, zone.y + zone.height)
    ImageDraw.Draw(frame).rectangle([round(edge * share) for edge in edges], outline=QUIET)
    if logo and kit.logo:
        op = Logo(source="s1", corner=kit.logo.corner, size=kit.logo.size, clear=kit.logo.clear)
        box = op.box(output, logo.width, logo.height)
        drawn = logo.resize(
            (max(1, round(box.width * share)), max(1, round(box.height * share))), Image.Resampling.LANCZOS
        )
        frame.paste(drawn, (round(box.x * share), round(box.y * share)), drawn)
    return frame


def _words(sheet: Image.Image, kit: BrandKit, x: int, y: int) -> None:
    """Say in plain lines what the kit asks for besides."""
    for number, line in enumerate(line for line in kit.lines()[1:] if not line.startswith("colours")):
        name, _, said = line.partition(": ")
        top = y + number * 98
        _say(sheet, (x, top), name, 18, QUIET, text())
        for row, part in enumerate(_wrapped(said, 32)[:3]):
            _say(sheet, (x, top + 22 + 20 * row), part, 16, INK, heavy())


def _wrapped(said: str, most: int) -> list[str]:
    rows = [""]
    for word in said.split():
        rows = [*rows[:-1], f"{rows[-1]} {word}".strip()] if len(rows[-1]) + len(word) < most else [*rows, word]
    return rows
