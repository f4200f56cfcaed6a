"""av1: the smallest file, for the web of today."""

from __future__ import annotations

from kernel.worker.formats.base import Format, key_distance
from kernel.worker.formats.sounds import AAC
from kernel.worker.output import Output

QUALITY = {"draft": (12, 40), "good": (8, 30), "best": (5, 24)}
"""SVT-AV1's preset and constant rate factor."""


def _picture(output: Output) -> list[str]:
    preset, factor = QUALITY[output.quality]
    codec = ["-c:v", "libsvtav1", "-pix_fmt", "yuv420p", "-preset", str(preset), "-crf", str(factor)]
    return [*codec, "-g", key_distance(output), "-svtav1-params", "lp=2:scd=0"]


AV1 = Format("av1", ".mp4", "AV1 and AAC: the smallest file, for browsers of today", "mp4", _picture, AAC)
