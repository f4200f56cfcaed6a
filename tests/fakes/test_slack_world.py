"""tests/fakes/slack/world: the app is told what Slack would tell it, and nothing else."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.fakes.slack.clock import Clock
from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.things import Channel, Team, User
from tests.fakes.slack.world import World
from tests.fakes.slack_samples import MANIFEST, MODAL

EVENTS = ["message.channels", "message.im", "app_mention", "app_uninstalled", "tokens_revoked"]


class Room:
    """A world with a channel, somebody in it, and a transport that keeps what it is given."""

    def __init__(self, *events: str) -> None:
        told = {"event_subscriptions": {"bot_events": list(events) or EVENTS}}
        self.world = World(manifest={**MANIFEST, "settings": told})
        self.team: Team = self.world.add_team("acme")
        self.ann: User = self.world.add_user("ann", self.team.id)
        self.videos: Channel = self.world.add_channel("videos", self.team.id, {self.ann.id, self.team.bot})
        self.sent: list[Delivery] = []
        self.world.transports.append(self.sent.append)

    def events(self) -> list[dict[str, Any]]:
        return [delivery.payload["event"] for delivery in self.sent]

    def kinds(self) -> list[str]:
        return [str(event.get("subtype") or event["type"]) for event in self.events()]


def test_a_mention_comes_twice_with_one_ts_and_two_ids() -> None:
    room = Room()
    said = room.world.say(room.ann.id, room.videos.id, f"<@{room.team.bot}> 30 seconds")
    assert room.kinds() == ["message", "app_mention"]
    assert {event["ts"] for event in room.events()} == {said.ts}
    assert len({delivery.payload["event_id"] for delivery in room.sent}) == 2
    assert room.sent[0].payload["authorizations"][0]["user_id"] == room.team.bot


def test_only_what_the_manifest_asks_for_is_told() -> None:
    room = Room("message.channels")
    private = room.world.add_channel("secret", room.team.id, {room.ann.id, room.team.bot}, "group")
    room.world.say(room.ann.id, private.id, "Hello")
    room.world.say(room.ann.id, room.world.im(room.ann.id).id, "Hello")
    room.world.say(room.ann.id, room.videos.id, f"<@{room.team.bot}> Hello")
    assert room.kinds() == ["message"]


def test_nothing_is_told_of_channels_that_the_bot_is_not_in() -> None:
    room = Room()
    room.world.kick(room.videos.id, room.team.bot)
    room.world.say(room.ann.id, room.videos.id, f"<@{room.team.bot}> Hello")
    assert room.sent == []


def test_a_bot_that_is_let_in_is_told_of_the_mention_that_it_missed_and_of_nothing_else() -> None:
    room = Room()
    room.world.kick(room.videos.id, room.team.bot)
    room.world.say(room.ann.id, room.videos.id, "before")
    said = room.world.say(room.ann.id, room.videos.id, f"<@{room.team.bot}> Hello")
    room.world.invite(said)
    assert room.kinds() == ["app_mention"]
    assert room.events()[0]["ts"] == said.ts


def test_several_people_talk_with_the_bot_in_messages_of_a_kind_of_their_own() -> None:
    room = Room("message.mpim")
    group = room.world.add_channel("mpdm-ann--bob-1", room.team.id, {room.ann.id, room.team.bot}, "mpim")
    room.world.say(room.ann.id, group.id, "Hello")
    room.world.say(room.ann.id, room.videos.id, "Hello")
    assert [(event["channel"], event["channel_type"]) for event in room.events()] == [(group.id, "mpim")]


def test_edits_deletions_and_the_apps_own_words_come_back() -> None:
    room = Room()
    said = room.world.say(room.ann.id, room.videos.id, "Hello")
    room.world.edit(said, "Hallo")
    room.world.delete(said)
    assert room.kinds() == ["message", "message_changed", "message_deleted"]
    _, changed, deleted = room.events()
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("Hello", "Hallo")
    assert deleted["deleted_ts"] == said.ts


def test_whoever_is_not_in_a_channel_or_finds_it_archived_cannot_write() -> None:
    room = Room()
    bob = room.world.add_user("bob", room.team.id)
    with pytest.raises(PermissionError):
        room.world.say(bob.id, room.videos.id, "Hello")
    room.world.archive(room.videos.id)
    with pytest.raises(PermissionError):
        room.world.say(room.ann.id, room.videos.id, "Hello")


def test_somebody_of_another_workspace_is_known_as_such() -> None:
    room = Room()
    other = room.world.add_team("globex", installed=False)
    eve = room.world.add_user("eve", other.id)
    room.videos.members.add(eve.id)
    room.videos.shared_with.add(other.id)
    room.world.say(eve.id, room.videos.id, "Hello")
    assert room.events()[0]["user_team"] == other.id
    assert room.sent[0].payload["is_ext_shared_channel"] is True


def test_an_app_that_is_thrown_out_is_told_so_and_nothing_more() -> None:
    room = Room()
    room.world.uninstall(room.team.id)
    room.world.say(room.ann.id, room.videos.id, "Hello")
    assert room.kinds() == ["tokens_revoked", "app_uninstalled"]
    with pytest.raises(LookupError):
        room.world.bot_token(room.team.id)


def test_what_nobody_carries_is_lost() -> None:
    room = Room()
    room.world.transports.clear()
    sent = room.world.interact({"type": "block_actions"}, room.team.id)
    with pytest.raises(TimeoutError, match="nothing listens"):
        sent.wait(1)


@pytest.mark.parametrize(
    ("answer", "still_open", "problems"),
    [
        (None, 0, 0),
        ({"response_action": "clear"}, 0, 0),
        ({"response_action": "errors", "errors": {"words": "Say more"}}, 2, 0),
        ({"response_action": "errors", "errors": {"elsewhere": "Say more"}}, 2, 1),
        ({"response_action": "update", "view": MODAL}, 2, 0),
        ({"response_action": "push", "view": MODAL}, 3, 0),
        ({"response_action": "push", "view": {**MODAL, "colour": "red"}}, 2, 1),
        ({"text": "Thanks"}, 2, 1),
    ],
)
def test_a_submission_is_answered_as_slack_understands_it(
    answer: dict[str, Any] | None, still_open: int, problems: int
) -> None:
    room = Room()
    room.world.show_view(room.team.id, room.ann.id, MODAL)
    view = room.world.show_view(room.team.id, room.ann.id, MODAL, "push")
    assert not isinstance(view, str)
    room.world.answer_view(view, answer)
    left = 1 if answer is None else still_open
    assert (len(room.world.stack(room.ann.id)), len(room.world.problems)) == (left, problems)


def test_a_wait_ends_when_it_is_so_and_says_what_happened_when_it_never_is() -> None:
    room = Room()
    late = threading.Timer(0.05, lambda: room.world.say(room.ann.id, room.videos.id, "Hello"))
    late.start()
    assert room.world.wait(lambda: list(room.videos.messages.values()), 5)
    late.join()
    with pytest.raises(TimeoutError, match=r"last happened .*message"):
        room.world.wait(lambda: False, 0.01)


def test_slacks_time_may_run_faster_and_be_skipped() -> None:
    clock = Clock(scale=0.01)
    began = clock.slack()
    clock.skip(30)
    assert clock.slack() - began >= 30
    assert clock.real(3) == pytest.approx(0.03)
    stamps = [clock.ts() for _ in range(1000)]
    assert stamps == sorted(set(stamps))
