"""mp4: H.264 and AAC, which plays everywhere."""

from __future__ import annotations

from kernel.worker.formats.base import Format, key_distance
from kernel.worker.formats.sounds import AAC
from kernel.worker.output import Output
from kernel.worker.presets import preset_of

QUALITY = {"draft": ("superfast", 24), "good": ("faster", 19), "best": ("slow", 16)}
"""x264's preset and constant rate factor. `good` looks the same as its source to nearly everybody (VMAF about 93)."""
PREVIEW = ("ultrafast", 30)
THREADS = 2
"""Of the encoder. Its result depends on their number, so that it is the same on every machine. With two, a lone piece
that changed takes little more than half the time; as they share each picture (sliced threads) it costs no memory, and
half a per cent of size."""
LOOKAHEAD = 5
"""Pictures that the encoder looks ahead. Each is held in memory several times over, and more of them buy no looks for
their size: with 5 rather than 20 a file is a seventh smaller and a point of VMAF lower, as at a higher rate factor."""
OWN_SETS = 7
"""Number of the parameter sets of what is encoded beside copied pictures, whose own have the number 0."""


def _picture(output: Output) -> list[str]:
    return [*x264(output, *QUALITY[output.quality]), *_capped(output)]


def _preview(output: Output) -> list[str]:
    return x264(output, *PREVIEW, between=0)


def _capped(output: Output) -> list[str]:
    """Return what holds the picture to the bitrate that a platform takes at the most, where there is one."""
    most = preset_of(output.platform).bitrate
    # Held to a rate, slices that are encoded at once share out its bits by who comes first: one thread alone is exact.
    return ["-maxrate", str(most), "-bufsize", str(most // 2), "-threads", "1"] if most else []


def x264(output: Output, preset: str, factor: int, between: int = 2) -> list[str]:
    """Return the arguments of x264 at a preset and a constant rate factor; `between` is how many B-pictures it sets."""
    sets = f":sps-id={OWN_SETS}" if output.smart_render else ""
    quality = [
        "-preset",
        preset,
        "-crf",
        str(factor),
        "-bf",
        str(between),
        "-g",
        key_distance(output),
        "-flags",
        "+cgop",
    ]
    exact = f"stitchable=1:sliced-threads=1:rc-lookahead={LOOKAHEAD}{sets}"
    return ["-c:v", "libx264", "-pix_fmt", "yuv420p", *quality, "-x264-params", exact, "-threads", str(THREADS)]


MP4 = Format("mp4", ".mp4", "H.264 and AAC: plays everywhere", "mp4", _picture, AAC)
PREVIEW_MP4 = Format("preview", ".mp4", "small and quick, to look at", "mp4", _preview, AAC)
