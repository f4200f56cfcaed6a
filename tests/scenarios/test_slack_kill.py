"""Power cuts in Slack: the bot is killed after everything that happens, and the thread ends as if it had not been."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from kernel.store.records import Event
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.sockets import SOCKETS
from tests.fakes.slack.things import Posted
from tests.scenarios.conftest import Footage
from tests.scenarios.slack_thread import Bot, Thread, actions
from tests.scenarios.stage import LONG, Stage

APPROVE, ACCEPT = "plan.approve", "review.accept"
QUIET = ("progressed",)
"""What happens many times in the course of one thing."""


@dataclass
class Cuts:
    """Kills the bot after each thing that has not happened before, and starts it again."""

    bot: Bot
    slack: FakeSlack
    calm: threading.Lock = field(default_factory=threading.Lock)
    """Held while a person acts: they act when the bot is there, as they would see from its dot."""
    over: threading.Event = field(default_factory=threading.Event)
    after: list[str] = field(default_factory=list)
    """What the kills came after, in order."""

    def work(self) -> None:
        """Kill until it is over."""
        last = 0
        while not self.over.is_set():
            with self.bot.stage.store() as store:
                found = self._next(store.events.since(last))
            if found is None:
                self.over.wait(0.02)
                continue
            last = found.seq
            with self.calm:
                self.bot.dies(with_worker=len(self.after) % 2 == 0)
                self.after.append(_name(found))
                self.bot.starts()

    def _next(self, events: list[Event]) -> Event | None:
        fresh = (event for event in events if event.kind not in QUIET and _name(event) not in self.after)
        return next(fresh, None)

    def connected(self) -> bool:
        """Say whether the bot listens."""
        return self.slack.app[SOCKETS].count > 0


def _name(event: Event) -> str:
    return f"{event.kind} {event.step}".strip()


@pytest.mark.timeout(1000)
def test_a_job_whose_bot_is_killed_after_everything_ends_as_if_it_had_not_been(clips: Footage, stage: Stage) -> None:
    with FakeSlack() as slack:
        ann = slack.person("ann")
        thread = Thread(slack, ann, slack.channel("videos", members=[ann]))
        bot = Bot(replace(stage, environ=slack.environ()))
        bot.starts()
        cuts = Cuts(bot, slack)

        def says(text: str, *files: Path) -> None:
            with cuts.calm:
                slack.wait(cuts.connected, LONG)
                thread.says(text, files)

        def presses(card: Posted, action: str) -> None:
            """Press until the button is gone, as people do."""
            while action in actions(ann.sees(card)):
                with cuts.calm:
                    slack.wait(cuts.connected, LONG)
                    ann.clicks(card, action)
                slack.wait(lambda: action not in actions(ann.sees(card)), LONG)

        killer = threading.Thread(target=cuts.work)
        killer.start()
        try:
            says("<@BOT>", clips.talk)
            thread.said("What shall I make of it?")
            says("", clips.city)
            says("4 seconds, captions")
            first = thread.card(APPROVE)
            says("make it 3 seconds")
            second = thread.card(APPROVE, after=first)
            presses(second, APPROVE)
            final = thread.card(ACCEPT, after=second)
            presses(final, ACCEPT)
            thread.said("Your video is done")
        finally:
            cuts.over.set()
            killer.join()
        bot.leaves()
        print(f"killed after: {', '.join(cuts.after)}")

        said = Counter((posted.text, posted.files) for posted in thread.messages())
        assert [text for (text, _), times in said.items() if times > 1] == [], "nothing stands twice"
        assert len([name for name in thread.clips() if name.endswith(".mp4")]) == 3, "two previews and a final"
        assert slack.problems == []
    assert len(cuts.after) >= 20
    with stage.store() as store:
        decided = [(a.step, a.verdict, a.by) for a in store.approvals.list(stage.job().id)]
    assert decided == [("preview", "approved", ann.id), ("scorecard", "approved", ann.id)]
    assert stage.documents()["delivery"].version == 1
