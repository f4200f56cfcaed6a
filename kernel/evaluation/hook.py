"""hook: when, and how well, a video says what it is about at its start."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from kernel.evaluation.base import Seen
from kernel.evaluation.changes import Change
from kernel.evaluation.dead_air import spoken
from kernel.evaluation.profiles import Profile
from kernel.worker.media import Rate
from kernel.worker.ops.title import Title
from kernel.worker.timing import Picture, Timeline

LIVELY = 0.004
"""Mean change of the picture in a second from which on it moves: cars, walkers, a camera that pans; a clip of a person
who sits and talks has 0.001 to 0.003, a globe that turns slowly 0.001 (measured on twelve public clips)."""
FACE = 0.12
"""Height of a face, of the picture's, from which on it looks at somebody who holds a phone."""
OPENING = 3.0
"""Seconds in which the message is to arrive."""
CLEAR = (2, 9)
"""Fewest letters of a word that says what something is about, and how many of the commonest ones are looked for."""
SMALL = (
    "about after again also because been before being between could does doing down each from have having here into"
    " just like more most much only other over really said same should some such than that their them then there these"
    " they thing things this those through under until very want were what when where which while will with would your"
    " make video seconds second captions caption vertical music"
)
"""Words of four letters and more that say nothing of what a video is about."""


class Arrival(NamedTuple):
    """Something that brings the message, and when it comes, in seconds."""

    at: float
    what: str


def arrivals(seen: Seen, profile: Profile, changed: tuple[Change, ...]) -> list[Arrival]:
    """Return what brings the message of a video of that kind in its first seconds, the first one first."""
    ways = {"voice": _voice, "words": _words, "face": _face, "movement": _movement}
    found = [arrival for name, way in ways.items() if name in profile.opens for arrival in way(seen)]
    if "change" in profile.opens:
        found += [Arrival(change.at, "the picture changes") for change in changed]
    return sorted(found)


def _voice(seen: Seen) -> Iterator[Arrival]:
    talk = spoken(seen)
    if talk:
        yield Arrival(talk.start, "somebody speaks")


def _words(seen: Seen) -> Iterator[Arrival]:
    """Yield when a title comes; without a plan when words are first seen that stand there without a voice."""
    if seen.plan is not None and seen.timeline is not None:
        ends = {title.id for title in seen.plan.each(Title) if title.style == "end_card"}
        yield from (Arrival(t.start, "a title is shown") for t in seen.timeline.titles if t.id not in ends)
        return
    for look in seen.sights.looks if seen.sights else ():
        if any(len(writing.text) > CLEAR[0] and writing.sure > 0.7 for writing in look.writing):
            yield Arrival(look.at, "words are shown")


def _face(seen: Seen) -> Iterator[Arrival]:
    if seen.plan is None or seen.timeline is None:
        faces = seen.sights.faces if seen.sights else ()
        yield from (Arrival(face.at, "a face is seen") for face in faces if face.height >= FACE)
        return
    for picture in _opening(seen.timeline):
        for face in seen.plan.source(picture.shot.source).faces:
            at = _when(picture, face.at, seen.timeline.rate)
            if at is not None and face.height >= FACE:
                yield Arrival(at, "a face is seen")


def _movement(seen: Seen) -> Iterator[Arrival]:
    """Yield the seconds in which the picture moves; with a plan by its sources, whatever befell the render since."""
    if seen.timeline is None:
        for second, moved in enumerate(seen.sights.motion if seen.sights else ()):
            if moved >= LIVELY:
                yield Arrival(float(second), "the picture moves")
        return
    for picture in _opening(seen.timeline):
        facts = seen.sources.get(picture.shot.source)
        for second, moved in enumerate(facts.motion if facts else ()):
            at = _when(picture, second + 0.5, seen.timeline.rate)
            if at is not None and moved >= LIVELY:
                begins = picture.first_frame / float(seen.timeline.rate.fraction)
                yield Arrival(max(at - 0.5, begins), "the picture moves")


def _opening(timeline: Timeline) -> list[Picture]:
    """Return the pictures of the first seconds."""
    rate = float(timeline.rate.fraction)
    return [picture for picture in timeline.pictures if picture.first_frame < 4 * OPENING * rate]


def _when(picture: Picture, second: float, rate: Rate) -> float | None:
    """Return when a picture shows a second of its source; None where it does not."""
    frame = float(picture.shot.frame_of(second, rate))
    return frame / float(rate.fraction) if picture.first_frame <= frame < picture.end_frame else None


def told(seen: Seen) -> tuple[str, ...]:
    """Return the words of the first seconds that say what the video is about; all may be in the title."""
    found = _keys(seen)
    return tuple(sorted({word for word in _bare(_first(seen)) if word in found}))


def knows(seen: Seen) -> bool:
    """Say whether there are words enough, at the start and over the whole, to tell what it is about."""
    return bool(_first(seen)) and bool(_keys(seen))


def _first(seen: Seen) -> str:
    """Return what is said first, up to the end of its sentence, and what stands on the picture then."""
    if seen.timeline is not None:
        rate = float(seen.timeline.rate.fraction)
        words = [(word.first_frame / rate, word.text) for word in seen.timeline.spoken]
        titles = " ".join(line for t in seen.timeline.titles if t.start < OPENING for line in t.lines)
    else:
        words, titles = [(word.start, word.text) for word in seen.heard.words] if seen.heard else [], ""
    said: list[str] = []
    for at, text in words:
        if said and at > 2 * OPENING:
            break
        said.append(text)
        if at > OPENING / 2 and text.rstrip("\"'”’").endswith((".", "!", "?")):
            break
    return " ".join([titles, *said]).strip()


def _keys(seen: Seen) -> set[str]:
    """Return the words that a video is about: those of its brief's title, and those that are said most often."""
    if seen.timeline is not None:
        said = [word.text for word in seen.timeline.spoken]
    else:
        said = [word.text for word in seen.heard.words] if seen.heard else []
    counts = Counter(_bare(" ".join(said)))
    often = {word for word, count in counts.most_common(CLEAR[1]) if count >= 2}
    brief = seen.brief or {}
    wishes = " ".join([str(brief.get("title") or ""), *map(str, brief.get("keep") or ())])
    return often | {word for word in _bare(wishes) if word in counts}


def _bare(text: str) -> list[str]:
    small = set(SMALL.split())
    return [word for word in re.findall(r"[^\W\d_]{4,}", text.casefold()) if word not in small]
