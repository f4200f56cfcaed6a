"""captions_seen: what a viewer has of each caption: what can be read of it, how it stands out, how large, and where.

With a plan each caption is looked at in its middle, where the plan says that it stands, letter by letter; without one,
what keeps its place and changes with what is said counts as captions. At most `MOST` captions are looked at, evenly
through the video; each takes about 0.1 s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from fontTools.unicodedata import script_name

from kernel.document import Value
from kernel.evaluation.case import Case
from kernel.evaluation.spelling import error_rate
from kernel.worker.analysis.found import Sights, Writing
from kernel.worker.analysis.letters import Mask, Rgb, contrast, masks
from kernel.worker.analysis.stills import Still, Stills
from kernel.worker.analysis.texts import Reader
from kernel.worker.ops.captions import Captions
from kernel.worker.timing import Cue, Timeline
from kernel.worker.writing import written_in

Piece = tuple[slice, slice]
"""Rows and columns."""

MOST = 40
MARGIN = 0.6
"""What is read beside a caption's box, in em: of a line that is cut off the last letter is misread."""
LATE = 0.1
"""Seconds that a still may be off the middle of its caption."""
SAME_SHAPE = 0.02
"""By which share the picture's shape may differ from the plan's: beyond it the plan's places mean nothing."""
FOREIGN = 0.6
"""Share of a line's letters that are not the caption's, from which it is something else: a sign, another title."""


class CaptionSeen(Value):
    """One caption as it was seen."""

    start: float
    end: float
    at: float
    """Second of the picture that was looked at."""
    text: str = ""
    """What it says by the plan; empty where there is none."""
    read: str = ""
    error: float | None = None
    """Share of its characters that are read wrong, or otherwise than what is said; None where that cannot be told."""
    contrast: float = 0.0
    """Of its letters with what is directly round them, on the pixels: 1 to 21; 0 where not measured."""
    size: float
    """Of its letters, in em, as a share of the picture's shorter side."""
    x: float
    y: float
    width: float
    height: float
    """Its box, in shares of the picture: the plan's, else the reader's."""


class CaptionsSeen(Value):
    """The captions of a video as they were seen."""

    captions: tuple[CaptionSeen, ...] = ()
    of: int = 0
    """How many there are."""
    planned: bool = True
    """Whether a plan says what they are; else they were found."""
    unread: str = ""
    """Why they were not read: their script; empty where they were."""


def looked_for(timeline: Timeline | None) -> tuple[float, ...]:
    """Return the seconds at which stills are wanted: the middle of each caption that is looked at."""
    return tuple(middle(cue, timeline) for cue in sampled(timeline.cues)) if timeline else ()


def sampled(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """Return at most `MOST` captions, evenly spread."""
    if len(cues) <= MOST:
        return tuple(cues)
    return tuple(cues[int(index)] for index in np.linspace(0, len(cues) - 1, MOST).round())


def frame_of(cue: Cue) -> int:
    """Return the frame in the middle of a caption."""
    return cue.first_frame + cue.frames // 2


def middle(cue: Cue, timeline: Timeline) -> float:
    """Return the second at which that frame is half over."""
    return (frame_of(cue) + 0.5) / float(timeline.rate.fraction)


def measure(case: Case, sights: Sights, stills: Stills, reader: Reader | None) -> CaptionsSeen | None:
    """Look at the captions of a plan.

    Args:
        case: the video and its plan.
        sights: with what is written on the stills.
        stills: with pictures of the times of `looked_for`.
        reader: reads them; None where nobody does.

    Returns:
        None where there are no captions by the plan, or no plan, or the video is of another shape.
    """
    timeline, style = case.timeline, case.plan.only(Captions) if case.plan else None
    if timeline is None or style is None or not timeline.cues or not len(stills) or not _same_shape(stills, timeline):
        return None
    pairs = [(cue, still) for cue in sampled(timeline.cues) if (still := _still(cue, timeline, stills))]
    said = " ".join(word.text for word in timeline.spoken)
    knows = reader is not None and reader.knows(said)
    eye = Eye(timeline, reader if knows else None)
    height, width = stills[0].rgb.shape[:2]
    shown = [(cue, frame_of(cue)) for cue, _ in pairs]
    drawn = masks(style, timeline, shown, (width, height), case.ffmpeg, case.work, case.cancelled)
    read = {look.at: look.writing for look in sights.looks}
    seen = tuple(
        eye.look(cue, still, mask, read.get(still.at, ())) for (cue, still), mask in zip(pairs, drawn, strict=True)
    )
    return CaptionsSeen(captions=seen, of=len(timeline.cues), unread="" if knows else _unread(reader, said))


@dataclass(frozen=True)
class Eye:
    """Looks at one caption after the other.

    Attributes:
        timeline: says where they stand.
        reader: reads them; None where it does not know their script.
    """

    timeline: Timeline
    reader: Reader | None

    def look(self, cue: Cue, still: Still, mask: Mask, writing: Sequence[Writing]) -> CaptionSeen:
        """Return a caption as it is seen on a still, given where its letters are and what was read on the whole."""
        scale = mask.shape[1] / self.timeline.width
        rows, columns = _around(cue, scale, MARGIN * cue.size * scale, mask.shape)
        # A copy, as the still lies in a file.
        piece = np.array(still.rgb[rows, columns])
        known = [line.text for line in writing if _inside(line, rows, columns, mask.shape)]
        read, error = self._read(" ".join(cue.text), piece, known)
        box = cue.box
        return CaptionSeen(
            start=cue.start,
            end=cue.end,
            at=still.at,
            text=" ".join(cue.text),
            read=read,
            error=error,
            contrast=contrast(piece, mask[rows, columns], cue.size * scale),
            size=round(cue.size / min(self.timeline.width, self.timeline.height), 4),
            x=round(box.x / self.timeline.width, 4),
            y=round(box.y / self.timeline.height, 4),
            width=round(box.width / self.timeline.width, 4),
            height=round(box.height / self.timeline.height, 4),
        )

    def _read(self, text: str, piece: Rgb, known: Sequence[str]) -> tuple[str, float | None]:
        """Return what is read of a caption and how far it is from its text; once more at full size where it is far."""
        if self.reader is None:
            return "", None
        read, error = _compared(text, known)
        if not error:
            return read, error
        return min(
            (read, error), _compared(text, [line.text for line in self.reader.read(piece)]), key=lambda each: each[1]
        )


def _compared(text: str, lines: Sequence[str]) -> tuple[str, float]:
    """Return those lines that are of a caption, and the share of its letters that they have wrong or not at all."""
    read = " ".join(line for line in lines if error_rate(line, text) < FOREIGN)
    return read, error_rate(text, read)


def _inside(line: Writing, rows: slice, columns: slice, shape: tuple[int, ...]) -> bool:
    """Say whether the middle of a line lies in a piece of the picture."""
    x, y = (line.x + line.width / 2) * shape[1], (line.y + line.height / 2) * shape[0]
    return bool(columns.start <= x < columns.stop and rows.start <= y < rows.stop)


def _around(cue: Cue, scale: float, margin: float, shape: tuple[int, ...]) -> Piece:
    """Return the rows and columns of a still in which a caption stands, with some room."""
    left, top = cue.box.x * scale - margin, cue.box.y * scale - margin
    right, low = (cue.box.x + cue.box.width) * scale + margin, (cue.box.y + cue.box.height) * scale + margin
    height, width = shape
    return slice(max(0, round(top)), min(height, round(low))), slice(max(0, round(left)), min(width, round(right)))


def _still(cue: Cue, timeline: Timeline, stills: Stills) -> Still | None:
    """Return the still of a caption's middle; None where there is none so near."""
    at = middle(cue, timeline)
    found = stills.near(at)
    return found if found and abs(found.at - at) <= LATE and cue.start <= found.at < cue.end else None


def _same_shape(stills: Stills, timeline: Timeline) -> bool:
    height, width = stills[0].rgb.shape[:2]
    return bool(abs(width / height * timeline.height / timeline.width - 1) <= SAME_SHAPE)


def _unread(reader: Reader | None, said: str) -> str:
    if reader is None:
        return "nothing here reads words on the picture"
    script = written_in(said).most_common(1)[0][0]
    letters = "all letters of this language" if script == "Latn" else f"{script_name(script).replace('_', ' ')} letters"
    return f"the reader does not know {letters}"
