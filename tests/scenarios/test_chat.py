"""A whole job in one chat: footage, brief, preview, a change, a second preview, the final."""

from __future__ import annotations

from tests.scenarios.conftest import BRIEF, Footage
from tests.scenarios.stage import Stage


def test_a_change_makes_a_new_plan_and_asks_for_a_new_approval(stage: Stage, clips: Footage) -> None:
    lines = [
        f"{clips.talk} {clips.city}",
        BRIEF,
        "rerun plan: make it 2 seconds",
        "approve preview v1",
        "approve",
        "approve",
        "status",
        "rerun plan: make it 4 seconds again",
        "yes",
        "status",
    ]
    said = stage.run("chat", typed="\n".join(lines) + "\n")
    assert said.status == 0, said.err
    shown = said.out
    order = [
        "What shall I make of it?",
        "Preview v1",
        "I make plan anew: make it 2 seconds. These become stale by it: preview.",
        "plan v2 makes these stale: preview.",
        "Preview v2",
        "This is preview v1; v2 is current: look at that one.",
        "Preview v2 is approved: I render the final now.",
        "Final v1",
        "Final v1 is accepted: I deliver it now.",
        "The video is finished and delivered.",
        "completed",
        "That undoes preview v2 and final v1, which were approved.",
    ]
    places = [shown.index(words) for words in order]
    assert places == sorted(places)
    assert shown.rindex("review required") > places[-1]

    documents = stage.documents()
    assert {name: documents[name].version for name in ("log", "plan", "preview", "master")} == {
        "log": 1,
        "plan": 3,
        "preview": 3,
        "master": 1,
    }
    stale = [(event.payload["because"], event.payload["steps"]) for event in stage.events("stale_found")]
    assert stale[0] == ("plan v2", ["preview"])
    assert stale[1] == ("plan v3", ["preview", "master", "judgement", "scorecard", "delivery"])
    with stage.store() as store:
        job = stage.job().id
        shown_as = {
            k.hash: (k.step, k.version) for s in ("preview", "scorecard") for k in store.documents.versions(job, s)
        }
        approved = [shown_as[approval.hash] for approval in store.approvals.list(job)]
        lengths = [kept.body["length"] for kept in store.documents.versions(job, "preview")]
    assert approved == [("preview", 2), ("scorecard", 1)]
    assert lengths[1] < lengths[0]
