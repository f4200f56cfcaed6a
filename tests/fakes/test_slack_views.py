"""tests/fakes/slack: modals, home tabs and response urls live as long as at Slack's."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from slack_sdk import WebClient

from tests.fakes.slack.people import Person
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.things import Channel
from tests.fakes.slack_samples import MODAL, WORDS, error


def test_a_trigger_opens_one_view_within_three_seconds(slack: FakeSlack, client: WebClient, ann: Person) -> None:
    trigger = slack.world.trigger(slack.team.id, ann.id)
    view = client.views_open(trigger_id=trigger, view=MODAL)["view"]
    assert [v.id for v in slack.world.stack(ann.id)] == [view["id"]]
    assert error(client.views_open, trigger_id=trigger, view=MODAL) == "exchanged_trigger_id"
    late = slack.world.trigger(slack.team.id, ann.id)
    slack.clock.skip(3.1)
    assert error(client.views_open, trigger_id=late, view=MODAL) == "expired_trigger_id"
    assert error(client.views_open, trigger_id="no", view=MODAL) == "invalid_trigger_id"


def test_views_are_pushed_three_deep_and_changed_by_their_hash(
    slack: FakeSlack, client: WebClient, ann: Person
) -> None:
    def trigger() -> str:
        return slack.world.trigger(slack.team.id, ann.id)

    first = client.views_open(trigger_id=trigger(), view=MODAL)["view"]
    for _ in range(2):
        client.views_push(trigger_id=trigger(), view=MODAL)
    assert error(client.views_push, trigger_id=trigger(), view=MODAL) == "push_limit_reached"
    changed = client.views_update(view_id=first["id"], view=MODAL, hash=first["hash"])["view"]
    assert changed["hash"] != first["hash"]
    assert error(client.views_update, view_id=first["id"], view=MODAL, hash=first["hash"]) == "hash_conflict"
    assert error(client.views_update, view_id="V404", view=MODAL) == "not_found"
    assert slack.problems == []


def test_a_view_that_slack_refuses_is_refused(slack: FakeSlack, client: WebClient, ann: Person) -> None:
    trigger = slack.world.trigger(slack.team.id, ann.id)
    bad = {**MODAL, "title": {"type": "plain_text", "text": "x" * 25}}
    assert error(client.views_open, trigger_id=trigger, view=bad) == "invalid_arguments"
    assert error(client.views_open, trigger_id=trigger, view={**MODAL, "private_metadata": "x" * 300_000}) == (
        "view_too_large"
    )
    client.views_open(trigger_id=trigger, view=MODAL)
    assert len(slack.problems) == 2


def test_a_home_tab_is_published_and_kept(slack: FakeSlack, client: WebClient, ann: Person) -> None:
    home = {"type": "home", "blocks": WORDS}
    first = client.views_publish(user_id=ann.id, view=home)["view"]
    client.views_publish(user_id=ann.id, view=home, hash=first["hash"])
    assert error(client.views_publish, user_id=ann.id, view=home, hash=first["hash"]) == "hash_conflict"
    kept = ann.home
    assert kept is not None
    assert kept.view["blocks"] == WORDS


def answer(url: str, **body: Any) -> tuple[int, str]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as told:
            return int(told.status), told.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def test_a_response_url_whispers_replaces_and_deletes_five_times(
    slack: FakeSlack, client: WebClient, ann: Person, videos: Channel
) -> None:
    ts = client.chat_postMessage(channel=videos.id, text="Hello", blocks=WORDS)["ts"]
    url = slack.world.response_url(slack.team.id, ann.id, videos.id, slack.message(ts))
    assert answer(url, text="For you")[0] == 200
    assert answer(url, text="For all", response_type="in_channel")[0] == 200
    assert answer(url, text="Done", replace_original=True, blocks=[])[0] == 200
    assert slack.thread(ts)[0].text == "Done"
    assert answer(url, text="x", blocks=[{"type": "video"}]) == (404, '{"ok": false, "error": "invalid_blocks"}')
    assert answer(url, delete_original=True)[0] == 200
    assert answer(url, text="Again") == (404, '{"ok": false, "error": "used_url"}')
    assert [m.text for m in slack.private(ann)] == ["For you"]
    assert [m.text for m in slack.read(videos)] == ["For all"]
    assert len(slack.problems) == 1


def test_a_response_url_lives_half_an_hour(slack: FakeSlack, ann: Person, videos: Channel) -> None:
    url = slack.world.response_url(slack.team.id, ann.id, videos.id)
    slack.clock.skip(1801)
    assert answer(url, text="Late") == (404, '{"ok": false, "error": "expired_url"}')
