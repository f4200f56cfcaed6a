"""A whole production in one thread of Slack: two clips over two messages, a brief, two changes, two buttons."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.fakes.slack.server import FakeSlack
from tests.scenarios.conftest import Footage
from tests.scenarios.slack_thread import Thread, actions, serving, shown
from tests.scenarios.stage import Stage

APPROVE, ACCEPT = "plan.approve", "review.accept"


@pytest.mark.timeout(300)
def test_a_whole_job_is_done_in_one_thread(clips: Footage, stage: Stage) -> None:
    with FakeSlack() as slack:
        ann = slack.person("ann")
        thread = Thread(slack, ann, slack.channel("videos", members=[ann]))
        stage = replace(stage, environ=slack.environ())
        with serving(stage):
            thread.says("<@BOT>", [clips.talk])
            thread.said("What shall I make of it?")
            thread.says("", [clips.city])
            thread.says("4 seconds, captions")
            first = thread.card(APPROVE)
            assert {name.rpartition(".")[2] for name in thread.clips()} == {"mp4", "png"}

            thread.says("make it 3 seconds")
            second = thread.card(APPROVE, after=first)
            slack.wait(lambda: not actions(ann.sees(first)))
            assert "v2" in shown(second)

            ann.clicks(second, APPROVE)
            review = thread.card(ACCEPT, after=second)
            slack.wait(lambda: not actions(ann.sees(second)))
            assert "Approved by" in shown(ann.sees(second))

            thread.says("0:01 is slow")
            third = thread.card(APPROVE, after=review)
            ann.clicks(third, APPROVE)
            final = thread.card(ACCEPT, after=third)
            ann.clicks(final, ACCEPT)
            thread.said("Your video is done")
            slack.wait(lambda: not actions(ann.sees(final)))

        asked = [posted for posted in thread.messages() if "What shall I make of it?" in shown(posted)]
        assert len(asked) == 1, "the brief is asked for once"
        kinds = Counter(name.rpartition(".")[2] for name in thread.clips())
        assert kinds == {"mp4": 5, "png": 5}, "three previews with storyboards, two finals with scores"
        assert slack.problems == []
    documents = stage.documents()
    assert documents["delivery"].version == 1
    with stage.store() as store:
        decided = [(a.step, a.verdict, a.by, a.how) for a in store.approvals.list(stage.job().id)]
    yes = [(step, "approved", ann.id, "button") for step in ("preview", "preview", "scorecard")]
    assert decided == yes
