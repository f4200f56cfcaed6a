"""soundtrack: the whole sound of a plan as one finished file, made apart from the picture.

Everything that goes in is hashed; how loud it came out lies in the cache beside it, so that where nothing changed
nothing is decoded, encoded or measured again. What a trim leaves as it was is not decoded again either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from kernel.document import Value
from kernel.worker.effects import Spot, spots
from kernel.worker.ffmpeg import Ffmpeg
from kernel.worker.formats.base import SoundKind
from kernel.worker.formats.sounds import AAC
from kernel.worker.levelling import moved
from kernel.worker.loudness import Level
from kernel.worker.mastering import master
from kernel.worker.mixdown import Layer, Mix, fades
from kernel.worker.ops.clean import Clean
from kernel.worker.ops.fade import Fade
from kernel.worker.ops.loudness import Loudness
from kernel.worker.ops.music import Music
from kernel.worker.plan import EditPlan
from kernel.worker.samples import sample_of
from kernel.worker.segments import Cache, key_of
from kernel.worker.stems import Stem, Wanted, identity, take
from kernel.worker.timing import Timeline
from kernel.worker.underscore import Bed, beds, layers, levels, speech_lufs, talk
from kernel.worker.voices import Voice, voices

Say = Callable[[float, str], None]
Wish = Callable[[], bool]
DECODED = 0.4
"""Share of the work that is done once everything is decoded."""


class Track(Value):
    """A finished sound in the cache: 48 kHz, stereo."""

    key: str
    path: Path
    """An .m4a file, or of another kind that was asked for."""
    level: Level
    """Measured on what a player decodes."""
    reused: bool
    """Whether it was there before."""


class _Score(NamedTuple):
    """All that is heard in a plan, and where."""

    voices: tuple[Voice, ...]
    beds: tuple[Bed, ...]
    effects: tuple[Spot, ...]
    spoken: tuple[tuple[int, int], ...]
    samples: int
    fade: Fade
    loudness: Loudness | None


class _Desk(NamedTuple):
    """What the sound is made with."""

    media: Mapping[str, Path]
    cache: Cache
    ffmpeg: Ffmpeg
    stop: Wish

    def take(self, wanted: Wanted) -> Stem:
        """Return a stem, made now or found."""
        return take(wanted, self.media[wanted.source.id], self.cache, self.ffmpeg, self.stop)


def soundtrack(
    plan: EditPlan,
    timeline: Timeline,
    media: Mapping[str, Path],
    cache: Cache,
    ffmpeg: Ffmpeg,
    say: Say,
    stop: Wish,
    kind: SoundKind = AAC,
) -> Track:
    """Return the finished sound of a plan, made now or found.

    Args:
        media: the file of each source, by its id.
        say: is told the share that is done, 0 to 1, and what is being done, in a word.
        stop: asked often; True ends the work.
        kind: how it is encoded.

    Raises:
        WorkerError: ffmpeg failed.
        Cancelled: `stop` said so.
    """
    score, key = _score(plan, timeline), sound_key(plan, timeline, ffmpeg, kind)
    reused = bool(cache.find(key, kind.suffix) and cache.find(key, ".level"))
    if not reused:
        _make(score, kind, _Desk(media, cache, ffmpeg, stop), say, key)
    say(1.0, "sound")
    level = Level.model_validate_json(cache.path(key, ".level").read_text())
    return Track(key=key, path=cache.path(key, kind.suffix), level=level, reused=reused)


def sound_key(plan: EditPlan, timeline: Timeline, ffmpeg: Ffmpeg, kind: SoundKind = AAC) -> str:
    """Return the hash of all that the finished sound of a plan depends on; nothing is opened."""
    return key_of("sound", ffmpeg.version, codec=kind.codec, **_parts(_score(plan, timeline)))


def _score(plan: EditPlan, timeline: Timeline) -> _Score:
    return _Score(
        voices=voices(plan, timeline),
        beds=beds(plan, timeline),
        effects=spots(plan, timeline),
        spoken=tuple(talk(timeline)) if plan.each(Music) or any(c.level for c in plan.each(Clean)) else (),
        samples=sample_of(timeline.frames, timeline),
        fade=plan.only(Fade) or Fade(start=0, end=0),
        loudness=plan.only(Loudness),
    )


def _parts(score: _Score) -> dict[str, object]:
    """Return all that the sound depends on, ffmpeg aside."""
    return {
        "voices": [
            [identity(voice.wanted), voice.at, voice.gain, bool(voice.clean and voice.clean.level)]
            for voice in score.voices
        ],
        "beds": [[identity(_under(bed)), bed.music.model_dump(), bed.at, bed.end, bed.laid] for bed in score.beds],
        "effects": [[identity(_once(spot)), spot.at, spot.gain] for spot in score.effects],
        "spoken": score.spoken,
        "samples": score.samples,
        "fade": score.fade.model_dump(),
        "loudness": score.loudness and score.loudness.model_dump(),
    }


def _under(bed: Bed) -> Wanted:
    return Wanted(bed.source, bed.first, bed.samples)


def _once(spot: Spot) -> Wanted:
    return Wanted(spot.source, spot.first, spot.samples)


def _make(score: _Score, kind: SoundKind, desk: _Desk, say: Say, key: str) -> None:
    mix = Mix(tuple(_layers(score, desk, say)), score.samples, fades(score.samples, score.fade.start, score.fade.end))
    with desk.cache.work() as work:
        say(DECODED, "loudness")
        made, level = master(mix.read, mix.samples, score.loudness, kind, work, desk.ffmpeg, desk.stop)
        (work / "level").write_text(level.model_dump_json())
        desk.cache.keep(work / "level", key, ".level")
        desk.cache.keep(made, key, kind.suffix)


def _layers(score: _Score, desk: _Desk, say: Say) -> Iterator[Layer]:
    """Yield everything that is heard; what is not in the cache is decoded."""
    stems: list[tuple[Voice, Stem]] = []
    for voice in score.voices:
        say(DECODED * len(stems) / len(score.voices), "sound")
        stems.append((voice, desk.take(voice.wanted)))
    heard = [(voice, stem.energies()) for voice, stem in stems]
    faders = levels(heard, score.spoken)
    for (voice, stem), fader in zip(stems, faders, strict=True):
        yield Layer(stem.path, voice.at, voice.samples, voice.gain, over=fader)
    yield from (spot.layer(desk.take(_once(spot)).path) for spot in score.effects)
    leveled = [(voice, moved(own, fader)) for (voice, own), fader in zip(heard, faders, strict=True)]
    speech = speech_lufs(leveled, score.spoken)
    for bed in score.beds:
        stem = desk.take(_under(bed))
        yield from layers(bed, stem.path, stem.energies(), score.spoken, speech)
