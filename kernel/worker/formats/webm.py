"""webm: VP9 and Opus, free of licences."""

from __future__ import annotations

from kernel.worker.formats.base import Format, key_distance
from kernel.worker.formats.sounds import OPUS
from kernel.worker.output import Output

QUALITY = {"draft": (8, 40), "good": (4, 31), "best": (2, 24)}
"""libvpx's speed and constant quality."""


def _picture(output: Output) -> list[str]:
    speed, factor = QUALITY[output.quality]
    codec = ["-c:v", "libvpx-vp9", "-pix_fmt", "yuv420p", "-crf", str(factor), "-b:v", "0", "-deadline", "good"]
    # Invisible frames in packets of their own would break the count of one packet a frame.
    exact = ["-cpu-used", str(speed), "-g", key_distance(output), "-row-mt", "0", "-threads", "1"]
    return [*codec, *exact]


WEBM = Format("webm", ".webm", "VP9 and Opus: for the web, free of licences", "webm", _picture, OPUS)
