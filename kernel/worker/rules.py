"""The domain rules of an EditPlan: what cannot be done, said before anything is rendered. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction

from kernel.worker import borders, retime, sound_rules
from kernel.worker import captions as captioning
from kernel.worker import titles as titling
from kernel.worker.beside import aside
from kernel.worker.formats import format_of
from kernel.worker.media import Rate, Source
from kernel.worker.ops.captions import Captions
from kernel.worker.ops.cover import Cover
from kernel.worker.ops.cut import Cut
from kernel.worker.ops.fade import Fade
from kernel.worker.ops.loudness import Loudness
from kernel.worker.ops.music import Music
from kernel.worker.ops.reframe import Reframe
from kernel.worker.ops.title import Title
from kernel.worker.plan import EditPlan
from kernel.worker.runs import UNIT
from kernel.worker.scene import Judged, Known, Take
from kernel.worker.timing import ClipSpan, Shot, seconds

SLACK = 0.05
"""Seconds: a span may reach so far past its source's end, since durations are rounded; the last frame stands still."""
SLOWEST, FASTEST = 10, 120
"""Frames a second of an output."""
NOISE = 1e-6
"""Seconds: what the difference of two times may be off by."""
SHORTEST = 0.1
"""Seconds of a clip."""


def broken(plan: EditPlan) -> list[str]:
    """Say which operations name what is not there, or ask for what their sources do not hold."""
    return [sentence for rule in RULES for sentence in rule(plan)]


def _output(plan: EditPlan) -> Iterator[str]:
    if not SLOWEST <= plan.output.rate.fraction <= FASTEST:
        yield f"The output has {plan.output.rate} frames a second; choose {SLOWEST} to {FASTEST}."


def _sizes(plan: EditPlan) -> Iterator[str]:
    for source in plan.sources:
        if source.has_picture and not (source.width and source.height):
            yield f"The size of {source.id} is not known: its width and height must be filled in."


def _ids(plan: EditPlan) -> Iterator[str]:
    if not plan.each(Cut):
        yield "There is no clip: the plan needs at least one cut."
    ids = [[o.id for o in plan.each(Cut)], [o.id for o in plan.each(Cover)], [o.id for o in plan.each(Title)]]
    named = [id for kind in ids for id in kind]
    for id, count in Counter(named).items():
        if count > 1:
            yield f"The id {id} is used {count} times: give each its own."
    for id, count in Counter(source.id for source in plan.sources).items():
        if count > 1:
            yield f"The source id {id} stands for {count} files."


def _singles(plan: EditPlan) -> Iterator[str]:
    for kind in (Captions, Loudness, Fade):
        if len(plan.each(kind)) > 1:
            count, name = len(plan.each(kind)), kind.__name__.lower()
            yield f"There are {count} operations of the type {name}: one is for the whole video."


def _cuts(plan: EditPlan) -> Iterator[str]:
    for cut in plan.each(Cut):
        source = _source(plan, cut.source)
        if source is None:
            yield f"Clip {cut.id} takes from {cut.source}, which is no source of this plan ({_named(plan)})."
        elif source.kind == "lut":
            yield f"Clip {cut.id} takes from {source.id}, which is a LUT: only colour can name it."
        elif cut.first_word is not None or cut.last_word is not None:
            yield from _by_words(cut, source)
        elif cut.first_shot is not None or cut.last_shot is not None:
            yield from _by_shots(cut, source)
        else:
            yield from _by_seconds(cut, source)


def _by_words(cut: Cut, source: Source) -> Iterator[str]:
    places = {word.id: index for index, word in enumerate(source.words)}
    if cut.first_word is None or cut.last_word is None:
        yield f"Clip {cut.id} needs both first_word and last_word."
        return
    unknown = [id for id in (cut.first_word, cut.last_word) if id not in places]
    if unknown:
        yield f"Clip {cut.id} names {' and '.join(dict.fromkeys(unknown))}: {source.id} has {_words(source)}."
    elif cut.start is not None or cut.end is not None:
        yield f"Clip {cut.id} is given by words and by seconds: leave start and end null."
    elif cut.first_shot is not None or cut.last_shot is not None:
        yield f"Clip {cut.id} is given by words and by shots: leave first_shot and last_shot null."
    elif places[cut.first_word] > places[cut.last_word]:
        yield f"Clip {cut.id} ends with {cut.last_word}, which is spoken before its first word {cut.first_word}."
    elif cut.edges(cut.kept(source.words))[1] > source.duration + SLACK:
        yield f"Clip {cut.id} ends with {cut.last_word}, after the end of {source.id} at {source.duration:.2f} s."


def _by_shots(cut: Cut, source: Source) -> Iterator[str]:
    count, first, last = len(source.shots), cut.first_shot, cut.last_shot or cut.first_shot
    if first is None or last is None:
        yield f"Clip {cut.id} names a last_shot, but no first_shot."
    elif not count:
        yield f"Clip {cut.id} is given by shots, but no shots of {source.id} are known: give start and end."
    elif max(first, last) > count:
        yield f"Clip {cut.id} names shot {max(first, last)} of {source.id}, which has {count}."
    elif last < first:
        yield f"Clip {cut.id} ends with shot {last}, which comes before its first shot {first}."
    elif cut.start is not None or cut.end is not None:
        yield f"Clip {cut.id} is given by shots and by seconds: leave start and end null."


def _by_seconds(cut: Cut, source: Source) -> Iterator[str]:
    if cut.start is None or cut.end is None:
        yield f"Clip {cut.id} needs first_word and last_word, or start and end."
    elif cut.end - cut.start < min(SHORTEST, source.duration or SHORTEST) - NOISE:
        yield f"Clip {cut.id} goes from {cut.start:.2f} s to {cut.end:.2f} s: a clip lasts {SHORTEST} s at the least."
    elif source.kind != "still" and cut.end > source.duration + SLACK:
        yield f"Clip {cut.id} ends at {cut.end:.2f} s, but {source.id} lasts {source.duration:.2f} s."


def _covers(plan: EditPlan) -> Iterator[str]:
    clips = {cut.id for cut in plan.each(Cut)}
    for cover in plan.each(Cover):
        source = _source(plan, cover.source)
        if source is None:
            yield f"Cover {cover.id} takes from {cover.source}, which is no source of this plan ({_named(plan)})."
        elif source.kind == "lut":
            yield f"Cover {cover.id} takes its picture from {source.id}, which is a LUT: only colour can name it."
        elif not source.has_picture:
            yield f"Cover {cover.id} takes its picture from {source.id}, which is sound only."
        elif cover.clip not in clips:
            yield f"Cover {cover.id} is over {cover.clip}, which is no clip of this plan."
        elif source.kind == "video" and cover.start >= source.duration:
            yield f"Cover {cover.id} begins at {cover.start:.2f} s of {source.id}, which lasts {source.duration:.2f} s."


def _references(plan: EditPlan) -> Iterator[str]:
    clips, covers = {cut.id for cut in plan.each(Cut)}, {cover.id for cover in plan.each(Cover)}
    for title in plan.each(Title):
        if title.clip not in clips:
            yield f"Title {title.id} is over {title.clip}, which is no clip of this plan."
    for reframe in plan.each(Reframe):
        if reframe.of != "*" and reframe.of not in clips | covers:
            yield f"A reframe is of {reframe.of}, which is no clip or cover of this plan."
    for of, count in Counter(reframe.of for reframe in plan.each(Reframe)).items():
        if count > 1:
            yield f"There are {count} reframes of {of}: one is enough."


def _corrections(plan: EditPlan) -> Iterator[str]:
    known = {word.id for source in plan.sources for word in source.words}
    for captions in plan.each(Captions):
        unknown = [c.word for c in captions.corrections if c.word not in known]
        if unknown:
            yield f"The captions correct {', '.join(unknown)}, which no source has."


NAMED = ("source", "clip", "of")
"""Fields of an operation that name a source, a clip, and a clip or cover or `*` for all."""


def _named_things(plan: EditPlan) -> Iterator[str]:
    clips, covers = {cut.id for cut in plan.each(Cut)}, {cover.id for cover in plan.each(Cover)}
    there = {"source": {source.id for source in plan.sources}, "clip": clips, "of": clips | covers | {"*"}}
    for operation in plan.operations:
        if isinstance(operation, Cut | Cover | Title | Reframe | Music):
            continue
        for field in NAMED:
            id = getattr(operation, field, None)
            if id is not None and id not in there[field]:
                what = "source" if field == "source" else "clip" if field == "clip" else "clip or cover"
                yield f"The operation {operation.type} names {id}, which is no {what} of this plan."


RULES: tuple[Callable[[EditPlan], Iterable[str]], ...] = (
    _output,
    _sizes,
    _ids,
    _singles,
    _cuts,
    _covers,
    _references,
    borders.named,
    retime.named,
    sound_rules.wrong,
    _corrections,
    _named_things,
)


def unseen(plan: EditPlan, laid: Sequence[Sequence[Shot]]) -> Iterator[str]:
    """Say from when to when there is nothing to be seen."""
    for shots in laid:
        for shot in shots:
            if not plan.source(shot.source).has_picture:
                start, end = (seconds(frame, plan.output.rate) for frame in (shot.first_frame, shot.end_frame))
                yield (
                    f"From {start:.2f} s to {end:.2f} s of the video nothing can be seen: clip {shot.of} takes from"
                    f" {shot.source}, which is sound only, so cover it from its first frame to its last."
                )


def crowded(plan: EditPlan, clips: Sequence[ClipSpan], laid: Sequence[Sequence[Shot]]) -> Iterator[str]:
    """Say what does not fit into the time that there is."""
    yield from _tight_covers(plan, clips, laid)
    yield from borders.crowded(plan, clips, laid)
    total = seconds(clips[-1].end_frame, plan.output.rate)
    for fade in plan.each(Fade):
        if fade.start + fade.end > total:
            yield f"The fades take {fade.start + fade.end:.2f} s, but the video lasts {total:.2f} s."
    lasting = {clip.id: seconds(clip.frames, plan.output.rate) for clip in clips}
    for title in plan.each(Title):
        lasts = lasting[title.clip]
        if title.offset >= lasts:
            yield f"Title {title.id} begins {title.offset:.2f} s into clip {title.clip}, which lasts {lasts:.2f} s."


def _tight_covers(plan: EditPlan, clips: Sequence[ClipSpan], laid: Sequence[Sequence[Shot]]) -> Iterator[str]:
    covers = {cover.id: cover for cover in plan.each(Cover)}
    for clip, shots in zip(clips, laid, strict=True):
        at = shots[0].first_frame
        for shot in shots:
            if shot.first_frame < at:
                yield f"Cover {shot.of} begins before the one before it in clip {clip.id} has ended."
            at = shot.end_frame
            if shot.of in covers:
                yield from _tight_cover(plan, covers[shot.of], clip, shot)


def _tight_cover(plan: EditPlan, cover: Cover, clip: ClipSpan, shot: Shot) -> Iterator[str]:
    rate, source = plan.output.rate, plan.source(cover.source)
    lasts = seconds(clip.frames, rate)
    if shot.first_frame >= clip.end_frame or shot.end_frame > clip.end_frame:
        ends = seconds(shot.end_frame - clip.first_frame, rate)
        yield f"Cover {cover.id} reaches {ends:.2f} s into clip {clip.id}, which lasts {lasts:.2f} s."
    elif source.kind == "video" and cover.start + _used(shot, rate) > source.duration + 2 * SLACK:
        yield (
            f"Cover {cover.id} shows {source.id} from {cover.start:.2f} s for {_used(shot, rate):.2f} s,"
            f" but {source.id} lasts {source.duration:.2f} s: shorten it, begin earlier, or part it into two."
        )


def _used(shot: Shot, rate: Rate) -> float:
    """Return how many seconds of its source a shot shows."""
    return float(Fraction(sum(abs(run.frames * run.step) for run in shot.course), UNIT) / rate.fraction)


def known(plan: EditPlan, clips: Sequence[ClipSpan]) -> Known:
    """Return what an operation is told about its plan."""
    spans = {clip.id: (clip.first_frame, clip.end_frame) for clip in clips}
    sources = {source.id: source for source in plan.sources}
    return Known(plan.output, sources, spans, clips[-1].end_frame, dict(_takes(plan, clips)))


def _takes(plan: EditPlan, clips: Sequence[ClipSpan]) -> Iterator[tuple[str, Take]]:
    """Yield what each clip and cover takes from its source."""
    rate, spans = plan.output.rate, {clip.id: clip for clip in clips}
    seen = [clip.shot for clip in clips]
    seen += [borders.cover_shot(plan, cover, spans[cover.clip]) for cover in plan.each(Cover)]
    for shot in seen:
        yield shot.of, Take(shot.source, seconds(shot.earliest, rate), seconds(shot.latest + 1, rate))


def unfit(plan: EditPlan, clips: Sequence[ClipSpan]) -> Iterator[str]:
    """Say what the output's format cannot hold."""
    format = format_of(plan.output)
    if format.wrong:
        yield from format.wrong(plan.output, Fraction(clips[-1].end_frame) / plan.output.rate.fraction)
    if plan.output.smart_render and format.name != "mp4":
        yield f"Pictures are copied into mp4 only, not into {format.name}: leave smart_render out."


def judged(plan: EditPlan, clips: Sequence[ClipSpan]) -> Iterator[str]:
    """Say what the operations themselves find wrong."""
    told = known(plan, clips)
    for operation in plan.operations:
        if isinstance(operation, Judged):
            yield from operation.wrong(told)


def unreadable(plan: EditPlan, clips: Sequence[ClipSpan]) -> Iterator[str]:
    """Say which words cannot be written, do not fit, or cannot be read in their time."""
    known = {source.id: {word.id: word for word in source.words} for source in plan.sources}
    captions = plan.only(Captions)
    spoken = [captioning.spoken(clip, known[clip.source], captions, plan.output) for clip in clips] if captions else []
    if captions:
        yield from captioning.wrong(captions, spoken)
    if plan.each(Title):
        cues = captioning.cues(list(zip(clips, spoken, strict=True)), captions, plan.output) if captions else ()
        yield from titling.wrong(plan, clips, aside(plan, cues))


def _source(plan: EditPlan, id: str) -> Source | None:
    return next((source for source in plan.sources if source.id == id), None)


def _named(plan: EditPlan) -> str:
    return ", ".join(source.id for source in plan.sources)


def _words(source: Source) -> str:
    return f"the words {source.words[0].id} to {source.words[-1].id}" if source.words else "no words"
