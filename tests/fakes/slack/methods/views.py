"""Modals and home tabs."""

from __future__ import annotations

from tests.fakes.slack import blockcheck
from tests.fakes.slack.call import Call, Refusal
from tests.fakes.slack.passes import Trigger
from tests.fakes.slack.things import Json, View
from tests.fakes.slack.world import World


def open_(call: Call) -> Json:
    """`views.open`: a new modal before whoever clicked."""
    given, trigger = _given(call, "modal"), _trigger(call)
    view = call.world.show_view(call.team.id, trigger.user, given)
    if not isinstance(view, str):
        call.world.prefill(view, trigger.channel)
    return _shown(call, view)


def push(call: Call) -> Json:
    """`views.push`: a modal upon the one in which somebody clicked."""
    given, trigger = _given(call, "modal"), _trigger(call)
    if not call.world.stack(trigger.user):
        raise Refusal("not_found")
    return _shown(call, call.world.show_view(call.team.id, trigger.user, given, "push"))


def update(call: Call) -> Json:
    """`views.update`: other content for a view, by its id or its external id."""
    given = _given(call, None)
    view = _found(call)
    if view is None or view.closed or view.team != call.team.id:
        raise Refusal("not_found")
    if call.text("hash") not in (None, view.hash):
        raise Refusal("hash_conflict")
    return _shown(call, call.world.change_view(view, given))


def publish(call: Call) -> Json:
    """`views.publish`: somebody's home tab."""
    given, user, world = _given(call, "home"), call.must("user_id"), call.world
    if not world.manifest["features"].get("app_home", {}).get("home_tab_enabled"):
        raise Refusal("not_enabled")
    if user not in world.users:
        raise Refusal("invalid_arguments", "user_id is nobody")
    kept = world.homes.get((call.team.id, user))
    if kept is not None and call.text("hash") not in (None, "", kept.hash):
        raise Refusal("hash_conflict")
    if kept is None:
        kept = world.home(call.team.id, user, given)
    return _shown(call, world.change_view(kept, given))


def _found(call: Call) -> View | None:
    external = call.text("external_id")
    if external:
        named = [v for v in call.world.views.values() if v.view.get("external_id") == external and not v.closed]
        return named[-1] if named else None
    return call.world.views.get(call.text("view_id") or "")


def _given(call: Call, kind: str | None) -> Json:
    given = call.data("view")
    if blockcheck.view_too_large(given):
        raise Refusal("view_too_large")
    wrong = check(call.world, given)
    if kind is not None and not wrong and given["type"] != kind:
        wrong = [f"view: {call.method} takes a {kind}"]
    if wrong:
        raise Refusal("invalid_arguments", *wrong)
    return dict(given)


def check(world: World, given: object) -> list[str]:
    """What Slack would refuse in a view, its pictures' files included."""
    gone = [id_ for id_ in blockcheck.slack_files(given) if not world.pictured(id_)]
    return [*blockcheck.view(given), *(f"invalid slack file {id_}" for id_ in gone)]


def _trigger(call: Call) -> Trigger:
    id_ = call.text("trigger_id") or call.text("interactivity_pointer")
    if not id_:
        raise Refusal("invalid_arguments", "missing required field: trigger_id")
    found = call.world.take_trigger(id_)
    if isinstance(found, str):
        raise Refusal(found)
    if found.team != call.team.id:
        raise Refusal("invalid_trigger_id")
    return found


def _shown(call: Call, view: View | str) -> Json:
    if isinstance(view, str):
        raise Refusal(view)
    return {"view": call.world.shown_view(view)}


HANDLERS = {"views.open": open_, "views.push": push, "views.update": update, "views.publish": publish}
