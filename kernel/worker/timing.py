"""Timeline: an EditPlan in whole output frames, and what is read off it."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from kernel.document import Value
from kernel.worker.media import Rate
from kernel.worker.runs import UNIT, Pace, Run, frame_at, paces, place, stretch
from kernel.worker.writing import joined


class Box(Value):
    """A rectangle on the finished picture, in pixels from its top left corner."""

    x: int
    y: int
    width: int
    height: int

    def inside(self, other: Box) -> bool:
        """Say whether it lies wholly within another."""
        right, bottom = self.x + self.width, self.y + self.height
        fits_across = other.x <= self.x and right <= other.x + other.width
        return fits_across and other.y <= self.y and bottom <= other.y + other.height


class Spoken(Value):
    """A kept word as it falls into the finished video."""

    id: str
    text: str
    """As it is written: corrected, in the case that was asked for."""
    first_frame: int
    last_frame: int
    """The frame after its last one."""


class ClipSpan(Value):
    """A cut in whole frames."""

    id: str
    source: str
    first_frame: int
    frames: int
    source_frame: int
    """Where it begins in the source, counted in frames of the output's rate."""
    source_start: float
    """The same in seconds."""
    cut_in: float
    cut_out: float
    """Seconds of the source between which its sound is whole; what the frames hold beyond them is faded."""
    joins_last: bool = False
    """Whether it goes on in the source exactly where the clip before it ended: nothing is faded there."""
    words: tuple[str, ...] = ()
    """Ids of the words that are kept, in order."""
    runs: tuple[Run, ...] = ()
    """Which frame of the source stands when; empty where it is played as it was filmed."""
    silent: bool = False
    """Whether its own sound is left out for its speed."""

    @property
    def end_frame(self) -> int:
        """The frame after its last one."""
        return self.first_frame + self.frames

    @property
    def shot(self) -> Shot:
        """Its own picture, as long as its sound."""
        return Shot(
            of=self.id,
            source=self.source,
            source_frame=self.source_frame,
            first_frame=self.first_frame,
            frames=self.frames,
            lasts=self.frames,
            runs=self.runs,
        )

    def paces(self, rate: Rate) -> tuple[Pace, ...]:
        """Return how its sound follows its picture, without a hole; none where it is played as it was filmed."""
        return tuple(paces(self.runs, rate)) if self.runs else ()

    def frame_of(self, source_seconds: float | Fraction, rate: Rate) -> Fraction:
        """Return the frame of the video, with its fraction, at which a second of the source falls."""
        return self.shot.frame_of(source_seconds, rate)

    def since(self, offset: float, rate: Rate) -> int:
        """Return how many frames into it something comes that, as it was filmed, comes after so many seconds."""
        at = Fraction(offset) * rate.fraction
        if not self.runs:
            return round(at)
        backwards = any(run.step < 0 for run in self.runs)
        return round(frame_at(self.runs, Fraction(self.runs[0].at, UNIT) + (-at if backwards else at)))

    def source_at(self, frame: Fraction, rate: Rate) -> float:
        """Return the second of the source that a frame of the video, with its fraction, shows."""
        since = frame - self.first_frame
        whole = since.numerator // since.denominator
        if not self.runs:
            return float((self.source_frame + since) / rate.fraction)
        run = stretch(self.runs, whole, 1)[0]
        return float((run.at + (since - whole) * run.step) / UNIT / rate.fraction)


class Shot(Value):
    """A stretch of one source's picture on the timeline: a clip's own, or a cover's."""

    of: str
    """Id of the clip or cover."""
    source: str
    source_frame: int
    """Where it begins in the source, in frames of the output's rate; beyond its ends the edge frame stands still."""
    first_frame: int
    frames: int
    lasts: int
    """Frames of its whole clip or cover."""
    age: int = 0
    """Frames since its clip or cover began; negative where it is seen before that, in a passage or split."""
    runs: tuple[Run, ...] = ()
    """Of its whole clip or cover, from age 0 on; empty where it is played as it was filmed."""

    @property
    def end_frame(self) -> int:
        """The frame after its last one."""
        return self.first_frame + self.frames

    @property
    def course(self) -> tuple[Run, ...]:
        """Which frame of the source stands when in this very stretch."""
        if not self.runs:
            return (Run(frames=self.frames, at=self.source_frame * UNIT, step=UNIT),)
        return stretch(self.runs, self.age, self.frames)

    def frame_of(self, source_seconds: float | Fraction, rate: Rate) -> Fraction:
        """Return the frame of the video, with its fraction, at which a second of the source falls."""
        at = Fraction(source_seconds) * rate.fraction
        return self.first_frame + (frame_at(self.runs, at) - self.age if self.runs else at - self.source_frame)

    @property
    def earliest(self) -> int:
        """The first frame of the source that this stretch shows."""
        return min(min(run.at, run.end - run.step) for run in self.course) // UNIT

    @property
    def latest(self) -> int:
        """The last frame of the source that this stretch shows."""
        return max(max(run.at, run.end - run.step) for run in self.course) // UNIT

    def part(self, first_frame: int, frames: int) -> Shot:
        """Return the stretch of it that begins at another frame of the timeline; it may reach beyond its ends."""
        age = self.age + first_frame - self.first_frame
        begins = place(self.runs, age) // UNIT if self.runs else self.source_frame + age - self.age
        moved = {"source_frame": begins, "age": age}
        return self.model_copy(update={**moved, "first_frame": first_frame, "frames": frames})


class Veil(Value):
    """A fade of the picture from or to black, or white."""

    first_frame: int
    frames: int
    to_black: bool
    """Whether it goes there; else it comes from there."""
    whole: bool
    """Whether words on the picture fade with it: at the ends of the video, not in a dip."""
    colour: Literal["black", "white"] = "black"

    @property
    def end_frame(self) -> int:
        """The frame after its last one."""
        return self.first_frame + self.frames


class Passage(Value):
    """How a shot gives way to the next one."""

    kind: Literal["dissolve", "wipe", "slide", "push", "whip"] = "dissolve"
    direction: Literal["left", "right", "up", "down"] = "left"
    """Where to things move."""


class Picture(Value):
    """A segment: the smallest piece of the picture that is rendered and cached on its own."""

    first_frame: int
    frames: int
    shot: Shot
    into: Shot | None = None
    """The shot that it becomes."""
    passage: Passage = Passage()
    """In which way, where there is one to become."""
    veils: tuple[Veil, ...] = ()

    @property
    def end_frame(self) -> int:
        """The frame after its last one."""
        return self.first_frame + self.frames


class Cue(Value):
    """One caption, from its first frame to its last."""

    clip: str
    first_frame: int
    frames: int
    start: float
    end: float
    """Seconds of the finished video."""
    lines: tuple[tuple[Spoken, ...], ...]
    size: int
    """Size of the letters, in pixels per em."""
    box: Box
    """What the letters cover, panel included."""

    @property
    def end_frame(self) -> int:
        """The frame after its last one."""
        return self.first_frame + self.frames

    @property
    def text(self) -> tuple[str, ...]:
        """Its lines as they are read."""
        return tuple(joined([word.text for word in line]) for line in self.lines)

    @property
    def words(self) -> tuple[str, ...]:
        """Ids of its words."""
        return tuple(word.id for line in self.lines for word in line)


class TitleSpan(Value):
    """A title in whole frames."""

    id: str
    first_frame: int
    frames: int
    start: float
    end: float
    """Seconds of the finished video."""
    lines: tuple[str, ...]
    sizes: tuple[int, ...]
    """Size of each line's letters, in pixels per em."""
    roles: tuple[int, ...] = ()
    """Which line of its text each line is of: 0 for the first, the strongest."""
    box: Box

    @property
    def end_frame(self) -> int:
        """The frame after its last one."""
        return self.first_frame + self.frames


class Timeline(Value):
    """A plan in whole output frames: the same plan always gives the same timeline."""

    rate: Rate
    width: int
    height: int
    frames: int
    clips: tuple[ClipSpan, ...]
    pictures: tuple[Picture, ...]
    cues: tuple[Cue, ...] = ()
    titles: tuple[TitleSpan, ...] = ()
    spoken: tuple[Spoken, ...] = ()
    """Every kept word."""

    @property
    def duration(self) -> float:
        """Seconds."""
        return seconds(self.frames, self.rate)


class Place(Value):
    """What lies at a time of the finished video."""

    clip: str
    source: str
    source_time: float
    """Seconds of the source."""
    word: str | None = None
    """Id of the nearest word that is heard in that clip."""


def seconds(frames: int, rate: Rate) -> float:
    """Return how long so many frames last."""
    return float(Fraction(frames) / rate.fraction)


def locate(timeline: Timeline, seconds: float) -> Place | None:
    """Take a time of the cut that a person saw to its clip, source time and word; None outside the video."""
    frame = int(Fraction(seconds) * timeline.rate.fraction // 1)
    clip = next((c for c in timeline.clips if c.first_frame <= frame < c.end_frame), None)
    if clip is None:
        return None
    at = clip.source_at(Fraction(seconds) * timeline.rate.fraction, timeline.rate)
    return Place(clip=clip.id, source=clip.source, source_time=round(at, 3), word=_nearest(timeline, clip, frame))


def _nearest(timeline: Timeline, clip: ClipSpan, frame: int) -> str | None:
    def distance(word: Spoken) -> int:
        return max(word.first_frame - frame, frame - word.last_frame + 1, 0)

    heard = [w for w in timeline.spoken if clip.first_frame <= w.first_frame < clip.end_frame]
    return min(heard, key=distance).id if heard else None
