"""The pipeline `edit`, step by step: what each needs, who makes it, and where a person must say yes."""

from __future__ import annotations

from experts.edit import captions, judge, log, plan, selects_dialogue, selects_montage, selects_narration, sound, titles
from experts.edit.brief import Brief
from experts.edit.delivery import DELIVERY
from experts.edit.footage import FOOTAGE
from experts.edit.golden import EXAMPLES
from experts.edit.log import Log
from experts.edit.master import MASTER
from experts.edit.preview import PREVIEW
from experts.edit.scorecard import SCORECARD, marks
from kernel.pipeline import Branch, Conversed, Pipeline, Step


def _kind(kind: str) -> Branch:
    def taken(documents: object) -> bool:
        found = documents["log"]  # type: ignore[index]  # a mapping of documents
        return isinstance(found, Log) and found.kind == kind

    return taken


_READ = ("brief", "footage", "log")
_SEEN = ("brief", "plan", "master")

EDIT = Pipeline(
    "edit",
    "Edit footage to a brief",
    (
        Step("brief", Conversed(Brief)),
        Step("footage", FOOTAGE, ("brief",)),
        Step("log", log.EXPERT, ("brief", "footage")),
        Step("selects_dialogue", selects_dialogue.EXPERT, _READ, group="selects", when=_kind("dialogue")),
        Step("selects_narration", selects_narration.EXPERT, _READ, group="selects", when=_kind("narration")),
        Step("selects_montage", selects_montage.EXPERT, _READ, group="selects", when=_kind("montage")),
        Step("captions", captions.EXPERT, ("brief", "footage", "log", "selects")),
        Step("sound", sound.EXPERT, ("brief", "footage", "selects")),
        Step("titles", titles.EXPERT, ("brief", "footage", "selects")),
        Step("plan", plan.EXPERT, ("brief", "footage", "log", "selects", "captions", "sound", "titles")),
        Step("preview", PREVIEW, ("plan",), gate=True, queue="renders", blames="plan", waives_rounds=True),
        Step("master", MASTER, ("plan", "preview"), queue="renders", blames="plan"),
        Step("judgement", judge.EXPERT, _SEEN),
        Step("scorecard", SCORECARD, (*_SEEN, "footage", "judgement"), gate=True, queue="renders", marks=marks),
        Step("delivery", DELIVERY, ("brief", "plan", "master", "scorecard"), queue="renders"),
    ),
    examples=EXAMPLES,
)
