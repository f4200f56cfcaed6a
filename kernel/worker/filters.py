"""The filters that a picture may pass, and the one way to add one: ffmpeg-python writes the text, we own the names."""

from __future__ import annotations

from typing import Any

import ffmpeg

from kernel.errors import WorkerError

FILTERS = frozenset(
    [
        "ass",
        "boxblur",
        "bwdif",
        "pixelize",
        "drawbox",
        "colorchannelmixer",
        "crop",
        "eq",
        "fade",
        "format",
        "fps",
        "framerate",
        "gblur",
        "hflip",
        "hstack",
        "lut3d",
        "nlmeans",
        "lutyuv",
        "null",
        "overlay",
        "pad",
        "perspective",
        "premultiply",
        "reverse",
        "scale",
        "setparams",
        "setpts",
        "setsar",
        "settb",
        "split",
        "tonemap",
        "tpad",
        "trim",
        "vflip",
        "vstack",
        "xfade",
        "zscale",
    ]
)
"""Every filter that a picture may pass: none reads a file but `ass` and `lut3d`, which get names that we made."""
FLAGS = "bicubic+accurate_rnd+full_chroma_int+bitexact"
"""How pictures are scaled: exactly, and the same on every machine."""
QUICK = "bilinear+bitexact"
"""How they are scaled in a preview: half the work, and the same on every machine too."""

Stream = Any
"""A stream of pictures in a graph that is being built."""


def apply(streams: Stream, name: str, **options: object) -> Stream:
    """Return what a filter makes of a stream, or of several; options are given by name, which escapes them rightly.

    Raises:
        WorkerError: the filter is not among ours.
    """
    if name not in FILTERS:
        raise WorkerError(f"The filter {name} is not among those that Rushes uses.")
    return ffmpeg.filter(streams, name, **options)


def copies(stream: Stream, count: int = 2) -> list[Stream]:
    """Return a stream as several, since each may be used once only."""
    node = apply(stream, "split", outputs=count) if count != 2 else apply(stream, "split")
    return [node.node[index] for index in range(count)]
