"""page: a scorecard with its evidence as one HTML file that stands alone: frames, waveform, loudness, caption crops."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from PIL import Image

from kernel.evaluation.base import Seen, timecode
from kernel.evaluation.scorecard import Evidence, Score, Scorecard
from kernel.evaluation.strip import CURVE, WAVE, WIDTH, strip
from kernel.prompts import Prompts
from kernel.worker.ffmpeg import Ffmpeg, Wish
from kernel.worker.snapshots import snapshots
from kernel.worker.timing import Box, Cue
from kernel.worker.waveform import waveform

TEMPLATE = "page.html.j2"
FILM = 12
"""Frames that show the whole at a glance."""
SHOWN = 6
"""Pieces of evidence of one metric that come with a picture."""
CROPS = 6
"""Captions that are shown as they stand on the picture."""
THUMB = (320, 320)
"""Pixels that a frame may take on the page."""
CROP = (560, 240)
ROOM = 0.25
"""Share of a caption's height that is shown round it."""
COLUMNS = 1200


class Shot(NamedTuple):
    """A picture on the page."""

    time: str
    picture: str
    """A data: address."""
    what: str = ""


def page(
    scorecard: Scorecard,
    seen: Seen,
    video: Path,
    out: Path,
    ffmpeg: Ffmpeg,
    work: Path,
    cancelled: Wish | None = None,
) -> None:
    """Write the page; it gets its name only when it is whole.

    Args:
        seen: what the scorecard was read from.
        video: the file that was scored; a few frames of it come onto the page.
        out: the HTML file.
        work: an existing folder.
    """
    with TemporaryDirectory(dir=work) as folder:
        album = _album(scorecard, seen, video, ffmpeg, Path(folder), cancelled)
        values = _values(scorecard, seen, video.name, album, _peaks(seen, video, ffmpeg, Path(folder), cancelled))
    written = Prompts(Path(__file__).parent, {}).render(TEMPLATE, values)
    out.parent.mkdir(parents=True, exist_ok=True)
    half = out.with_name(f".{out.name}.part")
    half.write_text(written, encoding="utf-8")
    half.replace(out)


class _Album:
    """Frames of the video by their number, as pictures for the page."""

    def __init__(self, files: Mapping[int, Path], rate: float) -> None:
        self._files = files
        self._rate = rate

    def shot(self, at: float, what: str = "") -> Shot | None:
        """Return the frame at a time, small; None where none was taken."""
        return self._pictured(at, None, THUMB, what)

    def crop(self, cue: Cue) -> Shot | None:
        """Return a caption as it stands on the picture."""
        return self._pictured((cue.start + cue.end) / 2, cue.box, CROP, " ".join(cue.text))

    def _pictured(self, at: float, box: Box | None, room: tuple[int, int], what: str) -> Shot | None:
        file = self._files.get(round(at * self._rate))
        if file is None:
            return None
        with Image.open(file) as picture:
            cut = picture.crop(_around(box, picture.size)) if box else picture.copy()
        cut.thumbnail(room)
        return Shot(timecode(at), _address(cut), what)


def _around(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the part of a picture that a caption stands on; all of it where the video is smaller than its plan."""
    margin = round(box.height * ROOM)
    left, top = max(0, box.x - margin), max(0, box.y - margin)
    right, bottom = min(size[0], box.x + box.width + margin), min(size[1], box.y + box.height + margin)
    return (left, top, right, bottom) if left < right and top < bottom else (0, 0, *size)


def _address(picture: Image.Image) -> str:
    held = io.BytesIO()
    picture.convert("RGB").save(held, format="JPEG", quality=82)
    return f"data:image/jpeg;base64,{base64.b64encode(held.getvalue()).decode()}"


def _album(scorecard: Scorecard, seen: Seen, video: Path, ffmpeg: Ffmpeg, work: Path, cancelled: Wish | None) -> _Album:
    rate = float(seen.measured.rate.fraction) if seen.measured.rate else 0.0
    last = seen.measured.frames - 1
    if not rate or last < 0:
        return _Album({}, 1.0)
    numbers = sorted({round(at * rate) for at in _moments(scorecard, seen) if 0 <= round(at * rate) <= last})
    files = snapshots(video, numbers, ffmpeg, work, suffix="jpg", cancelled=cancelled) if numbers else []
    return _Album(dict(zip(numbers, files, strict=True)), rate)


def _moments(scorecard: Scorecard, seen: Seen) -> Iterable[float]:
    """Yield the seconds of every frame that the page shows."""
    yield from _film(seen)
    for score in scorecard.scores:
        yield from (_middle(at) for at in score.evidence[:SHOWN])
    yield from ((cue.start + cue.end) / 2 for cue in _cues(seen))


def _film(seen: Seen) -> list[float]:
    length = seen.measured.duration
    return [length * (n + 0.5) / FILM for n in range(FILM)]


def _middle(at: Evidence) -> float:
    return (at.start + at.end) / 2


def _cues(seen: Seen) -> Sequence[Cue]:
    """Return an even choice of the captions."""
    cues = seen.timeline.cues if seen.timeline else ()
    step = max(1.0, len(cues) / CROPS)
    return [cues[int(n * step)] for n in range(min(CROPS, len(cues)))]


def _peaks(seen: Seen, video: Path, ffmpeg: Ffmpeg, work: Path, cancelled: Wish | None) -> Sequence[float]:
    if not seen.measured.audio_codec:
        return ()
    length = max(seen.measured.duration, seen.measured.sound_duration)
    return waveform(video, length, COLUMNS, ffmpeg, work, cancelled)


def _values(scorecard: Scorecard, seen: Seen, name: str, album: _Album, peaks: Sequence[float]) -> dict[str, Any]:
    film = [shot for at in _film(seen) if (shot := album.shot(at))]
    crops = [crop for cue in _cues(seen) if (crop := album.crop(cue))]
    return {
        "name": name,
        "card": scorecard,
        "strip": strip(seen, scorecard, peaks),
        "size": {"width": WIDTH, "wave": WAVE, "curve": CURVE},
        "film": film,
        "metrics": [_metric(score, album, crops if score.name == "captions" else []) for score in scorecard.scores],
    }


def _metric(score: Score, album: _Album, crops: Sequence[Shot]) -> dict[str, Any]:
    shots = [shot for at in score.evidence[:SHOWN] if (shot := album.shot(_middle(at), at.what))]
    times = [f"{timecode(at.start)} to {timecode(at.end)}: {at.what}" for at in score.evidence]
    return {"score": score, "shots": shots, "crops": crops, "times": times}
