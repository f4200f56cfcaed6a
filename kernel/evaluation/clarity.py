"""clarity: whether the picture is as clear as its sources allow: size, rate, sharpness, and what encoding left of it.

- upscaling: a shot is blown up no further than the target's shape forces, times 1.3 (a punch-in, see `zoom`).
- size: the lines that the sources and the target deserve, two thirds of them at the least (720 of 1080).
- frame rate, even motion: at least film's 24 frames a second where the footage has them, and a rate that the footage's
  own divides or is divided by, as far as there is one: else frames are repeated or lost in an uneven beat.
- export: pixels that every player shows, no more bits than the platform takes, none that nobody sees.
- vmaf: VMAF >= 93 against the source looks the same, 6 points are one just noticeable difference (standards.md,
  "fidelity"); the worst twentieth of the frames may lie one such difference lower. An enlarged picture is compared at
  its source's own size: detail that nobody filmed is not missed.
- sharpness: beside the planned picture's own at the same moments, so that soft footage is no fault of the cut.

Without the sources, blocks of the encoder (measured: see `kernel/worker/analysis/sharpness.py`); without a plan also
the lines of the file and how sharp it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from statistics import median
from typing import Any

from kernel.evaluation.base import MEASURED, Finding, Metric, Seen, listed, part, scored, spared
from kernel.evaluation.enlarged import Enlarged, asked_lines, enlarged, lines_due
from kernel.evaluation.measures.fidelity import Compared, Fidelity
from kernel.evaluation.scorecard import Evidence, Score
from kernel.worker.camera import zoom_of
from kernel.worker.plan import EditPlan
from kernel.worker.presets import preset_of, too_large
from kernel.worker.timing import Shot, Timeline

PLAN, MASTER = "plan", "master"
UPSCALING = (2.1, 1.1)
"""Broken and golden: how far beyond what is forced a shot is blown up. 1.3 lies at the threshold: a punch-in (zoom)."""
SIZE = (0.25, 0.77)
"""Share of the lines that it could have; 720 of 1080 lie at the threshold, 480 score 0.37."""
SMOOTH = (0.5, 1.0)
"""Share of 24 frames a second, or of the footage's own rate where that is less; 21.6 lie at the threshold."""
FILM = Fraction(24)
UNEVEN = (1.5, 0.0)
"""Share of the frames that follow in an uneven beat needlessly; all of them score 0.33, 30 % lie at the threshold."""
SAME_RATE = Fraction(1, 200)
"""Two rates that differ by less are one: 29.97 and 30 lose a frame in half a minute."""
BITS = (1.5, 0.3)
"""Bits a pixel from which on nobody sees a difference. Measured: `good` takes 0.02 to 0.26, lossless 0.7 and more."""
VMAF = (73.0, 98.0)
"""93 lies at the threshold (standards.md). Measured: `good` quality keeps 93.6 to 99, `draft` 93, crf 28 about 80."""
WORST = (67.0, 92.0)
"""The same for the worst twentieth: 87, a just noticeable difference lower, lies at the threshold."""
SPOILT = 85.0
"""Mean VMAF below which no setting of the encoder explains it: measured, even `draft` keeps 89 and more."""
KEPT = (0.5, 0.95)
"""Share of the planned picture's sharpness; 0.86 lies at the threshold. Measured: renders keep 0.95 to 1.2, a blur of
0.8 pixels leaves about 0.7, a copy blown up from two thirds 0.77."""
BLOCKS = (0.6, 0.15)
"""0.24 lies at the threshold; measured: crf 19 at most 0.2, crf 45 0.2 to 0.4."""
ABSOLUTE = (0.12, 0.32)
"""Sharpness where nobody knows the footage's own; at the threshold 0.28, as of a webcam's 480p blown up to 720p."""
FILE_LINES = (240.0, 720.0)
"""Lines of the short side where there is no plan; practice: 720 is called HD, 480 scores 0.5."""
PLAYED = ("yuv420p", "yuvj420p")
"""What every player shows of H.264."""
RATE = re.compile(r"\b\d{2,3} ?(fps|frames? (a|per) second)\b", re.IGNORECASE)
SOFT = 0.3
"""Sharpness below which footage is called soft."""
WEB_CODECS = ("h264", "hevc", "vp9", "av1")

FIDELITY: Mapping[str, Any] = {
    "pixels": "yuv420p",
    "bitrate": 4_000_000.0,
    "stretches": [
        {"clip": "c1", "start": 1.0, "end": 1.5, "vmaf": 98.5, "low": 95.0, "sharpness": 0.5, "planned_sharpness": 0.5}
    ],
    "vmaf": 98.5,
    "low": 95.0,
}
GOLDEN: Mapping[str, Any] = {"measured": MEASURED, "fidelity": FIDELITY}
BROKEN: Mapping[str, Any] = {
    "measured": MEASURED,
    "fidelity": {
        **FIDELITY,
        "stretches": [
            {
                "clip": "c1",
                "start": 1.0,
                "end": 1.5,
                "vmaf": 60.0,
                "low": 50.0,
                "sharpness": 0.2,
                "planned_sharpness": 0.5,
            }
        ],
        "vmaf": 60.0,
        "low": 50.0,
    },
}


def measure(seen: Seen) -> Score:
    """Score how clear the picture is."""
    if not seen.measured.video_codec:
        return spared("clarity", "There is no picture.", PLAN)
    if seen.measured.video_codec == "gif":
        return spared("clarity", "A GIF is small and has few colours on purpose.", PLAN)
    findings = list(_findings(seen))
    if not findings:
        return spared("clarity", "Nothing was measured by which its clarity could be told.", PLAN)
    found = scored("clarity", findings, _facts(seen), _fine(seen), PLAN)
    note = _soft(seen)
    return found.model_copy(update={"why": f"{found.why} {note}"}) if note else found


def _findings(seen: Seen) -> Iterator[Finding]:
    """Yield what can be told with what is known, what the metric is about first."""
    fidelity = seen.fidelity
    if fidelity and fidelity.stretches and fidelity.vmaf is not None and fidelity.low is not None:
        yield _vmaf(fidelity, fidelity.vmaf, seen)
        yield _worst(fidelity, fidelity.low, seen)
        yield from _kept(fidelity)
    else:
        yield from _unreferenced(seen)
    if fidelity:
        yield from _export(seen, fidelity)
    if seen.plan is not None and seen.timeline is not None:
        yield from _planned(seen, seen.plan, seen.timeline)
    else:
        yield _lines(seen)


def _planned(seen: Seen, plan: EditPlan, timeline: Timeline) -> Iterator[Finding]:
    shots = enlarged(plan, timeline, seen.brief)
    if shots:
        yield _upscaling(shots, seen, timeline)
        yield _size(seen, lines_due(plan, timeline, seen.brief))
    # A person who names a rate has their reasons.
    rates = {} if RATE.search(str((seen.brief or {}).get("text", ""))) else _rates(plan, timeline)
    if rates:
        yield _smooth(rates, seen, timeline)
        yield _even(rates, seen, timeline)


def _vmaf(fidelity: Fidelity, vmaf: float, seen: Seen) -> Finding:
    owner, cure = _encoded_better(seen, vmaf)
    evidence = _poor(fidelity.stretches, 93.0)
    return Finding(
        part("vmaf", vmaf, *VMAF, f"VMAF {vmaf:.1f}", "93 or more"),
        f"Encoding has taken away some of the picture: VMAF {vmaf:.1f} against the source, where 93 looks the same.",
        owner,
        f"The picture is worse than its source (VMAF {vmaf:.1f}, wanted 93), most at {listed(evidence)}: {cure}",
        evidence,
    )


def _worst(fidelity: Fidelity, low: float, seen: Seen) -> Finding:
    owner, cure = _encoded_better(seen, low + 6.0)
    evidence = _poor(fidelity.stretches, 93.0)
    return Finding(
        part("worst moments", low, *WORST, f"VMAF {low:.1f}", "87 or more"),
        f"In its worst moments it is visibly worse than the source: VMAF {low:.1f}, at {listed(evidence)}.",
        owner,
        f"The worst moments (VMAF {low:.1f}, wanted 87) are at {listed(evidence)}: {cure}",
        evidence,
    )


def _encoded_better(seen: Seen, vmaf: float) -> tuple[str, str]:
    """Return who can have the picture encoded better, and how."""
    quality = seen.plan.output.quality if seen.plan else ""
    if vmaf < SPOILT or not seen.plan:
        return MASTER, "the file has lost more than its settings explain; make it anew from the plan."
    if quality in ("draft", "good"):
        better = "good" if quality == "draft" else "best"
        return PLAN, f"set the output's quality to `{better}`."
    return MASTER, "it was encoded as well as can be; make it anew, or deliver a format that takes more bits."


def _poor(stretches: Iterable[Compared], limit: float) -> list[Evidence]:
    """Return the stretches below a VMAF, the worst first; the worst of all where none is."""
    ordered = sorted(stretches, key=lambda stretch: stretch.vmaf)
    poor = [stretch for stretch in ordered if stretch.vmaf < limit] or ordered[:1]
    return [Evidence(start=s.start, end=s.end, what=f"VMAF {s.vmaf:.1f} in {s.clip}") for s in poor]


def _kept(fidelity: Fidelity) -> Iterator[Finding]:
    """Yield how much of the planned sharpness is left, where there is anything sharp to be seen."""
    shares = [(share, stretch) for stretch in fidelity.stretches if (share := _share(stretch)) is not None]
    if not shares:
        return
    value = median(share for share, _ in shares)
    evidence = [
        Evidence(start=s.start, end=s.end, what=f"{share:.0%} as sharp as planned, in {s.clip}")
        for share, s in sorted(shares, key=lambda pair: pair[0])
        if share < 0.86
    ]
    yield Finding(
        part("sharpness", value, *KEPT, f"{value:.0%} of the source's", "86 % or more"),
        f"The picture is softer than its source: only {value:.0%} of its sharpness is left.",
        MASTER,
        f"The file is softer than what was planned ({value:.0%}), as at {listed(evidence)}: make it anew from the plan,"
        " and do not blur or resize it afterwards.",
        evidence,
    )


def _share(stretch: Compared) -> float | None:
    if not stretch.sharpness or not stretch.planned_sharpness:
        return None
    return stretch.sharpness / stretch.planned_sharpness


def _unreferenced(seen: Seen) -> Iterator[Finding]:
    """Yield what the file alone tells: blocks; without a plan also how sharp it is."""
    looks = seen.sights.looks if seen.sights else ()
    if not looks:
        return
    blocks = median(look.blocking for look in looks)
    evidence = [_at(look.at, f"blocks stand out by {look.blocking:.2f}") for look in looks if look.blocking > 0.24]
    yield Finding(
        part("blocking", blocks, *BLOCKS, f"{blocks:.2f}", "0.24 at the most"),
        f"The encoder's blocks can be seen, as at {listed(evidence)}.",
        MASTER,
        f"The picture shows blocks, as at {listed(evidence)}: encode it with more bits, from the sources.",
        evidence,
    )
    sharp = [(look.sharpness, look.at) for look in looks if look.sharpness is not None]
    if seen.plan is None and sharp:
        yield _absolute(sharp)


def _absolute(sharp: Sequence[tuple[float, float]]) -> Finding:
    value = median(found for found, _ in sharp)
    evidence = [_at(at, f"sharpness {found:.2f}") for found, at in sorted(sharp) if found < 0.28]
    return Finding(
        part("sharpness", value, *ABSOLUTE, f"{value:.2f}", "0.28 or more"),
        f"The picture is soft throughout: blurred, out of focus or blown up (sharpness {value:.2f}).",
        PLAN,
        f"The picture is soft, as at {listed(evidence)}: take sharper footage, or show it smaller.",
        evidence,
    )


def _export(seen: Seen, fidelity: Fidelity) -> Iterator[Finding]:
    """Yield whether players and platforms take the file as it is encoded."""
    found, smart = seen.measured, bool(seen.plan and seen.plan.output.smart_render)
    whole = [Evidence(start=0.0, end=found.duration, what=f"{found.video_codec}, {fidelity.pixels}")]
    if found.video_codec == "h264" and fidelity.pixels:
        fine = fidelity.pixels in PLAYED
        yield Finding(
            part("pixel format", float(fine), 0.0, 1.0, fidelity.pixels, "yuv420p"),
            f"Many players cannot show its pixels ({fidelity.pixels}).",
            MASTER,
            f"Encode it as yuv420p, which every player shows, not {fidelity.pixels}.",
            whole,
        )
    heavy = _too_heavy(seen, fidelity)
    if heavy:
        yield Finding(
            part("file size", 0.0, 0.0, 1.0, f"{found.size / 1e6:.0f} MB", "what the platform takes"),
            heavy,
            PLAN,
            f"{heavy} Make the cut shorter, or the output's quality lower.",
            whole,
        )
    bits = bits_a_pixel(seen, fidelity)
    if found.video_codec in WEB_CODECS and bits and not smart:
        yield Finding(
            part("bitrate", bits, *BITS, f"{bits:.3f} bits a pixel", "0.54 at the most"),
            f"It has {fidelity.bitrate / 1e6:.0f} Mbit/s, many more than anybody sees: it loads slowly.",
            MASTER,
            "Encode it with fewer bits: quality `good` looks the same.",
            whole,
        )


def _too_heavy(seen: Seen, fidelity: Fidelity) -> str:
    """Say that a platform does not take so large a file, or so many bits a second; empty where it does."""
    platform = seen.plan.output.platform if seen.plan else None
    preset, size = preset_of(platform), too_large(platform, seen.measured.size)
    if size or preset.bitrate is None or fidelity.bitrate <= preset.bitrate:
        return size
    most = f"{preset.bitrate / 1e6:.0f} Mbit/s"
    return f"Its picture has {fidelity.bitrate / 1e6:.0f} Mbit/s, but {preset.called} takes {most} at the most."


def bits_a_pixel(seen: Seen, fidelity: Fidelity) -> float:
    """Return how many bits the file spends on a pixel of a frame."""
    found = seen.measured
    pixels = found.width * found.height * (found.frames / found.duration if found.duration else 0)
    return fidelity.bitrate / pixels if pixels else 0.0


def _upscaling(shots: Sequence[Enlarged], seen: Seen, timeline: Timeline) -> Finding:
    worst = max(shots, key=lambda shot: shot.unforced)
    evidence = [
        _over(shot.shot, timeline, f"{shot.shot.of} blown up {shot.times:.2f} times, {shot.unforced:.2f} unforced")
        for shot in sorted(shots, key=lambda shot: -shot.unforced)
        if shot.unforced > 1.3
    ]
    most = max(1.0, 1.3 * worst.forced)
    return Finding(
        part("upscaling", worst.unforced, *UPSCALING, f"{worst.unforced:.2f} times", "1.3 times at the most"),
        f"{worst.shot.of} is blown up {worst.times:.1f} times; {most:.1f} times would do, and be sharper.",
        PLAN,
        f"{worst.shot.of} is blown up {worst.times:.2f} times where {most:.2f} would do: {_smaller(worst, seen)}",
        evidence,
    )


def _smaller(worst: Enlarged, seen: Seen) -> str:
    """Return how a shot is blown up less."""
    zoom = zoom_of(seen.plan, worst.shot.of) if seen.plan else None
    if zoom and max(zoom.scale, zoom.ends) > 1.3:
        return f"let its zoom go no nearer than {max(1.0, max(zoom.scale, zoom.ends) * 1.3 / worst.unforced):.2f}."
    lines = min(seen.measured.width, seen.measured.height) / worst.unforced
    return f"set the output's short side to {2 * round(lines / 2)} pixels."


def _size(seen: Seen, due: int) -> Finding:
    found = seen.measured
    lines, size = min(found.width, found.height), f"{found.width}x{found.height}"
    because = "were asked for" if asked_lines(seen.brief) else "can be had of its footage"
    return Finding(
        part("size", min(1.0, lines / due), *SIZE, size, f"{due} lines or more"),
        f"The picture has {lines} lines where {due} {because}: detail is thrown away.",
        PLAN,
        f"Set the output's short side to {due} pixels: {due} {because}, and it has {lines}.",
        [Evidence(start=0.0, end=found.duration, what=size)],
    )


def _lines(seen: Seen) -> Finding:
    found = seen.measured
    lines = min(found.width, found.height)
    return Finding(
        part("resolution", lines, *FILE_LINES, f"{found.width}x{found.height}", "720 lines or more"),
        f"It has only {lines} lines, which looks coarse on most screens.",
        PLAN,
        "Make it with 720 lines or more, from footage that has them.",
        [Evidence(start=0.0, end=found.duration, what=f"{found.width}x{found.height}")],
    )


def _rates(plan: EditPlan, timeline: Timeline) -> dict[Fraction, int]:
    """Return how many frames are seen of footage of each rate; what changes its speed has none of its own."""
    frames: Counter[Fraction] = Counter()
    for picture in timeline.pictures:
        rate = plan.source(picture.shot.source).rate
        if rate is not None and not picture.shot.runs and plan.source(picture.shot.source).kind == "video":
            frames[rate.fraction] += picture.frames
    return dict(frames)


def _smooth(rates: Mapping[Fraction, int], seen: Seen, timeline: Timeline) -> Finding:
    wanted = min(FILM, max(rates))
    real = seen.measured.rate.fraction if seen.measured.rate else timeline.rate.fraction
    share = min(1.0, float(real / wanted))
    return Finding(
        part("frame rate", share, *SMOOTH, f"{float(real):.4g} fps", f"{float(wanted):.4g} fps or more"),
        f"It has {float(real):.4g} frames a second where its footage has {float(max(rates)):.4g}: moves jerk.",
        PLAN,
        f"Set the output's rate to that of the footage, {float(max(rates)):.4g}.",
        [Evidence(start=0.0, end=seen.measured.duration, what=f"{float(real):.4g} fps")],
    )


def _even(rates: Mapping[Fraction, int], seen: Seen, timeline: Timeline) -> Finding:
    """Return how much of the footage follows in an uneven beat that another usual rate would spare it."""
    real = timeline.rate.fraction
    best = min((rate for rate in rates if 23 <= rate <= 60), key=lambda rate: _uneven(rates, rate), default=real)
    share = max(0.0, _uneven(rates, real) - _uneven(rates, best))
    uneven = [rate for rate in rates if not _fits(rate, real)]
    told = " and ".join(f"{float(rate):.4g}" for rate in uneven)
    return Finding(
        part("even motion", share, *UNEVEN, f"{share:.0%} uneven", "30 % at the most"),
        f"Footage of {told} frames a second is shown at {float(real):.4g}: moves stutter.",
        PLAN,
        f"Set the output's rate to {best.numerator}/{best.denominator}, which most of the footage has.",
        [Evidence(start=0.0, end=seen.measured.duration, what=f"{told} fps at {float(real):.4g}")],
    )


def _uneven(rates: Mapping[Fraction, int], rate: Fraction) -> float:
    """Return the share of the frames whose own rate does not fit a rate."""
    return sum(frames for own, frames in rates.items() if not _fits(own, rate)) / sum(rates.values())


def _fits(own: Fraction, rate: Fraction) -> bool:
    """Say whether one of two rates is a whole multiple of the other."""
    times = max(own, rate) / min(own, rate)
    return abs(times - round(times)) <= SAME_RATE * times


def _facts(seen: Seen) -> dict[str, float | str]:
    found, fidelity = seen.measured, seen.fidelity
    facts: dict[str, float | str] = {"size": f"{found.width}x{found.height}"}
    if fidelity:
        facts |= {"pixels": fidelity.pixels, "Mbit/s": round(fidelity.bitrate / 1e6, 2)}
        facts["bits a pixel"] = round(bits_a_pixel(seen, fidelity), 4)
        facts |= {"not compared": fidelity.why} if fidelity.why else {"stretches compared": len(fidelity.stretches)}
    if seen.plan and seen.timeline:
        shots = enlarged(seen.plan, seen.timeline, seen.brief)
        facts["enlarged"] = round(max((shot.times for shot in shots), default=1.0), 2)
        facts["of that forced"] = round(max((shot.forced for shot in shots), default=1.0), 2)
    looks = seen.sights.looks if seen.sights else ()
    sharp = [look.sharpness for look in looks if look.sharpness is not None]
    return {**facts, **({"sharpness": round(median(sharp), 3)} if sharp else {})}


def _fine(seen: Seen) -> str:
    if seen.fidelity and seen.fidelity.vmaf is not None:
        return "It looks like its sources: as sharp, and nothing that encoding took away is seen."
    return "Size, rate and encoding are in order."


def _soft(seen: Seen) -> str:
    """Say that the footage itself is soft or small, which is not held against the cut; empty where it is not."""
    if seen.plan is None or seen.timeline is None:
        return ""
    shots = enlarged(seen.plan, seen.timeline, seen.brief)
    small = max(shots, key=lambda shot: shot.forced, default=None)
    if small and small.forced >= 1.3:
        source = seen.plan.source(small.shot.source)
        size = f"{source.width}x{source.height}"
        return f"{source.name} has only {size}, so it looks soft at this size; that is not held against the cut."
    stretches = seen.fidelity.stretches if seen.fidelity else ()
    own = [stretch.planned_sharpness for stretch in stretches if stretch.planned_sharpness is not None]
    return "The footage itself is soft; that is not held against the cut." if own and median(own) < SOFT else ""


def _over(shot: Shot, timeline: Timeline, what: str) -> Evidence:
    """Return where a clip or cover is seen."""
    rate = float(timeline.rate.fraction)
    first = shot.first_frame - shot.age
    return Evidence(start=max(0.0, first / rate), end=min(timeline.duration, (first + shot.lasts) / rate), what=what)


def _at(at: float, what: str) -> Evidence:
    return Evidence(start=at, end=at, what=what)


CLARITY = Metric("clarity", measure, GOLDEN, BROKEN)
