"""prores: for another editor's desk: every frame stands alone, sound uncompressed."""

from __future__ import annotations

from kernel.worker.formats.base import Format
from kernel.worker.formats.sounds import PCM
from kernel.worker.output import Output

PROFILE = {"draft": "lt", "good": "standard", "best": "hq"}


def _picture(output: Output) -> list[str]:
    codec = ["-c:v", "prores_ks", "-profile:v", PROFILE[output.quality], "-pix_fmt", "yuv422p10le"]
    return [*codec, "-vendor", "apl0", "-threads", "1"]


PRORES = Format("prores", ".mov", "ProRes 422 and uncompressed sound: for another editor", "mov", _picture, PCM)
