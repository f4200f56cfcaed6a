"""soundtrack: the whole sound of a plan as one finished file, made apart from the picture.

Everything that goes in is hashed; how loud it came out lies in the cache beside it, so that where nothing changed
nothing is decoded, encoded or measured again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

from kernel.document import Value
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.loudness import Level, master
from kernel.worker.mixing import MUTE_DB, decode, mix, sample_of
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.loudness import Loudness
from kernel.worker.ops.music import Music
from kernel.worker.plan import EditPlan
from kernel.worker.segments import Cache, key_of
from kernel.worker.timing import ClipSpan, Timeline

Say = Callable[[float, str], None]
Wish = Callable[[], bool]
KINDS = ("music", "loudness", "fade")
"""Operations that are heard, clips aside."""


class Track(Value):
    """A finished sound in the cache: AAC, 48 kHz, stereo."""

    key: str
    path: Path
    """An .m4a file."""
    level: Level
    """Measured on what a player decodes."""
    reused: bool
    """Whether it was there before."""


def soundtrack(
    plan: EditPlan,
    timeline: Timeline,
    media: Mapping[str, Path],
    cache: Cache,
    ffmpeg: Ffmpeg,
    say: Say,
    stop: Wish,
) -> Track:
    """Return the finished sound of a plan, made now or found.

    Args:
        media: the file of each source, by its id.
        say: is told the share that is done, 0 to 1, and what is being done, in a word.
        stop: asked often; True ends the work.

    Raises:
        WorkerError: ffmpeg failed.
        Cancelled: `stop` said so.
    """
    key = key_of("sound", ffmpeg.version, **_parts(plan, timeline))
    place, told = cache.path(key, ".m4a"), cache.path(key, ".level")
    reused = place.exists() and told.exists()
    if not reused:
        _make(plan, timeline, media, cache, ffmpeg, say, stop, key)
    say(1.0, "sound")
    return Track(key=key, path=place, level=Level.model_validate_json(told.read_text()), reused=reused)


def forget(track: Track, cache: Cache) -> None:
    """Drop a sound that proved bad, so that the next try makes it anew."""
    cache.drop(track.key, ".m4a")
    cache.drop(track.key, ".level")


def _parts(plan: EditPlan, timeline: Timeline) -> dict[str, object]:
    """Return all that the sound depends on."""
    music = plan.only(Music)
    said = plan.model_dump(mode="json")
    return {
        "clips": [[clip.model_dump(mode="json", exclude={"words"}), _gain(plan, clip)] for clip in timeline.clips],
        "spoken": [[word.first_frame, word.last_frame] for word in timeline.spoken] if music else [],
        "sources": [[s.id, s.hash, s.has_sound, s.audio_stream, s.channels] for s in plan.sources],
        "operations": [operation for operation in said["operations"] if operation["type"] in KINDS],
        "rate": str(timeline.rate),
    }


def _gain(plan: EditPlan, clip: ClipSpan) -> float:
    return next(cut.gain_db for cut in plan.each(Cut) if cut.id == clip.id)


def _heard(plan: EditPlan, clip: ClipSpan) -> bool:
    return plan.source(clip.source).has_sound and _gain(plan, clip) > MUTE_DB


def _make(
    plan: EditPlan,
    timeline: Timeline,
    media: Mapping[str, Path],
    cache: Cache,
    ffmpeg: Ffmpeg,
    say: Say,
    stop: Wish,
    key: str,
) -> None:
    def stretch(source: str, at: Fraction, samples: int) -> Path:
        return decode(plan.source(source), at, samples, media[source], cache, ffmpeg, stop)

    def voice(clip: ClipSpan) -> Path:
        samples = sample_of(clip.end_frame, timeline) - sample_of(clip.first_frame, timeline)
        return stretch(clip.source, Fraction(clip.source_frame) / timeline.rate.fraction, samples)

    voices = [voice(clip) if _heard(plan, clip) else None for clip in timeline.clips]
    music = plan.only(Music)
    bed = stretch(music.source, Fraction(music.start), sample_of(timeline.frames, timeline)) if music else None
    say(1 / 3, "sound")
    with cache.work() as work:
        whole = mix(plan, timeline, voices, bed, work, ffmpeg, stop)
        say(1 / 2, "loudness")
        made, level = master(whole, plan.only(Loudness), work, ffmpeg, stop)
        (work / "level").write_text(level.model_dump_json())
        cache.keep(work / "level", key, ".level")
        cache.keep(made, key, ".m4a")
