"""fill: a picture of one shape brought to another, and to BT.709, 4:2:0 with square pixels."""

from __future__ import annotations

from kernel.worker.filters import FLAGS, Stream, apply, copies
from kernel.worker.layout import Fit, cropped, fitted
from kernel.worker.media import Source
from kernel.worker.ops.reframe import Reframe
from kernel.worker.plan import EditPlan

BLUR_BY = 16
"""The blurred background is made from a picture this much smaller."""

Size = tuple[int, int]


def reframe_of(plan: EditPlan, of: str) -> Reframe:
    """Return how a clip or cover fills the output: its own reframe, that of all, or a crop round the middle."""
    found = {reframe.of: reframe for reframe in plan.each(Reframe)}
    return found.get(of) or found.get("*") or Reframe(of=of)


def filled(stream: Stream, reframe: Reframe, source: Source, size: Size) -> Stream:
    """Return a source's picture as it fills `size`."""
    stream = _fill(_solid(stream) if source.alpha else stream, reframe, source, size)
    stream = apply(stream, "setsar", sar=1)
    return apply(stream, "format", pix_fmts="yuv420p")


def _solid(stream: Stream) -> Stream:
    """Lay a picture with see-through parts over black."""
    stream = apply(apply(stream, "scale", flags=FLAGS), "format", pix_fmts="gbrap")
    return apply(apply(stream, "premultiply", inplace=1), "format", pix_fmts="gbrp")


def _fill(stream: Stream, reframe: Reframe, source: Source, size: Size) -> Stream:
    if reframe.mode == "crop":
        fit = cropped(source.width, source.height, size, reframe.x, reframe.y)
        return _window(_scale(stream, fit), size, fit)
    fit = fitted(source.width, source.height, size)
    if reframe.mode == "letterbox" or (fit.width, fit.height) == size:
        stream = _scale(stream, fit)
        return apply(stream, "pad", width=size[0], height=size[1], x=fit.x, y=fit.y)
    behind, before = copies(stream)
    return apply([_blurred(behind, source, size), _scale(before, fit)], "overlay", x=fit.x, y=fit.y)


def _blurred(stream: Stream, source: Source, size: Size) -> Stream:
    small = (max(2, size[0] // BLUR_BY // 2 * 2), max(2, size[1] // BLUR_BY // 2 * 2))
    fit = cropped(source.width, source.height, small, 0.5, 0.5)
    stream = _window(_scale(stream, fit), small, fit)
    stream = apply(stream, "boxblur", luma_radius=2, luma_power=3)
    stream = apply(stream, "eq", brightness=-0.12, saturation=0.9)
    return apply(stream, "scale", width=size[0], height=size[1], flags=FLAGS)


def _scale(stream: Stream, fit: Fit) -> Stream:
    colours = {"out_color_matrix": "bt709", "out_range": "limited"}
    stream = apply(stream, "scale", width=fit.width, height=fit.height, flags=FLAGS, **colours)
    return apply(stream, "format", pix_fmts="yuv420p")


def _window(stream: Stream, size: Size, fit: Fit) -> Stream:
    if (fit.width, fit.height) == size:
        return stream
    return apply(stream, "crop", w=size[0], h=size[1], x=fit.x, y=fit.y)
