"""The manifest asks for what is in use, and for nothing more."""

from __future__ import annotations

import json

from bot.surfaces.slack.manifest import ACTIONS, EVENTS, SCOPES, VIEWS, manifest

NEEDED = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
}
"""The scope without which Slack does not tell of an event."""


def test_no_event_lacks_its_scope() -> None:
    assert {scope for event, scope in NEEDED.items() if event in EVENTS} <= set(SCOPES)


def test_ids_stand_once() -> None:
    for ids in (ACTIONS, VIEWS, SCOPES, EVENTS):
        assert len(set(ids)) == len(ids)


def test_no_scope_lets_it_read_or_write_where_nobody_invited_it() -> None:
    assert not {"chat:write.public", "channels:join", "users:read.email", "links:read"} & set(SCOPES)
    assert list(manifest()["oauth_config"]["scopes"]) == ["bot"]


def test_socket_mode_names_no_address() -> None:
    made = manifest()
    assert made["settings"]["socket_mode_enabled"] is True
    assert "url" not in json.dumps(made).replace("request_url", "url").replace('"usage', "")


def test_http_mode_names_one_address_for_all_that_comes_in() -> None:
    made = manifest("https://rushes.example/")
    address = "https://rushes.example/slack/events"
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert made["features"]["slash_commands"][0]["url"] == address
    assert made["oauth_config"]["redirect_urls"] == ["https://rushes.example/slack/oauth_redirect"]


def test_beside_the_socket_browsers_alone_are_sent_to_an_address() -> None:
    made = manifest(pages_url="https://rushes.example/")
    assert made["settings"]["socket_mode_enabled"] is True
    assert made["oauth_config"]["redirect_urls"] == ["https://rushes.example/slack/oauth_redirect"]
    assert "request_url" not in json.dumps(made)


def test_slack_takes_its_lengths() -> None:
    made = manifest()
    assert len(made["display_information"]["name"]) <= 35
    assert len(made["display_information"]["description"]) <= 140
    assert len(made["features"]["agent_view"]["agent_description"]) <= 300
    assert all(len(shortcut["name"]) <= 24 for shortcut in made["features"]["shortcuts"])
    assert all(len(shortcut["description"]) <= 150 for shortcut in made["features"]["shortcuts"])
