"""Contact sheets: frames of a render with their times below them, and pictures of its sound."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from zipfile import ZipFile

from PIL import Image, ImageDraw, ImageFont

from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.fonts import heavy, text
from kernel.worker.loudness import Level, measure

GAP, EDGE, FOOT, HEAD = 12, 24, 30, 44
"""Pixels between cells, round the sheet, below a frame for its time, and above all for the name."""
AREA = 400 * 225
"""Pixels of a frame, whatever its shape."""
ACROSS = 1660
"""Pixels that the frames of a row may take."""
SOUND = (1600, 150)
GROUND, INK, QUIET, MARK = "#121419", "#f2f4f8", "#9aa3b2", "#ffd400"


@dataclass(frozen=True)
class Strip:
    """The frames of one render, or what is seen of its sound, as one band of the sheet."""

    title: str
    pictures: Sequence[Image.Image]
    notes: Sequence[str]


def sheet(heading: str, strips: Sequence[Strip], out: Path) -> None:
    """Write the strips below one another as one PNG file."""
    bands = [_band(strip) for strip in strips]
    width = max(band.width for band in bands) + 2 * EDGE
    whole = Image.new("RGB", (width, EDGE + HEAD + sum(band.height + GAP for band in bands) + EDGE), GROUND)
    _write(whole, (EDGE, EDGE - 4), heading, 26, INK, bold=True)
    top = EDGE + HEAD
    for band in bands:
        whole.paste(band, (EDGE, top))
        top += band.height + GAP
    whole.save(out, format="PNG")


def seen(title: str, video: Path, frames: Sequence[int], rate: Fraction, ffmpeg: Ffmpeg) -> Strip:
    """Return the strip of some frames of a video, numbered and timed."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = "+".join(f"eq(n,{frame})" for frame in frames)
        arguments = [*opening(video), "-map", "0:v:0", "-vf", f"select='{wanted}'"]
        ffmpeg.run([*arguments, "-fps_mode", "passthrough", "f%03d.png"], cwd=Path(folder), timeout=120)
        pictures = [_small(path) for path in sorted(Path(folder).glob("f*.png"))]
    notes = [f"{float(frame / rate):.2f} s   {frame}" for frame in sorted(frames)]
    return Strip(title, pictures, notes)


def held(title: str, pictures: Path) -> Strip:
    """Return the strip of the stills in a zip."""
    with ZipFile(pictures) as file, tempfile.TemporaryDirectory() as folder:
        names = file.namelist()
        return Strip(title, [_small(Path(file.extract(name, folder))) for name in names], names)


def heard(title: str, video: Path, ffmpeg: Ffmpeg, seconds: float) -> Strip:
    """Return the strip of a file's sound: its waveform, its spectrum, and what the meter says."""
    level = measure(opening(video), seconds, ffmpeg, None)
    with tempfile.TemporaryDirectory() as folder:
        size = "x".join(map(str, SOUND))
        wave = f"showwavespic=s={size}:split_channels=0:colors=0xffd400"
        spectrum = f"aresample=24000,showspectrumpic=s={size}:legend=0:scale=log:drange=90"
        for name, chain in (("wave.png", wave), ("spectrum.png", spectrum)):
            graph = f"[0:a:0]aformat=channel_layouts=mono,{chain}"
            line = [*opening(video), "-filter_complex", graph, "-frames:v", "1", "-update", "1", name]
            ffmpeg.run(line, cwd=Path(folder), timeout=120)
        pictures = [Image.open(Path(folder) / name).convert("RGB") for name in ("wave.png", "spectrum.png")]
        return Strip(title, pictures, [_metered(level, seconds), "0 to 12 kHz"])


def _metered(level: Level, seconds: float) -> str:
    if level.lufs is None or level.peak_db is None:
        return f"silent, {seconds:.2f} s"
    return f"{level.lufs:.1f} LUFS, {level.peak_db:.1f} dBTP, {seconds:.2f} s"


def _small(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        scale = (AREA / (picture.width * picture.height)) ** 0.5
        size = (round(picture.width * scale), round(picture.height * scale))
        return picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def _band(strip: Strip) -> Image.Image:
    """Lay the pictures of a strip in rows."""
    width, height = strip.pictures[0].size
    columns = max(1, min(len(strip.pictures), (ACROSS + GAP) // (width + GAP)))
    rows = -(-len(strip.pictures) // columns)
    band = Image.new("RGB", (columns * (width + GAP) - GAP, 26 + rows * (height + FOOT)), GROUND)
    _write(band, (0, 0), strip.title, 17, MARK, bold=True)
    for index, (picture, note) in enumerate(zip(strip.pictures, strip.notes, strict=True)):
        row, column = divmod(index, columns)
        x, y = column * (width + GAP), 26 + row * (height + FOOT)
        band.paste(picture, (x, y))
        _write(band, (x + 4, y + height + 4), note, 16, QUIET)
    return band


def _write(image: Image.Image, at: tuple[int, int], said: str, size: int, colour: str, *, bold: bool = False) -> None:
    font = heavy() if bold else text()
    ImageDraw.Draw(image).text(at, said, font=ImageFont.truetype(str(font.path), size), fill=colour)
