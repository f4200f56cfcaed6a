"""The kinds of finished files.

To add one: a file with a `Format`, one line in `FORMATS`, its name in `Output.format`; the contract test runs its
promise.
"""

from kernel.worker.formats.audio import M4A, MP3_FORMAT, WAV_FORMAT
from kernel.worker.formats.av1 import AV1
from kernel.worker.formats.base import Format
from kernel.worker.formats.gif import GIF
from kernel.worker.formats.hevc import HEVC
from kernel.worker.formats.mp4 import MP4, PREVIEW_MP4
from kernel.worker.formats.prores import PRORES
from kernel.worker.formats.stills import STILLS
from kernel.worker.formats.webm import WEBM
from kernel.worker.output import Output

FORMATS = (MP4, HEVC, AV1, WEBM, PRORES, GIF, M4A, MP3_FORMAT, WAV_FORMAT, STILLS)


def format_of(output: Output, preview: bool = False) -> Format:
    """Return the format of an output; a preview of a picture is always a small mp4."""
    found = next(format for format in FORMATS if format.name == output.format)
    return PREVIEW_MP4 if preview and found.picture else found
