"""hevc: H.265, half the size at the same looks, for newer players."""

from __future__ import annotations

from kernel.worker.formats.base import Format, key_distance
from kernel.worker.formats.sounds import AAC
from kernel.worker.output import Output

QUALITY = {"draft": ("ultrafast", 29), "good": ("fast", 23), "best": ("medium", 19)}
"""x265's preset and constant rate factor: x264's 19 looks like its 23."""


def _picture(output: Output) -> list[str]:
    preset, factor = QUALITY[output.quality]
    # Frame threads change the result, pools do not: both are fixed all the same.
    exact = f"log-level=error:info=0:frame-threads=1:pools=2:open-gop=0:keyint={key_distance(output)}:bframes=2"
    codec = ["-c:v", "libx265", "-pix_fmt", "yuv420p", "-preset", preset, "-crf", str(factor), "-tag:v", "hvc1"]
    return [*codec, "-x265-params", exact]


HEVC = Format("hevc", ".mp4", "H.265 and AAC: half the size, for newer players", "mp4", _picture, AAC)
