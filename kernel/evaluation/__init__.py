"""How good a finished video is. One file a metric, one line in `METRICS`; `score` is pure.

To add one: a file with a function from `Seen` to `Score`, a GOLDEN and a BROKEN example, and one line in `METRICS`; the
contract test runs its promise: the golden one scores 1, the broken one 0, and a failure names who mends it and how.
"""

from kernel.evaluation.base import Metric, Seen, timecode
from kernel.evaluation.brand import BRAND
from kernel.evaluation.captions import CAPTIONS
from kernel.evaluation.clarity import CLARITY
from kernel.evaluation.gates import GATES
from kernel.evaluation.profiles import Profile
from kernel.evaluation.punchiness import PUNCHINESS
from kernel.evaluation.retention import RETENTION
from kernel.evaluation.scorecard import Gate, Score, Scorecard
from kernel.evaluation.watchability import WATCHABILITY
from kernel.worker.analysis.stills import EVERY

METRICS: tuple[Metric, ...] = (CLARITY, PUNCHINESS, RETENTION, CAPTIONS, BRAND, WATCHABILITY)

__all__ = ["METRICS", "Metric", "Scorecard", "Seen", "score"]


def score(seen: Seen) -> Scorecard:
    """Return the scorecard of what was seen: the same for the same."""
    gates = tuple(gate(seen) for gate in GATES)
    scores = tuple(held_to(seen.profile, metric.measure(seen)) for metric in METRICS)
    open_gates = all(gate.passed for gate in gates)
    return Scorecard(
        facts=facts(seen),
        profile=seen.profile.name if seen.profile else "",
        gates=gates,
        scores=scores,
        total=total(gates, scores),
        passed=open_gates and all(score.passed for score in scores),
    )


def held_to(profile: Profile | None, scored: Score) -> Score:
    """Return a score with the weight and the threshold that its profile gives it."""
    if profile is None:
        return scored
    asked = profile.threshold(scored.name)
    update: dict[str, object] = {"weight": profile.weight(scored.name), "threshold": asked}
    if not scored.passed and scored.score >= asked:
        update |= {"passed": True, "instruction": "", "why": f"Good enough for {profile.told}: {scored.why}"}
    return scored.model_copy(update=update)


def total(gates: tuple[Gate, ...], scores: tuple[Score, ...]) -> float:
    """Return 0 when a gate fails, else the weighted mean of the scores that apply; 1 where none does."""
    if not all(gate.passed for gate in gates):
        return 0.0
    counted = [score for score in scores if score.applicable]
    weights = sum(score.weight for score in counted)
    return round(sum(score.score * score.weight for score in counted) / weights, 4) if counted else 1.0


def facts(seen: Seen) -> str:
    """Return the file in a few words."""
    found = seen.measured
    size = f"{found.width}x{found.height}" if found.video_codec else "no picture"
    rate = f"{float(found.rate.fraction):.4g} fps" if found.rate else ""
    codecs = " and ".join(filter(None, (found.video_codec, found.audio_codec)))
    every = seen.sights.every if seen.sights else 0.0
    sampled = f"so long that one still in {every:.0f} s was looked at" if every > EVERY else ""
    return ", ".join(
        filter(None, (size, rate, timecode(found.duration), codecs, f"{found.size / 1e6:.1f} MB", sampled))
    )
