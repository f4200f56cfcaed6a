"""Colours as they were meant, read as pixels: HDR brought to SDR, either coding, full range, see-through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kernel.worker.analysis.inspect import inspect
from kernel.worker.ffmpeg import Ffmpeg, opening, opening_ours
from kernel.worker.plan import EditPlan
from kernel.worker.render import render
from tests.kernel.worker.exact import source_of
from tests.kernel.worker.scenes import cut

Colours = NDArray[np.float64]
PATCH = 32
"""Pixels of a patch's side."""
TO_2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
"""Light of BT.709's primaries as BT.2020's (ITU-R BT.2087)."""
LUMA = {"bt709": (0.2126, 0.0722), "smpte170m": (0.299, 0.114), "bt2020nc": (0.2627, 0.0593)}
"""Shares of red and blue in luma."""
WHITE = 203.0
"""Nits of diffuse white (ITU-R BT.2408)."""


def coded(colours: Colours, matrix: str, bits: int = 8, full: bool = False) -> list[NDArray[np.uint16]]:
    """Return colours (0 to 1, already gamma-coded) as luma and colour differences."""
    red, blue = LUMA[matrix]
    luma = colours @ np.array([red, 1 - red - blue, blue])
    differences = [(colours[:, 2] - luma) / (2 - 2 * blue), (colours[:, 0] - luma) / (2 - 2 * red)]
    top = (2**bits - 1) if full else 219 * 2 ** (bits - 8)
    wide = (2**bits - 1) if full else 224 * 2 ** (bits - 8)
    zero, middle = 0 if full else 16 * 2 ** (bits - 8), 128 * 2 ** (bits - 8)
    planes = [luma * top + zero, *(part * wide + middle for part in differences)]
    return [np.round(plane).astype(np.uint16) for plane in planes]


def patches(folder: Path, planes: Sequence[NDArray[np.uint16]], kind: str, ffmpeg: Ffmpeg, more: Sequence[str]) -> Path:
    """Write a video of patches side by side, without loss."""
    wide = "<u2" if "10" in kind else "u1"
    rows = [np.repeat(plane, PATCH)[None].repeat(64, 0).astype(wide) for plane in planes]
    raw, made = folder / "patches.yuv", folder / "patches.mkv"
    raw.write_bytes(b"".join(row.tobytes() for row in rows) * 5)
    size = f"{PATCH * len(planes[0])}x64"
    ffmpeg.run(
        [*opening_ours(raw, "rawvideo", "-pix_fmt", kind, "-s", size, "-r", "25"), *more, f"file:{made}"],
        cwd=folder,
        timeout=60,
    )
    return made


def seen(path: Path, count: int, ffmpeg: Ffmpeg) -> Colours:
    """Render patches and return each one's colour, 0 to 255, read back as BT.709."""
    found = inspect(path, "s1", ffmpeg, path.parent, None)
    output = {"width": max(64, PATCH * count), "height": 64, "rate": {"num": 25, "den": 1}, "quality": "best"}
    sources = [source_of(path, found).model_dump(mode="json")]
    whole = {"confidence": 1, "output": output, "sources": sources, "operations": [cut("c1", "s1", 0, 0.2)]}
    out = path.with_name("out.mp4")
    render(EditPlan.read(whole), {"s1": path}, out, path.parent / "cache", ffmpeg)
    look = "scale=in_color_matrix=bt709:flags=accurate_rnd+full_chroma_int"
    shown = [*opening(out), "-frames:v", "1", "-vf", look, "-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1"]
    held = np.frombuffer(ffmpeg.read(shown, cwd=path.parent, timeout=20, limit=10**8), dtype=np.uint8)
    picture = held.reshape(64, -1, 3)[16:48]
    return np.stack([picture[:, n * PATCH + 8 : (n + 1) * PATCH - 8].reshape(-1, 3).mean(0) for n in range(count)])


LIGHTS = {
    "black": (0.0, 0.0, 0.0),
    "mid grey": (0.18, 0.18, 0.18),
    "100 nits": (100 / WHITE,) * 3,
    "white": (1.0, 1.0, 1.0),
    "400 nits": (400 / WHITE,) * 3,
    "1000 nits": (1000 / WHITE,) * 3,
    "skin": (0.45, 0.28, 0.2),
}
"""Light as a share of diffuse white."""


def pq(light: Colours) -> Colours:
    """Return nits as SMPTE ST 2084 codes them."""
    share = np.clip(light / 10000, 0, 1) ** 0.1593017578125
    return np.asarray(((0.8359375 + 18.8515625 * share) / (1 + 18.6875 * share)) ** 78.84375)


def hlg(light: Colours) -> Colours:
    """Return nits on a screen of 1,000 as ITU-R BT.2100 codes them in HLG."""
    shown = light / 1000
    luma = np.maximum(shown @ np.array([0.2627, 0.678, 0.0593]), 1e-9)
    scene = shown * (luma ** (1 / 1.2 - 1))[:, None]
    bright = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.asarray(np.where(scene <= 1 / 12, np.sqrt(3 * scene), bright))


@pytest.mark.parametrize(("curve", "name"), [(pq, "smpte2084"), (hlg, "arib-std-b67")], ids=["PQ", "HLG"])
def test_hdr_keeps_greys_and_skin_and_brings_highlights_in(
    curve: Callable[[Colours], Colours], name: str, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    light = np.array(list(LIGHTS.values())) @ TO_2020.T * WHITE
    tags = f"log-level=none:lossless=1:colorprim=bt2020:transfer={name}:colormatrix=bt2020nc:range=limited"
    more = ["-c:v", "libx265", "-x265-params", tags, "-pix_fmt", "yuv444p10le"]
    path = patches(tmp_path, coded(curve(light), "bt2020nc", 10), "yuv444p10le", ffmpeg, more)
    found = dict(zip(LIGHTS, seen(path, len(LIGHTS), ffmpeg), strict=True))
    share = {name: float(colour.mean()) / 255 for name, colour in found.items()}
    assert share["black"] < 0.01
    assert share["mid grey"] == pytest.approx(0.18 ** (1 / 2.4), abs=0.02)
    assert 0.70 < share["100 nits"] < share["white"] < share["400 nits"] < share["1000 nits"]
    assert 0.87 < share["white"] < 0.93
    assert share["1000 nits"] > 0.98
    assert max(np.ptp(found[name]) for name in LIGHTS if name != "skin") < 3
    wanted = 255 * np.array(LIGHTS["skin"]) ** (1 / 2.4)
    assert found["skin"] == pytest.approx(wanted, abs=6)
    assert hue(found["skin"]) == pytest.approx(hue(wanted), abs=2)


def hue(colour: Colours) -> float:
    """Return the hue of a colour whose red is strongest and whose blue is weakest, in degrees."""
    return float(60 * (colour[1] - colour[2]) / (colour[0] - colour[2]))


RGB = np.array(
    [[0.9, 0.2, 0.2], [0.2, 0.8, 0.3], [0.2, 0.3, 0.9], [0.8, 0.6, 0.5], [0.1, 0.1, 0.1], [0.95, 0.95, 0.95]]
)


@pytest.mark.parametrize("full", [False, True], ids=["limited", "full range"])
@pytest.mark.parametrize("kind", ["yuv444p", "yuv422p10le"])
@pytest.mark.parametrize(
    ("matrix", "tag"), [("bt709", "bt709"), ("smpte170m", "smpte170m"), ("smpte170m", "unknown")], ids=str
)
def test_colours_come_out_as_they_were_whichever_way_they_are_coded(
    matrix: str, tag: str, kind: str, full: bool, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    planes = coded(RGB, matrix, 10 if "10" in kind else 8, full)
    tags = ["-vf", f"setparams=colorspace={tag}:range={'full' if full else 'limited'}"]
    whole = "yuv444p10le" if "10" in kind else "yuv444p"
    more = [*tags, "-c:v", "ffv1", "-pix_fmt", kind]
    path = patches(tmp_path, planes, whole, ffmpeg, more)
    assert np.abs(seen(path, len(RGB), ffmpeg) - RGB * 255).max() <= 2.5


@pytest.mark.parametrize(("suffix", "codec"), [("mov", "qtrle"), ("webm", "libvpx-vp9"), ("png", "png")])
def test_what_is_see_through_is_shown_over_black(suffix: str, codec: str, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    colour = np.zeros((64, 128, 4), dtype=np.uint8)
    colour[:, :64], colour[:, 64:] = (255, 255, 255, 255), (255, 255, 255, 0)
    raw, path = tmp_path / "clear.rgba", tmp_path / f"clear.{suffix}"
    raw.write_bytes(colour.tobytes() * (1 if suffix == "png" else 10))
    opened = opening_ours(raw, "rawvideo", "-pix_fmt", "rgba", "-s", "128x64", "-r", "25")
    kind = ["-pix_fmt", "yuva420p"] if suffix == "webm" else []
    ffmpeg.run([*opened, "-c:v", codec, *kind, f"file:{path}"], cwd=tmp_path, timeout=60)
    left, _, _, right = seen(path, 4, ffmpeg)
    assert left.min() > 250
    assert right.max() < 5
