"""Footage whose every frame says its number, and the reading of it back: what the worker's tests look at."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kernel.worker.ffmpeg import Ffmpeg, opening, opening_ours
from kernel.worker.plan import EditPlan

WIDTH, HEIGHT = 320, 180
BITS, BLOCK = 12, 24
RATE = 48000

Frames = NDArray[np.uint8]
Sound = NDArray[np.float32]


def numbered(frames: int, flashes: Sequence[int] = ()) -> Frames:
    """Return grey frames with their number as a row of blocks at the top; the lower half flashes white in some."""
    made = np.full((frames, HEIGHT, WIDTH), 96, dtype=np.uint8)
    made[list(flashes), HEIGHT // 2 :] = 235
    for bit in range(BITS):
        on = (np.arange(frames) >> bit) & 1
        made[:, :BLOCK, bit * BLOCK : (bit + 1) * BLOCK] = np.where(on, 235, 16)[:, None, None]
    return made


def tone(seconds: float, hertz: float = 440.0, level: float = 0.2) -> Sound:
    """Return a mono sine."""
    return np.asarray(level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE), dtype=np.float32)


def beeps(seconds: float, times: Sequence[float]) -> Sound:
    """Return silence with a beep of 50 ms at each of the times."""
    made = np.zeros(round(seconds * RATE), dtype=np.float32)
    for time in times:
        made[round(time * RATE) : round(time * RATE) + RATE // 20] = tone(0.05, 1000, 0.5)
    return made


def write_video(
    path: Path, ffmpeg: Ffmpeg, frames: Frames, rate: str, sound: Sound | None = None, more: Sequence[str] = ()
) -> Path:
    """Encode frames (and mono sound) to a file of the kind that its suffix says; `more` are further output options."""
    raw = path.with_suffix(".raw")
    frames.tofile(raw)
    opened = opening_ours(raw, "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-r", rate)
    if sound is not None:
        sound.tofile(path.with_suffix(".f32"))
        opened += opening_ours(path.with_suffix(".f32"), "f32le", "-ar", str(RATE), "-ch_layout", "mono")
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "250", "-crf", "12", "-pix_fmt", "yuv420p"]
    codecs += ["-colorspace", "smpte170m", "-threads", "1", *(["-c:a", "aac"] if sound is not None else [])]
    ffmpeg.run([*opened, *codecs, *more, f"file:{path}"], cwd=path.parent, timeout=60)
    return path


def write_sound(path: Path, ffmpeg: Ffmpeg, sound: Sound, more: Sequence[str] = ()) -> Path:
    """Encode mono sound to a file of the kind that its suffix says."""
    sound.tofile(path.with_suffix(".f32"))
    opened = opening_ours(path.with_suffix(".f32"), "f32le", "-ar", str(RATE), "-ch_layout", "mono")
    ffmpeg.run([*opened, *more, f"file:{path}"], cwd=path.parent, timeout=60)
    return path


def read_frames(path: Path, ffmpeg: Ffmpeg, width: int = WIDTH, height: int = HEIGHT) -> Frames:
    """Return every frame of a video as luma."""
    arguments = [*opening(path), "-map", "0:v:0", "-fps_mode", "passthrough", "-vf", "format=yuv420p,extractplanes=y"]
    blocks = ffmpeg.stream([*arguments, "-f", "rawvideo", "pipe:1"], cwd=path.parent, timeout=60, size=width * height)
    return np.stack([np.frombuffer(block, dtype=np.uint8).reshape(height, width) for block in blocks])


def numbers(frames: Frames) -> list[int]:
    """Return the number that each frame bears."""
    middles = [BLOCK // 2 + BLOCK * bit for bit in range(BITS)]
    bits = frames[:, BLOCK // 3 : 2 * BLOCK // 3, middles].mean(axis=1) > 125
    return [int(number) for number in bits @ (1 << np.arange(BITS))]


def read_sound(path: Path, ffmpeg: Ffmpeg) -> Sound:
    """Return the sound of a file as samples, one row each, two channels."""
    arguments = [*opening(path), "-map", "0:a:0", "-ac", "2", "-ar", str(RATE), "-f", "f32le", "pipe:1"]
    held = ffmpeg.read(arguments, cwd=path.parent, timeout=60, limit=2**28)
    return np.frombuffer(held, dtype=np.float32).reshape(-1, 2)


def source(id: str, path: Path, duration: float, **more: Any) -> dict[str, Any]:
    """Return a source as a plan names it: by default a video of 30 frames a second with sound."""
    known = {"kind": "video", "width": WIDTH, "height": HEIGHT, "rate": {"num": 30, "den": 1}}
    heard = {"has_sound": True, "channels": 1}
    hash = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"id": id, "hash": hash, "name": path.name, "duration": duration, **known, **heard, **more}


def words(source: str, *spans: tuple[str, float, float]) -> list[dict[str, Any]]:
    """Return a transcript; a clip may begin and end 50 ms beside a word."""
    return [
        {
            "id": f"{source}w{n}",
            "text": text,
            "start": start,
            "end": end,
            "probability": 1.0,
            "cut_in": max(0.0, start - 0.05),
            "cut_out": end + 0.05,
        }
        for n, (text, start, end) in enumerate(spans)
    ]


def cut(id: str, source: str, start: float, end: float, **more: Any) -> dict[str, Any]:
    """Return a cut by seconds."""
    return {"type": "cut", "id": id, "source": source, "start": start, "end": end, "why": "", **more}


def said(id: str, source: str, first: int, last: int, **more: Any) -> dict[str, Any]:
    """Return a cut by words."""
    chosen = {"first_word": f"{source}w{first}", "last_word": f"{source}w{last}"}
    return {"type": "cut", "id": id, "source": source, **chosen, "why": "", **more}


def plan(sources: Sequence[dict[str, Any]], *operations: dict[str, Any], **output: Any) -> EditPlan:
    """Return a plan; by default for a picture of the sources' size at 30 frames a second."""
    shape = {"width": WIDTH, "height": HEIGHT, "rate": {"num": 30, "den": 1}, "quality": "draft", **output}
    return EditPlan.read({"confidence": 1, "output": shape, "sources": sources, "operations": operations})


def nearest(first: int, frames: int, rate: Fraction, source_rate: Fraction) -> list[int]:
    """Return the source frames that the conform policy shows, by its words: the last that begins not much later."""
    lead = Fraction(9, 20) * min(1 / rate, 1 / source_rate)
    return [int(((first + n) / rate + lead) * source_rate // 1) for n in range(frames)]
