"""Golden: which edits are examples for later ones, and what of them helps each expert."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from experts.edit.brief import Brief
from experts.edit.captions import CaptionSheet
from experts.edit.log import Log
from experts.edit.selects import Selects
from experts.edit.sound import SoundSheet
from experts.edit.titles import TitleSheet
from kernel.document import Document
from kernel.draft import laid_out
from kernel.evaluation.profiles import profile_of
from kernel.evaluation.scorecard import Scorecard
from kernel.examples import Examples, Kin, Tag
from kernel.worker.compile import compile
from kernel.worker.ops.cut import Cut
from kernel.worker.plan import EditPlan

GOLDEN = 0.85
"""What every metric has to be above (standards: "Golden: every metric > 0.85")."""
MOST_CLIPS = 12
"""Clips whose lengths are told."""
PLAIN = ("cut", "cover", "captions", "music", "loudness", "title")
"""Operations of a plan that the other documents tell of already."""
Shown = Callable[[Mapping[str, Document]], dict[str, Any]]


def tag(documents: Mapping[str, Document]) -> Tag | None:
    """Return what a golden edit is kept with: every gate passed and every metric that applies is above 0.85."""
    scorecard, plan, brief = documents.get("scorecard"), documents.get("plan"), documents.get("brief")
    if not (isinstance(scorecard, Scorecard) and isinstance(plan, EditPlan) and isinstance(brief, Brief)):
        return None
    scores = {score.name: score.score for score in scorecard.scores if score.applicable}
    if not scorecard.passed or not scores or min(scores.values()) <= GOLDEN:
        return None
    profile = scorecard.profile or profile_of(plan, compile(plan), brief.body()).name
    return Tag(profile=profile, brand=brief.brand.name if brief.brand else "", scores=scores)


def kin(documents: Mapping[str, Document]) -> Kin:
    """Say what an edit is like before it is made: by its brief, its log, or whether words were chosen."""
    brief, log, selects = documents.get("brief"), documents.get("log"), documents.get("selects")
    if not isinstance(brief, Brief):
        return Kin()
    kind = brief.kind or (log.kind if isinstance(log, Log) else None)
    if kind is None and isinstance(selects, Selects):
        kind = "dialogue" if any(select.first_word for select in selects.selects) else "montage"
    if kind is None:
        return Kin()
    profile = profile_of(brief={**brief.body(), "kind": kind}).name
    return Kin(profile=profile, brand=brief.brand.name if brief.brand else "")


def show(step: str, documents: Mapping[str, Document]) -> str:
    """Return what of a golden edit helps the expert of a step: its brief in short, and the like of what they make."""
    brief, make = documents.get("brief"), SHOWN.get(step.partition("_")[0])
    if make is None or not isinstance(brief, Brief):
        return ""
    asked = {"brief": brief.text[:300], "shape": brief.shape, "platform": brief.platform, "pace": brief.pace}
    made = make(documents)
    return laid_out({**{name: value for name, value in asked.items() if value}, **made}) if made else ""


def _captions(documents: Mapping[str, Document]) -> dict[str, Any]:
    sheet = documents.get("captions")
    if not isinstance(sheet, CaptionSheet):
        return {}
    look = sheet.captions.model_dump(mode="json", exclude={"type", "corrections"}) if sheet.captions else None
    return {"captions": look, "why": sheet.why}


def _sound(documents: Mapping[str, Document]) -> dict[str, Any]:
    sheet = documents.get("sound")
    if not isinstance(sheet, SoundSheet):
        return {}
    music = sheet.music.model_dump(mode="json", exclude={"type", "source"}) if sheet.music else None
    loudness = sheet.loudness.model_dump(mode="json", exclude={"type"})
    return {"loudness": loudness, "music": music, "keep_clip_sound": sheet.keep_clip_sound, "why": sheet.why}


def _titles(documents: Mapping[str, Document]) -> dict[str, Any]:
    sheet = documents.get("titles")
    return sheet.model_dump(mode="json", exclude={"confidence"}) if isinstance(sheet, TitleSheet) else {}


def _selects(documents: Mapping[str, Document]) -> dict[str, Any]:
    """Tell the rhythm of the cut: how long its clips are, what it opens with, how much is covered."""
    plan = documents.get("plan")
    if not isinstance(plan, EditPlan):
        return {}
    timeline = compile(plan)
    lengths = [round((clip.end_frame - clip.first_frame) / float(timeline.rate.fraction), 1) for clip in timeline.clips]
    cuts = {cut.id: cut for cut in plan.each(Cut)}
    first = cuts.get(timeline.clips[0].id)
    covers = sum(operation.type == "cover" for operation in plan.operations)
    return {
        "seconds": round(timeline.duration, 1),
        "clips": len(lengths),
        "seconds of each": lengths[:MOST_CLIPS],
        "opens with": first.why if first else "",
        "pictures laid over": covers,
    }


def _plan(documents: Mapping[str, Document]) -> dict[str, Any]:
    """Tell the rhythm and what was done beyond the plain cut."""
    plan = documents.get("plan")
    if not isinstance(plan, EditPlan):
        return {}
    kinds = Counter(operation.type for operation in plan.operations if operation.type not in PLAIN)
    return {**_selects(documents), "operations beyond those": dict(kinds), "note": plan.note[:200]}


SHOWN: Mapping[str, Shown] = {
    "selects": _selects,
    "captions": _captions,
    "sound": _sound,
    "titles": _titles,
    "plan": _plan,
}
"""By the first word of a step's name."""

EXAMPLES = Examples(gate="scorecard", brief="brief", tag=tag, kin=kin, show=show)
