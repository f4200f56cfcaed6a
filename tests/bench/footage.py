"""The footage of the benchmark: real pictures and real speech from tests/footage, put together so that all can be read.

93.8 s at 30 frames a second, H.264 with a key frame every 60 frames at the most, moderately noisy, every frame numbered
(see `barcode`), AAC speech. It is made once and kept in a folder outside the checkout.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from kernel.worker.ffmpeg import Ffmpeg, opening, opening_ours
from kernel.worker.fonts import heavy
from tests.bench import barcode

FOOTAGE = Path(__file__).parents[1] / "footage"
BUNNY, CITY, SPEECH = "shots_trailer_bbb_32s.mp4", "broll_city_mpeg2.mpg", "speech_two_cities_44s.flac"
MUSIC = Path(__file__).parents[2] / "kernel" / "worker" / "music" / "loop_garzul.flac"
FRAMES, FPS = 2814, 30
MADE = "2"
"""Version of the recipe: another one is another file."""
ENCODED = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "22", "-g", "60", "-bf", "2", "-pix_fmt", "yuv420p")
TAGGED = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
VIEWS = ("null", "hflip,crop=iw*0.8:ih*0.8:iw*0.1:ih*0.15", "crop=iw*0.7:ih*0.7:iw*0.25:ih*0.05")
"""The same pictures three times, each time seen otherwise."""


@dataclass(frozen=True)
class Clip:
    """A source video of the benchmark."""

    path: Path
    width: int
    height: int
    frames: int
    assembled: bool = True
    """Whether the benchmark made it."""

    @property
    def seconds(self) -> float:
        """Length."""
        return self.frames / FPS

    @property
    def name(self) -> str:
        """How the report calls it: 1080p."""
        return f"{self.height}p"


def assembled(folder: Path, height: int, ffmpeg: Ffmpeg, times: int = 1) -> Clip:
    """Return the footage of so many lines, made now or found; `times` repeats it by copying its packets."""
    width = height * 16 // 9 // 2 * 2
    path = folder / f"footage{MADE}-{height}.mp4"
    if not path.exists():
        _make(path, width, height, ffmpeg)
    if times > 1:
        path = _repeated(path, times, ffmpeg)
    return Clip(path, width, height, FRAMES * times)


def given(path: Path, ffmpeg: Ffmpeg) -> Clip:
    """Return a file of the caller's own: it must be 30 frames a second and numbered like ours to be checked."""
    arguments = [*opening(path), "-map", "0:v:0", "-c", "copy", "-f", "framecrc", "pipe:1"]
    lines = list(ffmpeg.lines(arguments, cwd=path.parent, timeout=120))
    shape = next(line for line in lines if line.startswith("#dimensions")).split(":")[1].split("x")
    return Clip(path, int(shape[0]), int(shape[1]), sum(not line.startswith("#") for line in lines), False)


def _make(path: Path, width: int, height: int, ffmpeg: Ffmpeg, chosen: str = "1") -> None:
    """Write the frames for which `chosen`, an expression of ffmpeg's `select`, is not 0."""
    path.parent.mkdir(parents=True, exist_ok=True)
    raw, half = path.with_suffix(".raw"), path.with_suffix(".part")
    barcode.strip(FRAMES).tofile(raw)
    numbers = ("-pix_fmt", "gray", "-s", f"{barcode.BITS}x2", "-r", str(FPS))
    # Each view opens its file anew: one input read at three places would be held in memory whole.
    opened = [part for _ in VIEWS for name in (BUNNY, CITY) for part in opening(FOOTAGE / name)]
    opened += [*opening_ours(raw, "rawvideo", *numbers), *opening(FOOTAGE / SPEECH, "-stream_loop", "-1")]
    graph = f"{_graph(width, height)},trim=end_frame={FRAMES},select='{chosen}',setpts=N/{FPS}/TB[out]"
    ends = ["-map", "[out]", "-map", f"{2 * len(VIEWS) + 1}:a", "-t", f"{FRAMES / FPS:.6f}"]
    sound = ["-ac", "2", "-ar", "48000", "-c:a", "aac", "-b:a", "128k"]
    codecs = [*ENCODED, *TAGGED, "-threads", "2", *sound, "-movflags", "+faststart", "-f", "mp4"]
    ffmpeg.run([*opened, "-filter_complex", graph, *ends, *codecs, f"file:{half}"], cwd=path.parent, timeout=1800)
    raw.unlink()
    half.replace(path)


def _graph(width: int, height: int) -> str:
    """Return the graph that shows the pictures frame by frame, three times, with noise and numbers."""
    shots = [f"[{2 * number + source}:v]{view}" for number, view in enumerate(VIEWS) for source in (0, 1)]
    fill = f"scale={width}:{height}:force_original_aspect_ratio=increase:flags=bicubic:out_color_matrix=bt709"
    filled = f"{fill},crop={width}:{height},setsar=1,format=yuv420p,setpts=N/{FPS}/TB"
    parts = [f"{shot},{filled}[p{number}]" for number, shot in enumerate(shots)]
    joined = "".join(f"[p{number}]" for number in range(len(shots)))
    side = barcode.block(height)
    grown = f"[{len(shots)}:v]scale={barcode.BITS * side}:{side}:flags=neighbor,format=yuv420p[code]"
    end = f"{joined}concat=n={len(shots)}:v=1:a=0,settb=1/{FPS},setpts=N,noise=c0s=5:c0f=t:all_seed=7[seen]"
    return ";".join([*parts, end, grown, "[seen][code]overlay=0:0:format=yuv420,format=yuv420p"])


def _repeated(path: Path, times: int, ffmpeg: Ffmpeg) -> Path:
    made = path.with_name(f"{path.stem}-x{times}.mp4")
    if not made.exists():
        listed = path.with_suffix(".ffconcat")
        listed.write_text("ffconcat version 1.0\n" + f"file {path.name}\n" * times)
        arguments = [*opening_ours(listed, "concat"), "-c", "copy", "-f", "mp4", f"file:{made}"]
        ffmpeg.run(arguments, cwd=path.parent, timeout=600)
    return made


def kept(clip: Clip, spans: Sequence[tuple[int, int]], ffmpeg: Ffmpeg) -> Path:
    """Return a file of exactly the frames of some spans: what the floor decodes.

    Assembled anew, so that its pictures were encoded once, as those of the footage; pictures that were encoded twice
    are easier to encode. Footage of the caller's own can only be encoded a second time.
    """
    key = hashlib.sha256(repr(list(spans)).encode()).hexdigest()[:8]
    path = clip.path.with_name(f"{clip.path.stem}-kept-{key}.mp4")
    if path.exists():
        return path
    chosen = "+".join(f"between(n,{first},{first + frames - 1})" for first, frames in spans)
    if clip.assembled:
        _make(path, clip.width, clip.height, ffmpeg, chosen)
        return path
    half = path.with_suffix(".part")
    codecs = [*ENCODED, *TAGGED, "-threads", "2", "-an", "-f", "mp4", f"file:{half}"]
    chain = f"select='{chosen}',setpts=N/{FPS}/TB"
    ffmpeg.run([*opening(clip.path), "-vf", chain, *codecs], cwd=path.parent, timeout=1800)
    half.replace(path)
    return path


def logo(folder: Path) -> Path:
    """Return a small logo with soft edges, as a PNG with transparency."""
    path = folder / "logo.png"
    if not path.exists():
        picture = Image.new("RGBA", (480, 160), (0, 0, 0, 0))
        draw = ImageDraw.Draw(picture)
        draw.rounded_rectangle((0, 0, 479, 159), 40, fill=(230, 60, 40, 220))
        draw.text((240, 80), "RUSHES", font=ImageFont.truetype(str(heavy().path), 96), anchor="mm", fill="white")
        picture.save(path)
    return path
