"""profiles: what a good video is held to, by its kind and by the platform it is made for.

Shot lengths by genre are practice, not law (social video 1 to 3 s, talking head 3 to 6 s, tutorial 4 to 8 s): so a mean
beside the range only counts from half an octave on, and a brief that asks for a slow or a fast pace moves the range.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from kernel.document import Value
from kernel.evaluation.scorecard import THRESHOLD
from kernel.worker.analysis.found import Sounds
from kernel.worker.plan import EditPlan
from kernel.worker.timing import Timeline
from kernel.worker.voices import heard

Name = Literal["talking head", "montage", "tutorial", "ad"]
SHORT = ("shorts", "reels", "tiktok")
"""Platforms on which people swipe on."""
QUICKER = 2 / 3
"""What shots and pauses are there, of what they are elsewhere."""
PACES = {"slow": 1.75, "normal": 1.0, "fast": 0.75}
"""What a brief's pace makes of the lengths of shots, gently: "fast" also means that nobody is to dawdle."""
SPOKEN = 0.25
"""Share of the time that words take in a plan, from which on it is talk."""
SPEECH = 0.4
"""Share of speech, pauses between words and all, from which on a video without a plan is taken for talk."""
_TUTORIAL = re.compile(r"\b(tutorials?|how[- ]?to|walk-?through|step[- ]by[- ]step|lesson|explainer)\b", re.IGNORECASE)
_AD = re.compile(r"\b(ads?|adverts?|advertisements?|commercials?|promos?|promotional)\b", re.IGNORECASE)


class Profile(Value):
    """What a kind of video is held to on a platform; times in seconds."""

    name: Name
    platform: str = "web"
    why: str = ""
    """How it was found out what kind it is, in a few words."""
    shot: tuple[float, float]
    """From and to: the mean length of a shot."""
    pause: float
    """The longest pause that may be left between spoken words."""
    hook: tuple[float, float]
    """When nothing is arrived (0) and when the message is there at once (1), after the first frame."""
    opens: tuple[Literal["voice", "words", "face", "movement", "change"], ...]
    """What brings the message at the start; `words` are those on the picture."""
    beat: bool = False
    """Whether the pictures change with the music."""
    weights: dict[str, float] = Field(default_factory=dict)
    """By metric; 1 where it is not named."""
    thresholds: dict[str, float] = Field(default_factory=dict)
    """By metric: where less is asked of this kind; never more than the usual one, which instructions go by."""

    @property
    def stretch(self) -> float:
        """The longest stretch without a change on the screen: two and a half of its longest shots."""
        return 2.5 * self.shot[1]

    @property
    def told(self) -> str:
        """What it is, as a person says it: a spoken video for reels; whoever speaks need not be seen."""
        kind = {"talking head": "a spoken video", "ad": "an ad"}.get(self.name, f"a {self.name}")
        return f"{kind} for {'the web' if self.platform == 'web' else self.platform}"

    def weight(self, metric: str) -> float:
        """Return how much a metric counts."""
        return self.weights.get(metric, 1.0)

    def threshold(self, metric: str) -> float:
        """Return from where on a metric passes."""
        return min(THRESHOLD, self.thresholds.get(metric, THRESHOLD))


PROFILES: dict[Name, Profile] = {
    "talking head": Profile(
        name="talking head",
        shot=(3.0, 6.0),
        pause=1.0,
        hook=(4.0, 0.7),
        opens=("voice", "words"),
        weights={"captions": 1.25},
    ),
    "montage": Profile(
        name="montage",
        shot=(1.0, 3.0),
        pause=1.5,
        hook=(6.0, 2.0),
        opens=("voice", "words", "face", "movement", "change"),
        beat=True,
        weights={"punchiness": 1.25},
    ),
    "tutorial": Profile(
        name="tutorial",
        shot=(4.0, 8.0),
        pause=1.5,
        hook=(6.0, 1.0),
        opens=("voice", "words"),
        weights={"clarity": 1.25, "captions": 1.25, "punchiness": 0.75},
        thresholds={"retention": 0.7},
    ),
    "ad": Profile(
        name="ad",
        shot=(1.0, 3.0),
        pause=0.8,
        hook=(4.0, 0.7),
        opens=("voice", "words", "face", "movement", "change"),
        beat=True,
        weights={"retention": 1.25, "brand": 1.5},
    ),
}
"""By name, for the web."""


def profile_of(
    plan: EditPlan | None = None,
    timeline: Timeline | None = None,
    brief: Mapping[str, Any] | None = None,
    sounds: Sounds | None = None,
    duration: float = 0.0,
) -> Profile:
    """Return what a video is held to: by the words of its brief, else by its plan, else by what is heard in it.

    Args:
        plan: what it was made from.
        timeline: the same, compiled.
        brief: the brief's body: its `text`, `kind`, `pace` and `platform` are looked at.
        sounds: what is heard in the video.
        duration: seconds of the video.
    """
    said = brief or {}
    name, why = _named(said) or _planned(plan, timeline) or _heard(sounds, duration)
    platform = str(said.get("platform") or (plan.output.platform if plan else "") or "web")
    return _fitted(PROFILES[name], platform, str(said.get("pace") or "normal"), why)


def _named(brief: Mapping[str, Any]) -> tuple[Name, str] | None:
    text = str(brief.get("text") or "")
    if _TUTORIAL.search(text):
        return "tutorial", "the brief says so"
    if _AD.search(text):
        return "ad", "the brief says so"
    kinds: dict[Any, Name] = {"dialogue": "talking head", "narration": "talking head", "montage": "montage"}
    return (kinds[brief["kind"]], f"the brief asks for a {brief['kind']}") if brief.get("kind") in kinds else None


def _planned(plan: EditPlan | None, timeline: Timeline | None) -> tuple[Name, str] | None:
    if plan is None or timeline is None:
        return None
    clips = [clip for clip in timeline.clips if heard(plan, clip)]
    words = [w for w in timeline.spoken if any(clip.first_frame <= w.first_frame < clip.end_frame for clip in clips)]
    spoken = sum(word.last_frame - word.first_frame for word in words)
    if spoken >= SPOKEN * timeline.frames:
        return "talking head", "the plan keeps what is said"
    return "montage", "the plan keeps pictures, not words"


def _heard(sounds: Sounds | None, duration: float) -> tuple[Name, str]:
    speech = sum(span.end - span.start for span in sounds.speech) if sounds else 0.0
    if speech >= SPEECH * duration and speech:
        return "talking head", "guessed: somebody speaks most of the time"
    return "montage", "guessed: hardly anybody speaks"


def _fitted(profile: Profile, platform: str, pace: str, why: str) -> Profile:
    quick = QUICKER if platform in SHORT and profile.name in ("talking head", "tutorial") else 1.0
    times = quick * PACES.get(pace, 1.0)
    low, high = (round(end * times, 2) for end in profile.shot)
    slow = PACES["slow"] if pace == "slow" and profile.beat else 1.0
    hook = (profile.hook[0] * slow, profile.hook[1] * slow)
    update = {"platform": platform, "why": why, "shot": (low, high), "pause": profile.pause * quick, "hook": hook}
    return profile.model_copy(update=update)
