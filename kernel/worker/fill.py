"""fill: a picture of one shape brought to another, and to BT.709, 4:2:0 with square pixels."""

from __future__ import annotations

from kernel.worker.camera import Camera, Numbers, grown, shown
from kernel.worker.filters import FLAGS, Stream, apply, copies
from kernel.worker.layout import Fit, cropped, fitted
from kernel.worker.media import Source
from kernel.worker.ops.reframe import Reframe

BLUR_BY = 16
"""The blurred background is made from a picture this much smaller."""

Size = tuple[int, int]


def filled(stream: Stream, reframe: Reframe, camera: Camera, source: Source, size: Size) -> Stream:
    """Return a source's picture as it fills `size`, with what the camera sees of it."""
    stream = _fill(_solid(stream) if source.alpha else stream, reframe, camera, source, size)
    stream = apply(stream, "setsar", sar=1)
    return apply(stream, "format", pix_fmts="yuv420p")


def _solid(stream: Stream) -> Stream:
    """Lay a picture with see-through parts over black."""
    stream = apply(apply(stream, "scale", flags=FLAGS), "format", pix_fmts="gbrap")
    return apply(apply(stream, "premultiply", inplace=1), "format", pix_fmts="gbrp")


def _fill(stream: Stream, reframe: Reframe, camera: Camera, source: Source, size: Size) -> Stream:
    if reframe.mode in ("crop", "follow"):
        return _seen(stream, camera, (source.width, source.height), size)
    fit = fitted(source.width, source.height, size)
    x, y = ((side + share * length) / whole for side, share, length, whole in _placed(fit, camera, size))
    near = camera._replace(x=x, y=y)
    if reframe.mode == "letterbox" or (fit.width, fit.height) == size:
        stream = _scale(stream, fit)
        stream = apply(stream, "pad", width=size[0], height=size[1], x=fit.x, y=fit.y)
    else:
        behind, before = copies(stream)
        stream = apply([_blurred(behind, source, size), _scale(before, fit)], "overlay", x=fit.x, y=fit.y)
    return stream if not near.moves and near.first[2] == 1 else _seen(stream, near, size, size)


def _placed(fit: Fit, camera: Camera, size: Size) -> tuple[tuple[int, Numbers, int, int], ...]:
    return (fit.x, camera.x, fit.width, size[0]), (fit.y, camera.y, fit.height, size[1])


def _seen(stream: Stream, camera: Camera, picture: Size, size: Size) -> Stream:
    """Return the camera's windows of a picture."""
    whole, times = grown(camera, picture, size)
    x, y, _ = camera.first
    left, top = round(x * whole[0] - size[0] / 2), round(y * whole[1] - size[1] / 2)
    fit = Fit(*whole, min(max(left, 0), whole[0] - size[0]), min(max(top, 0), whole[1] - size[1]))
    stream = _scale(stream, fit)
    return shown(stream, camera, whole, size, times) if camera.moves else _window(stream, size, fit)


def _blurred(stream: Stream, source: Source, size: Size) -> Stream:
    small = (max(2, size[0] // BLUR_BY // 2 * 2), max(2, size[1] // BLUR_BY // 2 * 2))
    fit = cropped(source.width, source.height, small, 0.5, 0.5)
    stream = _window(_scale(stream, fit), small, fit)
    stream = apply(stream, "boxblur", luma_radius=2, luma_power=3)
    # Two thirds of the light, black where it was: taken off all alike, a dark shot's ground would be black.
    stream = apply(stream, "eq", contrast=0.65, brightness=-0.153, saturation=0.8)
    return apply(stream, "scale", width=size[0], height=size[1], flags=FLAGS)


def _scale(stream: Stream, fit: Fit) -> Stream:
    colours = {"out_color_matrix": "bt709", "out_range": "limited"}
    stream = apply(stream, "scale", width=fit.width, height=fit.height, flags=FLAGS, **colours)
    return apply(stream, "format", pix_fmts="yuv420p")


def _window(stream: Stream, size: Size, fit: Fit) -> Stream:
    if (fit.width, fit.height) == size:
        return stream
    return apply(stream, "crop", w=size[0], h=size[1], x=fit.x, y=fit.y)
