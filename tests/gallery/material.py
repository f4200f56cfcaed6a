"""What the gallery is made of: the clips and music that come along, and a few files that are made from them.

`sources.json` says what the worker found in each of them, so that plans can be checked without opening a file.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from kernel.studio import hash_of
from kernel.worker.analysis.inspect import inspect
from kernel.worker.ffmpeg import Ffmpeg, opening
from kernel.worker.fonts import heavy
from kernel.worker.logs import Numbers, linear
from kernel.worker.lut import cube, lattice
from kernel.worker.media import Source
from kernel.worker.transcribe import Recogniser

ROOT = Path(__file__).parents[2]
FACTS = Path(__file__).with_name("sources.json")
FOOTAGE, MUSIC = ROOT / "tests" / "footage", ROOT / "kernel" / "worker" / "music"
SHIPPED = {
    "bunny": FOOTAGE / "shots_trailer_bbb_32s.mp4",
    "city": FOOTAGE / "broll_city_mpeg2.mpg",
    "speech": FOOTAGE / "speech_two_cities_44s.flac",
    "tabla": MUSIC / "loop_tabla.flac",
    "garzul": MUSIC / "loop_garzul.flac",
    "guitar": MUSIC / "guit_em9.flac",
}
BUNNY, CITY, SPEECH = SHIPPED["bunny"], SHIPPED["city"], SHIPPED["speech"]
NAMES = (*SHIPPED, "logo", "still", "shaky", "grainy", "log", "noisy", "chime", "talk", "look")
"""Every source of the gallery; its place says its id: s1, s2, ..."""
PERSON = "derived_talk720_60s.mp4"
"""People who speak: in the folder of further footage, where that is there."""
ENCODED = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "14", "-pix_fmt", "yuv420p")
TAGGED = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
HAND = "x='64+22*sin(n/3.1)+13*sin(n/1.7+1)+8*sin(n*1.9)':y='36+16*sin(n/2.7+2)+9*sin(n/1.5)+6*sin(n*2.3)'"
"""The way of a hand that shakes."""

Maker = Callable[[Path, Ffmpeg], None]


def id_of(name: str) -> str:
    """Return the id of a source by its name."""
    return f"s{NAMES.index(name) + 1}"


@cache
def known() -> Mapping[str, Source]:
    """Return what was found in each source, by its name."""
    rows = json.loads(FACTS.read_text(encoding="utf-8"))
    return {name: Source.model_validate(row) for name, row in rows.items()}


def gather(folder: Path, ffmpeg: Ffmpeg, shared: Path | None) -> dict[str, Path]:
    """Return the file of each source, by name; what is made from others is made once and kept in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    found = dict(SHIPPED)
    for name, (file, make) in MADE.items():
        found[name] = folder / file
        if not found[name].exists():
            half = found[name].with_name(f"half-{file}")
            make(half, ffmpeg)
            half.replace(found[name])
    if shared and (shared / PERSON).exists():
        found["talk"] = shared / PERSON
    return found


def describe(files: Mapping[str, Path], ffmpeg: Ffmpeg, recogniser: Recogniser | None) -> None:
    """Write down what the worker finds in each file; what is not there stays as it was."""
    facts = {name: source.model_dump(mode="json", exclude_defaults=True) for name, source in known().items()}
    for name, path in files.items():
        with tempfile.TemporaryDirectory() as work:
            seen = inspect(path, id_of(name), ffmpeg, Path(work), recogniser)
        found = Source.of(id_of(name), hash_of(path), path.name, seen)
        facts[name] = found.model_dump(mode="json", exclude_defaults=True)
    rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(facts[name])}" for name in NAMES if name in facts)
    FACTS.write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")


def _logo(path: Path, ffmpeg: Ffmpeg) -> None:
    """Draw a logo four times as large as needed, so that its edges come out soft."""
    picture = Image.new("RGBA", (1920, 640), (255, 255, 255, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((8, 8, 1911, 631), 160, fill=(226, 58, 46, 255))
    draw.text((960, 322), "RUSHES", font=ImageFont.truetype(str(heavy().path), 380), anchor="mm", fill="white")
    picture.resize((480, 160), Image.Resampling.LANCZOS).save(path, format="PNG")


def _still(path: Path, ffmpeg: Ffmpeg) -> None:
    arguments = [*opening(BUNNY, "-ss", "12.5"), "-frames:v", "1", "-update", "1", f"file:{path}"]
    ffmpeg.run(arguments, cwd=path.parent, timeout=60)


def _shaky(path: Path, ffmpeg: Ffmpeg) -> None:
    _filmed(BUNNY, path, f"crop=1152:648:{HAND},scale=1280:720:flags=bicubic", ffmpeg, "-ss", "11", "-t", "5")


def _grainy(path: Path, ffmpeg: Ffmpeg) -> None:
    _filmed(CITY, path, "scale=1280:720:flags=bicubic,noise=alls=24:allf=t:all_seed=7", ffmpeg, "-t", "4")


def _filmed(source: Path, path: Path, chain: str, ffmpeg: Ffmpeg, *cut: str) -> None:
    arguments = [*opening(source, *cut), "-an", "-vf", chain, *ENCODED, *TAGGED, "-f", "mp4", f"file:{path}"]
    ffmpeg.run(arguments, cwd=path.parent, timeout=300)


def _log(path: Path, ffmpeg: Ffmpeg) -> None:
    """Write what a camera would have recorded in ARRI's LogC3, flat and grey, in ten bits."""
    table = path.with_suffix(".cube")
    table.write_text(cube(_logged(lattice(65)), 65))
    chain = f"scale,format=gbrp10le,lut3d=file={table.name},scale=out_color_matrix=bt709,format=yuv422p10le"
    cut = opening(BUNNY, "-ss", "11.5", "-t", "3")
    codec = ["-an", "-c:v", "prores_ks", "-profile:v", "1", *TAGGED, "-f", "mov", f"file:{path}"]
    ffmpeg.run([*cut, "-vf", chain, *codec], cwd=path.parent, timeout=300)
    table.unlink()


def _logged(rows: Numbers) -> Numbers:
    """Return colours as LogC3 codes them: the way back of `kernel.worker.logs`."""
    light = np.where(rows < 0.081, rows / 4.5, ((rows + 0.099) / 1.099) ** (1 / 0.45))
    ends = 0.247190 * np.log10(5.555556 * np.array([0.0, 1.0]) + 0.052272) + 0.385537
    to_709 = linear("logc3", np.where(np.eye(3) > 0, ends[1], ends[0]))
    own = np.maximum(light @ np.linalg.inv(to_709), 0)
    return np.asarray(0.247190 * np.log10(5.555556 * own + 0.052272) + 0.385537)


def _look(path: Path, ffmpeg: Ffmpeg) -> None:
    """Write a LUT as people send them: teal in the shadows, orange in the lights, some contrast."""
    rows = lattice(33)
    bright = (rows @ np.array([0.2126, 0.7152, 0.0722]))[:, None]
    bent, strength = bright**2 * (3 - 2 * bright), 4 * bright * (1 - bright)
    cold, warm = np.array([-0.10, 0.02, 0.08]), np.array([0.10, 0.02, -0.10])
    toned = rows + strength * (cold * (1 - bent) + warm * bent) + 0.5 * (bent - bright)
    path.write_text(f'TITLE "Teal and orange"\n{cube(np.clip(toned, 0, 1), 33)}')


def _noisy(path: Path, ffmpeg: Ffmpeg) -> None:
    """Write speech in a room with a fan, hum of the mains and clicks."""
    fan = "anoisesrc=color=pink:amplitude=0.012:seed=3:sample_rate=48000:duration=13"
    hum = "aevalsrc='0.006*sin(100*PI*t)+0.004*sin(200*PI*t)+0.3*gt(mod(t,0.9),0.8998)':s=48000:d=13"
    graph = f"{fan}[fan];{hum}[hum];[0:a][fan][hum]amix=inputs=3:normalize=0:duration=shortest"
    arguments = [*opening(SPEECH, "-t", "13"), "-filter_complex", graph, "-ac", "1", "-f", "flac", f"file:{path}"]
    ffmpeg.run(arguments, cwd=path.parent, timeout=60)


def _chime(path: Path, ffmpeg: Ffmpeg) -> None:
    tone = "aevalsrc='exp(-4*t)*(0.4*sin(1760*PI*t)+0.2*sin(3520*PI*t)+0.1*sin(5280*PI*t))':s=48000:d=1.2"
    arguments = ["-filter_complex", tone, "-ac", "2", "-f", "flac", f"file:{path}"]
    ffmpeg.run(arguments, cwd=path.parent, timeout=60)


MADE: Mapping[str, tuple[str, Maker]] = {
    "logo": ("logo.png", _logo),
    "still": ("meadow.png", _still),
    "shaky": ("shaky.mp4", _shaky),
    "grainy": ("grainy.mp4", _grainy),
    "log": ("logc3.mov", _log),
    "noisy": ("noisy.flac", _noisy),
    "chime": ("chime.flac", _chime),
    "look": ("teal.cube", _look),
}
