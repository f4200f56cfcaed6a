"""What every metric is: a pure function from what is seen of a render to a score, with a good and a bad example.

score = clip((measured - broken) / (golden - broken), 0, 1). The worst part of a metric is its score: a video of the
right loudness that clips all along is not half good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from kernel.brand import BrandKit
from kernel.document import Value
from kernel.evaluation.judgement import Judgement
from kernel.evaluation.measures.brand_seen import BrandSeen
from kernel.evaluation.measures.captions_seen import CaptionsSeen
from kernel.evaluation.measures.fidelity import Fidelity
from kernel.evaluation.measures.joins import Joins
from kernel.evaluation.measures.presence import Presence
from kernel.evaluation.measures.words_kept import WordsKept
from kernel.evaluation.profiles import Profile
from kernel.evaluation.scorecard import THRESHOLD, Evidence, Part, Score
from kernel.worker.analysis.found import Sights, Sounds
from kernel.worker.analysis.measure import Measured
from kernel.worker.media import Inspection
from kernel.worker.plan import EditPlan
from kernel.worker.timing import Timeline
from kernel.worker.transcribe import Heard

MOST_EVIDENCE = 12
"""Time codes that a score shows."""


class Seen(Value):
    """Everything that a metric may look at."""

    measured: Measured
    plan: EditPlan | None = None
    timeline: Timeline | None = None
    """The compiled plan; None where there is none."""
    brief: dict[str, Any] | None = None
    """The brief's body."""
    sources: dict[str, Inspection] = Field(default_factory=dict)
    """What is known of the sources, by id: what they have themselves is not held against the cut."""
    sights: Sights | None = None
    sounds: Sounds | None = None
    """What is seen and heard in the file itself; None where nothing was looked for."""
    heard: Heard | None = None
    """What is said in it, transcribed anew; None where this machine has no speech weights."""
    words_kept: WordsKept | None = None
    """What is heard of the words that the plan keeps; None where there is no plan, or nobody listened."""
    presence: Presence | None = None
    """Where voice and music are not heard as planned; None without a plan."""
    judgement: Judgement | None = None
    """What a model thinks of it; None where none was asked, and it may say that nobody judged."""
    fidelity: Fidelity | None = None
    """How near it is to what was planned, and how it is encoded; None where it has no picture."""
    joins: Joins | None = None
    """How the parts of its sound were put together; None without a plan, or without sound."""
    captions_seen: CaptionsSeen | None = None
    """Its captions as they are seen; None where there are none."""
    brand: BrandKit | None = None
    """What its owner's videos look like; that of the brief where there is none."""
    brand_seen: BrandSeen | None = None
    """What is seen of that in it."""
    profile: Profile | None = None
    """What a video of its kind is held to; None: each metric goes by what it finds."""


@dataclass(frozen=True)
class Metric:
    """One measure of a render."""

    name: str
    measure: Callable[[Seen], Score]
    golden: Mapping[str, Any]
    """The body of a `Seen` that scores 1."""
    broken: Mapping[str, Any]
    """The body of a `Seen` that scores 0."""


@dataclass(frozen=True)
class Finding:
    """A scored part, and what is to be said and done when it falls short."""

    part: Part
    fault: str
    """One sentence for the person."""
    owner: str
    instruction: str
    evidence: Sequence[Evidence] = ()

    @property
    def passed(self) -> bool:
        """Whether it reaches the threshold."""
        return self.part.score >= THRESHOLD


MEASURED: Mapping[str, Any] = {
    "duration": 10.0,
    "frames": 300,
    "rate": {"num": 30, "den": 1},
    "variable_rate": False,
    "width": 1080,
    "height": 1920,
    "video_codec": "h264",
    "audio_codec": "aac",
    "sound_duration": 10.0,
    "size": 1_000_000,
    "loudness": -14.0,
    "loudness_range": 6.0,
    "true_peak": -1.2,
    "black": [],
    "frozen": [],
    "silent": [],
    "faults": [],
}
"""A render without a fault: what the metrics' examples begin with."""


def ratio(value: float, broken: float, golden: float) -> float:
    """Return where a value lies between its anchors, from 0 (broken) to 1 (golden)."""
    return round(min(1.0, max(0.0, (value - broken) / (golden - broken))), 4)


def part(name: str, value: float, broken: float, golden: float, shown: str, target: str) -> Part:
    """Return a scored value."""
    scored = ratio(value, broken, golden)
    value = round(value, 4)
    return Part(name=name, value=value, broken=broken, golden=golden, score=scored, shown=shown, target=target)


def scored(name: str, findings: Sequence[Finding], measured: Mapping[str, float | str], fine: str, owner: str) -> Score:
    """Return a metric's score: its weakest finding decides, and its owner is told all that is theirs to mend.

    Args:
        name: of the metric.
        findings: at least one.
        measured: all facts.
        fine: what to say when all of them passed.
        owner: who is named when all of them passed.
    """
    failed = sorted((finding for finding in findings if not finding.passed), key=_score)
    return Score(
        name=name,
        score=min(finding.part.score for finding in findings),
        passed=not failed,
        measured=dict(measured),
        parts=tuple(finding.part for finding in findings),
        why=" ".join(finding.fault for finding in failed) or fine,
        evidence=tuple(at for finding in failed for at in finding.evidence)[:MOST_EVIDENCE],
        owner=failed[0].owner if failed else owner,
        instruction=" ".join(finding.instruction for finding in failed if finding.owner == failed[0].owner),
    )


def spared(name: str, why: str, owner: str) -> Score:
    """Return the score of a metric that has nothing to measure."""
    return Score(name=name, score=1.0, passed=True, applicable=False, why=why, owner=owner)


def timecode(seconds: float) -> str:
    """Return seconds as a person says them: 1:02.5."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02}.{tenths % 10}"


def listed(evidence: Iterable[Evidence]) -> str:
    """Return the first three stretches by their times, and how many more there are."""
    found = list(evidence)
    named = ", ".join(f"{timecode(at.start)}-{timecode(at.end)}" for at in found[:3])
    return f"{named} and {len(found) - 3} more" if len(found) > 3 else named


def _score(finding: Finding) -> float:
    return finding.part.score
